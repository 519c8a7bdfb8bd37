"""The peer of `cargo bench --bench torsion_step`: 20 torsion settings of 5-butylnonane, set, minimised with UFF, compared.

One thread. The environment ends when no atom's force exceeds 0.005 eV/Å = 0.115 kcal/mol/Å. RDKit's forceTol is another quantity
(scaled by positions and energy): 0.01 is the loosest of 0.1, 0.03, 0.01 that ends below the same force, which is printed. The
force field is made once per setting, as conformer generators do. Duplicates are looked for by the unweighted fingerprint.
"""
import time

import rdkit
from rdkit import Chem
from rdkit.Chem import AllChem, TorsionFingerprints
from rdkit.Chem import rdMolTransforms

SMILES, SETTINGS, BINS = "CCCCC(CCCC)CCCC", 20, 3
ANGLES = [180.0, -60.0, 60.0]

molecule = Chem.AddHs(Chem.MolFromSmiles(SMILES))
AllChem.EmbedMolecule(molecule, randomSeed=1)
pattern = Chem.MolFromSmarts("[!$([CH3])]-!@[!$([CH3])]")
torsions = []
for b, c in molecule.GetSubstructMatches(pattern):
    ends = [molecule.GetAtomWithIdx(k) for k in (b, c)]
    if any(end.GetAtomicNum() == 1 for end in ends):
        continue
    other = lambda atom, but: min(n.GetIdx() for n in atom.GetNeighbors() if n.GetAtomicNum() > 1 and n.GetIdx() != but)
    torsions.append((other(ends[0], c), b, c, other(ends[1], b)))
torsions.sort(key=lambda t: molecule.GetBondBetweenAtoms(t[1], t[2]).GetIdx())  # the order of the environment
assert len(torsions) == 9, torsions
settings = []
for k in range(SETTINGS):
    index, digits = 983 * k, []
    for _ in torsions:
        digits.append(index % BINS)
        index //= BINS
    settings.append(digits[::-1])

lists = TorsionFingerprints.CalculateTorsionLists(Chem.RemoveHs(molecule))


def run():
    known, energies, forces = [], [], []
    work = Chem.Mol(molecule)
    for digits in settings:
        conformer = work.GetConformer()
        for (a, b, c, d), digit in zip(torsions, digits):
            rdMolTransforms.SetDihedralDeg(conformer, a, b, c, d, ANGLES[digit])
        field = AllChem.UFFGetMoleculeForceField(work)
        field.Minimize(maxIts=1000, forceTol=0.01)
        energies.append(field.CalcEnergy())
        gradient = field.CalcGrad()
        forces.append(max(sum(x * x for x in gradient[k : k + 3]) ** 0.5 for k in range(0, len(gradient), 3)))
        angles = TorsionFingerprints.CalculateTorsionAngles(work, *lists)
        if all(TorsionFingerprints.CalculateTFD(angles, other) > 0.05 for other in known):
            known.append(angles)
    return energies, len(known), max(forces)


energies, known, force = run()
rounds = []
for _ in range(10):
    start = time.process_time()
    run()
    rounds.append(time.process_time() - start)
print(f"RDKit {rdkit.__version__}: {known} of {SETTINGS} new, lowest {min(energies):.3f} kcal/mol, longest force {force:.2f} kcal/mol/Å")
print(f"torsion_step/butylnonane_uff_20_steps {1e3 * min(rounds):.1f} ms")
