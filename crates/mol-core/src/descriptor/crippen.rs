//! Octanol–water partition and molar refractivity from atomic contributions.
//!
//! Wildman and Crippen give each atom, hydrogens included, one of 68 types. The published types are SMARTS, tried one after
//! the other; here the same questions are asked of each atom directly, grouped by element, which costs no search. That both
//! agree on every atom is a test. Deliberately not here: other fragment methods (XLOGP, ALOGP).

use super::sites::{Site, Sites};
use crate::BondOrder;
use std::sync::LazyLock;

/// Sums of Crippen's atomic contributions.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Crippen {
    /// Decadic logarithm of the octanol–water partition coefficient.
    pub log_p: f64,
    /// Molar refractivity [cm³/mol].
    pub refractivity: f64,
}

macro_rules! types {
    ($($name:ident),* $(,)?) => {
        /// Atom types in the order of the table's labels.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Type { $($name),* }

        const LABELS: &[&str] = &[$(stringify!($name)),*];
    };
}

types! {
    C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, C20, C21, C22, C23, C24, C25, C26,
    C27, CS, H1, H2, H3, H4, HS, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10, N11, N12, N13, N14, NS, O1, O2, O3, O4, O5, O6,
    O12, O7, O8, O9, O10, O11, OS, F, Cl, Br, I, Hal, P, S2, S1, S3, Me1, Me2,
}

/// Contributions by type; the table repeats them on each line of a type.
static CONTRIBUTIONS: LazyLock<Vec<Crippen>> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in and read whole by the tests";
    let mut table = vec![None; LABELS.len()];
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/crippen.csv")[..]);
    for row in reader.records() {
        let row = row.expect(READ);
        let value = |k: usize| row.get(k).and_then(|text| text.parse().ok()).expect(READ);
        let label = LABELS.iter().position(|label| Some(*label) == row.get(0)).expect(READ);
        table[label].get_or_insert(Crippen { log_p: value(2), refractivity: value(3) });
    }
    table.into_iter().map(|entry| entry.expect(READ)).collect()
});

/// The sum over all atoms, counted hydrogens included.
pub(super) fn crippen(sites: &Sites) -> Crippen {
    let table = &*CONTRIBUTIONS;
    let mut sum = Crippen::default();
    let mut add = |kind: Type, count: f64| {
        sum.log_p += count * table[kind as usize].log_p;
        sum.refractivity += count * table[kind as usize].refractivity;
    };
    for (atom, site) in sites.iter() {
        if let Some(kind) = atom_type(sites, atom) {
            add(kind, 1.0);
        }
        if site.implicit > 0 {
            add(hydrogen_type(sites, atom), f64::from(site.implicit));
        }
    }
    sum
}

/// The type of an atom of the graph, `None` for what the table does not know: wildcards, noble gases, some ions.
pub(super) fn atom_type(sites: &Sites, atom: usize) -> Option<Type> {
    let site = sites.site(atom);
    let kind = match site.number {
        1 => sites.neighbors(atom).map(|(link, _)| hydrogen_type(sites, link.to as usize)).min().unwrap_or(Type::HS),
        6 if site.aromatic => aromatic_carbon(sites, atom),
        6 => carbon(sites, atom),
        7 if site.aromatic => match site.charge {
            0 => Type::N11,
            1..=3 => Type::N12,
            _ => Type::NS,
        },
        7 => nitrogen(sites, atom),
        8 if site.aromatic => Type::O1,
        8 => oxygen(sites, atom),
        15 => Type::P,
        16 if site.aromatic => Type::S3,
        16 => sulfur(sites, atom),
        _ => return ion_or_metal(site),
    };
    Some(kind)
}

/// Halogens and metals.
fn ion_or_metal(site: Site) -> Option<Type> {
    let neutral = site.charge == 0;
    match site.number {
        9 if neutral => Some(Type::F),
        17 if neutral => Some(Type::Cl),
        35 if neutral => Some(Type::Br),
        53 if neutral => Some(Type::I),
        9 | 17 | 35 | 53 if site.charge == -1 => Some(Type::Hal),
        53 if (1..=3).contains(&site.charge) => Some(Type::Hal),
        3 | 11 | 19 | 37 | 55 if site.charge == 1 => Some(Type::Hal),
        // Groups 1, 2, and 13 to 16.
        3 | 11 | 19 | 37 | 55 | 4 | 12 | 20 | 38 | 56 | 5 | 13 | 31 | 49 | 81 | 14 | 32 | 50 | 82 | 33 | 51 | 83
        | 34 | 52 | 84 => Some(Type::Me1),
        21..=30 | 39..=48 | 72..=80 => Some(Type::Me2),
        _ => None,
    }
}

