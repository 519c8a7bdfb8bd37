//! What an atom starts from, by what it does in binding.
//!
//! Six patterns, written out as tests on the atom and its neighbours rather than as SMARTS: that is faster, and the tests
//! here and in `tests/fingerprints.rs` hold them to the patterns. In them a letter in capitals is an atom that is not
//! aromatic, in small ones one that is; v is the valence, H the number of hydrogens.
//!
//! ```text
//! donor     [$([N;!H0;v3,v4&+1]),$([O,S;H1;+0]),n&H1&+0]
//! acceptor  [$([O,S;H1;v2;!$(*-*=[O,N,P,S])]),$([O,S;H0;v2]),$([O,S;-]),$([N;v3;!$(N-*=[O,N,P,S])]),n&H0&+0,
//!            $([o,s;+0;!$([o,s]:n);!$([o,s]:c:n)])]
//! aromatic  [a]
//! halogen   [F,Cl,Br,I]
//! basic     [#7;+,$([N;H2&+0][$([C,a]);!$([C,a](=O))]),$([N;H1&+0]([$([C,a]);!$([C,a](=O))])[$([C,a]);!$([C,a](=O))]),
//!            $([N;H0&+0]([C;!$(C(=O))])([C;!$(C(=O))])[C;!$(C(=O))])]
//! acidic    [$([C,S](=[O,S,P])-[O;H1,-1])]
//! ```
//!
//! The definitions are those of `RDKit`, adapted from Gobbi and Poppinger, *Biotechnol. Bioeng.* **61**, 47 (1998).

use crate::fingerprint::graph::Graph;
use crate::perceive::Perception;
use crate::{AtomIndex, Element};

const SINGLE: u32 = 1;
const DOUBLE: u32 = 2;
const AROMATIC: u32 = 12;

/// Bits for donor, acceptor, aromatic, halogen, basic and acidic; shape `[atoms]`.
pub(super) fn invariants(seen: &Perception, graph: &Graph) -> Vec<u32> {
    let atoms = Atoms { seen, graph };
    let features = |atom: usize| {
        [
            atoms.is_donor(atom),
            atoms.is_acceptor(atom),
            atoms.is_aromatic(atom),
            [9, 17, 35, 53].contains(&atoms.number(atom)),
            atoms.is_basic(atom),
            atoms.is_acidic(atom),
        ]
    };
    let bits = |flags: [bool; 6]| (0..6).map(|k| u32::from(flags[k]) << k).sum();
    (0..graph.atom_count()).map(|atom| bits(features(atom))).collect()
}

struct Atoms<'a> {
    seen: &'a Perception,
    graph: &'a Graph,
}

impl Atoms<'_> {
    /// Atomic number, 0 for the wildcard.
    fn number(&self, atom: usize) -> u8 {
        self.seen.kekule().atom(AtomIndex::new(atom)).element.map_or(0, Element::number)
    }

    fn charge(&self, atom: usize) -> i8 {
        self.seen.kekule().atom(AtomIndex::new(atom)).charge
    }

    fn hydrogens(&self, atom: usize) -> usize {
        self.seen.hydrogens(AtomIndex::new(atom))
    }

    fn valence(&self, atom: usize) -> usize {
        self.seen.valence(AtomIndex::new(atom))
    }

    fn is_aromatic(&self, atom: usize) -> bool {
        self.seen.is_aromatic(AtomIndex::new(atom))
    }

    /// Whether an atom is one of these elements and not aromatic.
    fn is_plain(&self, atom: usize, numbers: &[u8]) -> bool {
        numbers.contains(&self.number(atom)) && !self.is_aromatic(atom)
    }

    /// Neighbours by bonds of one order.
    fn beside(&self, atom: usize, order: u32) -> impl Iterator<Item = usize> {
        let fits = move |&&(_, bond): &&(u32, u32)| self.graph.orders[bond as usize] == order;
        self.graph.around(atom).iter().filter(fits).map(|&(other, _)| other as usize)
    }

    fn is_donor(&self, atom: usize) -> bool {
        let (hydrogens, charge) = (self.hydrogens(atom), self.charge(atom));
        match self.number(atom) {
            7 if self.is_aromatic(atom) => hydrogens == 1 && charge == 0,
            7 => hydrogens > 0 && (self.valence(atom) == 3 || self.valence(atom) == 4 && charge == 1),
            8 | 16 => !self.is_aromatic(atom) && hydrogens == 1 && charge == 0,
            _ => false,
        }
    }

    fn is_acceptor(&self, atom: usize) -> bool {
        let (hydrogens, charge) = (self.hydrogens(atom), self.charge(atom));
        match (self.number(atom), self.is_aromatic(atom)) {
            (7, true) => hydrogens == 0 && charge == 0,
            (7, false) => self.valence(atom) == 3 && !self.is_beside_double(atom),
            (8 | 16, true) => {
                let nitrogen = |other: usize| self.number(other) == 7 && self.is_aromatic(other);
                let carbon = |other: &usize| self.number(*other) == 6 && self.is_aromatic(*other);
                charge == 0
                    && !self.beside(atom, AROMATIC).any(nitrogen)
                    && !self.beside(atom, AROMATIC).filter(carbon).any(|c| self.beside(c, AROMATIC).any(nitrogen))
            }
            (8 | 16, false) => {
                charge == -1
                    || self.valence(atom) == 2 && (hydrogens == 0 || hydrogens == 1 && !self.is_beside_double(atom))
            }
            _ => false,
        }
    }

    /// `*-*=[O,N,P,S]`: a single bond to an atom that has a double bond to one of these.
    fn is_beside_double(&self, atom: usize) -> bool {
        let hetero = |end: usize| end != atom && self.is_plain(end, &[7, 8, 15, 16]);
        self.beside(atom, SINGLE).any(|other| self.beside(other, DOUBLE).any(hetero))
    }

    fn is_basic(&self, atom: usize) -> bool {
        if self.number(atom) != 7 {
            return false;
        }
        if self.charge(atom) == 1 {
            return true;
        }
        if self.is_aromatic(atom) || self.charge(atom) != 0 {
            return false;
        }
        let oxygen = |other: usize| self.is_plain(other, &[8]);
        let carbon = |other: &usize| self.is_plain(*other, &[6]) && !self.beside(*other, DOUBLE).any(oxygen);
        let carbon_or_aromatic = |other: &usize| {
            (self.is_plain(*other, &[6]) || self.is_aromatic(*other)) && !self.beside(*other, DOUBLE).any(oxygen)
        };
        // A bond left out in SMARTS is single or aromatic; the nitrogen is not aromatic.
        match self.hydrogens(atom) {
            2 => self.beside(atom, SINGLE).any(|other| carbon_or_aromatic(&other)),
            1 => self.beside(atom, SINGLE).filter(carbon_or_aromatic).count() >= 2,
            0 => self.beside(atom, SINGLE).filter(carbon).count() >= 3,
            _ => false,
        }
    }

    fn is_acidic(&self, atom: usize) -> bool {
        let acid =
            |other: usize| self.is_plain(other, &[8]) && (self.hydrogens(other) == 1 || self.charge(other) == -1);
        self.is_plain(atom, &[6, 16])
            && self.beside(atom, DOUBLE).any(|other| self.is_plain(other, &[8, 15, 16]))
            && self.beside(atom, SINGLE).any(acid)
    }
}
