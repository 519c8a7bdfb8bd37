//! Path fingerprints: all connected pieces of a few bonds.

use super::counts::{fold_bits, fold_counts};
use super::graph::{Graph, order_code};
use super::hash::{combine, sequence};
use super::subgraphs::{Subgraph, visit_subgraphs};
use super::{Counts, Fingerprint, FoldedSize, MOST_PATHS, Scheme};
use crate::perceive::Perception;
use crate::{BondOrder, Error, Result};

/// Most bonds that pieces can be asked to have.
const LARGEST_PIECE: u8 = 12;

/// Path fingerprints in the manner of Daylight: every connected piece of `min_bonds` to `max_bonds` bonds, branched
/// ones and rings included, by its elements, bond orders and how its bonds meet.
///
/// ```text
/// bond   = hash(adjacent bonds in the piece, order, (2 Z + aromatic, degree in the piece) of both atoms)
/// piece  = hash(sorted bonds, number of atoms),   of one bond: that bond
/// ```
///
/// Each piece sets `bits_per_piece` bits, the first by its code, the others by a random generator seeded with it.
///
/// ```
/// use mol_core::{Molecule, fingerprint::Paths, perceive::Perception};
/// let read = |smiles: &str| Perception::new(&Molecule::from_smiles(smiles)?);
/// let (paths, ethanol, diol) = (Paths::default(), read("CCO")?, read("OCCO")?);
/// let (few, many) = (paths.fingerprint(&ethanol)?, paths.fingerprint(&diol)?);
/// assert_eq!(few.count_ones(), 6); // C-C, C-O, C-C-O
/// assert_eq!(few.tversky(&many, 1.0, 0.0)?, 1.0); // all pieces of a part are pieces of the whole
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// The scheme is `RDKit`'s (the RDKit Book, section "RDKit Fingerprints").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Paths {
    /// Least number of bonds of a piece, from 1.
    pub min_bonds: u8,
    /// Largest number of bonds of a piece, at most 12. Their number grows about threefold with each.
    pub max_bonds: u8,
    /// Number of bits, or counts, of the folded forms.
    pub size: FoldedSize,
    /// Whether pieces may branch; if not, only those of `max_bonds` bonds may close a ring.
    pub branched: bool,
    /// Whether bonds of different order differ.
    pub bond_orders: bool,
    /// Bits that each piece sets, from 1; of all pieces together at most twice [`MOST_PATHS`](super::MOST_PATHS).
    pub bits_per_piece: u8,
}

impl Default for Paths {
    fn default() -> Self {
        let size = FoldedSize::default();
        Self { min_bonds: 1, max_bonds: 7, size, branched: true, bond_orders: true, bits_per_piece: 2 }
    }
}

impl Paths {
    fn named(&self, folded: &str) -> Scheme {
        let Self { min_bonds, max_bonds, bits_per_piece, .. } = self;
        let linear = if self.branched { "" } else { " linear" };
        let plain = if self.bond_orders { "" } else { " no-bond-orders" };
        let name =
            format!("paths-rdkit-1 bonds={min_bonds}..{max_bonds} bits-each={bits_per_piece}{folded}{linear}{plain}");
        Scheme::from(name)
    }

    /// The scheme of [`fingerprint`](Self::fingerprint), with the default model of aromaticity.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.named(&format!(" bits={}", self.size.get()))
    }

    /// The fingerprint of a molecule as bits.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the lengths are no range within 1 to 12 or no bit is asked for;
    /// [`Error::TooMany`] beyond [`MOST_PATHS`](super::MOST_PATHS) pieces, or twice as many codes, or
    /// [`MOST_STEPS`](super::MOST_STEPS) bonds on the way.
    pub fn fingerprint(&self, seen: &Perception) -> Result<Fingerprint> {
        Ok(fold_bits(self.scheme().on(seen), self.size, &self.codes(seen)?))
    }

    /// The fingerprint of a molecule as counts, folded.
    ///
    /// # Errors
    /// As [`fingerprint`](Self::fingerprint).
    pub fn folded_counts(&self, seen: &Perception) -> Result<Counts> {
        let scheme = self.named(&format!(" counts={}", self.size.get()));
        Ok(fold_counts(scheme.on(seen), self.size, &self.codes(seen)?))
    }

    /// The fingerprint of a molecule as counts of unfolded codes.
    ///
    /// # Errors
    /// As [`fingerprint`](Self::fingerprint).
    pub fn sparse_counts(&self, seen: &Perception) -> Result<Counts> {
        Ok(Counts::of_codes(self.named("").on(seen), self.codes(seen)?.into_iter().map(u64::from).collect()))
    }

    fn codes(&self, seen: &Perception) -> Result<Vec<u32>> {
        let range = usize::from(self.min_bonds)..=usize::from(self.max_bonds);
        if self.min_bonds == 0 || range.is_empty() || self.max_bonds > LARGEST_PIECE {
            let got = format!("{} to {}", self.min_bonds, self.max_bonds);
            return Err(Error::InvalidArgument { what: "bonds of a piece", expected: "a range within 1 to 12", got });
        }
        if self.bits_per_piece == 0 {
            let expected = "at least 1";
            return Err(Error::InvalidArgument { what: "bits per piece", expected, got: "0".to_owned() });
        }
        let graph = Graph::new(seen);
        let mut bonds = BondHashes::new(seen, &graph, self.bond_orders);
        let mut codes = Vec::new();
        let mut hashes = Vec::with_capacity(range.end() + 1);
        visit_subgraphs(&graph, *range.end(), &mut |piece: &Subgraph| {
            let length = piece.bonds().len();
            if length < *range.start() || !self.branched && !is_line(piece, length == *range.end()) {
                return Ok(());
            }
            hashes.clear();
            hashes.extend(piece.bonds().iter().map(|&bond| bonds.get(&graph, bond, piece)));
            let code = if let [only] = hashes[..] {
                only
            } else {
                hashes.sort_unstable();
                hashes.push(piece.atom_count() as u32);
                sequence(&hashes)
            };
            codes.push(code);
            if self.bits_per_piece > 1 {
                let mut random = SmallTwister::new(code);
                codes.extend((1..self.bits_per_piece).map(|_| random.next() >> 1));
            }
            if codes.len() > 2 * MOST_PATHS {
                return Err(Error::TooMany { what: "codes of pieces of the molecule", limit: 2 * MOST_PATHS });
            }
            Ok(())
        })?;
        Ok(codes)
    }
}

