//! Fingerprints against `RDKit`: bits of all reference molecules, digests of a sample in every scheme, similarities.

use mol_core::fingerprint::{
    AtomPairs, Counts, Fingerprint, FoldedSize, Library, Morgan, MorganAtoms, Paths, Similarity, TopologicalTorsions,
};
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use mol_core::{AtomIndex, Molecule, MoleculeBuilder, Rng, Seed};

fn perceive(smiles: &str) -> Perception {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    Perception::new(&molecule.without_explicit_hydrogens()).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

fn table(path: &str) -> Option<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(reference(path)?).expect("the file was found");
    Some(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

#[test]
fn morgan_bits_of_all_molecules_are_those_of_rdkit() {
    let Some(rows) = table("smiles/rdkit_properties.csv") else { return };
    let morgan = Morgan::default();
    for row in &rows {
        let bits: Vec<String> = morgan.fingerprint(&perceive(&row[1])).ones().map(|bit| bit.to_string()).collect();
        assert_eq!(bits.join(" "), row[row.len() - 1], "{}", row[1]);
    }
    assert_eq!(rows.len(), 3121);
}

#[test]
fn similarities_of_all_pairs_are_those_of_rdkit() {
    let Some(rows) = table("smiles/tanimoto_morgan2.csv") else { return };
    let morgan = Morgan::default();
    for row in &rows {
        let [a, b] = [&row[0], &row[1]].map(|smiles| morgan.fingerprint(&perceive(smiles)));
        let near = |got: f64, text: &str| (got - text.parse::<f64>().expect("a number")).abs() <= 1e-6;
        assert!(near(a.tanimoto(&b).expect("one scheme"), &row[2]), "{row:?}");
        assert!(near(a.dice(&b).expect("one scheme"), &row[3]), "{row:?}");
    }
    assert_eq!(rows.len(), 885);
}

/// Number of entries and FNV-1a of "code:count code:count ...".
fn digest(entries: &[(u64, u32)]) -> String {
    let text: Vec<String> = entries.iter().map(|(code, count)| format!("{code}:{count}")).collect();
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    format!("{}/{:016x}", entries.len(), text.join(" ").bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

fn digest_of_bits(bits: &Fingerprint) -> String {
    digest(&bits.ones().map(|bit| (bit as u64, 1)).collect::<Vec<_>>())
}

#[test]
fn every_scheme_gives_the_codes_of_rdkit() {
    let text = include_str!("data/fingerprints.tsv");
    let (morgan, pairs, torsions, paths) =
        (Morgan::default(), AtomPairs::default(), TopologicalTorsions::default(), Paths::default());
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let [smiles, expected @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else { panic!("a short line") };
        let seen = perceive(smiles);
        let chirality = true;
        let counts: [Counts; 11] = [
            Morgan { radius: 3, ..morgan }.sparse_counts(&seen),
            Morgan { redundant: true, ..morgan }.sparse_counts(&seen),
            Morgan { bond_orders: false, ..morgan }.sparse_counts(&seen),
            Morgan { radius: 3, chirality, ..morgan }.sparse_counts(&seen),
            Morgan { atoms: MorganAtoms::Features, ..morgan }.sparse_counts(&seen),
            pairs.sparse_counts(&seen).expect("default distances"),
            AtomPairs { chirality, ..pairs }.sparse_counts(&seen).expect("default distances"),
            torsions.sparse_counts(&seen).expect("default length"),
            TopologicalTorsions { chirality, ..torsions }.sparse_counts(&seen).expect("default length"),
            paths.sparse_counts(&seen).expect("few pieces"),
            Paths { branched: false, ..paths }.sparse_counts(&seen).expect("few pieces"),
        ];
        let thousand = FoldedSize::new(1000).expect("within the limits");
        let folded = [
            pairs.fingerprint(&seen).expect("default distances"),
            torsions.fingerprint(&seen).expect("default length"),
            Paths { size: thousand, ..paths }.fingerprint(&seen).expect("few pieces"),
        ];
        let got = counts.iter().map(|counts| digest(counts.entries())).chain(folded.iter().map(digest_of_bits));
        let columns: Vec<usize> =
            got.zip(expected).enumerate().filter(|(_, (a, b))| a != *b).map(|row| row.0).collect();
        assert!(columns.is_empty(), "{smiles}, columns {columns:?}");
        rows += 1;
    }
    assert_eq!(rows, 290);
}

/// The same molecule with its atoms in another order.
fn renumbered(molecule: &Molecule, rng: &mut Rng) -> Molecule {
    let mut order: Vec<usize> = (0..molecule.atom_count()).collect();
    rng.shuffle(&mut order);
    let mut builder = MoleculeBuilder::new();
    let mut place = vec![AtomIndex::new(0); order.len()];
    for &old in &order {
        place[old] = builder.add_atom(*molecule.atom(AtomIndex::new(old)));
    }
    let mut bonds: Vec<_> = molecule.bonds().map(|(_, bond)| bond).collect();
    rng.shuffle(&mut bonds);
    for bond in bonds {
        builder.add_bond(place[bond.begin.index()], place[bond.end.index()], bond.order).expect("bonds of a molecule");
    }
    builder.build().expect("atoms of a molecule")
}

#[test]
fn the_numbering_of_the_atoms_changes_nothing() {
    let mut rng = Seed::new(11).stream("renumber").rng();
    for line in include_str!("data/fingerprints.tsv").lines().skip(1).step_by(3) {
        let smiles = line.split('\t').next().expect("a first column");
        // Rings of three atoms are torsions that RDKit's scheme reads from the atom of the least number on. The same
        // atom numbers decide which of several smallest rings are seen, but not which atoms are on one.
        let seen = perceive(smiles);
        let plain = seen.molecule().to_builder().build().expect("a molecule");
        let other = Perception::new(&renumbered(&plain, &mut rng)).expect("the same molecule");
        let morgan = Morgan { radius: 4, ..Morgan::default() };
        assert_eq!(morgan.counts(&seen), morgan.counts(&other), "{smiles}");
        let both = [&seen, &other];
        let [a, b] = both.map(|seen| AtomPairs::default().sparse_counts(seen).expect("default"));
        assert_eq!(a, b, "{smiles}");
        let [a, b] = both.map(|seen| Paths::default().sparse_counts(seen).expect("default"));
        assert_eq!(a, b, "{smiles}");
        if seen.rings().iter().all(|ring| ring.len() > 3) {
            let [a, b] = both.map(|seen| TopologicalTorsions::default().sparse_counts(seen).expect("default"));
            assert_eq!(a, b, "{smiles}");
        }
    }
}

#[test]
fn large_and_odd_molecules_are_taken() {
    // Sets of bonds in one word, in two, and beyond.
    for atoms in [2, 64, 65, 66, 128, 129, 130, 400] {
        let chain = perceive(&"C".repeat(atoms));
        let found = Morgan::default().environments(&chain);
        // A surrounding of radius 2 is new unless an atom nearer the end has the same.
        let expected = [atoms, atoms - usize::from(atoms == 2), atoms.saturating_sub(4) + usize::from(atoms == 3)];
        let of_radius = |radius| found.iter().filter(|found| found.radius == radius).count();
        assert_eq!((of_radius(0), of_radius(1)), (expected[0], expected[1]), "{atoms}");
        assert!(of_radius(2) <= atoms);
    }
    for smiles in ["", "[H][H]", "*", "[Na+].[Cl-]", "C.C.C"] {
        let seen = perceive(smiles);
        assert_eq!(
            Morgan::default().counts(&seen).iter().map(|entry| entry.1).sum::<u32>() as usize,
            seen.molecule().atom_count() + usize::from(smiles == "[H][H]"),
            "{smiles}"
        );
        assert!(
            Paths::default().fingerprint(&seen).is_ok() && TopologicalTorsions::default().fingerprint(&seen).is_ok()
        );
        assert!(AtomPairs::default().fingerprint(&seen).is_ok());
    }
    // Every pair bonded: pieces without number.
    let mut builder = MoleculeBuilder::new();
    let atoms: Vec<AtomIndex> = (0..40)
        .map(|_| builder.add_atom(mol_core::Atom { hydrogens: Some(0), ..mol_core::Atom::new(mol_core::Element::FE) }))
        .collect();
    for (k, &a) in atoms.iter().enumerate() {
        for &b in &atoms[..k] {
            builder.add_bond(a, b, mol_core::BondOrder::Single).expect("two atoms");
        }
    }
    let dense = Perception::new(&builder.build().expect("atoms")).expect("no aromatic bonds");
    let torsions = TopologicalTorsions { atoms: 7, ..TopologicalTorsions::default() };
    let message = torsions.fingerprint(&dense).expect_err("39⁶ chains").to_string();
    assert!(message.contains("more than 16777216 chains"), "{message}");
    assert!(Morgan { radius: 255, ..Morgan::default() }.counts(&dense).len() < 50);
}

/// A hub with so many neighbours.
fn star(leaves: usize) -> Perception {
    let bare = |element| mol_core::Atom { hydrogens: Some(0), ..mol_core::Atom::new(element) };
    let mut builder = MoleculeBuilder::new();
    let hub = builder.add_atom(bare(mol_core::Element::FE));
    for _ in 0..leaves {
        let leaf = builder.add_atom(bare(mol_core::Element::O));
        builder.add_bond(hub, leaf, mol_core::BondOrder::Single).expect("two atoms");
    }
    Perception::new(&builder.build().expect("atoms")).expect("no aromatic bonds")
}

#[test]
fn pairs_without_number_are_refused() {
    let small = star(100);
    let counts = AtomPairs::default().sparse_counts(&small).expect("few pairs");
    assert_eq!(counts.total(), 100 + 100 * 99 / 2);
    let large = star(6000);
    let message = AtomPairs::default().fingerprint(&large).expect_err("18 million pairs").to_string();
    assert!(message.contains("more than 16777216 pairs"), "{message}");
    // No chain of four atoms, however many walks of three.
    assert_eq!(TopologicalTorsions::default().sparse_counts(&large).expect("few walks").total(), 0);
    let message = TopologicalTorsions::default().fingerprint(&star(20_000)).expect_err("too many walks").to_string();
    assert!(message.contains("bonds to walk along"), "{message}");
    let message = Paths::default().fingerprint(&large).expect_err("too many pieces").to_string();
    assert!(message.contains("more than"), "{message}");
    let many = Paths { bits_per_piece: 255, ..Paths::default() };
    assert!(many.fingerprint(&star(60)).expect_err("too many codes").to_string().contains("codes of pieces"));
}

#[test]
fn ranks_of_long_chains_end() {
    // A centre at one end: n / 2 rounds, each of which tells two atoms from the rest.
    let morgan = Morgan { chirality: true, radius: 1, ..Morgan::default() };
    let [first, second] = ["@", "@@"].map(|mark| perceive(&format!("C[C{mark}H](O){}", "C".repeat(20_000))));
    assert_ne!(morgan.counts(&first), morgan.counts(&second));
}

#[test]
fn bits_on_another_model_of_aromaticity_have_another_name() {
    use mol_core::perceive::AromaticityModel;
    let pyridone = Molecule::from_smiles("O=c1cccc[nH]1").expect("valid");
    let [usual, other] = [AromaticityModel::Rdkit, AromaticityModel::Mmff94]
        .map(|model| Perception::with_model(&pyridone, model).expect("a Kekulé form"));
    let morgan = Morgan::default();
    assert_eq!(morgan.fingerprint(&usual).scheme(), &morgan.scheme());
    let bits = morgan.fingerprint(&other);
    assert_eq!(bits.scheme().name(), "morgan-rdkit-1 radius=2 bits=2048 aromaticity=mmff94");
    assert!(morgan.fingerprint(&usual).tanimoto(&bits).is_err());
    let names = |seen: &Perception| -> Vec<String> {
        let (pairs, torsions, paths) = (AtomPairs::default(), TopologicalTorsions::default(), Paths::default());
        let prints = [pairs.fingerprint(seen), torsions.fingerprint(seen), paths.fingerprint(seen)];
        let counts = [
            pairs.sparse_counts(seen),
            pairs.folded_counts(seen),
            torsions.sparse_counts(seen),
            torsions.folded_counts(seen),
            paths.sparse_counts(seen),
            paths.folded_counts(seen),
            Ok(morgan.sparse_counts(seen)),
            Ok(morgan.folded_counts(seen)),
        ];
        let of_bits = prints.into_iter().map(|bits| bits.expect("small").scheme().to_string());
        of_bits.chain(counts.into_iter().map(|counts| counts.expect("small").scheme().to_string())).collect()
    };
    for (usual, other) in names(&usual).iter().zip(&names(&other)) {
        assert_eq!(&format!("{usual} aromaticity=mmff94"), other);
    }
}

#[test]
fn bad_options_and_mixed_schemes_are_refused() {
    let seen = perceive("CCO");
    let refused = |error: mol_core::Error| error.to_string();
    let far = AtomPairs { max_distance: 31, ..AtomPairs::default() };
    assert!(refused(far.fingerprint(&seen).unwrap_err()).contains("1 to 31"));
    let short = TopologicalTorsions { atoms: 2, ..TopologicalTorsions::default() };
    assert!(refused(short.sparse_counts(&seen).unwrap_err()).contains("3 to 7"));
    let none = Paths { min_bonds: 0, ..Paths::default() };
    assert!(refused(none.fingerprint(&seen).unwrap_err()).contains("1 to 12"));
    let other = Morgan { radius: 3, ..Morgan::default() }.fingerprint(&seen);
    let message = refused(Morgan::default().fingerprint(&seen).tanimoto(&other).unwrap_err());
    assert!(message.contains("radius=2") && message.contains("radius=3"), "{message}");
    assert!(Library::new(&[]).is_err());
}

#[test]
fn serialised_fingerprints_keep_bits_and_scheme() {
    let seen = perceive("CC(=O)Oc1ccccc1C(=O)O");
    let morgan = Morgan { radius: 3, chirality: true, ..Morgan::default() };
    let bits = morgan.fingerprint(&seen);
    let text = serde_json::to_string(&bits).expect("plain data");
    assert!(text.starts_with("{\"scheme\":\"morgan-rdkit-1 radius=3 bits=2048 chirality\",\"size\":2048,\"on\":["));
    assert_eq!(serde_json::from_str::<Fingerprint>(&text).expect("written above"), bits);
    let counts = morgan.sparse_counts(&seen);
    let text = serde_json::to_string(&counts).expect("plain data");
    assert_eq!(serde_json::from_str::<Counts>(&text).expect("written above"), counts);
    let text = serde_json::to_string(&morgan).expect("plain data");
    assert_eq!(serde_json::from_str::<Morgan>(&text).expect("written above"), morgan);
    let all = random_library(20, 100, &mut Seed::new(3).rng());
    let library = Library::new(&all).expect("one scheme");
    let text = serde_json::to_string(&library).expect("plain data");
    assert_eq!(serde_json::from_str::<Library>(&text).expect("written above"), library);
    for words in ["", "1", "1,68719476736", "1,2,3"] {
        let text = format!("{{\"scheme\":\"x\",\"size\":100,\"words\":[{words}]}}");
        assert!(serde_json::from_str::<Library>(&text).is_err(), "{words}");
    }
    assert!(serde_json::from_str::<Fingerprint>("{\"scheme\":\"x\",\"size\":64,\"on\":[64]}").is_err());
    assert!(serde_json::from_str::<Fingerprint>("{\"scheme\":\"x\",\"size\":99999999999,\"on\":[]}").is_err());
}

fn random_library(count: usize, bits: usize, rng: &mut Rng) -> Vec<Fingerprint> {
    let size = FoldedSize::new(bits).expect("within the limits");
    let scheme = Morgan::default().scheme();
    (0..count)
        .map(|_| {
            let on = rng.below(bits / 8) + usize::from(rng.below(50) > 0);
            let bits = (0..on).map(|_| rng.below(bits / 4)).collect::<Vec<_>>();
            Fingerprint::from_bits(scheme.clone(), size, bits).expect("below the size")
        })
        .collect()
}

#[test]
fn search_finds_what_comparing_all_finds() {
    let mut rng = Seed::new(5).stream("library").rng();
    for (count, bits) in [(1, 64), (50, 100), (9000, 512)] {
        let all = random_library(count, bits, &mut rng);
        let library = Library::new(&all).expect("one scheme");
        for by in [Similarity::Tanimoto, Similarity::Dice, Similarity::Cosine] {
            let query = &all[rng.below(count)];
            let one = |other: &Fingerprint| match by {
                Similarity::Tanimoto => query.tanimoto(other),
                Similarity::Dice => query.dice(other),
                Similarity::Cosine => query.cosine(other),
            };
            let plain: Vec<f64> = all.iter().map(|other| one(other).expect("one scheme")).collect();
            assert_eq!(library.similarities(query, by).expect("one scheme"), plain);
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by(|&i, &j| plain[j].total_cmp(&plain[i]).then(i.cmp(&j)));
            for wanted in [0, 1, 10, count + 1] {
                let hits = library.nearest(query, wanted, by).expect("one scheme");
                let expected: Vec<usize> = order.iter().copied().take(wanted).collect();
                assert_eq!(hits.iter().map(|hit| hit.index).collect::<Vec<_>>(), expected);
                assert!(hits.iter().all(|hit| hit.similarity == plain[hit.index]));
            }
            for threshold in [0.0, 0.2, 0.5, 1.0] {
                let hits = library.within(query, threshold, by).expect("one scheme");
                let expected: Vec<usize> = order.iter().copied().filter(|&k| plain[k] >= threshold).collect();
                assert_eq!(hits.iter().map(|hit| hit.index).collect::<Vec<_>>(), expected, "{threshold}");
            }
        }
    }
}

#[test]
fn search_is_the_same_for_any_number_of_threads() {
    let mut rng = Seed::new(6).stream("library").rng();
    let all = random_library(20_000, 256, &mut rng);
    let [library, few] = [&all[..], &all[..2000]].map(|prints| Library::new(prints).expect("one scheme"));
    let work = || {
        let by = Similarity::Tanimoto;
        (
            library.nearest(&all[3], 100, by).expect("one scheme"),
            library.within(&all[3], 0.3, by).expect("one scheme"),
            library.similarities(&all[3], by).expect("one scheme"),
            few.neighbors(0.6, by).expect("a distance"),
        )
    };
    let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(work);
    assert_eq!(with(1), with(3));
}
