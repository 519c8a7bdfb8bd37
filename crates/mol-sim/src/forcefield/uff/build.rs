//! The terms of a typed molecule.

use super::bend::{Bend, Shape, polynomial};
use super::inversion::Inversion;
use super::parameters::{bend_constant, conjugated_barrier, natural_length, stretch_constant};
use super::stretch::Stretch;
use super::torsion::{Fold, MOST, Rotor, Torsion};
use super::typing::{Typed, typed, untyped};
use super::van_der_waals::Pairs;
use super::{Terms, UffConfig};
use crate::Result;
use mol_core::perceive::Hybridization;
use mol_core::units::KCAL_PER_MOL;
use mol_core::{AtomIndex, BondIndex, Element, Molecule};

/// All terms of `molecule`.
pub(super) fn terms(molecule: &Molecule, config: UffConfig) -> Result<Terms> {
    let typed = typed(molecule, config)?;
    let lengths: Vec<f64> = typed.bonds().map(|(bond, [i, j])| typed.length(bond, i, j)).collect();
    Ok(Terms {
        types: typed.types.iter().map(|row| row.label).collect(),
        stretches: stretches(&typed, &lengths),
        bends: bends(&typed, &lengths)?,
        rotors: typed.bonds().filter_map(|(bond, axis)| rotor(&typed, bond, axis)).collect(),
        inversions: typed.molecule().atoms().filter_map(|(atom, _)| inversion(&typed, atom)).collect(),
        pairs: pairs(&typed),
    })
}

impl Typed {
    fn molecule(&self) -> &Molecule {
        self.perception.molecule()
    }

    fn bonds(&self) -> impl Iterator<Item = (BondIndex, [AtomIndex; 2])> {
        self.molecule().bonds().map(|(index, bond)| (index, [bond.begin, bond.end]))
    }

    fn length(&self, bond: BondIndex, i: AtomIndex, j: AtomIndex) -> f64 {
        natural_length(self.types[i.index()], self.types[j.index()], self.orders[bond.index()])
    }

    fn hybridization(&self, atom: AtomIndex) -> Hybridization {
        self.perception.hybridization(atom)
    }

    fn element(&self, atom: AtomIndex) -> Option<Element> {
        self.molecule().atom(atom).element
    }

    fn on_ring_of(&self, atom: AtomIndex, size: usize) -> bool {
        let rings = self.perception.rings();
        rings.of_atom(atom).iter().any(|&ring| rings.atoms(ring).len() == size)
    }
}

fn stretches(typed: &Typed, lengths: &[f64]) -> Vec<Stretch> {
    let bonds = typed.bonds().zip(lengths);
    let stretch = |((_, [i, j]), &r0): ((BondIndex, [AtomIndex; 2]), &f64)| {
        let k = stretch_constant(typed.types[i.index()], typed.types[j.index()], r0) * KCAL_PER_MOL;
        Stretch { atoms: [i.index() as u32, j.index() as u32], k, r0 }
    };
    bonds.map(stretch).collect()
}

fn bends(typed: &Typed, lengths: &[f64]) -> Result<Vec<Bend>> {
    let mut bends = Vec::new();
    for (vertex, _) in typed.molecule().atoms() {
        let bonds = typed.molecule().bonds_of(vertex);
        let axis = if typed.hybridization(vertex) == Hybridization::Sp3d && bonds.len() == 5 {
            Some(bipyramid_axis(typed, vertex)?)
        } else {
            None
        };
        for (m, first) in bonds.iter().enumerate() {
            for second in &bonds[m + 1..] {
                let [i, k] = [first, second].map(|bond| typed.molecule().bond(*bond).other(vertex));
                let (theta0, shape) = match axis {
                    Some(axis) => {
                        let axial = [i, k].iter().filter(|atom| axis.contains(atom)).count();
                        let own = typed.types[vertex.index()].angle;
                        (own, [Shape::Periodic(3), Shape::General(own), Shape::Periodic(2)][axial])
                    }
                    None => shape(typed, i, vertex, k),
                };
                let [rij, rjk] = [first, second].map(|bond| lengths[bond.index()]);
                let ends = [i, k].map(|atom| typed.types[atom.index()]);
                let constant = bend_constant(ends[0], ends[1], rij, rjk, theta0) * KCAL_PER_MOL;
                let atoms = [i, vertex, k].map(|atom| atom.index() as u32);
                bends.push(Bend { atoms, a: polynomial(constant, shape) });
            }
        }
    }
    Ok(bends)
}

