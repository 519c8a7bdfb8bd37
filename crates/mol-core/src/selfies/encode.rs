//! Writing: a walk along the bonds, branches before the rest of the chain, ring bonds where they close.

use super::stereo::{Sequence, Tags};
use super::symbol::digits;
use super::{Constraints, Error, REACH};
use crate::{AtomIndex, BondDirection, BondIndex, BondOrder, Element, Molecule, Result};
use std::fmt::Write as _;

const TO_TEXT: &str = "a String takes all";

pub(super) fn encode(molecule: &Molecule, constraints: &Constraints) -> Result<String> {
    let kekule = molecule.kekulized()?;
    let walk = Walk::new(&kekule);
    for (atom, _) in kekule.atoms() {
        check(&kekule, atom, constraints)?;
    }
    let tags = tags(&kekule, &walk)?;
    let mut text = String::new();
    for (k, &root) in walk.roots.iter().enumerate() {
        if k > 0 {
            text.push('.');
        }
        for symbol in walk.chain(root, &tags)? {
            text.push_str(&symbol);
        }
    }
    Ok(text)
}

/// The tag of each atom, 0 for none.
fn tags(molecule: &Molecule, walk: &Walk) -> Result<Vec<u8>, Error> {
    let mut list = vec![0; molecule.atom_count()];
    if molecule.atoms().all(|(_, data)| data.chirality.is_none()) {
        return Ok(list);
    }
    let tags = Tags::new(molecule, |atom| walk.sequence(atom));
    for (atom, data) in molecule.atoms() {
        let Some(chirality) = data.chirality else { continue };
        let what =
            "stereo of this class: only tetrahedral atoms and allenes, and what @ means of five or six neighbours";
        list[atom.index()] = tags.write(atom, chirality).ok_or(Error::UnsupportedAtom { atom, what })?;
    }
    Ok(list)
}

/// Refuses an atom that the language cannot say.
fn check(molecule: &Molecule, atom: AtomIndex, constraints: &Constraints) -> Result<(), Error> {
    let data = molecule.atom(atom);
    let Some(element) = data.element else {
        return Err(Error::UnsupportedAtom { atom, what: "wildcard" });
    };
    if data.charge.unsigned_abs() > 9 {
        return Err(Error::UnsupportedAtom { atom, what: "charge of two digits" });
    }
    let mut bonds = usize::from(data.hydrogens.unwrap_or(0));
    for &bond in molecule.bonds_of(atom) {
        bonds += match molecule.bond(bond).order {
            BondOrder::Single => 1,
            BondOrder::Double => 2,
            BondOrder::Triple => 3,
            BondOrder::Quadruple | BondOrder::Aromatic => {
                return Err(Error::UnsupportedBond { bond, what: "quadruple bonds" });
            }
        };
    }
    let capacity = usize::from(constraints.capacity(element, data.charge));
    if bonds > capacity { Err(Error::Capacity { atom, bonds, capacity }) } else { Ok(()) }
}

/// In which order everything is written.
struct Walk<'a> {
    molecule: &'a Molecule,
    roots: Vec<AtomIndex>,
    /// Bond to the preceding atom.
    above: Vec<Option<BondIndex>>,
    /// Bonds to the atoms after it, in order.
    below: Vec<Vec<BondIndex>>,
    /// Place of each atom in the string.
    place: Vec<usize>,
}

impl<'a> Walk<'a> {
    fn new(molecule: &'a Molecule) -> Self {
        // In a text the preceding atom is the first neighbour of lower number; where that leaves a piece with several
        // beginnings, the numbers are those of no text, and a walk decides.
        let before = |atom: AtomIndex| {
            molecule.bonds_of(atom).iter().copied().find(|&bond| molecule.bond(bond).other(atom) < atom)
        };
        let above: Vec<Option<BondIndex>> = molecule.atoms().map(|(atom, _)| before(atom)).collect();
        let pieces = molecule.components().len();
        let is_text = above.iter().filter(|bond| bond.is_none()).count() == pieces;
        let count = molecule.atom_count();
        let mut walk = Self {
            molecule,
            roots: Vec::new(),
            above: if is_text { above } else { vec![None; count] },
            below: vec![Vec::new(); count],
            place: vec![usize::MAX; count],
        };
        let mut places = 0;
        for (start, _) in molecule.atoms() {
            if walk.place[start.index()] != usize::MAX {
                continue;
            }
            walk.roots.push(start);
            let mut path = vec![(start, 0)];
            walk.place[start.index()] = places;
            places += 1;
            while let Some((atom, next)) = path.last_mut() {
                let atom = *atom;
                let Some(&bond) = molecule.bonds_of(atom).get(*next) else {
                    path.pop();
                    continue;
                };
                *next += 1;
                let other = molecule.bond(bond).other(atom);
                let follows = if is_text { walk.above[other.index()] == Some(bond) } else { true };
                if follows && walk.place[other.index()] == usize::MAX {
                    walk.place[other.index()] = places;
                    places += 1;
                    walk.above[other.index()] = Some(bond);
                    walk.below[atom.index()].push(bond);
                    path.push((other, 0));
                }
            }
        }
        walk
    }

    fn place_of(&self, atom: AtomIndex) -> usize {
        self.place[atom.index()]
    }

