"""Writes the torsion fingerprint deviations by RDKit that crates/mol-core/tests/torsions.rs compares with.

Run in an environment with RDKit (2026.09):
    python scripts/tfd_reference.py CONFORMERS.sdf > crates/mol-core/tests/data/torsion_fingerprints.csv
    python scripts/tfd_reference.py rdkit_properties.csv 60 > crates/mol-core/tests/data/torsion_fingerprints_random.csv
    python scripts/tfd_reference.py rdkit_properties.csv > all.csv; MOLKIT_TFD=all.csv cargo test ... --test torsions
From SDF (40 molecules with three conformers each; ARCHITECTURE.md, "Tests"): all pairs of conformers, hydrogens removed.
From a table with a column `smiles`: caged molecules, then so many rows (all, if no number is given), each at two sets of
random coordinates, which ask more of a fingerprint than sensible ones; `rounding` is 1 where floats decide a tie between bonds
for the most central one, on which weights depend. A molecule in several pieces, with hydrogens as
atoms, or in which RDKit finds no central bond is left out.
"""

import csv
import random
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import TorsionFingerprints
from rdkit.Geometry import Point3D

OPTIONS = ({}, {"useWeights": False}, {"maxDev": "spec"})
CAGES = (
    "CC12CCC(CC1)CC2 O=C1C(C)C2CCC1CC2 C12C3C4C1C5C2C3C45 CC12C3C4C1C5C2C3C45 C1C2CC3CC1CC(C2)C3 CC1CN2CCC1CC2 C1CC2CCC1C2 "
    "CCC1CC2CCC1CC2 C1CC2CCC1O2 CC1CC2CC1C1CCCC21 C1CC2CCC1(C)C2 O=C1CC2CCC1(C)C2(C)C CC1C2CC3CC(C2)CC1C3 C1CN2CCN1CC2 "
    "CN1C2CCC1CC(O)C2 CC(C)C12CC3CC(C1)CC(C3)C2 c1ccccc1C12C3C4C1C5C2C3C45 C1OC2COC1CO2 CCC12CN3CN(C1)CN(C2)C3"
).split()


def deviations(molecule, i, j):
    values = []
    for options in OPTIONS:
        try:
            values.append(f"{TorsionFingerprints.GetTFDBetweenConformers(molecule, [i], [j], **options)[0]:.12g}")
        except (IndexError, ZeroDivisionError):  # RDKit finds no central bond, or no bond between inner atoms
            values.append("")
    return values


def decided_by_rounding(molecule):
    """Whether RDKit's most central bond is another than with exact variances, ties to the lower index: its floats differ where they tie."""
    matrix = Chem.GetDistanceMatrix(molecule)
    exact = []
    for atom in molecule.GetAtoms():
        if atom.GetDegree() > 1:
            row = [int(d) for k, d in enumerate(matrix[atom.GetIdx()]) if k != atom.GetIdx()]
            exact.append((len(row) * sum(d * d for d in row) - sum(row) ** 2, atom.GetIdx()))
    order = [k for _, k in sorted(exact)]
    second = next(k for k in order if molecule.GetBondBetweenAtoms(order[0], k))
    return (order[0], second) != TorsionFingerprints._findCentralBond(molecule, matrix)


def from_sdf(path):
    molecules = [Chem.RemoveHs(m) for m in Chem.SDMolSupplier(path, removeHs=False)]
    print("name,first,second,weighted,unweighted,specific")
    for start in range(0, len(molecules), 3):
        molecule = Chem.Mol(molecules[start])
        for other in molecules[start + 1 : start + 3]:
            molecule.AddConformer(other.GetConformer(), assignId=True)
        for i, j in ((0, 1), (0, 2), (1, 2)):
            print(molecules[start].GetProp("_Name")[:7], i, j, *deviations(molecule, i, j), sep=",")


def from_table(path, count):
    with open(path, newline="") as file:
        table = [row["smiles"] for row in csv.DictReader(file)]
    step = len(table) // count if count else 1
    random.seed(5)
    print("smiles,weighted,unweighted,specific,rounding,coordinates")
    for smiles in CAGES + table[::step]:
        molecule = Chem.MolFromSmiles(smiles)
        if "." in smiles or any(atom.GetAtomicNum() == 1 for atom in molecule.GetAtoms()) or molecule.GetNumAtoms() < 4:
            continue
        tenths = [[[random.randint(-99, 99) for _ in range(3)] for _ in molecule.GetAtoms()] for _ in range(2)]
        for positions in tenths:
            conformer = Chem.Conformer(molecule.GetNumAtoms())
            for atom, xyz in enumerate(positions):
                conformer.SetAtomPosition(atom, Point3D(*(x / 10 for x in xyz)))
            molecule.AddConformer(conformer, assignId=True)
        values = deviations(molecule, 0, 1)
        if "" not in values:
            flat = " ".join(str(x) for positions in tenths for xyz in positions for x in xyz)
            print(smiles, *values, int(decided_by_rounding(molecule)), flat, sep=",")


RDLogger.DisableLog("rdApp.*")
if sys.argv[1].endswith(".sdf"):
    from_sdf(sys.argv[1])
else:
    from_table(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
