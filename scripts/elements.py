"""Writes crates/mol-core/data/elements.csv and isotopes.csv from published tables as packages carry them.

    pip install mendeleev==1.3.0 ase==3.29.0 rdkit==2026.9.1
    python scripts/elements.py

mass: IUPAC/CIAAW standard atomic weight, conventional value where an interval is given [u] (mendeleev); for elements without one, the
mass of a long-lived isotope (ase).
covalent_radius: Cordero et al., Dalton Trans. 2832 (2008) (C sp3, Mn/Fe/Co low spin) as in ase; beyond Cm: Pyykko & Atsumi,
Chem. Eur. J. 15, 186 (2009), single bond. vdw_radius: Alvarez, Dalton Trans. 42, 8617 (2013). isotopes: masses [u] as in RDKit.
"""

import csv
import pathlib

import ase.data
import ase.data.vdw_alvarez
from mendeleev import element
from rdkit import Chem

DATA = pathlib.Path(__file__).parent.parent / "crates/mol-core/data"
WITH_STANDARD_WEIGHT = {*range(1, 84), 90, 91, 92} - {43, 61}
IUPAC_SPELLING = {"Aluminum": "Aluminium", "Cesium": "Caesium"}

with open(DATA / "elements.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["number", "symbol", "name", "mass", "covalent_radius", "vdw_radius"])
    for z in range(1, 119):
        e = element(z)
        mass = float(e.atomic_weight if z in WITH_STANDARD_WEIGHT else ase.data.atomic_masses[z])
        covalent = float(ase.data.covalent_radii[z]) if z <= 96 else e.covalent_radius_pyykko / 100.0
        vdw = float(ase.data.vdw_alvarez.vdw_radii[z]) if z < len(ase.data.vdw_alvarez.vdw_radii) else float("nan")
        out.writerow([z, e.symbol, IUPAC_SPELLING.get(e.name, e.name), f"{mass:.10g}", f"{covalent:.4g}", "" if vdw != vdw else f"{vdw:.4g}"])

table = Chem.GetPeriodicTable()
with open(DATA / "isotopes.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["number", "nucleons", "mass"])
    for z in range(1, 119):
        for nucleons in range(1, 320):
            mass = table.GetMassForIsotope(z, nucleons)
            if mass > 0.0:
                out.writerow([z, nucleons, f"{mass:.10g}"])
