"""Writes crates/mol-core/tests/data/torsion_fingerprints.csv: torsion fingerprint deviations by RDKit.

Run in an environment with RDKit (2026.03): python scripts/tfd_reference.py CONFORMERS.sdf > crates/mol-core/tests/data/torsion_fingerprints.csv
The input is the reference set of 40 molecules with three conformers each (ARCHITECTURE.md, "Tests"); hydrogens are removed.
"""
import sys

from rdkit import Chem
from rdkit.Chem import TorsionFingerprints

molecules = [Chem.RemoveHs(m) for m in Chem.SDMolSupplier(sys.argv[1], removeHs=False)]
print("name,first,second,weighted,unweighted,specific")
for start in range(0, len(molecules), 3):
    molecule = Chem.Mol(molecules[start])
    for other in molecules[start + 1 : start + 3]:
        molecule.AddConformer(other.GetConformer(), assignId=True)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        values = []
        for options in ({}, {"useWeights": False}, {"maxDev": "spec"}):
            try:
                values.append(f"{TorsionFingerprints.GetTFDBetweenConformers(molecule, [i], [j], **options)[0]:.12g}")
            except IndexError:  # RDKit finds no central bond
                values.append("")
        print(molecules[start].GetProp("_Name")[:7], i, j, *values, sep=",")
