//! Chirality through reading, renumbering and writing.

use mol_core::{AtomIndex, Bond, BondIndex, Chirality, Molecule, Rng, Seed};

/// The same molecule with atoms and bonds renumbered at random, through its serialised form.
fn shuffled(molecule: &Molecule, rng: &mut Rng) -> Molecule {
    let mut plain = serde_json::to_value(molecule).expect("a molecule is plain data");
    let mut permutation = |count: usize| {
        let mut order: Vec<usize> = (0..count).collect();
        rng.shuffle(&mut order);
        order
    };
    let (atoms, bonds) = (permutation(molecule.atom_count()), permutation(molecule.bond_count()));
    let moved = |list: &serde_json::Value, to: &[usize]| {
        let mut out = list.clone();
        to.iter().enumerate().for_each(|(old, &new)| out[new] = list[old].clone());
        out
    };
    for field in ["atoms", "order"] {
        plain[field] = moved(&plain[field], &atoms);
    }
    plain["bonds"] = moved(&plain["bonds"], &bonds);
    for k in 0..bonds.len() {
        let mut bond: Bond = serde_json::from_value(plain["bonds"][k].clone()).expect("a bond");
        [bond.begin, bond.end] = [bond.begin, bond.end].map(|atom| AtomIndex::new(atoms[atom.index()]));
        plain["bonds"][k] = serde_json::to_value(bond).expect("a bond");
    }
    for k in 0..atoms.len() {
        let order: Vec<BondIndex> = serde_json::from_value(plain["order"][k].clone()).expect("indices");
        let order: Vec<_> = order.into_iter().map(|bond| BondIndex::new(bonds[bond.index()])).collect();
        plain["order"][k] = serde_json::to_value(order).expect("indices");
    }
    serde_json::from_value(plain).expect("a renumbered molecule is a molecule")
}

/// The chirality of the one chiral atom with its neighbours ordered by what they are: equal for equal arrangements.
fn arrangement(molecule: &Molecule) -> Chirality {
    let chiral = |(index, atom): (AtomIndex, &mol_core::Atom)| Some((index, atom.chirality?));
    let (center, chirality) = molecule.atoms().find_map(chiral).expect("one chiral atom");
    let kind = |atom: AtomIndex| molecule.atom(atom).element;
    let hydrogens = usize::from(molecule.hydrogens(center));
    let mut places: Vec<_> = (0..hydrogens).map(|k| (Some(mol_core::Element::H), k)).collect();
    places.extend(molecule.neighbors(center).enumerate().map(|(k, atom)| (kind(atom), k + hydrogens)));
    places.sort_unstable();
    chirality.reordered(&places.iter().map(|&(_, place)| place).collect::<Vec<_>>())
}

#[test]
fn equal_spellings_of_the_specification_are_equal() {
    let families: [&[&str]; 4] = [
        &[
            "S[As@](F)(Cl)(Br)N",
            "S[As@TB2](Br)(Cl)(F)N",
            "S[As@TB5](F)(N)(Cl)Br",
            "F[As@TB10](S)(Cl)(N)Br",
            "F[As@TB15](Cl)(S)(Br)N",
            "Br[As@TB20](Cl)(S)(F)N",
        ],
        &[
            "C[Co@](F)(Cl)(Br)(I)S",
            "F[Co@@](S)(I)(C)(Cl)Br",
            "S[Co@OH5](F)(I)(Cl)(C)Br",
            "Br[Co@OH9](C)(S)(Cl)(F)I",
            "Br[Co@OH12](Cl)(I)(F)(S)C",
            "Cl[Co@OH15](C)(Br)(F)(I)S",
            "Cl[Co@OH19](C)(I)(F)(S)Br",
            "I[Co@OH27](Cl)(Br)(F)(S)C",
        ],
        &["N[C@](Br)(O)C", "Br[C@](O)(N)C", "O[C@](Br)(C)N", "Br[C@](C)(O)N", "C[C@](Br)(N)O", "C[C@@](Br)(O)N"],
        &["N[C@H](O)C", "[C@@H](N)(O)C", "[C@H](N)(C)O", "[H][C@@](N)(O)C", "N[C@]([H])(O)C", "O[C@@H](N)C"],
    ];
    for family in families {
        for spelling in family {
            let [first, other] =
                [family[0], spelling].map(|text| arrangement(&Molecule::from_smiles(text).expect(text)));
            assert_eq!(first, other, "{} and {spelling}", family[0]);
        }
    }
}

