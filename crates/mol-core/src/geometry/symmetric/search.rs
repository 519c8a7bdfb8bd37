//! The rotation and the symmetry that together bring two sets of points closest.
//!
//! For one rotation R the best symmetry is a matter of independent local choices ([`Overlap::at`]); for one symmetry the
//! best rotation is known in closed form. Going back and forth between the two ends in the nearest optimum, not in the best
//! one. The search therefore covers all rotations by balls and asks of each how much any symmetry could gain in it:
//!
//! ```text
//! max over R in the ball, g  of  tr(Rᵀ M_g)   ≤   max over R in the ball of tr(Rᵀ M_h)  +  Σ excess(choice)
//! ```
//!
//! where M_g = Σ yᵢ x_g(i)ᵀ, h is the best symmetry at the centre of the ball, and the excess of a choice is how much more
//! than h another decision could give anywhere in the ball: a 3 × 3 matrix again, small because only a branch moves. A ball
//! that cannot beat the best symmetry found is dropped; one in which few decisions are in doubt is settled by trying those;
//! others are cut in eight. Small balls leave no doubt, so the result is exact, and the cost grows with the number of
//! choices, not with the number of their combinations. (Balls of rotations: Hartley and Kahl, *Int. J. Comput. Vis.* **82**,
//! 64 (2009).)

use super::super::overlap::{best_rotation, largest_overlap};
use super::assignment::{FEW, assign, permutations};
use super::exchange::{Choice, Exchanges};
use crate::{Mat3, Vec3};
use nalgebra::Rotation3;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::f64::consts::PI;

/// Most combinations of doubtful decisions that are tried one by one.
const FEW_COMBINATIONS: usize = 64;
/// Groups up to this order are tried one by one from the start.
const SMALL_GROUP: usize = 1024;
/// Gain, over the largest possible overlap, that is not looked for.
pub(super) const NEGLIGIBLE: f64 = 1e-13;

/// The overlap of two centred sets of points under the symmetries of a molecule.
pub(super) struct Overlap<'a> {
    exchanges: &'a Exchanges,
    /// Σ y xᵀ of each node's own pairs.
    own: Vec<Mat3>,
}

/// What the best decisions below a node give at one rotation, and how far others could go beyond in a ball around it.
#[derive(Clone, Copy)]
struct Best {
    matrix: Mat3,
    value: f64,
    excess: f64,
}

/// A ball of rotations: all that turn at most `radius` after the one at its centre.
struct Ball {
    centre: Mat3,
    cosine: f64,
    sine: f64,
    radius: f64,
}

impl Ball {
    fn new(centre: Mat3, radius: f64) -> Self {
        let radius = radius.min(PI);
        Self { centre, cosine: radius.cos(), sine: radius.sin(), radius }
    }

    /// At least the largest tr(Rᵀ M) over the ball. With A = M R₀ᵀ and a turn by φ about n,
    /// tr(Rᵀ M) = nᵀAn + (tr A − nᵀAn) cos φ + n·a sin φ, and nᵀAn is at most the largest eigenvalue μ.
    fn bound(&self, matrix: &Mat3) -> f64 {
        let a = matrix * self.centre.transpose();
        let trace = a.trace();
        let axial = Vec3::new(a[(2, 1)] - a[(1, 2)], a[(0, 2)] - a[(2, 0)], a[(1, 0)] - a[(0, 1)]).norm();
        let mean = trace / 3.0;
        let off = |i, j| 0.5 * (a[(i, j)] + a[(j, i)]);
        let (x, y, z) = (a[(0, 0)] - mean, a[(1, 1)] - mean, a[(2, 2)] - mean);
        let spread = x * x + y * y + z * z + 2.0 * (off(0, 1).powi(2) + off(0, 2).powi(2) + off(1, 2).powi(2));
        // No eigenvalue of a traceless symmetric matrix exceeds √⅔ of its norm.
        let top = mean + (2.0 / 3.0 * spread).sqrt();
        let (along, across) = (trace - top, axial);
        // The maximum over all φ stands at tan φ = across / along.
        let highest = (along * along + across * across).sqrt();
        if along >= self.cosine * highest { top + highest } else { top + along * self.cosine + across * self.sine }
    }
}

impl<'a> Overlap<'a> {
    pub(super) fn new(exchanges: &'a Exchanges, mobile: &[Vec3], target: &[Vec3]) -> Self {
        let sum = |pairs: &[(u32, u32)]| {
            pairs.iter().fold(Mat3::zeros(), |sum, &(y, x)| sum + target[y as usize] * mobile[x as usize].transpose())
        };
        Self { exchanges, own: exchanges.nodes.iter().map(|node| sum(&node.pairs)).collect() }
    }

