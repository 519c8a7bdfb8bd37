//! Weights of torsions by their distance from the middle of the molecule.

use super::Skeleton;
use crate::{AtomIndex, Molecule};

/// A distance between atoms that are not connected.
const APART: u32 = u32::MAX;

/// The weights of the torsions about `bonds`, then of the `rings`.
pub(super) fn weights(molecule: &Molecule, graph: &Skeleton, bonds: &[[usize; 2]], rings: &[Vec<usize>]) -> Vec<f64> {
    let kept: Vec<usize> = (0..graph.kept.len()).filter(|&atom| graph.kept[atom]).collect();
    let inner = |atom: usize| neighbors(molecule, graph, atom).count() > 1;
    let distances: Vec<Vec<u32>> = (0..graph.kept.len())
        .map(|atom| if graph.kept[atom] { walk(molecule, graph, atom) } else { Vec::new() })
        .collect();
    let Some([first, second]) = central_bond(molecule, graph, &kept, &distances) else {
        return vec![1.0; bonds.len() + rings.len()];
    };
    let (first, second) = (&distances[first], &distances[second]);
    let farthest = molecule
        .bonds()
        .map(|(_, bond)| [bond.begin.index(), bond.end.index()])
        .filter(|ends| ends.iter().all(|&end| graph.kept[end] && inner(end)))
        .map(|[b, c]| first[b].max(first[c]))
        .max();
    let half = f64::from(farthest.unwrap_or(1).max(1)) / 2.0;
    let beta = -(0.1_f64.ln()) / (half * half);
    let away = |[b, c]: [usize; 2]| f64::from(first[b].min(first[c]).min(second[b].min(second[c])) + 1);
    // Both ends of the central bond are at distance 0 from one of its atoms, and no other bond has this.
    let is_central = |[b, c]: [usize; 2]| first[b] + second[c] == 0 || first[c] + second[b] == 0;
    let torsion = |&bond: &[usize; 2]| {
        let s = if is_central(bond) { 0.0 } else { away(bond) };
        (-beta * (s * s)).exp()
    };
    let ring = |ring: &Vec<usize>| {
        let n = ring.len();
        let mean = (0..n).map(|k| away([ring[k], ring[(k + 1) % n]])).sum::<f64>() / n as f64;
        (-beta * (mean * mean)).exp() * (n as f64 / 2.0)
    };
    bonds.iter().map(torsion).chain(rings.iter().map(ring)).collect()
}

fn neighbors<'a>(molecule: &'a Molecule, graph: &'a Skeleton, atom: usize) -> impl Iterator<Item = usize> + 'a {
    molecule.neighbors(AtomIndex::new(atom)).map(AtomIndex::index).filter(|&next| graph.kept[next])
}

/// Number of pieces that the atoms that count are in.
pub(super) fn pieces(molecule: &Molecule, graph: &Skeleton) -> usize {
    let mut seen = vec![false; graph.kept.len()];
    let mut count = 0;
    for start in (0..seen.len()).filter(|&atom| graph.kept[atom]) {
        if !seen[start] {
            count += 1;
            let reached = walk(molecule, graph, start);
            reached.iter().zip(&mut seen).for_each(|(&distance, seen)| *seen |= distance != APART);
        }
    }
    count
}

/// Bonds from `start` to each atom.
fn walk(molecule: &Molecule, graph: &Skeleton, start: usize) -> Vec<u32> {
    let mut distance = vec![APART; molecule.atom_count()];
    distance[start] = 0;
    let mut queue = vec![start];
    let mut next = 0;
    while next < queue.len() {
        let atom = queue[next];
        next += 1;
        for other in neighbors(molecule, graph, atom) {
            if distance[other] == APART {
                distance[other] = distance[atom] + 1;
                queue.push(other);
            }
        }
    }
    distance
}

/// The inner atom whose distances to the others vary least, and the next such one that is bonded to it.
///
/// The variance is compared as the integer n Σ d² − (Σ d)², so that ties are ties and the lower index wins.
fn central_bond(molecule: &Molecule, graph: &Skeleton, kept: &[usize], distances: &[Vec<u32>]) -> Option<[usize; 2]> {
    let spread = |atom: usize| {
        let others = || kept.iter().filter(|&&other| other != atom).map(|&other| u64::from(distances[atom][other]));
        let (sum, squares) = (others().sum::<u64>(), others().map(|d| d * d).sum::<u64>());
        others().count() as u64 * squares - sum * sum
    };
    let inner = kept.iter().copied().filter(|&atom| neighbors(molecule, graph, atom).count() > 1);
    let mut order: Vec<(u64, usize)> = inner.map(|atom| (spread(atom), atom)).collect();
    order.sort_unstable();
    let &(_, first) = order.first()?;
    let bonded = |&&(_, atom): &&(u64, usize)| neighbors(molecule, graph, first).any(|next| next == atom);
    Some([first, order[1..].iter().find(bonded)?.1])
}
