"""Coverage and least RMSD of embedded conformers against reference conformers, ours beside RDKit's ETKDGv3.

    python scripts/embed_coverage.py ../shared/data/conformers/conformers.sdf            # the forty molecules
    python scripts/embed_molecules.py rdkit_properties.csv conformers.sdf sixty.sdf      # sixty others, to choose settings on
    python scripts/embed_coverage.py sixty.sdf

Runs the test `conformers_for_coverage` (release profile) on the molecules of the file, three reference conformers each, reads the 50 conformers
it makes of each with six seeds, and makes as many with RDKit. For every reference the least symmetric RMSD of heavy atoms (GetBestRMS): the
share of references within 0.5, 0.75 and 1 A and the mean, averages over seeds with their standard errors; for all molecules, for those whose
preferences have no fifth nor sixth term (GetExperimentalTorsions), where RDKit's force is the derivative of its energy, and for the others.
--molecules adds a line for each molecule, --made FILE ... takes conformers that are there. The references are ETKDG conformers that were not
minimised: their MMFF94 gradients are 60 to 300 kcal/mol/A.
"""

import argparse
import os
import statistics
import subprocess
from multiprocessing import Pool
from pathlib import Path

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem, rdDistGeom, rdMolAlign

ROOT = Path(__file__).resolve().parent.parent
LIMITS = (0.5, 0.75, 1.0)
COUNT = 50
# Conformer k of a seed s is number (k + 1) s: large primes share none with each other, nor with the references.
SEEDS = (1000003, 1000033, 1000037, 1000039, 1000081, 1000099)


def grouped(path):
    """Conformers by molecule: the title without what follows the last underscore."""
    molecules = {}
    for record in Chem.SDMolSupplier(str(path), removeHs=False):
        molecules.setdefault(record.GetProp("_Name").rsplit("_", 1)[0], []).append(record)
    return molecules


def least(references, made):
    references = [Chem.RemoveHs(reference) for reference in references]
    maps = [list(enumerate(match)) for match in references[0].GetSubstructMatches(references[0], uniquify=False, maxMatches=2000)]
    made = [Chem.RemoveHs(conformer) for conformer in made]
    return [min(rdMolAlign.GetBestRMS(Chem.Mol(c), r, map=maps) for c in made) for r in references]


def etkdg(reference, seed, count=COUNT):
    molecule = Chem.Mol(reference)
    molecule.RemoveAllConformers()
    parameters = AllChem.ETKDGv3()
    parameters.randomSeed = seed
    return [Chem.Mol(molecule, confId=k) for k in AllChem.EmbedMultipleConfs(molecule, count, parameters)]


def has_high_terms(reference):
    """Whether a preference of the molecule has a fifth or sixth term."""
    return any(any(list(t["V"])[4:]) for t in rdDistGeom.GetExperimentalTorsions(reference, AllChem.ETKDGv3()))


def compare(task):
    """Least RMSD of each reference to the conformers of each seed, ours and RDKit's."""
    references, ours = task
    return [least(references, made) for made in ours], [least(references, etkdg(references[0], s)) for s in SEEDS[: len(ours)]]


def embed(path):
    environment = dict(os.environ, MOLKIT_COVERAGE=str(Path(path).resolve()))
    target = Path(environment.get("CARGO_TARGET_DIR", ROOT / "target"))
    command = "cargo test --release -p mol-core --features testing --test embed conformers_for_coverage"
    subprocess.run(command.split(), cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return sorted((target / "tmp").glob("embedded_coverage_*.sdf"))


def row(name, values):
    """`values` are those of each seed."""
    columns = [[sum(v <= limit for v in seed) / len(seed) for seed in values] for limit in LIMITS]
    columns.append([statistics.mean(seed) for seed in values])
    cells = [(statistics.mean(c), statistics.stdev(c) / len(c) ** 0.5 if len(c) > 1 else 0.0) for c in columns]
    print(f"{name:32}" + "  ".join(f"{mean:.4f} +- {error:.4f}" for mean, error in cells))


def main(arguments):
    references = grouped(arguments.references)
    made = [grouped(file) for file in arguments.made or embed(arguments.references)]
    names = list(references)
    tasks = [(references[name], [file[name] for file in made]) for name in names]
    with Pool() as pool:
        results = dict(zip(names, pool.map(compare, tasks, chunksize=1)))
    high = {name: has_high_terms(references[name][0]) for name in names}
    sets = [("all", names), ("no V5, V6", [n for n in names if not high[n]]), ("V5 or V6", [n for n in names if high[n]])]
    for title, chosen in sets:
        if chosen:
            print(f"{title}: {len(chosen)} molecules, {sum(len(references[n]) for n in chosen)} references, {len(made)} seeds")
            for which, program in enumerate(["molkit", "RDKit ETKDGv3"]):
                seeds = range(len(made))
                row(f"  {program}", [[v for n in chosen for v in results[n][which][seed]] for seed in seeds])
    if arguments.molecules:
        mean = lambda lists: statistics.mean(v for values in lists for v in values)
        lines = [(mean(ours) - mean(theirs), mean(ours), mean(theirs), name) for name, (ours, theirs) in results.items()]
        for difference, ours, theirs, name in sorted(lines, reverse=True):
            smiles = Chem.MolToSmiles(Chem.RemoveHs(references[name][0]))
            print(f"{difference:+.3f}  {ours:.3f}  {theirs:.3f}  {name}  {'V5/V6' if high[name] else '-':5}  {smiles}")


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references")
    parser.add_argument("--made", nargs="*", default=[])
    parser.add_argument("--molecules", action="store_true")
    main(parser.parse_args())
