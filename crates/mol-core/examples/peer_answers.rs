//! Answers of substructure search, common substructures and fingerprints as text, for the comparisons with `RDKit`.
//!
//! ```sh
//! cargo build --release -p mol-core --example peer_answers
//! peer_answers matches PATTERNS MOLECULES    # a line per pattern: matches in each molecule, tab-separated
//! peer_answers counts PATTERNS MOLECULES     # as above, numbers only
//! peer_answers common MODE PAIRS             # a line per pair: atoms, bonds, proven, seconds
//! peer_answers codes MOLECULES               # a line per molecule: digests of all schemes
//! ```
//!
//! `scripts/search_compare.py` and `scripts/fingerprints_compare.py` run it. Files have a SMARTS or SMILES a line (pairs: two,
//! by a blank); a pattern `molecule SMILES` is that molecule. What cannot be read is answered with `-`.

#![allow(clippy::print_stdout, reason = "answers are printed")]

use mol_core::fingerprint::{AtomPairs, Fingerprint, FoldedSize, Morgan, MorganAtoms, Paths, TopologicalTorsions};
use mol_core::mcs::{AtomComparison, BondComparison, Maximize, Options, maximum_common_substructure};
use mol_core::perceive::Perception;
use mol_core::smarts::{MatchOptions, Pattern, Target};
use mol_core::{AtomIndex, Error, Molecule, Result};
use std::time::Instant;

fn lines(path: &str) -> Result<Vec<String>> {
    let read = std::fs::read_to_string(path);
    let text = read.map_err(|source| Error::Io { path: path.into(), source })?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn perceive(smiles: &str) -> Result<Perception> {
    Perception::new(&Molecule::from_smiles(smiles)?.without_explicit_hydrogens())
}

/// A pattern that was written and read again.
fn pattern(text: &str) -> Result<Pattern> {
    let pattern = match text.strip_prefix("molecule ") {
        Some(smiles) => Pattern::from_molecule(&Molecule::from_smiles(smiles)?),
        None => Pattern::from_smarts(text)?,
    };
    Ok(Pattern::from_smarts(&pattern.to_smarts())?)
}

fn search(patterns: &str, molecules: &str, numbers_only: bool) -> Result<()> {
    let molecules = lines(molecules)?.iter().map(|text| perceive(text)).collect::<Result<Vec<_>>>()?;
    for text in lines(patterns)? {
        let Ok(pattern) = pattern(&text) else {
            println!("-");
            continue;
        };
        let answer = |molecule: &Perception| {
            if numbers_only {
                return pattern.count(molecule).to_string();
            }
            let found = pattern.matches_in(&Target::new(molecule), &MatchOptions::default());
            let numbers = |atoms: &Vec<AtomIndex>| -> String {
                atoms.iter().map(|atom| atom.index().to_string()).collect::<Vec<_>>().join(" ")
            };
            found.atoms.iter().map(numbers).collect::<Vec<_>>().join(";")
        };
        println!("{}", molecules.iter().map(answer).collect::<Vec<_>>().join("\t"));
    }
    Ok(())
}

fn common(mode: &str, pairs: &str) -> Result<()> {
    let plain = Options::default();
    let options = match mode {
        "ring" => Options { ring_matches_ring: true, ..plain },
        "complete" => Options { complete_rings: true, ..plain },
        "exact" => Options { bonds: BondComparison::ExactOrder, ..plain },
        "any-bond" => Options { bonds: BondComparison::Any, ..plain },
        "any-atom" => Options { atoms: AtomComparison::Any, ..plain },
        "heavy" => Options { atoms: AtomComparison::Heavy, ..plain },
        "isotopes" => Options { atoms: AtomComparison::Isotopes, ..plain },
        "atoms" => Options { maximize: Maximize::Atoms, ..plain },
        "valence" => Options { match_valences: true, ..plain },
        _ => plain,
    };
    for line in lines(pairs)? {
        let (first, second) = line.split_once(' ').unwrap_or((&line, ""));
        let (first, second) = (perceive(first)?, perceive(second)?);
        let start = Instant::now();
        let found = maximum_common_substructure(&first, &second, &options);
        let seconds = start.elapsed().as_secs_f64();
        println!("{} {} {} {seconds:.6}", found.atoms.len(), found.bonds.len(), u8::from(found.is_optimal));
    }
    Ok(())
}

/// Number of entries and FNV-1a of "code:count code:count …".
fn digest(entries: &[(u64, u32)]) -> String {
    let text: Vec<String> = entries.iter().map(|(code, count)| format!("{code}:{count}")).collect();
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    format!("{}/{:016x}", entries.len(), text.join(" ").bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

/// The columns of `tests/data/fingerprints.tsv`, in its order (`scripts/fingerprints.py` names them).
fn codes(seen: &Perception) -> Result<Vec<String>> {
    let chirality = true;
    let (morgan, pairs, torsions, paths) =
        (Morgan::default(), AtomPairs::default(), TopologicalTorsions::default(), Paths::default());
    let counts = [
        Morgan { radius: 3, ..morgan }.sparse_counts(seen),
        Morgan { redundant: true, ..morgan }.sparse_counts(seen),
        Morgan { bond_orders: false, ..morgan }.sparse_counts(seen),
        Morgan { radius: 3, chirality, ..morgan }.sparse_counts(seen),
        Morgan { atoms: MorganAtoms::Features, ..morgan }.sparse_counts(seen),
        pairs.sparse_counts(seen)?,
        AtomPairs { chirality, ..pairs }.sparse_counts(seen)?,
        torsions.sparse_counts(seen)?,
        TopologicalTorsions { chirality, ..torsions }.sparse_counts(seen)?,
        paths.sparse_counts(seen)?,
        Paths { branched: false, ..paths }.sparse_counts(seen)?,
    ];
    let thousand = FoldedSize::new(1000)?;
    let folded =
        [pairs.fingerprint(seen)?, torsions.fingerprint(seen)?, Paths { size: thousand, ..paths }.fingerprint(seen)?];
    let bits = |bits: &Fingerprint| digest(&bits.ones().map(|bit| (bit as u64, 1)).collect::<Vec<_>>());
    Ok(counts.iter().map(|counts| digest(counts.entries())).chain(folded.iter().map(bits)).collect())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["matches", patterns, molecules] => search(patterns, molecules, false),
        ["counts", patterns, molecules] => search(patterns, molecules, true),
        ["common", mode, pairs] => common(mode, pairs),
        ["codes", molecules] => {
            for text in lines(molecules)? {
                println!(
                    "{}",
                    perceive(&text).and_then(|seen| codes(&seen)).map_or("-".to_owned(), |all| all.join("\t"))
                );
            }
            Ok(())
        }
        _ => {
            let expected = "matches, counts, common or codes with their files (see the head of this file)";
            Err(Error::InvalidArgument { what: "arguments", expected, got: arguments.join(" ") })
        }
    }
}
