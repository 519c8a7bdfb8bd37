//! Embedding of reference molecules: every graph gets coordinates that show it, near a force field's lengths and angles.
//!
//! The coordinates are left in cargo's folder for temporaries, where `scripts/embed.py` lets `RDKit` minimise them.

use mol_core::embed::{EmbedConfig, Embedder, FailureReason, PreferenceTables, torsion_preferences};
use mol_core::geometry::{angle, dihedral, rmsd};
use mol_core::io::{SdfRecord, read_sdf, write_sdf};
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use mol_core::{AtomIndex, BondIndex, Error, Molecule, Seed, Vec3};

fn read(smiles: &str) -> Molecule {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.with_explicit_hydrogens().expect("no conformers")
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

/// Chirality that the graph states and the coordinates do not show.
fn lost_centres(molecule: &Molecule) -> usize {
    let shown = molecule.with_stereo_of(0).expect("a conformer");
    let lost = |(atom, data): &(AtomIndex, &mol_core::Atom)| {
        let seen = shown.atom(*atom).chirality;
        data.chirality.is_some() && seen.is_some() && seen != data.chirality
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

#[test]
fn molecules_of_the_table_are_embedded() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let mut file = Vec::new();
    let mut count = 0;
    for (k, row) in text.lines().skip(1).step_by(10).enumerate() {
        let smiles = row.split(',').nth(1).expect("a column of SMILES");
        let made = embed(smiles, &read(smiles), k as u64);
        assert_eq!(lost_centres(&made), 0, "{smiles}: stereo");
        // Deltic acids: across their rings of three and four the rule of radii sees bonds.
        // Ligands of six-coordinate metals touch: known to fall short, see docs/methods/embed.md.
        let crowded = made.atoms().any(|(atom, data)| {
            made.degree(atom) >= 6 && data.element.is_some_and(|element| (21..=30).contains(&element.number()))
        });
        let known = smiles.contains("C(=C1O)O") || crowded;
        assert!(!bonds_differ(&made) || known, "{smiles}: bonds");
        write_sdf(&mut file, &SdfRecord { title: smiles.to_owned(), ..SdfRecord::new(made) })
            .expect("a V2000 molecule");
        count += 1;
    }
    assert_eq!(count, 313);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("embedded_table.sdf"), file).expect("a folder to write to");
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
fn seeds_repeat_and_differ() {
    let glycol = read("OCCO");
    let embedder = Embedder::new(&glycol, EmbedConfig::default()).expect("explicit hydrogens");
    let draw = |seed: u64| embedder.conformers(3, &mut Seed::new(seed).rng()).expect("an easy molecule");
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
    let config = EmbedConfig { prune: Some(-1.0), ..EmbedConfig::default() };
    assert!(matches!(Embedder::new(&read("C"), config), Err(Error::InvalidArgument { .. })));
}

#[test]
fn failures_have_their_reasons() {
    let config = EmbedConfig { time: Some(std::time::Duration::ZERO), ..EmbedConfig::default() };
    let made = Embedder::new(&read("CCO"), config).expect("explicit hydrogens").embed_many(3, &Seed::new(1));
    assert!(made.conformers.is_empty() && made.failures.iter().all(|failure| failure.reason == FailureReason::Time));
    assert_eq!(made.failures.iter().map(|failure| failure.index).collect::<Vec<_>>(), [0, 1, 2]);
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
    let peptide = read("CC(=O)N[C@@H](C)C(=O)NC");
    let embedder = Embedder::new(&peptide, EmbedConfig::default()).expect("explicit hydrogens");
    for x in embedder.embed_many(10, &Seed::new(6)).conformers {
        // C–C(=O)–N–C of both amides.
        for [a, b, c, d] in [[0, 1, 3, 4], [4, 6, 8, 9]] {
            assert!(dihedral(&x[a], &x[b], &x[c], &x[d]).to_degrees().abs() > 150.0);
        }
    }
}

/// With `MOLKIT_COVERAGE=1` (better in release) 50 conformers of 40 molecules from six seeds for
/// `scripts/embed_coverage.py`; else a few of them.
#[test]
fn conformers_for_coverage() {
    let Some(path) = reference("conformers/conformers.sdf") else { return };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (molecules, count, seeds) = if std::env::var_os("MOLKIT_COVERAGE").is_some() { (40, 50, 6) } else { (4, 3, 1) };
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
