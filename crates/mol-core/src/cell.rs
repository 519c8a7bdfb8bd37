//! Periodic cells: none, orthorhombic, triclinic, and slabs or wires that repeat in some directions only.
//!
//! A cell is three lattice vectors, the **rows** of a matrix (as in ASE and extended XYZ), with one periodicity flag
//! each. Its inverse is kept, so that fractional coordinates cost one product. The vectors stand in space as they are
//! given: nothing rotates them into a standard orientation, nothing reduces them, and left-handed ones are allowed.
//! Symmetry (space groups, primitive cells) is deliberately not here.

use crate::{Error, Mat3, Result, Vec3};
use std::cmp::Ordering;

/// Smallest |det| of the unit vectors along a, b, c that still counts as a cell.
const SINGULAR: f64 = 1e-6;

/// Periodic cell: none, orthorhombic or triclinic, each direction periodic or not.
///
/// With lattice vectors **a**, **b**, **c** as rows of V:
///
/// ```text
/// x = Vᵀ s        s = (Vᵀ)⁻¹ x        volume = |det V|
/// ```
///
/// where x is Cartesian [Å] and s fractional. A direction that is not periodic still has a vector (fractional
/// coordinates and volume need it), but nothing repeats along it.
///
/// ```
/// use mol_core::{Cell, Vec3};
/// let cell = Cell::orthorhombic(10.0, 12.0, 14.0)?;
/// assert_eq!(cell.volume(), Some(1680.0));
/// assert_eq!(cell.minimum_image(&Vec3::new(9.0, 0.0, -8.0)), Vec3::new(-1.0, 0.0, 6.0));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Option<Stored>", into = "Option<Stored>")]
pub struct Cell(Option<Lattice>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Lattice {
    vectors: Mat3,
    /// (Vᵀ)⁻¹: its rows are the reciprocal vectors without 2π.
    inverse: Mat3,
    periodic: [bool; 3],
}

/// What a file holds of a cell.
#[derive(serde::Serialize, serde::Deserialize)]
struct Stored {
    vectors: [[f64; 3]; 3],
    periodic: [bool; 3],
}

impl From<Cell> for Option<Stored> {
    fn from(cell: Cell) -> Self {
        cell.0.map(|l| Stored { vectors: l.vectors.transpose().into(), periodic: l.periodic })
    }
}

impl TryFrom<Option<Stored>> for Cell {
    type Error = Error;
    fn try_from(stored: Option<Stored>) -> Result<Self> {
        stored.map_or(Ok(Self::NONE), |s| Self::new(Mat3::from(s.vectors).transpose(), s.periodic))
    }
}

impl Cell {
    /// No periodicity.
    pub const NONE: Self = Self(None);

    /// A cell of the lattice vectors in the rows of `vectors` [Å], periodic where `periodic` says so.
    ///
    /// The zero vector is allowed in a direction that is not periodic and is replaced by a unit vector normal to the
    /// others. If no direction is periodic the result is [`Cell::NONE`].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an entry is not finite or the vectors are linearly dependent.
    pub fn new(vectors: Mat3, periodic: [bool; 3]) -> Result<Self> {
        if vectors.iter().any(|x| !x.is_finite()) {
            return Err(invalid("finite", &vectors));
        }
        if periodic == [false; 3] {
            return Ok(Self::NONE);
        }
        let vectors = complete(vectors, periodic);
        let lengths: f64 = vectors.row_iter().map(|row| row.norm()).product();
        let singular = || invalid("three linearly independent vectors", &vectors);
        // A product that overflowed to NaN is no cell either.
        if vectors.determinant().abs().partial_cmp(&(SINGULAR * lengths)) != Some(Ordering::Greater) {
            return Err(singular());
        }
        let inverse = vectors.transpose().try_inverse().ok_or_else(singular)?;
        if inverse.iter().any(|x| !x.is_finite()) {
            return Err(singular());
        }
        Ok(Self(Some(Lattice { vectors, inverse, periodic })))
    }

    /// The cell spanned by three vectors [Å], periodic in all directions.
    ///
    /// # Errors
    /// As [`Cell::new`].
    pub fn from_vectors(vectors: [Vec3; 3]) -> Result<Self> {
        Self::new(Mat3::from_columns(&vectors).transpose(), [true; 3])
    }

    /// A box with edges `a`, `b`, `c` [Å] along x, y, z, periodic in all directions.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an edge is not positive.
    pub fn orthorhombic(a: f64, b: f64, c: f64) -> Result<Self> {
        positive([a, b, c])?;
        Self::new(Mat3::from_diagonal(&Vec3::new(a, b, c)), [true; 3])
    }

    /// The cell of edges `a`, `b`, `c` [Å] and angles α = ∠(**b**, **c**), β = ∠(**a**, **c**), γ = ∠(**a**, **b**)
    /// [degrees], with **a** along x and **b** in the xy plane.
    ///
    /// ```
    /// let cell = mol_core::Cell::from_parameters(3.0, 3.0, 5.0, 90.0, 90.0, 120.0)?;
    /// assert!((cell.volume().unwrap() - 45.0 * 0.75_f64.sqrt()).abs() < 1e-12);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an edge is not positive or the angles enclose no volume.
    pub fn from_parameters(a: f64, b: f64, c: f64, alpha: f64, beta: f64, gamma: f64) -> Result<Self> {
        positive([a, b, c])?;
        // Right angles give exact zeros, so that such a cell takes the orthorhombic path.
        let cosine = |angle: f64| if angle == 90.0 { 0.0 } else { angle.to_radians().cos() };
        let (ca, cb, cg) = (cosine(alpha), cosine(beta), cosine(gamma));
        let sg = if gamma == 90.0 { 1.0 } else { gamma.to_radians().sin() };
        let cy = (ca - cb * cg) / sg;
        let cz = (1.0 - cb * cb - cy * cy).sqrt();
        if !(cz > 0.0 && sg > 0.0) {
            return Err(Error::InvalidArgument {
                what: "cell angles",
                expected: "in (0°, 180°) and enclose a volume",
                got: format!("α = {alpha}, β = {beta}, γ = {gamma}"),
            });
        }
        Self::from_vectors([Vec3::new(a, 0.0, 0.0), Vec3::new(b * cg, b * sg, 0.0), Vec3::new(c * cb, c * cy, c * cz)])
    }

    /// Lattice vectors as rows [Å], if periodic in any direction.
    #[must_use]
    pub const fn vectors(&self) -> Option<&Mat3> {
        match &self.0 {
            Some(lattice) => Some(&lattice.vectors),
            None => None,
        }
    }

    /// (Vᵀ)⁻¹, whose product with a point is its fractional coordinates.
    pub(crate) const fn inverse(&self) -> Option<&Mat3> {
        match &self.0 {
            Some(lattice) => Some(&lattice.inverse),
            None => None,
        }
    }

    /// Which directions repeat.
    #[must_use]
    pub const fn periodic(&self) -> [bool; 3] {
        match &self.0 {
            Some(lattice) => lattice.periodic,
            None => [false; 3],
        }
    }

    /// Whether any direction repeats.
    #[must_use]
    pub const fn is_periodic(&self) -> bool {
        self.0.is_some()
    }

    /// Volume |det V| [Å³], if there is a cell.
    #[must_use]
    pub fn volume(&self) -> Option<f64> {
        self.0.map(|l| l.vectors.determinant().abs())
    }

    /// Edges [Å] and angles [degrees] `[a, b, c, α, β, γ]`, if there is a cell.
    #[must_use]
    pub fn parameters(&self) -> Option<[f64; 6]> {
        self.0.map(|l| {
            let v = [0, 1, 2].map(|k| l.vectors.row(k).transpose());
            let angle = |i: usize, j: usize| v[i].cross(&v[j]).norm().atan2(v[i].dot(&v[j])).to_degrees();
            [v[0].norm(), v[1].norm(), v[2].norm(), angle(1, 2), angle(0, 2), angle(0, 1)]
        })
    }

    /// Distances between opposite faces [Å]: the perpendicular widths, if there is a cell.
    ///
    /// A sphere of radius r needs images up to ⌈r / height⌉ in each direction; a minimum-image kernel is right for
    /// cut-offs up to half of the smallest.
    #[must_use]
    pub fn heights(&self) -> Option<[f64; 3]> {
        self.0.map(|l| [0, 1, 2].map(|k| 1.0 / l.inverse.row(k).norm()))
    }

    /// Fractional coordinates of the Cartesian point `x` [Å], if there is a cell; not wrapped.
    #[must_use]
    pub fn to_fractional(&self, x: &Vec3) -> Option<Vec3> {
        self.0.map(|l| l.inverse * x)
    }

    /// Cartesian point [Å] of the fractional coordinates `s`, if there is a cell.
    #[must_use]
    pub fn to_cartesian(&self, s: &Vec3) -> Option<Vec3> {
        self.0.map(|l| l.vectors.tr_mul(s))
    }

    /// The lattice translation n₁**a** + n₂**b** + n₃**c** [Å]; zero without a cell.
    #[must_use]
    pub fn translation(&self, n: [i32; 3]) -> Vec3 {
        self.0.map_or_else(Vec3::zeros, |l| translation(&l.vectors, n.map(f64::from)))
    }

    /// The image of `x` [Å] with fractional coordinates in [0, 1) along the periodic directions (to rounding).
    ///
    /// A point that is already inside keeps its bits.
    #[must_use]
    pub fn wrap(&self, x: &Vec3) -> Vec3 {
        let Some(l) = &self.0 else { return *x };
        let s = l.inverse * x;
        x - translation(&l.vectors, [0, 1, 2].map(|k| if l.periodic[k] { s[k].floor() } else { 0.0 }))
    }

    /// The shortest image of the separation `r` [Å], exactly: also in strongly skewed cells and slabs.
    ///
    /// Rounding the fractional coordinates is exact in an orthorhombic cell, or when the result is shorter than half of
    /// the smallest height. Otherwise the images that could be shorter are searched.
    #[must_use]
    pub fn minimum_image(&self, r: &Vec3) -> Vec3 {
        let Some(l) = &self.0 else { return *r };
        let s = l.inverse * r;
        let n = [0, 1, 2].map(|k| if l.periodic[k] { -s[k].round_ties_even() } else { 0.0 });
        let near = r + translation(&l.vectors, n);
        let orthorhombic = [(0, 1), (0, 2), (1, 2)].iter().all(|&(i, j)| {
            // Exact zeros only: a nearly orthogonal cell takes the search.
            l.vectors.row(i).dot(&l.vectors.row(j)) == 0.0
        });
        if orthorhombic { near } else { search(l, near) }
    }

    /// This cell under the strain ε: every lattice vector v becomes (1 + ε) v.
    ///
    /// # Errors
    /// As [`Cell::new`]: the strained vectors are dependent or not finite.
    pub fn strained(&self, strain: &Mat3) -> Result<Self> {
        self.0.map_or(Ok(Self::NONE), |l| Self::new(l.vectors * (Mat3::identity() + strain).transpose(), l.periodic))
    }
}

/// The shortest image of `near`, whose periodic fractional coordinates lie in [−½, ½].
///
/// Enumerates the lattice points in the sphere that `near` spans, direction by direction in the Gram–Schmidt basis, so
/// that each choice narrows the next (Fincke & Pohst, *Math. Comput.* **44**, 463 (1985)).
fn search(l: &Lattice, near: Vec3) -> Vec3 {
    let s = l.inverse * near;
    let radius = near.norm();
    // |g_k| = 1 / height_k bounds how far the fractional coordinate of a vector of this length can reach.
    let reach = (0..3).filter(|&k| l.periodic[k]).map(|k| radius * l.inverse.row(k).norm()).fold(0.0, f64::max);
    // Far beyond the cell, the separation has lost the digits that would tell its images apart.
    if reach <= 0.5 || (0..3).any(|k| l.periodic[k] && s[k].abs() > 1.0) {
        return near;
    }
    let row = |k: usize| Vec3::new(l.vectors[(k, 0)], l.vectors[(k, 1)], l.vectors[(k, 2)]);
    let (b0, v1, v2) = (row(0), row(1), row(2));
    let mu10 = v1.dot(&b0) / b0.norm_squared();
    let b1 = v1 - b0 * mu10;
    let (mu20, mu21) = (v2.dot(&b0) / b0.norm_squared(), v2.dot(&b1) / b1.norm_squared());
    let b2 = v2 - b0 * mu20 - b1 * mu21;
    let range = |k: usize, centre: f64, half: f64| {
        let (low, high) = if l.periodic[k] { ((-half - centre).ceil(), (half - centre).floor()) } else { (0.0, 0.0) };
        let count = (high - low + 1.0).max(0.0) as u64;
        (0..count).map(move |step| low + step as f64)
    };
    let (mut best, mut shortest) = (near, radius * radius);
    for n2 in range(2, s[2], radius / b2.norm()) {
        let rest2 = (radius * radius - (s[2] + n2).powi(2) * b2.norm_squared()).max(0.0);
        let centre1 = s[1] + mu21 * (s[2] + n2);
        for n1 in range(1, centre1, rest2.sqrt() / b1.norm()) {
            let centre0 = s[0] + mu10 * (s[1] + n1) + mu20 * (s[2] + n2);
            let n0 = if l.periodic[0] { -centre0.round_ties_even() } else { 0.0 };
            let image = near + translation(&l.vectors, [n0, n1, n2]);
            let length = image.norm_squared();
            if length < shortest {
                (best, shortest) = (image, length);
            }
        }
    }
    best
}

fn translation(vectors: &Mat3, n: [f64; 3]) -> Vec3 {
    let row = |k: usize| Vec3::new(vectors[(k, 0)], vectors[(k, 1)], vectors[(k, 2)]);
    row(0) * n[0] + row(1) * n[1] + row(2) * n[2]
}

/// Replaces zero vectors of directions that do not repeat by unit vectors normal to the others.
fn complete(mut vectors: Mat3, periodic: [bool; 3]) -> Mat3 {
    for (k, repeats) in periodic.into_iter().enumerate() {
        if repeats || vectors.row(k).iter().any(|&x| x != 0.0) {
            continue;
        }
        let (p, q) = ((k + 1) % 3, (k + 2) % 3);
        let (u, v) = (vectors.row(p).transpose(), vectors.row(q).transpose());
        let normal = if v == Vec3::zeros() {
            u.cross(&any_other(&u))
        } else if u == Vec3::zeros() {
            any_other(&v).cross(&v)
        } else {
            u.cross(&v)
        };
        if let Some(unit) = normal.try_normalize(0.0) {
            vectors.set_row(k, &unit.transpose());
        }
    }
    vectors
}

/// The Cartesian axis least parallel to `v`.
fn any_other(v: &Vec3) -> Vec3 {
    let mut axis = Vec3::zeros();
    axis[v.iamin()] = 1.0;
    axis
}

fn positive(edges: [f64; 3]) -> Result<()> {
    if edges.iter().all(|x| *x > 0.0 && x.is_finite()) {
        return Ok(());
    }
    Err(Error::InvalidArgument { what: "cell edges [Å]", expected: "positive and finite", got: format!("{edges:?}") })
}

fn invalid(expected: &'static str, vectors: &Mat3) -> Error {
    let rows: [[f64; 3]; 3] = vectors.transpose().into();
    Error::InvalidArgument { what: "lattice vectors [Å]", expected, got: format!("{rows:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brute(cell: &Cell, r: &Vec3) -> f64 {
        let range = |p: bool| if p { -6..=6 } else { 0..=0 };
        let p = cell.periodic();
        let mut best = f64::INFINITY;
        for i in range(p[0]) {
            for j in range(p[1]) {
                for k in range(p[2]) {
                    best = best.min((r + cell.translation([i, j, k])).norm());
                }
            }
        }
        best
    }

    proptest! {
        #[test]
        fn minimum_image_is_the_shortest(
            v in proptest::array::uniform9(-3.0..3.0_f64),
            s in proptest::array::uniform3(-1.5..1.5_f64),
            periodic in proptest::array::uniform3(any::<bool>()),
        ) {
            let vectors = Mat3::from_row_slice(&v) + Mat3::identity() * 2.0;
            prop_assume!(vectors.determinant().abs() > 4.0);
            let cell = Cell::new(vectors, periodic).unwrap();
            let r = vectors.tr_mul(&Vec3::from(s));
            let image = cell.minimum_image(&r);
            prop_assert!(image.norm() <= brute(&cell, &r) + 1e-10);
            if cell.is_periodic() {
                let n = cell.to_fractional(&(image - r)).unwrap();
                for k in 0..3 {
                    prop_assert!((n[k] - n[k].round()).abs() < 1e-9 && (periodic[k] || n[k].abs() < 1e-9));
                }
                let back = cell.to_cartesian(&cell.to_fractional(&r).unwrap()).unwrap();
                prop_assert!((back - r).norm() < 1e-10);
                let wrapped = cell.to_fractional(&cell.wrap(&r)).unwrap();
                prop_assert!((0..3).all(|k| !periodic[k] || (-1e-12..1.0 + 1e-12).contains(&wrapped[k])));
            }
        }

        #[test]
        fn parameters_round_trip(e in proptest::array::uniform3(1.0..20.0_f64), g in proptest::array::uniform3(60.0..119.0_f64)) {
            let cell = Cell::from_parameters(e[0], e[1], e[2], g[0], g[1], g[2]).unwrap();
            let got = cell.parameters().unwrap();
            for k in 0..3 {
                prop_assert!((got[k] - e[k]).abs() < 1e-10 && (got[k + 3] - g[k]).abs() < 1e-9);
            }
            let json = serde_json::to_string(&cell).unwrap();
            prop_assert_eq!(serde_json::from_str::<Cell>(&json).unwrap(), cell);
        }
    }

    #[test]
    fn absurd_separations_and_cells_end() {
        let skewed = Cell::from_vectors([Vec3::x(), Vec3::new(300.0, 1.0, 0.0), Vec3::new(0.5, 90.5, 1.0)]).unwrap();
        let image = skewed.minimum_image(&Vec3::new(40.3, 17.6, 0.5));
        assert!(image.norm() < 1.0, "{image}");
        for huge in [1e20, 1e200, f64::INFINITY, f64::NAN] {
            let _ = skewed.minimum_image(&Vec3::new(huge, 1.0, -huge));
        }
        let long = Cell::from_parameters(3.0, 3.0, 300.0, 90.0, 90.0, 120.0).unwrap();
        assert!((long.minimum_image(&Vec3::new(1.7, 2.0, 149.0)).z - 149.0).abs() < 1e-12);
    }

    #[test]
    fn heights_of_the_fcc_primitive_cell() {
        let h = 2.82;
        let cell = Cell::from_vectors([Vec3::new(0.0, h, h), Vec3::new(h, 0.0, h), Vec3::new(h, h, 0.0)]).unwrap();
        for height in cell.heights().unwrap() {
            assert!((height - 2.0 * h / 3.0_f64.sqrt()).abs() < 1e-12);
        }
        assert!((cell.volume().unwrap() - 2.0 * h.powi(3)).abs() < 1e-12);
    }

    #[test]
    fn slabs_are_completed_and_do_not_repeat_across() {
        let vectors = Mat3::from_rows(&[[3.0, 0.0, 0.0].into(), [0.0, 4.0, 0.0].into(), [0.0, 0.0, 0.0].into()]);
        let slab = Cell::new(vectors, [true, true, false]).unwrap();
        assert_eq!(slab.vectors().unwrap()[(2, 2)], 1.0);
        assert_eq!(slab.minimum_image(&Vec3::new(2.0, 3.0, 7.0)), Vec3::new(-1.0, -1.0, 7.0));
        assert_eq!(slab.wrap(&Vec3::new(-1.0, 1.0, -7.0)), Vec3::new(2.0, 1.0, -7.0));
        let wire = Cell::new(Mat3::from_diagonal(&Vec3::new(0.0, 5.0, 0.0)), [false, true, false]).unwrap();
        assert!((wire.volume().unwrap() - 5.0).abs() < 1e-12);
        assert_eq!(Cell::new(Mat3::identity(), [false; 3]).unwrap(), Cell::NONE);
    }

    #[test]
    fn strain_moves_fractional_points_with_the_cell() {
        let cell = Cell::from_parameters(4.0, 5.0, 6.0, 80.0, 95.0, 110.0).unwrap();
        let strain = Mat3::new(0.01, 0.02, -0.03, 0.0, -0.02, 0.01, 0.04, 0.0, 0.03);
        let x = Vec3::new(1.0, 2.0, 3.0);
        let moved = (Mat3::identity() + strain) * x;
        let strained = cell.strained(&strain).unwrap();
        assert!((strained.to_fractional(&moved).unwrap() - cell.to_fractional(&x).unwrap()).norm() < 1e-14);
    }

    #[test]
    fn impossible_cells_are_refused_by_name() {
        for result in [
            Cell::orthorhombic(1.0, -1.0, 1.0),
            Cell::orthorhombic(1.0, f64::NAN, 1.0),
            Cell::from_vectors([Vec3::x(), Vec3::y(), Vec3::new(1.0, 1.0, 0.0)]),
            Cell::from_vectors([Vec3::x(), Vec3::y(), Vec3::new(f64::INFINITY, 0.0, 1.0)]),
            Cell::from_vectors([Vec3::x(), Vec3::y(), Vec3::zeros()]),
            Cell::from_parameters(1.0, 1.0, 1.0, 30.0, 30.0, 90.0),
            Cell::from_parameters(1.0, 1.0, 1.0, 90.0, 90.0, f64::NAN),
            Cell::NONE
                .strained(&Mat3::zeros())
                .and(Cell::orthorhombic(1.0, 1.0, 1.0).unwrap().strained(&-Mat3::identity())),
        ] {
            let message = result.unwrap_err().to_string();
            assert!(message.contains("cell") || message.contains("lattice"), "{message}");
        }
        let left_handed = Cell::from_vectors([Vec3::y(), Vec3::x(), Vec3::z()]).unwrap();
        assert_eq!(left_handed.volume(), Some(1.0));
        assert!(
            serde_json::from_str::<Cell>(r#"{"vectors":[[1,0,0],[1,0,0],[0,0,1]],"periodic":[true,true,true]}"#)
                .is_err()
        );
        assert_eq!(serde_json::from_str::<Cell>("null").unwrap(), Cell::NONE);
    }
}
