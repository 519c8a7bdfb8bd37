//! From bounds to places: random distances, the metric matrix, its largest four eigenvectors.

use super::bounds::Bounds;
use crate::Rng;
use nalgebra::{DMatrix, SymmetricEigen};

/// Places in four dimensions [Å], shape `[atoms]`: a point of the Gram matrix of random distances between the bounds,
///
/// ```text
/// Gᵢⱼ = ½ (D²ᵢ₀ + D²ⱼ₀ − D²ᵢⱼ),   D²ᵢ₀ = Σⱼ D²ᵢⱼ / n − Σⱼₖ D²ⱼₖ / 2n²,   xᵢ = (√λ₁ v₁ᵢ, …, √λ₄ v₄ᵢ)
/// ```
///
/// Crippen and Havel, *Distance Geometry and Molecular Conformation* (1988).
pub(super) fn places(bounds: &Bounds, rng: &mut Rng) -> Vec<[f64; 4]> {
    let n = bounds.atoms;
    let mut squares = DMatrix::<f64>::zeros(n, n);
    for i in 0..n {
        for j in 0..i {
            let (lower, upper) = (bounds.lower(i, j), bounds.upper(i, j));
            let distance = lower + (upper - lower) * rng.uniform();
            (squares[(i, j)], squares[(j, i)]) = (distance * distance, distance * distance);
        }
    }
    let count = n as f64;
    let mean = squares.sum() / (2.0 * count * count);
    let from_centre: Vec<f64> = (0..n).map(|i| squares.row(i).sum() / count - mean).collect();
    let gram = DMatrix::from_fn(n, n, |i, j| 0.5 * (from_centre[i] + from_centre[j] - squares[(i, j)]));
    let eigen = SymmetricEigen::new(gram);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]).then(a.cmp(&b)));
    let mut places = vec![[0.0; 4]; n];
    for axis in 0..4 {
        let vector = order.get(axis).filter(|&&k| eigen.eigenvalues[k] > 1e-6);
        for (i, place) in places.iter_mut().enumerate() {
            // Chance fills a dimension that the matrix does not have, or nothing could leave a plane.
            place[axis] = match vector {
                Some(&k) => eigen.eigenvalues[k].sqrt() * eigen.eigenvectors[(i, k)],
                None => 0.1 * rng.normal(),
            };
        }
    }
    places
}
