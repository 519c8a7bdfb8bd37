//! Stereo of drawings: what wedges say, and which wedges say it.
//!
//! A wedge speaks of the atom at its narrow end only. The recommendations of IUPAC (Brecher, *Pure Appl. Chem.* **78**,
//! 1897 (2006), ST-1.1 and ST-1.2) come down to one rule on the neighbours in the order of their directions on paper,
//! which does not depend on lengths or angles otherwise. With four neighbours n₀ … n₃, of which nᵢ is raised (hᵢ = +1) or
//! lowered (−1), the centre is the tetrahedron in which they are raised and lowered in turn:
//!
//! ```text
//! height of nⱼ = (−1)ʲ s,    s = (−1)ⁱ hᵢ for every wedge i; if two disagree the centre is left open
//! ```
//!
//! Three neighbours that span less than half a turn, or just half of one (a T), have the fourth place, of a hydrogen or
//! lone pair, in the gap between the last and the first, and the rule is the same. Three that span more have it behind or
//! in front of the paper, and s = hᵢ. Deliberately not here: axes and planes, and which atoms are stereogenic.

use super::table::{Mark, PlacedBond};
use crate::perceive::{ring_bonds, stated_side};
use crate::{AtomIndex, Bond, BondIndex, BondOrder, ChiralClass, Chirality, Element, Error, Molecule, Result, Vec3};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::f64::consts::{PI, TAU};

/// Half a turn less this [radians] counts as half a turn: a T drawn with a little error.
const HALF_TURN_TOLERANCE: f64 = 0.0175;
/// Neighbours whose directions differ by less [radians] have no order.
const SAME_DIRECTION: f64 = 0.01;

/// The molecule with the stereo that its drawing, conformer 0, shows.
pub(super) fn with_wedges(molecule: &Molecule, bonds: &[PlacedBond]) -> Molecule {
    let flat = molecule.conformers()[0].positions();
    let mut open: Vec<BondIndex> = Vec::new();
    let mut narrow = vec![false; molecule.atom_count()];
    for (k, bond) in bonds.iter().enumerate().filter(|(_, bond)| bond.mark != Mark::None) {
        if bond.mark != Mark::Either {
            narrow[bond.begin] = true;
        } else if bond.order == BondOrder::Double {
            open.push(BondIndex::new(k));
        } else {
            // A wavy bond leaves the double bonds beside it open too.
            let beside = [bond.begin, bond.end].map(AtomIndex::new);
            let around = beside.into_iter().flat_map(|atom| molecule.bonds_of(atom).iter().copied());
            open.extend(around.filter(|&other| molecule.bond(other).order == BondOrder::Double));
        }
    }
    open.sort_unstable();
    let shown = |atom: AtomIndex| {
        let mark = |bond: BondIndex| {
            if bonds[bond.index()].begin == atom.index() { bonds[bond.index()].mark } else { Mark::None }
        };
        let is_drawn = narrow[atom.index()] && can_be_drawn(molecule, atom);
        is_drawn.then(|| drawn_chirality(molecule, atom, flat, &mark)).flatten()
    };
    molecule.with_stereo_at(flat, &shown, &open)
}

/// Whether an atom has the neighbours of a tetrahedral centre; whether they differ is another question.
fn can_be_drawn(molecule: &Molecule, atom: AtomIndex) -> bool {
    let (drawn, hydrogens) = (molecule.degree(atom), usize::from(molecule.hydrogens(atom)));
    let has_lone_pair = [Element::N, Element::P, Element::S, Element::AS, Element::SE, Element::TE];
    let multiple = |bond: &BondIndex| !matches!(molecule.bond(*bond).order, BondOrder::Single);
    match (drawn, hydrogens) {
        (4, 0) | (3, 1) => true,
        (3, 0) => {
            let element = molecule.atom(atom).element;
            let is_flat = element == Some(Element::N) && molecule.bonds_of(atom).iter().any(multiple);
            !is_flat && element.is_some_and(|element| has_lone_pair.contains(&element))
        }
        _ => false,
    }
}

