"""Writes crates/mol-core/data/valences.csv: the valences each element may have, and which are metals, from RDKit's tables.

    python scripts/valences.py crates/mol-core/data/valences.csv

Columns: atomic number; valences, ascending, separated by spaces, -1 stands for any; 1 for a metal, else 0. They are the facts behind RDKit's refusal of
molecules (Landrum et al., RDKit, https://www.rdkit.org).
"""

import sys

import rdkit
from rdkit import Chem
from rdkit.Chem import rdqueries

with open(sys.argv[1], "w") as out:
    out.write(f"# RDKit {rdkit.__version__}, scripts/valences.py\n")
    table = Chem.GetPeriodicTable()
    metal = rdqueries.MAtomQueryAtom()
    for number in range(1, 119):
        lone = Chem.RWMol()
        lone.AddAtom(Chem.Atom(number))
        is_metal = int(metal.Match(lone.GetAtomWithIdx(0)))
        out.write(f"{number},{' '.join(map(str, table.GetValenceList(number)))},{is_metal}\n")
