//! Molecules and conformers through JSON and a binary format (CBOR) without loss: every field, every bit of a coordinate.

use mol_core::io::{Mol2Record, SdfRecord, Structure, read_sdf};
use mol_core::testing::reference;
use mol_core::{Conformer, Molecule, Vec3};

/// Through both formats and back; equal to the bit.
fn check(molecule: &Molecule, what: &str) {
    let text = serde_json::to_string(molecule).expect("molecules have no maps with odd keys");
    let mut bytes = Vec::new();
    ciborium::into_writer(molecule, &mut bytes).expect("a Vec takes all");
    let from_text: Molecule = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}"));
    let from_bytes: Molecule = ciborium::from_reader(&bytes[..]).unwrap_or_else(|error| panic!("{what}: {error}"));
    for back in [from_text, from_bytes] {
        assert_eq!(&back, molecule, "{what}");
        let bits = |molecule: &Molecule| -> Vec<u64> {
            let positions = molecule.conformers().iter().flat_map(Conformer::positions);
            positions.flat_map(|x| [x.x, x.y, x.z].map(f64::to_bits)).collect()
        };
        assert_eq!(bits(&back), bits(molecule), "{what}");
    }
}

#[test]
fn every_molecule_with_conformers_comes_back() {
    for name in ["conformers/conformers", "conformers/uff_extra", "mmff94/MMFF94", "mmff94/MMFF94s"] {
        let Some(path) = reference(&format!("{name}.sdf")) else { return };
        for record in read_sdf(path).expect("the file was found") {
            let record = record.unwrap_or_else(|error| panic!("{error}"));
            check(&record.molecule, &record.title);
        }
    }
}

#[test]
fn marks_charges_and_awkward_numbers_come_back() {
    let all = [
        "C[C@H](N)C(=O)[O-]",
        "F/C=C\\Cl",
        "[13CH3:7][Pt@SP1](F)(Cl)Br",
        "*c1cc[nH]c1",
        "[Co@OH5](F)(Cl)(Br)(I)(N)O",
        "",
    ];
    for (k, smiles) in all.into_iter().enumerate() {
        let mut molecule = Molecule::from_smiles(smiles).expect("valid");
        let awkward = [1.0 / 3.0, -0.0, f64::MIN_POSITIVE / 4.0, f64::MAX, 1e-300, 0.1 + 0.2];
        let place = |i: usize| Vec3::new(awkward[i % 6], awkward[(i + k) % 6], awkward[(i + 2) % 6]);
        molecule.add_conformer((0..molecule.atom_count()).map(place).collect()).expect("finite");
        check(&molecule, smiles);
    }
}

#[test]
fn records_and_structures_come_back() {
    let mut nitrogen = Molecule::from_smiles("N#N").expect("valid");
    nitrogen.add_conformer(vec![Vec3::zeros(), Vec3::x() * 1.1]).expect("finite");
    let sdf = SdfRecord { title: "air".into(), is_chiral: true, ..SdfRecord::new(nitrogen.clone()) };
    let mol2 = Mol2Record::new(nitrogen.clone());
    let structure = Structure::from_molecule(nitrogen);
    let text = serde_json::to_string(&(&sdf, &mol2, &structure)).expect("no maps with odd keys");
    let back: (SdfRecord, Mol2Record, Structure) = serde_json::from_str(&text).expect("as written");
    assert_eq!(back, (sdf, mol2, structure));
}

#[test]
fn what_no_constructor_takes_is_refused() {
    let mut molecule = Molecule::from_smiles("CO").expect("valid");
    molecule.add_conformer(vec![Vec3::zeros(), Vec3::x()]).expect("finite");
    let mut value = ciborium::Value::serialized(&molecule).expect("a tree of values");
    let text = serde_json::to_string(&molecule).expect("finite");
    for (from, to) in [
        ("1.0,0.0,0.0", "null,0.0,0.0"),
        ("[[0.0,0.0,0.0],", "["),
        ("\"end\":1", "\"end\":0"),
        ("\"end\":1", "\"end\":9"),
    ] {
        assert!(text.contains(from), "{from} in {text}");
        assert!(serde_json::from_str::<Molecule>(&text.replacen(from, to, 1)).is_err(), "{from} -> {to}");
    }
    // CBOR has a NaN.
    assert!(spoil(&mut value));
    let message = value.deserialized::<Molecule>().unwrap_err().to_string();
    assert!(message.contains("finite"), "{message}");
}

/// Turns the first 1.0 into what is not a number.
fn spoil(value: &mut ciborium::Value) -> bool {
    match value {
        ciborium::Value::Float(number) if *number == 1.0 => {
            *number = f64::NAN;
            true
        }
        ciborium::Value::Array(list) => list.iter_mut().any(spoil),
        ciborium::Value::Map(list) => list.iter_mut().any(|(_, value)| spoil(value)),
        _ => false,
    }
}
