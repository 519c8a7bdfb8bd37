"""Sixty molecules beside the forty of conformers.sdf, with three raw ETKDGv3 conformers each, to choose settings on.

    python scripts/embed_molecules.py rdkit_properties.csv conformers.sdf molecules.sdf
    python scripts/embed_coverage.py molecules.sdf

Drawn with a seed from the table: one component, 12 to 26 heavy atoms of C, N, O, S, F, Cl, Br, at most 7 rotatable bonds, QED 0.25 and more, not
among the forty; centres the table leaves open are as the first conformer has them.
"""

import csv
import random
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem
from rdkit.Chem.rdMolDescriptors import CalcNumRotatableBonds

ELEMENTS = {"C", "N", "O", "S", "F", "Cl", "Br"}
COUNT = 60


def fits(row, others, made):
    molecule = Chem.MolFromSmiles(row["smiles"])
    if molecule is None or "." in row["smiles"] or Chem.MolToSmiles(molecule) in others:
        return None
    if not 12 <= molecule.GetNumAtoms() <= 26 or float(row["qed"]) < 0.25:
        return None
    rotors = CalcNumRotatableBonds(molecule)
    rigid = rotors == 0 and made % 10
    strange = any(atom.GetSymbol() not in ELEMENTS for atom in molecule.GetAtoms())
    return None if rigid or rotors > 7 or strange else Chem.AddHs(molecule)


def main(table, forty, out):
    others = {Chem.MolToSmiles(Chem.RemoveHs(m)) for k, m in enumerate(Chem.SDMolSupplier(forty, removeHs=False)) if k % 3 == 0}
    with open(table) as file:
        rows = list(csv.DictReader(file))
    random.seed(20261122)
    random.shuffle(rows)
    writer = Chem.SDWriter(out)
    made = 0
    for row in rows:
        molecule = fits(row, others, made)
        if molecule is None:
            continue
        parameters = AllChem.ETKDGv3()
        parameters.randomSeed = 4711 + made
        if AllChem.EmbedMolecule(molecule, parameters) < 0:
            continue
        Chem.AssignStereochemistryFrom3D(molecule)
        molecule.RemoveAllConformers()
        conformers = list(AllChem.EmbedMultipleConfs(molecule, 3, parameters))
        if len(conformers) < 3:
            continue
        for conformer in conformers:
            molecule.SetProp("_Name", f"dev{made:03d}_{conformer}")
            writer.write(molecule, confId=conformer)
        made += 1
        if made == COUNT:
            break
    writer.close()
    print(f"{made} molecules")


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    main(*sys.argv[1:])
