//! Embedding of reference molecules: every graph gets coordinates that show it, near a force field's lengths and angles.
//!
//! The coordinates are left in cargo's folder for temporaries, where `scripts/embed.py` lets `RDKit` minimise them.

#![allow(clippy::print_stdout, reason = "counts of all molecules are read by people")]

use mol_core::embed::{EmbedConfig, Embedded, Embedder, FailureReason, PreferenceTables, torsion_preferences};
use mol_core::geometry::{angle, dihedral, rmsd};
use mol_core::io::{SdfRecord, read_sdf, write_sdf};
use mol_core::perceive::{Perception, chiral_volume};
use mol_core::testing::reference;
use mol_core::{AtomIndex, BondIndex, ChiralClass, Error, Molecule, Seed, Vec3};

fn read(smiles: &str) -> Molecule {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.with_explicit_hydrogens().expect("no conformers")
}

/// Ferrocene drawn with ten bonds, whose rings come out askew.
const FERROCENE: &str = "C12C3=C4C5=C1[Fe]23456789C%10C6=C7C8=C9%10";

/// Whether the rule of radii is known not to see the graph of a row: ferrocene, and squaric acids with bonds across their rings.
fn is_askew(smiles: &str) -> bool {
    smiles == FERROCENE || smiles.contains("C(=C1O)O")
}

fn embed(name: &str, molecule: &Molecule, seed: u64) -> Molecule {
    let mut rng = Seed::new(seed).stream("embed").rng();
    molecule.embedded(1, &EmbedConfig::default(), &mut rng).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Bonds as coordinates show them and as the graph has them.
fn bonds_differ(molecule: &Molecule) -> bool {
    let elements = molecule.elements().expect("no wildcard");
    let seen = Molecule::from_coordinates(&elements, molecule.conformers()[0].positions()).expect("finite");
    let sorted = |molecule: &Molecule| {
        let mut list: Vec<_> = molecule.bonds().map(|(_, b)| (b.begin.min(b.end), b.begin.max(b.end))).collect();
        list.sort_unstable();
        list
    };
    sorted(&seen) != sorted(molecule)
}

/// Tetrahedral chirality that the graph states and the coordinates do not show: inverted or flat.
fn lost_centres(molecule: &Molecule) -> usize {
    let positions = molecule.conformers()[0].positions();
    let lost = |(atom, data): &(AtomIndex, &mol_core::Atom)| {
        let Some(stated) = data.chirality.filter(|mark| mark.class() == ChiralClass::Tetrahedral) else { return false };
        let sign = if stated.number() == 1 { -1.0 } else { 1.0 };
        chiral_volume(molecule, *atom, positions).is_some_and(|volume| sign * volume < 0.5)
    };
    molecule.atoms().filter(lost).count()
}

#[test]
fn reference_conformers_are_met_in_lengths_and_angles() {
    let (mut bonds, mut angles) = (Vec::new(), Vec::new());
    let mut file = Vec::new();
    for (name, step) in [("conformers/conformers", 3), ("conformers/uff_extra", 1)] {
        let Some(path) = reference(&format!("{name}.sdf")) else { return };
        for (k, record) in read_sdf(path).expect("the file was found").step_by(step).enumerate() {
            let record = record.expect("a valid record");
            let made = embed(&record.title, &record.molecule, k as u64);
            assert!(!bonds_differ(&made), "{}: bonds", record.title);
            assert_eq!(lost_centres(&made), 0, "{}: stereo", record.title);
            let (x, y) = (made.conformers()[0].positions(), record.molecule.conformers()[0].positions());
            for (_, bond) in made.bonds() {
                let (i, j) = (bond.begin.index(), bond.end.index());
                bonds.push((x[i] - x[j]).norm() - (y[i] - y[j]).norm());
            }
            for (atom, _) in made.atoms() {
                let around: Vec<usize> = made.neighbors(atom).map(AtomIndex::index).collect();
                for (p, &i) in around.iter().enumerate() {
                    for &j in &around[p + 1..] {
                        let at = |z: &[Vec3]| angle(&z[i], &z[atom.index()], &z[j]).to_degrees();
                        angles.push(at(x) - at(y));
                    }
                }
            }
            write_sdf(&mut file, &SdfRecord { title: record.title, ..SdfRecord::new(made) }).expect("a V2000 molecule");
        }
    }
    let rms = |list: &[f64]| (list.iter().map(|d| d * d).sum::<f64>() / list.len() as f64).sqrt();
    assert!(rms(&bonds) < 0.035, "bonds: {:.4} Å", rms(&bonds));
    assert!(rms(&angles) < 3.5, "angles: {:.2}°", rms(&angles));
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("embedded_conformers.sdf"), file).expect("a folder to write to");
}

