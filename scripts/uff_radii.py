"""Writes crates/mol-core/data/uff_radii.csv: what the natural bond lengths of the Universal Force Field need, out of crates/mol-sim/data/uff.csv.

    python scripts/uff_radii.py

Numbers of table I of Rappe, Casewit, Colwell, Goddard and Skiff, J. Am. Chem. Soc. 114, 10024 (1992), with the electronegativities that
scripts/uff.py documents. Lengths in angstrom. The first type of an element is the one for shapes that have none of their own.
"""

import csv
import pathlib

# Lawrencium had this symbol once.
SPELLING = {"Lw": "Lr"}
CRATES = pathlib.Path(__file__).parent.parent / "crates"

with open(CRATES / "mol-sim/data/uff.csv", newline="") as file:
    rows = [row for row in csv.DictReader(file) if row["type"] != "H_b"]
with open(CRATES / "mol-core/data/uff_radii.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["element", "label", "bond_radius", "electronegativity"])
    for row in rows:
        element = row["type"][:2].rstrip("_") if row["type"][1:2].isalpha() or row["type"][1:2] == "_" else row["type"][:1]
        out.writerow([SPELLING.get(element, element), row["type"], row["bond_radius"], row["electronegativity"]])
