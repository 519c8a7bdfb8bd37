"""The work of benches/chemistry/perceive.rs in RDKit, one thread: best of 7 passes over the strings.

    pip install -r benches/peers/requirements.txt
    python benches/peers/perceive_rdkit.py [rdkit_properties.csv]

That both perceive the same is checked by crates/mol-core/tests/perceive_reference.rs and perceive_models.rs.
"""

import csv
import pathlib
import sys
import time

from rdkit import Chem, RDLogger, rdBase

RDLogger.DisableLog("rdApp.*")
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/smiles/rdkit_properties.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else beside, newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]

parameters = Chem.SmilesParserParams()
parameters.sanitize = False
parameters.removeHs = False


def raw(smiles):
    return Chem.MolFromSmiles(smiles, parameters)


def families(molecule):
    Chem.rdmolops.FindRingFamilies(molecule)


def mmff94(molecule):
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    Chem.SetAromaticity(molecule, Chem.AromaticityModel.AROMATICITY_MMFF94)


def report(name, work, items, fresh=None):
    best, cpu = float("inf"), float("inf")
    for _ in range(7):
        inputs = [fresh(item) for item in items] if fresh else items
        start, start_cpu = time.perf_counter(), time.process_time()
        for item in inputs:
            work(item)
        best, cpu = min(best, time.perf_counter() - start), min(cpu, time.process_time() - start_cpu)
    each = 1e6 / len(items)
    print(f"{name:40} {best * 1e3:9.2f} ms  {best * each:8.2f} us per molecule ({cpu * each:.2f} us of processor time)")


print(f"RDKit {rdBase.rdkitVersion}, {len(strings)} molecules")
report("read and perceive: MolFromSmiles", Chem.MolFromSmiles, strings)
report("perceive: SanitizeMol", Chem.SanitizeMol, strings, raw)
report("rings: GetSSSR", Chem.GetSSSR, strings, raw)
report("rings: GetSymmSSSR", Chem.GetSymmSSSR, strings, raw)
report("ring families", families, strings, raw)
report("kekulize", lambda molecule: Chem.Kekulize(molecule, clearAromaticFlags=True), strings, Chem.MolFromSmiles)
report("MMFF94 aromaticity", mmff94, strings, Chem.MolFromSmiles)
report(
    "symmetry classes: CanonicalRankAtoms",
    lambda molecule: list(Chem.CanonicalRankAtoms(molecule, breakTies=False, includeChirality=False)),
    [Chem.MolFromSmiles(smiles) for smiles in strings],
)