/// The chirality that the marks of the bonds with their narrow end at `atom` say.
fn drawn_chirality(
    molecule: &Molecule,
    atom: AtomIndex,
    flat: &[Vec3],
    mark: &dyn Fn(BondIndex) -> Mark,
) -> Option<Chirality> {
    let bonds = molecule.bonds_of(atom);
    let marks: SmallVec<[Mark; 4]> = bonds.iter().map(|&bond| mark(bond)).collect();
    if !(3..=4).contains(&bonds.len()) || marks.contains(&Mark::Either) {
        return None;
    }
    let mut around: SmallVec<[(f64, usize); 4]> = SmallVec::new();
    for (place, neighbor) in molecule.neighbors(atom).enumerate() {
        let arm = flat[neighbor.index()] - flat[atom.index()];
        if arm.x.abs().max(arm.y.abs()) < 1e-6 {
            return None;
        }
        around.push((arm.y.atan2(arm.x), place));
    }
    around.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = around.len();
    // Of the turn from each neighbour to the next.
    let gap = |k: usize| {
        let turn = around[(k + 1) % count].0 - around[k].0;
        if k + 1 == count { turn + TAU } else { turn }
    };
    if (0..count).any(|k| gap(k) < SAME_DIRECTION) {
        return None;
    }
    let widest = (0..count).max_by(|&a, &b| gap(a).total_cmp(&gap(b)))?;
    let in_turn = count == 4 || gap(widest) > PI - HALF_TURN_TOLERANCE;
    let ordered = (1..=count).map(|k| around[(widest + k) % count].1);
    let mut said: Option<i8> = None;
    for (i, place) in ordered.clone().enumerate() {
        let height = match marks[place] {
            Mark::Up => 1,
            Mark::Down => -1,
            Mark::None | Mark::Either => continue,
        };
        let sign = if in_turn && i % 2 == 1 { -height } else { height };
        if *said.get_or_insert(sign) != sign {
            return None;
        }
    }
    let order: SmallVec<[usize; 4]> = ordered.collect();
    Some(numbered(molecule, atom, &order, said? > 0))
}

/// The chirality of neighbours that are listed anticlockwise as drawn, n₀ raised and the others in turn, or, of three,
/// all raised above a hidden fourth; mirrored unless `raised`.
fn numbered(molecule: &Molecule, atom: AtomIndex, order: &[usize], raised: bool) -> Chirality {
    let hydrogens = usize::from(molecule.hydrogens(atom));
    // Places in the molecule's list: hydrogen first, a lone pair last.
    let mut list: SmallVec<[usize; 4]> = order.iter().map(|place| place + hydrogens).collect();
    if list.len() == 3 {
        list.push(if hydrogens == 1 { 0 } else { 3 });
    }
    // Seen from the raised n₀, from above, n₁ n₂ n₃ run anticlockwise if drawn so; so do n₀ n₁ n₂ seen against n₃ below.
    let number = if raised { 1 } else { 2 };
    let drawn = Chirality::new(ChiralClass::Tetrahedral, number).expect("the class has the numbers 1 and 2");
    let mut inverse: SmallVec<[usize; 4]> = SmallVec::from_elem(0, list.len());
    for (at, &place) in list.iter().enumerate() {
        inverse[place] = at;
    }
    drawn.reordered(&inverse)
}

