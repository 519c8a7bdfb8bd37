"""Writes what RDKit says of rings, valences, MMFF94 aromaticity and symmetry of molecules, for crates/mol-core/tests/perceive_models.rs.

    python scripts/perception_models.py OUT.tsv STRIDE FILE...

Each FILE holds SMILES: a CSV with a column "smiles", or lines that begin with one. Every STRIDE-th molecule is taken, and after it two
random mutations of it (an atom, charge, hydrogen count or bond order changed; seeded), most of which RDKit refuses.
Columns: SMILES; refusal (empty, "valence" or "kekulize"); then, where not refused: MMFF94-aromatic atoms; rings of each atom and sizes of the
rings in the symmetrised set; number of ring families; spiro atoms; bridgeheads; symmetry classes without stereo.
"""

import csv
import random
import sys

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem import rdMolDescriptors

RDLogger.DisableLog("rdApp.*")
KEEP = Chem.SmilesParserParams()
KEEP.removeHs = False
RAW = Chem.SmilesParserParams()
RAW.removeHs = False
RAW.sanitize = False
ORDERS = [Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE]
ELEMENTS = [5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 53]


def bits(flags):
    return "".join("1" if flag else "0" for flag in flags)


def describe(smiles):
    """The columns behind the SMILES; None if it is not even read."""
    raw = Chem.MolFromSmiles(smiles, RAW)
    if raw is None:
        return None
    try:
        Chem.SanitizeMol(raw)
    except Chem.AtomValenceException:
        return ["valence"]
    except (Chem.KekulizeException, Chem.AtomKekulizeException):
        return ["kekulize"]
    except Exception:
        return None
    molecule = Chem.MolFromSmiles(smiles, KEEP)
    info = molecule.GetRingInfo()
    rings = [info.NumAtomRings(atom.GetIdx()) for atom in molecule.GetAtoms()]
    sizes = sorted(len(ring) for ring in info.AtomRings())
    counts = [rdMolDescriptors.CalcNumSpiroAtoms(molecule), rdMolDescriptors.CalcNumBridgeheadAtoms(molecule)]
    ranks = Chem.CanonicalRankAtoms(molecule, breakTies=False, includeChirality=False)
    Chem.rdmolops.FindRingFamilies(molecule)
    families = molecule.GetRingInfo().NumRingFamilies()
    mmff = Chem.Mol(molecule)
    try:
        Chem.Kekulize(mmff, clearAromaticFlags=True)
    except Chem.KekulizeException:
        return None  # RDKit cannot take back what it has perceived
    Chem.SetAromaticity(mmff, Chem.AromaticityModel.AROMATICITY_MMFF94)
    fields = [bits(atom.GetIsAromatic() for atom in mmff.GetAtoms()), " ".join(map(str, rings)), " ".join(map(str, sizes))]
    return [""] + fields + [str(families), str(counts[0]), str(counts[1]), " ".join(map(str, ranks))]


def mutated(smiles, rng):
    molecule = Chem.RWMol(Chem.MolFromSmiles(smiles, RAW))
    atom = molecule.GetAtomWithIdx(rng.randrange(molecule.GetNumAtoms()))
    what = rng.randrange(4)
    if what == 0:
        atom.SetAtomicNum(rng.choice(ELEMENTS))
    elif what == 1:
        atom.SetFormalCharge(atom.GetFormalCharge() + rng.choice([-2, -1, 1, 2]))
    elif what == 2 and molecule.GetNumBonds():
        bond = molecule.GetBondWithIdx(rng.randrange(molecule.GetNumBonds()))
        bond.SetBondType(rng.choice(ORDERS))
        bond.SetBondDir(Chem.BondDir.NONE)
    else:
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(rng.randrange(4))
    atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    try:
        return Chem.MolToSmiles(molecule, canonical=False)
    except Exception:
        return None


def strings(path):
    with open(path) as file:
        if path.endswith(".csv"):
            return [row["smiles"] for row in csv.DictReader(file)]
        return [line.split()[0].split(",")[0] for line in file if line.strip()]


def main(target, stride, sources):
    rng = random.Random(7)
    with open(target, "w") as out:
        out.write(f"# RDKit {rdkit.__version__}, scripts/perception_models.py\n")
        for smiles in [smiles for source in sources for smiles in strings(source)][::stride]:
            if Chem.MolFromSmiles(smiles, RAW) is None or not Chem.MolFromSmiles(smiles, RAW).GetNumAtoms():
                continue
            for text in [smiles, mutated(smiles, rng), mutated(smiles, rng)]:
                columns = describe(text) if text and not Chem.MolFromSmiles(text, RAW) is None else None
                if columns is not None:
                    out.write("\t".join([text, *columns]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