/// The angle that enters the force constant, and the form of the energy.
fn shape(typed: &Typed, i: AtomIndex, vertex: AtomIndex, k: AtomIndex) -> (f64, Shape) {
    let own = typed.types[vertex.index()].angle;
    match typed.hybridization(vertex) {
        Hybridization::Sp => (own, Shape::Linear),
        Hybridization::Sp2 => {
            // A flat atom in a small ring bends the other way out: ring angles are 60° or 90°, those to a substituent
            // share what is left of the circle.
            for (size, inside, outside) in [(3, 60.0_f64, 150.0_f64), (4, 90.0, 135.0)] {
                if typed.on_ring_of(vertex, size) {
                    return match (typed.on_ring_of(i, size), typed.on_ring_of(k, size)) {
                        (true, true) => general(inside),
                        (false, false) => (own, Shape::Periodic(3)),
                        _ => general(outside),
                    };
                }
            }
            (own, Shape::Periodic(3))
        }
        Hybridization::Sp3d2 => (own, Shape::Periodic(4)),
        _ => (own, Shape::General(own)),
    }
}

fn general(degrees: f64) -> (f64, Shape) {
    (degrees.to_radians(), Shape::General(degrees.to_radians()))
}

/// The two neighbours of a five-coordinate atom that are most nearly opposite in the first conformer.
fn bipyramid_axis(typed: &Typed, centre: AtomIndex) -> Result<[AtomIndex; 2]> {
    let neighbors: Vec<AtomIndex> = typed.molecule().neighbors(centre).collect();
    let Some(conformer) = typed.molecule().conformers().first() else {
        let problem = "a trigonal bipyramid needs a conformer to tell its axis";
        return Err(untyped(centre, typed.element(centre).map_or("*", Element::symbol), problem));
    };
    let x = conformer.positions();
    let direction = |atom: AtomIndex| (x[atom.index()] - x[centre.index()]).normalize();
    let pairs = neighbors.iter().enumerate().flat_map(|(m, &i)| neighbors[m + 1..].iter().map(move |&k| [i, k]));
    let opposite = |a: &[AtomIndex; 2]| direction(a[0]).dot(&direction(a[1]));
    Ok(pairs.min_by(|a, b| opposite(a).total_cmp(&opposite(b))).expect("five neighbours make ten pairs"))
}

