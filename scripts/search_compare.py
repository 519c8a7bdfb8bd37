"""Compares substructure search and maximum common substructures with RDKit on many patterns and molecules.

    pip install rdkit==2026.9.1
    cargo build --release -p mol-core --example peer_answers
    python scripts/search_compare.py MOLECULES WHAT [number] [seed]

MOLECULES is rdkit_properties.csv. WHAT is
  data       patterns that come with RDKit (functional groups, Crippen, PAINS and other filters, MACCS, features): counts in 60 molecules
  random     patterns grown on molecules with every primitive, a quarter of them fragments with stereo: matches in 100 molecules
  fragments  fragments of molecules with stereo: matches in 100 molecules with stereo
  molecules  whole molecules as patterns (Pattern::from_molecule): matches in 100 molecules with stereo
  common     common substructures of the most similar pairs, for each set of options
Each pattern is first written by to_smarts and read again. Matches are compared as sets of sets of atoms. Prints every
disagreement and one line of counts; ends with 1 if there was a disagreement. PEER_ANSWERS names another binary.
"""

import csv
import glob
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from rdkit import Chem, DataStructs, RDConfig, RDLogger
from rdkit.Chem import rdFingerprintGenerator, rdFMCS

RDLogger.DisableLog("rdApp.*")
root = pathlib.Path(__file__).resolve().parents[1]
BINARY = os.environ.get("PEER_ANSWERS", root / "target/release/examples/peer_answers")
with open(sys.argv[1], newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]
what = sys.argv[2]
number = int(sys.argv[3]) if len(sys.argv) > 3 else 500
rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)


def ask(*arguments):
    """Answers of the library, line by line; lists of lines are handed over as files."""
    with tempfile.TemporaryDirectory() as folder:
        command = [BINARY]
        for k, argument in enumerate(arguments):
            if isinstance(argument, list):
                path = pathlib.Path(folder) / str(k)
                path.write_text("".join(line + "\n" for line in argument))
                argument = path
            command.append(argument)
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def published():
    """Everything in RDKit's data that reads as a SMARTS of more than three characters."""
    found = {}
    folders = [RDConfig.RDDataDir, RDConfig.RDContribDir]
    for path in sorted(path for folder in folders for end in ("txt", "csv", "fdef") for path in glob.glob(f"{folder}/**/*.{end}", recursive=True)):
        with open(path, errors="ignore") as file:
            for line in file:
                for text in line.replace(",", "\t").replace('"', "\t").split("\t") + line.split():
                    text = text.strip().strip('"')
                    if 3 < len(text) < 400 and "[" in text and ">>" not in text and " " not in text:
                        found[text] = None
    return [text for text in found if (pattern := Chem.MolFromSmarts(text)) is not None and pattern.GetNumAtoms()]


def primitive(molecule, atom):
    rings, index = molecule.GetRingInfo(), atom.GetIdx()
    true = [
        f"#{atom.GetAtomicNum()}", f"D{atom.GetDegree()}", f"X{atom.GetTotalDegree()}", f"H{atom.GetTotalNumHs(True)}",
        f"h{atom.GetTotalNumHs(False)}", f"v{atom.GetTotalValence()}", f"R{rings.NumAtomRings(index)}",
        f"r{rings.MinAtomRingSize(index)}", f"x{sum(bond.IsInRing() for bond in atom.GetBonds())}",
        f"{atom.GetFormalCharge():+d}", "a" if atom.GetIsAromatic() else "A", f"d{atom.GetDegree()}", "R", "r", "x", "h", "*",
        f"$([#{atom.GetAtomicNum()}]{rng.choice(['=', '-', '~', ':', '@', '!@'])}*)",
    ]  # fmt: skip
    guessed = [
        f"z{rng.randint(0, 3)}", f"Z{rng.randint(0, 2)}", f"^{rng.randint(1, 3)}", f"k{rng.randint(3, 8)}",
        f"D{{{rng.randint(0, 2)}-{rng.randint(2, 4)}}}", f"X{{{rng.randint(1, 4)}-}}", f"R{{1-{rng.randint(1, 4)}}}",
        f"r{{{rng.randint(3, 5)}-{rng.randint(5, 8)}}}", f"k{{{rng.randint(3, 5)}-{rng.randint(5, 12)}}}",
        f"v{{-{rng.randint(2, 5)}}}", f"x{rng.randint(0, 4)}", f"R{rng.randint(0, 4)}", f"r{rng.randint(3, 9)}",
        f"$(*~{rng.choice('CNOc*')})", "z{1-2}", "h{1-}", "+{0-1}", "-{0-1}", "C", "N", "O", "c", "n", "Nh1", "Nh2",
    ]  # fmt: skip
    return ("!" if rng.random() < 0.15 else "") + rng.choice(true if rng.random() < 0.6 else guessed)


