//! Torsions of molecules: turning them, enumerating their settings, and fingerprints against `RDKit`.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]
#![allow(clippy::print_stdout, reason = "docs/methods/torsion-fingerprint.md quotes the differences printed here")]

use mol_core::geometry::{
    TorsionFingerprint, TorsionFingerprintOptions, TorsionGrid, TorsionSymmetry, Torsions, superpose, wrap_angle,
};
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use mol_core::{AtomIndex, BondIndex, Element, Error, Molecule, MoleculeBuilder, Seed, Vec3};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

fn molecule(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap().with_explicit_hydrogens().unwrap()
}

fn fingerprint(molecule: &Molecule, options: TorsionFingerprintOptions) -> Result<TorsionFingerprint, Error> {
    TorsionFingerprint::new(&Perception::new(molecule).unwrap(), options)
}

/// Atoms anywhere: turning asks for nothing but a bent chain.
fn cloud(atoms: usize, seed: u64) -> Vec<Vec3> {
    let mut rng = Seed::new(seed).rng();
    (0..atoms).map(|_| Vec3::from_fn(|_, _| 2.0 * rng.normal())).collect()
}

#[test]
fn rotatable_bonds_are_those_of_conformer_search() {
    for (smiles, expected) in [
        ("CCCCC(CCCC)CCCC", 9),
        ("OCCO", 3),
        ("CC", 0),
        ("CCO", 1),
        ("CC(C)(C)C", 0),
        ("FC(F)(F)CC(F)(F)F", 0),
        ("FC(F)(F)CC(F)(F)Cl", 1),
        ("C1CCCCC1CC", 1),
        ("CC#CC", 0),
        ("CCC#CCC", 0),
        ("CCC=C=CCC", 2),
        ("CC(=O)NC", 1),
        ("c1ccccc1-c1ccccc1", 1),
        ("C=CC=C", 1),
        ("CN", 0),
        ("OO", 1),
    ] {
        assert_eq!(Torsions::new(&molecule(smiles)).len(), expected, "{smiles}");
    }
    // Without its hydrogens a hydroxyl group ends the molecule.
    assert_eq!(Torsions::new(&Molecule::from_smiles("OCCO").unwrap()).len(), 1);
}

#[test]
fn the_smaller_side_moves() {
    let torsions = Torsions::new(&molecule("CCCCCO"));
    for (torsion, &[a, b, c, d]) in torsions.chains().iter().enumerate() {
        let moving = torsions.moving(torsion);
        // Of 21 atoms, c on the axis and the other side with b stay.
        assert!(moving.len() < 10, "{moving:?}");
        assert!(moving.contains(&d) && ![a, b, c].iter().any(|atom| moving.contains(atom)));
    }
    assert_eq!(torsions.chains()[0], [3, 2, 1, 0], "the chain ends at the side that moves");
}

#[test]
fn what_cannot_turn_is_refused() {
    let toluene = molecule("Cc1ccccc1");
    let error = |bonds: &[usize]| {
        let bonds: Vec<BondIndex> = bonds.iter().map(|&k| BondIndex::new(k)).collect();
        Torsions::of_bonds(&toluene, &bonds).unwrap_err().to_string()
    };
    assert_eq!(error(&[1]), "rotatable bond must be outside of rings, got bond 1");
    assert!(error(&[99]).contains("a bond of the molecule") && error(&[0, 0]).contains("named once"));
    assert!(error(&[7]).contains("neighbours at both ends"), "a hydrogen");
    let torsions = Torsions::of_bonds(&toluene, &[BondIndex::new(0)]).unwrap();
    let mut x = cloud(15, 1);
    assert!(torsions.set(&mut x[..3], 0, 0.0).unwrap_err().to_string().contains("expected shape [15], got [3]"));
    assert!(torsions.set(&mut x, 1, 0.0).unwrap_err().to_string().contains("1 of 1"));
    assert!(torsions.set(&mut x, 0, f64::NAN).unwrap_err().to_string().contains("finite, got NaN"));
    assert!(torsions.set_all(&mut x, &[]).is_err() && torsions.angles(&x[1..]).is_err());
    let [a, b, c, _] = torsions.chains()[0];
    x[a] = 2.0 * x[b] - x[c];
    assert!(torsions.set(&mut x, 0, 0.0).unwrap_err().to_string().contains("not on a line"));
}