/// The type of a hydrogen on `parent`.
pub(super) fn hydrogen_type(sites: &Sites, parent: usize) -> Type {
    let site = sites.site(parent);
    match site.number {
        1 | 6 => Type::H1,
        7 => Type::H3,
        8 if site.aromatic => Type::HS,
        8 => hydroxyl_hydrogen(sites, parent),
        _ => Type::H2,
    }
}

/// The type of a hydrogen on an aliphatic oxygen, by what else the oxygen carries.
fn hydroxyl_hydrogen(sites: &Sites, oxygen: usize) -> Type {
    let beyond = |test: &dyn Fn(usize, Site) -> bool| sites.plain(oxygen).any(|(k, other)| test(k, other));
    let is_alkyl = |_, other: Site| other.number == 6 && (other.aromatic || other.connections() == 4);
    let foreign = |_, other: Site| !matches!(other.number, 1 | 6 | 7 | 8 | 16);
    let enol = |k: usize, other: Site| {
        let sink = |(_, end): (usize, Site)| matches!(end.number, 6 | 7) || end.is_aliphatic(8) || end.is_aliphatic(16);
        other.is_aliphatic(6) && sites.double(k).any(sink)
    };
    if beyond(&is_alkyl) || beyond(&foreign) || sites.site(oxygen).hydrogens > 1 {
        Type::H2
    } else if beyond(&|_, other| other.number == 7) {
        Type::H3
    } else if beyond(&enol) || beyond(&|_, other| other.is_aliphatic(8) || other.is_aliphatic(16)) {
        Type::H4
    } else {
        Type::HS
    }
}

/// Neighbours by single or aromatic bonds, counted by kind.
#[derive(Clone, Copy, Debug, Default)]
struct Plain {
    /// Aliphatic, not hydrogen.
    aliphatic: u8,
    aromatic: u8,
    /// Aliphatic N, O, P, S, F, Cl, Br, I.
    hetero: u8,
    aliphatic_carbon: u8,
    aromatic_carbon: u8,
    /// Aliphatic, and neither hydrogen, carbon nor one of `hetero`.
    other: u8,
}

impl Plain {
    /// Counts saturate: 255 neighbours belong to no atom that a rule knows.
    fn of(sites: &Sites, atom: usize) -> Self {
        let mut counts = Self::default();
        let add = |count: &mut u8| *count = count.saturating_add(1);
        for (_, site) in sites.plain(atom) {
            match site.number {
                _ if site.aromatic => {
                    add(&mut counts.aromatic);
                    if site.number == 6 {
                        add(&mut counts.aromatic_carbon);
                    }
                    continue;
                }
                1 => continue,
                6 => add(&mut counts.aliphatic_carbon),
                7 | 8 | 15 | 16 | 9 | 17 | 35 | 53 => add(&mut counts.hetero),
                _ => add(&mut counts.other),
            }
            add(&mut counts.aliphatic);
        }
        counts
    }

    const fn heavy(self) -> u8 {
        self.aliphatic.saturating_add(self.aromatic)
    }
}

