//! From lists of atoms to a molecule: elements, bonds, orders, charges.

use super::Residue;
use super::raw::{RawAtom, RawModel, Symbol};
use super::residues::{Template, is_water, modern_name, standard_name, template};
use crate::io::formal::{implied_charge, sigma_sum};
use crate::{Atom, AtomIndex, BondOrder, Element, Molecule, MoleculeBuilder};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Slack on the sum of covalent radii [Å], as for [`Molecule::from_coordinates`].
const TOLERANCE: f64 = 0.45;
/// Atoms nearer than this are not bonded [Å].
const TOO_CLOSE: f64 = 0.4;
/// Longest disulfide bond that is taken without being stated [Å].
const DISULFIDE: f64 = 2.5;
/// Most atoms of a residue: distances within it are compared pair by pair.
pub(super) const MOST_IN_RESIDUE: usize = 1 << 13;
/// Most bonds that distances give an atom; more mean that atoms lie upon one another, and every pair would be a bond.
const MOST_CONTACTS: usize = 16;

/// A bond that the file states: two atoms and an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stated {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) order: BondOrder,
}

/// What is known beyond the atoms.
#[derive(Debug)]
pub(super) struct Links<'a> {
    pub(super) stated: Vec<Stated>,
    /// Bonds of residues that the file itself defines.
    pub(super) dictionary: Option<&'a FxHashMap<String, Template>>,
}

/// A problem and the line of the atom that has it.
pub(super) type Problem = (usize, String);

struct Work<'a> {
    model: &'a RawModel,
    links: &'a Links<'a>,
    /// What is stated between two atoms that form bonds: coordination to metals is not read, and so says nothing of the
    /// bonds around it.
    stated: Vec<Stated>,
    builder: MoleculeBuilder,
    /// Whether each residue names bonds that are complete without distances.
    is_known: Vec<bool>,
}

/// The molecule of a model, without conformers.
pub(super) fn molecule(model: &RawModel, links: &Links) -> Result<Molecule, Problem> {
    let mut work = Work {
        model,
        links,
        stated: Vec::new(),
        builder: MoleculeBuilder::with_capacity(model.atoms.len(), model.atoms.len()),
        is_known: Vec::with_capacity(model.residues.len()),
    };
    work.atoms()?;
    let is_bond = |bond: &&Stated| bond.a != bond.b && work.is_bonding(bond.a) && work.is_bonding(bond.b);
    work.stated = links.stated.iter().filter(is_bond).copied().collect();
    work.within_residues()?;
    work.stated();
    work.between_residues();
    work.disulfides();
    work.neutralized();
    work.charges();
    work.builder.build().map_err(|error| (model.atoms.first().map_or(1, |atom| atom.line), error.to_string()))
}

