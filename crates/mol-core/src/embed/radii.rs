//! Natural lengths of bonds by the rule of the Universal Force Field.
//!
//! Taken rather than covalent radii because the angles and torsions of distance geometry are tuned to them. The radii and
//! electronegativities are those of the field; nothing else of it is used.

use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, BondIndex, BondOrder, Element};
use std::sync::LazyLock;

/// Shrinkage of a bond with its order.
const LAMBDA: f64 = 0.1332;
/// Order of the C–N bond of an amide.
const AMIDE: f64 = 1.41;
/// What an atom without parameters counts as: carbon.
const UNKNOWN: Radius = Radius { label: "C_3", bond: 0.757, electronegativity: 5.343 };

/// Radius [Å] and electronegativity [eV] of an atom type.
#[derive(Clone, Copy, Debug)]
struct Radius {
    label: &'static str,
    bond: f64,
    electronegativity: f64,
}

/// Types by atomic number, those of an element in the order of the table.
static TABLE: LazyLock<Vec<Vec<Radius>>> = LazyLock::new(|| {
    let mut table = vec![Vec::new(); 119];
    for line in include_str!("../../data/uff_radii.csv").lines().skip(1) {
        let mut fields = line.split(',');
        let mut next = || fields.next().expect("four columns");
        let element = Element::from_symbol(next()).expect("a symbol");
        let label = next();
        let mut number = || next().parse().expect("a number");
        let radius = Radius { label, bond: number(), electronegativity: number() };
        table[usize::from(element.number())].push(radius);
    }
    table
});

/// Natural length of a bond of order n [Å],
///
/// ```text
/// r = rᵢ + rⱼ − λ (rᵢ + rⱼ) ln n − rᵢ rⱼ (√χᵢ − √χⱼ)² / (χᵢ rᵢ + χⱼ rⱼ)
/// ```
///
/// (A. K. Rappé et al., *J. Am. Chem. Soc.* **114**, 10024 (1992), equations 2 to 4, the last term with the sign that
/// programs have.)
pub(super) fn natural_length(seen: &Perception, bond: BondIndex) -> f64 {
    let data = seen.kekule().bond(bond);
    let covalent = |atom: AtomIndex| seen.kekule().atom(atom).element.map_or(0.77, Element::covalent_radius);
    if is_metal(seen, data.begin) || is_metal(seen, data.end) {
        return covalent(data.begin) + covalent(data.end);
    }
    let (i, j) = (radius(seen, data.begin), radius(seen, data.end));
    let order = match data.order {
        _ if seen.is_aromatic_bond(bond) => 1.5,
        BondOrder::Single if is_amide(seen, bond) => AMIDE,
        order => self::order(order),
    };
    let polar = i.bond * j.bond * (i.electronegativity.sqrt() - j.electronegativity.sqrt()).powi(2)
        / (i.electronegativity * i.bond + j.electronegativity * j.bond);
    (i.bond + j.bond) * (1.0 - LAMBDA * order.ln()) - polar + correction(seen, data.begin, data.end)
}

/// Whether the field has one radius for all the bonds of an atom, of ligands above and across alike: then those of
/// Cordero (*Dalton Trans.* 2832 (2008)) are nearer.
pub(super) fn is_metal(seen: &Perception, atom: AtomIndex) -> bool {
    let number = seen.kekule().atom(atom).element.map_or(0, Element::number);
    !matches!(number, 0..=2 | 5..=10 | 14..=18 | 32..=36 | 51..=54 | 84..=86)
}

/// What the radii miss by more than a twentieth of an ångström [Å]: lone pairs of O and F repel, Si–N, Si–O and Si–F hold tight.
fn correction(seen: &Perception, begin: AtomIndex, end: AtomIndex) -> f64 {
    let numbers = [begin, end].map(|atom| seen.kekule().atom(atom).element.map_or(0, Element::number));
    match [numbers[0].min(numbers[1]), numbers[0].max(numbers[1])] {
        [8, 8 | 9] => 0.13,
        [7..=9, 14] => -0.06,
        _ => 0.0,
    }
}

/// Whether a single bond joins the carbon of C=O or C=S with a trigonal nitrogen: amides, ureas, carbamates and their
/// sulphur kin.
fn is_amide(seen: &Perception, bond: BondIndex) -> bool {
    let molecule = seen.kekule();
    let data = molecule.bond(bond);
    let is = |atom: AtomIndex, element: Element| molecule.atom(atom).element == Some(element);
    let trigonal = |atom: AtomIndex| seen.hybridization(atom) == Hybridization::Sp2;
    let acyl = |carbon: AtomIndex| {
        molecule.bonds_of(carbon).iter().any(|&k| {
            let data = molecule.bond(k);
            let other = data.other(carbon);
            data.order == BondOrder::Double && (is(other, Element::O) || is(other, Element::S))
        })
    };
    [(data.begin, data.end), (data.end, data.begin)].into_iter().any(|(carbon, nitrogen)| {
        is(carbon, Element::C) && is(nitrogen, Element::N) && trigonal(nitrogen) && acyl(carbon)
    })
}

fn order(order: BondOrder) -> f64 {
    match order {
        BondOrder::Double => 2.0,
        BondOrder::Triple => 3.0,
        BondOrder::Quadruple => 4.0,
        BondOrder::Aromatic => 1.5,
        BondOrder::Single => 1.0,
    }
}

fn radius(seen: &Perception, atom: AtomIndex) -> Radius {
    let Some(element) = seen.kekule().atom(atom).element else { return UNKNOWN };
    let types = &TABLE[usize::from(element.number())];
    let resonant = seen.is_aromatic(atom) || seen.is_conjugated(atom);
    let valence = seen.valence(atom);
    let wanted = match (element.symbol(), seen.hybridization(atom)) {
        ("B" | "C" | "N" | "O", Hybridization::Sp) => "_1",
        ("C" | "N" | "O" | "S", Hybridization::Sp2) if resonant => "_R",
        ("B" | "C" | "N" | "O" | "S", Hybridization::Sp2) => "_2",
        ("P", _) if valence >= 5 => "+5",
        ("S", _) if valence >= 6 => "+6",
        ("S", _) if valence >= 4 => "+4",
        _ => "",
    };
    types.iter().find(|radius| radius.label.ends_with(wanted)).or(types.first()).copied().unwrap_or(UNKNOWN)
}
