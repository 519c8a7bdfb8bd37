"""Writes the tables behind crates/mol-core/src/descriptor/, from the RDKit wheel that is installed.

    python scripts/descriptors.py crates/mol-core/data

crippen.csv         Wildman and Crippen, J. Chem. Inf. Comput. Sci. 39, 868 (1999), as SMARTS (from the library's own text, which
                    differs from Data/Crippen.txt in the second H2 line)
tpsa.csv            Ertl, Rohde and Selzer, J. Med. Chem. 43, 3714 (2000), one row per fragment: read off one probe molecule each
qed.csv             Bickerton et al., Nat. Chem. 4, 90 (2012): desirability functions and weights (rdkit.Chem.QED)
qed_alerts.csv      the structural alerts of the same
gasteiger.csv       Gasteiger and Marsili, Tetrahedron 36, 3219 (1980), with the additions of PyBabel (from the library's own text)
fragment_scores.bin.gz  Ertl and Schuffenhauer, J. Cheminform. 1, 8 (2009): scores of Morgan fragments (Contrib/SA_Score)
brics.csv           Degen et al., ChemMedChem 3, 1503 (2008): environments and the pairs of them that are cut (rdkit.Chem.BRICS)
rdkit_elements.csv  RDKit's atomic weights, masses of the commonest isotopes, and radii Rb0
"""

import csv
import glob
import gzip
import pathlib
import pickle
import re
import struct
import sys

import rdkit
from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem import BRICS, QED, rdMolDescriptors

FOLDER = pathlib.Path(rdkit.__file__).parents[1] / "rdkit.libs"

# One molecule for each fragment of the table of Ertl et al.; the atom in question carries map number 1.
TPSA_PROBES = """
C#[N:1] C=[NH:1] C[NH2:1] C=[NH2+:1] C[NH3+:1] C=[N:1]C C[N:1](=O)=O C=[N:1]#N C[NH:1]C C1C[NH:1]1 C[N+:1]#[C-]
C=[NH+:1]C C[NH2+:1]C c1cc[n:1]cc1 c1cc[nH:1]c1 c1cc[nH+:1]cc1 C[N:1](C)C C1C[N:1]1C C=[N+:1](C)C C[NH+:1](C)C
c1cc2cccc[n:1]2c1 Cc1ccc[n:1]1C c1cc[n:1](=O)cc1 c1cc[n+:1]2ccccc2c1 c1cc[n+:1](C)cc1 C[N+:1](C)(C)C
C=[O:1] C[OH:1] C[O-:1] C[O:1]C C1C[O:1]1 c1cc[o:1]c1
C=[S:1] C[S:1]C C[S:1](C)=O C[S:1](C)(=O)=O C[SH:1] c1cc[s:1]c1 c1cc[s:1](=O)c1
C[P:1](C)C C=[P:1]C C[P:1](C)(C)=O C[PH:1](C)=O
""".split()


def text_of(library):
    (path,) = glob.glob(str(FOLDER / f"libRDKit{library}-*.so*"))
    return pathlib.Path(path).read_bytes()


