//! Matching molecules atom by atom: isomorphisms of one graph onto another, automorphisms of one.
//!
//! Atoms match by element, isotope and counted hydrogens, bonds by being there. Orders, charges and marks are not
//! compared: they differ between spellings of one compound, and coordinates, to which a SMILES is matched here, do not
//! have them. The search is plain backtracking along the bonds, pruned by colours refined over neighbourhoods (Morgan,
//! *J. Chem. Doc.* **5**, 107 (1965)); it needs no more for molecules. Deliberately not here: substructures.

use super::{AtomIndex, Molecule};
use crate::{Error, Result};

/// Rounds of colour refinement: what differs only farther away is left to the search.
const ROUNDS: usize = 32;
/// Atoms tried without a match after which the search is given up.
const MOST_TRIED: usize = 1 << 24;

impl Molecule {
    /// A correspondence of all atoms with those of `other`: entry `i` is the atom of `other` that atom `i` matches,
    /// `None` if there is none. Shape `[atoms]`.
    ///
    /// Of several, the one that is first in a fixed order; [`all_matches`](Self::all_matches) gives them all. Elements,
    /// isotopes, counted hydrogens and connectivity are compared, bond orders and charges are not. The cost is linear in
    /// the atoms for ordinary molecules; graphs made to be hard can need more than is allowed.
    ///
    /// ```
    /// use mol_core::Molecule;
    /// let (a, b) = (Molecule::from_smiles("OCCN")?, Molecule::from_smiles("C(N)CO")?);
    /// let matched = a.match_graph(&b)?.expect("the same compound");
    /// assert_eq!(matched.iter().map(|atom| atom.index()).collect::<Vec<_>>(), [3, 2, 0, 1]);
    /// assert!(a.match_graph(&Molecule::from_smiles("OCCO")?)?.is_none());
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooMany`] if no match was found after 16 777 216 atoms tried.
    pub fn match_graph(&self, other: &Self) -> Result<Option<Vec<AtomIndex>>> {
        Search::new(self, other).map_or(Ok(None), |mut search| search.next())
    }

    /// All correspondences of the atoms with those of `other`, as [`match_graph`](Self::match_graph) gives one.
    ///
    /// # Errors
    /// [`Error::TooMany`] if there are more than `limit` (every further methyl group multiplies them by six), or if none was
    /// found after 16 777 216 atoms tried since the last.
    pub fn all_matches(&self, other: &Self, limit: usize) -> Result<Vec<Vec<AtomIndex>>> {
        let mut matches = Vec::new();
        if let Some(mut search) = Search::new(self, other) {
            while let Some(found) = search.next()? {
                if matches.len() == limit {
                    return Err(Error::TooMany { what: "matches of a molecule", limit });
                }
                matches.push(found);
            }
        }
        Ok(matches)
    }

    /// The automorphisms: all permutations of the atoms that leave elements, isotopes, counted hydrogens and connectivity
    /// as they are; the identity is among them.
    ///
    /// These are the exchanges of identical atoms under which a model of the energy must not change, not the symmetry
    /// group of a shape: mirror images and hindered rotations are not told apart.
    ///
    /// ```
    /// let glycol = mol_core::Molecule::from_smiles("OCCO")?.with_explicit_hydrogens()?;
    /// assert_eq!(glycol.automorphisms(100)?.len(), 8); // two exchanges within CH₂, one of the ends
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooMany`] as for [`all_matches`](Self::all_matches).
    pub fn automorphisms(&self, limit: usize) -> Result<Vec<Vec<AtomIndex>>> {
        self.all_matches(self, limit)
    }

    /// What must be equal for two atoms to match.
    fn key(&self, atom: AtomIndex) -> (Option<crate::Element>, Option<u16>, u8, usize) {
        let data = self.atom(atom);
        (data.element, data.isotope, self.hydrogens(atom), self.degree(atom))
    }

    /// Numbers that are equal for atoms that could match, the same for every numbering of the molecule.
    fn colors(&self) -> Vec<u64> {
        let start = |(atom, _)| {
            let (element, isotope, hydrogens, degree) = self.key(atom);
            let element = element.map_or(0, |element| u64::from(element.number()));
            let isotope = isotope.map_or(0, |isotope| 1 + u64::from(isotope));
            mix(element | isotope << 8 | u64::from(hydrogens) << 24 | (degree as u64) << 32)
        };
        let mut colors: Vec<u64> = self.atoms().map(start).collect();
        let mut classes = count_distinct(&colors);
        for _ in 0..ROUNDS {
            // A sum does not depend on the order of the neighbours.
            let around =
                |atom| self.neighbors(atom).fold(0_u64, |sum, other| sum.wrapping_add(mix(colors[other.index()])));
            let next: Vec<u64> = self.atoms().map(|(k, _)| mix(colors[k.index()] ^ mix(around(k)))).collect();
            let refined = count_distinct(&next);
            if refined <= classes {
                break;
            }
            (colors, classes) = (next, refined);
        }
        colors
    }
}

/// A search in progress: partial correspondences in depth-first order, the next alternative kept for each atom placed.
struct Search<'a> {
    from: &'a Molecule,
    to: &'a Molecule,
    colors: [Vec<u64>; 2],
    /// Atoms of `from` in the order of placing, each with the place of a neighbour placed before, if it has one.
    plan: Vec<(AtomIndex, Option<AtomIndex>)>,
    /// For each atom placed, how many candidates were tried.
    tried: Vec<usize>,
    image: Vec<Option<AtomIndex>>,
    taken: Vec<bool>,
    started: bool,
    /// Atoms that may still be tried before the next match.
    left: usize,
}

impl<'a> Search<'a> {
    /// A search, unless sizes or colours already exclude a match.
    fn new(from: &'a Molecule, to: &'a Molecule) -> Option<Self> {
        if from.atom_count() != to.atom_count() || from.bond_count() != to.bond_count() {
            return None;
        }
        let colors = [from.colors(), to.colors()];
        let [sorted_from, sorted_to] = colors.clone().map(|mut list| {
            list.sort_unstable();
            list
        });
        if sorted_from != sorted_to {
            return None;
        }
        let (image, taken) = (vec![None; from.atom_count()], vec![false; from.atom_count()]);
        let tried = Vec::new();
        Some(Self { from, to, plan: plan(from), colors, tried, image, taken, started: false, left: 0 })
    }

    /// The next complete correspondence, `None` if there are no more.
    fn next(&mut self) -> Result<Option<Vec<AtomIndex>>> {
        self.left = MOST_TRIED;
        if self.started {
            if !self.retreat() {
                return Ok(None);
            }
        } else {
            self.started = true;
            self.tried.push(0);
        }
        while self.tried.len() <= self.plan.len() {
            if self.place() {
                self.tried.push(0);
            } else if self.left == 0 {
                return Err(Error::TooMany { what: "atoms tried in matching two molecules", limit: MOST_TRIED });
            } else if !self.retreat() {
                return Ok(None);
            }
        }
        Ok(self.image.iter().copied().collect())
    }

    /// Gives up the deepest level and frees the atom of the one above, whose next candidate is tried then; false if there is
    /// none.
    fn retreat(&mut self) -> bool {
        self.tried.pop();
        let Some(level) = self.tried.len().checked_sub(1) else { return false };
        let image =
            self.image[self.plan[level].0.index()].take().expect("a level above the deepest has its atom placed");
        self.taken[image.index()] = false;
        true
    }

    /// Places the atom of the deepest level on its next candidate; false if there is none, or none may be tried any more.
    fn place(&mut self) -> bool {
        let level = self.tried.len() - 1;
        let (atom, anchor) = self.plan[level];
        let anchor = anchor.map(|anchor| self.image[anchor.index()].expect("anchors are placed before"));
        let candidates = anchor.map_or(self.to.atom_count(), |anchor| self.to.degree(anchor));
        while self.tried[level] < candidates && self.left > 0 {
            let k = self.tried[level];
            self.tried[level] += 1;
            self.left -= 1;
            let candidate =
                anchor.map_or(AtomIndex::new(k), |anchor| self.to.bond(self.to.bonds_of(anchor)[k]).other(anchor));
            if self.fits(atom, candidate) {
                self.image[atom.index()] = Some(candidate);
                self.taken[candidate.index()] = true;
                return true;
            }
        }
        false
    }

    fn fits(&self, atom: AtomIndex, candidate: AtomIndex) -> bool {
        !self.taken[candidate.index()]
            && self.colors[0][atom.index()] == self.colors[1][candidate.index()]
            && self.from.key(atom) == self.to.key(candidate)
            && self
                .from
                .neighbors(atom)
                .filter_map(|neighbor| self.image[neighbor.index()])
                .all(|image| self.to.bond_between(image, candidate).is_some())
    }
}

/// Atoms along the bonds, component by component, so that each but the first has a neighbour placed before it.
fn plan(molecule: &Molecule) -> Vec<(AtomIndex, Option<AtomIndex>)> {
    let mut plan = Vec::with_capacity(molecule.atom_count());
    let mut planned = vec![false; molecule.atom_count()];
    for (start, _) in molecule.atoms() {
        if !std::mem::replace(&mut planned[start.index()], true) {
            let mut done = plan.len();
            plan.push((start, None));
            while done < plan.len() {
                let atom = plan[done].0;
                for neighbor in molecule.neighbors(atom) {
                    if !std::mem::replace(&mut planned[neighbor.index()], true) {
                        plan.push((neighbor, Some(atom)));
                    }
                }
                done += 1;
            }
        }
    }
    plan
}

fn count_distinct(colors: &[u64]) -> usize {
    let mut sorted = colors.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}

/// A bijective scrambler (the finaliser of `MurmurHash3`).
const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}
