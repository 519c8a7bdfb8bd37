"""The work of benches/uff.rs in RDKit, one thread: energy and gradient of 5-butylnonane, minimisation of 120 conformers.

    pip install -r benches/peers/requirements.txt
    MOLKIT_PEER=folder cargo bench --bench uff     # writes uff.csv: start and final energies of every conformer
    python benches/peers/uff_rdkit.py folder [conformers.sdf]

Energies of the starts must agree to 1e-9 kcal/mol, or the script exits with 1. Final energies are compared next: both minimise until
no component (RDKit) or no atom (ours) feels more than about 0.01 kcal/mol/A, and may still end in different minima. Times are the
fastest of 5 rounds; construction of the field is not in them.
"""

import csv
import pathlib
import sys
import time

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem.rdForceFieldHelpers import UFFGetMoleculeForceField

folder = pathlib.Path(sys.argv[1])
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/conformers/conformers.sdf"
path = sys.argv[2] if len(sys.argv) > 2 else str(beside)
ROUNDS = 5

with open(folder / "uff.csv", newline="") as file:
    ours = {row["name"]: row for row in csv.DictReader(file)}
with open(folder / "butylnonane.csv", newline="") as file:
    rows = list(csv.DictReader(file))


def field(molecule):
    result = UFFGetMoleculeForceField(molecule, vdwThresh=10.0, ignoreInterfragInteractions=False)
    result.Initialize()
    return result


molecules = list(Chem.SDMolSupplier(path, removeHs=False))
worst = max(abs(field(m).CalcEnergy() - float(ours[m.GetProp("_Name")]["start"])) for m in molecules)
print(f"RDKit {rdBase.rdkitVersion}; start energies differ by at most {worst:.1e} kcal/mol")
if worst > 1e-9:
    sys.exit(1)

best = float("inf")
for _ in range(ROUNDS):
    copies = [Chem.Mol(m) for m in molecules]
    fields = [field(m) for m in copies]
    begin = time.perf_counter()
    more = [f.Minimize(maxIts=10000, forceTol=1e-4, energyTol=1e-9) for f in fields]
    best = min(best, time.perf_counter() - begin)
final = np.array([f.CalcEnergy() for f in fields])
force = np.array([np.abs(f.CalcGrad()).max() for f in fields])
theirs = np.array([float(ours[m.GetProp("_Name")]["final"]) for m in molecules])
same = np.abs(final - theirs) < 0.01
print(f"converged {more.count(0)} of {len(more)}, largest gradient component {force.max():.1e}, median {np.median(force):.1e} kcal/mol/A")
print(f"final energies within 0.01 kcal/mol: {same.sum()}; RDKit lower {(final < theirs - 0.01).sum()}, ours lower {(theirs < final - 0.01).sum()}")
print(f"uff/minimize 120 conformers      {best * 1e3:9.1f} ms")

chain = Chem.AddHs(Chem.MolFromSmiles("CCCCC(CCCC)CCCC"))
conformer = Chem.Conformer(chain.GetNumAtoms())
for k, row in enumerate(rows):
    conformer.SetAtomPosition(k, [float(row[axis]) for axis in "xyz"])
chain.AddConformer(conformer)
one = field(chain)
for name, work in [("uff/energy", one.CalcEnergy), ("uff/gradient", one.CalcGrad)]:
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(2000):
            work()
        best = min(best, (time.perf_counter() - begin) / 2000)
    print(f"{name} of 5-butylnonane, 41 atoms {best * 1e6:9.2f} us")
print(f"its energy is {one.CalcEnergy():.9f} kcal/mol")
