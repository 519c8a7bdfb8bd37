"""Minimises embedded coordinates with RDKit's UFF, beside RDKit's own ETKDGv3 coordinates of the same molecules.

    cargo test -p mol-core --features testing --test embed      # leaves the coordinates in target/tmp
    python scripts/embed.py target/tmp/embedded_conformers.sdf target/tmp/embedded_table.sdf

Prints, for each file: molecules, minimisations that converged, molecules whose stereo did not move on the way, and the difference of the
minimised energies (ours less ETKDG's, one conformer each) [kcal/mol].
"""

import statistics
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem


def minimised(molecule):
    copy = Chem.Mol(molecule)
    converged = AllChem.UFFOptimizeMolecule(copy, maxIters=5000) == 0
    return converged, copy, AllChem.UFFGetMoleculeForceField(copy).CalcEnergy()


def stereo(molecule):
    Chem.AssignStereochemistryFrom3D(molecule)
    return Chem.MolToSmiles(molecule)


def main(path):
    molecules = converged = kept = refused = 0
    differences = []
    for molecule in Chem.SDMolSupplier(path, removeHs=False):
        if molecule is None or molecule.GetNumAtoms() < 3 or not AllChem.UFFHasAllMoleculeParams(molecule):
            continue
        molecules += 1
        ended, ours, energy = minimised(molecule)
        converged += ended
        kept += stereo(ours) == stereo(molecule)
        theirs = Chem.Mol(molecule)
        parameters = AllChem.ETKDGv3()
        parameters.randomSeed = 7
        if AllChem.EmbedMolecule(theirs, parameters) < 0:
            refused += 1
            continue
        differences.append(energy - minimised(theirs)[2])
    deciles = [round(value, 2) for value in statistics.quantiles(differences, n=10)]
    print(f"{path}: {molecules} molecules, {converged} converged, {kept} kept their stereo, {refused} not embedded by ETKDG")
    print(f"  energy difference: median {statistics.median(differences):.3f}, deciles {deciles}")


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    for name in sys.argv[1:]:
        main(name)
