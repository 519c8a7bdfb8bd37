"""Writes crates/mol-sim/data/uff.csv, the atomic parameters of the Universal Force Field, from Open Babel's UFF.prm.

    pip download --no-deps openbabel-wheel==3.1.1.23
    python scripts/uff.py openbabel_wheel-3.1.1.23-*.whl

The numbers are those of table I of Rappe, Casewit, Colwell, Goddard and Skiff, J. Am. Chem. Soc. 114, 10024 (1992), with sp3 and sp2
torsional barriers and generalised Mulliken-Pauling electronegativities per type; the file says that it took them from RDKit. Left out:
the dummy atom Du, deuterium (equal to H_), and the columns that no term uses (zeta, hardness, radius). Lengths in angstrom, angle in
degrees, energies in kcal/mol, charge in e, electronegativity in eV.
"""

import csv
import pathlib
import sys
import zipfile

OUT = pathlib.Path(__file__).parent.parent / "crates/mol-sim/data/uff.csv"
COLUMNS = {"r1": "bond_radius", "theta0": "angle", "x1": "distance", "D1": "depth", "Z1": "charge", "Vi": "barrier_sp3",
           "Uj": "barrier_sp2", "Xi": "electronegativity"}
SKIPPED = {"Du", "D"}

with zipfile.ZipFile(sys.argv[1]) as wheel:
    name = next(name for name in wheel.namelist() if name.endswith("/UFF.prm"))
    lines = wheel.read(name).decode().splitlines()

header = next(line for line in lines if line.startswith("# Atom") and "theta0" in line).split()[2:]
OUT.parent.mkdir(exist_ok=True)
with open(OUT, "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["type", *COLUMNS.values()])
    for line in lines:
        if line.startswith("param ") and line.split()[1] not in SKIPPED:
            label, *values = line.split()[1:]
            row = dict(zip(header, values, strict=True))
            out.writerow([label, *(row[column] for column in COLUMNS)])
