"""Writes crates/mol-core/tests/data/selfies.csv: strings written and read by the Python package selfies (2.2.0).

    python scripts/selfies_reference.py rdkit_properties.csv > crates/mol-core/tests/data/selfies.csv
    python scripts/selfies_reference.py rdkit_properties.csv 20000 > all.csv; MOLKIT_SELFIES=all.csv cargo test ... --test selfies

With a number of random strings: `W` rows, every SMILES of the table, two random spellings and two random Kekulé spellings of
it by RDKit, each with its SELFIES (nothing, if it is refused), and so many `D` rows. Without: `E` rows: a SMILES that is a Kekulé structure and its SELFIES. `D` rows: random SELFIES, half of them over the robust alphabet,
half with stereo, charges and rare symbols, and the SMILES that they mean.
"""

import csv
import random
import sys

import selfies
from rdkit import Chem, RDLogger

MORE = (
    "[C@H1] [C@@H1] [C@] [C@@] [/C] [\\C] [/-Ring1] [-\\Ring1] [\\/Ring2] [13CH2] [NH1] [N@+1] [S@@] [Si] [=Se] [nop] [epsilon] "
    "[2H] [Zn] [CH0] [NH4+1] [O-1]"
).split()
random.seed(2)
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["kind", "input", "output"])
with open(sys.argv[1], newline="") as file:
    smiles = [row["smiles"] for row in csv.DictReader(file)]
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 0


def spellings(text):
    """The string, two random spellings and two random Kekulé spellings."""
    molecule = Chem.MolFromSmiles(text)
    if molecule is None:
        return [text]
    kekule = Chem.Mol(molecule)
    Chem.Kekulize(kekule, clearAromaticFlags=True)
    draw = lambda m, k: Chem.MolToRandomSmilesVect(m, 2, randomSeed=k)
    return [text, *draw(molecule, 1), *draw(kekule, 2)]


RDLogger.DisableLog("rdApp.*")
if COUNT:
    for text in (spelling for one in smiles for spelling in spellings(one)):
        try:
            out.writerow(["W", text, selfies.encoder(text)])
        except selfies.EncoderError:
            out.writerow(["W", text, ""])
written = 250 if COUNT else 0
for text in smiles:
    if written < 250 and not set(text) & set("cnosp%") and "\\1" not in text and "/1" not in text and "\\2" not in text:
        try:
            out.writerow(["E", text, selfies.encoder(text)])
            written += 1
        except selfies.EncoderError:
            pass
alphabet = sorted(selfies.get_semantic_robust_alphabet())
for k in range(COUNT or 800):
    pool = alphabet if k % 2 else alphabet + MORE + ["."]
    text = "".join(random.choice(pool) for _ in range(random.randint(1, 60)))
    out.writerow(["D", text, selfies.decoder(text)])
