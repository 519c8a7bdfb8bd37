"""The work of benches/chemistry/descriptor.rs in RDKit, one thread: best of 3 passes over sanitised molecules, processor time.

    pip install -r benches/peers/requirements.txt
    python benches/peers/descriptor_rdkit.py [rdkit_properties.csv]

"set" is what mol-core's Descriptors holds: weight, exact mass, TPSA, Crippen's pair, donors, acceptors, rotatable bonds, Fsp3, the ring
counts, Labute's area and QED. RDKit keeps some results on the molecule, so each pass works on fresh copies, made outside the clock.
That both agree is checked by crates/mol-core/tests/{descriptors,fragments}.rs.
"""

import csv
import pathlib
import sys
import time

from rdkit import Chem, RDConfig, RDLogger, rdBase
from rdkit.Chem import BRICS, QED, rdPartialCharges
from rdkit.Chem import rdMolDescriptors as d
from rdkit.Chem.MolStandardize import rdMolStandardize
from rdkit.Chem.Scaffolds import MurckoScaffold

sys.path.append(str(pathlib.Path(RDConfig.RDContribDir) / "SA_Score"))
import sascorer  # noqa: E402

RDLogger.DisableLog("rdApp.*")
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/smiles/rdkit_properties.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else beside, newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]
molecules = [Chem.MolFromSmiles(smiles) for smiles in strings]
sascorer.readFragmentScores()
uncharger = rdMolStandardize.Uncharger()
STRICT = d.NumRotatableBondsOptions.Strict
RINGS = [
    d.CalcNumRings, d.CalcNumAromaticRings, d.CalcNumAliphaticRings, d.CalcNumSaturatedRings, d.CalcNumHeterocycles,
    d.CalcNumAromaticHeterocycles, d.CalcNumAliphaticHeterocycles, d.CalcNumSaturatedHeterocycles, d.CalcNumSpiroAtoms,
    d.CalcNumBridgeheadAtoms,
]


def small_set(m):
    """The set of the issue: weight, TPSA, Crippen, donors, acceptors, rotatable bonds, Fsp3, rings."""
    d._CalcMolWt(m)
    d.CalcTPSA(m)
    d.CalcCrippenDescriptors(m)
    d.CalcNumHBD(m)
    d.CalcNumHBA(m)
    d.CalcNumRotatableBonds(m, STRICT)
    d.CalcFractionCSP3(m)
    d.CalcNumRings(m)


def whole_set(m):
    small_set(m)
    d.CalcExactMolWt(m)
    d.CalcNumHeteroatoms(m)
    d.CalcLabuteASA(m)
    for count in RINGS:
        count(m)
    QED.qed(m)


def report(name, work):
    best = float("inf")
    for _ in range(3):
        fresh = [Chem.Mol(m.ToBinary()) for m in molecules]
        start = time.process_time()
        for molecule in fresh:
            work(molecule)
        best = min(best, time.process_time() - start)
    print(f"descriptor/{name:24} {best * 1e3:9.2f} ms  {best / len(molecules) * 1e6:8.2f} us per molecule", flush=True)


print(f"RDKit {rdBase.rdkitVersion}, {len(strings)} molecules")
report("set without QED", small_set)
report("set", whole_set)
report("synthetic_accessibility", sascorer.calculateScore)
report("gasteiger", lambda m: rdPartialCharges.ComputeGasteigerCharges(m, 12))
report("murcko", MurckoScaffold.GetScaffoldForMol)
report("brics_bonds", lambda m: list(BRICS.FindBRICSBonds(m)))
report("neutralize", uncharger.uncharge)
