//! Coordinates from a molecular graph by distance geometry and torsion preferences (the family of ETKDG).
//!
//! Bounds on all distances follow from the graph; random distances between them give places in four dimensions, which
//! are refined by violations of bounds and handedness, pressed into three, relaxed with springs and the torsion
//! preferences of crystals, and checked against the graph. What fails is tried again with other random numbers, within a
//! budget, and the reasons are counted. [`Embedder`] prepares a molecule once and makes as many conformers as one likes,
//! one after the other ([`Embedder::conformer`]) or on all threads ([`Embedder::embed_many`]). See docs/methods/embed.md.
//!
//! Deliberately not here: energies of a force field, and the choice among conformers beyond pruning of duplicates.

mod bounds;
mod descent;
mod field;
mod handed;
mod ideal;
mod many;
mod part;
mod preferences;
mod radii;
mod refusal;
mod rotors;
mod shape;
mod start;
#[cfg(test)]
mod tests;
mod verify;
mod violations;

pub use many::{Embedded, Failure, FailureReason};
pub use preferences::{PreferenceTables, PreferenceVersion, TorsionPreference, torsion_preferences};
pub use refusal::{Refusal, Refusals};

use crate::geometry::{SymmetricRmsd, SymmetryOptions};
use crate::perceive::Perception;
use crate::{Error, Molecule, Result, Rng, Seed, Vec3};
use part::{Part, Scratch, part_of};
use std::time::{Duration, Instant};

/// Atoms of the largest connected part that is embedded: bounds take time with the cube of it, memory with the square.
pub const MAX_ATOMS: usize = 2000;

/// Pairs of atoms within connected parts, all parts together (the sum of the squares of their atoms): what is prepared of
/// each part takes some 28 bytes a pair.
pub const MAX_PAIRS: usize = 8_000_000;

/// Space between molecules that are not bonded [Å].
const GAP: f64 = 3.5;

/// How much is tried, and what is wanted.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbedConfig {
    /// Attempts for one conformer of one connected part before it is given up, at least 1.
    pub attempts: usize,
    /// Time for one call of [`Embedder::conformer`], [`Embedder::embed_many`] or [`Molecule::embedded`], none by default:
    /// what is made within a time depends on the machine. It is looked at before every step of every descent.
    pub time: Option<Duration>,
    /// Where many conformers are made, one is dropped whose heavy atoms are within this r.m.s. deviation of an earlier one
    /// [Å], equivalent atoms exchanged as [`SymmetricRmsd`] does.
    pub prune: Option<f64>,
    /// Which preferences torsions have.
    pub preferences: PreferenceTables,
}

impl Default for EmbedConfig {
    fn default() -> Self {
        Self { attempts: 50, time: None, prune: None, preferences: PreferenceTables::default() }
    }
}

/// Makes coordinates of one molecule, as many sets as one likes.
///
/// Enforced and verified is all stereo that the graph states: tetrahedral centres, double bonds off small rings, allenes,
/// squares, bipyramids and octahedra. What it does not state comes out at random. Lengths and angles are ideal ones with
/// some tolerance; minimise with a force field before energies are looked at.
///
/// ```
/// use mol_core::{Molecule, Seed, embed::{EmbedConfig, Embedder}};
/// let glycol = Molecule::from_smiles("OCCO")?.with_explicit_hydrogens()?;
/// let embedder = Embedder::new(&glycol, EmbedConfig::default())?;
/// let positions = embedder.conformer(&mut Seed::new(1).rng())?;
/// let bond = (positions[1] - positions[2]).norm(); // C–C
/// assert!((bond - 1.52).abs() < 0.05, "{bond}");
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Embedder {
    config: EmbedConfig,
    atoms: usize,
    /// What pruning compares with: heavy atoms, or all if there are fewer than three.
    alike: Option<SymmetricRmsd>,
    parts: Vec<Part>,
}

impl Embedder {
    /// Prepares `molecule`, all of whose hydrogens must be atoms.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if hydrogens are only counted, no attempt is allowed, the pruning distance is negative
    /// or a part has more than [`MAX_ATOMS`] or all have more than [`MAX_PAIRS`]; [`Error::Kekulize`] if aromatic bonds cannot
    /// be assigned; where conformers are to be pruned, the errors of [`SymmetricRmsd::new`].
    pub fn new(molecule: &Molecule, config: EmbedConfig) -> Result<Self> {
        check(&config)?;
        Self::prepare(molecule, &Perception::new(molecule)?, config)
    }