    /// The symmetry that is best for `rotation`: the mobile vertex of each target vertex.
    pub(super) fn symmetry_at(&self, rotation: &Mat3) -> Vec<usize> {
        let best = self.evaluate(&Ball::new(*rotation, 0.0));
        let nodes = &self.exchanges.nodes;
        let mut image = Vec::new();
        let mut open = vec![nodes.len() - 1];
        while let Some(node) = open.pop() {
            for &(y, x) in &nodes[node].pairs {
                let y = y as usize;
                if image.len() <= y {
                    image.resize(y + 1, 0);
                }
                image[y] = x as usize;
            }
            for choice in &nodes[node].choices {
                match choice {
                    Choice::Permute { k, entries } => {
                        let decided = decide(*k, &|i, j| best[entries[i * k + j]].value);
                        open.extend(decided.iter().enumerate().map(|(i, &j)| entries[i * k + j]));
                    }
                    Choice::Map { options } => open.push(options[largest(options, &best)]),
                }
            }
        }
        image
    }

    /// All nodes from the bottom up.
    fn evaluate(&self, ball: &Ball) -> Vec<Best> {
        let trace = |m: &Mat3| m.dot(&ball.centre);
        let mut all: Vec<Best> = Vec::with_capacity(self.own.len());
        for (node, own) in self.exchanges.nodes.iter().zip(&self.own) {
            let mut matrix = *own;
            let mut excess = 0.0;
            for choice in &node.choices {
                let (best, more) = match choice {
                    Choice::Permute { k, entries } => permute(ball, *k, entries, &all),
                    Choice::Map { options } => {
                        let chosen = &all[options[largest(options, &all)]];
                        let beyond = |&option: &usize| {
                            let other = &all[option];
                            ball.bound(&(other.matrix - chosen.matrix)) + other.excess
                        };
                        let more = if ball.radius > 0.0 {
                            options.iter().map(beyond).fold(chosen.excess, f64::max)
                        } else {
                            0.0
                        };
                        (chosen.matrix, more)
                    }
                };
                matrix += best;
                excess += more;
            }
            all.push(Best { matrix, value: trace(&matrix), excess });
        }
        all
    }

    /// The matrices of all combinations of decisions, or of those that could be best somewhere in a ball whose nodes are
    /// evaluated; `None` if there are more than `limit`.
    fn combinations(&self, within: Option<(&Ball, &[Best])>, limit: usize) -> Option<Vec<Mat3>> {
        let mut lists: Vec<Option<Vec<Mat3>>> = Vec::with_capacity(self.own.len());
        for (place, node) in self.exchanges.nodes.iter().enumerate() {
            let settled = within.map(|(_, all)| all[place]).filter(|best| best.excess <= 0.0);
            if let Some(best) = settled {
                lists.push(Some(vec![best.matrix]));
                continue;
            }
            let mut list = Some(vec![self.own[place]]);
            for choice in &node.choices {
                let ways = ways(choice, within);
                let mut sums = ways.is_some().then(Vec::new);
                for way in ways.into_iter().flatten() {
                    let mut partial = Some(vec![Mat3::zeros()]);
                    for child in way {
                        partial = product(partial, lists[child].as_deref(), limit);
                    }
                    sums = sums.zip(partial).filter(|(sums, partial)| sums.len() + partial.len() <= limit).map(
                        |(mut sums, partial)| {
                            sums.extend(partial);
                            sums
                        },
                    );
                    if sums.is_none() {
                        break;
                    }
                }
                list = product(list, sums.as_deref(), limit);
            }
            lists.push(list);
        }
        lists.pop().flatten()
    }
}

/// All sums of one of each list, `None` if there are more than `limit`.
fn product(a: Option<Vec<Mat3>>, b: Option<&[Mat3]>, limit: usize) -> Option<Vec<Mat3>> {
    let (mut a, b) = (a?, b?);
    if let [one] = b {
        for x in &mut a {
            *x += one;
        }
        return Some(a);
    }
    (a.len() * b.len() <= limit).then(|| a.iter().flat_map(|x| b.iter().map(move |y| x + y)).collect())
}