impl<'a> Work<'a> {
    fn known(&self, residue: &Residue) -> Option<&'a Template> {
        let own = self.links.dictionary.and_then(|own| own.get(&residue.name));
        own.or_else(|| template(&residue.name, residue.atoms.len()))
    }

    /// Elements: as stated, else the template's, else from the name.
    fn atoms(&mut self) -> Result<(), Problem> {
        for residue in &self.model.residues {
            let count = residue.atoms.len();
            let known = template(&residue.name, count);
            let is_water = is_water(&residue.name, count);
            for atom in &self.model.atoms[residue.atoms.clone()] {
                let of_template = || known.and_then(|template| Some(template.atom(&atom.name, count)?.0));
                let nameless =
                    || (atom.line, format!("no element is stated, and none can be told from the name {:?}", atom.name));
                let element = match atom.element {
                    Symbol::Stated(element) => Some(element),
                    Symbol::Unknown => None,
                    // Water models have points without atoms.
                    Symbol::Absent if is_water && !atom.name.starts_with(['H', 'O', 'D']) => None,
                    Symbol::Absent => {
                        let found = of_template().or_else(|| deduced(&atom.name, known.is_some(), count));
                        Some(found.ok_or_else(nameless)?)
                    }
                };
                let isotope = (atom.is_deuterium && element == Some(Element::H)).then_some(2);
                let charge = atom.charge.unwrap_or(0);
                self.builder.add_atom(Atom { element, isotope, charge, ..Atom::wildcard() });
            }
        }
        Ok(())
    }

    fn element(&self, atom: usize) -> Option<Element> {
        self.builder.molecule().atom(AtomIndex::new(atom)).element
    }

    fn bond(&mut self, a: usize, b: usize, order: BondOrder) {
        if a != b {
            // One that is there already keeps its order.
            let _ = self.builder.add_bond(AtomIndex::new(a), AtomIndex::new(b), order);
        }
    }

    /// Distance over the sum of covalent radii, if the two atoms are near enough to be bonded.
    fn contact(&self, a: usize, b: usize) -> Option<f64> {
        let sum = self.element(a)?.covalent_radius() + self.element(b)?.covalent_radius();
        let distance = (self.model.atoms[a].position - self.model.atoms[b].position).norm();
        (distance > TOO_CLOSE && distance < sum + TOLERANCE).then_some(distance / sum)
    }

    fn within_residues(&mut self) -> Result<(), Problem> {
        let model = self.model;
        let mut has_stated = vec![false; model.atoms.len()];
        for bond in &self.stated {
            (has_stated[bond.a], has_stated[bond.b]) = (true, true);
        }
        let all = std::mem::take(&mut self.stated);
        let mut stated = all.as_slice();
        for residue in &model.residues {
            let range = residue.atoms.clone();
            let template = self.known(residue);
            self.is_known.push(template.is_some());
            // Stated bonds are in the order of their first atoms.
            let (own, later) = stated.split_at(stated.partition_point(|bond| bond.a < range.end));
            stated = later;
            // A hydrogen that the file itself bonds needs no distance.
            let is_bonded_hydrogen = |k: usize| has_stated[k] && self.element(k) == Some(Element::H);
            let mut placed: Vec<bool> = range.clone().map(is_bonded_hydrogen).collect();
            if let Some(template) = template {
                let names = named(&model.atoms[range.clone()], template);
                for &k in names.values() {
                    placed[k] = true;
                }
                for (a, b, order) in &template.bonds {
                    if let (Some(&i), Some(&j)) = (names.get(a.as_str()), names.get(b.as_str())) {
                        self.bond(range.start + i, range.start + j, *order);
                    }
                }
            } else if own.iter().any(|bond| range.contains(&bond.b)) {
                // The file names the bonds of its ligand; hydrogens alone may still hang in the air.
                range
                    .clone()
                    .for_each(|k| placed[k - range.start] = has_stated[k] || self.element(k) != Some(Element::H));
            }
            if range.len() > MOST_IN_RESIDUE && placed.contains(&false) {
                let line = model.atoms[range.start].line;
                return Err((
                    line,
                    format!(
                        "expected residues of at most {MOST_IN_RESIDUE} atoms where bonds are not stated, got {}",
                        range.len()
                    ),
                ));
            }
            self.by_distance(range, &placed)?;
        }
        self.stated = all;
        self.apart();
        Ok(())
    }

    /// Hydrogens that a file lists apart from the rest of their residue, behind all others: to the nearest of its atoms.
    fn apart(&mut self) {
        let model = self.model;
        let mut latest: FxHashMap<_, Range<usize>> = FxHashMap::default();
        for residue in &model.residues {
            let key = (residue.chain.as_str(), residue.number, residue.insertion, residue.name.as_str());
            let hydrogen = |k: usize| self.element(k) == Some(Element::H);
            if !residue.atoms.clone().all(hydrogen) {
                latest.insert(key, residue.atoms.clone());
            } else if let Some(heavy) = latest.get(&key) {
                for h in residue.atoms.clone() {
                    let near = heavy.clone().filter(|&b| self.element(b) != Some(Element::H) && self.is_bonding(b));
                    let near = near.filter_map(|b| Some((self.contact(h, b)?, b)));
                    if let Some((_, b)) = near.min_by(|x, y| x.0.total_cmp(&y.0)) {
                        self.bond(h, b, BondOrder::Single);
                    }
                }
            }
        }
    }

    /// Bonds of the atoms of a residue that no table and no statement placed: hydrogens to the nearest atom, others to all
    /// in reach.
    fn by_distance(&mut self, range: Range<usize>, placed: &[bool]) -> Result<(), Problem> {
        let is_hydrogen: Vec<bool> = range.clone().map(|k| self.element(k) == Some(Element::H)).collect();
        for a in range.clone() {
            if placed[a - range.start] {
                continue;
            }
            if is_hydrogen[a - range.start] {
                let heavy = range.clone().filter(|&b| !is_hydrogen[b - range.start] && self.is_bonding(b));
                let near = heavy.filter_map(|b| Some((self.contact(a, b)?, b)));
                if let Some((_, b)) = near.min_by(|x, y| x.0.total_cmp(&y.0)) {
                    self.near(a, b)?;
                }
                continue;
            }
            for b in range.clone() {
                let is_other = !is_hydrogen[b - range.start] && (b < a || placed[b - range.start]) && b != a;
                if is_other && self.contact(a, b).is_some() && self.is_bonding(a) && self.is_bonding(b) {
                    self.near(a, b)?;
                }
            }
        }
        Ok(())
    }

    /// A bond for the reason of distance only.
    fn near(&mut self, a: usize, b: usize) -> Result<(), Problem> {
        self.bond(a, b, BondOrder::Single);
        let molecule = self.builder.molecule();
        let crowded = [a, b].into_iter().find(|&atom| molecule.degree(AtomIndex::new(atom)) > MOST_CONTACTS);
        crowded.map_or(Ok(()), |atom| {
            let atom = &self.model.atoms[atom];
            let expected = format!("at most {MOST_CONTACTS} atoms within bonding distance of one, or CONECT");
            Err((atom.line, format!("expected {expected}, got more of {:?}", atom.name)))
        })
    }

    /// Whether an element forms bonds rather than coordinates.
    fn is_bonding(&self, atom: usize) -> bool {
        let number = self.element(atom).map_or(0, Element::number);
        matches!(number, 1 | 5..=9 | 14..=17 | 32..=35 | 50..=53 | 85)
    }

    fn stated(&mut self) {
        for bond in std::mem::take(&mut self.stated) {
            // What comes several times is no multiple bond where there can be none.
            let has_hydrogen = [bond.a, bond.b].into_iter().any(|atom| self.element(atom) == Some(Element::H));
            self.bond(bond.a, bond.b, if has_hydrogen { BondOrder::Single } else { bond.order });
        }
    }

    /// Peptide bonds and phosphodiesters to the next residue of the chain, where the atoms are in reach.
    fn between_residues(&mut self) {
        let model = self.model;
        for pair in model.residues.windows(2) {
            if pair[0].ends_chain || pair[0].chain != pair[1].chain {
                continue;
            }
            for (from, to) in [("C", "N"), ("O3'", "P")] {
                let at = |residue: &Residue, name: &str| {
                    residue.atoms.clone().find(|&atom| {
                        let own = model.atoms[atom].name.as_str();
                        own == name || own == "O3*" && name == "O3'"
                    })
                };
                if let (Some(a), Some(b)) = (at(&pair[0], from), at(&pair[1], to))
                    && self.contact(a, b).is_some()
                    && self.is_bonding(a)
                    && self.is_bonding(b)
                {
                    self.bond(a, b, BondOrder::Single);
                }
            }
        }
    }

    /// Cysteines whose sulfur atoms are near and bare.
    fn disulfides(&mut self) {
        let model = self.model;
        let mut bare = Vec::new();
        let is_cysteine = |residue: &&Residue| standard_name(&residue.name, residue.atoms.len()) == "CYS";
        for residue in model.residues.iter().filter(is_cysteine) {
            let sulfur = residue.atoms.clone().find(|&atom| model.atoms[atom].name == "SG");
            bare.extend(sulfur.filter(|&atom| self.builder.molecule().degree(AtomIndex::new(atom)) == 1));
        }
        let at = |atom: usize| model.atoms[atom].position;
        bare.sort_by(|&a, &b| at(a).x.total_cmp(&at(b).x));
        let mut pairs = Vec::new();
        for (k, &a) in bare.iter().enumerate() {
            let near = bare[k + 1..].iter().take_while(|&&b| at(b).x - at(a).x < DISULFIDE);
            pairs.extend(
                near.take(64)
                    .map(|&b| ((at(a) - at(b)).norm(), a, b))
                    .filter(|(d, ..)| *d < DISULFIDE && *d > TOO_CLOSE),
            );
        }
        pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        for (_, a, b) in pairs {
            let is_bare = |atom| self.builder.molecule().degree(AtomIndex::new(atom)) == 1;
            if is_bare(a) && is_bare(b) {
                self.bond(a, b, BondOrder::Single);
            }
        }
    }

    /// Moves double bonds of a carbon to the neighbour that lacks one from the neighbour that has one too many: the names
    /// of a residue do not say which form of histidine, arginine or a carboxylic acid is there, the hydrogens do.
    fn neutralized(&mut self) {
        let model = self.model;
        for (k, residue) in model.residues.iter().enumerate() {
            if !self.is_known[k] || !self.shows(&residue.atoms) {
                continue;
            }
            for atom in residue.atoms.clone() {
                if self.element(atom) != Some(Element::C) {
                    continue;
                }
                let carbon = AtomIndex::new(atom);
                let molecule = self.builder.molecule();
                let find = |order: BondOrder, excess: i8| {
                    molecule.bonds_of(carbon).iter().copied().find(|&bond| {
                        let data = molecule.bond(bond);
                        data.order == order && implied_charge(&self.builder, data.other(carbon)) == excess
                    })
                };
                if let (Some(double), Some(single)) = (find(BondOrder::Double, 1), find(BondOrder::Single, -1)) {
                    self.builder.bond_data_mut(double).order = BondOrder::Single;
                    self.builder.bond_data_mut(single).order = BondOrder::Double;
                }
            }
        }
    }

    /// Whether hydrogens of a residue are atoms, in it or bonded to it.
    fn shows(&self, range: &Range<usize>) -> bool {
        range.clone().any(|atom| self.element(atom) == Some(Element::H) || self.bears(atom))
    }

    /// Whether an atom has a hydrogen that is an atom.
    fn bears(&self, atom: usize) -> bool {
        self.builder
            .molecule()
            .neighbors(AtomIndex::new(atom))
            .any(|other| self.element(other.index()) == Some(Element::H))
    }

    /// Charges that are not stated, and which hydrogens are counted: none in a residue that shows all of its own, nor at
    /// ions. Where polar hydrogens only are atoms ("united atoms"), those of carbon are counted, and those of sulfur
    /// unless one has its own.
    fn charges(&mut self) {
        let model = self.model;
        for (residue, &is_known) in model.residues.iter().zip(&self.is_known) {
            let range = residue.atoms.clone();
            let shows = self.shows(&range);
            let shows_on = |element: Element| range.clone().any(|k| self.element(k) == Some(element) && self.bears(k));
            let [on_carbon, on_sulfur] = [Element::C, Element::S].map(shows_on);
            let ion = self.known(residue).filter(|_| range.len() == 1);
            for k in range.clone() {
                let atom = AtomIndex::new(k);
                let stated = model.atoms[k].charge;
                let sum = sigma_sum(&self.builder, atom);
                let element = self.element(k);
                let is_complete = match element {
                    Some(Element::C) => on_carbon,
                    Some(Element::S) => on_carbon || on_sulfur,
                    _ => shows,
                };
                let charge = if let Some(charge) = stated {
                    charge
                } else if let Some((_, charge)) = ion.and_then(|ion| ion.atom(&model.atoms[k].name, 1)) {
                    charge
                } else if is_complete && is_known && sum > 0 || element == Some(Element::N) && sum == 4 {
                    implied_charge(&self.builder, atom)
                } else {
                    0
                };
                let is_heavy = element != Some(Element::H);
                let fills = !is_complete && self.is_bonding(k) && is_heavy;
                let data = self.builder.atom_mut(atom).expect("an atom of the model");
                data.charge = charge;
                data.hydrogens = None;
                let counted = self.builder.molecule().hydrogens(atom);
                let data = self.builder.atom_mut(atom).expect("an atom of the model");
                data.hydrogens = if fills && charge == 0 {
                    None
                } else if fills {
                    Some(filled(element, charge, sum))
                } else if data.is_bare() && counted == 0 {
                    None
                } else {
                    Some(0)
                };
            }
        }
    }
}

