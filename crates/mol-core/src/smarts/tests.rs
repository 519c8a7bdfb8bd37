//! Tests of SMARTS: what each primitive takes, stereo, groups, faults, and writing.

use super::*;
use proptest::prelude::*;

fn perceive(smiles: &str) -> Perception {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    Perception::new(&molecule).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

fn read(smarts: &str) -> Pattern {
    Pattern::from_smarts(smarts).unwrap_or_else(|error| panic!("{smarts}: {error}"))
}

/// Counts a pattern, and what it is written as.
fn count(smarts: &str, smiles: &str) -> usize {
    let (pattern, molecule) = (read(smarts), perceive(smiles));
    let count = pattern.count(&molecule);
    let written = read(&pattern.to_smarts());
    assert_eq!(written.count(&molecule), count, "{smarts} is written as {}", pattern.to_smarts());
    assert_eq!(written.to_smarts(), pattern.to_smarts(), "{smarts}");
    assert_eq!(pattern.is_in(&molecule), count > 0, "{smarts} in {smiles}");
    assert_eq!(pattern.matches(&molecule).len(), count, "{smarts} in {smiles}");
    count
}

fn numbers(matches: Vec<Vec<AtomIndex>>) -> Vec<Vec<usize>> {
    matches.into_iter().map(|one| one.into_iter().map(AtomIndex::index).collect()).collect()
}

#[test]
fn atom_primitives() {
    for (smarts, smiles, expected) in [
        ("*", "C*", 2),
        ("A", "C*", 2),
        ("a", "Cc1ccccc1", 6),
        ("[#0]", "C*", 1),
        ("C", "Cc1ccccc1", 1),
        ("[#6]", "Cc1ccccc1", 7),
        ("[Fe]", "[Fe+2].[Cl-]", 1),
        ("[se]", "c1cc[se]c1", 1),
        ("[si]", "C[SiH3]", 0),
        ("[13C]", "[13CH3]C", 1),
        ("[0C]", "[13CH3]C", 1),
        ("[13]", "[13CH3]C", 1),
        ("[+]", "C[N+](=O)[O-]", 1),
        ("[++]", "[Fe+2]", 1),
        ("[+2]", "[Fe+2]", 1),
        ("[-]", "C[N+](=O)[O-]", 1),
        ("[+0]", "C[N+](=O)[O-]", 2),
        ("[+{0-1}]", "C[N+](=O)[O-]", 3),
        ("[-{1-}]", "[O-2].[O-]C.C", 2),
        ("[D]", "CC(C)C", 3),
        ("[D3]", "CC(C)C", 1),
        ("[D{2-}]", "CC(C)CC", 2),
        ("[D{-2}]", "CC(C)CC", 4),
        ("[D{2-3}]", "CC(C)(C)CC", 1),
        ("[d2]", "[H]C(C)C", 1),
        ("[d2]", "[2H]C(C)C", 0),
        ("[d3]", "[2H]C(C)C", 1),
        ("[X4]", "CC=O", 1),
        ("[H]", "C[H]", 1),
        ("[H+]", "[H+].[H]C", 1),
        ("[2H]", "[2H]C[H]", 1),
        ("[2H+]", "[2H+].[2H]C", 1),
        ("[*H]", "CCO", 1),
        ("[H1]", "CCO", 1),
        ("[H,O]", "CCO", 1),
        ("[!H]", "CCO", 2),
        ("[CH4]", "[H]C([H])[H]", 1),
        ("[h3]", "[2H]C", 1),
        ("[h]", "[2H]CO", 2),
        ("[h0]", "[2H]C", 1),
        ("[Nh2]", "NCC", 1),
        ("[Nh]", "NCC(=O)N(C)C", 1),
        ("[Nh3]", "NCC", 0),
        ("[#113]", "[Nh].N", 1),
        ("[H{1-2}]", "CCO", 2),
        ("[R]", "CC1CC1", 3),
        ("[R0]", "CC1CC1", 1),
        ("[R2]", "C1CC2CCC1C2", 3),
        ("[r3]", "C1CC1C1CCC1", 3),
        ("[r0]", "CC1CC1", 1),
        ("[r{3-4}]", "C1CC1C1CCC1.C1CCCC1", 7),
        ("[k4]", "C1CC2CCCC12", 4),
        ("[k5]", "C1CC2CC2C1", 5),
        ("[r5]", "C1CC2CC2C1", 3),
        ("[k0]", "CC1CC1", 1),
        ("[x]", "CC1CC1", 3),
        ("[x3]", "C1CC2CC2C1", 2),
        ("[x0]", "CC1CC1", 1),
        ("[v4]", "CC=O", 2),
        ("[v5]", "CP(=O)(O)O", 1),
        ("[z2]", "OCO", 1),
        ("[z]", "OCO", 1),
        ("[Z]", "Oc1ccccn1", 1),
        ("[z1]", "Oc1ccccn1", 1),
        ("[^1]", "CC#N", 2),
        ("[^2]", "CC=O", 2),
        ("[^3]", "CC=O", 1),
        ("[C,N;!H0;D1]", "CCN", 2),
        ("[C,N&D1]", "CCN", 3),
        ("[!!C]", "CO", 1),
        ("[C:12]", "CO", 1),
        ("[$(CO)]", "CCO", 1),
        ("[$([$(CO)]C)]", "CCO", 1),
        ("[$(*C),$(*O);!$(*N)]", "NCCO", 3),
        ("[C;$(C.[Na+])]", "CC.[Na+]", 2),
    ] {
        assert_eq!(count(smarts, smiles), expected, "{smarts} in {smiles}");
    }
}

#[test]
fn bond_primitives() {
    for (smarts, smiles, expected) in [
        ("CC", "CC=C", 1),
        ("cc", "c1ccccc1", 6),
        ("c-c", "c1ccccc1-c1ccccc1", 1),
        ("c:c", "c1ccccc1-c1ccccc1", 12),
        ("c=c", "c1ccccc1", 0),
        ("c#c", "C1=CC#CC=C1", 1),
        ("c:c", "C1=CC#CC=C1", 5),
        ("cc", "C1=CC#CC=C1", 5),
        ("c~c", "C1=CC#CC=C1", 6),
        ("C~C", "CC=C", 2),
        ("C=,#C", "C=CC#C", 2),
        ("C!-C", "C=CC#C", 2),
        ("C$C", "[C]$[C]", 1),
        ("*@*", "CC1CC1", 3),
        ("*!@*", "CC1CC1", 1),
        ("C-;!@C", "CC1CC1", 1),
        ("C/C", "CC", 1),
        ("c/c", "c1ccccc1", 6),
        ("N->[Fe]", "N[Fe]", 0),
        ("[Fe]<-N", "N[Fe]", 0),
        ("N!->[Fe]", "N[Fe]", 1),
        ("C1CC1", "C1CC1C", 1),
        ("C=1CC1", "C1=CC1", 1),
        ("C=1CC=1", "C1=CC1", 1),
        ("C1CC=1", "C1=CC1", 1),
        ("C(O)1C(O)C1", "OC1CC1O", 1),
        ("C1C(O)C(O)-1", "OC1CC1O", 1),
        ("C%12CC%12", "C1CC1", 1),
        ("C%(112)CC%(112)", "C1CC1", 1),
        ("C1.C1", "CC.C", 1),
        ("CC(C)(C)C", "CC(C)(C)C", 1),
        ("*~*~*~*", "C1CC1", 0),
    ] {
        assert_eq!(count(smarts, smiles), expected, "{smarts} in {smiles}");
    }
}

#[test]
fn groups_follow_the_manual() {
    // The table of the Daylight manual, section 4.7.
    let two = "C.C";
    for (smarts, in_two, in_one) in [("C.C", true, true), ("(C).(C)", true, false), ("(C).C", true, true)] {
        assert_eq!(count(smarts, two) > 0, in_two, "{smarts}");
        assert_eq!(count(smarts, "CC") > 0, in_one, "{smarts}");
    }
    for (smarts, smiles, expected) in [
        ("(C.C)", "CC", 1),
        ("(C.C)", "C.C", 0),
        ("(C).(C.O)", "C.CO", 1),
        ("(C).(C).O", "C.CO", 1),
        ("(C).(O)", "CO", 0),
        ("(Cl.c).(c.Br)", "Clc1ccccc1.Brc1ccccc1", 36),
        ("(Cl.c).(c.Br)", "Clc1ccccc1Br.c1ccccc1", 0),
        ("[$((C.O))]", "CO.C", 1),
    ] {
        assert_eq!(count(smarts, smiles), expected, "{smarts} in {smiles}");
    }
}

#[test]
fn chirality_is_that_of_the_order_of_the_pattern() {
    let (s, r, none) = ("N[C@H](C)O", "N[C@@H](C)O", "NC(C)O");
    for (smarts, expected) in [
        ("N[C@H](C)O", [1, 0, 0]),
        ("N[C@@H](C)O", [0, 1, 0]),
        ("[C@](N)(C)O", [1, 0, 0]),
        ("[C@H](N)(C)O", [0, 1, 0]),
        ("[C@H1+0](N)(C)O", [0, 1, 0]),
        ("[C;@;H1](N)(C)O", [1, 0, 0]),
        ("O[C@](N)C", [1, 0, 0]),
        ("[C@?](N)(C)O", [1, 0, 1]),
        ("[C@@?](N)(C)O", [0, 1, 1]),
        ("[C@,C@@](N)(C)O", [1, 1, 0]),
        ("[!@](N)(C)O", [0, 1, 1]),
        ("[C@TH2](N)(C)O", [0, 1, 0]),
        ("[C@](N)O", [1, 1, 0]),
        ("[C@SP1](N)(C)O", [0, 0, 0]),
        ("[$([C@](N)(C)O)]", [1, 0, 0]),
        ("NC(C)O", [1, 1, 1]),
    ] {
        let got = [s, r, none].map(|smiles| count(smarts, smiles));
        assert_eq!(got, expected, "{smarts}");
    }
    let options = MatchOptions { chirality: false, ..MatchOptions::default() };
    assert_eq!(read("N[C@@H](C)O").matches_with(&perceive(s), &options).atoms.len(), 1);
    // Four neighbours, one of them left out, a ring bond before a branch.
    assert_eq!(count("[C@](C)(N)O", "C[C@](N)(O)F"), 1);
    assert_eq!(count("[C@](N)(O)F", "C[C@](N)(O)F"), 0);
    assert_eq!(count("[C@@](N)(O)F", "C[C@](N)(O)F"), 1);
    assert_eq!(count("N[C@]1(C)CO1", "N[C@]1(C)CO1"), 1);
    assert_eq!(count("N[C@@]1(C)CO1", "N[C@]1(C)CO1"), 0);
    // `H` counts a drawn hydrogen, which is one of the four neighbours.
    for (smarts, expected) in [("[C@H1]([H])(N)(C)O", [1, 0]), ("[C@@H1]([H])(N)(C)O", [0, 1])] {
        let molecules = ["[H][C@](N)(C)O", "[H][C@@](N)(C)O"];
        assert_eq!(molecules.map(|smiles| count(smarts, smiles)), expected, "{smarts}");
    }
    // A class that is stated is kept: nothing tetrahedral has five neighbours.
    assert_eq!(read("[P@TH1](F)(Cl)(Br)(I)N").to_smarts(), "[P&@TH1](F)(Cl)(Br)(I)N");
    assert_eq!(count("[As@](F)(Cl)(Br)(I)N", "[As@](F)(Cl)(Br)(I)N"), 1);
    assert_eq!(count("[As@TH1](F)(Cl)(Br)(I)N", "[As@](F)(Cl)(Br)(I)N"), 0);
    assert_eq!(count("[As@H](F)(Cl)(Br)I", "[As@H](F)(Cl)(Br)I"), 1);
    assert_eq!(count("[Pt@SP1](F)(Cl)(Br)I", "F[Pt@SP1](Cl)(Br)I"), 1);
    assert_eq!(count("[Pt@SP2](F)(Cl)(Br)I", "F[Pt@SP1](Cl)(Br)I"), 0);
}

#[test]
fn sides_of_double_bonds() {
    let molecules = ["F/C=C/F", "F/C=C\\F", "FC=CF", "F/C(Cl)=C/F"];
    for (smarts, expected) in [
        ("F/C=C/F", [1, 0, 0, 1]),
        ("F\\C=C\\F", [1, 0, 0, 1]),
        ("F/C=C\\F", [0, 1, 0, 0]),
        ("F/C=CF", [1, 1, 1, 1]),
        ("F/?C=C/F", [1, 0, 1, 1]),
        ("F/C=C\\?F", [0, 1, 1, 0]),
        ("F/,\\C=C/F", [1, 1, 0, 1]),
        ("F!/C=C/F", [0, 1, 1, 0]),
        ("Cl\\C=C/F", [0, 0, 0, 1]),
        ("Cl/C=C/F", [0, 0, 0, 0]),
        ("C(/F)=C/F", [0, 1, 0, 0]),
        ("F/C=,#C/F", [1, 0, 0, 1]),
        ("F/1.C1=C/F", [1, 0, 0, 1]),
    ] {
        assert_eq!(molecules.map(|smiles| count(smarts, smiles)), expected, "{smarts}");
    }
}

#[test]
fn matches_come_in_lexical_order_and_once_for_each_set() {
    let chlorobenzene = perceive("Clc1ccc(Cl)cc1");
    let expected = [[1, 0, 2, 3], [1, 0, 7, 6], [4, 5, 3, 2], [4, 5, 6, 7]];
    assert_eq!(numbers(read("c(Cl)cc").matches(&chlorobenzene)), expected);
    assert_eq!(numbers(read("c1ccccc1").matches(&perceive("c1ccccc1"))), [[0, 1, 2, 3, 4, 5]]);
    let all = MatchOptions { unique: false, ..MatchOptions::default() };
    assert_eq!(read("c1ccccc1").matches_with(&perceive("c1ccccc1"), &all).atoms.len(), 12);
    let two = MatchOptions { limit: 2, ..all };
    assert_eq!(read("c1ccccc1").matches_with(&perceive("c1ccccc1"), &two).atoms.len(), 2);
    assert!(read("C").matches_with(&perceive("C"), &MatchOptions { limit: 0, ..all }).atoms.is_empty());
    assert_eq!(read("").count(&perceive("C")), 0);
    assert_eq!(read("C").count(&perceive("")), 0);
}

#[test]
fn a_molecule_as_a_pattern() {
    let count = |pattern: &str, smiles: &str| {
        Pattern::from_molecule(&Molecule::from_smiles(pattern).unwrap()).count(&perceive(smiles))
    };
    for (pattern, smiles, expected) in [
        ("C1=CC=CC=C1", "Cc1ccccc1", 1),
        ("CC", "c1ccccc1", 0),
        ("CO", "C[O-]", 1),
        ("C[O-]", "CO", 0),
        ("[13CH4]", "CC", 0),
        ("C", "[13CH4]", 1),
        ("*C", "CC", 0),
        ("*C", "*CC", 1),
        ("N[C@H](C)O", "N[C@H](C)O", 1),
        ("N[C@@H](C)O", "N[C@H](C)O", 0),
        ("NC(C)O", "N[C@H](C)O", 1),
        ("F/C=C/F", "F/C=C\\F", 0),
        ("F/C=C/F", "F/C=C/F", 1),
        ("[H][H]", "[H][H]", 1),
        ("C.O", "CO", 1),
        ("C[C@@H](C)O", "CC(C)O", 1),
        ("C/C=C(C)/C", "CC=C(C)C", 1),
        ("[CH2]C", "CCC", 0),
        ("[CH2]C", "[CH2]CC", 1),
    ] {
        assert_eq!(count(pattern, smiles), expected, "{pattern} in {smiles}");
    }
}

#[test]
fn faults_have_their_places() {
    for (smarts, offset, message) in [
        ("C(C", 1, "the parenthesis opened here is never closed"),
        ("(C", 0, "the parenthesis opened here is never closed"),
        ("C)", 1, "expected an atom, bond, ring bond, branch or '.', found ')'"),
        ("C1CC", 1, "ring bond 1 is opened here and never closed"),
        ("C11", 2, "ring bond 1 joins an atom with itself"),
        ("C12CC12", 6, "ring bond 2 is a second bond between the same atoms"),
        ("C=1CCC-1", 7, "ring bond 1 carries another bond expression at its other end, byte 2"),
        ("[C", 2, "expected an atom primitive, ';', ',', '&', ':' or ']', found the end"),
        ("[]", 1, "expected an atom primitive, found ']'"),
        ("[C,]", 3, "expected an atom primitive, found ']'"),
        ("[&C]", 1, "expected an atom primitive, found '&'"),
        ("[C;;N]", 3, "expected an atom primitive, found ';'"),
        ("[#119]", 2, "the atomic number is at most 118"),
        ("[+100]", 1, "the charge is at most 99"),
        ("[+{100-}]", 1, "the charge is at most 99"),
        ("[-{100-}]", 1, "the charge is at most 99"),
        ("[-{1001-}]", 1, "the charge is at most 99"),
        ("[D{3-2}]", 2, "the range {3-2} is empty: write the smaller number first"),
        ("[D{-}]", 4, "expected digits, found '}'"),
        ("[C@TB21]", 3, "TB21 is no arrangement: TB goes from 1 to 20"),
        ("[$C]", 2, "expected '(' behind $, found 'C'"),
        ("[$()]", 3, "expected an atom, found ')'"),
        ("[$(C]", 4, "expected an atom, bond, ring bond, branch or '.', found ']'"),
        ("C-", 2, "expected an atom or ring bond behind the bond, found the end"),
        ("C-,C", 3, "expected a bond primitive, found 'C'"),
        ("C..C", 2, "expected an atom, found '.'"),
        ("C(1CC1)", 2, "expected an atom or bond, found '1'"),
        ("C(-1CC1)", 3, "expected an atom behind the bond, found '1'"),
        ("C((C)C)", 2, "expected an atom or bond, found '('"),
        ("(C)C", 3, "expected '.' behind the group of components, found 'C'"),
        ("é", 0, "expected an atom, found 'é'"),
        ("C C", 2, "expected nothing behind the white space that ends a SMARTS, found 'C'"),
    ] {
        let error = Pattern::from_smarts(smarts).expect_err(smarts);
        assert_eq!((error.offset, error.kind.to_string().as_str()), (offset, message), "{smarts}");
    }
    let nested = |depth: usize| format!("{}C{}", "[$(".repeat(depth), ")]".repeat(depth));
    assert!(Pattern::from_smarts(&nested(MAX_DEPTH)).is_ok());
    assert!(matches!(Pattern::from_smarts(&nested(5_000)).unwrap_err().kind, ErrorKind::TooDeep { .. }));
    let many = |count: usize| -> String {
        let one = |k: usize| format!("[$([{}C]{})]", 1 + k % 900, "C".repeat(k / 900));
        (0..count).map(one).collect::<Vec<_>>().concat()
    };
    assert!(Pattern::from_smarts(&many(MAX_ENVIRONMENTS)).is_ok());
    let kind = Pattern::from_smarts(&many(MAX_ENVIRONMENTS + 1)).unwrap_err().kind;
    assert_eq!(kind, ErrorKind::TooManyEnvironments { largest: MAX_ENVIRONMENTS });
    let long = "C".repeat(MAX_BYTES + 1);
    assert!(matches!(Pattern::from_smarts(&long).unwrap_err().kind, ErrorKind::TooLong { .. }));
    assert_eq!(Pattern::from_smarts(&"C(".repeat(30_000)).unwrap_err().offset, 60_000);
}

/// The fullerene C60.
const FULLERENE: &str = "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41";

#[test]
fn searches_end() {
    let fullerene = perceive(FULLERENE);
    assert_eq!(fullerene.molecule().atom_count(), 60);
    let chain = |atoms: usize| read(&["*"; 100][..atoms].join("~"));
    let within = |step_limit| MatchOptions { step_limit, ..MatchOptions::default() };
    // More atoms than the molecule has: nothing is looked at.
    assert_eq!(chain(61).count_in(&Target::new(&fullerene), &within(0)), Count { matches: 0, is_complete: true });
    let found = chain(24).matches_with(&fullerene, &within(20_000));
    assert!(!found.is_complete && !found.atoms.is_empty());
    let all = MatchOptions { unique: false, ..within(1_000_000) };
    assert_eq!(chain(2).count_in(&Target::new(&fullerene), &all), Count { matches: 180, is_complete: true });
    let some = MatchOptions { limit: 7, ..all };
    assert_eq!(chain(2).count_in(&Target::new(&fullerene), &some), Count { matches: 7, is_complete: false });
    // Parts that are not bonded: as many orders as there are.
    let parts = read(&["C"; 11].join("."));
    let undecane = perceive(&"C".repeat(11));
    let found = parts.matches_with(&undecane, &within(20_000));
    assert_eq!((found.atoms.len(), found.is_complete), (1, false));
    // Within environments, too, and a search that was given up says nothing, negated or not.
    for smarts in ["[$(*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~O)]", "[!$(*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~O)]"] {
        let ether = perceive(&format!("{FULLERENE}.O"));
        let count = read(smarts).count_in(&Target::new(&ether), &within(20_000));
        assert!(!count.is_complete && count.matches < 2, "{smarts}: {count:?}");
    }
    // A long expression costs what it is long.
    let long = read(&format!("[{}]", vec!["O"; 30_000].join(",")));
    assert!(!long.count_in(&Target::new(&fullerene), &within(20_000)).is_complete);
}

#[test]
fn long_texts_are_read_and_written() {
    let rings: Vec<String> = (1..3000).chain((1..3000).rev()).map(|k| format!("C%({k}).")).collect();
    for (text, atoms) in [
        (format!("C{}", "(C)".repeat(21_000)), 21_001),
        ("C.".repeat(30_000) + "C", 30_001),
        (format!("C{}", "(/C)".repeat(16_000)), 16_001),
        (rings.concat() + "C", 5999),
    ] {
        let pattern = read(&text);
        assert_eq!(pattern.atom_count(), atoms);
        let written = pattern.to_smarts();
        assert!(read(&written).to_smarts() == written, "{}…", &text[..20]);
    }
}

#[test]
fn errors_are_those_of_the_crate() {
    let read = |text: &str| -> crate::Result<Pattern> { Ok(Pattern::from_smarts(text)?) };
    assert_eq!(read("[C").unwrap_err().to_string().split(": expected").next(), Some("SMARTS: byte 2"));
}

#[test]
fn patterns_cross_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Pattern>();
    is_shared::<Target<'_>>();
}

/// Pieces of SMARTS in any order: often wrong, sometimes right.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "C", "c", "[", "]", "(", ")", "$(", "H", "2", "+", "-", "=", "#6", "@", "@@", "/", "\\", "?", "!", "&", ",",
        ";", ".", "1", "%12", "{1-2}", "{", "}", "-}", "100", "1001", "D", "X3", "r5", "R", "h", "N", "^2", ":1", "~",
        "*", "Cl", "[#6]", "[$(CO)]", "[C@H]", "[-{", "é",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_panics_and_what_is_read_is_written(text in pieces()) {
        if let Ok(pattern) = Pattern::from_smarts(&text) {
            let written = pattern.to_smarts();
            let again = Pattern::from_smarts(&written).unwrap_or_else(|error| panic!("{text} as {written}: {error}"));
            prop_assert_eq!(again.to_smarts(), written);
            let target = perceive("N[C@H](c1ccccc1)C(=O)O.F/C=C/[O-]");
            prop_assert_eq!(again.count(&target), pattern.count(&target), "{}", text);
        }
    }

    #[test]
    fn no_bytes_panic(text in ".{0,30}") {
        let _ = Pattern::from_smarts(&text);
    }
}