/// The torsions about one bond, `None` if there are none.
fn rotor(typed: &Typed, bond: BondIndex, axis: [AtomIndex; 2]) -> Option<Rotor> {
    use Hybridization::{Sp2, Sp3};
    let shapes = axis.map(|atom| typed.hybridization(atom));
    if !shapes.iter().all(|shape| matches!(shape, Sp2 | Sp3)) {
        return None;
    }
    // Trigonal and tetrahedral atoms have no more neighbours than a rotor has room for.
    let ends: [Vec<AtomIndex>; 2] = [0, 1]
        .map(|side| typed.molecule().neighbors(axis[side]).filter(|atom| *atom != axis[1 - side]).take(MOST).collect());
    // The atom shared by both ends of a bond of a three-membered ring makes no torsion.
    let count = ends[0].iter().flat_map(|a| ends[1].iter().map(move |d| a != d)).filter(|real| *real).count();
    if count == 0 {
        return None;
    }
    let [j, k] = axis.map(|atom| typed.types[atom.index()]);
    let chalcogen =
        axis.map(|atom| matches!(typed.element(atom), Some(Element::O | Element::S | Element::SE | Element::TE)));
    let order = typed.orders[bond.index()];
    let mut torsions = Vec::with_capacity(ends[0].len() * ends[1].len());
    for &a in &ends[0] {
        for &d in &ends[1] {
            let (barrier, fold, sign) = match shapes {
                [Sp3, Sp3] if order == 1.0 && chalcogen == [true, true] => {
                    // Two lone pairs each: the bond prefers a right angle.
                    let own = |atom| if typed.element(atom) == Some(Element::O) { 2.0 } else { 6.8_f64 };
                    ((own(axis[0]) * own(axis[1])).sqrt(), Fold::Two, -1.0)
                }
                [Sp3, Sp3] => ((j.barrier_sp3 * k.barrier_sp3).sqrt(), Fold::Three, -1.0),
                [Sp2, Sp2] => (conjugated_barrier(j, k, order), Fold::Two, 1.0),
                _ => {
                    let tetrahedral = usize::from(shapes[1] == Sp3);
                    let propene = [a, d].iter().any(|atom| typed.hybridization(*atom) == Sp2);
                    if order == 1.0 && chalcogen[tetrahedral] && !chalcogen[1 - tetrahedral] {
                        (conjugated_barrier(j, k, order), Fold::Two, -1.0)
                    } else if order == 1.0 && propene {
                        (2.0, Fold::Three, -1.0)
                    } else {
                        (1.0, Fold::Six, 1.0)
                    }
                }
            };
            let half = if a == d { 0.0 } else { 0.5 * barrier / count as f64 * KCAL_PER_MOL };
            torsions.push(Torsion { fold, half, amplitude: sign * half });
        }
    }
    let index = |atoms: &Vec<AtomIndex>| atoms.iter().map(|atom| atom.index() as u32).collect();
    Some(Rotor { axis: axis.map(|atom| atom.index() as u32), ends: ends.each_ref().map(index), torsions })
}

/// The umbrella of an atom with three neighbours that has one.
fn inversion(typed: &Typed, centre: AtomIndex) -> Option<Inversion> {
    let arms: Vec<AtomIndex> = typed.molecule().neighbors(centre).collect();
    let arms: [AtomIndex; 3] = arms.try_into().ok()?;
    let flat = typed.hybridization(centre) == Hybridization::Sp2;
    let c = match typed.element(centre)? {
        Element::C | Element::N | Element::O if flat => {
            let carbonyl = |atom: &AtomIndex| {
                typed.element(*atom) == Some(Element::O) && typed.hybridization(*atom) == Hybridization::Sp2
            };
            let stiff = typed.element(centre) == Some(Element::C) && arms.iter().any(carbonyl);
            let k = if stiff { 50.0 } else { 6.0 };
            [k, -k, 0.0]
        }
        // The pyramid of the fifth group: a barrier of 22 kcal/mol between minima at ω₀.
        Element::P => {
            let omega0 = 84.4339_f64.to_radians();
            let c1 = -4.0 * omega0.cos();
            let c0 = -(c1 * omega0.cos() + (2.0 * omega0).cos());
            let k = 22.0 / (c0 + c1 + 1.0);
            [k * c0, k * c1, k]
        }
        _ => return None,
    };
    let c = c.map(|c| c / 3.0 * KCAL_PER_MOL);
    Some(Inversion { centre: centre.index() as u32, arms: arms.map(|atom| atom.index() as u32), c })
}

fn pairs(typed: &Typed) -> Pairs {
    let near = |i: AtomIndex, j: AtomIndex| {
        let mut neighbors = typed.molecule().neighbors(i);
        neighbors.any(|k| k == j || typed.molecule().neighbors(k).any(|l| l == j))
    };
    let atoms: Vec<(f64, f64)> = typed.types.iter().map(|row| (row.distance, row.depth * KCAL_PER_MOL)).collect();
    Pairs::new(&atoms, |i, j| near(AtomIndex::new(i), AtomIndex::new(j)))
}
