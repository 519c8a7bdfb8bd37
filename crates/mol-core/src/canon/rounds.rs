//! Forms of molecules whose aromaticity leaves something open: which Kekulé structure they were perceived from.
//!
//! The outline of fused rings may be aromatic without the bonds inside it, which then have the orders of one Kekulé
//! structure among several (bicyclo[6.2.0]decapentaene); and which bonds are aromatic may itself depend on that structure.
//! So the structure is chosen, not found: as few double bonds inside an outline as a matching of the rest allows, of those
//! choices the one with the least text; and the text is read and canonicalised again until it stays.

use super::budget::Budget;
use super::graph::Scope;
use super::normal::{Normal, normal};
use crate::perceive::Perception;
use crate::smiles::write::Explicit;
use crate::{AtomIndex, BondIndex, BondOrder, Molecule};

/// Rounds of reading and canonicalising again at most.
const MOST_ROUNDS: usize = 8;

/// Kekulé structures that are tried at most for one choice.
const MOST_STRUCTURES: usize = 128;

/// The canonical form of a molecule; a root stands first.
pub(crate) fn canonical(
    perception: &Perception,
    scope: Scope,
    root: Option<AtomIndex>,
    explicit: Explicit,
    budget: &mut Budget,
) -> Normal {
    if !is_ambiguous(perception) {
        return normal(perception, scope, root, explicit, budget);
    }
    let plain = Explicit::default();
    // Each form with what it was written from.
    let mut seen: Vec<(Normal, Option<Perception>)> = vec![chosen(perception, scope, root, budget)];
    // The root stands first in every text.
    let first = root.map(|_| AtomIndex::new(0));
    while seen.len() <= MOST_ROUNDS {
        let last = &seen[seen.len() - 1].0;
        let Ok(molecule) = Molecule::from_smiles(&last.text) else { break };
        let Ok(read) = Perception::with_model(&molecule, perception.model()) else { break };
        let (mut next, structure) = if is_ambiguous(&read) {
            chosen(&read, scope, first, budget)
        } else {
            (normal(&read, scope, first, plain, budget), None)
        };
        if next.text == last.text {
            break;
        }
        next.atoms = next.atoms.iter().map(|atom| last.atoms.get((*atom)?.index()).copied().flatten()).collect();
        let circle = seen.iter().position(|(old, _)| old.text == next.text);
        seen.push((next, Some(structure.unwrap_or(read))));
        if let Some(start) = circle {
            // Of forms that follow each other in a circle the least.
            let least = (start + 1..seen.len()).min_by(|&a, &b| seen[a].0.text.cmp(&seen[b].0.text));
            seen.truncate(least.unwrap_or(start) + 1);
            break;
        }
    }
    let (mut form, source) = seen.pop().expect("there is a first form");
    if explicit != plain {
        let root = if seen.is_empty() { root } else { first };
        form.text = normal(source.as_ref().unwrap_or(perception), scope, root, explicit, budget).text;
    }
    form
}

/// Whether a double bond of a ring that is not aromatic stands beside an aromatic atom of the ring at both ends, so that it
/// might be aromatic in another Kekulé structure.
fn is_ambiguous(perception: &Perception) -> bool {
    let molecule = perception.molecule();
    let beside = |atom: AtomIndex, bond: BondIndex| {
        let mut others = molecule.bonds_of(atom).iter().filter(|&&other| other != bond);
        others.any(|&other| perception.is_ring_bond(other) && perception.is_aromatic(molecule.bond(other).other(atom)))
    };
    molecule.bonds().any(|(index, bond)| {
        bond.order == BondOrder::Double
            && !perception.is_aromatic_bond(index)
            && perception.is_ring_bond(index)
            && beside(bond.begin, index)
            && beside(bond.end, index)
    })
}

/// The least text over the choices of a Kekulé structure inside the outlines, with the structure if it is another one.
fn chosen(
    perception: &Perception,
    scope: Scope,
    root: Option<AtomIndex>,
    budget: &mut Budget,
) -> (Normal, Option<Perception>) {
    let text_of =
        |structure: &Perception, budget: &mut Budget| normal(structure, scope, root, Explicit::default(), budget);
    let mut best: Option<(Normal, Option<Perception>)> = None;
    for structure in structures(perception, budget) {
        let form = text_of(&structure, budget);
        if best.as_ref().is_none_or(|(old, _)| form.text < old.text) {
            best = Some((form, Some(structure)));
        }
    }
    best.unwrap_or_else(|| (text_of(perception, budget), None))
}

/// The molecule with the fewest double bonds between aromatic atoms of a ring that are not aromatic themselves, in all ways;
/// none if there is no such double bond, or a direction mark stands between aromatic atoms.
fn structures(perception: &Perception, budget: &mut Budget) -> Vec<Perception> {
    let molecule = perception.molecule();
    let mut inner = Vec::new();
    for (index, bond) in molecule.bonds() {
        if !perception.is_aromatic(bond.begin) || !perception.is_aromatic(bond.end) {
            continue;
        }
        if bond.direction.is_some() {
            return Vec::new();
        }
        if perception.is_ring_bond(index) && !perception.is_aromatic_bond(index) {
            inner.push((index, bond));
        }
    }
    let doubles = inner.iter().filter(|(_, bond)| bond.order == BondOrder::Double).count();
    let mut tried = 0;
    let mut found = Vec::new();
    for count in 0..=doubles.min(inner.len()) {
        if doubles == 0 || !found.is_empty() {
            break;
        }
        // The places of the double bonds among the inner ones, ascending.
        let mut places: Vec<usize> = (0..count).collect();
        loop {
            tried += 1;
            if tried > MOST_STRUCTURES {
                budget.give_up();
                return Vec::new();
            }
            found.extend(structure(perception, &inner, &places));
            // The next choice: the last place that can go on does, those behind it follow.
            let Some(k) = (0..count).rev().find(|&k| places[k] < inner.len() - count + k) else { break };
            let onward = places[k] + 1;
            places[k..].iter_mut().zip(onward..).for_each(|(place, next)| *place = next);
        }
    }
    found
}

/// The molecule with double bonds at some of the inner ones only, if the rest has a Kekulé structure then.
fn structure(perception: &Perception, inner: &[(BondIndex, crate::Bond)], places: &[usize]) -> Option<Perception> {
    let molecule = perception.molecule();
    let is_double = |bond: BondIndex| places.iter().any(|&place| inner[place].0 == bond);
    let touch = |a: usize, b: usize| {
        [inner[b].1.begin, inner[b].1.end].contains(&inner[a].1.begin)
            || [inner[b].1.begin, inner[b].1.end].contains(&inner[a].1.end)
    };
    if places.iter().enumerate().any(|(k, &a)| places[k + 1..].iter().any(|&b| touch(a, b))) {
        return None;
    }
    let mut changed = molecule.clone();
    let order = |bond: u32| {
        let index = BondIndex::new(bond as usize);
        match inner.binary_search_by_key(&index, |(inner, _)| *inner) {
            Ok(_) if is_double(index) => BondOrder::Double,
            Ok(_) => BondOrder::Single,
            Err(_) => molecule.bond(index).order,
        }
    };
    changed.rewrite(order, |atom| molecule.atom(AtomIndex::new(atom)).aromatic);
    Perception::with_model(&changed, perception.model()).ok()
}