/// Hydrogens of a charged atom whose residue shows none: N⁺ has four bonds, O⁻ and S⁻ one.
fn filled(element: Option<Element>, charge: i8, sum: usize) -> u8 {
    let valence = match (element, charge) {
        (Some(Element::N), 1) | (Some(Element::C), 0) => 4,
        (Some(Element::N), -1) => 2,
        (Some(Element::O | Element::S), -1) => 1,
        (Some(Element::O | Element::S), 1) => 3,
        _ => 0,
    };
    usize::saturating_sub(valence, sum) as u8
}

/// The atoms of a residue by the names of its template, old ones too.
fn named<'a>(atoms: &'a [RawAtom], template: &Template) -> FxHashMap<&'a str, usize> {
    let mut names: FxHashMap<&str, usize> = FxHashMap::default();
    for (k, atom) in atoms.iter().enumerate() {
        if template.atoms.contains_key(atom.name.as_str()) {
            names.entry(&atom.name).or_insert(k);
        }
    }
    for (k, atom) in atoms.iter().enumerate() {
        let modern = modern_name(&atom.name);
        if modern != atom.name
            && !template.atoms.contains_key(atom.name.as_str())
            && template.atoms.contains_key(modern)
        {
            names.entry(modern).or_insert(k);
        }
    }
    names
}

/// The element of an atom name without digits before it: of a known residue the first letter, of others a symbol of two
/// letters if the atom stands alone, else of one.
fn deduced(name: &str, is_known: bool, atoms: usize) -> Option<Element> {
    let letters = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let first = letters.get(..1)?;
    let one = || Element::from_symbol(&first.to_ascii_uppercase()).ok();
    let two = || {
        let second = letters.get(1..2)?.to_ascii_lowercase();
        Element::from_symbol(&(first.to_ascii_uppercase() + &second)).ok()
    };
    if first.eq_ignore_ascii_case("D") {
        return Some(Element::H);
    }
    if is_known {
        return one();
    }
    if atoms == 1 {
        return two().or_else(one);
    }
    match two() {
        Some(element @ (Element::CL | Element::BR)) => Some(element),
        found => one().or(found),
    }
}

#[cfg(test)]
mod tests;
