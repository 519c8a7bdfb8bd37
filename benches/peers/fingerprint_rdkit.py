"""The work of benches/chemistry/fingerprint.rs in RDKit, one thread: best of 7 passes.

    pip install -r benches/peers/requirements.txt
    python benches/peers/fingerprint_rdkit.py [rdkit_properties.csv]

Molecules are sanitised beforehand, rings and all. The bits of morgan2_2048 are compared with the reference table here; that both set the
same bits of all kinds is checked by crates/mol-core/tests/fingerprints.rs. A million fingerprints for the search take half a minute to make.
"""

import csv
import pathlib
import random
import sys
import time

from rdkit import Chem, DataStructs, RDLogger, rdBase
from rdkit.Chem import rdFingerprintGenerator as generators

RDLogger.DisableLog("rdApp.*")
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/smiles/rdkit_properties.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else beside, newline="") as file:
    rows = list(csv.DictReader(file))
molecules = [Chem.MolFromSmiles(row["smiles"]) for row in rows]


def report(name, work, count, unit="molecule"):
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    print(f"{name:24} {best * 1e3:9.2f} ms  {best / count * 1e6:9.3f} us per {unit}")


def each(make):
    def work():
        for molecule in molecules:
            make(molecule)

    return work


print(f"RDKit {rdBase.rdkitVersion}, {len(molecules)} molecules")
morgan = generators.GetMorganGenerator(radius=2)
for molecule, row in zip(molecules, rows):
    assert " ".join(map(str, morgan.GetFingerprint(molecule).GetOnBits())) == row["morgan2_2048_onbits"]
report("morgan2_2048", each(morgan.GetFingerprint), len(molecules))
report("morgan2_2048 in one call", lambda: morgan.GetFingerprints(molecules, numThreads=1), len(molecules))
chiral = generators.GetMorganGenerator(radius=2, includeChirality=True)
report("morgan2_chirality", each(chiral.GetFingerprint), len(molecules))
report("morgan2_sparse", each(morgan.GetSparseCountFingerprint), len(molecules))
features = generators.GetMorganGenerator(radius=2, atomInvariantsGenerator=generators.GetMorganFeatureAtomInvGen())
report("morgan2_features", each(features.GetFingerprint), len(molecules))
report("atom_pairs_2048", each(generators.GetAtomPairGenerator().GetFingerprint), len(molecules))
report("torsions_2048", each(generators.GetTopologicalTorsionGenerator().GetFingerprint), len(molecules))
report("paths_2048", each(generators.GetRDKitFPGenerator().GetFingerprint), len(molecules))

draw = random.Random(1)
library = []
for _ in range(1_000_000):
    bits = DataStructs.ExplicitBitVect(2048)
    bits.SetBitsFromList([draw.randrange(2048) for _ in range(30 + draw.randrange(30))])
    library.append(bits)
report("similarities", lambda: DataStructs.BulkTanimotoSimilarity(library[7], library), len(library), "fingerprint")