/// Whether a piece is a line; `may_close`: or one whose end meets itself.
fn is_line(piece: &Subgraph, may_close: bool) -> bool {
    let bonds = piece.bonds().len();
    let (mut ends, mut forks) = (0, 0);
    for degree in piece.degrees() {
        ends += usize::from(degree == 1);
        forks += usize::from(degree > 2);
        if degree > 3 {
            return false;
        }
    }
    let open = piece.atom_count() == bonds + 1 && forks == 0;
    let closed = piece.atom_count() == bonds && forks <= 1 && ends == forks;
    open || may_close && closed
}

/// Hash of each bond for the degrees that its atoms have in a piece.
struct BondHashes {
    /// 2 Z + aromatic for each atom.
    atoms: Vec<u32>,
    orders: Vec<u32>,
    /// Those found, by bond and both degrees; 0 where not yet.
    known: Vec<u32>,
}

/// Degrees that are looked up, from 1; greater ones are hashed each time.
const DEGREES: usize = 4;

impl BondHashes {
    fn new(seen: &Perception, graph: &Graph, bond_orders: bool) -> Self {
        let of_atom = |(index, atom): (crate::AtomIndex, &crate::Atom)| {
            atom.element.map_or(0, |element| u32::from(element.number())) << 1 | u32::from(seen.is_aromatic(index))
        };
        // All bonds of an aromatic ring are alike here, that of an aryne too.
        let of_bond = |(&order, &aromatic): (&u32, &bool)| match (bond_orders, aromatic) {
            (false, _) => 1,
            (true, true) => order_code(BondOrder::Aromatic),
            (true, false) => order,
        };
        let orders = graph.orders.iter().zip(seen.aromatic_bonds()).map(of_bond).collect();
        let known = vec![0; graph.bonds.len() * DEGREES * DEGREES];
        Self { atoms: seen.molecule().atoms().map(of_atom).collect(), orders, known }
    }

    fn get(&mut self, graph: &Graph, bond: u32, piece: &Subgraph) -> u32 {
        let ends = graph.bonds[bond as usize];
        let [first, second] = ends.map(|atom| piece.degree(atom));
        if first as usize > DEGREES || second as usize > DEGREES {
            return self.hash(bond, ends, first, second);
        }
        // Both atoms have this bond at least.
        let place = (bond as usize * DEGREES + first as usize - 1) * DEGREES + second as usize - 1;
        if self.known[place] == 0 {
            self.known[place] = self.hash(bond, ends, first, second);
        }
        self.known[place]
    }

    fn hash(&self, bond: u32, ends: [u32; 2], first: u32, second: u32) -> u32 {
        let [a, b] = ends.map(|atom| self.atoms[atom as usize]);
        let (greater, lesser) =
            if (a, first) >= (b, second) { ((a, first), (b, second)) } else { ((b, second), (a, first)) };
        let values = [self.orders[bond as usize], greater.0, greater.1, lesser.0, lesser.1];
        values.into_iter().fold(first + second - 2, combine)
    }
}

/// The Mersenne twister with a state of four words, which is cheap to seed; of no use as a source of randomness. (The
/// constants are those of MT19937: Matsumoto and Nishimura, *ACM Trans. Model. Comput. Simul.* **8**, 3 (1998).)
struct SmallTwister {
    state: [u32; 4],
    next: usize,
}

impl SmallTwister {
    fn new(seed: u32) -> Self {
        let mut state = [seed; 4];
        for k in 1..4 {
            let before = state[k - 1];
            state[k] = (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(k as u32);
        }
        Self { state, next: 0 }
    }

    fn next(&mut self) -> u32 {
        let k = self.next;
        self.next = (k + 1) % 4;
        let mixed = self.state[k] & 0x8000_0000 | self.state[self.next] & 0x7fff_ffff;
        let twist = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
        self.state[k] = self.state[(k + 2) % 4] ^ mixed >> 1 ^ twist;
        let mut value = self.state[k];
        value ^= value >> 11;
        value ^= value << 7 & 0x9d2c_5680;
        value ^= value << 15 & 0xefc6_0000;
        value ^ value >> 18
    }
}
