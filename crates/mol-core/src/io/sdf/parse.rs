//! A connection table, line by line, and the molecule it describes.

use super::SdfLayout;
use super::atoms::{PlacedAtom, hydrogens};
use crate::io::lines::excerpt;
use crate::{Atom, AtomIndex, BondIndex, BondOrder, Element, Molecule, MoleculeBuilder, Vec3};
use std::borrow::Cow;

/// A bond line: its two atoms, order, and stereo code.
#[derive(Clone, Copy, Debug)]
struct PlacedBond {
    begin: usize,
    end: usize,
    order: BondOrder,
    stereo: i32,
}

/// A V2000 table under construction.
pub(super) struct Table {
    atoms_to_come: usize,
    bonds_to_come: usize,
    atoms: Vec<PlacedAtom>,
    bonds: Vec<PlacedBond>,
    /// Lines that belong to a property and are skipped.
    skip: usize,
    /// Whether charges and radicals of the atom block are overruled.
    charged: bool,
    /// Whether mass differences of the atom block are overruled.
    weighed: bool,
    ended: bool,
}

/// Wedge up, its narrow end at the first atom.
const UP: i32 = 1;
/// Wedge down.
const DOWN: i32 = 6;
/// A double bond that is cis or trans.
const EITHER: i32 = 3;

impl Table {
    /// Begins with the counts line.
    pub(super) fn new(counts: &str) -> Result<Self, String> {
        if counts.contains("V3000") {
            return Err("V3000 is not read: write the molecule as V2000".into());
        }
        let version = counts.get(33..).unwrap_or("").trim();
        if !version.is_empty() && !version.starts_with("V2000") {
            return Err(format!("expected V2000 at the end of the counts line, got {:?}", excerpt(version)));
        }
        let count = |from: usize, what: &str| match integer(counts, from, from + 3) {
            Ok(Some(count)) if count >= 0 => Ok(count as usize),
            _ => Err(format!(
                "expected the number of {what} in columns {}-{}, got {:?}",
                from + 1,
                from + 3,
                excerpt(counts)
            )),
        };
        let (atoms, bonds) = (count(0, "atoms")?, count(3, "bonds")?);
        Ok(Self {
            atoms_to_come: atoms,
            bonds_to_come: bonds,
            atoms: Vec::new(),
            bonds: Vec::new(),
            skip: 0,
            charged: false,
            weighed: false,
            ended: false,
        })
    }

    /// Whether `M  END` has come.
    pub(super) const fn is_complete(&self) -> bool {
        self.ended
    }

    /// Takes the next line.
    pub(super) fn line(&mut self, line: &str) -> Result<(), String> {
        if self.atoms_to_come > 0 {
            self.atoms_to_come -= 1;
            self.atoms.push(PlacedAtom::parse(line)?);
            return Ok(());
        }
        if self.bonds_to_come > 0 {
            self.bonds_to_come -= 1;
            let bond = self.bond(line)?;
            self.bonds.push(bond);
            return Ok(());
        }
        self.property(line)
    }

    fn bond(&self, line: &str) -> Result<PlacedBond, String> {
        let number = |from: usize, what: &str| {
            let found = integer(line, from, from + 3).ok().flatten();
            found
                .ok_or_else(|| format!("expected {what} in columns {}-{}, got {:?}", from + 1, from + 3, excerpt(line)))
        };
        let atom = |from: usize| {
            let number = number(from, "an atom number")?;
            let place = usize::try_from(number - 1).ok().filter(|&place| place < self.atoms.len());
            place.ok_or_else(|| format!("expected an atom from 1 to {}, got {number}", self.atoms.len()))
        };
        let order = match number(6, "a bond type")? {
            1 => BondOrder::Single,
            2 => BondOrder::Double,
            3 => BondOrder::Triple,
            4 => BondOrder::Aromatic,
            other => {
                return Err(format!(
                    "expected a bond type from 1 to 4, got {other}: query and dative bonds are not read"
                ));
            }
        };
        let stereo = integer(line, 9, 12).ok().flatten().unwrap_or(0);
        Ok(PlacedBond { begin: atom(0)?, end: atom(3)?, order, stereo })
    }

