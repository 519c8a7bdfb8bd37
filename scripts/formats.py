"""Files that RDKit, Open Babel and gemmi write, read by molkit, compared as canonical SMILES.

    pip install rdkit==2026.9.1 openbabel-wheel==3.1.1.23 gemmi==0.7.5
    python scripts/formats.py write shared/data /tmp/formats         # the files, and RDKit's SMILES of each record
    MOLKIT_PEER_FILES=/tmp/formats cargo test -p mol-core --test formats_peer
    python scripts/formats.py compare /tmp/formats                   # counts and differences
    python scripts/formats.py fixture shared/data crates/mol-core/tests/data/drawings.sdf.gz

Drawings: all molecules of rdkit_properties.csv with 2-D coordinates and wedges, V2000 and V3000; the reference is RDKit reading the same block.
SDF: the files of the reference data as they are; the reference is RDKit reading them, stereo from the coordinates.
mol2: the same molecules with hydrogens, flat (without stereo), and those SDF files, through Open Babel. Structures: peptides and
nucleic acids built and embedded by RDKit, without hydrogens, with all and with those of N, O and S only, as PDB without CONECT and through gemmi as
mmCIF; two conformers of ligands with RDKit's own CONECT behind each. (No isoleucine: RDKit's
sequence builder bonds its CD1 to CG2.)
"""

import csv
import gzip
import itertools
import pathlib
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem

RDLogger.DisableLog("rdApp.*")
SEQUENCES = ["GAVLT", "MFWPS", "TCYNQ", "DEKRH", "ACDEFGHKLMNPQRSTVWY", "HHH", "RKDE", "CGC"]


def molecules(data):
    for row in csv.DictReader(open(f"{data}/smiles/rdkit_properties.csv")):
        molecule = Chem.MolFromSmiles(row["smiles"])
        if molecule is not None:
            yield molecule


def drawings(data, out):
    files = {version: open(out / f"drawings_{version}.sdf", "w") for version in ("v2000", "v3000")}
    names = {version: open(out / f"drawings_{version}.ref", "w") for version in files}
    for molecule in molecules(data):
        AllChem.Compute2DCoords(molecule)
        for version, block in ("v2000", Chem.MolToMolBlock(molecule)), ("v3000", Chem.MolToV3KMolBlock(molecule)):
            files[version].write(block + "$$$$\n")
            names[version].write(Chem.MolToSmiles(Chem.MolFromMolBlock(block)) + "\n")


def mol2(data, out):
    from openbabel import openbabel

    openbabel.obErrorLog.SetOutputLevel(0)
    convert = openbabel.OBConversion()
    convert.SetInAndOutFormats("mdl", "mol2")

    def flat():
        for molecule in molecules(data):
            Chem.RemoveStereochemistry(molecule)
            molecule = Chem.AddHs(molecule)
            AllChem.Compute2DCoords(molecule)
            yield molecule

    space = [Chem.SDMolSupplier(f"{data}/{name}.sdf", removeHs=False) for name in ("conformers/conformers", "mmff94/MMFF94", "mmff94/MMFF94s")]
    for name, source in ("flat", flat()), ("space", itertools.chain(*space)):
        with open(out / f"{name}.mol2", "w") as file, open(out / f"{name}.ref", "w") as names:
            for molecule in filter(None, source):
                babel = openbabel.OBMol()
                convert.ReadString(babel, Chem.MolToMolBlock(molecule))
                file.write(convert.WriteString(babel))
                names.write(Chem.MolToSmiles(Chem.RemoveHs(molecule)) + "\n")


def structures(out):
    import gemmi

    for name, kind in [(sequence, 0) for sequence in SEQUENCES] + [("ACGT", 6), ("ACGU", 2)]:
        plain = Chem.MolFromSequence(name, flavor=kind)
        full = Chem.AddHs(plain, addResidueInfo=True)
        if AllChem.EmbedMolecule(full, randomSeed=len(name), useRandomCoords=True) != 0:
            continue
        for form, molecule in ("bare", Chem.RemoveHs(full)), ("polar", full), ("full", full):
            if form != "bare" and kind:
                continue
            path = out / f"{form}_{name}.pdb"
            lines = [line for line in Chem.MolToPDBBlock(molecule, flavor=4).splitlines() if line.startswith(("ATOM", "HETATM", "TER"))]
            if form == "polar":
                on_carbon = {atom.GetIdx() for atom in full.GetAtoms() if atom.GetAtomicNum() == 1 and atom.GetNeighbors()[0].GetAtomicNum() == 6}
                lines = [line for k, line in enumerate(lines) if k not in on_carbon]
            path.write_text("".join(line + "\n" for line in lines) + "END\n")
            structure = gemmi.read_structure(str(path))
            structure.setup_entities()
            structure.make_mmcif_document().write_file(str(path.with_suffix(".cif")))
            for suffix in "pdb", "cif":
                (out / f"{form}_{name}.{suffix}.ref").write_text(Chem.MolToSmiles(plain) + "\n")


