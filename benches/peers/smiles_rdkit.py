"""The work of benches/smiles.rs and benches/chemistry/smiles.rs in RDKit, one thread: best of 7 passes over the strings.

    pip install -r benches/peers/requirements.txt
    python benches/peers/smiles_rdkit.py [rdkit_properties.csv]

That both read the same molecules is checked by crates/mol-core/tests/smiles_reference.rs: every formula is RDKit's; that both
know the same compounds by crates/mol-core/tests/canonical_reference.rs: 3100 canonical forms, the same ones.
"""

import csv
import pathlib
import sys
import time

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

RDLogger.DisableLog("rdApp.*")
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/smiles/rdkit_properties.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else beside, newline="") as file:
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
    print(f"{name:32} {best * 1e3:9.2f} ms  {best / len(items) * 1e6:8.2f} us per molecule")


print(f"RDKit {rdBase.rdkitVersion}, {len(strings)} molecules")
report("smiles/read: sanitize=False", unsanitised, strings)
report("smiles/read: sanitised", Chem.MolFromSmiles, strings)
molecules = [unsanitised(smiles) for smiles in strings]
for molecule in molecules:
    molecule.UpdatePropertyCache(strict=False)
report("formula alone", CalcMolFormula, molecules)
report("smiles/write: canonical=False", lambda molecule: Chem.MolToSmiles(molecule, canonical=False), molecules)
report("smiles/read_and_canonical", lambda smiles: Chem.MolToSmiles(Chem.MolFromSmiles(smiles)), strings)
molecules = [Chem.MolFromSmiles(smiles) for smiles in strings]
# RDKit keeps what it has computed with the molecule: each pass needs fresh copies, whose making is timed apart.
report("copy of a molecule", Chem.Mol, molecules)
report("smiles/canonical_of_perceived + copy", lambda molecule: Chem.MolToSmiles(Chem.Mol(molecule)), molecules)
report("smiles/stereo_elements_of_perceived", lambda molecule: list(Chem.FindPotentialStereo(molecule)), molecules)
report("smiles/write_random", lambda molecule: Chem.MolToSmiles(molecule, doRandom=True), molecules)
print(f"distinct forms: {len({Chem.MolToSmiles(molecule) for molecule in molecules})}")
