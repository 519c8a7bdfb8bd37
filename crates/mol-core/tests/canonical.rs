//! Canonical forms under random renumbering, with random stereo marks on symmetric graphs: where canonical forms fail.

use mol_core::smiles::SmilesWriter;
use mol_core::{BondDirection, BondOrder, ChiralClass, Chirality, Molecule, MoleculeBuilder, Rng, Seed};
use proptest::prelude::*;

/// Graphs with many automorphisms, and with stereo that depends on other stereo.
const GRAPHS: [&str; 35] = [
    "OC1C(O)C(O)C(O)C(O)C1O",
    "OC1C(O)C(O)C1O",
    "CC1C(C)C(C)C(C)C1C",
    "C12C3C4C1C5C2C3C45",
    "C12C3C4C5C1C6C7C2C8C3C9C4C%10C5C6C%11C7C8C9C%10%11",
    "C1CC2CCC1CC2",
    "C1N2CN3CN1CN(C2)C3",
    "N12CCN(CC1)CC2",
    "C1C2CC3CC1CC(C2)C3",
    "CC1C2CC3CC1CC(C2)C3C",
    "C1CC2CCC3CCCC4CCC1C2C34",
    "CC1CC2(C1)CC(C)C2",
    "C1CC12CC2",
    "C1C(C)CC12CC(C)C2",
    "CC=CC=CC=CC",
    "CC=CC(C=CC)=C(C=CC)C=CC",
    "C1=CC=CC=CC=C1",
    "C1=CC=CC=CC=CC=C1",
    "C1CC=CCCC=C1",
    "C1CC=CCCC=CCCC=C1",
    "CC=C=CC",
    "CC=C=C=CC",
    "CC=C=C=C=CC",
    "CC=NN=CC",
    "CC=C1CC(=CC)C1",
    "CC=C1CC(C)C1",
    "CC(F)C(C(C)F)(C(C)F)C(C)F",
    "OCC(O)C(O)C(O)C(O)CO",
    "CP(F)CP(F)CP(C)F",
    "CS(=O)CS(=O)C",
    "C1NC1C1CN1",
    "CC1CC1.CC1CC1.CC1CC1",
    "CC(c1ccccc1)C(C)c1ccccc1",
    "CC1CCC(CC1)C1CCC(C)CC1",
    "N12C3CC(CC1CC3C)CC2",
];

/// The same graph with marks on any atoms and bonds that can have them.
fn marked(molecule: &Molecule, rng: &mut Rng) -> Molecule {
    let share = rng.uniform();
    let mut builder = MoleculeBuilder::new();
    for (index, atom) in molecule.atoms() {
        let mut atom = *atom;
        let ligands = molecule.degree(index) + usize::from(molecule.hydrogens(index));
        let cumulated = molecule.bonds_of(index).iter().all(|&bond| molecule.bond(bond).order == BondOrder::Double);
        let class = if ligands == 2 && cumulated { ChiralClass::Allenal } else { ChiralClass::Tetrahedral };
        if (ligands >= 3 || class == ChiralClass::Allenal) && rng.uniform() < share {
            atom.chirality = Chirality::new(class, 1 + rng.below(2) as u8).ok();
        }
        builder.add_atom(atom);
    }
    let is_double_end =
        |atom| molecule.bonds_of(atom).iter().any(|&bond| molecule.bond(bond).order == BondOrder::Double);
    for (_, bond) in molecule.bonds() {
        let beside = bond.order == BondOrder::Single && (is_double_end(bond.begin) || is_double_end(bond.end));
        let direction = (beside && rng.uniform() < share)
            .then(|| if rng.below(2) == 0 { BondDirection::Up } else { BondDirection::Down });
        builder.add_marked_bond(bond.begin, bond.end, bond.order, direction).expect("a bond of a molecule");
    }
    builder.build().expect("atoms of a molecule")
}

fn canonical(smiles: &str) -> String {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.to_canonical_smiles().unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

#[test]
fn a_bridgehead_does_not_depend_on_the_choice_of_rings() {
    // Which of several rings of one size are in a basis depends on the numbering.
    let molecule = Molecule::from_smiles("[N@]12C3CC(CC1CC3C)CC2").expect("valid");
    let form = molecule.to_canonical_smiles().expect("no aromatic bonds to assign");
    let mut rng = Seed::new(4).rng();
    for _ in 0..200 {
        let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).expect("no root");
        assert_eq!(canonical(&spelling), form, "{spelling}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn random_marks_on_symmetric_graphs(graph in 0..GRAPHS.len(), seed in any::<u64>()) {
        let mut rng = Seed::new(seed).rng();
        let molecule = marked(&Molecule::from_smiles(GRAPHS[graph]).expect("valid"), &mut rng);
        let text = molecule.to_smiles();
        // Marks that contradict each other are refused on reading.
        prop_assume!(Molecule::from_smiles(&text).is_ok());
        let form = molecule.to_canonical_smiles().expect("no aromatic bonds to assign");
        prop_assert_eq!(&canonical(&form), &form, "not a fixed point: {}", text);
        for _ in 0..4 {
            let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).expect("no root");
            prop_assert_eq!(&canonical(&spelling), &form, "{} as {}", text, spelling);
        }
    }

    #[test]
    fn any_molecule_read_has_a_form_that_is_fixed(text in r"[BCNOPSFcnos]([-=#/\\]?[CNOPScno\*](\([=]?[CNO]\))?){0,8}") {
        if let Ok(molecule) = Molecule::from_smiles(&text)
            && let Ok(form) = molecule.to_canonical_smiles()
        {
            prop_assert_eq!(&canonical(&form), &form, "{}", text);
        }
    }

    #[test]
    fn rings_of_any_kind_have_a_form_that_is_fixed(
        parts in proptest::collection::vec(("[CNOSPcnos]", "[-=]?", 0_usize..6), 3..12),
        seed in any::<u64>(),
    ) {
        let pieces = parts.iter().enumerate().map(|(k, (atom, bond, ring))| {
            let bond = if k == 0 { "" } else { bond.as_str() };
            let ring = if *ring == 0 { String::new() } else { ring.to_string() };
            format!("{bond}{atom}{ring}")
        });
        let text = pieces.collect::<Vec<_>>().concat();
        let Ok(molecule) = Molecule::from_smiles(&text) else { return Ok(()) };
        let Ok(form) = molecule.to_canonical_smiles() else { return Ok(()) };
        prop_assert_eq!(&canonical(&form), &form, "{}", text);
        let mut rng = Seed::new(seed).rng();
        let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).expect("no root");
        prop_assert_eq!(canonical(&spelling), form, "{} as {}", text, spelling);
    }
}