def ligands(data, out):
    """Every 40th molecule of rdkit_properties.csv, embedded: RDKit writes the bonds behind each of two models."""
    for k, molecule in enumerate(itertools.islice(molecules(data), 0, None, 40)):
        full = Chem.AddHs(molecule)
        metal = any(atom.GetAtomicNum() in range(21, 31) or atom.GetAtomicNum() > 36 and atom.GetAtomicNum() != 53 for atom in full.GetAtoms())
        if full.GetNumAtoms() > 120 or metal or len(AllChem.EmbedMultipleConfs(full, 2, randomSeed=k)) != 2:
            continue
        Chem.AssignStereochemistryFrom3D(full, 0)
        (out / f"ligand_{k}.pdb").write_text(Chem.MolToPDBBlock(full))
        (out / f"ligand_{k}.pdb.ref").write_text(Chem.MolToSmiles(Chem.RemoveHs(full)) + "\n")


def space(data, out):
    for name in "conformers/conformers", "conformers/uff_extra", "mmff94/MMFF94", "mmff94/MMFF94s":
        source, copy = pathlib.Path(f"{data}/{name}.sdf"), out / pathlib.Path(f"{name}.sdf").name
        copy.write_text(source.read_text())
        with open(copy.with_suffix(".ref"), "w") as names:
            for molecule in Chem.SDMolSupplier(str(copy)):
                if molecule is not None:
                    Chem.AssignStereochemistryFrom3D(molecule)
                names.write(("" if molecule is None else Chem.MolToSmiles(molecule)) + "\n")


def canonical(smiles, keeps_stereo):
    """RDKit's canonical form; hydrogens counted, no stereo at N and P (conventions differ), none at C=N-H."""
    molecule = Chem.MolFromSmiles(smiles, sanitize=False)
    try:
        Chem.SanitizeMol(molecule)
    except Exception:
        return "not read by RDKit: " + smiles
    for atom in molecule.GetAtoms():
        if atom.GetAtomicNum() in (7, 15):
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    for bond in molecule.GetBonds():
        if {bond.GetBeginAtom().GetAtomicNum(), bond.GetEndAtom().GetAtomicNum()} == {1, 7}:
            bond.SetBondDir(Chem.BondDir.NONE)
    Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
    if not keeps_stereo:
        Chem.RemoveStereochemistry(molecule)
    return Chem.CanonSmiles(Chem.MolToSmiles(Chem.RemoveHs(molecule)))


def compare(out):
    for path in sorted(out.glob("*.smi")):
        ours, theirs = path.read_text().splitlines(), path.with_suffix(".ref").read_text().splitlines()
        keeps = not path.name.startswith("flat")
        pairs = [(k, a, b) for k, (a, b) in enumerate(zip(ours, theirs, strict=True))]
        differ = [(k, a, b) for k, a, b in pairs if a.startswith("error") or canonical(a, keeps) != canonical(b, keeps)]
        print(f"{path.name}: {len(pairs) - len(differ)} of {len(pairs)} equal")
        for k, a, b in differ:
            print("  ", k, a if a.startswith("error") else canonical(a, keeps), canonical(b, keeps))


def fixture(data, path):
    chosen = [m for m in molecules(data) if 10 <= m.GetNumAtoms() <= 40 and len(Chem.FindMolChiralCenters(m)) >= 4][::7][:30]
    double = [m for m in molecules(data) if any(b.GetStereo() > Chem.BondStereo.STEREOANY for b in m.GetBonds())][::9][:15]
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        for molecule in chosen + double:
            AllChem.Compute2DCoords(molecule)
            for block in Chem.MolToMolBlock(molecule), Chem.MolToV3KMolBlock(molecule):
                smiles = Chem.MolToSmiles(Chem.MolFromMolBlock(block))
                file.write(f"{block}>  <smiles>\n{smiles}\n\n$$$$\n".encode())


if __name__ == "__main__":
    if sys.argv[1] == "write":
        folder = pathlib.Path(sys.argv[3])
        folder.mkdir(parents=True, exist_ok=True)
        drawings(sys.argv[2], folder)
        mol2(sys.argv[2], folder)
        structures(folder)
        space(sys.argv[2], folder)
        ligands(sys.argv[2], folder)
    elif sys.argv[1] == "compare":
        compare(pathlib.Path(sys.argv[2]))
    else:
        fixture(sys.argv[2], sys.argv[3])