/// The marks by which a drawing shows the stereo of a molecule: for each bond its mark and whether its narrow end is its
/// end rather than its beginning.
///
/// Every tetrahedral centre gets one wedge, if possible to an atom that is no centre, off rings, with few bonds; where
/// centres compete for bonds the assignment is a matching, found by augmenting paths. Double bonds whose drawing shows
/// what the molecule does not state are crossed.
pub(super) fn marks_of_drawing(molecule: &Molecule, flat: &[Vec3]) -> Result<Vec<(Mark, bool)>> {
    let mut marks = vec![(Mark::None, false); molecule.bond_count()];
    let seen = molecule.with_stereo_at(flat, &|atom| molecule.atom(atom).chirality, &[]);
    for (bond, data) in molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Double) {
        match (side_of(&seen, bond, &data), side_of(molecule, bond, &data)) {
            (Some(_), None) => marks[bond.index()] = (Mark::Either, false),
            (Some(drawn), Some(stated)) if drawn != stated => {
                let expected = "drawn with its double bonds as its marks say";
                let got = format!("the other form at the bond of atoms {} and {}", data.begin, data.end);
                return Err(Error::InvalidArgument { what: "flat molecule of an SDF record", expected, got });
            }
            _ => {}
        }
    }
    let ring = ring_bonds(molecule);
    let centres: Vec<(AtomIndex, Chirality)> =
        molecule.atoms().filter_map(|(atom, data)| Some((atom, data.chirality?))).collect();
    let candidates: Vec<Vec<(BondIndex, Mark)>> = centres
        .iter()
        .map(|&(atom, chirality)| {
            let mut open: Vec<BondIndex> = molecule.bonds_of(atom).to_vec();
            open.retain(|&bond| molecule.bond(bond).order == BondOrder::Single);
            open.sort_by_key(|&bond| {
                let other = molecule.bond(bond).other(atom);
                (molecule.atom(other).chirality.is_some(), ring[bond.index()], molecule.degree(other), bond)
            });
            let shows = |&(bond, mark): &(BondIndex, Mark)| {
                let alone = |other: BondIndex| if other == bond { mark } else { Mark::None };
                can_be_drawn(molecule, atom) && drawn_chirality(molecule, atom, flat, &alone) == Some(chirality)
            };
            let both = open.into_iter().flat_map(|bond| [(bond, Mark::Up), (bond, Mark::Down)]);
            both.filter(shows).collect()
        })
        .collect();
    let chosen = matched(&candidates, molecule.bond_count());
    for ((&(atom, _), candidates), chosen) in centres.iter().zip(&candidates).zip(chosen) {
        let Some(&(bond, mark)) = chosen.and_then(|place| candidates.get(place)) else {
            let expected = "drawn so that a wedge can show each of its centres";
            let got = format!("no such bond at atom {atom}");
            return Err(Error::InvalidArgument { what: "flat molecule of an SDF record", expected, got });
        };
        marks[bond.index()] = (mark, molecule.bond(bond).begin != atom);
    }
    Ok(marks)
}

/// Whether a double bond is stated to be cis, as seen by the first neighbours of its ends.
fn side_of(molecule: &Molecule, bond: BondIndex, data: &Bond) -> Option<bool> {
    let (left, right, cis) = stated_side(molecule, bond)?;
    let first = |atom: AtomIndex, other: AtomIndex| molecule.neighbors(atom).find(|&neighbor| neighbor != other);
    let flips = [(data.begin, data.end, left), (data.end, data.begin, right)]
        .into_iter()
        .filter(|&(atom, other, named)| first(atom, other) != Some(named));
    Some(cis ^ (flips.count() % 2 == 1))
}

/// For each centre the place of its bond among its candidates, so that no bond serves two, as far as there is such an
/// assignment. Earlier candidates are preferred, earlier centres served first.
fn matched(candidates: &[Vec<(BondIndex, Mark)>], bonds: usize) -> Vec<Option<usize>> {
    let mut chosen: Vec<Option<usize>> = vec![None; candidates.len()];
    let mut owner: Vec<Option<usize>> = vec![None; bonds];
    // The centre and candidate that reached each bond in the search of `round`.
    let mut reached: Vec<(usize, usize, usize)> = vec![(usize::MAX, 0, 0); bonds];
    for start in 0..candidates.len() {
        let mut queue = VecDeque::from([start]);
        let mut free = None;
        'search: while let Some(centre) = queue.pop_front() {
            for (place, &(bond, _)) in candidates[centre].iter().enumerate() {
                if reached[bond.index()].0 == start {
                    continue;
                }
                reached[bond.index()] = (start, centre, place);
                match owner[bond.index()] {
                    None => {
                        free = Some(bond);
                        break 'search;
                    }
                    Some(other) => queue.push_back(other),
                }
            }
        }
        // Walk back: each centre on the way gives up its bond for the one it reached.
        let mut next = free;
        while let Some(bond) = next {
            let (_, centre, place) = reached[bond.index()];
            next = chosen[centre].map(|old| candidates[centre][old].0);
            chosen[centre] = Some(place);
            owner[bond.index()] = Some(centre);
        }
    }
    chosen
}

#[cfg(test)]
mod tests;
