//! Distances, angles and dihedrals of a frame as collective variables.

use super::internal::{angle_of, dihedral_of, distance_of};
use crate::{CollectiveVariable, Derivatives, Domain, Error, Frame, Result, Vec3};
use std::f64::consts::PI;

/// Checks that `chosen` are different atoms of `atoms`.
pub(super) fn check_atoms(atoms: usize, chosen: &[usize]) -> Result<()> {
    let repeated = chosen.iter().enumerate().any(|(k, i)| chosen[..k].contains(i));
    if repeated || chosen.iter().any(|&i| i >= atoms) {
        return Err(Error::InvalidArgument {
            what: "atoms of an internal coordinate",
            expected: "different and smaller than the number of atoms",
            got: format!("{chosen:?} of {atoms} atoms"),
        });
    }
    Ok(())
}

/// The shortest image of the separation from atom `i` to atom `j` [Å].
pub(super) fn separation(frame: Frame<'_>, i: usize, j: usize) -> Vec3 {
    frame.cell.minimum_image(&(frame.positions[j] - frame.positions[i]))
}

/// Distance between two atoms [Å] as a collective variable.
///
/// ```
/// use mol_core::{CollectiveVariable, Derivatives, Frame, Vec3, Want, geometry::Distance};
/// let mut bond = Distance::new(2, [0, 1])?;
/// let mut out = Derivatives::new(2, Want::Forces);
/// let r = bond.value(Frame::isolated(&[Vec3::zeros(), Vec3::new(0.0, 0.0, 1.1)]), &mut out);
/// assert_eq!((r, out.forces()[1].z), (1.1, -1.0));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Distance {
    atoms: usize,
    pair: [usize; 2],
}

impl Distance {
    /// Between the two atoms `pair` of a frame of `atoms` atoms; the shortest image in a periodic cell.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an atom does not exist or is named twice.
    pub fn new(atoms: usize, pair: [usize; 2]) -> Result<Self> {
        check_atoms(atoms, &pair)?;
        Ok(Self { atoms, pair })
    }
}

impl CollectiveVariable for Distance {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let [i, j] = self.pair;
        let r = separation(frame, i, j);
        let (length, gradient) = distance_of(&r);
        out.add_pair(i, j, &r, &-gradient);
        length
    }

    fn boxed_clone(&self) -> Box<dyn CollectiveVariable> {
        Box::new(self.clone())
    }
}

/// Angle of three atoms [rad], in [0, π], as a collective variable; see [`angle`](super::angle).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Angle {
    atoms: usize,
    triple: [usize; 3],
}

impl Angle {
    /// At the second of the three atoms `triple` of a frame of `atoms` atoms; shortest images in a periodic cell.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an atom does not exist or is named twice.
    pub fn new(atoms: usize, triple: [usize; 3]) -> Result<Self> {
        check_atoms(atoms, &triple)?;
        Ok(Self { atoms, triple })
    }
}

impl CollectiveVariable for Angle {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let [a, b, c] = self.triple;
        let (u, v) = (separation(frame, b, a), separation(frame, b, c));
        let (theta, gu, gv) = angle_of(&u, &v);
        out.add_pair(b, a, &u, &-gu);
        out.add_pair(b, c, &v, &-gv);
        theta
    }

    fn boxed_clone(&self) -> Box<dyn CollectiveVariable> {
        Box::new(self.clone())
    }
}

/// Dihedral angle of four atoms [rad], in (−π, π], as a collective variable; see [`dihedral`](super::dihedral).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dihedral {
    atoms: usize,
    chain: [usize; 4],
}

impl Dihedral {
    /// Of the chain of four atoms `chain` of a frame of `atoms` atoms; shortest images in a periodic cell.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an atom does not exist or is named twice.
    pub fn new(atoms: usize, chain: [usize; 4]) -> Result<Self> {
        check_atoms(atoms, &chain)?;
        Ok(Self { atoms, chain })
    }
}