/// Every tenth row; with `MOLKIT_EMBED_ALL=1` (better in release) all 3121, counted.
#[test]
fn molecules_of_the_table_are_embedded() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let all = std::env::var_os("MOLKIT_EMBED_ALL").is_some();
    let mut file = Vec::new();
    let (mut count, mut failed, mut differ) = (0, Vec::new(), Vec::new());
    for (k, row) in text.lines().skip(1).step_by(if all { 1 } else { 10 }).enumerate() {
        let smiles = row.split(',').nth(1).expect("a column of SMILES");
        count += 1;
        let mut rng = Seed::new(k as u64).stream("embed").rng();
        let made = match read(smiles).embedded(1, &EmbedConfig::default(), &mut rng) {
            Ok(made) => made,
            Err(error) => {
                failed.push(format!("{smiles}: {error}"));
                continue;
            }
        };
        assert_eq!(lost_centres(&made), 0, "{smiles}: stereo");
        if bonds_differ(&made) {
            differ.push(smiles);
        }
        write_sdf(&mut file, &SdfRecord { title: smiles.to_owned(), ..SdfRecord::new(made) })
            .expect("a V2000 molecule");
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("embedded_table.sdf"), file).expect("a folder to write to");
    if all {
        println!("{count} rows, not embedded: {failed:#?}, other bonds by the rule of radii: {differ:#?}");
        assert_eq!(count, 3121);
        return;
    }
    assert_eq!(count, 313);
    assert!(failed.is_empty(), "{failed:?}");
    assert!(differ.iter().all(|smiles| is_askew(smiles)), "{differ:?}");
}

#[test]
fn frames_cages_and_chains() {
    for smiles in [
        "C12C3C4C1C5C4C3C25",   // cubane
        "C1C2CC3CC1CC(C2)C3",   // adamantane
        "C12C3C1C23",           // tetrahedrane
        "C1CC2CCC1C2",          // norbornane
        "C1CCCCCCCCCCCCCCCCC1", // a macrocycle
        "O=C1CCCCCCCCCCCCCCO1", // a macrolactone
        "C1CCC/C=C/CC1",        // trans-cyclooctene
        "c1ccc2c(c1)c1ccccc1c1ccccc21",
        "c1cc2cc3ccc(cc4ccc(cc5ccc(cc1n2)[nH]5)n4)[nH]3", // porphin
        "CCCCC(CCCC)CCCC",
        "C#CC#CC",
        "C=C=C=C",
        "CC(C)(C)C(C(C)(C)C)C(C)(C)C",
        "CS(=O)(=O)N",
        "FP(F)(F)(F)F",
        "FS(F)(F)(F)(F)F",
        "[H][H]",
        "N#N",
    ] {
        let made = embed(smiles, &read(smiles), 1);
        assert!(!bonds_differ(&made), "{smiles}");
    }
    let helium = embed("[He]", &read("[He]"), 1);
    assert_eq!(helium.conformers()[0].positions(), [Vec3::zeros()]);
}

