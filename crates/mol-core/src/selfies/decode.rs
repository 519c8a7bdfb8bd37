//! Reading: each symbol in the light of the bonds that the atom before it has left.
//!
//! The state of a derivation is how many bonds are left, `None` once there are none. A branch is a derivation of its own with
//! its own end, kept on a stack: strings nest as deep as they are long.

use super::build::Draft;
use super::symbol::{Symbol, digit};
use super::{Constraints, Error, symbols};
use crate::{BondDirection, Molecule};

/// A chain being derived: the molecule's or a branch.
struct Chain {
    /// Bonds left; `Some(0)` before the first atom.
    state: Option<u8>,
    /// The atom that the next one is bonded to.
    last: Option<usize>,
    /// Symbols read so far, those of branches included, and how many there may be.
    read: usize,
    most: usize,
}

pub(super) fn decode(selfies: &str, constraints: &Constraints) -> Result<Molecule, Error> {
    let mut draft = Draft::default();
    let mut rings = Vec::new();
    let mut list: Vec<&str> = Vec::new();
    for symbol in symbols(selfies) {
        match symbol? {
            "." => derive(&std::mem::take(&mut list), constraints, &mut draft, &mut rings)?,
            "[nop]" => {}
            symbol => list.push(symbol),
        }
    }
    derive(&list, constraints, &mut draft, &mut rings)?;
    draft.close(&rings);
    Ok(draft.build())
}

type Rings = Vec<([usize; 2], u8, [Option<BondDirection>; 2])>;

/// Derives one molecule of a string.
fn derive(list: &[&str], constraints: &Constraints, draft: &mut Draft, rings: &mut Rings) -> Result<(), Error> {
    let mut next = 0;
    let mut chains = vec![Chain { state: Some(0), last: None, read: 0, most: usize::MAX }];
    while let Some(chain) = chains.last_mut() {
        let state = chain.state.filter(|_| chain.read < chain.most);
        let (Some(state), Some(&symbol)) = (state, list.get(next)) else {
            // What is left of a branch is passed over.
            let rest = chain.most.saturating_sub(chain.read).min(list.len() - next);
            next += rest;
            let read = chain.read + rest;
            chains.pop();
            if let Some(above) = chains.last_mut() {
                above.read += read;
            }
            continue;
        };
        let position = next;
        next += 1;
        chain.read += 1;
        let unknown = || Error::UnknownSymbol { symbol: symbol.to_owned(), position };
        match Symbol::read(symbol).ok_or_else(unknown)? {
            Symbol::Branch { order, digits } => {
                if state > 1 {
                    let first = order.min(state - 1);
                    chain.state = Some(state - first);
                    let length = number(list, &mut next, digits);
                    chain.read += usize::from(digits);
                    let branch = Chain { state: Some(first), last: chain.last, read: 0, most: length + 1 };
                    chains.push(branch);
                }
            }
            Symbol::Ring { order, digits, marks } => {
                if state > 0 {
                    let order = order.min(state);
                    chain.state = Some(state - order).filter(|&left| left > 0);
                    let back = number(list, &mut next, digits) + 1;
                    chain.read += usize::from(digits);
                    let right = chain.last.expect("bonds are left of an atom");
                    rings.push(([right.saturating_sub(back), right], order, marks));
                }
            }
            Symbol::Epsilon => chain.state = Some(0).filter(|_| state == 0),
            Symbol::Atom { order, direction, atom, tag } => {
                let element = atom.element.expect("symbols name an element");
                let most = constraints.capacity(element, atom.charge);
                let capacity = most.checked_sub(atom.hydrogens.unwrap_or(0)).ok_or_else(unknown)?;
                let order = order.min(state).min(capacity);
                chain.state = Some(capacity - order).filter(|&left| left > 0);
                if state == 0 {
                    chain.last = Some(draft.push((atom, tag), capacity, None, None));
                } else if order > 0 {
                    let last = chain.last.expect("bonds are left of an atom");
                    chain.last = Some(draft.push((atom, tag), capacity, Some((last, order)), direction));
                }
            }
        }
    }
    Ok(())
}

/// The number that the next symbols are the digits of; those that are not there count zero.
fn number(list: &[&str], next: &mut usize, digits: u8) -> usize {
    let mut number = 0;
    for _ in 0..digits {
        number = 16 * number + list.get(*next).map_or(0, |symbol| digit(symbol));
        *next = (*next + 1).min(list.len());
    }
    number
}
