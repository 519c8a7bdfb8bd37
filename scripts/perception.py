"""Writes crates/mol-core/tests/data/perception.tsv: what RDKit perceives, atom by atom, for every tenth reference molecule.

Columns: SMILES; hybridisation of each atom (s sp=1 sp2=2 sp3=3 sp2d=q sp3d=5 sp3d2=6 unspecified=u); aromatic atoms; conjugated
bonds; aromatic bonds (bonds sorted by their atoms); rotatable bonds (strict); rotatable bonds (not strict).

    python scripts/perception.py shared/data/smiles/rdkit_properties.csv crates/mol-core/tests/data/perception.tsv 10
"""

import csv
import sys

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem import rdMolDescriptors

LETTERS = {"S": "s", "SP": "1", "SP2": "2", "SP3": "3", "SP2D": "q", "SP3D": "5", "SP3D2": "6", "UNSPECIFIED": "u"}


def bits(flags):
    return "".join("1" if flag else "0" for flag in flags)


def main(source, target, stride):
    RDLogger.DisableLog("rdApp.*")
    keep = Chem.SmilesParserParams()
    keep.removeHs = False
    with open(source) as table, open(target, "w") as out:
        out.write(f"# RDKit {rdkit.__version__}, scripts/perception.py\n")
        for row in list(csv.DictReader(table))[::stride]:
            molecule = Chem.MolFromSmiles(row["smiles"], keep)
            plain = Chem.MolFromSmiles(row["smiles"])
            bonds = sorted(molecule.GetBonds(), key=lambda b: sorted((b.GetBeginAtomIdx(), b.GetEndAtomIdx())))
            rotatable = rdMolDescriptors.CalcNumRotatableBonds
            fields = [
                row["smiles"],
                "".join(LETTERS[str(atom.GetHybridization())] for atom in molecule.GetAtoms()),
                bits(atom.GetIsAromatic() for atom in molecule.GetAtoms()),
                bits(bond.GetIsConjugated() for bond in bonds),
                bits(bond.GetIsAromatic() for bond in bonds),
                str(rotatable(plain)),
                str(rotatable(plain, rdMolDescriptors.NumRotatableBondsOptions.NonStrict)),
            ]
            out.write("\t".join(fields) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
