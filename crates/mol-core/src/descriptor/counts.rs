//! Counts of atoms and bonds of a kind: hydrogen-bond donors and acceptors, carbons by saturation.
//!
//! The definitions are those `RDKit` states as SMARTS, asked here of each atom directly. Deliberately not here: rings.

use super::sites::{Site, Sites};
use crate::BondOrder;

const N: u8 = 7;
const O: u8 = 8;
const P: u8 = 15;
const S: u8 = 16;

/// Aliphatic O, N, P or S: what makes the atom it is doubly bonded to keep its neighbour's lone pair.
const fn withdraws(site: Site) -> bool {
    !site.aromatic && matches!(site.number, O | N | P | S)
}

pub(super) const fn is_donor(site: Site) -> bool {
    let Site { number, charge, aromatic, hydrogens: h, valence, .. } = site;
    match (number, aromatic) {
        (N, false) => h > 0 && (valence == 3 || charge == 1 && valence == 4),
        (O | S, false) | (N, true) => h == 1 && charge == 0,
        _ => false,
    }
}

pub(super) fn is_acceptor(sites: &Sites, atom: usize) -> bool {
    let Site { number, charge, aromatic, hydrogens: h, valence, .. } = sites.site(atom);
    let single = || sites.neighbors(atom).filter(|(link, _)| link.order == BondOrder::Single).map(|(link, _)| link.to);
    match (number, aromatic) {
        (O | S, false) => {
            let free = |k: u32| !sites.double(k as usize).any(|(_, other)| withdraws(other));
            charge == -1 || valence == 2 && (h == 0 || h == 1 && single().any(free))
        }
        (N, false) => {
            let pulled = |k: u32| {
                let mut ends = sites.neighbors(k as usize);
                ends.any(|(link, other)| link.order == BondOrder::Double && !link.in_ring && withdraws(other))
            };
            valence == 3 && !single().any(pulled)
        }
        (N, true) => h == 0 && charge == 0 && sites.site(atom).connections() == 2,
        (O | S, true) => charge == 0,
        _ => false,
    }
}

/// An acceptor as the estimate of drug-likeness counts them: more oxygens and sulfurs, nitrogen only where its lone pair is
/// free.
pub(super) fn is_qed_acceptor(sites: &Sites, atom: usize) -> bool {
    let site = sites.site(atom);
    let Site { number, charge, aromatic, hydrogens: h, valence, .. } = site;
    let x = site.connections();
    match (number, aromatic) {
        (O | N, true) => h == 0 && x == 2,
        (O, false) => x == 2 && h < 2 && valence == 2 || x == 1 && (h == 0 && valence == 2 || charge == -1),
        (S, false) => h == 0 && matches!(x, 1 | 2) && valence == 2 || charge == -1 && x == 1,
        (N, false) => {
            let pulled = |(k, other): (usize, Site)| {
                (other.is_aliphatic(6) || other.is_aliphatic(S)) && sites.double(k).any(|(_, end)| end.is_aliphatic(O))
            };
            h == 0 && x == 1 && valence == 3 || charge == 0 && x == 3 && valence == 3 && !sites.plain(atom).any(pulled)
        }
        _ => false,
    }
}

/// Carbons, and those among them with four neighbours.
pub(super) fn carbons(sites: &Sites) -> (usize, usize) {
    let all = || sites.iter().map(|(_, site)| site).filter(|site| site.number == 6);
    (all().count(), all().filter(|site| site.connections() == 4).count())
}
