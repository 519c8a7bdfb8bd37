//! Partial charges by partial equalisation of orbital electronegativity.

use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, Element, Error, Result};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Electronegativity of an orbital as a function of the charge: χ(q) = a + b q + c q² [eV].
#[derive(Clone, Copy, Debug)]
struct Orbital {
    a: f64,
    b: f64,
    c: f64,
}

impl Orbital {
    fn at(self, q: f64) -> f64 {
        self.a + q * (self.b + self.c * q)
    }

    /// χ of the cation, which scales what the atom takes; hydrogen's is a value of its own.
    fn of_cation(self, is_hydrogen: bool) -> f64 {
        if is_hydrogen { HYDROGEN_CATION } else { self.a + self.b + self.c }
    }
}

/// χ(H⁺) [eV], from the paper's section on hydrogen.
const HYDROGEN_CATION: f64 = 20.02;
/// Damping of the first step, and its factor from step to step.
const DAMPING: f64 = 0.5;

static ORBITALS: LazyLock<FxHashMap<(u8, &'static str), Orbital>> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in and read whole by the tests";
    let row = |line: &'static str| {
        let mut fields = line.split(',');
        let mut next = || fields.next().expect(READ);
        let (element, mode) = (Element::from_symbol(next()).expect(READ), next());
        let mut value = || next().parse().expect(READ);
        ((element.number(), mode), Orbital { a: value(), b: value(), c: value() })
    };
    include_str!("../../data/gasteiger.csv").lines().skip(1).map(row).collect()
});

/// Partial charges of a molecule.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GasteigerCharges {
    /// Charge of each atom of the graph [e], shape `[atoms]`.
    pub atoms: Vec<f64>,
    /// Charge of all counted hydrogens of each atom together [e], shape `[atoms]`; hydrogens that are atoms are in
    /// `atoms`.
    pub hydrogens: Vec<f64>,
}

impl GasteigerCharges {
    /// The sum of all charges [e]: the formal charge.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.atoms.iter().chain(&self.hydrogens).sum()
    }
}

/// Gasteiger's charges after `iterations` steps (12 is common): charge flows along bonds to the more electronegative atom.
///
/// ```text
/// Δq_i = Σ_j (χ_j − χ_i) / χ⁺ · 2⁻ⁿ,   χ_i = a_i + b_i q_i + c_i q_i²
/// ```
///
/// with the sum over the neighbours j of atom i, χ⁺ the electronegativity a + b + c of the cation of the less
/// electronegative of the two [eV], n the step from 1; the letters depend on element and hybridisation. Formal charges
/// of a conjugated system start shared among its atoms of the same element two bonds apart (carboxylate).
///
/// Whether hydrogens are drawn or counted makes no difference. An ion without bonds keeps its formal charge.
///
/// ```
/// use mol_core::{Molecule, descriptor::gasteiger_charges, perceive::Perception};
/// let methane = Perception::new(&Molecule::from_smiles("C")?)?;
/// let charges = gasteiger_charges(&methane, 12)?;
/// assert!((charges.atoms[0] - -0.0776).abs() < 1e-4);
/// assert!(charges.total().abs() < 1e-12);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] naming the atom if there are no parameters for an element in its hybridisation: metals, most
/// hypervalent atoms, wildcards.
///
/// Gasteiger & Marsili, *Tetrahedron* **36**, 3219 (1980).
pub fn gasteiger_charges(perception: &Perception, iterations: usize) -> Result<GasteigerCharges> {
    let molecule = perception.kekule();
    let orbitals = molecule.atoms().map(|(atom, _)| orbital(perception, atom)).collect::<Result<Vec<Orbital>>>()?;
    let is_hydrogen = |atom: AtomIndex| molecule.atom(atom).element == Some(Element::H);
    let cations: Vec<f64> =
        molecule.atoms().map(|(atom, _)| orbitals[atom.index()].of_cation(is_hydrogen(atom))).collect();
    let hydrogen = ORBITALS[&(1, "*")];
    let mut charges = shared_formal_charges(perception);
    let mut on_hydrogens = vec![0.0; charges.len()];
    let mut energies = vec![0.0; charges.len()];
    let mut damping = DAMPING;
    for _ in 0..iterations {
        for ((energy, orbital), &q) in energies.iter_mut().zip(&orbitals).zip(&charges) {
            *energy = orbital.at(q);
        }
        for (atom, _) in molecule.atoms() {
            let here = atom.index();
            let flow = |difference: f64, other: f64| difference / if difference < 0.0 { other } else { cations[here] };
            let mut change = 0.0;
            for other in molecule.neighbors(atom) {
                change += flow(energies[other.index()] - energies[here], cations[other.index()]);
            }
            let count = perception.implicit_hydrogens(atom) as f64;
            if count > 0.0 {
                let each = flow(hydrogen.at(on_hydrogens[here] / count) - energies[here], HYDROGEN_CATION);
                change += count * each;
                on_hydrogens[here] -= count * each * damping;
            }
            charges[here] += damping * change;
        }
        damping *= DAMPING;
    }
    Ok(GasteigerCharges { atoms: charges, hydrogens: on_hydrogens })
}

/// The parameters of an atom.
fn orbital(perception: &Perception, atom: AtomIndex) -> Result<Orbital> {
    let molecule = perception.kekule();
    let element = molecule.atom(atom).element;
    let oxygens = || molecule.neighbors(atom).filter(|&other| molecule.atom(other).element == Some(Element::O)).count();
    if perception.total_degree(atom) == 0 {
        return Ok(Orbital { a: 0.0, b: 0.0, c: 0.0 });
    }
    let mode = match perception.hybridization(atom) {
        Hybridization::Sp3 => "sp3",
        Hybridization::Sp2 => "sp2",
        Hybridization::Sp => "sp",
        _ if element == Some(Element::H) => "*",
        _ if element == Some(Element::S) => match oxygens() {
            1 => "so",
            2 => "so2",
            _ => "sp3",
        },
        _ => "",
    };
    element.and_then(|element| ORBITALS.get(&(element.number(), mode))).copied().ok_or_else(|| {
        let symbol = element.map_or("*", Element::symbol);
        Error::InvalidArgument {
            what: "atom for Gasteiger charges",
            expected: "H, B, C, N, O, F, Al, Si, P, S, Cl, Br, I, Be or Mg in a hybridisation of the table",
            got: format!("{symbol} ({:?}) at atom {atom}", perception.hybridization(atom)),
        }
    })
}

/// Formal charges, each shared equally among the atoms of its element two conjugated bonds away.
fn shared_formal_charges(perception: &Perception) -> Vec<f64> {
    let molecule = perception.kekule();
    let conjugated = perception.conjugated_bonds();
    let mut charges = vec![0.0; molecule.atom_count()];
    for (atom, data) in molecule.atoms().filter(|(_, data)| data.charge != 0) {
        if charges[atom.index()] != 0.0 {
            continue;
        }
        let mut sharing = vec![atom];
        let mut formal = f64::from(data.charge);
        for &first in molecule.bonds_of(atom).iter().filter(|bond| conjugated[bond.index()]) {
            let middle = molecule.bond(first).other(atom);
            for &second in molecule.bonds_of(middle).iter().filter(|&&bond| bond != first && conjugated[bond.index()]) {
                let end = molecule.bond(second).other(middle);
                if molecule.atom(end).element == data.element {
                    formal += f64::from(molecule.atom(end).charge);
                    sharing.push(end);
                }
            }
        }
        let share = formal / sharing.len() as f64;
        sharing.iter().for_each(|other| charges[other.index()] = share);
    }
    charges
}
