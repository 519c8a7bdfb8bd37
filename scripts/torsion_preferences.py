"""Takes the experimental torsion preferences out of RDKit's shared object and checks them against what RDKit answers.

    python scripts/torsion_preferences.py            # writes crates/mol-core/data/torsion_preferences.csv
    python scripts/torsion_preferences.py --check molecules.csv
        # compares the file, and the terms RDKit gives the molecules of the column `smiles` with its rows
    python scripts/torsion_preferences.py --compare target/tmp/torsion_preferences.txt
        # compares what the test `embed` has found with what RDKit finds

The tables are those of S. Riniker, G. A. Landrum, J. Chem. Inf. Model. 55, 2562 (2015) (version 1), its revision (version 2), and S. Wang, J. Witek,
G. A. Landrum, S. Riniker, J. Chem. Inf. Model. 60, 2044 (2020) (small rings, macrocycles). RDKit (BSD-3) compiles them as text into
libRDKitForceFieldHelpers: one pattern a line with atoms mapped 1 to 4, then six pairs of a sign s and a force constant V of
E = sum V_n (1 + s_n cos n phi).
"""

import csv
import glob
import os
import re
import sys

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem import rdDistGeom

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "..", "crates", "mol-core", "data", "torsion_preferences.csv")
HEADER = ["set", "smarts"] + [f"{letter}{n}" for n in range(1, 7) for letter in "sV"]
# One pattern that only its set has, which tells the four blobs apart.
MARKS = {
    "version1": "O=[C:1][O:2]!@;-[c:3]~[*:4] ",
    "version2": "[$(C=O):1][O:2]!@;-[c:3]~[*:4] ",
    "small_rings": "[x3;r{-8}:1]",
    "macrocycles": "[C:1][C;r{9-}:2](=O)@;-[NX3H0;r:3]",
}


def tables():
    folder = os.path.join(os.path.dirname(rdkit.__file__), "..", "rdkit.libs")
    (path,) = glob.glob(os.path.join(folder, "libRDKitForceFieldHelpers-*.so*"))
    with open(path, "rb") as file:
        blobs = [blob.decode() for blob in re.split(rb"\x00+", file.read()) if b":4]" in blob and blob.count(b"\n") > 5]
    for name, mark in MARKS.items():
        (blob,) = [blob for blob in blobs if any(line.startswith(mark) for line in blob.splitlines())]
        for line in blob.splitlines():
            smarts, *numbers = line.split()
            assert len(numbers) == 12 and all(sign in ("1", "-1") for sign in numbers[::2]), line
            [float(value) for value in numbers[1::2]]
            yield [name, smarts, *numbers]


def check(rows):
    """Every bond RDKit gives a preference to has it from a row of ours, with the same signs and constants."""
    of = {name: {tuple(row[1:2]): row[2:] for row in rows if row[0] == name} for name in MARKS}
    molecules = bonds = 0
    for path in sys.argv[2:]:
        with open(path) as file:
            for record in csv.DictReader(file):
                molecule = Chem.MolFromSmiles(record["smiles"])
                if molecule is None:
                    continue
                molecule = Chem.AddHs(molecule)
                molecules += 1
                for version, name in ((1, "version1"), (2, "version2")):
                    found = rdDistGeom.GetExperimentalTorsions(molecule, True, True, True, False, version)
                    for torsion in found:
                        key = (torsion["smarts"],)
                        row = next(of[s][key] for s in (name, "small_rings", "macrocycles") if key in of[s])
                        assert [int(x) for x in row[::2]] == list(torsion["signs"]), torsion["smarts"]
                        assert [float(x) for x in row[1::2]] == list(torsion["V"]), torsion["smarts"]
                        bonds += 1
    print(f"{molecules} molecules, {bonds} torsions: all in the table with the same signs and constants")


def compare(path):
    """Bonds, signs and constants of every molecule, then the atoms at both ends too (symmetric choices may differ)."""
    molecules = same = atoms = 0
    with open(path) as file:
        for line in file:
            smiles, *found = line.rstrip("\n").split("\t")
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is None:
                continue
            molecules += 1
            ours = {}
            for words in map(str.split, found):
                ours[tuple(sorted(map(int, words[1:3])))] = ([int(x) for x in words[:4]], [float(x) for x in words[4:]])
            theirs = {}
            for torsion in rdDistGeom.GetExperimentalTorsions(Chem.AddHs(molecule), True, False, True, False, 2):
                indices = list(torsion["atomIndices"])
                theirs[tuple(sorted(indices[1:3]))] = (indices, [float(x) for x in [*torsion["signs"], *torsion["V"]]])
            equal = ours.keys() == theirs.keys() and all(ours[bond][1] == theirs[bond][1] for bond in ours)
            same += equal
            atoms += equal and all(ours[bond][0] == theirs[bond][0] for bond in ours)
            if not equal:
                print("  differs:", smiles)
    print(f"{molecules} molecules: same bonds, signs and constants in {same}, same end atoms too in {atoms}")


def main():
    if "--compare" in sys.argv:
        compare(sys.argv[2])
        return
    rows = list(tables())
    if "--check" in sys.argv:
        with open(TABLE, newline="") as file:
            assert list(csv.reader(line for line in file if not line.startswith("##"))) == [HEADER, *rows], "run the script"
        check(rows)
        return
    with open(TABLE, "w", newline="") as file:
        file.write("## Torsion preferences by scripts/torsion_preferences.py from RDKit " + rdkit.__version__ + " (BSD-3). Papers:\n")
        file.write("## Riniker, Landrum, J. Chem. Inf. Model. 55, 2562 (2015); Wang, Witek, Landrum, Riniker, ibid. 60, 2044 (2020).\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    print({name: sum(row[0] == name for row in rows) for name in MARKS})


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    main()
