//! Whether the atoms of a molecule have valences that occur.
//!
//! Reading a molecule checks its syntax only; a carbon of five bonds is found here. What is an error depends on what the
//! molecules are for, so there are two models: what the common toolkit refuses, and what chemistry excludes. Deliberately
//! not here: repairing anything, and aromatic bonds that cannot be assigned, which
//! [`Molecule::kekulized`](crate::Molecule::kekulized) names.

use super::flat::{Flat, FlatAtom, Link};
use crate::{BondOrder, Element, Error, Molecule, Result};
use smallvec::SmallVec;
use std::sync::LazyLock;

/// Which valences are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ValenceModel {
    /// As `RDKit`'s sanitisation: at most the largest valence in its table of the neutral element with as many electrons.
    /// Charged P, S, As and Se may keep the large valences of their elements, transition metals have no limit. The forms
    /// it repairs first are accepted: a nitrogen of five bonds with N=O or N≡N, a halogen bonded to nothing but oxygen, one
    /// bond too many to a metal.
    #[default]
    Strict,
    /// Known hypervalent forms as well: from the third period on an atom may use all of its valence electrons (PCl₅, SF₆,
    /// PF₆⁻, IF₇, XeF₆, ClF₃), nitrogen five bonds as nitro groups and azides are often drawn.
    Hypervalent,
}

