"""The work of benches/smiles.rs in RDKit, one thread: best of 7 passes over the strings.

    pip install -r benches/peers/requirements.txt
    python benches/peers/smiles_rdkit.py ../shared/data/smiles/rdkit_properties.csv
"""

import csv
import sys
import time

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

RDLogger.DisableLog("rdApp.*")
with open(sys.argv[1], newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]

parameters = Chem.SmilesParserParams()
parameters.sanitize = False
parameters.removeHs = False


def unsanitised(smiles):
    return Chem.MolFromSmiles(smiles, parameters)


def report(name, work, items):
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        for item in items:
            work(item)
        best = min(best, time.perf_counter() - start)
    print(f"{name:28} {best * 1e3:9.2f} ms  {best / len(items) * 1e6:8.2f} us per molecule")


print(f"RDKit {rdBase.rdkitVersion}, {len(strings)} molecules")
report("read, sanitize=False", unsanitised, strings)
report("read, sanitised", Chem.MolFromSmiles, strings)
molecules = [unsanitised(smiles) for smiles in strings]
for molecule in molecules:
    molecule.UpdatePropertyCache(strict=False)
report("formula", CalcMolFormula, molecules)
report("write, canonical=False", lambda molecule: Chem.MolToSmiles(molecule, canonical=False), molecules)
