"""The work of benches/chemistry/conformers.rs in RDKit, one thread: best of 3 passes over the 40 molecules of three conformers.

    pip install -r benches/peers/requirements.txt
    MOLKIT_PEER=folder cargo bench --bench chemistry     # writes conformers.csv: the deviation of every pair
    taskset -c 0 python benches/peers/conformers_rdkit.py folder [conformers.sdf]

Every deviation must agree with RDKit's to 1e-6, or the script names the pairs and exits with 1. With hydrogens both sides
compare the molecules of at most 20000 symmetries, because GetBestRMS lists them all; they are those with an entry in the
file. Hydrogens are removed by RemoveAllHs: RemoveHs keeps one that marks an imine, which is then compared and weighed.
"""

import csv
import pathlib
import sys
import time

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import TorsionFingerprints, rdMolAlign

RDLogger.DisableLog("rdApp.*")
with open(pathlib.Path(sys.argv[1]) / "conformers.csv", newline="") as file:
    ours = list(csv.DictReader(file))
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/conformers/conformers.sdf"
records = list(Chem.SDMolSupplier(sys.argv[2] if len(sys.argv) > 2 else str(beside), removeHs=False))
full = [records[k : k + 3] for k in range(0, len(records), 3)]
heavy = [[Chem.RemoveAllHs(molecule) for molecule in three] for three in full]
listed = sorted({int(row["molecule"]) for row in ours if row["hydrogens"]})


def best_rms(three):
    """Moves the first of each pair, which changes no deviation and saves a copy."""
    return [rdMolAlign.GetBestRMS(three[j], three[i]) for i, j in ((0, 1), (0, 2), (1, 2))]


def conformers(three, count):
    molecule = Chem.Mol(three[0])
    for k in range(1, count):
        molecule.AddConformer(three[k % 3].GetConformer(), assignId=True)
    return molecule


def report(name, work, items, count, passes=3):
    best = float("inf")
    for _ in range(passes):
        start = time.perf_counter()
        results = [work(item) for item in items]
        best = min(best, time.perf_counter() - start)
    print(f"conformers/{name:26} {best * 1e3:9.2f} ms  {best / count * 1e6:10.2f} us each, {count} of them", flush=True)
    return results


def compare(column, molecules, results):
    theirs = {(k, pair): value for k, values in zip(molecules, results) for pair, value in enumerate(values)}
    mine = {(int(row["molecule"]), k % 3): float(row[column]) for k, row in enumerate(ours) if row[column]}
    assert theirs.keys() == mine.keys()
    apart = [(*key, mine[key], value) for key, value in theirs.items() if abs(mine[key] - value) > 1e-6]
    print(f"    {len(mine) - len(apart)} of {len(mine)} agree", *apart, sep="\n    ")
    return not apart


print(f"RDKit {rdBase.rdkitVersion}, {len(full)} molecules, {len(listed)} of them with hydrogens")
everything = range(len(full))
triples = [conformers(three, 3) for three in heavy]
agree = compare("heavy", everything, [best_rms(three) for three in heavy])
agree &= compare("tfd", everything, [TorsionFingerprints.GetTFDMatrix(molecule) for molecule in triples])
agree &= compare("hydrogens", listed, [best_rms(full[k]) for k in listed])
if not agree:
    sys.exit(1)
report("best_rmsd_heavy", best_rms, heavy, 3 * len(heavy))
report("best_rmsd_hydrogens", best_rms, [full[k] for k in listed], 3 * len(listed), passes=1)
report("tfd_matrix of 3", TorsionFingerprints.GetTFDMatrix, triples, len(triples))
many = [conformers(three, 50) for three in heavy]
report("tfd_matrix of 50", TorsionFingerprints.GetTFDMatrix, many, len(many), passes=1)
