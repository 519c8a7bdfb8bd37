"""Smallest deviations of conformers over exchanges of equivalent atoms, by RDKit, for crates/mol-core/tests/conformers.rs.

Run in an environment with RDKit (2026.09):
    python scripts/best_rms_reference.py CONFORMERS.sdf > crates/mol-core/tests/data/best_rms.csv
The input is the reference set of 40 molecules with three conformers each (ARCHITECTURE.md, "Tests"). Molecules of more than
3000 matches are left out: RDKit lists them all for every pair. `heavy` is without any hydrogen (RemoveAllHs), also without
those that RemoveHs keeps.

    python scripts/best_rms_reference.py rdkit_properties.csv gfn2_small.csv FOLDER
    MOLKIT_RMSD=FOLDER cargo test -p mol-core --release --features testing --test conformers -- --nocapture further
The same for 120 rows of the first table, 80 of the second and 16 molecules of high symmetry, three ETKDGv3 conformers each:
FOLDER/further.sdf and FOLDER/further.csv, at most 2000 matches with hydrogens.
"""

import csv
import pathlib
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem, rdMolAlign

SYMMETRIC = (
    "c1ccccc1P(c1ccccc1)c1ccccc1 C12C3C4C1C5C2C3C45 OP(=O)([O-])[O-] NC(=[NH2+])c1ccccc1 C[Si](C)(C)C O.O.O CC(C)(C)C FS(F)(F)(F)(F)F "
    "C1CCCCC1 c1ccccc1-c1ccccc1 [O-]S(=O)(=O)[O-] C1C2CC3CC1CC(C2)C3 CC(C)(C)c1ccccc1 NC(=[NH2+])N O=C([O-])C(=O)[O-] Cc1cc(C)cc(C)c1"
).split()


def deviations(three, most):
    """Pair, deviation of heavy atoms, and of all if there are at most so many matches."""
    bare = [Chem.RemoveAllHs(molecule) for molecule in three]
    few = len(three[0].GetSubstructMatches(three[0], uniquify=False, maxMatches=most + 1)) <= most
    for i, j in ((0, 1), (0, 2), (1, 2)):
        heavy = rdMolAlign.GetBestRMS(Chem.Mol(bare[i]), bare[j])
        full = f"{rdMolAlign.GetBestRMS(Chem.Mol(three[i]), three[j]):.12g}" if few else ""
        yield i, j, f"{heavy:.12g}", full


def write(triples, most, out):
    print("molecule,first,second,heavy,hydrogens", file=out)
    for k, three in enumerate(triples):
        for row in deviations(three, most):
            print(k, *row, sep=",", file=out)


def rows(path, count):
    with open(path, newline="") as file:
        table = list(csv.DictReader(file))
    return [row["smiles"] for row in table[:: len(table) // count][:count]]


def embedded(strings):
    for smiles in strings:
        molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
        parameters = AllChem.ETKDGv3()
        parameters.randomSeed, parameters.maxIterations = 7, 20
        if len(AllChem.EmbedMultipleConfs(molecule, 3, parameters)) == 3:
            molecule.SetProp("_Name", smiles)
            yield molecule


if len(sys.argv) == 2:
    records = list(Chem.SDMolSupplier(sys.argv[1], removeHs=False))
    write([records[k : k + 3] for k in range(0, len(records), 3)], 3000, sys.stdout)
else:
    RDLogger.DisableLog("rdApp.*")
    folder = pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    with Chem.SDWriter(str(folder / "further.sdf")) as writer:
        writer.SetKekulize(True)
        for molecule in embedded(rows(sys.argv[1], 120) + rows(sys.argv[2], 80) + SYMMETRIC):
            for conformer in range(3):
                writer.write(molecule, confId=conformer)
    # The coordinates of the file, which has fewer digits.
    records = list(Chem.SDMolSupplier(str(folder / "further.sdf"), removeHs=False))
    with open(folder / "further.csv", "w") as out:
        write([records[k : k + 3] for k in range(0, len(records), 3)], 2000, out)
