//! What a reader finds in a PDB file without being told, and so what a writer has to state.

use super::bonds::{Links, Stated, molecule};
use super::model::{AtomSite, Structure};
use super::pdb::serial;
use super::raw::{RawAtom, RawModel, ResidueKey, Symbol};
use super::residues::template;
use crate::{AtomIndex, Bond, Element, Error, Molecule, Result, Vec3};

/// What the records of the atoms do not say.
#[derive(Debug, Default)]
pub(super) struct Unsaid {
    /// Bonds to state, by their atoms.
    pub(super) bonds: Vec<Bond>,
    /// Whether the charge of each atom has to be stated though it is 0, shape `[atoms]`.
    pub(super) charges: Vec<bool>,
}

/// Compares a structure, in Kekulé form, with what the reader makes of its atoms: whatever differs is to be stated. All
/// bonds within residues that have no template are, since other programs go by them.
pub(super) fn unsaid(structure: &Structure, kekule: &Molecule, positions: &[Vec3]) -> Result<Unsaid> {
    let model = raw_model(structure, positions)?;
    let residue_of = |atom: AtomIndex| structure.sites[atom.index()].residue;
    let has_template: Vec<bool> =
        structure.residues.iter().map(|residue| template(&residue.name, residue.atoms.len()).is_some()).collect();
    let is_foreign =
        |bond: &Bond| residue_of(bond.begin) == residue_of(bond.end) && !has_template[residue_of(bond.begin)];
    let mut is_stated: Vec<bool> = kekule.bonds().map(|(_, bond)| is_foreign(&bond)).collect();
    let read = |is_stated: &[bool]| {
        let stated = kekule.bonds().filter(|(index, _)| is_stated[index.index()]).map(|(_, bond)| stated(&bond));
        let mut stated: Vec<Stated> = stated.collect();
        stated.sort_unstable_by_key(|bond| (bond.a, bond.b));
        molecule(&model, &Links { stated, dictionary: None }).map_err(|(atom, message)| {
            let got = format!("{message}, at atom {}", atom.saturating_sub(1));
            Error::InvalidArgument { what: "structure in a PDB file", expected: "one that can be read back", got }
        })
    };
    let alone = read(&is_stated)?;
    for (index, bond) in kekule.bonds() {
        let found = alone.bond_between(bond.begin, bond.end);
        is_stated[index.index()] |= found.is_none_or(|found| alone.bond(found).order != bond.order);
    }
    // A hydrogen of which one bond is stated is not looked for.
    let is_hydrogen = |atom: AtomIndex| kekule.atom(atom).element == Some(Element::H);
    let ends = |bond: Bond| [bond.begin, bond.end].into_iter().filter(|&atom| is_hydrogen(atom));
    let stated_ends = kekule.bonds().filter(|(index, _)| is_stated[index.index()]).flat_map(|(_, bond)| ends(bond));
    for hydrogen in stated_ends.collect::<Vec<_>>() {
        kekule.bonds_of(hydrogen).iter().for_each(|bond| is_stated[bond.index()] = true);
    }
    let told = read(&is_stated)?;
    let charges = kekule.atoms().map(|(atom, data)| data.charge == 0 && told.atom(atom).charge != 0).collect();
    let bonds = kekule.bonds().filter(|(index, _)| is_stated[index.index()]).map(|(_, bond)| bond).collect();
    Ok(Unsaid { bonds, charges })
}

fn stated(bond: &Bond) -> Stated {
    let (a, b) = (bond.begin.index(), bond.end.index());
    Stated { a: a.min(b), b: a.max(b), order: bond.order }
}

/// The atoms as a reader gets them; their lines are their numbers from 1.
fn raw_model(structure: &Structure, positions: &[Vec3]) -> Result<RawModel> {
    let mut model = RawModel::default();
    for residue in &structure.residues {
        let key = ResidueKey {
            name: &residue.name,
            chain: &residue.chain,
            number: residue.number,
            insertion: residue.insertion,
        };
        residue.atoms.clone().for_each(|atom| model.push(key, raw_atom(structure, atom, &positions[atom])));
        if let Some(last) = model.residues.last_mut() {
            last.ends_chain |= residue.ends_chain;
        }
    }
    let model = model.with_one_location();
    let given = structure.residues.iter().filter(|residue| !residue.atoms.is_empty()).map(|residue| &residue.atoms);
    let mut places = given.zip(model.residues.iter().map(|residue| &residue.atoms).chain(std::iter::repeat(&(0..0))));
    if let Some((atoms, _)) = places.find(|(given, read)| given != read) {
        let residue = &structure.residues[structure.sites[atoms.start].residue];
        let expected = "told from the one before by number, insertion code or name, without labels of alternate \
                        locations that exclude one another";
        let got = format!("{} {} of chain {:?}", residue.name, residue.number, residue.chain);
        return Err(Error::InvalidArgument { what: "residue in a PDB file", expected, got });
    }
    Ok(model)
}

fn raw_atom(structure: &Structure, atom: usize, x: &Vec3) -> RawAtom {
    let (data, site) = (structure.molecule.atom(AtomIndex::new(atom)), &structure.sites[atom]);
    RawAtom {
        name: site.name.clone(),
        alternate: written_label(site).map_or(0, |label| label as u8),
        // As far as the columns go.
        position: x.map(|c| (c * 1e3).round() / 1e3),
        occupancy: site.occupancy,
        b_factor: site.b_factor,
        element: data.element.map_or(Symbol::Unknown, Symbol::Stated),
        is_deuterium: data.isotope == Some(2) && data.element == Some(Element::H),
        charge: (data.charge != 0).then_some(data.charge),
        is_hetero: site.is_hetero,
        serial: serial(""),
        line: atom + 1,
        other_residue: None,
    }
}

/// The label of the alternate location that a file has a column for.
pub(super) fn written_label(site: &AtomSite) -> Option<char> {
    site.alternate.filter(char::is_ascii_graphic)
}
