"""Lets RDKit read SDF files that molkit has rewritten, and compares canonical SMILES (stereo from the coordinates) with the originals.

    cargo test -p mol-core --features testing --test sdf      # leaves the rewritten files in target/tmp
    python scripts/sdf.py shared/data target/tmp
"""

import sys

from rdkit import Chem, RDLogger


def smiles(path):
    found = []
    for molecule in Chem.SDMolSupplier(path, removeHs=False):
        if molecule is not None:
            Chem.AssignStereochemistryFrom3D(molecule)
        found.append(None if molecule is None else Chem.MolToSmiles(Chem.RemoveHs(molecule)))
    return found


def main(originals, rewritten):
    RDLogger.DisableLog("rdApp.*")
    for name in ("conformers/conformers", "conformers/uff_extra", "mmff94/MMFF94", "mmff94/MMFF94s"):
        before = smiles(f"{originals}/{name}.sdf")
        after = smiles(f"{rewritten}/{name.replace('/', '_')}.sdf")
        same = sum(a == b for a, b in zip(before, after, strict=True))
        print(f"{name}: {same} of {len(before)} equal, {before.count(None)} unreadable before, {after.count(None)} after")
        ours = [Chem.MolFromSmiles(line) for line in open(f"{rewritten}/{name.replace('/', '_')}.smi")]
        ours = [None if molecule is None else Chem.MolToSmiles(molecule) for molecule in ours]
        print(f"  SMILES of the graph that was read: {sum(a == b for a, b in zip(before, ours, strict=True))} equal")
        for number, (a, b) in enumerate(zip(before, ours, strict=True)):
            if a != b:
                print("  ", number, a, b)
        for number, (a, b) in enumerate(zip(before, after, strict=True)):
            if a != b:
                print("  ", number, a, b)


if __name__ == "__main__":
    main(*sys.argv[1:])