proptest! {
    #[test]
    fn turning_reaches_the_angles_and_keeps_everything_else(
        seed in 0_u64..1000,
        targets in proptest::collection::vec(-PI..PI, 4),
    ) {
        let hexanol = molecule("CCCCCO");
        let torsions = Torsions::new(&hexanol);
        let mut x = cloud(hexanol.atom_count(), seed);
        let before = x.clone();
        torsions.set_all(&mut x, &targets).unwrap();
        for (angle, target) in torsions.angles(&x).unwrap().iter().zip(&targets) {
            prop_assert!(wrap_angle(angle - target).abs() < 1e-8, "{angle} {target}");
        }
        // Bonds and angles are distances of neighbours and of second neighbours.
        for (atom, _) in hexanol.atoms() {
            for first in hexanol.neighbors(atom) {
                for other in hexanol.neighbors(first).chain([first]).map(AtomIndex::index) {
                    let r = |x: &[Vec3]| (x[other] - x[atom.index()]).norm();
                    prop_assert!((r(&x) - r(&before)).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn fingerprints_ignore_motion_and_are_symmetric(seed in 0_u64..1000, angle in -PI..PI) {
        let hexanol = molecule("CC(C)CC(O)C");
        let options = TorsionFingerprintOptions { polar_hydrogens: true, ..Default::default() };
        let fingerprint = fingerprint(&hexanol, options).unwrap();
        let (x, y) = (cloud(hexanol.atom_count(), seed), cloud(hexanol.atom_count(), seed + 1000));
        let turn = nalgebra::Rotation3::from_euler_angles(angle, 0.3, -angle);
        let moved: Vec<Vec3> = x.iter().map(|x| turn * x + Vec3::new(1.0, -2.0, angle)).collect();
        let [x, y, moved] = [x, y, moved].map(|x| fingerprint.angles(&x).unwrap());
        let forth = fingerprint.deviation(&x, &y).unwrap();
        prop_assert!((0.0..=1.0).contains(&forth));
        prop_assert!((forth - fingerprint.deviation(&y, &x).unwrap()).abs() < 1e-15);
        prop_assert!(fingerprint.deviation(&x, &moved).unwrap() < 1e-7);
    }
}

#[test]
fn a_single_torsion_deviates_by_its_difference_over_180_degrees() {
    let butane = molecule("CCCC");
    let torsions = Torsions::new(&butane);
    let of_butane = fingerprint(&butane, TorsionFingerprintOptions::default()).unwrap();
    let mut x = cloud(butane.atom_count(), 3);
    torsions.set(&mut x, 0, 3.0).unwrap();
    let first = of_butane.angles(&x).unwrap();
    torsions.set(&mut x, 0, -3.0).unwrap();
    let deviation = of_butane.deviation(&first, &of_butane.angles(&x).unwrap()).unwrap();
    assert!((deviation - (TAU - 6.0) / PI).abs() < 1e-10, "{deviation}");
    // Equivalent atoms at one end: a rotation by 180° of the carboxylate is none.
    let acid = molecule("CCC(=O)[O-]");
    assert_eq!(Torsions::new(&acid).len(), 1);
    // Hydroxyl groups are seen only if asked for.
    let glycol = molecule("OCCO");
    let polar = TorsionFingerprintOptions { polar_hydrogens: true, ..Default::default() };
    let count = |options| fingerprint(&glycol, options).unwrap().len();
    assert_eq!((count(TorsionFingerprintOptions::default()), count(polar)), (1, 3));
    let salt = Molecule::from_smiles("CCCC.[Cl-]").unwrap();
    let error = fingerprint(&salt, polar).unwrap_err();
    assert_eq!(error.to_string(), "molecule of a torsion fingerprint must be connected, got 2 pieces");
    assert!(of_butane.angles(&x[1..]).is_err());
    x[2].y = f64::NAN;
    assert!(of_butane.angles(&x).unwrap_err().to_string().contains("position of atom 2"));
}

#[test]
fn bridging_hydrogens_close_no_rings_and_hold_nothing_together() {
    for options in [false, true].map(|weighted| TorsionFingerprintOptions { weighted, ..Default::default() }) {
        let diborane = Molecule::from_smiles("CB1[H]B([H]1)C").unwrap();
        let error = fingerprint(&diborane, options).unwrap_err();
        assert_eq!(error.to_string(), "molecule of a torsion fingerprint must be connected, got 2 pieces");
        // The same with a chain between the ends: a bond of each carbon and no ring without the hydrogen.
        let bridged = Molecule::from_smiles("CB1CCCCB(C)[H]1").unwrap();
        assert!(fingerprint(&bridged, options).unwrap().is_empty(), "its bonds are on a ring, the ring does not count");
        let polar = TorsionFingerprintOptions { polar_hydrogens: true, ..options };
        assert_eq!(fingerprint(&bridged, polar).unwrap().len(), 1);
    }
}

/// Name, graph and three conformers without hydrogens.
type Entry = (String, Molecule, [Vec<Vec3>; 3]);

/// The molecules of the reference file.
fn conformers() -> Option<Vec<Entry>> {
    let (sdf, json) = (reference("conformers/conformers.sdf")?, reference("conformers/conformers.json")?);
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let text = std::fs::read_to_string(sdf).unwrap();
    let mut records = text.split("$$$$\n").filter(|record| record.contains("M  END")).map(|record| {
        let atoms = record[record.find("V2000").unwrap()..].lines().skip(1).map(str::split_whitespace);
        let atoms = atoms.map(Iterator::collect::<Vec<_>>).take_while(|fields| fields.len() > 8);
        let heavy = atoms.filter(|fields| fields[3] != "H");
        heavy.map(|f| Vec3::from_fn(|k, _| f[k].parse().unwrap())).collect::<Vec<_>>()
    });
    let mut list = Vec::new();
    for record in json["records"].as_array().unwrap() {
        let smiles = record["smiles"].as_str().unwrap().replace("\\\\", "\\");
        let molecule = Molecule::from_smiles(&smiles).unwrap().with_aromaticity().unwrap();
        // One SMILES writes a hydrogen as an atom; no fingerprint looks at it.
        let hydrogens: Vec<bool> = molecule.atoms().map(|(_, atom)| atom.element == Some(Element::H)).collect();
        let xyz = [(); 3].map(|()| {
            let mut heavy = records.next().unwrap().into_iter();
            hydrogens.iter().map(|&h| if h { Vec3::zeros() } else { heavy.next().unwrap() }).collect()
        });
        list.push((record["name"].as_str().unwrap().to_owned(), molecule, xyz));
    }
    Some(list)
}

#[test]
fn deviations_agree_with_rdkit() {
    let Some(conformers) = conformers() else { return };
    let mut lines = include_str!("data/torsion_fingerprints.csv").lines().skip(1);
    let mut largest = [0.0_f64; 3];
    for (name, molecule, xyz) in &conformers {
        let options = [(true, false), (false, false), (true, true)];
        let fingerprints = options.map(|(weighted, specific)| {
            let options = TorsionFingerprintOptions { weighted, specific, polar_hydrogens: false };
            fingerprint(molecule, options).unwrap()
        });
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let fields: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!(fields[0], name);
            for (k, fingerprint) in fingerprints.iter().enumerate() {
                // RDKit keeps the hydrogen that marks a side of this imine in its distance matrix: weights differ by 0.05.
                if name == "conf014" && k != 1 {
                    continue;
                }
                let expected: f64 = fields[3 + k].parse().unwrap();
                let angles = [i, j].map(|c| fingerprint.angles(&xyz[c]).unwrap());
                let got = fingerprint.deviation(&angles[0], &angles[1]).unwrap();
                largest[k] = largest[k].max((got - expected).abs());
            }
        }
    }
    println!("largest differences of weighted, unweighted and specific deviations: {largest:?}");
    assert!(largest.iter().all(|&difference| difference < 1e-7), "{largest:?}");
    assert!(lines.next().is_none());
}

/// Rows of scripts/tfd_reference.py; those whose weighted, unweighted and specific deviations agree; what does not, but for
/// ties of the central bond that RDKit decides by rounding; and how many of these ties there are.
fn compare_with_rdkit(table: &str) -> (usize, [usize; 3], Vec<String>, usize) {
    let (mut rows, mut met, mut others, mut ties) = (0, [0; 3], Vec::new(), 0);
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let molecule = Molecule::from_smiles(fields[0]).unwrap();
        let tenths: Vec<f64> = fields[5].split(' ').map(|x| x.parse().unwrap()).collect();
        let points: Vec<Vec3> = tenths.chunks(3).map(|x| Vec3::from_row_slice(x) / 10.0).collect();
        let conformers: Vec<&[Vec3]> = points.chunks(molecule.atom_count()).collect();
        let is_tie = fields[4] == "1";
        rows += 1;
        ties += usize::from(is_tie);
        for (k, (weighted, specific)) in [(true, false), (false, false), (true, true)].into_iter().enumerate() {
            let options = TorsionFingerprintOptions { weighted, specific, polar_hydrogens: false };
            let got = fingerprint(&molecule, options).unwrap().matrix(&conformers).unwrap()[0];
            // RDKit measures the flat torsions of three-membered rings to 1e-8 by an arc cosine.
            let agrees = (got - fields[1 + k].parse::<f64>().unwrap()).abs() < 1e-7;
            met[k] += usize::from(agrees);
            if !(agrees || weighted && is_tie) {
                others.push(format!("{} {k}: {got} {}", fields[0], fields[1 + k]));
            }
        }
    }
    (rows, met, others, ties)
}

#[test]
fn cages_and_other_molecules_agree_with_rdkit_at_random_coordinates() {
    let (rows, met, others, ties) = compare_with_rdkit(include_str!("data/torsion_fingerprints_random.csv"));
    assert!(others.is_empty(), "{others:#?}");
    assert!((rows, met[1]) == (77, 77) && met[0] + ties >= rows, "{met:?}, {ties} ties");
    // All reference molecules, if scripts/tfd_reference.py has written them.
    let Some(path) = std::env::var_os("MOLKIT_TFD") else { return };
    let (rows, met, others, ties) = compare_with_rdkit(&std::fs::read_to_string(path).unwrap());
    println!("{rows} molecules, {ties} ties; weighted, unweighted, specific: {met:?}; not explained: {others:#?}");
    assert!(others.is_empty());
}

/// Atom `order[k]` becomes atom k; bonds are put down from the last to the first.
fn renumbered(molecule: &Molecule, order: &[AtomIndex]) -> Molecule {
    let mut builder = MoleculeBuilder::new();
    let mut place = vec![None; order.len()];
    for &atom in order {
        place[atom.index()] = Some(builder.add_atom(*molecule.atom(atom)));
    }
    let bonds: Vec<_> = molecule.bonds().map(|(_, bond)| bond).collect();
    for bond in bonds.iter().rev() {
        let [begin, end] = [bond.begin, bond.end].map(|end| place[end.index()].unwrap());
        builder.add_bond(begin, end, bond.order).unwrap();
    }
    builder.build().unwrap()
}

#[test]
fn fingerprints_know_neither_numbering_nor_kekule_structures() {
    for smiles in ["O=C1C(C)C2CCC1CC2", "CC12C3C4C1C5C2C3C45", "CCc1ccc(C)cc1", "CC1CC2CC1C1CCCC21"] {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let written = Perception::new(&molecule).unwrap();
        let options = TorsionFingerprintOptions { weighted: false, ..Default::default() };
        let atoms = molecule.atom_count();
        let conformers = [cloud(atoms, 1), cloud(atoms, 2)];
        let expected = fingerprint(&molecule, options).unwrap().matrix(&conformers).unwrap()[0];
        let kekule = fingerprint(written.kekule(), options).unwrap().matrix(&conformers).unwrap()[0];
        assert_eq!(kekule, expected, "{smiles}");
        let mut rng = Seed::new(7).rng();
        for _ in 0..20 {
            let mut order: Vec<AtomIndex> = molecule.atoms().map(|(atom, _)| atom).collect();
            rng.shuffle(&mut order);
            let renumbered = renumbered(&molecule, &order);
            let moved: Vec<Vec<Vec3>> =
                conformers.iter().map(|x| order.iter().map(|atom| x[atom.index()]).collect()).collect();
            let got = fingerprint(&renumbered, options).unwrap().matrix(&moved).unwrap()[0];
            assert!((got - expected).abs() < 1e-12, "{smiles}: {got} {expected}");
        }
    }
}

#[test]
fn deviations_of_a_matrix_are_those_of_pairs_to_the_bit() {
    let hexanol = molecule("CC(C)CC(O)C(C)(C)C");
    let fingerprint = fingerprint(&hexanol, TorsionFingerprintOptions::default()).unwrap();
    let conformers: Vec<Vec<Vec3>> = (0..37).map(|seed| cloud(hexanol.atom_count(), seed)).collect();
    let matrix = fingerprint.matrix(&conformers).unwrap();
    let angles: Vec<_> = conformers.iter().map(|x| fingerprint.angles(x).unwrap()).collect();
    let pairs = (1..37).flat_map(|i| (0..i).map(move |j| (i, j)));
    assert!(pairs.zip(&matrix).all(|((i, j), &got)| got == fingerprint.deviation(&angles[i], &angles[j]).unwrap()));
    assert_eq!((matrix.len(), fingerprint.matrix(&conformers[..1]).unwrap().len()), (666, 0));
    assert!(fingerprint.matrix::<Vec<Vec3>>(&[]).unwrap().is_empty());
}

#[test]
fn settings_count_in_mixed_radix() {
    let grid = TorsionGrid::new(vec![vec![0.0, 1.0], vec![0.5], vec![0.0, 1.0, 2.0]]).unwrap();
    let all: Vec<Vec<usize>> = grid.settings().collect();
    assert_eq!((grid.count(), all.len(), grid.radices()), (Some(6), 6, vec![2, 1, 3]));
    assert_eq!(all[4], [1, 0, 1]);
    for (index, setting) in all.iter().enumerate() {
        assert_eq!(grid.setting(index as u128).as_ref(), Some(setting));
    }
    assert_eq!(grid.setting(6), None);
    assert_eq!(grid.angles(&[1, 0, 2]).unwrap(), [1.0, 0.5, 2.0]);
    assert!(grid.angles(&[1, 0]).is_err() && grid.angles(&[2, 0, 0]).is_err());
    assert!(TorsionGrid::new(vec![vec![]]).is_err() && TorsionGrid::new(vec![vec![f64::NAN]]).is_err());
    // Nothing to turn: one setting. Far too much: counted only.
    let none = TorsionGrid::uniform(0, 3, 0.0).unwrap();
    assert_eq!(none.settings().collect::<Vec<_>>(), [Vec::<usize>::new()]);
    let huge = TorsionGrid::uniform(100, 36, 0.0).unwrap();
    assert_eq!((huge.count(), huge.settings().nth(37).map(|s| s[98..].to_vec())), (None, Some(vec![1, 1])));
    assert_eq!(huge.setting(u128::MAX).map(|s| s.len()), Some(100));
}

#[test]
fn symmetry_leaves_one_setting_of_each_class() {
    // Ethane-1,2-diol: exchange of the ends and the mirror. Burnside: (27 + 9 + 1 + 3) / 4 = 10 classes.
    let glycol = molecule("OCCO");
    let torsions = Torsions::new(&glycol);
    let permutations = torsions.permutations(&glycol, 1000).unwrap();
    assert_eq!(permutations, [vec![0, 1, 2], vec![2, 1, 0]]);
    let group: Vec<TorsionSymmetry> = [false, true]
        .into_iter()
        .flat_map(|mirror| permutations.iter().cloned().map(move |permutation| TorsionSymmetry { permutation, mirror }))
        .collect();
    let grid = TorsionGrid::uniform(3, 3, PI).unwrap();
    assert_eq!(grid.unique_settings(&group).unwrap().count(), 10);
    assert_eq!(grid.unique_settings(&group[..2]).unwrap().count(), 18);
    assert_eq!(grid.unique_settings(&[]).unwrap().count(), 27);
    let tilted = TorsionGrid::uniform(3, 3, 0.1).unwrap();
    assert!(tilted.unique_settings(&group).is_err(), "the mirror leaves this grid");
    let wrong = TorsionSymmetry { permutation: vec![0, 0, 1], mirror: false };
    assert!(grid.unique_settings(&[wrong]).is_err());
}

#[test]
fn samples_cover_every_angle_alike() {
    let grid = TorsionGrid::uniform(9, 3, PI).unwrap();
    let sample = grid.sample(1000, &mut Seed::new(1).rng());
    for torsion in 0..9 {
        for digit in 0..3 {
            let count = sample.iter().filter(|setting| setting[torsion] == digit).count();
            assert!((333..=334).contains(&count), "torsion {torsion}, angle {digit}: {count}");
        }
    }
    let mut sorted = sample.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 1000, "no setting twice");
    assert_eq!(sample, grid.sample(1000, &mut Seed::new(1).rng()));
    assert_eq!(grid.sample(20_000, &mut Seed::new(1).rng()).len(), 19_683, "all of them");
}

#[test]
fn other_atoms_stay_where_they_are() {
    let heptane = molecule("CCCCCCC");
    let torsions = Torsions::new(&heptane);
    let before = cloud(heptane.atom_count(), 5);
    let mut x = before.clone();
    torsions.set(&mut x, 0, 1.0).unwrap();
    let moved: Vec<usize> = (0..x.len()).filter(|&atom| x[atom] != before[atom]).collect();
    assert_eq!(moved, torsions.moving(0));
    let hydrogens = moved.iter().filter(|&&k| heptane.elements().unwrap()[k] == Element::H).count();
    assert_eq!((moved.len(), hydrogens), (6, 5), "an ethyl group less its inner carbon");
    // The fragment itself is rigid.
    let points = |x: &[Vec3]| moved.iter().map(|&k| x[k]).collect::<Vec<_>>();
    assert!(superpose(&points(&x), &points(&before), None).unwrap().rmsd < 1e-12);
}