fn carbon(sites: &Sites, atom: usize) -> Type {
    let site = sites.site(atom);
    let plain = Plain::of(sites, atom);
    let (h, x) = (site.hydrogens, site.connections());
    let double = |test: fn(Site) -> bool| sites.double(atom).filter(|(_, other)| test(*other)).count();
    let alkene = double(|other| other.is_aliphatic(6));
    let triple = || {
        sites
            .neighbors(atom)
            .any(|(link, other)| link.order == BondOrder::Triple && !other.aromatic && other.number != 1)
    };
    match (h, plain.aliphatic_carbon) {
        (4, _) | (3, 1..) | (2, 2..) => return Type::C1,
        (1, 3..) | (_, 4..) => return Type::C2,
        _ => {}
    }
    if h == 3 && plain.hetero > 0 || h == 2 && x == 4 && plain.hetero > 0 && plain.aliphatic > 1 {
        Type::C3
    } else if x == 4 && plain.hetero > 0 && (h == 1 && plain.aliphatic > 2 || h == 0 && plain.aliphatic > 3) {
        Type::C4
    } else if double(|other| !matches!(other.number, 1 | 6) && !other.aromatic) > 0 {
        Type::C5
    } else if alkene > 1 || alkene == 1 && (h == 2 || h == 1 && plain.aliphatic > 0 || h == 0 && plain.aliphatic > 1) {
        Type::C6
    } else if x == 2 && triple() {
        Type::C7
    } else if h == 3 && plain.aromatic_carbon > 0 {
        Type::C8
    } else if h == 3 && plain.aromatic > 0 {
        Type::C9
    } else if x == 4 && plain.aromatic > 0 && h < 3 {
        [Type::C12, Type::C11, Type::C10][usize::from(h)]
    } else if alkene > 0
        && plain.aromatic > 0
        && (plain.aliphatic > 0 || h == 1 || plain.aromatic > 1 && plain.aromatic_carbon > 0)
        || double(|other| other.aromatic && other.number == 6) > 0
    {
        Type::C26
    } else if x == 4 && plain.other > 0 {
        Type::C27
    } else {
        Type::CS
    }
}

fn aromatic_carbon(sites: &Sites, atom: usize) -> Type {
    let site = sites.site(atom);
    let single = |test: &dyn Fn(Site) -> bool| {
        sites.neighbors(atom).any(|(link, other)| link.order == BondOrder::Single && test(other))
    };
    let plain = |number: u8| sites.plain(atom).any(|(_, other)| other.number == number);
    let around = sites.links(atom).iter().filter(|link| link.order == BondOrder::Aromatic).count();
    let strange = |other: Site| !other.aromatic && !matches!(other.number, 1 | 6 | 7 | 8 | 16 | 9 | 17 | 35 | 53);
    let halogens = [(9, Type::C14), (17, Type::C15), (35, Type::C16), (53, Type::C17)];
    if site.hydrogens == 0 && single(&strange) {
        return Type::C13;
    }
    if let Some((_, kind)) = halogens.into_iter().find(|&(number, _)| plain(number)) {
        return kind;
    }
    if site.hydrogens == 1 {
        return Type::C18;
    }
    let carried = [(6, Type::C21), (7, Type::C22), (8, Type::C23), (16, Type::C24)];
    let first_carried = || carried.into_iter().find(|&(number, _)| single(&|other| other.is_aliphatic(number)));
    let pulled = |(_, other): (usize, Site)| !other.aromatic && matches!(other.number, 6..=8);
    if around >= 3 {
        Type::C19
    } else if around < 2 {
        Type::CS
    } else if single(&|other| other.aromatic) {
        Type::C20
    } else if let Some((_, kind)) = first_carried() {
        kind
    } else if sites.double(atom).any(pulled) {
        Type::C25
    } else {
        Type::CS
    }
}

fn nitrogen(sites: &Sites, atom: usize) -> Type {
    let site = sites.site(atom);
    let plain = Plain::of(sites, atom);
    let h = site.hydrogens;
    let cation = (1..=3).contains(&site.charge);
    let double = |test: fn(Site) -> bool| sites.double(atom).filter(|(_, other)| test(*other)).count();
    let triple = || {
        sites
            .neighbors(atom)
            .any(|(link, other)| link.order == BondOrder::Triple && !other.aromatic && other.number != 1)
    };
    if site.charge == 0 {
        let to_heavy = double(|other| other.number != 1);
        let by_hydrogens = match h {
            2 if plain.aliphatic > 0 => Some(Type::N1),
            1 if plain.aliphatic > 1 => Some(Type::N2),
            2 if plain.aromatic > 0 => Some(Type::N3),
            1 if plain.aromatic > 0 && plain.heavy() > 1 => Some(Type::N4),
            1 if to_heavy > 0 => Some(Type::N5),
            _ => None,
        };
        if let Some(kind) = by_hydrogens {
            return kind;
        }
        return if to_heavy > 0 && plain.heavy() > 0 {
            Type::N6
        } else if plain.aliphatic > 2 {
            Type::N7
        } else if plain.heavy() > 2 && plain.aromatic > 0 {
            Type::N8
        } else if triple() {
            Type::N9
        } else {
            Type::NS
        };
    }
    if cation && (1..=3).contains(&h) {
        return Type::N10;
    }
    let enamine = || double(|other| !other.aromatic && other.number != 1) > 0;
    let diazo = || double(|other| other.number == 6) > 0 && double(|other| other.number == 7) > 0;
    let azide = || {
        let charged = double(|other| other.is_aliphatic(7) && (-3..0).contains(&other.charge));
        charged > 0 && double(|other| other.is_aliphatic(7)) > 1
    };
    if cation && h == 0 && (plain.aliphatic > 3 || enamine() && plain.aliphatic > 0 && plain.heavy() > 1 || diazo()) {
        Type::N13
    } else if cation && (triple() || azide()) || (-3..0).contains(&site.charge) {
        Type::N14
    } else {
        Type::NS
    }
}