#[test]
fn renumbering_and_writing_keep_every_arrangement() {
    let mut rng = Seed::new(5).rng();
    let ligands = ["F", "Cl", "Br", "I", "N", "O"];
    for (class, count, neighbors) in
        [("TH", 2, 4), ("TH", 2, 3), ("SP", 3, 4), ("TB", 20, 5), ("OH", 30, 6), ("OH", 30, 5)]
    {
        for number in 1..=count {
            let rest = format!("({})", ligands[1..neighbors].join(")("));
            for text in [format!("F[Co@{class}{number}]{rest}"), format!("[Co@{class}{number}H](F){rest}")] {
                let molecule = Molecule::from_smiles(&text).expect("valid");
                if molecule.degree(AtomIndex::new(1)) + usize::from(molecule.hydrogens(AtomIndex::new(1))) > 6 {
                    continue;
                }
                let other = Molecule::from_smiles(&shuffled(&molecule, &mut rng).to_smiles()).expect("written");
                assert_eq!(arrangement(&molecule), arrangement(&other), "{text}");
                let drawn = molecule.with_explicit_hydrogens().expect("no conformers");
                assert_eq!(arrangement(&molecule), arrangement(&drawn.without_explicit_hydrogens()), "{text}");
            }
        }
    }
}

#[test]
fn allenes_count_the_ligands_of_their_ends() {
    // Exchanging the two ligands of one end mirrors; writing the hydrogen out does not.
    let pairs = [
        ("OC(Cl)=[C@]=C(C)F", "ClC(O)=[C@@]=C(C)F"),
        ("OC(Cl)=[C@]=C(C)F", "OC(Cl)=[C@@]=C(F)C"),
        ("OC=[C@]=CF", "[H]C(O)=[C@@]=CF"),
        ("OC=[C@]=CF", "C(O)=[C@@]=CF"),
        ("OC=C=[C@]=C=CF", "C(O)=C=[C@@]=C=CF"),
    ];
    let mut rng = Seed::new(6).rng();
    for (a, b) in pairs {
        let [a, b] = [a, b].map(|text| Molecule::from_smiles(text).expect("valid"));
        let target = a.with_explicit_hydrogens().expect("no conformers");
        for other in [&b, &shuffled(&a, &mut rng), &shuffled(&b, &mut rng)] {
            let other = Molecule::from_smiles(&other.to_smiles()).expect("written");
            let other = other.with_explicit_hydrogens().expect("no conformers");
            let matched = target.match_graph(&other).unwrap().expect("one compound");
            assert_eq!(sense(&target, &matched, &other), 0, "{} {}", a.to_smiles(), other.to_smiles());
        }
    }
}

#[test]
fn every_atom_of_a_long_row_of_double_bonds_may_have_a_tag() {
    // Looking for the ends anew at each tag would take 10^10 steps.
    let text = format!("OC{}=CF", "=[C@]".repeat(100_001));
    let molecule = Molecule::from_smiles(&text).expect("valid");
    // The text counts the hydrogen of the first end behind the oxygen, the molecule before it: an exchange for the one atom
    // that has the ligands of the ends as its list.
    let turned: Vec<usize> = molecule
        .atoms()
        .filter(|(_, atom)| atom.chirality.is_some_and(|tag| tag.number() == 2))
        .map(|(k, _)| k.index())
        .collect();
    assert_eq!(turned, [2 + 50_000]);
    assert_eq!(molecule.to_smiles(), text);
}

/// Parity of the chirality of an allene in `a` against that in `b`, whose atoms `matched` gives.
fn sense(a: &Molecule, matched: &[AtomIndex], b: &Molecule) -> usize {
    let list = |molecule: &Molecule, center: AtomIndex| {
        let mut ends = [center; 2];
        let mut before = [center; 2];
        for (k, neighbor) in molecule.neighbors(center).enumerate() {
            ends[k] = neighbor;
            while molecule.degree(ends[k]) == 2 {
                let onward = molecule.neighbors(ends[k]).find(|&atom| atom != before[k]).expect("degree 2");
                before[k] = std::mem::replace(&mut ends[k], onward);
            }
        }
        [0, 1].map(|k| molecule.neighbors(ends[k]).filter(|&atom| atom != before[k]).collect::<Vec<_>>()).concat()
    };
    let chiral = |molecule: &Molecule| {
        let found = molecule.atoms().find(|(_, atom)| atom.chirality.is_some()).expect("chiral");
        (found.0, usize::from(found.1.chirality.expect("chiral").number()))
    };
    let ((here, m), (there, n)) = (chiral(a), chiral(b));
    let (mut from, to) =
        (list(a, here).into_iter().map(|atom| matched[atom.index()]).collect::<Vec<_>>(), list(b, there));
    let mut parity = m + n;
    for (k, ligand) in to.iter().enumerate() {
        let place = from.iter().position(|atom| atom == ligand).expect("the same ligands");
        if place != k {
            from.swap(place, k);
            parity += 1;
        }
    }
    parity % 2
}
