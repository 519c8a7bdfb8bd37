"""The work of benches/chemistry/search.rs in RDKit, one thread: best of 7 passes.

    pip install -r benches/peers/requirements.txt
    taskset -c 0 python benches/peers/search_rdkit.py [folder of the reference data]

90 SMARTS on 313 molecules with chirality, the molecules parsed and perceived beforehand; the counts are checked against
the reference file, as crates/mol-core/tests/smarts_reference.rs checks ours. Common substructures of the same 60 pairs,
ring bonds matching ring bonds or not; their sizes are printed by both sides.
"""

import csv
import pathlib
import sys
import time

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import rdFMCS

RDLogger.DisableLog("rdApp.*")
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data"
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else beside) / "smiles"
with open(folder / "rdkit_properties.csv", newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]
with open(folder / "smarts_counts.csv", newline="") as file:
    table = list(csv.reader(file))[1:]

molecules = [Chem.MolFromSmiles(smiles) for smiles in strings[::10]]
patterns = [Chem.MolFromSmarts(smarts) for smarts, _ in table]


def best_of(passes, work):
    best = float("inf")
    for _ in range(passes):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def report(name, seconds, items):
    print(f"{name:40} {seconds * 1e3:9.2f} ms  {seconds / items * 1e6:9.3f} us each")


def counts():
    return [
        [len(molecule.GetSubstructMatches(pattern, useChirality=True)) for molecule in molecules]
        for pattern in patterns
    ]


def found():
    return sum(
        molecule.HasSubstructMatch(pattern, useChirality=True) for pattern in patterns for molecule in molecules
    )


print(f"RDKit {rdBase.rdkitVersion}, {len(patterns)} patterns, {len(molecules)} molecules")
seconds, result = best_of(7, counts)
assert [" ".join(map(str, row)) for row in result] == [row for _, row in table], "counts differ from the file"
report("search/count", seconds, len(patterns) * len(molecules))
seconds, result = best_of(7, found)
report("search/is_in", seconds, len(patterns) * len(molecules))
seconds, _ = best_of(7, lambda: [Chem.MolFromSmarts(smarts) for smarts, _ in table])
report("search/read", seconds, len(patterns))

small = [m for m in molecules if 10 <= m.GetNumAtoms() <= 30][:120]
pairs = list(zip(small[::2], small[1::2]))
for name, options in [("common", {}), ("common, ring matches ring", {"ringMatchesRingOnly": True})]:
    seconds, sizes = best_of(3, lambda: [rdFMCS.FindMCS(pair, timeout=60, **options) for pair in pairs])
    report(f"search/{name}", seconds, len(pairs))
    print(f"    atoms {sum(r.numAtoms for r in sizes)}, bonds {sum(r.numBonds for r in sizes)}")
