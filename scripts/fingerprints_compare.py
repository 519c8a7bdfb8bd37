"""Compares the fingerprints of many molecules with RDKit's, code by code with counts.

    pip install rdkit==2026.9.1
    cargo build --release -p mol-core --example peer_answers
    python scripts/fingerprints_compare.py SHARED_DATA SET [number] [seed]

SHARED_DATA is the folder of the reference data. SET is
  reference  all rows of rdkit_properties.csv
  stereo     random stereo isomers of these
  mutated    these with one to five random changes of element, charge, bond order, atoms and rings
  nitrogen   random spellings of stereo isomers with a mark on a nitrogen of three ring bonds
  isotopes   these with random isotopes and map numbers, and labelled atoms of every element
  other      molecules that come with RDKit (NCI, ChEMBL, examples of filters)
The schemes are those of fingerprints.tsv (scripts/fingerprints.py). Prints every disagreement, and for each scheme how many are
equal; molecules that the library refuses are counted apart. Ends with 1 if there was a disagreement. PEER_ANSWERS names another binary.
"""

import glob
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import fingerprints
from rdkit import Chem, RDConfig

root = pathlib.Path(__file__).resolve().parents[1]
BINARY = os.environ.get("PEER_ANSWERS", root / "target/release/examples/peer_answers")
what = sys.argv[2]
number = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
ELEMENTS = [6] * 4 + [7] * 4 + [8] * 4 + [16] * 3 + [15, 9, 17, 35, 53, 5, 14, 34]
BONDS = [Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE]


def mutated():
    molecule = Chem.RWMol(Chem.MolFromSmiles(rng.choice(fingerprints.strings)))
    Chem.Kekulize(molecule, True)
    for _ in range(rng.randint(1, 5)):
        chance, atom = rng.random(), molecule.GetAtomWithIdx(rng.randrange(molecule.GetNumAtoms()))
        atom.SetNoImplicit(False)
        if chance < 0.4:
            atom.SetAtomicNum(rng.choice(ELEMENTS))
            atom.SetNumExplicitHs(0)
            atom.SetIsotope(0)
        elif chance < 0.55:
            atom.SetFormalCharge(rng.choice([-1, 1, 0, 0]))
        elif chance < 0.75 and molecule.GetNumBonds():
            molecule.GetBondWithIdx(rng.randrange(molecule.GetNumBonds())).SetBondType(rng.choice(BONDS))
        elif chance < 0.9:
            added = molecule.AddAtom(Chem.Atom(rng.choice(ELEMENTS)))
            molecule.AddBond(atom.GetIdx(), added, rng.choice(BONDS[:1] * 3 + BONDS[1:2]))
        else:
            other = rng.randrange(molecule.GetNumAtoms())
            if other != atom.GetIdx() and molecule.GetBondBetweenAtoms(atom.GetIdx(), other) is None:
                molecule.AddBond(atom.GetIdx(), other, Chem.BondType.SINGLE)
    Chem.SanitizeMol(molecule)
    return Chem.MolToSmiles(molecule)


def nitrogen(isomers):
    return lambda: Chem.MolToSmiles(Chem.MolFromSmiles(rng.choice(isomers)), doRandom=True)


def labelled():
    if rng.random() < 0.3:
        element = rng.randint(1, 109)
        return f"[{rng.randint(1, 300)}{Chem.GetPeriodicTable().GetElementSymbol(element)}]"
    molecule = Chem.MolFromSmiles(rng.choice(fingerprints.strings))
    for atom in molecule.GetAtoms():
        if rng.random() < 0.2:
            atom.SetIsotope(rng.randint(1, 3) + 2 * atom.GetAtomicNum())
        if rng.random() < 0.1:
            atom.SetAtomMapNum(rng.randint(1, 30))
    return Chem.MolToSmiles(molecule)


def many(make):
    """Distinct SMILES that RDKit reads again."""
    found = {}
    while len(found) < number:
        try:
            text = make()
        except Chem.MolSanitizeException:
            continue
        if Chem.MolFromSmiles(text) is not None:
            found[text] = None
    return list(found)


def other():
    found = {}
    for folder in (RDConfig.RDDataDir, RDConfig.RDContribDir):
        for path in sorted(path for end in ("smi", "csv", "txt") for path in glob.glob(f"{folder}/**/*.{end}", recursive=True)):
            with open(path, errors="ignore") as file:
                for line in file:
                    for text in line.replace(",", " ").replace('"', " ").split():
                        if 4 < len(text) < 300 and sum(letter in "CcNnOo" for letter in text) > 3 and "*" not in text:
                            molecule = Chem.MolFromSmiles(text, sanitize=False)
                            if molecule is not None and Chem.MolFromSmiles(text) is not None:
                                found[text] = None
    return rng.sample(list(found), min(number, len(found)))


SETS = {
    "reference": lambda: fingerprints.strings,
    "stereo": lambda: fingerprints.isomers(number, fingerprints.strings, lambda molecule: True),
    "nitrogen": lambda: many(nitrogen(fingerprints.isomers(40, fingerprints.cages(), fingerprints.has_marked_nitrogen))),
    "mutated": lambda: many(mutated),
    "isotopes": lambda: many(labelled),
    "other": other,
}
molecules = SETS[what]()
with tempfile.NamedTemporaryFile("w", suffix=".smi") as file:
    file.write("".join(text + "\n" for text in molecules))
    file.flush()
    answers = subprocess.run([BINARY, "codes", file.name], capture_output=True, text=True, check=True).stdout.split("\n")
names = [*fingerprints.SCHEMES, *fingerprints.FOLDED]
equal, refused, differ = dict.fromkeys(names, 0), 0, 0
for text, line in zip(molecules, answers):
    if line == "-":
        refused += 1
        print("refused:", text)
        continue
    molecule = Chem.MolFromSmiles(text)
    different = [name for name, ours, theirs in zip(names, line.split("\t"), fingerprints.codes(molecule)) if ours != theirs]
    for name in names:
        equal[name] += name not in different
    if different:
        differ += 1
        print("differs:", text, *different)
print(f"{what}: {len(molecules)} molecules, {refused} refused, {differ} differ")
for name in names:
    print(f"  {name}: {equal[name]}/{len(molecules) - refused}")
sys.exit(differ > 0)
