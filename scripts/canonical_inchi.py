"""Writes random spellings of enumerated stereo-isomers, each with its InChI: what canonical SMILES are compared with.

Run in an environment with RDKit (2026.09):
    python scripts/canonical_inchi.py rdkit_properties.csv > isomers.tsv
    MOLKIT_ISOMERS=isomers.tsv cargo test -p mol-core --features testing --test canonical_reference isomers
The input is the reference table of molecules (ARCHITECTURE.md, "Tests"), of which those in one piece with at most 40 heavy atoms
are taken, each with at most 16 isomers and three spellings of each. The InChI is that with fixed hydrogens and unknown
centres (/FixedH /SUU), so that tautomers and half-marked molecules stay apart.
"""

import csv
import random
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem.EnumerateStereoisomers import EnumerateStereoisomers, StereoEnumerationOptions

RDLogger.DisableLog("rdApp.*")
random.seed(20201120)
options = StereoEnumerationOptions(maxIsomers=16, onlyUnassigned=False, unique=False, rand=7)
writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
writer.writerow(["molecule", "inchi", "canonical", "spelling"])
with open(sys.argv[1], newline="") as table:
    rows = list(csv.DictReader(table))
for number, row in enumerate(rows):
    molecule = Chem.MolFromSmiles(row["smiles"])
    if molecule is None or "." in row["smiles"] or molecule.GetNumHeavyAtoms() > 40:
        continue
    for isomer in EnumerateStereoisomers(molecule, options=options):
        # Read anew: marks that say nothing to RDKit are gone then.
        isomer = Chem.MolFromSmiles(Chem.MolToSmiles(isomer))
        inchi = Chem.MolToInchi(isomer, options="/FixedH /SUU")
        canonical = Chem.MolToSmiles(isomer)
        for _ in range(3):
            spelling = Chem.MolToSmiles(isomer, doRandom=True)
            writer.writerow([number, inchi, canonical, spelling])