/// The decisions of one choice (that could be best in the ball) as the nodes that each asks for; `None` if they are too
/// many to be listed.
fn ways(choice: &Choice, within: Option<(&Ball, &[Best])>) -> Option<Vec<SmallVec<[usize; FEW]>>> {
    match choice {
        Choice::Permute { k, .. } if *k > FEW => None,
        Choice::Permute { k, entries } => {
            let nodes = |p: &[u8; FEW]| (0..*k).map(|i| entries[i * k + usize::from(p[i])]).collect();
            let all = permutations(*k).iter().map(nodes);
            let Some((ball, best)) = within else { return Some(all.collect()) };
            let matrix = |way: &SmallVec<[usize; FEW]>| way.iter().map(|&node| best[node].matrix).sum::<Mat3>();
            let chosen = decide(*k, &|i, j| best[entries[i * k + j]].value);
            let chosen: SmallVec<[usize; FEW]> = (0..*k).map(|i| entries[i * k + chosen[i]]).collect();
            let base = matrix(&chosen);
            let doubtful = |way: &SmallVec<[usize; FEW]>| {
                let excess: f64 = way.iter().map(|&node| best[node].excess).sum();
                *way == chosen || ball.bound(&(matrix(way) - base)) + excess > 0.0
            };
            Some(all.filter(doubtful).collect())
        }
        Choice::Map { options } => {
            let doubtful = |&&option: &&usize| {
                within.is_none_or(|(ball, best)| {
                    let chosen = options[largest(options, best)];
                    let more = || ball.bound(&(best[option].matrix - best[chosen].matrix)) + best[option].excess;
                    option == chosen || more() > 0.0
                })
            };
            Some(options.iter().filter(doubtful).map(|&option| SmallVec::from_slice(&[option])).collect())
        }
    }
}

/// The first of the options of largest value.
fn largest(options: &[usize], all: &[Best]) -> usize {
    let mut best = 0;
    for (place, &option) in options.iter().enumerate() {
        if all[option].value > all[options[best]].value {
            best = place;
        }
    }
    best
}

/// The permutation of largest sum.
fn decide(k: usize, value: &dyn Fn(usize, usize) -> f64) -> SmallVec<[usize; 8]> {
    if k > FEW {
        return assign(k, value);
    }
    let sum = |p: &[u8; FEW]| (0..k).map(|i| value(i, usize::from(p[i]))).sum::<f64>();
    let (mut best, mut most) = (&permutations(k)[0], f64::NEG_INFINITY);
    for permutation in permutations(k) {
        let value = sum(permutation);
        if value > most {
            (best, most) = (permutation, value);
        }
    }
    best[..k].iter().map(|&j| usize::from(j)).collect()
}

/// The best permutation of alike branches: its matrix, and how much more another could give in the ball.
fn permute(ball: &Ball, k: usize, entries: &[usize], all: &[Best]) -> (Mat3, f64) {
    let at = |i: usize, j: usize| &all[entries[i * k + j]];
    let chosen = decide(k, &|i, j| at(i, j).value);
    let base: Mat3 = (0..k).map(|i| at(i, chosen[i]).matrix).sum();
    if ball.radius == 0.0 {
        return (base, 0.0);
    }
    let mut excess: f64 = (0..k).map(|i| at(i, chosen[i]).excess).sum();
    if k <= FEW {
        for permutation in permutations(k) {
            let other = |i: usize| at(i, usize::from(permutation[i]));
            if (0..k).all(|i| usize::from(permutation[i]) == chosen[i]) {
                continue;
            }
            let matrix: Mat3 = (0..k).map(|i| other(i).matrix).sum();
            let more: f64 = (0..k).map(|i| other(i).excess).sum();
            excess = excess.max(ball.bound(&(matrix - base)) + more);
        }
        return (base, excess);
    }
    // What all permutations share is taken out of the entries, so that only differences between branches are bounded.
    let mean = |sum: Mat3| sum / k as f64;
    let rows: Vec<Mat3> = (0..k).map(|i| mean((0..k).map(|j| at(i, j).matrix).sum())).collect();
    let columns: Vec<Mat3> = (0..k).map(|j| mean((0..k).map(|i| at(i, j).matrix).sum())).collect();
    let whole: Mat3 = mean(rows.iter().sum());
    let bounds: Vec<f64> = (0..k * k)
        .map(|place| {
            let (i, j) = (place / k, place % k);
            ball.bound(&(at(i, j).matrix - rows[i] - columns[j] + whole)) + at(i, j).excess
        })
        .collect();
    let top: f64 = assign(k, &|i, j| bounds[i * k + j]).iter().enumerate().map(|(i, &j)| bounds[i * k + j]).sum();
    // The chosen permutation in the same terms, at its least.
    let least = -ball.bound(&-(base - whole * k as f64));
    (base, excess.max(top - least))
}

