//! Weights of torsions by their distance from the middle of the molecule.

use super::skeleton::Skeleton;

/// A distance between atoms that are not connected.
const APART: u32 = u32::MAX;

/// The weights of the torsions about `bonds`, then of the `rings`. Time grows with the square of the atoms, memory with
/// their number.
pub(super) fn weights(skeleton: &Skeleton, bonds: &[[usize; 2]], rings: &[Vec<usize>]) -> Vec<f64> {
    let mut walk = Walk::new(skeleton);
    let Some([first, second]) = central_bond(&mut walk) else {
        return vec![1.0; bonds.len() + rings.len()];
    };
    let (first, second) = (walk.from(first).to_vec(), walk.from(second).to_vec());
    let inner = |end: usize| skeleton.kept[end] && skeleton.is_inner(end);
    let farthest = skeleton
        .graph
        .bonds
        .iter()
        .map(|ends| ends.map(|end| end as usize))
        .filter(|ends| ends.iter().all(|&end| inner(end)))
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

/// Breadth-first walks whose lists serve again.
struct Walk<'a> {
    skeleton: &'a Skeleton<'a>,
    distance: Vec<u32>,
    queue: Vec<usize>,
}

impl<'a> Walk<'a> {
    fn new(skeleton: &'a Skeleton<'a>) -> Self {
        Self { skeleton, distance: vec![APART; skeleton.kept.len()], queue: Vec::new() }
    }

    /// Bonds from `start` to each atom.
    fn from(&mut self, start: usize) -> &[u32] {
        self.distance.fill(APART);
        self.distance[start] = 0;
        self.queue.clear();
        self.queue.push(start);
        let mut next = 0;
        while next < self.queue.len() {
            let atom = self.queue[next];
            next += 1;
            for other in self.skeleton.neighbors(atom) {
                if self.distance[other] == APART {
                    self.distance[other] = self.distance[atom] + 1;
                    self.queue.push(other);
                }
            }
        }
        &self.distance
    }
}

/// The inner atom whose distances to the others vary least, and the next such one that is bonded to it.
///
/// The variance is compared as the integer n Σ d² − (Σ d)², so that ties are ties and the lower index wins.
fn central_bond(walk: &mut Walk) -> Option<[usize; 2]> {
    let skeleton = walk.skeleton;
    let mut order: Vec<(u128, usize)> = Vec::new();
    for atom in (0..skeleton.kept.len()).filter(|&atom| skeleton.kept[atom] && skeleton.is_inner(atom)) {
        walk.from(atom);
        // The atom itself, at distance 0, adds to neither sum.
        let reached = walk.queue.iter().map(|&other| u64::from(walk.distance[other]));
        let add = |(sum, squares): (u64, u128), d: u64| (sum + d, squares + u128::from(d * d));
        let (sum, squares) = reached.fold((0, 0), add);
        order.push(((walk.queue.len() as u128 - 1) * squares - u128::from(sum).pow(2), atom));
    }
    order.sort_unstable();
    let &(_, first) = order.first()?;
    let bonded = |&&(_, atom): &&(u128, usize)| skeleton.neighbors(first).any(|next| next == atom);
    Some([first, order[1..].iter().find(bonded)?.1])
}