    /// A line of the properties block.
    fn property(&mut self, line: &str) -> Result<(), String> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        let tag = line.get(..6).unwrap_or(line);
        match tag.trim_end() {
            "M  END" => self.ended = true,
            "M  CHG" => {
                self.overrule();
                self.entries(line, |atom, value| {
                    let charge = i8::try_from(value).ok().filter(|charge| (-99..=99).contains(charge));
                    atom.charge = charge.ok_or_else(|| format!("expected a charge from -99 to 99, got {value}"))?;
                    Ok(())
                })?;
            }
            "M  RAD" => {
                self.overrule();
                self.entries(line, |atom, value| {
                    atom.unpaired = match value {
                        0 => 0,
                        2 => 1,
                        1 | 3 => 2,
                        other => return Err(format!("expected a radical of 0 to 3, got {other}")),
                    };
                    Ok(())
                })?;
            }
            "M  ISO" => {
                if !std::mem::replace(&mut self.weighed, true) {
                    self.atoms.iter_mut().for_each(|atom| atom.isotope = atom.named_isotope);
                }
                self.entries(line, |atom, value| {
                    let nucleons = u16::try_from(value).ok().filter(|&n| n <= 999);
                    atom.isotope = Some(nucleons.ok_or_else(|| format!("expected an isotope up to 999, got {value}"))?);
                    Ok(())
                })?;
            }
            "M  ALS" => return Err("atom lists are queries and not read".into()),
            _ if line.starts_with("A  ") || line.starts_with("G  ") => self.skip = 1,
            _ if line.starts_with("S  SKP") => self.skip = integer(line, 6, 9)?.unwrap_or(0).max(0) as usize,
            _ if line.starts_with("M  ") || line.starts_with("V  ") || line.trim().is_empty() => {}
            _ => return Err(format!("expected a property line or \"M  END\", got {:?}", excerpt(line))),
        }
        Ok(())
    }

    /// Property lines replace all charges and radicals of the atom block at once.
    fn overrule(&mut self) {
        if !std::mem::replace(&mut self.charged, true) {
            for atom in &mut self.atoms {
                (atom.charge, atom.unpaired) = (0, 0);
            }
        }
    }

    fn entries(
        &mut self,
        line: &str,
        mut set: impl FnMut(&mut PlacedAtom, i32) -> Result<(), String>,
    ) -> Result<(), String> {
        let malformed = || format!("expected \"M  XXXnn8 aaa vvv …\", got {:?}", excerpt(line));
        let count = integer(line, 6, 9)?.filter(|count| (0..=8).contains(count)).ok_or_else(malformed)?;
        for k in 0..count as usize {
            let at = 9 + 8 * k;
            let number = integer(line, at, at + 4)?.ok_or_else(malformed)?;
            let value = integer(line, at + 4, at + 8)?.ok_or_else(malformed)?;
            let atoms = self.atoms.len();
            let atom = usize::try_from(number - 1).ok().and_then(|place| self.atoms.get_mut(place));
            set(atom.ok_or_else(|| format!("expected an atom from 1 to {atoms}, got {number}"))?, value)?;
        }
        Ok(())
    }

    /// The molecule with its stereo, and what its coordinates are; `dimension` is the code of the second line.
    pub(super) fn finish(self, dimension: Option<&str>) -> Result<(Molecule, SdfLayout), String> {
        let mut builder = MoleculeBuilder::with_capacity(self.atoms.len(), self.bonds.len());
        for placed in &self.atoms {
            builder.add_atom(Atom { hydrogens: Some(0), ..placed.bare() });
        }
        for bond in &self.bonds {
            let (begin, end) = (AtomIndex::new(bond.begin), AtomIndex::new(bond.end));
            builder.add_bond(begin, end, bond.order).map_err(|error| error.to_string())?;
            if bond.order == BondOrder::Aromatic {
                for atom in [begin, end] {
                    builder.atom_mut(atom).expect("both ends of a bond exist").aromatic = true;
                }
            }
        }
        for (k, placed) in self.atoms.iter().enumerate() {
            let atom = AtomIndex::new(k);
            let count =
                hydrogens(builder.molecule(), atom, placed).map_err(|message| format!("atom {}: {message}", k + 1))?;
            let data = builder.atom_mut(atom).expect("an atom of the table");
            data.hydrogens = None;
            let implied = builder.molecule().hydrogens(atom);
            let data = builder.atom_mut(atom).expect("an atom of the table");
            if !(data.is_bare() && implied == count) {
                data.hydrogens = Some(count);
            }
        }
        let mut molecule = builder.build().map_err(|error| error.to_string())?;
        let positions: Vec<Vec3> = self.atoms.iter().map(|placed| placed.position).collect();
        let in_space = dimension == Some("3D") || positions.iter().any(|x| x.z != 0.0);
        let absent = dimension != Some("3D") && positions.iter().all(|x| *x == Vec3::zeros());
        if absent {
            return Ok((self.with_parities(molecule), SdfLayout::Absent));
        }
        molecule.add_conformer(positions).map_err(|error| error.to_string())?;
        if in_space {
            let molecule = molecule.with_stereo_of(0).map_err(|error| error.to_string())?;
            return Ok((molecule, SdfLayout::Space));
        }
        Ok((self.with_wedges(&molecule), SdfLayout::Flat))
    }

    /// Stereo of a drawing: the far end of a wedge lies above or below the paper as seen from its narrow end.
    fn with_wedges(&self, molecule: &Molecule) -> Molecule {
        let flat = molecule.conformers()[0].positions();
        let open: Vec<BondIndex> =
            (0..self.bonds.len()).filter(|&k| self.bonds[k].stereo == EITHER).map(BondIndex::new).collect();
        // Double bonds are seen in the plane; each centre on its own, for a wedge speaks of its narrow end only.
        let seen_at = |centre: AtomIndex| {
            let bonds = self.bonds.iter().filter(move |bond| bond.begin == centre.index());
            let is_narrow = bonds.clone().any(|bond| bond.stereo == UP || bond.stereo == DOWN);
            is_narrow.then(|| Cow::Owned(lifted(flat, centre.index(), bonds.map(|bond| (bond.end, bond.stereo)))))
        };
        molecule.with_stereo_at(flat, &seen_at, &open)
    }

    /// Chirality without coordinates: parity 1 is clockwise for the neighbours by number, seen with the highest one,
    /// or a counted hydrogen, behind.
    fn with_parities(&self, mut molecule: Molecule) -> Molecule {
        for (k, placed) in self.atoms.iter().enumerate() {
            let atom = AtomIndex::new(k);
            if let Some(chirality) = super::atoms::chirality_of_parity(&molecule, atom, placed.parity) {
                molecule.set_chirality(atom, Some(chirality));
            }
        }
        molecule
    }
}

