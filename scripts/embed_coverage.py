"""Coverage and least RMSD of embedded conformers against reference conformers, ours beside RDKit's ETKDGv3.

    MOLKIT_COVERAGE=1 cargo test --release -p mol-core --features testing --test embed    # leaves the coordinates in target/tmp
    python scripts/embed_coverage.py ../shared/data/conformers/conformers.sdf target/tmp/embedded_coverage_*.sdf

For every reference conformer the least symmetric RMSD of heavy atoms (GetBestRMS) to the conformers made, 50 for each molecule. Prints, for each
file of ours and as many seeds of RDKit, the share of references within 0.5, 0.75 and 1 A and the mean of the least RMSD; then mean and standard
error over seeds. The references are ETKDG conformers that were not minimised: their MMFF94 gradients are 60 to 300 kcal/mol/A.
"""

import statistics
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem, rdMolAlign

LIMITS = (0.5, 0.75, 1.0)


def grouped(path):
    """Conformers by molecule: the title without what follows the last underscore."""
    molecules = {}
    for record in Chem.SDMolSupplier(path, removeHs=False):
        molecules.setdefault(record.GetProp("_Name").rsplit("_", 1)[0], []).append(record)
    return molecules


def least(references, made):
    references = [Chem.RemoveHs(reference) for reference in references]
    maps = [list(enumerate(match)) for match in references[0].GetSubstructMatches(references[0], uniquify=False, maxMatches=2000)]
    made = [Chem.RemoveHs(conformer) for conformer in made]
    return [min(rdMolAlign.GetBestRMS(Chem.Mol(c), r, map=maps) for c in made) for r in references]


def etkdg(reference, seed):
    molecule = Chem.Mol(reference)
    molecule.RemoveAllConformers()
    parameters = AllChem.ETKDGv3()
    parameters.randomSeed = seed
    return [Chem.Mol(molecule, confId=k) for k in AllChem.EmbedMultipleConfs(molecule, 50, parameters)]


def report(name, lists):
    values = [value for values in lists for value in values]
    row = [sum(value <= limit for value in values) / len(values) for limit in LIMITS] + [statistics.mean(values)]
    print(f"{name:40} {len(values)} references: " + " ".join(f"{value:.4f}" for value in row), flush=True)
    return row


def main(path, files):
    references = grouped(path)
    rows = {"ours": [], "RDKit ETKDGv3": []}
    for seed, file in enumerate(files, 11):
        made = grouped(file)
        rows["ours"].append(report(file, [least(references[name], made[name]) for name in references]))
        theirs = [least(references[name], etkdg(references[name][0], seed)) for name in references]
        rows["RDKit ETKDGv3"].append(report(f"RDKit, seed {seed}", theirs))
    for name, list_ in rows.items():
        columns = [(statistics.mean(c), statistics.stdev(c) / len(c) ** 0.5 if len(c) > 1 else 0.0) for c in zip(*list_)]
        print(f"{name:15}" + "  ".join(f"{mean:.4f} +- {error:.4f}" for mean, error in columns))


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    main(sys.argv[1], sys.argv[2:])
