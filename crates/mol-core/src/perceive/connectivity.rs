//! Bonds from coordinates.

use crate::molecule::check_finite;
use crate::{Atom, AtomIndex, BondOrder, Element, Error, Molecule, MoleculeBuilder, Result, Vec3};
use rustc_hash::FxHashMap;

/// Slack on the sum of covalent radii [Å].
const TOLERANCE: f64 = 0.45;
/// Atoms nearer than this are not bonded [Å].
const TOO_CLOSE: f64 = 0.4;

impl Molecule {
    /// A molecule with the bonds that its coordinates show: all hydrogens atoms, all bonds single, one conformer.
    ///
    /// Two atoms are bonded if
    ///
    /// ```text
    /// 0.4 Å < d < rᵢ + rⱼ + 0.45 Å
    /// ```
    ///
    /// with the covalent radii r of [`Element::covalent_radius`] and the positions [Å], shape `[atoms]` (the rule of Open
    /// Babel: O'Boyle et al., *J. Cheminf.* **3**, 33 (2011)). Then an atom with more neighbours than its element can hold
    /// (H, F 1; O 3; B, C, N, Cl, Br, I 4; P, S 6; noble gases up to argon 0; others without bound) loses the longest bonds relative to
    /// rᵢ + rⱼ, the worst of the molecule first. Orders, charges and periodic images are not perceived.
    ///
    /// ```
    /// use mol_core::{Element, Molecule, Vec3};
    /// let water = [Vec3::zeros(), Vec3::new(0.96, 0.0, 0.0), Vec3::new(-0.24, 0.93, 0.0)];
    /// let water = Molecule::from_coordinates(&[Element::O, Element::H, Element::H], &water)?;
    /// assert_eq!((water.bond_count(), water.formula()), (2, "H2O".to_owned()));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the lists differ in length, [`Error::NotFinite`] if a position is not a number.
    pub fn from_coordinates(elements: &[Element], positions: &[Vec3]) -> Result<Self> {
        Error::check_len("positions of the atoms", elements.len(), positions.len())?;
        check_finite(positions)?;
        let mut contacts = contacts(elements, positions);
        contacts.sort_unstable_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
        let mut degree = vec![0; elements.len()];
        for &(i, j, _) in &contacts {
            degree[i] += 1;
            degree[j] += 1;
        }
        contacts.retain(|&(i, j, _)| {
            let excess = degree[i] > most_neighbors(elements[i]) || degree[j] > most_neighbors(elements[j]);
            degree[i] -= usize::from(excess);
            degree[j] -= usize::from(excess);
            !excess
        });
        contacts.sort_unstable_by_key(|&(i, j, _)| (i, j));
        let mut builder = MoleculeBuilder::with_capacity(elements.len(), contacts.len());
        for &element in elements {
            builder.add_atom(Atom { hydrogens: Some(0), ..Atom::new(element) });
        }
        for (i, j, _) in contacts {
            builder.add_bond(AtomIndex::new(i), AtomIndex::new(j), BondOrder::Single)?;
        }
        let mut molecule = builder.build()?;
        molecule.add_conformer(positions.to_vec())?;
        Ok(molecule)
    }
}

/// Pairs i < j within bonding distance and their distance over the sum of radii, found on a grid in linear time.
fn contacts(elements: &[Element], positions: &[Vec3]) -> Vec<(usize, usize, f64)> {
    let radii: Vec<f64> = elements.iter().map(|element| element.covalent_radius()).collect();
    let edge = 2.0 * radii.iter().copied().fold(0.0, f64::max) + TOLERANCE;
    let home = |x: &Vec3| [x.x, x.y, x.z].map(|c| (c / edge).floor() as i64);
    let mut grid: FxHashMap<[i64; 3], Vec<usize>> = FxHashMap::default();
    let mut pairs = Vec::new();
    for (j, position) in positions.iter().enumerate() {
        let [x, y, z] = home(position);
        for k in 0..27 {
            let box_ = [x.wrapping_add(k % 3 - 1), y.wrapping_add(k / 3 % 3 - 1), z.wrapping_add(k / 9 - 1)];
            for &i in grid.get(&box_).into_iter().flatten() {
                let (distance, sum) = ((position - positions[i]).norm(), radii[i] + radii[j]);
                if distance > TOO_CLOSE && distance < sum + TOLERANCE {
                    pairs.push((i, j, distance / sum));
                }
            }
        }
        grid.entry([x, y, z]).or_default().push(j);
    }
    pairs
}

/// How many neighbours an atom can hold.
const fn most_neighbors(element: Element) -> usize {
    match element {
        Element::HE | Element::NE | Element::AR => 0,
        Element::H | Element::F => 1,
        Element::O => 3,
        Element::B | Element::C | Element::N | Element::CL | Element::BR | Element::I => 4,
        Element::P | Element::S => 6,
        _ => usize::MAX,
    }
}