fn oxygen(sites: &Sites, atom: usize) -> Type {
    let site = sites.site(atom);
    let plain = Plain::of(sites, atom);
    let any_plain = |test: &dyn Fn(usize, Site) -> bool| sites.plain(atom).any(|(k, other)| test(k, other));
    let any_double = |test: fn(Site) -> bool| sites.double(atom).any(|(_, other)| test(other));
    if matches!(site.hydrogens, 1 | 2) {
        return Type::O2;
    } else if plain.aliphatic > 1 {
        return Type::O3;
    } else if plain.aromatic > 0 && plain.heavy() > 1 {
        return Type::O4;
    }
    let bare_anion = site.connections() == 1 && (-3..0).contains(&site.charge);
    if any_double(|other| matches!(other.number, 7 | 8)) || bare_anion && any_plain(&|_, other| other.number == 7) {
        Type::O5
    } else if bare_anion && site.charge > -3 && any_plain(&|_, other| other.number == 16)
        || site.charge == 0 && any_double(|other| other.number == 16 && other.charge == 0)
    {
        Type::O6
    } else if site.charge == -1
        && any_plain(&|k, other| other.is_aliphatic(6) && sites.double(k).any(|(_, end)| end.is_aliphatic(8)))
    {
        Type::O12
    } else if bare_anion
        && any_plain(&|_, other| other.number != 1 && !other.is_aliphatic(7) && !other.is_aliphatic(16))
    {
        Type::O7
    } else if any_double(|other| other.aromatic && other.number == 6) {
        Type::O8
    } else {
        let kinds =
            sites.double(atom).filter(|(_, other)| other.is_aliphatic(6)).filter_map(|(k, _)| carbonyl(sites, k));
        kinds.min().unwrap_or(Type::OS)
    }
}

/// The type of an oxygen with a double bond to the aliphatic carbon `atom`.
fn carbonyl(sites: &Sites, atom: usize) -> Option<Type> {
    let site = sites.site(atom);
    let plain = Plain::of(sites, atom);
    let amide_like = || sites.plain(atom).any(|(_, other)| other.is_aliphatic(7) || other.is_aliphatic(8));
    let dioxide =
        || site.connections() == 2 && sites.double(atom).filter(|(_, other)| other.is_aliphatic(8)).count() > 1;
    let strangers = || sites.plain(atom).filter(|(_, other)| !matches!(other.number, 1 | 6)).count();
    let carbons = plain.aliphatic_carbon.saturating_add(plain.aromatic_carbon);
    match site.hydrogens {
        1 if plain.aliphatic_carbon > 0 || amide_like() => return Some(Type::O9),
        2 => return Some(Type::O9),
        _ if plain.aliphatic_carbon > 0 && plain.aliphatic > 1 || dioxide() => return Some(Type::O9),
        _ => {}
    }
    if site.hydrogens == 1 && plain.aromatic_carbon > 0
        || carbons > 0 && plain.aromatic > 0 && plain.aromatic.saturating_add(plain.aliphatic_carbon) > 1
        || plain.aromatic_carbon > 0 && plain.aliphatic > 0
    {
        Some(Type::O10)
    } else if strangers() > 1 {
        Some(Type::O11)
    } else {
        None
    }
}

fn sulfur(sites: &Sites, atom: usize) -> Type {
    let site = sites.site(atom);
    let polar = |(_, other): (usize, Site)| !other.aromatic && matches!(other.number, 7 | 8 | 15 | 16);
    let ionic = matches!(site.charge, -4..=-1 | 1..=3 | 5..=6);
    if ionic || site.charge == 0 && sites.double(atom).any(polar) { Type::S2 } else { Type::S1 }
}