/// A cube of rotation vectors that is still open.
struct Open {
    bound: f64,
    centre: Vec3,
    half: f64,
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |open: &Self| [open.centre.x, open.centre.y, open.centre.z];
        let by_place = || place(self).partial_cmp(&place(other)).expect("centres are numbers");
        self.bound.total_cmp(&other.bound).then_with(by_place)
    }
}

/// How a search ended.
pub(super) struct Found {
    /// A rotation; the best symmetry for it is the answer.
    pub(super) rotation: Mat3,
    /// Its overlap.
    pub(super) overlap: f64,
    /// No overlap is larger than this.
    pub(super) bound: f64,
}

impl Overlap<'_> {
    /// Searches all rotations, with `limit` units of work at most, until no overlap can be larger than the largest found, or one
    /// of at least `enough` is found, or none can reach `least`. `possible` is the largest overlap that the points allow.
    pub(super) fn search(&self, possible: f64, least: f64, enough: f64, limit: usize) -> Found {
        if self.exchanges.order.is_some_and(|order| order <= SMALL_GROUP as u128)
            && let Some(all) = self.combinations(None, SMALL_GROUP)
        {
            let mut found = Found { rotation: Mat3::identity(), overlap: f64::NEG_INFINITY, bound: possible };
            self.climb_best(&all, &mut found);
            found.bound = found.overlap;
            return found;
        }
        self.search_balls(possible, least, enough, limit)
    }

    /// [`search`](Self::search) for groups of any order.
    pub(super) fn search_balls(&self, possible: f64, least: f64, enough: f64, limit: usize) -> Found {
        let tolerance = NEGLIGIBLE * possible;
        let mut found = Found { rotation: Mat3::identity(), overlap: f64::NEG_INFINITY, bound: possible };
        let mut open = BinaryHeap::new();
        for place in 0..64_u8 {
            let side = |shift: u8| (f64::from(place >> shift & 3) - 1.5) * (0.5 * PI);
            open.push(Open { bound: possible, centre: Vec3::new(side(0), side(2), side(4)), half: 0.25 * PI });
        }
        let (mut work, each) = (0, self.exchanges.work());
        while let Some(cube) = open.pop() {
            if cube.bound <= found.overlap.max(least) + tolerance || found.overlap >= possible - tolerance {
                break;
            }
            if work >= limit || found.overlap >= enough {
                found.bound = cube.bound.max(found.overlap);
                return found;
            }
            for corner in 0..8_u8 {
                let half = 0.5 * cube.half;
                let side = |bit: u8| if corner & bit == 0 { -half } else { half };
                let centre = cube.centre + Vec3::new(side(1), side(2), side(4));
                let radius = 3.0_f64.sqrt() * half;
                // All rotations have a vector of length π at most.
                if centre.norm() - radius > PI {
                    continue;
                }
                work += each;
                let ball = Ball::new(*Rotation3::new(centre).matrix(), radius);
                let all = self.evaluate(&ball);
                let top = all.last().expect("the whole is a node");
                let bound = (ball.bound(&top.matrix) + top.excess).min(cube.bound);
                if bound <= found.overlap.max(least) + tolerance {
                    continue;
                }
                self.climb(&top.matrix, &mut found);
                if bound <= found.overlap.max(least) + tolerance || top.excess <= 0.0 {
                    continue;
                }
                if let Some(few) = self.combinations(Some((&ball, &all)), FEW_COMBINATIONS) {
                    self.climb_best(&few, &mut found);
                    continue;
                }
                open.push(Open { bound, centre, half });
            }
        }
        found.bound = found.overlap.max(least);
        found
    }

    /// Climbs from the matrix of largest overlap.
    fn climb_best(&self, matrices: &[Mat3], found: &mut Found) {
        let (mut best, mut most) = (None, found.overlap);
        for matrix in matrices {
            let overlap = largest_overlap(matrix);
            if overlap > most {
                (best, most) = (Some(matrix), overlap);
            }
        }
        if let Some(matrix) = best {
            self.climb(matrix, found);
        }
    }

    /// Goes from a symmetry's matrix to its best rotation, to the best symmetry there, and on while it gains.
    fn climb(&self, matrix: &Mat3, found: &mut Found) {
        let mut matrix = *matrix;
        loop {
            if largest_overlap(&matrix) <= found.overlap {
                return;
            }
            let (overlap, rotation) = best_rotation(&matrix.transpose());
            if overlap <= found.overlap {
                return;
            }
            (found.overlap, found.rotation) = (overlap, rotation);
            matrix = self.evaluate(&Ball::new(rotation, 0.0)).last().expect("the whole is a node").matrix;
        }
    }
}