def write(target, name, header, rows):
    with open(target / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def crippen(target):
    text = text_of("Descriptors")
    start = text.index(b"#ID\tSMARTS\tlogP\tMR\t")
    lines = text[start : text.index(b"\0", start)].decode().splitlines()[1:]
    rows = [line.split("\t")[:4] for line in lines if line.strip()]
    write(target, "crippen.csv", ["type", "smarts", "log_p", "refractivity"], [[a, b, c, d or "0"] for a, b, c, d in rows])


def tpsa(target):
    rows = {}
    for smiles in TPSA_PROBES:
        molecule = Chem.MolFromSmiles(smiles, sanitize=False)
        # Taken as written: perception would undo the aromatic rings of pentavalent nitrogen and sulfur.
        molecule.UpdatePropertyCache(strict=False)
        Chem.FastFindRings(molecule)
        contributions = rdMolDescriptors._CalcTPSAContribs(molecule, includeSandP=True)
        (atom,) = [atom for atom in molecule.GetAtoms() if atom.GetAtomMapNum() == 1]
        kinds = [("A" if bond.GetIsAromatic() else {1: "1", 2: "2", 3: "3"}[int(bond.GetBondType())]) for bond in atom.GetBonds()]
        count = [kinds.count(kind) for kind in "123A"]
        small = int(molecule.GetRingInfo().IsAtomInRingOfSize(atom.GetIdx(), 3))
        key = (atom.GetSymbol(), atom.GetFormalCharge(), atom.GetTotalNumHs(), *count, small)
        rows[key] = (f"{contributions[atom.GetIdx()]:.2f}", smiles)
    header = ["element", "charge", "hydrogens", "single", "double", "triple", "aromatic", "three_ring", "area", "probe"]
    write(target, "tpsa.csv", header, [[*key, *value] for key, value in rows.items()])


def qed(target):
    weights = {"max": QED.WEIGHT_MAX, "mean": QED.WEIGHT_MEAN}
    rows = [
        [name, *[repr(value) for value in QED.adsParameters[name]], *[repr(getattr(w, name)) for w in weights.values()]]
        for name in QED.QEDproperties._fields
    ]
    write(target, "qed.csv", ["property", "a", "b", "c", "d", "e", "f", "d_max", "weight_max", "weight_mean"], rows)
    # A ring bond after a branch, as in C(=O)1, is no strict SMARTS: C1(=O) says the same.
    alerts = [re.sub(r"((?:\([^()]*\))+)(\d)", r"\2\1", smarts) for smarts in QED.StructuralAlertSmarts]
    write(target, "qed_alerts.csv", ["smarts"], [[smarts] for smarts in alerts])


def gasteiger(target):
    line = re.compile(rb"\b([A-Z][a-z]?)\s+(sp3|sp2|sp|so2|so|\*)\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)\s")
    rows = [[field.decode() for field in match] for match in line.findall(text_of("PartialCharges"))]
    write(target, "gasteiger.csv", ["element", "mode", "a", "b", "c"], [row for row in rows if row[0] != "X"])


def elements(target):
    table = Chem.GetPeriodicTable()
    rows = [
        [n, repr(table.GetAtomicWeight(n)), repr(table.GetMostCommonIsotopeMass(n)), repr(table.GetRb0(n))] for n in range(1, 119)
    ]
    write(target, "rdkit_elements.csv", ["number", "weight", "commonest_isotope_mass", "rb0"], rows)


def fragment_scores(target):
    """gzip of: the number of distinct scores and of codes (u32), the scores (f64), gaps of the ascending codes (LEB128), and for each
    code the index of its score (u16); integers little-endian, scores by falling number of fragments that have them."""
    with gzip.open(pathlib.Path(RDConfig.RDContribDir) / "SA_Score/fpscores.pkl.gz") as file:
        groups = sorted(pickle.load(file), key=len, reverse=True)
    codes = sorted((code, k) for k, group in enumerate(groups) for code in group[1:])
    # The last of a repeated code counts, as when the groups are read into a dictionary.
    assert len({code for code, _ in codes}) == len(codes) and codes[-1][0] < 2**32 and len(groups) < 2**16
    out = bytearray(struct.pack("<II", len(groups), len(codes)))
    out += b"".join(struct.pack("<d", float(group[0])) for group in groups)
    last = 0
    for code, _ in codes:
        gap, last = code - last, code
        while gap >= 128:
            out.append(gap & 127 | 128)
            gap >>= 7
        out.append(gap)
    # Low and high bytes apart: they compress better.
    out += bytes(k & 255 for _, k in codes) + bytes(k >> 8 for _, k in codes)
    data = gzip.compress(bytes(out), 9, mtime=0)
    (target / "fragment_scores.bin.gz").write_bytes(data)
    print(f"fragment_scores.bin.gz: {len(codes)} fragments, {len(groups)} scores, {len(data)} bytes")


def brics(target):
    rows = [["environment", name.removeprefix("L"), smarts, ""] for name, smarts in BRICS.environs.items()]
    rows += [["bond", a, b, order] for group in BRICS.reactionDefs for a, b, order in group]
    write(target, "brics.csv", ["kind", "first", "second", "order"], rows)


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    folder = pathlib.Path(sys.argv[1])
    for table in (crippen, tpsa, qed, gasteiger, elements, fragment_scores, brics):
        table(folder)