#[test]
fn stereo_is_kept_both_ways() {
    for smiles in [
        "F[C@](Cl)(Br)I",
        "F[C@@](Cl)(Br)I",
        "C[C@@H]1CC[C@H](C)CC1",
        "C[C@@H]1CC[C@@H](C)CC1",
        "C[S@](=O)CC",
        "C[S@@](=O)CC",
        "N[C@@H](C)C(=O)N[C@@H](Cc1ccccc1)C(=O)N1CCC[C@H]1C(=O)O",
        r"C/C=C/C=C\C",
        r"C/C=C\C=C\C",
        r"F/C=C\Cl",
        "C/C=N/O",
        "C1CCC/C=C/CC1",
        r"C1CCC/C=C\CC1",
    ] {
        let graph = read(smiles);
        for seed in 0..3 {
            let shown = embed(smiles, &graph, seed).with_stereo_of(0).expect("a conformer");
            let written = |molecule: &Molecule| {
                let plain = molecule.without_explicit_hydrogens();
                (0..plain.bond_count())
                    .map(|k| mol_core::perceive::stated_side(&plain, BondIndex::new(k)))
                    .collect::<Vec<_>>()
            };
            assert_eq!(lost_centres(&embed(smiles, &graph, seed)), 0, "{smiles}");
            assert_eq!(written(&shown), written(&graph), "{smiles}");
            let marked = |m: &Molecule| m.atoms().filter(|(_, atom)| atom.chirality.is_some()).count();
            assert_eq!(marked(&shown), marked(&graph), "{smiles}");
        }
    }
}

#[test]
fn ligands_of_five_and_six_stand_across() {
    // Ligands with a second atom: all seeds have three pairs across an octahedron, one across a bipyramid.
    for (smiles, centre, pairs) in [
        ("FP(F)(F)(F)OC", 1, 1),
        ("FS(F)(F)(F)(F)OC", 1, 3),
        ("N#CS[Ni-4](SC#N)([NH3+])([NH3+])([NH3+])[NH3+]", 3, 3),
        ("COP(OC)(OC)(OC)OC", 2, 1),
    ] {
        let embedder = Embedder::new(&read(smiles), EmbedConfig::default()).expect("explicit hydrogens");
        let graph = read(smiles);
        let around: Vec<usize> = graph.neighbors(AtomIndex::new(centre)).map(AtomIndex::index).collect();
        for x in embedder.embed_many(8, &Seed::new(4)).conformers {
            let angles: Vec<f64> = (0..around.len())
                .flat_map(|j| (0..j).map(move |i| (i, j)))
                .map(|(i, j)| angle(&x[around[i]], &x[centre], &x[around[j]]).to_degrees())
                .collect();
            assert_eq!(angles.iter().filter(|&&angle| angle > 150.0).count(), pairs, "{smiles}: {angles:?}");
            assert!(angles.iter().all(|&angle| angle > 65.0), "{smiles}: {angles:?}");
        }
    }
}

#[test]
fn stated_polyhedra_are_kept() {
    let conformers = |smiles: &str| {
        let embedder = Embedder::new(&read(smiles), EmbedConfig::default()).expect("explicit hydrogens");
        let made = embedder.embed_many(4, &Seed::new(2));
        assert!(made.failures.is_empty(), "{smiles}: {:?}", made.failures);
        made.conformers
    };
    // Atom 0 is trans to the second, third or last of the list; the list skips the centre, atom 1.
    for (number, trans) in [(1, 3), (2, 2), (3, 4)] {
        for x in conformers(&format!("F[Pt@SP{number}](Cl)(Br)I")) {
            let angle = angle(&x[0], &x[1], &x[trans]).to_degrees();
            assert!(angle > 150.0, "SP{number}: {angle}");
        }
    }
    let volume = |x: &[Vec3], [a, b, c, d]: [usize; 4]| (x[b] - x[a]).dot(&(x[c] - x[a]).cross(&(x[d] - x[a])));
    for (smiles, bottom, sign) in [
        ("F[As@TB1](Cl)(Br)(I)S", 5, -1.0),
        ("F[As@TB2](Cl)(Br)(I)S", 5, 1.0),
        ("F[Co@OH1](Cl)(Br)(I)(S)N", 6, -1.0),
        ("F[Co@OH2](Cl)(Br)(I)(S)N", 6, 1.0),
    ] {
        for x in conformers(smiles) {
            assert!(angle(&x[0], &x[1], &x[bottom]).to_degrees() > 150.0, "{smiles}");
            // From the first neighbour the next three are anticlockwise or clockwise.
            assert!(sign * volume(&x, [0, 2, 3, 4]) > 1.0, "{smiles}");
        }
    }
    // F, its neighbour's hydrogen, then hydrogen and chlorine of the other end.
    for (smiles, sign) in [("FC=[C@]=CCl", -1.0), ("FC=[C@@]=CCl", 1.0)] {
        for x in conformers(smiles) {
            assert!(sign * volume(&x, [0, 5, 6, 4]) > 1.0, "{smiles}");
            let upright = dihedral(&x[0], &x[1], &x[3], &x[4]).to_degrees().abs();
            assert!((upright - 90.0).abs() < 15.0, "{smiles}: {upright}");
        }
    }
}

