//! Canonical forms: exact counts of stereo-isomers, symmetric frames, marks that say nothing, modes of writing.

use super::Budget;
use crate::smiles::{SmilesOrder, SmilesWriter};
use crate::{AtomIndex, Canonical, Element, Molecule, Seed, perceive::Perception};
use std::collections::BTreeSet;

fn canonical(smiles: &str) -> String {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.to_canonical_smiles().unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

/// The canonical forms of all ways to fill the places `?` of a pattern with `@` or `@@`, and `~` with `/` or `\`.
fn isomers(pattern: &str) -> BTreeSet<String> {
    let mut texts = vec![String::new()];
    for letter in pattern.chars() {
        let choices: &[&str] = match letter {
            '?' => &["@", "@@"],
            '~' => &["/", "\\"],
            _ => &[],
        };
        texts = if choices.is_empty() {
            texts.into_iter().map(|text| text + &letter.to_string()).collect()
        } else {
            texts.iter().flat_map(|text| choices.iter().map(move |choice| format!("{text}{choice}"))).collect()
        };
    }
    texts.iter().map(|text| canonical(text)).collect()
}

#[test]
fn stereo_isomers_are_counted_exactly() {
    for (pattern, count) in [
        ("O[C?H]1[C?H](O)[C?H](O)[C?H](O)[C?H](O)[C?H]1O", 9), // inositols: 7 meso, one pair
        ("OC(=O)[C?H](O)[C?H](O)C(=O)O", 3),                   // tartaric acid
        ("C[C?H]1CC[C?H](C)CC1", 2),
        ("C[C?H]1C[C?H](C)C[C?H](C)C1", 2),
        ("C[C?H]1CCC[C?H](C)C1", 3),
        ("C[C?H]1[C?H](C)[C?H]1C", 2),
        ("O[C?H]1[C?H](O)[C?H](O)[C?H]1O", 4),
        ("O[C?H]1[C?H](O)[C?H](O)[C?H](O)[C?H]1O", 4),
        ("OC[C?H](O)[C?H](O)[C?H](O)CO", 4),                  // pentitols
        ("OC[C?H](O)[C?H](O)[C?H](O)[C?H](O)CO", 10),         // hexitols
        ("OC[C?H](O)[C?H](O)[C?H](O)[C?H](O)[C?H](O)CO", 16), // heptitols
        ("F[C?H](Cl)C([C?H](F)Cl)([C?H](F)Cl)[C?H](F)Cl", 5), // RRRR to SSSS
        ("C~C=C~C", 2),
        ("C~C=C~C=C~C=C~C", 6),
        ("C1=C~CCC=C~CC~1", 2), // one of the two; the other has a mark at one end only
        ("CC=C=CC", 1),
        ("CC=[C?]=CC", 2),
        ("C~C=C=C=C~C", 2),
        ("CC=[C?]=C=C=CC", 1),               // the middle carries it, this is not the middle
        ("C[C?H]1C[C?]2(C1)C[C?H](C)C2", 2), // chiral like an allene
        ("C[C?H](O)C(C)C", 2),
        ("C[C?H](C)O", 1),
        ("F[P?](Cl)C", 2),
        ("C[S?](=O)CC", 2),
        ("C[S?](=O)C", 1),
        ("C[N?]1CC1C", 2),
        ("CC[N?](C)F", 1), // inverts
    ] {
        let forms = isomers(pattern);
        assert_eq!(forms.len(), count, "{pattern}: {forms:?}");
        for form in forms {
            assert_eq!(canonical(&form), form, "{pattern}");
        }
    }
}

#[test]
fn frames_have_one_form_however_numbered() {
    let fullerene = "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41";
    let mut rng = Seed::new(11).rng();
    for (smiles, spellings) in [
        ("C12C3C4C1C5C2C3C45", 40),                                 // cubane
        ("C12C3C4C5C1C6C7C2C8C3C9C4C%10C5C6C%11C7C8C9C%10%11", 20), // dodecahedrane
        (fullerene, 4),
        ("[C@H]12[C@H]3[C@H]4[C@@H]1[C@H]5[C@H]2[C@@H]3[C@H]45", 40),
        ("C1CC2CCC1CC2", 20),
        ("C1C2CC3CC1CC(C2)C3", 20),
        ("c1ccc(cc1)C(c1ccccc1)(c1ccccc1)c1ccccc1", 10),
        ("C1=CC2=CC=CC=CC2=C1", 20), // azulene
        ("FC1(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C1(F)F", 10),
        ("F[P-](F)(F)(F)(F)F.[Na+].[Na+].F[P-](F)(F)(F)(F)F", 10),
        ("Cl[Pt@SP1](Cl)(N)N", 20),
        ("Cl[Co@OH1](Cl)(Cl)(N)(N)N", 20),
        ("C[As@TB1](F)(F)(Cl)Br", 20),
    ] {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let form = canonical(smiles);
        assert!(Canonical::new(&Perception::new(&molecule).unwrap()).is_exact(), "{smiles}");
        assert_eq!(canonical(&form), form, "{smiles}");
        for _ in 0..spellings {
            let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).unwrap();
            assert_eq!(canonical(&spelling), form, "{smiles} as {spelling}");
        }
    }
}

