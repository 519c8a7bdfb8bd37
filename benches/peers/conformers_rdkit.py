"""The work of benches/chemistry/conformers.rs in RDKit, one thread: best of 3 passes over the 40 molecules of three conformers.

    pip install -r benches/peers/requirements.txt
    taskset -c 0 python benches/peers/conformers_rdkit.py [conformers.sdf]

Deviations are printed with a checksum, which the Rust side prints too. GetBestRMS with hydrogens is timed on the molecules of
at most MOST symmetries only, because it lists them all; the number of molecules left out is printed.
"""

import pathlib
import sys
import time

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import TorsionFingerprints, rdMolAlign

MOST = 20_000
RDLogger.DisableLog("rdApp.*")
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/conformers/conformers.sdf"
path = sys.argv[1] if len(sys.argv) > 1 else str(beside)
records = [molecule for molecule in Chem.SDMolSupplier(path, removeHs=False)]
full = [records[k : k + 3] for k in range(0, len(records), 3)]
heavy = [[Chem.RemoveHs(molecule) for molecule in three] for three in full]


def pairs(three):
    return [(three[j], three[i]) for i in range(3) for j in range(i)]


def report(name, work, items, count, passes=3):
    best, total = float("inf"), 0.0
    for _ in range(passes):
        start = time.perf_counter()
        total = sum(work(item) for item in items)
        best = min(best, time.perf_counter() - start)
    print(f"{name:40} {best / count * 1e6:10.2f} us each, {count} of them, sum {total:.6f}")


def best_rms(three):
    return sum(rdMolAlign.GetBestRMS(Chem.Mol(a), b) for a, b in pairs(three))


def joined(three):
    molecule = Chem.Mol(three[0])
    for other in three[1:]:
        molecule.AddConformer(other.GetConformer(), assignId=True)
    return molecule


def order(molecule):
    return len(molecule.GetSubstructMatches(molecule, uniquify=False, maxMatches=MOST + 1))


def tfd(molecule):
    try:
        return sum(TorsionFingerprints.GetTFDMatrix(molecule))
    except (IndexError, ValueError):  # RDKit finds no central bond
        return 0.0


print(f"RDKit {rdBase.rdkitVersion}, {len(full)} molecules")
report("conformers/best_rmsd_heavy", best_rms, heavy, 3 * len(heavy))
few = [three for three in full if order(three[0]) <= MOST]
print(f"with hydrogens: {len(full) - len(few)} molecules of more than {MOST} symmetries left out")
report("conformers/best_rmsd_hydrogens", best_rms, few, 3 * len(few), passes=1)
report("conformers/tfd_matrix of 3", tfd, [joined(three) for three in heavy], len(heavy))
many = []
for three in heavy:
    molecule = joined(three)
    for k in range(47):
        molecule.AddConformer(three[k % 3].GetConformer(), assignId=True)
    many.append(molecule)
report("conformers/tfd_matrix of 50", tfd, many, len(many), passes=1)