    /// The ring bonds of an atom: those that close here, as the molecule orders them, then those that close later.
    fn rings(&self, atom: AtomIndex) -> [Vec<BondIndex>; 2] {
        let molecule = self.molecule;
        let is_ring =
            |bond: &BondIndex| self.above[atom.index()] != Some(*bond) && !self.below[atom.index()].contains(bond);
        let all = molecule.bonds_of(atom).iter().copied().filter(is_ring);
        let beyond = |bond: &BondIndex| self.place_of(molecule.bond(*bond).other(atom));
        let (here, mut later): (Vec<_>, Vec<_>) = all.partition(|bond| beyond(bond) < self.place_of(atom));
        later.sort_by_key(beyond);
        [here, later]
    }

    /// The bonds of an atom in the order in which a reader meets them.
    fn sequence(&self, atom: AtomIndex) -> Sequence {
        let above = self.above[atom.index()];
        let rings = self.rings(atom).concat();
        (above.into_iter().chain(rings).chain(self.below[atom.index()].iter().copied()).collect(), above.is_some())
    }

    /// The symbols of the chain from `root` on, branches included. Chains that wait for a branch are kept on a stack.
    fn chain(&self, root: AtomIndex, tags: &[u8]) -> Result<Vec<String>, Error> {
        // A chain: its symbols, the atom it stands at, the next of the bonds below it.
        let mut open: Vec<(Vec<String>, AtomIndex, usize)> = vec![(self.atom(root, tags)?, root, 0)];
        loop {
            let (symbols, atom, next) = open.last_mut().expect("the first chain stays until it is returned");
            let below = &self.below[atom.index()];
            if *next + 1 < below.len() {
                let start = self.molecule.bond(below[*next]).other(*atom);
                *next += 1;
                open.push((self.atom(start, tags)?, start, 0));
            } else if let Some(&bond) = below.get(*next) {
                (*atom, *next) = (self.molecule.bond(bond).other(*atom), 0);
                symbols.extend(self.atom(*atom, tags)?);
            } else {
                let (symbols, ..) = open.pop().expect("looked at above");
                let Some((outer, atom, next)) = open.last_mut() else { return Ok(symbols) };
                let bond = self.below[atom.index()][*next - 1];
                if symbols.len() > REACH {
                    return Err(Error::UnsupportedBond { bond, what: "branches of more than 4096 symbols" });
                }
                let length = digits(symbols.len() - 1);
                outer.push(format!("[{}Branch{}]", order(self.molecule.bond(bond).order), length.len()));
                outer.extend(length.into_iter().map(str::to_owned));
                outer.extend(symbols);
            }
        }
    }

    /// The symbol of an atom with the bond before it, and those of the ring bonds that close at it.
    fn atom(&self, atom: AtomIndex, tags: &[u8]) -> Result<Vec<String>, Error> {
        let molecule = self.molecule;
        let before = self.above[atom.index()].map_or("", |bond| {
            let bond = molecule.bond(bond);
            let mark = bond.direction_from(bond.other(atom));
            mark.map_or_else(|| order(bond.order), |mark| if mark == BondDirection::Up { "/" } else { "\\" })
        });
        let mut symbols = vec![format!("[{before}{}]", self.name(atom, tags))];
        for bond in &self.rings(atom)[0] {
            let data = molecule.bond(*bond);
            let left = data.other(atom);
            let reach = self.place_of(atom) - self.place_of(left);
            if reach > REACH {
                return Err(Error::UnsupportedBond { bond: *bond, what: "rings of more than 4096 atoms" });
            }
            let length = digits(reach - 1);
            let before = match data.direction_from(left) {
                Some(BondDirection::Up) => "/-",
                Some(BondDirection::Down) => "\\-",
                None => order(data.order),
            };
            symbols.push(format!("[{before}Ring{}]", length.len()));
            symbols.extend(length.into_iter().map(str::to_owned));
        }
        Ok(symbols)
    }

    /// What stands in the brackets of an atom beside its bond.
    fn name(&self, atom: AtomIndex, tags: &[u8]) -> String {
        let data = self.molecule.atom(atom);
        let element = data.element.expect("wildcards are refused before");
        let mut text = String::new();
        if let Some(isotope) = data.isotope {
            write!(text, "{isotope}").expect(TO_TEXT);
        }
        text.push_str(element.symbol());
        text.push_str(["", "@", "@@"][usize::from(tags[atom.index()])]);
        let hydrogens = data.hydrogens.unwrap_or_else(|| {
            // An atom that states nothing and yet needs a longer name keeps the hydrogens that it has.
            if text == element.symbol() && data.charge == 0 { 0 } else { self.molecule.hydrogens(atom) }
        });
        let is_bare = text == element.symbol() && data.charge == 0 && is_organic(element);
        if hydrogens > 0 || is_bare && data.hydrogens.is_some() {
            write!(text, "H{hydrogens}").expect(TO_TEXT);
        }
        if data.charge != 0 {
            write!(text, "{:+}", data.charge).expect(TO_TEXT);
        }
        text
    }
}

const fn order(order: BondOrder) -> &'static str {
    match order {
        BondOrder::Double => "=",
        BondOrder::Triple => "#",
        _ => "",
    }
}

/// Whether the bare symbol of an element leaves its hydrogens to the valence.
const fn is_organic(element: Element) -> bool {
    matches!(
        element,
        Element::B
            | Element::C
            | Element::N
            | Element::O
            | Element::P
            | Element::S
            | Element::F
            | Element::CL
            | Element::BR
            | Element::I
    )
}
