//! PDB: structures that are read can be written unless the columns are too narrow, and come back with the same atoms and bonds; whatever
//! is read can be described, cleaned and cut.
#![no_main]

mod exercise;

use exercise::exercise;
use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;
use mol_core::io::{parse_pdb, write_pdb};

/// Elements and isotopes, and which atoms are bonded. Orders within residues that have a template are those of their names.
fn skeleton(molecule: &Molecule) -> impl PartialEq + std::fmt::Debug {
    let mut bonds: Vec<_> = molecule.bonds().map(|(_, b)| (b.begin.min(b.end), b.begin.max(b.end))).collect();
    bonds.sort_unstable();
    (molecule.atoms().map(|(_, atom)| (atom.element, atom.isotope)).collect::<Vec<_>>(), bonds)
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(structures) = parse_pdb(bytes, "fuzz") else { return };
    for structure in structures {
        exercise(&structure.molecule);
        let mut out = Vec::new();
        if write_pdb(&mut out, &structure).is_ok() {
            let text = String::from_utf8_lossy(&out);
            let again = parse_pdb(&out[..], "again").unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(again.len(), 1, "{text}");
            assert_eq!(skeleton(&again[0].molecule), skeleton(&structure.molecule), "{text}");
            assert_eq!(again[0].molecule.conformers().len(), structure.molecule.conformers().len());
        }
    }
});