/// Checks the valence of every atom: its bond orders and hydrogens against what its element and charge allow.
///
/// ```
/// use mol_core::{Molecule, perceive::{ValenceModel, check_valence}};
/// let texas = Molecule::from_smiles("CC(C)(C)(C)C")?;
/// let error = check_valence(&texas, ValenceModel::Hypervalent).unwrap_err();
/// assert_eq!(error.to_string(), "valence too large: C at atom 1 has 5, at most 4; check its bonds, hydrogens and charge");
/// let iodine = Molecule::from_smiles("FI(F)F")?;
/// assert!(check_valence(&iodine, ValenceModel::Strict).is_ok()); // RDKit takes iodine up to five
/// assert!(check_valence(&Molecule::from_smiles("FCl(F)F")?, ValenceModel::Strict).is_err());
/// assert!(check_valence(&Molecule::from_smiles("FCl(F)F")?, ValenceModel::Hypervalent).is_ok());
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Valence`] with every atom refused, its valence and the largest it could have.
pub fn check_valence(molecule: &Molecule, model: ValenceModel) -> Result<()> {
    let mut flat = Flat::new(molecule);
    repair(molecule, &mut flat);
    let refused: Vec<_> = molecule
        .atoms()
        .filter_map(|(index, atom)| {
            let found = fault(&flat, index.index() as u32, atom.aromatic, atom.hydrogens.is_some(), model)?;
            Some(ValenceFault { atom: index, element: atom.element, valence: found.0, largest: found.1 })
        })
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(Error::Valence { faults: refused }) }
}

/// An atom whose valence is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValenceFault {
    /// The atom.
    pub atom: crate::AtomIndex,
    /// Its element.
    pub element: Option<Element>,
    /// Its bond orders and hydrogens, an aromatic bond as one and a half, rounded.
    pub valence: usize,
    /// The largest valence it could have.
    pub largest: usize,
}

impl std::fmt::Display for ValenceFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let symbol = self.element.map_or("*", Element::symbol);
        write!(f, "{symbol} at atom {} has {}, at most {}", self.atom, self.valence, self.largest)
    }
}

/// Valence and limit of an atom that is refused.
fn fault(flat: &Flat, atom: u32, is_flagged: bool, is_stated: bool, model: ValenceModel) -> Option<(usize, usize)> {
    let data = &flat.atoms[atom as usize];
    let own = row(i16::from(data.number))?.valences.as_deref()?;
    let orders = || flat.links(atom).iter().map(|link| flat.order(link.bond));
    let aromatic = orders().filter(|&order| order == BondOrder::Aromatic).count();
    let is_aromatic = is_flagged || aromatic > 0;
    let mut halves = half_orders(flat, atom, is_stated);
    let like = (i16::from(data.number) - i16::from(data.charge)).clamp(0, Element::COUNT as i16);
    let keeps = |element: u8, from: i16| data.number == element && like > from;
    let keeps_own = keeps(15, 16) || keeps(16, 16) || keeps(33, 34) || keeps(34, 34);
    let allowed = match row(like).and_then(|row| row.valences.as_deref()) {
        Some(allowed) => allowed,
        None if keeps_own => &[],
        None => return None,
    };
    // One bond to a metal of an atom that has too many is taken as given by the other's lone pair.
    let is_metal = |number: u8| row(i16::from(number)).is_some_and(|row| row.is_metal);
    let mut partners = flat.links(atom).iter().filter(|link| flat.order(link.bond) == BondOrder::Single);
    if allowed.last().is_some_and(|&most| halves.div_ceil(2) > most)
        && !is_metal(data.number)
        && ![1, 2, 9, 10].contains(&data.number)
        && partners.any(|link| is_metal(flat.atoms[link.atom as usize].number))
    {
        halves -= 2;
    }
    let mut valence = halves.div_ceil(2);
    if let Some(&default) = allowed.first().filter(|&&default| is_aromatic && halves > 2 * default) {
        let nearest = allowed.iter().copied().take_while(|&valence| 2 * valence <= halves).last().unwrap_or(default);
        if halves - 2 * nearest <= 3 {
            valence = nearest;
        }
        if !is_stated && !allowed.contains(&valence) {
            return Some((valence, nearest));
        }
    }
    let mut used = valence as i64;
    let largest = match allowed.last() {
        _ if keeps_own => {
            used -= i64::from(data.charge);
            own.last()
        }
        _ if data.number == 1 && data.charge == -1 => Some(&2),
        largest => largest,
    };
    let most = largest.copied().unwrap_or(0);
    if used <= most as i64 || model == ValenceModel::Hypervalent && valence <= hypervalent(data) {
        return None;
    }
    Some((valence, if model == ValenceModel::Strict { most } else { most.max(hypervalent(data)) }))
}

/// The largest valence that uses every valence electron, from the third period on.
fn hypervalent(atom: &FlatAtom) -> usize {
    if atom.number == Element::N.number() && atom.charge == 0 {
        return 5;
    }
    if atom.number <= 10 { 0 } else { usize::try_from(atom.outer() - i32::from(atom.charge)).unwrap_or(0) }
}

/// Twice the bond orders and stated hydrogens of an atom; those that follow from its valence cannot exceed it.
fn half_orders(flat: &Flat, atom: u32, is_stated: bool) -> usize {
    let data = &flat.atoms[atom as usize];
    let aromatic = flat.links(atom).iter().filter(|link| flat.order(link.bond) == BondOrder::Aromatic).count();
    let hydrogens = if is_stated { 0 } else { usize::from(data.hydrogens) };
    2 * (data.valence as usize - hydrogens) + aromatic
}

/// Writes with charges what `RDKit` writes so before it looks at valences: N(=O)=O, N=N≡N, and oxo acids of halogens.
fn repair(molecule: &Molecule, flat: &mut Flat) {
    for (index, atom) in molecule.atoms().filter(|(_, atom)| atom.charge == 0) {
        let here = index.index() as u32;
        let halves = || half_orders(flat, here, atom.hydrogens.is_some());
        let number = |other: u32| flat.atoms[other as usize].number;
        match atom.element {
            Some(Element::N) if halves().div_ceil(2) == 5 => {
                let is_split = |link: &&Link| {
                    let order = flat.order(link.bond);
                    flat.atoms[link.atom as usize].charge == 0
                        && (order == BondOrder::Double && number(link.atom) == Element::O.number()
                            || order == BondOrder::Triple && number(link.atom) == Element::N.number())
                };
                if let Some(&link) = flat.links(here).iter().find(is_split) {
                    flat.split(here, link);
                }
            }
            Some(Element::CL | Element::BR | Element::I) if [6, 10, 14].contains(&halves()) => {
                let links: SmallVec<[Link; 8]> = flat.links(here).into();
                if links.iter().all(|link| number(link.atom) == Element::O.number()) {
                    for link in links {
                        if flat.order(link.bond) == BondOrder::Double {
                            flat.split(here, link);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// What the table says of an element.
struct Row {
    /// Its valences, ascending; `None` if it may have any.
    valences: Option<Vec<usize>>,
    is_metal: bool,
}

/// The row of an element by its number.
fn row(number: i16) -> Option<&'static Row> {
    static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let lines = include_str!("../../data/valences.csv").lines().filter(|line| !line.starts_with('#'));
        let row = |line: &str| {
            let mut fields = line.split(',').skip(1);
            let valences = fields.next().and_then(|text| text.split(' ').map(|valence| valence.parse().ok()).collect());
            Row { valences, is_metal: fields.next() == Some("1") }
        };
        lines.map(row).collect()
    });
    TABLE.get(usize::try_from(number).ok()?.checked_sub(1)?)
}
