"""Writes crates/mol-sim/tests/data/uff_rdkit.csv: UFF energies [kcal/mol] and gradient norms [kcal/mol/A] of
shared/data/conformers/conformers.sdf by RDKit on each molecule as read, that is with RDKit's own aromaticity.

    pip install rdkit==2026.9.1
    python scripts/uff_reference.py [conformers.sdf]

The reference beside the SDF (conformers_mmff_uff.json) was computed after RDKit's MMFF94 code had seen the molecule, which leaves
MMFF94's aromaticity on it; that difference alone separates the two. Settings as there: vdwThresh 10, all fragments interact.
"""

import csv
import pathlib
import sys

from rdkit import Chem
from rdkit.Chem.rdForceFieldHelpers import UFFGetMoleculeForceField

HERE = pathlib.Path(__file__).resolve()
beside = HERE.parents[2] / "shared/data/conformers/conformers.sdf"
path = sys.argv[1] if len(sys.argv) > 1 else str(beside)

with open(HERE.parents[1] / "crates/mol-sim/tests/data/uff_rdkit.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["name", "energy", "gradient_norm"])
    for molecule in Chem.SDMolSupplier(path, removeHs=False):
        field = UFFGetMoleculeForceField(molecule, vdwThresh=10.0, ignoreInterfragInteractions=False)
        norm = sum(g * g for g in field.CalcGrad()) ** 0.5
        out.writerow([molecule.GetProp("_Name"), repr(field.CalcEnergy()), repr(norm)])
