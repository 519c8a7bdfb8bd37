//! Files that never end, or hold a line of a gigabyte, are answered with an error, in memory that the limits bound.

use mol_core::io::{
    ExtxyzReader, LONGEST_LINE, LONGEST_RECORD, Mol2Reader, ReadOptions, SdfReader, SmilesReader, parse_mmcif,
    parse_pdb,
};
use std::io::{BufReader, Read};

/// A beginning, then a piece again and again, without end.
struct Endless {
    head: Vec<u8>,
    piece: Vec<u8>,
    at: usize,
}

impl Endless {
    fn new(head: &str, piece: &str) -> BufReader<Self> {
        BufReader::with_capacity(1 << 20, Self { head: head.into(), piece: piece.into(), at: 0 })
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (source, from) = match self.at.checked_sub(self.head.len()) {
            None => (&self.head, self.at),
            Some(beyond) => (&self.piece, beyond % self.piece.len()),
        };
        let count = buffer.len().min(source.len() - from);
        buffer[..count].copy_from_slice(&source[from..from + count]);
        self.at += count;
        Ok(count)
    }
}

/// The text of the first error.
fn first<T>(records: impl Iterator<Item = mol_core::Result<T>>) -> String {
    let mut records = records.take(3);
    records.find_map(Result::err).expect("an error").to_string()
}

#[test]
fn a_line_that_is_too_long_is_an_error_of_every_reader() {
    let limit = LONGEST_LINE.to_string();
    // A line of 64 MiB: four times what is taken.
    let line = |head: &str| Endless::new(head, &"x".repeat(1 << 20)).take(1 << 26);
    for message in [
        first(SmilesReader::new(line("C methane\n"), "a")),
        first(SdfReader::new(line("name\n\n"), "a")),
        first(Mol2Reader::new(line("@<TRIPOS>MOLECULE\nname\n1 0\n"), "a")),
        first(ExtxyzReader::new(line("1\n"), "a", ReadOptions::default())),
        parse_pdb(line("REMARK\n"), "a").unwrap_err().to_string(),
        parse_mmcif(line("data_x\n"), "a").unwrap_err().to_string(),
    ] {
        assert!(message.contains("longer than") && message.contains(&limit), "{message}");
    }
}

#[test]
fn a_record_without_end_is_an_error() {
    let limit = LONGEST_RECORD.to_string();
    let wide = "y".repeat((1 << 22) - 1) + "\n";
    let table = "name\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n>  <field>\n";
    // After an error the reader looks for the next record: to the end of the stream.
    let mut sdf = SdfReader::new(Endless::new(table, &wide).take(3 << 27), "a");
    let message = sdf.next().map(|record| record.unwrap_err().to_string());
    assert!(message.is_some_and(|message| message.contains(&limit)));
    let frame = format!("8000000\nProperties=species:S:1:pos:R:3:{}:S:1\n", "name");
    let atom = format!("C 0 0 0 {wide}");
    let message = first(ExtxyzReader::new(Endless::new(&frame, &atom), "a", ReadOptions::default()));
    assert!(message.contains(&limit), "{message}");
}

#[test]
fn a_text_without_end_is_an_error() {
    let message =
        parse_mmcif(Endless::new("data_x\n_a.b\n;", &("z".repeat(1 << 16) + "\n")), "a").unwrap_err().to_string();
    assert!(message.contains("at most") && message.contains(&LONGEST_LINE.to_string()), "{message}");
    let names = (0..20_000).map(|k| format!("_a.b{k}\n")).collect::<Vec<_>>().concat();
    let message = parse_mmcif(Endless::new("data_x\nloop_\n", &names), "a").unwrap_err().to_string();
    assert!(message.contains("10000 columns"), "{message}");
    let table = "name\n\n\n  0  0  0     0  0            999 V3000\nM  V30 BEGIN CTAB\n";
    let continued = "M  V30 ".to_owned() + &"w".repeat(1 << 16) + "-\n";
    let message = SdfReader::new(Endless::new(table, &continued).take(1 << 25), "a")
        .next()
        .map(|record| record.unwrap_err().to_string());
    assert!(message.is_some_and(|message| message.contains("together")));
}

#[test]
fn a_dictionary_without_end_is_an_error() {
    let head = "data_x\nloop_\n_chem_comp_bond.comp_id\n_chem_comp_bond.atom_id_1\n_chem_comp_bond.atom_id_2\n";
    let name = "R".repeat(65);
    let long = parse_mmcif(Endless::new(head, &format!("{name} A B\n")), "a").unwrap_err().to_string();
    assert!(long.contains("a:6: ") && long.contains("at most 64 bytes"), "{long}");
    let rows = parse_mmcif(Endless::new(head, "R A B\n"), "a").unwrap_err().to_string();
    assert!(rows.contains("at most 1048576 bonds and links"), "{rows}");
}