def atom_text(molecule, atom):
    if rng.random() < 0.3:
        symbol = atom.GetSymbol().lower() if atom.GetIsAromatic() else atom.GetSymbol()
        if symbol in "C N O c n o s S F Cl Br P".split():
            return symbol
    text = primitive(molecule, atom)
    for _ in range(rng.randint(0, 3)):
        other = primitive(molecule, atom)
        text += rng.choice("&,;&" if other[0].isdigit() else ["&", ",", ";", "&", ""]) + other
    return f"[{text}]"


def bond_text(bond):
    symbol, chance = {1.0: "-", 2.0: "=", 3.0: "#", 1.5: ":"}.get(bond.GetBondTypeAsDouble(), "~"), rng.random()
    ring = "@" if bond.IsInRing() else "!@"
    for bound, text in [(0.3, "" if symbol in "-:" else symbol), (0.7, symbol), (0.8, "~"), (0.85, ring), (0.9, symbol + ",="), (0.95, symbol + ";" + ring)]:
        if chance < bound:
            return text
    return "!#"


def grown(molecule):
    """A pattern grown on a molecule, most rings closed."""
    size, seen, used, labels = rng.randint(1, 9), set(), set(), {}

    def walk(atom):
        index = atom.GetIdx()
        seen.add(index)
        text, parts = atom_text(molecule, atom), []
        bonds = list(atom.GetBonds())
        rng.shuffle(bonds)
        for bond in bonds:
            other = bond.GetOtherAtom(atom)
            if bond.GetIdx() in used:
                continue
            if other.GetIdx() in seen:
                if rng.random() < 0.8:
                    used.add(bond.GetIdx())
                    ring = f"%{10 + len(used)}"
                    labels[other.GetIdx()] = labels.get(other.GetIdx(), "") + bond_text(bond) + ring
                    labels[index] = labels.get(index, "") + ring
            elif len(seen) < size:
                used.add(bond.GetIdx())
                parts.append((bond_text(bond), walk(other)))
        return index, text, parts

    def text_of(node):
        index, text, parts = node
        text += labels.get(index, "")
        for k, (bond, part) in enumerate(parts):
            text += f"({bond}{text_of(part)})" if k + 1 < len(parts) else bond + text_of(part)
        return text

    return text_of(walk(rng.choice(list(molecule.GetAtoms()))))


def fragment(molecule):
    atoms = {rng.randrange(molecule.GetNumAtoms())}
    for _ in range(rng.randint(2, 9)):
        beside = [other.GetIdx() for k in sorted(atoms) for other in molecule.GetAtomWithIdx(k).GetNeighbors() if other.GetIdx() not in atoms]
        if not beside:
            break
        atoms.add(rng.choice(beside))
    return Chem.MolFragmentToSmiles(molecule, sorted(atoms), canonical=False, rootedAtAtom=rng.choice(sorted(atoms)))


def search(patterns, molecules, mode):
    """Compares matches or counts of SMARTS (or of "molecule SMILES") in SMILES."""
    read = [Chem.MolFromSmiles(text[9:]) if text.startswith("molecule ") else Chem.MolFromSmarts(text) for text in patterns]
    targets = [Chem.MolFromSmiles(text) for text in molecules]
    compared = different = refused = orders = 0
    for text, pattern, line in zip(patterns, read, ask(mode, patterns, molecules)):
        if line == "-":
            refused += 1
            print("refused:", text)
            continue
        for smiles, target, got in zip(molecules, targets, line.split("\t")):
            expected = target.GetSubstructMatches(pattern, useChirality=True, maxMatches=100000)
            compared += 1
            if mode == "counts":
                equal = int(got) == len(expected)
            else:
                ours = [tuple(map(int, one.split())) for one in got.split(";") if one]
                equal = sorted(map(sorted, ours)) == sorted(map(sorted, expected))
                orders += equal and ours != sorted(expected)
            if not equal:
                different += 1
                print("differs:", text, smiles, got[:200], expected[:9], sep="\n  ")
    print(f"{what}: {len(patterns)} patterns, {compared} compared, {different} different, {refused} refused, {orders} with other representatives of the same sets")
    return different + refused


