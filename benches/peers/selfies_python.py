"""The work of benches/chemistry/selfies.rs in the Python package selfies, one thread: best of 3 passes.

    pip install selfies==2.2.0
    taskset -c 0 python benches/peers/selfies_python.py [rdkit_properties.csv]
"""

import csv
import pathlib
import sys
import time

import selfies

beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/smiles/rdkit_properties.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else beside, newline="") as file:
    smiles = [row["smiles"] for row in csv.DictReader(file)]


def encoded(text):
    try:
        return selfies.encoder(text)
    except selfies.EncoderError:
        return None


def report(name, work, items):
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for item in items:
            work(item)
        best = min(best, time.perf_counter() - start)
    print(f"{name:32} {best * 1e3:9.2f} ms  {best / len(items) * 1e6:8.2f} us per molecule")


strings = [text for text in map(encoded, smiles) if text is not None]
print(f"{len(smiles)} molecules, {len(smiles) - len(strings)} of them refused")
report("selfies/encode", encoded, smiles)
report("selfies/decode", selfies.decoder, strings)