#[test]
fn coordination_isomers_differ() {
    for (class, count, pattern, isomers) in [
        ("SP", 3, "Cl[Pt@#](Cl)(N)N", 2),
        ("SP", 3, "F[Pt@#](Cl)(Br)N", 3),
        ("OH", 30, "Cl[Co@#](Cl)(Cl)(N)(N)N", 2),
        ("OH", 30, "Cl[Co@#](Cl)(N)(N)(N)N", 2),
        ("OH", 30, "F[Co@#](Cl)(Br)(I)(N)O", 30),
        ("TB", 20, "F[As@#](Cl)(Br)(I)N", 20),
        ("TB", 20, "F[As@#](F)(F)(Cl)Cl", 3),
    ] {
        let text = |number: usize| pattern.replace('#', &format!("{class}{number}"));
        let forms: BTreeSet<String> = (1..=count).map(|number| canonical(&text(number))).collect();
        assert_eq!(forms.len(), isomers, "{pattern} {forms:?}");
    }
}

#[test]
fn marks_that_say_nothing_are_dropped() {
    for (marked, plain) in [
        ("C[C@H](C)O", "CC(C)O"),
        ("C/C=C(/C)C", "CC=C(C)C"),
        ("C[C@H]1CCC(C)CC1", "CC1CCC(C)CC1"),
        ("OC(=O)[C@H](O)C(O)[C@@H](O)C(=O)O", "OC(=O)[C@H](O)[C@H](O)[C@@H](O)C(=O)O"), // no third centre in the R,R acid
        ("C/C=C", "CC=C"),
        ("C/C=C1/CCCCC1", "CC=C1CCCCC1"),
        ("C1CC/C=C/C1", "C1CCC=CC1"),
        ("C1C/C=C=C=C/C1", "C1CC=C=C=CC1"), // no trans form has room for four carbons in a row
        ("C[NH+](C)[C@@H](C)C", "C[NH+](C)C(C)C"),
        ("[C@](F)(F)(Cl)Br", "C(F)(F)(Cl)Br"),
        ("c1cc[c@H]cc1", "c1ccccc1"),
    ] {
        assert_eq!(canonical(marked), canonical(plain), "{marked}");
    }
    // A ring in which each of two marks is idle because of the other keeps all three.
    assert_eq!(canonical("C[C@@H]1C[C@H](C)C[C@@H](C)C1").matches("[C@").count(), 3);
}

#[test]
fn spellings_of_one_compound_agree() {
    for (one, other) in [
        ("C1=CC=CC=C1C", "Cc1ccccc1"),
        ("[H]C([H])([H])C", "CC"),
        ("[CH3][CH2][OH]", "CCO"),
        ("F/C=C/F", "F\\C=C\\F"),
        ("F/C=C/F", "C(\\F)=C/F"),
        ("F/C=C/F", "[H]\\C(F)=C/F"),
        ("C/C=C\\C", "[H]/C(C)=C/C"),
        ("F[C@@H]=[C@H]F", "F/C=C/F"),
        ("F[C@H]=[C@H]F", "F/C=C\\F"),
        ("C/C=C/C=C\\C", "C(/C=C/C)=C/C"),
        ("OC(Cl)=[C@]=C(C)F", "OC(Cl)=[C@AL1]=C(C)F"),
        ("CN(=O)=O.[Na+].[Cl-]", "[Cl-].[Na+].O=N(C)=O"),
        ("C1=CN=CN1", "c1c[nH]cn1"),
        // Two Kekulé structures with an aromatic outline of ten atoms; the bond inside is double in one of them.
        ("C1=CC2=C1C=CC=CC=C2", "C1=CC2=CC=CC=CC=C12"),
    ] {
        assert_eq!(canonical(one), canonical(other), "{one} {other}");
    }
    for (one, other) in [
        ("F/C=C/F", "F/C=C\\F"),
        ("[13CH4]", "C"),
        ("[CH3]", "C"),
        ("[NH4+]", "N"),
        ("[CH3:1]C", "CC"),
        ("[0S]", "S"),
        ("CC=O", "C=CO"),
        ("[2H]C", "C"),
        ("C.C", "CC"),
        ("*C", "CC"),
    ] {
        assert_ne!(canonical(one), canonical(other), "{one} {other}");
    }
}