    /// As [`new`](Self::new), with what has been perceived already.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_perception(seen: &Perception, config: EmbedConfig) -> Result<Self> {
        check(&config)?;
        Self::prepare(seen.kekule(), seen, config)
    }

    fn prepare(molecule: &Molecule, seen: &Perception, config: EmbedConfig) -> Result<Self> {
        if let Some((atom, _)) = molecule.atoms().find(|&(atom, _)| seen.implicit_hydrogens(atom) > 0) {
            let expected = "given hydrogens that are atoms (Molecule::with_explicit_hydrogens)";
            let got = format!("{} counted ones at atom {atom}", seen.implicit_hydrogens(atom));
            return Err(Error::InvalidArgument { what: "molecule to embed", expected, got });
        }
        let components = molecule.components();
        if let Some(large) = components.iter().map(Vec::len).find(|&atoms| atoms > MAX_ATOMS) {
            let expected = "of at most 2000 atoms (embed::MAX_ATOMS)";
            return Err(Error::InvalidArgument { what: "connected part to embed", expected, got: large.to_string() });
        }
        let pairs = components.iter().map(|atoms| atoms.len() * atoms.len()).sum::<usize>();
        if pairs > MAX_PAIRS {
            let expected = "at most 8 000 000 (embed::MAX_PAIRS)";
            return Err(Error::InvalidArgument { what: "pairs of atoms to embed", expected, got: pairs.to_string() });
        }
        let single = components.len() == 1;
        let parts = components.into_iter().map(|atoms| {
            let molecule = part_of(molecule, &atoms);
            if single {
                return Ok(Part::new(molecule, seen, atoms, config.preferences));
            }
            let seen = Perception::new(&molecule)?;
            Ok(Part::new(molecule, &seen, atoms, config.preferences))
        });
        let parts = parts.collect::<Result<_>>()?;
        let heavy = molecule.atoms().filter(|(_, atom)| atom.element != Some(crate::Element::H));
        let options = SymmetryOptions { hydrogens: heavy.take(3).count() < 3, ..SymmetryOptions::default() };
        let alike = config.prune.map(|_| SymmetricRmsd::new(seen, options)).transpose()?;
        Ok(Self { config, atoms: molecule.atom_count(), alike, parts })
    }

    /// One set of positions [Å], shape `[atoms]`; parts that are not bonded stand side by side along x.
    ///
    /// # Errors
    /// [`Error::Embedding`] if the attempts are spent, with what was wrong with the last one, or the time is up.
    pub fn conformer(&self, rng: &mut Rng) -> Result<Vec<Vec3>> {
        let mut refusals = Refusals::default();
        let made = self.place(self.deadline(), &mut refusals, &mut Scratch::default(), rng);
        made.map(|(positions, _)| positions).map_err(|reason| self.failed(&reason))
    }

    fn failed(&self, reason: &FailureReason) -> Error {
        Error::Embedding { attempts: self.config.attempts, problem: reason.to_string() }
    }

    /// When the time of a call that begins now is up.
    fn deadline(&self) -> Option<Instant> {
        self.config.time.and_then(|time| Instant::now().checked_add(time))
    }

    /// One set of positions and whether a part of it is strained, or why there is none.
    fn place(
        &self,
        deadline: Option<Instant>,
        refusals: &mut Refusals,
        scratch: &mut Scratch,
        rng: &mut Rng,
    ) -> std::result::Result<(Vec<Vec3>, bool), FailureReason> {
        let mut strained = false;
        let mut all = vec![Vec3::zeros(); self.atoms];
        let mut edge = f64::NEG_INFINITY;
        for part in &self.parts {
            let (positions, is_strained) = part.embed(self.config.attempts, deadline, refusals, scratch, rng)?;
            strained |= is_strained;
            let least = positions.iter().map(|x| x.x).fold(f64::INFINITY, f64::min);
            let shift = if edge.is_finite() { edge + GAP - least } else { 0.0 };
            for (atom, x) in part.atoms.iter().zip(positions) {
                let x = x + Vec3::x() * shift;
                edge = edge.max(x.x);
                all[atom.index()] = x;
            }
        }
        Ok((all, strained))
    }
}

fn check(config: &EmbedConfig) -> Result<()> {
    let invalid = |what, expected, got: String| Err(Error::InvalidArgument { what, expected, got });
    if config.attempts == 0 {
        return invalid("attempts of an embedding", "at least 1", "0".into());
    }
    match config.prune {
        Some(distance) if !(distance >= 0.0 && distance.is_finite()) => {
            invalid("pruning distance of an embedding", "not negative, in ångströms", distance.to_string())
        }
        _ => Ok(()),
    }
}

impl Molecule {
    /// The same molecule with `count` embedded conformers in place of those it has, fewer if [`EmbedConfig::prune`] drops
    /// some: what [`Embedder::embed_many`] makes of a seed that `rng` draws.
    ///
    /// ```
    /// use mol_core::{Molecule, Seed, embed::EmbedConfig};
    /// let alanine = Molecule::from_smiles("C[C@H](N)C(=O)O")?.with_explicit_hydrogens()?;
    /// let alanine = alanine.embedded(2, &EmbedConfig::default(), &mut Seed::new(5).rng())?;
    /// assert_eq!(alanine.conformers().len(), 2);
    /// assert_eq!(alanine.with_stereo_of(1)?.without_explicit_hydrogens().to_smiles(), "C[C@H](N)C(=O)O");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Embedder::new`], and [`Error::Embedding`] if one of them was not found, with the reason of the first.
    pub fn embedded(&self, count: usize, config: &EmbedConfig, rng: &mut Rng) -> Result<Self> {
        let embedder = Embedder::new(self, config.clone())?;
        let made = embedder.embed_many(count, &Seed::new(rng.bits()));
        match made.failures.first() {
            Some(failure) => Err(embedder.failed(&failure.reason)),
            None => made.into_molecule(self),
        }
    }
}
