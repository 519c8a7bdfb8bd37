"""Writes crates/mol-core/tests/data/vectors.tsv: digests of the vectors that ogb and chemprop themselves make.

    pip install rdkit==2026.9.1 ogb==1.3.6 chemprop==2.3.1
    python scripts/featurize.py shared/data [folder of packages with ogb and chemprop]

One line for each row of rdkit_properties.csv, in its order: FNV-1a (64 bits) of the text that `molecule_text` makes of the vectors. Only the
modules of features are loaded, so that neither package needs the rest of what it depends on (torch above all). For OGB
the features of `smiles2graph`; for chemprop the multi-hot vectors of version 1, of version 2 (the default) and organic.
"""

import csv
import importlib
import pathlib
import sys
import types

from rdkit import Chem, RDLogger, rdBase

RDLogger.DisableLog("rdApp.*")
OUT = pathlib.Path(__file__).parent.parent / "crates/mol-core/tests/data/vectors.tsv"
if len(sys.argv) > 2:
    sys.path.append(sys.argv[2])


def without_init(name):
    """A package whose own __init__ is not run, for the modules in it."""
    parent, _, own = name.rpartition(".")
    paths = sys.modules[parent].__path__ if parent else sys.path
    module = types.ModuleType(name)
    module.__path__ = [str(folder) for path in paths if (folder := pathlib.Path(path) / own).is_dir()]
    sys.modules[name] = module


for package in ("ogb", "ogb.utils", "chemprop", "chemprop.data", "chemprop.featurizers", "chemprop.utils"):
    without_init(package)
for unused in ("multiprocess", "psutil"):
    sys.modules.setdefault(unused, types.ModuleType(unused))
ogb = importlib.import_module("ogb.utils.features")
atoms = importlib.import_module("chemprop.featurizers.atom")
bonds = importlib.import_module("chemprop.featurizers.bond")
CHEMPROP = [
    atoms.MultiHotAtomFeaturizer.v1(),
    atoms.MultiHotAtomFeaturizer.v2(),
    atoms.MultiHotAtomFeaturizer.organic(),
]
BOND = bonds.MultiHotBondFeaturizer()


def row_text(values):
    """Numbers as multiples of 1e-5."""
    return " ".join(str(round(float(value) * 1e5)) for value in values)


def molecule_text(molecule):
    """A line for each atom and each bond: what OGB says, then what chemprop says, bonds in the order of their ends."""
    lines = []
    for atom in molecule.GetAtoms():
        lines.append(row_text(ogb.atom_to_feature_vector(atom)))
        lines += [row_text(featurizer(atom)) for featurizer in CHEMPROP]
    ends = lambda bond: tuple(sorted((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())))
    for bond in sorted(molecule.GetBonds(), key=ends):
        lines.append(row_text(ends(bond)))
        lines.append(row_text(ogb.bond_to_feature_vector(bond)))
        lines.append(row_text(BOND(bond)))
    return "\n".join(lines)


def digest(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


if __name__ == "__main__":
    with open(pathlib.Path(sys.argv[1]) / "smiles/rdkit_properties.csv", newline="") as file:
        strings = [row["smiles"] for row in csv.DictReader(file)]
    with open(OUT, "w") as file:
        print(f"# ogb 1.3.6 and chemprop 2.3.1 on RDKit {rdBase.rdkitVersion}, written by scripts/featurize.py", file=file)
        for smiles in strings:
            print(digest(molecule_text(Chem.MolFromSmiles(smiles))), file=file)