#[test]
fn wildcards_of_aromatic_rings_are_read_back() {
    for (smiles, aromatic) in [
        ("CC1=*C1=O", "Cc1:*:c1=O"),
        ("C1=CC=C*=C1", "*:1:ccccc1"),
        // Wildcards like N and like O.
        ("C1=*C=C*=C1", "*:1:cc:*:cc1"),
        ("C1=CC=C*1", "*1cccc1"),
    ] {
        let form = canonical(smiles);
        assert_eq!(canonical(aromatic), form, "{smiles}");
        assert_eq!(canonical(&form), form, "{smiles}");
    }
    for smiles in ["C1=C*C=*1", "C1=CC2=C(*1)C=C*2", "C1=CC2=C(C=*1)C=C*2", "N1C=*C=C1", "O=C1C(Br)=C*(=NCl)*=*1"] {
        let form = canonical(smiles);
        assert_eq!(canonical(&form), form, "{smiles}");
    }
    // The same but for which wildcards have a double bond.
    assert_ne!(canonical("C1=*C=C*=C1"), canonical("C1=C*C=C*1"));
}

#[test]
fn a_double_bond_between_stated_ones_stays_open() {
    // Only marks on drawn hydrogens leave the one in the middle open.
    let open = "C/C=C(/[H])C=CC(\\[H])=C/C";
    let form = canonical(open);
    assert_eq!(canonical(&form), form);
    let forms: BTreeSet<String> = [open, "C/C=C/C=C/C=C/C", "C/C=C/C=C\\C=C\\C"].into_iter().map(canonical).collect();
    assert_eq!(forms.len(), 3, "{forms:?}");
    // Many of them: each is found by going through all marks.
    let polyene = canonical(&format!("F{}F", "[C@H]=[C@@H]C=C".repeat(100)));
    assert_eq!(canonical(&polyene), polyene);
    // All cis in a ring of ten with five double bonds: the marks of single bonds cannot alternate around it.
    let ring = canonical("C1=C\\C=C/C=C\\C=C/C=C\\1");
    assert_eq!(canonical(&ring), ring);
}

#[test]
fn the_order_is_that_of_the_text() {
    for (smiles, counted) in [
        ("c1ccc(cc1)[C@H](F)O.CC=O", 0),
        ("[H]C([H])([H])OC", 0),
        ("N[C@@H](C)C(=O)O", 0),
        // The text writes a drawn hydrogen, for the mark beside it.
        (r"C=C/C(=N/[H])C(=N)/N=C\[O-]", 0),
        (r"[Na+].C=C/C(=N/[H])C(=N)/N=C\[O-]", 0),
        // It writes one that is only counted.
        ("F[C@H]=[C@@H]C=C[C@H]=[C@H]F", 1),
        ("[Cl-].F[C@H]=[C@@H]C=C[C@H]=[C@H]F.C1=CC2=C1C=CC=CC=C2", 1),
        // The text is that of another Kekulé structure.
        ("OC1=CC2=C1C=CC=CC=C2", 0),
    ] {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let canonical = Canonical::new(&Perception::new(&molecule).unwrap());
        let written = Molecule::from_smiles(canonical.smiles()).unwrap();
        assert_eq!(canonical.counted().len(), counted, "{smiles}");
        let places = (0..written.atom_count()).filter(|place| !canonical.counted().contains(place));
        for (rank, place) in places.enumerate() {
            let (original, data) = (canonical.order()[rank], written.atom(AtomIndex::new(place)));
            assert_eq!(molecule.atom(original).element, data.element, "{smiles}");
            assert_eq!(canonical.ranks()[original.index()], rank);
        }
        for &place in canonical.counted() {
            assert_eq!(written.atom(AtomIndex::new(place)).element, Some(Element::H), "{smiles}");
        }
        let mut all: Vec<AtomIndex> = canonical.order().to_vec();
        all.sort_unstable();
        assert!(all.iter().enumerate().all(|(k, atom)| atom.index() == k) && all.len() == molecule.atom_count());
    }
}