#[test]
fn seeds_repeat_and_differ() {
    let glycol = read("OCCO");
    let embedder = Embedder::new(&glycol, EmbedConfig::default()).expect("explicit hydrogens");
    let draw = |seed: u64| {
        let mut rng = Seed::new(seed).rng();
        [0; 3].map(|_| embedder.conformer(&mut rng).expect("an easy molecule"))
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_ne!(draw(1)[0], draw(1)[1]);
}

#[test]
fn parts_that_are_not_bonded_stand_apart() {
    let made = embed("salt", &read("[Na+].O.CC(=O)[O-].[Cl-]"), 4);
    let x = made.conformers()[0].positions();
    let parts = made.components();
    assert_eq!(parts.len(), 4);
    for (p, a) in parts.iter().enumerate() {
        for b in &parts[..p] {
            let pairs = a.iter().flat_map(|i| b.iter().map(move |j| (i.index(), j.index())));
            let nearest = pairs.map(|(i, j)| (x[i] - x[j]).norm()).fold(f64::INFINITY, f64::min);
            assert!(nearest > 3.4, "{nearest}");
        }
    }
    assert!(!bonds_differ(&made));
}

#[test]
fn what_cannot_be_met_is_named() {
    let refused = |molecule: &Molecule, attempts: usize| {
        let config = EmbedConfig { attempts, ..EmbedConfig::default() };
        let made = Embedder::new(molecule, config).and_then(|e| e.conformer(&mut Seed::new(3).rng()));
        made.expect_err("impossible")
    };
    // One bridgehead of norbornane inside out.
    let tried = |smiles: &str| {
        let embedder = Embedder::new(&read(smiles), EmbedConfig { attempts: 10, ..EmbedConfig::default() })
            .expect("explicit hydrogens");
        embedder.conformer(&mut Seed::new(3).rng()).err().map(|error| error.to_string())
    };
    let impossible: Vec<(&str, String)> = ["C1C[C@H]2CC[C@H]1C2", "C1C[C@H]2CC[C@@H]1C2"]
        .into_iter()
        .filter_map(|smiles| Some((smiles, tried(smiles)?)))
        .collect();
    assert_eq!(impossible.len(), 1, "one of the two exists: {impossible:?}");
    let (smiles, message) = &impossible[0];
    assert!(message.contains("10 attempts") && message.contains("atom"), "{message}");
    // Atoms are named as in the whole molecule, whatever part they are of.
    let first = |message: &str| -> usize {
        let rest = message.split("atom ").nth(1).expect("an atom is named");
        rest.split(' ').next().and_then(|word| word.parse().ok()).expect("by its number")
    };
    let with_ion = tried(&format!("[Na+].{smiles}")).expect("as impossible");
    assert_eq!(first(&with_ion), first(message) + 1, "{with_ion}");
    let message = refused(&Molecule::from_smiles("CC").expect("valid"), 5).to_string();
    assert!(message.contains("3 counted ones at atom 0") && message.contains("with_explicit_hydrogens"), "{message}");
    assert!(matches!(refused(&read("C"), 0), Error::InvalidArgument { what: "attempts of an embedding", .. }));
    assert!(matches!(refused(&read("c1cccc1"), 5), Error::Kekulize { .. }));
    // Three parts of 1982 atoms ask for too much memory, one of 2012 for too much time.
    let chain = "C".repeat(660);
    let message = refused(&read(&format!("{chain}.{chain}.{chain}")), 1).to_string();
    assert!(message.contains("MAX_PAIRS"), "{message}");
    let message = refused(&read(&"C".repeat(670)), 1).to_string();
    assert!(message.contains("MAX_ATOMS"), "{message}");
}

#[test]
fn many_conformers_do_not_depend_on_threads_or_number() {
    let molecule = read("CC(=O)Nc1ccc(O)cc1");
    let embedder = Embedder::new(&molecule, EmbedConfig::default()).expect("explicit hydrogens");
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let seed = Seed::new(3);
    let one = pool(1).install(|| embedder.embed_many(9, &seed));
    let three = pool(3).install(|| embedder.embed_many(9, &seed));
    assert_eq!(one, three);
    assert_eq!(embedder.embed_many(5, &seed).conformers, one.conformers[..5]);
    assert_eq!((one.indices.clone(), one.failures.len(), one.pruned), ((0..9).collect(), 0, 0));
    assert_eq!(one.strained, [false; 9]);
    let text = serde_json::to_string(&one).expect("finite numbers");
    assert_eq!(serde_json::from_str::<Embedded>(&text).expect("its own text"), one);
    assert_eq!(one.into_molecule(&molecule).expect("its own atoms").conformers().len(), 9);
}

#[test]
fn pruned_conformers_differ() {
    let config = EmbedConfig { prune: Some(0.5), ..EmbedConfig::default() };
    let made = Embedder::new(&read("CCCCC"), config).expect("explicit hydrogens").embed_many(40, &Seed::new(8));
    assert_eq!(made.conformers.len() + made.pruned, 40);
    assert!((3..=12).contains(&made.conformers.len()), "{}", made.conformers.len());
    for (k, a) in made.conformers.iter().enumerate() {
        for b in &made.conformers[..k] {
            assert!(rmsd(&a[..5], &b[..5], None).expect("five atoms") > 0.5);
        }
    }
    // Turned by its symmetry a conformer is the same one.
    for (smiles, count) in [("FC(F)(F)c1ccccc1", 1), ("CC(=O)[O-]", 1)] {
        let config = EmbedConfig { prune: Some(0.3), ..EmbedConfig::default() };
        let molecule = read(smiles).embedded(20, &config, &mut Seed::new(8).rng()).expect("an easy molecule");
        assert_eq!(molecule.conformers().len(), count, "{smiles}");
    }
    let config = EmbedConfig { prune: Some(-1.0), ..EmbedConfig::default() };
    assert!(matches!(Embedder::new(&read("C"), config), Err(Error::InvalidArgument { .. })));
}

#[test]
fn failures_have_their_reasons() {
    let config = EmbedConfig { time: Some(std::time::Duration::ZERO), ..EmbedConfig::default() };
    let made = Embedder::new(&read("CCO"), config).expect("explicit hydrogens").embed_many(3, &Seed::new(1));
    assert!(made.conformers.is_empty() && made.failures.iter().all(|failure| failure.reason == FailureReason::Time));
    assert_eq!(made.failures.iter().map(|failure| failure.index).collect::<Vec<_>>(), [0, 1, 2]);
    let config = EmbedConfig { time: Some(std::time::Duration::ZERO), ..EmbedConfig::default() };
    let embedder = Embedder::new(&read("CCO"), config.clone()).expect("explicit hydrogens");
    // However many are wanted, those that are not begun are only counted.
    let made = embedder.embed_many(usize::MAX, &Seed::new(1));
    assert_eq!((made.failures.len() + made.skipped, made.conformers.len()), (usize::MAX, 0));
    assert!(made.failures.len() < 1000 && made.strained.is_empty());
    let message = embedder.conformer(&mut Seed::new(1).rng()).expect_err("no time").to_string();
    assert!(message.contains("time"), "{message}");
    assert!(read("CCO").embedded(1, &config, &mut Seed::new(1).rng()).is_err());
    // One bridgehead of norbornane inside out is impossible, and every attempt says so.
    let counts = ["C1C[C@H]2CC[C@H]1C2", "C1C[C@H]2CC[C@@H]1C2"].map(|smiles| {
        let config = EmbedConfig { attempts: 5, ..EmbedConfig::default() };
        let made = Embedder::new(&read(smiles), config).expect("explicit hydrogens").embed_many(2, &Seed::new(1));
        (made.failures.len(), made.refusals.total())
    });
    assert!(counts.iter().any(|&(failures, refusals)| failures == 2 && refusals >= 10), "{counts:?}");
    assert!(counts.iter().any(|&(failures, _)| failures == 0), "{counts:?}");
}

/// The found preferences of every row are left for `scripts/torsion_preferences.py --compare`.
#[test]
fn preferences_are_found_and_followed() {
    let anisole = read("COc1ccccc1");
    let seen = Perception::new(&anisole).expect("valid");
    let found = torsion_preferences(&seen, PreferenceTables::default());
    assert_eq!(found.len(), 1);
    assert!(torsion_preferences(&seen, PreferenceTables { version: None, ..PreferenceTables::default() }).is_empty());
    let embedder = Embedder::from_perception(&seen, EmbedConfig::default()).expect("explicit hydrogens");
    for x in embedder.embed_many(10, &Seed::new(2)).conformers {
        let phi = dihedral(&x[0], &x[1], &x[2], &x[3]).to_degrees().abs();
        assert!(phi.min(180.0 - phi) < 20.0, "the methyl of anisole lies in the ring's plane: {phi}");
    }
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let mut file = String::new();
    for row in text.lines().skip(1) {
        let smiles = row.split(',').nth(1).expect("a column of SMILES");
        let found = torsion_preferences(&Perception::new(&read(smiles)).expect("valid"), PreferenceTables::default());
        file += smiles;
        for torsion in found {
            let atoms = torsion.atoms.map(AtomIndex::index);
            let terms = torsion.signs.iter().chain(&torsion.constants);
            let words = atoms.iter().map(ToString::to_string).chain(terms.map(ToString::to_string));
            file.push('\t');
            file += &words.collect::<Vec<_>>().join(" ");
        }
        file.push('\n');
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("torsion_preferences.txt"), file).expect("a folder to write to");
}

#[test]
fn macrocycles_and_peptides_have_trans_amides() {
    let made = embed("cyclic pentaglycine", &read("O=C1CNC(=O)CNC(=O)CNC(=O)CNC(=O)CN1"), 1);
    assert!(!bonds_differ(&made));
    let x = made.conformers()[0].positions();
    for [a, b, c, d] in [[6, 4, 3, 2], [10, 8, 7, 6], [14, 12, 11, 10], [18, 16, 15, 14], [2, 1, 19, 18]] {
        let omega = dihedral(&x[a], &x[b], &x[c], &x[d]).to_degrees();
        assert!(omega.abs() > 140.0, "{omega}");
    }
    let peptide = read("CC(=O)N[C@@H](C)C(=O)NC");
    let embedder = Embedder::new(&peptide, EmbedConfig::default()).expect("explicit hydrogens");
    for x in embedder.embed_many(10, &Seed::new(6)).conformers {
        // C–C(=O)–N–C of both amides.
        for [a, b, c, d] in [[0, 1, 3, 4], [4, 6, 8, 9]] {
            assert!(dihedral(&x[a], &x[b], &x[c], &x[d]).to_degrees().abs() > 150.0);
        }
    }
}

/// With `MOLKIT_COVERAGE=1` (better in release) 50 conformers of 40 molecules from six seeds for `scripts/embed_coverage.py`,
/// with `MOLKIT_COVERAGE=file.sdf` of the molecules of that file, three conformers each; else a few of the 40.
#[test]
fn conformers_for_coverage() {
    let Some(path) = reference("conformers/conformers.sdf") else { return };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let wanted = std::env::var("MOLKIT_COVERAGE").ok();
    let (molecules, count, seeds) = if wanted.is_some() { (usize::MAX, 50, 6) } else { (4, 3, 1) };
    let path = wanted.filter(|name| name != "1").map_or(path, Into::into);
    let records: Vec<_> = read_sdf(path).expect("the file was found").step_by(3).take(molecules).collect();
    for seed in 1..=seeds {
        let mut file = Vec::new();
        for record in &records {
            let record = record.as_ref().expect("a valid record");
            let embedder = Embedder::new(&record.molecule, EmbedConfig::default()).expect("explicit hydrogens");
            let made = embedder.embed_many(count, &Seed::new(seed));
            assert!(made.failures.is_empty(), "{}: {:?}", record.title, made.failures);
            for positions in made.conformers {
                let mut molecule = record.molecule.clone();
                molecule.clear_conformers();
                molecule.add_conformer(positions).expect("its own atoms");
                let record = SdfRecord { title: record.title.clone(), ..SdfRecord::new(molecule) };
                write_sdf(&mut file, &record).expect("a V2000 molecule");
            }
        }
        std::fs::write(folder.join(format!("embedded_coverage_{seed}.sdf")), file).expect("a folder to write to");
    }
}
