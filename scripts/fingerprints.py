"""Writes crates/mol-core/tests/data/fingerprints.tsv and butina.tsv: fingerprints and clusters as RDKit makes them.

    pip install rdkit==2026.9.1
    python scripts/fingerprints.py shared/data

fingerprints.tsv: molecules of the reference data with random stereo isomers of some, and a few with rare elements, isotopes and charges; for each
scheme the number of distinct codes and FNV-1a (64 bits) of the text "code:count code:count ..." in ascending order of codes. Ten of the isomers have
a mark on a nitrogen of three ring bonds.
butina.tsv: clusters of every tenth molecule of rdkit_properties.csv at a distance of 0.4 in Morgan fingerprints (radius 2, 2048 bits), with and
without recounting; one cluster a line, its centre first.
"""

import csv
import pathlib
import random
import sys

from rdkit import Chem, DataStructs, RDLogger
from rdkit.Chem import rdFingerprintGenerator as generators
from rdkit.Chem.EnumerateStereoisomers import EnumerateStereoisomers, StereoEnumerationOptions
from rdkit.ML.Cluster import Butina

RDLogger.DisableLog("rdApp.*")
OUT = pathlib.Path(__file__).parent.parent / "crates/mol-core/tests/data"
with open(pathlib.Path(sys.argv[1]) / "smiles/rdkit_properties.csv", newline="") as file:
    strings = [row["smiles"] for row in csv.DictReader(file)]

RARE = """[2H]C([2H])O [13CH4] [14C]C [3H]c1ccccc1 [Na+].[Cl-] C[N+](C)(C)C [O-]c1ccccc1 C[Si](C)(C)C FS(F)(F)(F)(F)F C[Se]C [As](C)(C)C CB(O)O IC=C *CC *c1ccccc1
C#CC#N C=C=C CN=[N+]=[N-] [CH3] [CH2]C O=[Si]=O C[Hg]C Cl[Pt](Cl)(N)N C1CC1 C1CC2CC1C2 C1C2CC1C2 c1ccc2ccccc2c1 C1=CC2=CC=CC2=C1 OP(=O)(O)O C[P@](N)(=O)O
C[S@](=O)CC F/C=C/F F/C=C\\F C/C=C/C=C\\C C[C@H]1CC[C@H](C)CC1 C[C@H]1CC[C@@H](C)CC1 O[C@H](C(=O)O)[C@@H](O)C(=O)O N[C@@H](C)C(=O)O [H][H] C CC O [Fe]""".split()


RING_NITROGEN = Chem.MolFromSmarts("[N;X3;v3;x3]")


def has_marked_nitrogen(molecule):
    """Whether a nitrogen of three ring bonds bears a mark; a SMARTS with @ would also find those without."""
    atoms = [molecule.GetAtomWithIdx(match[0]) for match in molecule.GetSubstructMatches(RING_NITROGEN)]
    return any(atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED for atom in atoms)


def cages():
    return [text for text in strings if Chem.MolFromSmiles(text).HasSubstructMatch(RING_NITROGEN)]


def isomers(count, among, wanted):
    choose = random.Random(1)
    found = []
    options = StereoEnumerationOptions(maxIsomers=2, rand=7, unique=True)
    while len(found) < count:
        molecule = Chem.MolFromSmiles(choose.choice(among))
        for isomer in EnumerateStereoisomers(molecule, options):
            text = Chem.MolToSmiles(isomer)
            if ("@" in text or "/" in text) and wanted(Chem.MolFromSmiles(text)):
                found.append(text)
    return found[:count]


SCHEMES = {
    "morgan3": generators.GetMorganGenerator(radius=3),
    "morgan2-redundant": generators.GetMorganGenerator(radius=2, includeRedundantEnvironments=True),
    "morgan2-no-bond-orders": generators.GetMorganGenerator(radius=2, useBondTypes=False),
    "morgan3-chirality": generators.GetMorganGenerator(radius=3, includeChirality=True),
    "morgan2-features": generators.GetMorganGenerator(radius=2, atomInvariantsGenerator=generators.GetMorganFeatureAtomInvGen()),
    "pairs": generators.GetAtomPairGenerator(),
    "pairs-chirality": generators.GetAtomPairGenerator(includeChirality=True),
    "torsions": generators.GetTopologicalTorsionGenerator(),
    "torsions-chirality": generators.GetTopologicalTorsionGenerator(includeChirality=True),
    "paths": generators.GetRDKitFPGenerator(),
    "paths-linear": generators.GetRDKitFPGenerator(branchedPaths=False),
}
FOLDED = {
    "pairs-bits": generators.GetAtomPairGenerator(),
    "torsions-bits": generators.GetTopologicalTorsionGenerator(),
    "paths-bits": generators.GetRDKitFPGenerator(fpSize=1000),
}


def digest(entries):
    value = 0xCBF29CE484222325
    for byte in " ".join(f"{code}:{count}" for code, count in entries).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{len(entries)}/{value:016x}"


def codes(molecule):
    """The columns of fingerprints.tsv."""
    row = [digest(sorted((code % 2**64, n) for code, n in g.GetSparseCountFingerprint(molecule).GetNonzeroElements().items())) for g in SCHEMES.values()]
    return row + [digest([(bit, 1) for bit in g.GetFingerprint(molecule).GetOnBits()]) for g in FOLDED.values()]


if __name__ == "__main__":
    with open(OUT / "fingerprints.tsv", "w") as file:
        print("smiles", *SCHEMES, *FOLDED, sep="\t", file=file)
        for smiles in strings[::20] + isomers(80, strings, lambda molecule: True) + isomers(10, cages(), has_marked_nitrogen) + RARE:
            molecule = Chem.MolFromSmiles(smiles)
            print(smiles, *codes(molecule), sep="\t", file=file)

    morgan = generators.GetMorganGenerator(radius=2)
    prints = [morgan.GetFingerprint(Chem.MolFromSmiles(smiles)) for smiles in strings[::10]]
    distances = []
    for i in range(1, len(prints)):
        distances += [1 - similarity for similarity in DataStructs.BulkTanimotoSimilarity(prints[i], prints[:i])]
    with open(OUT / "butina.tsv", "w") as file:
        for recount in (False, True):
            for cluster in Butina.ClusterData(distances, len(prints), 0.4, isDistData=True, reordering=recount):
                print("recount" if recount else "plain", *cluster, sep="\t", file=file)