MODES = {
    "default": {},
    "ring": {"ringMatchesRingOnly": True},
    "complete": {"completeRingsOnly": True},
    "exact": {"bondCompare": rdFMCS.BondCompare.CompareOrderExact},
    "any-bond": {"bondCompare": rdFMCS.BondCompare.CompareAny},
    "any-atom": {"atomCompare": rdFMCS.AtomCompare.CompareAny},
    "heavy": {"atomCompare": rdFMCS.AtomCompare.CompareAnyHeavyAtom},
    "isotopes": {"atomCompare": rdFMCS.AtomCompare.CompareIsotopes},
    "atoms": {"maximizeBonds": False},
    "valence": {"matchValences": True},
}


def common():
    """Sizes of common substructures of the most similar pairs among 1200 molecules of 5 to 40 atoms."""
    usable = [text for text in strings if "." not in text and 5 <= Chem.MolFromSmiles(text).GetNumAtoms() <= 40]
    sample = rng.sample(usable, min(1200, len(usable)))
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=1024)
    prints = [generator.GetFingerprint(Chem.MolFromSmiles(text)) for text in sample]
    different = 0
    for mode, options in MODES.items():
        pairs = []
        for k in rng.sample(range(len(sample)), number):
            similar = DataStructs.BulkTanimotoSimilarity(prints[k], prints)
            similar[k] = 0
            pairs.append((sample[k], sample[max(range(len(sample)), key=similar.__getitem__)]))
        equal = stopped = smaller = 0
        for pair, line in zip(pairs, ask("common", mode, [" ".join(pair) for pair in pairs])):
            ours = tuple(map(int, line.split()[:2]))
            found = rdFMCS.FindMCS([Chem.MolFromSmiles(text) for text in pair], timeout=10, **options)
            stopped += found.canceled
            equal += ours == (found.numAtoms, found.numBonds)
            if ours != (found.numAtoms, found.numBonds):
                smaller += not found.canceled and ours < (found.numAtoms, found.numBonds)
                print("differs:", mode, *pair, "here", *ours, "rdFMCS", found.numAtoms, found.numBonds, "stopped" if found.canceled else "")
        different += len(pairs) - equal
        print(f"common, {mode}: {len(pairs)} pairs, {equal} equal, {smaller} smaller here, rdFMCS stopped in {stopped}")
    return different


stereo = [text for text in strings if "@" in text or "/" in text]
whole = [molecule for text in strings if "." not in text and (molecule := Chem.MolFromSmiles(text)).GetNumAtoms() > 3]
marked = [Chem.MolFromSmiles(text) for text in stereo if "." not in text]


def distinct(make):
    found = {}
    while len(found) < number:
        text = make()
        if text and Chem.MolFromSmarts(text) is not None:
            found[text] = None
    return list(found)


if what == "data":
    patterns = published()
    sys.exit(search(patterns if number >= len(patterns) else rng.sample(patterns, number), rng.sample(strings, 60), "counts") > 0)
if what == "random":
    make = lambda: fragment(rng.choice(marked)) if rng.random() < 0.25 else grown(rng.choice(whole))
    sys.exit(search(distinct(make), rng.sample(strings, 100), "matches") > 0)
if what == "fragments":
    sys.exit(search(distinct(lambda: fragment(rng.choice(marked))), rng.sample(stereo, 100), "matches") > 0)
if what == "molecules":
    sys.exit(search([f"molecule {text}" for text in rng.sample(stereo, min(number, len(stereo)))], rng.sample(stereo, 100), "matches") > 0)
if what == "common":
    sys.exit(common() > 0)
sys.exit(__doc__)
