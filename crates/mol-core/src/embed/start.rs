//! From bounds to places: random distances, the metric matrix, its largest four eigenvectors.

use super::bounds::Bounds;
use super::descent::dot;
use crate::Rng;

/// Rounds of subspace iteration: the places are a start, not a solution.
const ROUNDS: usize = 12;

/// Memory of [`places`].
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    gram: Vec<f64>,
    from_centre: Vec<f64>,
    vectors: [Vec<f64>; 4],
    image: Vec<f64>,
}

/// Places in four dimensions [Å]: a point of the Gram matrix of random distances between the bounds,
///
/// ```text
/// Gᵢⱼ = ½ (D²ᵢ₀ + D²ⱼ₀ − D²ᵢⱼ),   D²ᵢ₀ = Σⱼ D²ᵢⱼ / n − Σⱼₖ D²ⱼₖ / 2n²,   xᵢ = (√λ₁ v₁ᵢ, …, √λ₄ v₄ᵢ)
/// ```
///
/// Crippen and Havel, *Distance Geometry and Molecular Conformation* (1988). The eigenvectors come from a few rounds of
/// orthogonal iteration (λ and v are not converged, nor need they be). All x come first, then all y, z and w, each filled
/// up with zeros to `width`.
pub(super) fn places(bounds: &Bounds, width: usize, scratch: &mut Scratch, x: &mut Vec<f64>, rng: &mut Rng) {
    let n = bounds.atoms;
    let Scratch { gram, from_centre, vectors, image } = scratch;
    gram.clear();
    gram.resize(n * n, 0.0);
    for i in 0..n {
        for j in 0..i {
            let (lower, upper) = (bounds.lower(i, j), bounds.upper(i, j));
            let distance = lower + (upper - lower) * rng.uniform();
            gram[i * n + j] = distance * distance;
            gram[j * n + i] = distance * distance;
        }
    }
    let count = n as f64;
    from_centre.clear();
    from_centre.extend(gram.chunks_exact(n).map(|row| row.iter().sum::<f64>() / count));
    let mean = from_centre.iter().sum::<f64>() / (2.0 * count);
    for d in from_centre.iter_mut() {
        *d -= mean;
    }
    for (row, &own) in gram.chunks_exact_mut(n).zip(from_centre.iter()) {
        for (entry, &other) in row.iter_mut().zip(from_centre.iter()) {
            *entry = 0.5 * (own + other - *entry);
        }
    }
    for vector in vectors.iter_mut() {
        vector.clear();
        vector.extend((0..n).map(|_| rng.normal()));
    }
    let mut values = [0.0; 4];
    for _ in 0..ROUNDS {
        for axis in 0..4 {
            image.clear();
            image.extend(gram.chunks_exact(n).map(|row| dot(row, &vectors[axis])));
            std::mem::swap(image, &mut vectors[axis]);
            let (before, rest) = vectors.split_at_mut(axis);
            let own = &mut rest[0];
            for other in before.iter() {
                let overlap = dot(own, other);
                own.iter_mut().zip(other).for_each(|(x, y)| *x -= overlap * y);
            }
            let length = dot(own, own).sqrt();
            values[axis] = length;
            let scale = if length > 1e-9 { 1.0 / length } else { 0.0 };
            for x in own.iter_mut() {
                *x *= scale;
            }
        }
    }
    x.clear();
    x.resize(4 * width, 0.0);
    for axis in 0..4 {
        let flat = values[axis] < 1e-3;
        let size = values[axis].sqrt();
        for (place, &share) in x[axis * width..].iter_mut().zip(&vectors[axis]) {
            // Chance fills a dimension that the matrix does not have, or nothing could leave a plane.
            *place = if flat { 0.1 * rng.normal() } else { size * share };
        }
    }
}
