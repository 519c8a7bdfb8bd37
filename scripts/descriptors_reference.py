"""What RDKit computes for the descriptors, scaffolds, BRICS bonds and clean-up of mol-core, one molecule a line, tab-separated.

    python scripts/descriptors_reference.py OUT.tsv STRIDE FILE...

FILE is a table with a "smiles" column (.csv), else SMILES one a line. The committed sample is every tenth row of rdkit_properties.csv:

    python scripts/descriptors_reference.py crates/mol-core/tests/data/descriptors.tsv 10 shared/data/smiles/rdkit_properties.csv
"""

import csv
import pathlib
import sys
import types

import rdkit
from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem import BRICS, QED, Crippen, rdMolDescriptors, rdPartialCharges
from rdkit.Chem.MolStandardize import rdMolStandardize
from rdkit.Chem.Scaffolds import MurckoScaffold

sys.path.append(str(pathlib.Path(RDConfig.RDContribDir) / "SA_Score"))
import sascorer  # noqa: E402

COLUMNS = """smiles weight exact_mass tpsa tpsa_sp log_p refractivity donors acceptors rotatable fraction_sp3 rings aromatic
aliphatic saturated hetero aromatic_hetero aliphatic_hetero saturated_hetero spiro bridgehead hetero_atoms labute qed alerts
crippen_types accessibility accessibility_stereo gasteiger brics_bonds brics_fragments brics_broken brics_flat murcko generic largest uncharged""".split()
UNCHARGER, LARGEST = rdMolStandardize.Uncharger(), rdMolStandardize.LargestFragmentChooser()


def charges(molecule):
    molecule = Chem.Mol(molecule)
    rdPartialCharges.ComputeGasteigerCharges(molecule, 12)
    atoms = molecule.GetAtoms()
    return " ".join(f"{atom.GetDoubleProp('_GasteigerCharge'):.5f} {atom.GetDoubleProp('_GasteigerHCharge'):.5f}" for atom in atoms)


def crippen_types(molecule):
    molecule = Chem.AddHs(molecule)
    labels = [""] * molecule.GetNumAtoms()
    rdMolDescriptors._CalcCrippenContribs(molecule, True, [0] * molecule.GetNumAtoms(), labels)
    return " ".join(label or "-" for label in labels)


def accessibility_stereo(molecule):
    """The score with the stereocentres of RDKit's newer perception, which sees those that depend on one another."""
    found = Chem.FindPotentialStereo(Chem.Mol(molecule))
    centers = [info for info in found if info.type == Chem.StereoType.Atom_Tetrahedral]
    sascorer.Chem = types.SimpleNamespace(FindMolChiralCenters=lambda *_, **__: centers)
    try:
        return f"{sascorer.calculateScore(molecule):.5f}"
    finally:
        sascorer.Chem = Chem


def brics_flat(molecule):
    """All bonds of FindBRICSBonds cut. BreakBRICSBonds cuts those of another implementation, which labels some ends otherwise; given
    the bonds, it cuts these, but inverts stereocentres, so that none are left in."""
    molecule = Chem.Mol(molecule)
    Chem.RemoveStereochemistry(molecule)
    return Chem.MolToSmiles(BRICS.BreakBRICSBonds(molecule, list(BRICS.FindBRICSBonds(molecule)) or None))


def attempt(value):
    """What RDKit refuses to compute is written as "!"."""
    try:
        return value()
    except Exception:
        return "!"


def row(smiles):
    molecule = Chem.MolFromSmiles(smiles)
    d = rdMolDescriptors
    if molecule is None or molecule.GetNumAtoms() == 0:
        return None
    log_p, refractivity = d.CalcCrippenDescriptors(molecule)
    ends = (sorted(zip(atoms, labels)) for atoms, labels in BRICS.FindBRICSBonds(molecule))
    bonds = sorted((a, b, i, j) for (a, i), (b, j) in ends)
    scaffold = lambda: MurckoScaffold.GetScaffoldForMol(molecule)
    values = [
        lambda: f"{d._CalcMolWt(molecule):.4f}",
        lambda: f"{d.CalcExactMolWt(molecule):.5f}",
        lambda: f"{d.CalcTPSA(molecule):.2f}",
        lambda: f"{d.CalcTPSA(molecule, True, True):.2f}",
        lambda: f"{log_p:.5f}",
        lambda: f"{refractivity:.5f}",
        lambda: d.CalcNumHBD(molecule),
        lambda: d.CalcNumHBA(molecule),
        lambda: d.CalcNumRotatableBonds(molecule, d.NumRotatableBondsOptions.Strict),
        lambda: f"{d.CalcFractionCSP3(molecule):.5f}",
        lambda: d.CalcNumRings(molecule),
        lambda: d.CalcNumAromaticRings(molecule),
        lambda: d.CalcNumAliphaticRings(molecule),
        lambda: d.CalcNumSaturatedRings(molecule),
        lambda: d.CalcNumHeterocycles(molecule),
        lambda: d.CalcNumAromaticHeterocycles(molecule),
        lambda: d.CalcNumAliphaticHeterocycles(molecule),
        lambda: d.CalcNumSaturatedHeterocycles(molecule),
        lambda: d.CalcNumSpiroAtoms(molecule),
        lambda: d.CalcNumBridgeheadAtoms(molecule),
        lambda: d.CalcNumHeteroatoms(molecule),
        lambda: f"{d.CalcLabuteASA(molecule):.4f}",
        lambda: f"{QED.qed(molecule):.5f}",
        lambda: sum(molecule.HasSubstructMatch(alert) for alert in QED.StructuralAlerts),
        lambda: crippen_types(molecule),
        lambda: f"{sascorer.calculateScore(molecule):.5f}",
        lambda: accessibility_stereo(molecule),
        lambda: charges(molecule),
        lambda: " ".join(f"{a}-{b}:{i}-{j}" for a, b, i, j in bonds),
        lambda: ".".join(sorted(BRICS.BRICSDecompose(molecule))),
        lambda: Chem.MolToSmiles(BRICS.BreakBRICSBonds(molecule)),
        lambda: brics_flat(molecule),
        lambda: Chem.MolToSmiles(scaffold(), isomericSmiles=False),
        lambda: Chem.MolToSmiles(MurckoScaffold.MakeScaffoldGeneric(scaffold()), isomericSmiles=False),
        lambda: Chem.MolToSmiles(LARGEST.choose(molecule)),
        lambda: Chem.MolToSmiles(UNCHARGER.uncharge(molecule)),
    ]
    return [smiles, *map(attempt, values)]


def strings(path):
    with open(path, newline="") as file:
        if path.endswith(".csv"):
            return [row["smiles"] for row in csv.DictReader(file)]
        return [line.split()[0] for line in file if line.strip()]


def main(target, stride, *sources):
    RDLogger.DisableLog("rdApp.*")
    every = [smiles for path in sources for smiles in strings(path)][:: int(stride)]
    failed = 0
    with open(target, "w") as out:
        out.write(f"# RDKit {rdkit.__version__}, scripts/descriptors_reference.py\n" + "\t".join(COLUMNS) + "\n")
        for smiles in every:
            fields = row(smiles)
            if fields is None:
                failed += 1
                continue
            out.write("\t".join(map(str, fields)) + "\n")
    print(f"{len(every) - failed} molecules, {failed} left out")


if __name__ == "__main__":
    main(*sys.argv[1:])
