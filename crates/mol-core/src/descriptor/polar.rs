//! Topological polar surface area.
//!
//! Each nitrogen and oxygen, on request sulfur and phosphorus too, has an area that depends on its hydrogens, charge and
//! bonds alone, fitted so that the sum reproduces the surface of 3-D structures. Deliberately not here: surfaces of
//! conformers.

use super::sites::{Site, Sites};
use crate::{BondOrder, Element};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What an area depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Fragment {
    number: u8,
    charge: i8,
    hydrogens: u8,
    /// Single, double, triple and aromatic bonds to atoms other than hydrogen.
    bonds: [u8; 4],
    three_ring: bool,
}

static AREAS: LazyLock<FxHashMap<Fragment, f64>> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in and read whole by the tests";
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/tpsa.csv")[..]);
    let entry = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect(READ);
        let small = |k: usize| row[k].parse::<u8>().expect(READ);
        let fragment = Fragment {
            number: Element::from_symbol(&row[0]).expect(READ).number(),
            charge: row[1].parse().expect(READ),
            hydrogens: small(2),
            bonds: [small(3), small(4), small(5), small(6)],
            three_ring: small(7) == 1,
        };
        (fragment, row[8].parse().expect(READ))
    };
    reader.records().map(entry).collect()
});

/// The sum over nitrogen and oxygen, and over sulfur and phosphorus.
pub(super) fn polar_surface_areas(sites: &Sites) -> [f64; 2] {
    let mut areas = [0.0; 2];
    for (atom, site) in sites.iter() {
        match site.number {
            7 | 8 => areas[0] += area(sites, atom, site),
            15 | 16 => areas[1] += area(sites, atom, site),
            _ => {}
        }
    }
    areas
}

fn area(sites: &Sites, atom: usize, site: Site) -> f64 {
    let mut bonds = [0_u8; 4];
    for (link, _) in sites.neighbors(atom).filter(|(_, other)| other.number != 1) {
        let kind = match link.order {
            BondOrder::Single => 0,
            BondOrder::Double => 1,
            BondOrder::Triple => 2,
            BondOrder::Aromatic => 3,
            BondOrder::Quadruple => continue,
        };
        bonds[kind] = bonds[kind].saturating_add(1);
    }
    let mut fragment =
        Fragment { number: site.number, charge: site.charge, hydrogens: site.hydrogens, bonds, three_ring: true };
    let strained = if sites.in_three_ring(atom) { AREAS.get(&fragment) } else { None };
    fragment.three_ring = false;
    strained.or_else(|| AREAS.get(&fragment)).copied().unwrap_or_else(|| {
        let neighbors = bonds.iter().map(|&count| f64::from(count)).sum::<f64>();
        let hydrogens = f64::from(site.hydrogens);
        match site.number {
            7 => (30.5 - 8.2 * neighbors + 1.5 * hydrogens).max(0.0),
            8 => (28.5 - 8.6 * neighbors + 1.5 * hydrogens).max(0.0),
            _ => 0.0,
        }
    })
}
