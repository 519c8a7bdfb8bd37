"""Writes crates/mol-core/tests/data/best_rms.csv: the smallest deviations of conformers with hydrogens, by RDKit.

Run in an environment with RDKit (2026.09):
    python scripts/best_rms_reference.py CONFORMERS.sdf > crates/mol-core/tests/data/best_rms.csv
The input is the reference set of 40 molecules with three conformers each (ARCHITECTURE.md, "Tests"). Molecules of more than
3000 matches are left out: RDKit lists them all for every pair. `heavy` is without any hydrogen (RemoveAllHs), also without
those that RemoveHs keeps.
"""

import sys

from rdkit import Chem
from rdkit.Chem import rdMolAlign

records = list(Chem.SDMolSupplier(sys.argv[1], removeHs=False))
print("molecule,first,second,heavy,hydrogens")
for start in range(0, len(records), 3):
    three = records[start : start + 3]
    bare = [Chem.RemoveAllHs(molecule) for molecule in three]
    few = len(three[0].GetSubstructMatches(three[0], uniquify=False, maxMatches=3001)) <= 3000
    for i, j in ((0, 1), (0, 2), (1, 2)):
        heavy = rdMolAlign.GetBestRMS(Chem.Mol(bare[i]), bare[j])
        full = f"{rdMolAlign.GetBestRMS(Chem.Mol(three[i]), three[j]):.12g}" if few else ""
        print(start // 3, i, j, f"{heavy:.12g}", full, sep=",")
