//! Van der Waals energy of all pairs, without a cut-off.
//!
//! ```text
//! E = Σ Dᵢⱼ [(xᵢⱼ/r)¹² − 2 (xᵢⱼ/r)⁶]      xᵢⱼ² = xᵢ xⱼ, Dᵢⱼ² = Dᵢ Dⱼ      over pairs more than two bonds apart
//! ```
//! A molecule is small and its pairs are dense, so row i runs over all j > i in memory order, four at a time; excluded
//! pairs have the depth zero, and rows are padded with atoms of size zero. The arrangement of sums depends on nothing but
//! the number of atoms.

use mol_core::Vec3;

/// Pairs computed together.
const LANES: usize = 4;
/// Where the atoms of the padding are [Å]: away from everything, so that nothing divides by zero.
const AWAY: f64 = 1e30;

/// Parameters: the size of each atom and the depth of each pair.
#[derive(Debug)]
pub(super) struct Pairs {
    atoms: usize,
    /// xᵢ [Å], padded with zeros.
    size: Vec<f64>,
    /// Dᵢⱼ \[eV\], row by row, each row padded to whole lanes.
    depth: Vec<f64>,
}

/// Coordinates and forces of the padded atoms, axis by axis.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    x: [Vec<f64>; 3],
    f: [Vec<f64>; 3],
}

impl Pairs {
    /// Atoms of (x [Å], D \[eV\]); `excluded(i, j)` for i < j says which pairs do not count.
    pub(super) fn new(atoms: &[(f64, f64)], excluded: impl Fn(usize, usize) -> bool) -> Self {
        let mut size: Vec<f64> = atoms.iter().map(|atom| atom.0).collect();
        size.resize(atoms.len() + LANES, 0.0);
        let mut depth = Vec::new();
        for (i, (_, own)) in atoms.iter().enumerate() {
            let row = atoms.iter().enumerate().skip(i + 1);
            depth.extend(row.map(|(j, (_, other))| if excluded(i, j) { 0.0 } else { (own * other).sqrt() }));
            depth.resize(depth.len().next_multiple_of(LANES), 0.0);
        }
        Self { atoms: atoms.len(), size, depth }
    }

    /// Room for the coordinates of these atoms.
    pub(super) fn scratch(&self) -> Scratch {
        let axis = || vec![AWAY; self.size.len()];
        let zeros = || vec![0.0; self.size.len()];
        Scratch { x: [axis(), axis(), axis()], f: [zeros(), zeros(), zeros()] }
    }

    /// Energy \[eV\]; adds forces [eV/Å] where they are wanted.
    ///
    /// Two atoms at one place have the energy +∞, unless they are excluded, which is NaN.
    pub(super) fn sum<const FORCES: bool>(&self, scratch: &mut Scratch, x: &[Vec3], forces: &mut [Vec3]) -> f64 {
        for (axis, column) in scratch.x.iter_mut().enumerate() {
            column.iter_mut().zip(x).for_each(|(to, from)| *to = from[axis]);
        }
        if FORCES {
            scratch.f.iter_mut().for_each(|column| column.fill(0.0));
        }
        let energy = self.rows::<FORCES>(scratch);
        if FORCES {
            let [fx, fy, fz] = &scratch.f;
            for (k, force) in forces.iter_mut().enumerate() {
                *force += Vec3::new(fx[k], fy[k], fz[k]);
            }
        }
        energy
    }

    fn rows<const FORCES: bool>(&self, scratch: &mut Scratch) -> f64 {
        let ([x, y, z], [fx, fy, fz]) = (&scratch.x, &mut scratch.f);
        let mut energy = [0.0; LANES];
        let mut begin = 0;
        for i in 0..self.atoms {
            let length = (self.atoms - 1 - i).next_multiple_of(LANES);
            let (own, own_x, own_y, own_z) = (self.size[i], x[i], y[i], z[i]);
            let row = i + 1..i + 1 + length;
            let depth = self.depth[begin..begin + length].as_chunks::<LANES>().0;
            begin += length;
            let size = self.size[row.clone()].as_chunks::<LANES>().0;
            let (x, y, z) = (lanes(x, &row), lanes(y, &row), lanes(z, &row));
            let mut on_i = [[0.0; LANES]; 3];
            let (fx_row, fy_row, fz_row) = (lanes_mut(fx, &row), lanes_mut(fy, &row), lanes_mut(fz, &row));
            let at = x.iter().zip(y).zip(z);
            let on = fx_row.iter_mut().zip(fy_row).zip(fz_row);
            for (((((x, y), z), size), depth), ((fx, fy), fz)) in at.zip(size).zip(depth).zip(on) {
                // Whole lanes are loaded before any is stored, so that the compiler need not fear that they overlap.
                let dx = x.map(|x| x - own_x);
                let dy = y.map(|y| y - own_y);
                let dz = z.map(|z| z - own_z);
                let mut push = [0.0; LANES];
                for l in 0..LANES {
                    let inverse = 1.0 / (dx[l] * dx[l] + dy[l] * dy[l] + dz[l] * dz[l]);
                    let square = own * size[l] * inverse;
                    let sixth = square * square * square;
                    let well = depth[l] * sixth;
                    energy[l] += well * (sixth - 2.0);
                    push[l] = 12.0 * well * (sixth - 1.0) * inverse;
                }
                if FORCES {
                    push_lanes(fx, &mut on_i[0], &push, &dx);
                    push_lanes(fy, &mut on_i[1], &push, &dy);
                    push_lanes(fz, &mut on_i[2], &push, &dz);
                }
            }
            if FORCES {
                fx[i] -= total(on_i[0]);
                fy[i] -= total(on_i[1]);
                fz[i] -= total(on_i[2]);
            }
        }
        total(energy)
    }
}

#[inline(always)]
fn lanes<'a>(column: &'a [f64], row: &std::ops::Range<usize>) -> &'a [[f64; LANES]] {
    column[row.clone()].as_chunks().0
}

#[inline(always)]
fn lanes_mut<'a>(column: &'a mut [f64], row: &std::ops::Range<usize>) -> &'a mut [[f64; LANES]] {
    column[row.clone()].as_chunks_mut().0
}

/// Adds push · separation to the forces of the row and to their sum.
#[inline(always)]
fn push_lanes(row: &mut [f64; LANES], sum: &mut [f64; LANES], push: &[f64; LANES], separation: &[f64; LANES]) {
    let mut force = [0.0; LANES];
    for l in 0..LANES {
        force[l] = push[l] * separation[l];
    }
    for l in 0..LANES {
        row[l] += force[l];
    }
    for l in 0..LANES {
        sum[l] += force[l];
    }
}

#[inline(always)]
fn total([a, b, c, d]: [f64; LANES]) -> f64 {
    (a + b) + (c + d)
}
