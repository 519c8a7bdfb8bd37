"""Writes crates/mol-core/data/residues.csv: heavy-atom bonds of standard residues from the wwPDB Chemical Component Dictionary.

    pip install biotite==1.6.0          # carries the dictionary (CC0) as it stood at its release
    python scripts/residues.py

Amino acids, nucleotides, caps, selenomethionine and water; hydrogens are left out (readers find them by distance, whatever they are called), and orders
are those of the dictionary's Kekulé form. Source: Westbrook et al., Bioinformatics 31, 1274 (2015).
"""

import csv
import pathlib

import biotite
from biotite.structure import BondType
from biotite.structure.info import residue

NAMES = """ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL MSE SEC PYL
ACE NME NH2 FOR HOH DOD A C G U I DA DC DG DT DU DI
LI NA K RB CS MG CA SR BA MN FE FE2 CO NI CU CU1 ZN CD HG AL F CL BR IOD""".split()
ORDERS = {
    BondType.SINGLE: 1, BondType.DOUBLE: 2, BondType.TRIPLE: 3,
    BondType.AROMATIC_SINGLE: 1, BondType.AROMATIC_DOUBLE: 2, BondType.AROMATIC_TRIPLE: 3,
}
path = pathlib.Path(__file__).parent.parent / "crates/mol-core/data/residues.csv"

with open(path, "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["residue", "atom", "element", "charge", "other", "order"])
    for name in NAMES:
        atoms = residue(name)
        heavy = [k for k in range(atoms.array_length()) if atoms.element[k] not in ("H", "D")]
        bonded = {k: [] for k in heavy}
        for a, b, kind in sorted(map(tuple, atoms.bonds.as_array())):
            if a in bonded and b in bonded:
                bonded[a].append((b, ORDERS[BondType(kind)]))
        for k in heavy:
            element = atoms.element[k].capitalize()
            # An atom first stands alone, so that every one has a row; then its bonds to later ones.
            # Charges of ions only: those of residues follow from their hydrogens.
            charge = int(atoms.charge[k]) if atoms.array_length() == 1 else 0
            out.writerow([name, atoms.atom_name[k], element, charge, "", ""])
            for other, order in bonded[k]:
                out.writerow([name, atoms.atom_name[k], element, charge, atoms.atom_name[other], order])
print(path, biotite.__version__)
