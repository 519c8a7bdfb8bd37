"""Writes crates/mol-core/tests/data/{mcs,smarts}.tsv: answers of RDKit for the tests of search.

    python scripts/search.py [rdkit_properties.csv]

mcs.tsv: sizes of maximum common substructures of pairs of molecules by rdFMCS for several options, none of them stopped by
its time limit. smarts.tsv: patterns with primitives that the 90 reference patterns lack, and their unique matches
(chirality used) on 40 molecules. The molecules are rows of the reference data (rdkit_properties.csv).
"""

import csv
import pathlib
import random
import sys

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import rdFMCS

RDLogger.DisableLog("rdApp.*")
root = pathlib.Path(__file__).resolve().parents[1]
beside = root.parent / "shared/data/smiles/rdkit_properties.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else beside, newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]
out = root / "crates/mol-core/tests/data"
generator = random.Random(4)

OPTIONS = {
    "default": {},
    "ring": {"ringMatchesRingOnly": True},
    "complete": {"completeRingsOnly": True},
    "exact": {"bondCompare": rdFMCS.BondCompare.CompareOrderExact},
    "any atom": {"atomCompare": rdFMCS.AtomCompare.CompareAny},
    "any bond": {"bondCompare": rdFMCS.BondCompare.CompareAny},
    "atoms": {"maximizeBonds": False},
    "valence": {"matchValences": True},
}
medium = [s for s in strings if "." not in s and 6 <= Chem.MolFromSmiles(s).GetNumAtoms() <= 24]
with open(out / "mcs.tsv", "w") as file:
    file.write(f"# rdFMCS of RDKit {rdBase.rdkitVersion}, written by scripts/search.py: option, molecules, atoms, bonds\n")
    for name, options in OPTIONS.items():
        for _ in range(25):
            pair = generator.sample(medium, 2)
            found = rdFMCS.FindMCS([Chem.MolFromSmiles(s) for s in pair], timeout=30, **options)
            # With complete rings rdFMCS may give nothing where a chain or a single atom is common.
            if found.canceled or found.numAtoms == 0:
                continue
            file.write(f"{name}\t{pair[0]}\t{pair[1]}\t{found.numAtoms}\t{found.numBonds}\n")

PATTERNS = """
[R2] [R3] [R{1-2}] [r{3-5}] [k5] [k{5-6}] [x] [x2] [x3] [x4] [z] [z1] [z2] [z{2-}] [Z1] [Z{1-3}] [^1] [^2] [^3] [d1] [d3]
[D{2-3}] [X{1-2}] [h] [h0] [h2] [H{1-2}] [v3] [v{2-3}] [v6] [+{0-1}] [-{1-2}] [!R;!#6] [#7,#8;R] [c;r6;!x3] [!!C] [C,N;!H0;D1]
*~1~*~*~*~*~1 [R]@[R]!@[R] [x3]@[x3] C-,=C c:,-c *!-*  C=!@C [#6;$(*=O),$(*#N)] [$([NX3;H2,H1]-C=[O,S])]
[$([#6]1~[#6]~[#7]~[#6]~1),$([#6]1~[#6]~[#7]~[#6]~[#6]~1)] [$([$([OX1]=C)])] [$(C-[$(N-[$(C=O)])])] *~*~*~*~* C(C)(C)C [OX2H0](C)C
[C@H](*)(*)* [C@@](*)(*)(*)* N[C@@H](C)* N[C@H](C)* C/C=C/* C/C=C\\* [#6]/[#6]=[#6]/[#6] O.N c1ccccc1.C(=O)O
""".split()
molecules = [s for s in strings if "@" in s or "/" in s][::45][:20] + strings[5::150][:20]
with open(out / "smarts.tsv", "w") as file:
    file.write(f"# Unique matches by RDKit {rdBase.rdkitVersion}, written by scripts/search.py; first row: molecules\n")
    file.write("\t".join(["pattern", *molecules]) + "\n")
    for smarts in PATTERNS:
        smarts = smarts.replace("\\\\", "\\")
        pattern = Chem.MolFromSmarts(smarts)
        if pattern is None:
            continue
        counts = [
            len(Chem.MolFromSmiles(s).GetSubstructMatches(pattern, useChirality=True, maxMatches=100000))
            for s in molecules
        ]
        file.write("\t".join([smarts, *map(str, counts)]) + "\n")