/// A drawing with the wedges (far atom, code) of one atom raised or lowered by their length.
pub(super) fn lifted(flat: &[Vec3], centre: usize, wedges: impl Iterator<Item = (usize, i32)>) -> Vec<Vec3> {
    let mut lifted = flat.to_vec();
    for (end, code) in wedges {
        let length = (flat[end] - flat[centre]).norm();
        lifted[end].z += match code {
            UP => length,
            DOWN => -length,
            _ => 0.0,
        };
    }
    lifted
}

/// The integer in columns `from..to` (from 0): `None` if they are blank or beyond the line.
pub(super) fn integer(line: &str, from: usize, to: usize) -> Result<Option<i32>, String> {
    let Some(rest) = line.get(from.min(line.len())..) else {
        return Err(format!("expected ASCII text in columns, got {:?}", excerpt(line)));
    };
    let width = (to - from).min(rest.len());
    let Some(text) = rest.get(..width).map(str::trim) else {
        return Err(format!("expected ASCII text in columns, got {:?}", excerpt(line)));
    };
    if text.is_empty() {
        return Ok(None);
    }
    let malformed = |_| format!("expected an integer in columns {}-{to}, got {text:?}", from + 1);
    text.parse().map(Some).map_err(malformed)
}

/// The element of a symbol of the atom block, `None` for the wildcard.
pub(super) fn element_of(symbol: &str) -> Result<(Option<Element>, Option<u16>), String> {
    match symbol {
        "*" | "R" | "R#" => Ok((None, None)),
        "D" => Ok((Some(Element::H), Some(2))),
        "T" => Ok((Some(Element::H), Some(3))),
        "A" | "Q" | "L" | "LP" | "X" | "M" => Err(format!("atom symbol {symbol:?} is a query and not read")),
        _ => Element::from_symbol(symbol).map(|element| (Some(element), None)).map_err(|error| error.to_string()),
    }
}