impl CollectiveVariable for Dihedral {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn domain(&self) -> Domain {
        Domain::Periodic { low: -PI, high: PI }
    }

    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let [a, b, c, d] = self.chain;
        let (f, g, h) = (separation(frame, b, a), separation(frame, c, b), separation(frame, c, d));
        let (phi, gf, gg, gh) = dihedral_of(&f, &g, &h);
        out.add_pair(b, a, &f, &-gf);
        out.add_pair(c, b, &g, &-gg);
        out.add_pair(c, d, &h, &-gh);
        phi
    }

    fn boxed_clone(&self) -> Box<dyn CollectiveVariable> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Mat3, Want};

    fn all() -> Vec<Box<dyn CollectiveVariable>> {
        vec![
            Box::new(Distance::new(5, [4, 1]).unwrap()),
            Box::new(Angle::new(5, [0, 2, 3]).unwrap()),
            Box::new(Dihedral::new(5, [3, 1, 0, 2]).unwrap()),
        ]
    }

    fn positions() -> Vec<Vec3> {
        [[0.1, 0.2, 0.3], [1.4, -0.3, 0.2], [-0.4, 1.3, 0.9], [2.0, 0.8, -0.9], [5.9, 6.1, 7.0]].map(Vec3::from).into()
    }

    #[test]
    fn forces_and_virial_are_the_differences() {
        let cell = Cell::from_parameters(7.0, 6.5, 8.0, 80.0, 95.0, 70.0).unwrap();
        let x = positions();
        for mut cv in all() {
            let mut out = Derivatives::new(5, Want::Virial);
            let mut ignore = Derivatives::new(5, Want::Energy);
            let s = cv.value(Frame::new(&x, &cell), &mut out);
            assert_eq!(cv.value(Frame::new(&x, &cell), &mut ignore), s);
            let step = 1e-6;
            for i in 0..5 {
                for k in 0..3 {
                    let mut at = |sign: f64| {
                        let mut moved = x.clone();
                        moved[i][k] += sign * step;
                        cv.value(Frame::new(&moved, &cell), &mut ignore)
                    };
                    let slope = (at(1.0) - at(-1.0)) / (2.0 * step);
                    assert!((out.forces()[i][k] + slope).abs() < 1e-8, "{i} {k}: {} {slope}", out.forces()[i][k]);
                }
            }
            for a in 0..3 {
                for b in 0..3 {
                    let mut at = |sign: f64| {
                        let mut strain = Mat3::zeros();
                        strain[(a, b)] = sign * step;
                        let moved: Vec<Vec3> = x.iter().map(|x| x + strain * x).collect();
                        cv.value(Frame::new(&moved, &cell.strained(&strain).unwrap()), &mut ignore)
                    };
                    let slope = (at(1.0) - at(-1.0)) / (2.0 * step);
                    assert!((out.virial()[(a, b)] + slope).abs() < 1e-7, "{a} {b}: {} {slope}", out.virial()[(a, b)]);
                }
            }
        }
    }

    #[test]
    fn a_molecule_cut_by_the_cell_has_the_values_of_the_whole_one() {
        let cell = Cell::orthorhombic(20.0, 20.0, 20.0).unwrap();
        let whole = positions();
        let mut cut = whole.clone();
        cut[0].x += 20.0;
        cut[3].y -= 40.0;
        for mut cv in all() {
            let mut out = Derivatives::new(5, Want::Energy);
            let expected = cv.value(Frame::new(&whole, &cell), &mut out);
            assert!((cv.value(Frame::new(&cut, &cell), &mut out) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn impossible_atoms_are_refused() {
        assert!(Distance::new(5, [0, 5]).is_err() && Distance::new(5, [2, 2]).is_err());
        assert!(Angle::new(5, [0, 1, 0]).is_err() && Dihedral::new(3, [0, 1, 2, 3]).is_err());
        assert_eq!(Dihedral::new(4, [0, 1, 2, 3]).unwrap().domain(), Domain::Periodic { low: -PI, high: PI });
    }
}
