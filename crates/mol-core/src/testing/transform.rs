//! Symmetry operations on frames.

use crate::{Cell, Frame, Mat3, Rng, Vec3};

/// Positions mapped by `map`; lattice vectors mapped likewise and recombined by `rows` (an integer matrix of
/// determinant ±1, which leaves the lattice as it is).
pub(super) fn transform(frame: Frame<'_>, map: &Mat3, rows: &Mat3) -> (Vec<Vec3>, Cell) {
    let positions = frame.positions.iter().map(|x| map * x).collect();
    let Some(vectors) = frame.cell.vectors() else { return (positions, Cell::NONE) };
    let old = frame.cell.periodic();
    let periodic = [0, 1, 2].map(|new| (0..3).any(|k| rows[(new, k)] != 0.0 && old[k]));
    (positions, cell(rows * vectors * map.transpose(), periodic))
}

/// The frame under the strain x → x · `strain` of rows.
pub(super) fn strained(frame: Frame<'_>, strain: &Mat3) -> (Vec<Vec3>, Cell) {
    let positions = frame.positions.iter().map(|x| strain.tr_mul(x)).collect();
    let Some(vectors) = frame.cell.vectors() else { return (positions, Cell::NONE) };
    (positions, cell(vectors * strain, frame.cell.periodic()))
}

fn cell(vectors: Mat3, periodic: [bool; 3]) -> Cell {
    Cell::new(vectors, periodic).expect("an image of a valid cell under a near-orthogonal map")
}

/// x → y → z → x.
pub(super) fn cyclic() -> Mat3 {
    Mat3::new(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
}

/// x → −x.
pub(super) fn mirrored() -> Mat3 {
    Mat3::from_diagonal(&Vec3::new(-1.0, 1.0, 1.0))
}

/// A uniformly random rotation: a normalised quaternion of four normal numbers.
pub(super) fn random_rotation(rng: &mut Rng) -> Mat3 {
    let [w, x, y, z] = [(); 4].map(|()| rng.normal());
    let quaternion = nalgebra::UnitQuaternion::from_quaternion(nalgebra::Quaternion::new(w, x, y, z));
    quaternion.to_rotation_matrix().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn random_rotations_are_proper() {
        let rotation = random_rotation(&mut Seed::new(3).rng());
        assert!((rotation * rotation.transpose() - Mat3::identity()).amax() < 1e-15);
        assert!((rotation.determinant() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn cyclic_axes_keep_an_orthorhombic_cell_diagonal() {
        let cell = Cell::orthorhombic(3.0, 4.0, 5.0).unwrap();
        let at = [Vec3::new(1.0, 2.0, 3.0)];
        let (positions, turned) = transform(Frame::new(&at, &cell), &cyclic(), &cyclic());
        assert_eq!(positions[0], Vec3::new(3.0, 1.0, 2.0));
        assert_eq!(turned, Cell::orthorhombic(5.0, 3.0, 4.0).unwrap());
        let (_, same) = transform(Frame::new(&at, &cell), &mirrored(), &mirrored());
        assert_eq!(same, cell);
    }
}