#[test]
fn chains_of_rings_with_marks_take_no_search_of_all_combinations() {
    // Marks that say nothing, each inverted by the symmetry of its own ring.
    let chain = |unit: &str| format!("C{}C", unit.repeat(30));
    let plain = canonical(&chain("C1CCC(CC1)O"));
    assert_eq!(canonical(&chain("[C@@H]1CCC(CC1)O")), plain);
    assert_eq!(canonical(&chain("[C@H]1CCC(CC1)O")), plain);
    // Marks that say something, though each ring may be drawn either way round.
    let molecule = Molecule::from_smiles(&chain("[C@H]1CC[C@@H](CC1)O")).unwrap();
    let form = Canonical::new(&Perception::new(&molecule).unwrap());
    assert!(form.is_exact() && form.smiles().matches("[C@").count() == 60, "{}", form.smiles());
    let mut rng = Seed::new(3).rng();
    for _ in 0..3 {
        let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).unwrap();
        assert_eq!(canonical(&spelling), form.smiles());
    }
}

#[test]
fn a_spent_budget_is_told() {
    for smiles in [
        "C12C3C4C5C1C6C7C2C8C3C9C4C%10C5C6C%11C7C8C9C%10%11",
        "C[C@H]1C[C@H](C)C[C@@H](C)C1.O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O",
    ] {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let perception = Perception::new(&molecule).unwrap();
        let full = Canonical::new(&perception);
        assert!(full.is_exact(), "{smiles}");
        for work in [0, 100, 1000] {
            let short = Canonical::within(&perception, &mut Budget::of(work));
            assert!(!short.is_exact(), "{smiles} within {work}");
            // Still a text of the molecule.
            assert_eq!(canonical(short.smiles()), full.smiles(), "{smiles} within {work}");
        }
    }
}

#[test]
fn hubs_of_thousands_of_bonds_are_counted() {
    let star = |list: &[&str]| format!("[U]({})", list.join(")("));
    let leaves: Vec<&str> =
        (0..5000).map(|k| ["=O", "F", "[O]"][usize::from(k % 7 == 0) + usize::from(k % 49 == 0)]).collect();
    let turned: Vec<&str> = leaves.iter().rev().copied().collect();
    assert_eq!(canonical(&star(&leaves)), canonical(&star(&turned)));
}

#[test]
fn the_modes_of_the_writer() {
    let molecule = Molecule::from_smiles("[CH3:7][C@H](F)c1ccccc1").unwrap();
    let write = |writer: SmilesWriter| writer.write(&molecule).unwrap();
    let all = SmilesWriter::default();
    assert_eq!(write(all), canonical("[CH3:7][C@H](F)c1ccccc1"));
    assert_eq!(write(SmilesWriter { map_numbers: false, stereo: false, ..all }), "CC(F)c1ccccc1");
    assert_eq!(write(SmilesWriter { map_numbers: false, stereo: false, kekule: true, ..all }), "CC(F)C1=CC=CC=C1");
    assert_eq!(
        write(SmilesWriter { map_numbers: false, stereo: false, explicit_bonds: true, ..all }),
        "C-C(-F)-c:1:c:c:c:c:c1"
    );
    assert_eq!(
        write(SmilesWriter { map_numbers: false, stereo: false, explicit_hydrogens: true, ..all }),
        "[CH3][CH]([F])[c]1[cH][cH][cH][cH][cH]1"
    );
    // Equivalent roots give one text.
    let rooted = |root: usize| {
        write(SmilesWriter { root: Some(AtomIndex::new(root)), map_numbers: false, stereo: false, ..all })
    };
    assert_eq!(rooted(4), rooted(8));
    assert!(rooted(2).starts_with('F'));
    let numbered = SmilesWriter { order: SmilesOrder::AsNumbered, ..all };
    assert_eq!(write(numbered), molecule.to_smiles());
    assert!(SmilesWriter { root: Some(AtomIndex::new(9)), ..all }.write(&molecule).is_err());
}

#[test]
fn random_spellings_start_anywhere() {
    let ethanol = Molecule::from_smiles("CCO").unwrap();
    let mut rng = Seed::new(2).rng();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for _ in 0..4000 {
        *counts.entry(SmilesWriter::default().write_random(&ethanol, &mut rng).unwrap()).or_default() += 1;
    }
    let share = |text: &str| counts[text] as f64 / 4000.0;
    assert_eq!(counts.len(), 4);
    for (text, expected) in [("CCO", 1.0 / 3.0), ("OCC", 1.0 / 3.0), ("C(C)O", 1.0 / 6.0), ("C(O)C", 1.0 / 6.0)] {
        // Four standard deviations.
        assert!((share(text) - expected).abs() < 0.03, "{text}: {}", share(text));
    }
}

#[test]
fn large_molecules_take_linear_space_and_little_time() {
    for smiles in ["C".repeat(20_000), "CC(C)(C)".repeat(400), "C(c1ccccc1)".repeat(150), "O.".repeat(3_000) + "O"] {
        let form = canonical(&smiles);
        assert_eq!(form.matches(['C', 'c', 'O']).count(), smiles.matches(['C', 'c', 'O']).count());
    }
}
