//! Extended XYZ: grammar, errors, round trips, any bytes.

use super::*;
use crate::{Cell, Element, Error, Mat3, Result, Vec3};
use proptest::prelude::*;

fn read_all(text: &str, options: ReadOptions) -> Result<Vec<Snapshot>> {
    ExtxyzReader::new(text.as_bytes(), "memory", options).collect()
}

fn read_one(text: &str) -> Snapshot {
    let mut frames = read_all(text, ReadOptions::default()).unwrap();
    assert_eq!(frames.len(), 1);
    frames.remove(0)
}

/// The value of `key` on a comment line.
fn value_of(pair: &str, key: &str) -> Value {
    let frame = read_one(&format!("1\nProperties=species:S:1:pos:R:3 {pair}\nH 0 0 0\n"));
    frame.info.get(key).unwrap_or_else(|| panic!("{pair}: no {key} in {:?}", frame.info)).clone()
}

fn write(snapshot: &Snapshot) -> String {
    let mut bytes = Vec::new();
    write_extxyz(&mut bytes, snapshot).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn texts(words: &[&str]) -> Values {
    Values::Texts(words.iter().map(|&word| word.into()).collect())
}

#[test]
fn values_of_every_spelling() {
    use Value::{Integer, Logical, Real, Text, Vector};
    let matrix = |columns, values| Value::Matrix { columns, values };
    for (pair, expected) in [
        ("a=5", Integer(5)),
        ("a=-5", Integer(-5)),
        ("a=+5", Integer(5)),
        ("a = 5", Integer(5)),
        ("a=5.0", Real(5.0)),
        ("a=-.5e-3", Real(-5e-4)),
        ("a=1d3", Real(1000.0)),
        ("a=99999999999999999999", Real(1e20)),
        ("a=T", Logical(true)),
        ("a=false", Logical(false)),
        ("a=FALSE", Logical(false)),
        ("a", Logical(true)),
        ("a b=1", Logical(true)),
        ("a=word", Text("word".into())),
        ("a=C(=O)[O-]", Text("C(=O)[O-]".into())),
        (r"a=two\ words", Text("two words".into())),
        (r#"a="two words""#, Text("two words".into())),
        (r#"a="a \"quoted\" \\ string\nhere""#, Text("a \"quoted\" \\ string\nhere".into())),
        (r#"a="""#, Text(String::new())),
        (r#"a="5""#, Integer(5)),
        (r#"a="\5""#, Text("5".into())),
        (r#"a="1 2 3""#, Vector(Values::Integers(vec![1, 2, 3]))),
        (r#"a="1 2.5 3""#, Vector(Values::Reals(vec![1.0, 2.5, 3.0]))),
        (r#"a="T F T""#, Vector(Values::Logicals(vec![true, false, true]))),
        (r#"a="1 two""#, Text("1 two".into())),
        ("a={1 2}", Vector(Values::Integers(vec![1, 2]))),
        ("a={1}", Integer(1)),
        (r#"a={one "2 3"}"#, Vector(texts(&["one", "2 3"]))),
        ("a=[1]", Vector(Values::Integers(vec![1]))),
        ("a=[1, 2.5]", Vector(Values::Reals(vec![1.0, 2.5]))),
        ("a=[1, x]", Vector(texts(&["1", "x"]))),
        (r#"a=["1", "2"]"#, Vector(texts(&["1", "2"]))),
        ("a=[]", Vector(Values::Reals(Vec::new()))),
        ("a=[[1,2],[3,4], [5, 6]]", matrix(2, Values::Integers(vec![1, 2, 3, 4, 5, 6]))),
        ("a=[ [T, F] ]", matrix(2, Values::Logicals(vec![true, false]))),
        ("a=[[1],[2.5]]", matrix(1, Values::Reals(vec![1.0, 2.5]))),
        (r#""a"=é"#, Text("é".into())),
    ] {
        assert_eq!(value_of(pair, "a"), expected, "{pair}");
    }
    assert_eq!(value_of(r#""my = key"=1"#, "my = key"), Integer(1));
}

#[test]
fn columns_of_every_type_and_units_on_entry() {
    let text = "2\nLattice=\"2 0 0 0 4 0 0 0 6\" pbc=\"T T F\" \
                Properties=id:I:1:pos:R:3:species:S:1:forces:R:3:ok:L:2:name:S:1 energy=10 stress=\"1 2 3 4 5 6\"\n\
                7 1 1 1 O 1 2 3 T F a\n8 0 0.5 1e-1 H -1 -2 -3 True False b\n";
    let options =
        ReadOptions { energy: EnergyUnit::KilocaloriePerMole, length: LengthUnit::Nanometre, ..ReadOptions::default() };
    let frame = read_all(text, options).unwrap().remove(0);
    let kcal = crate::units::KCAL_PER_MOL;
    assert_eq!(frame.elements, [Element::O, Element::H]);
    assert_eq!(frame.positions[1], Vec3::new(0.0, 5.0, 1.0));
    assert_eq!(frame.energy, Some(10.0 * kcal));
    assert!((frame.forces.as_ref().unwrap()[1] - Vec3::new(-1.0, -2.0, -3.0) * kcal / 10.0).norm() < 1e-16);
    assert!((frame.stress.unwrap()[(0, 1)] - 6.0 * kcal / 1e3).abs() < 1e-16);
    assert_eq!(frame.cell.periodic(), [true, true, false]);
    assert_eq!(frame.cell.volume(), Some(48_000.0));
    assert_eq!(frame.columns.get("id").unwrap().values, Values::Integers(vec![7, 8]));
    assert_eq!(frame.columns.get("ok").unwrap().values, Values::Logicals(vec![true, false, true, false]));
    assert_eq!(frame.columns.get("name").unwrap().values, texts(&["a", "b"]));
}

#[test]
fn the_lattice_is_row_by_row_and_a_missing_pbc_means_periodic() {
    let frame = read_one("0\nLattice=\"1 0 0 2 3 0 4 5 6\"\n");
    assert_eq!(frame.cell, Cell::new(Mat3::new(1.0, 0.0, 0.0, 2.0, 3.0, 0.0, 4.0, 5.0, 6.0), [true; 3]).unwrap());
    let nested = read_one("0\nLattice=[[1,0,0],[2,3,0],[4,5,6]] pbc=\"T T T\"\n");
    assert_eq!(nested.cell, frame.cell);
    let box_only = read_one("0\nLattice=\"1 0 0 0 3 0 0 0 6\" pbc=\"F F F\"\n");
    assert_eq!(box_only.cell, Cell::NONE);
    assert_eq!(read_one(&write(&box_only)), box_only);
}

#[test]
fn plain_xyz_keeps_its_comment() {
    let frames =
        read_all("2\n a comment, 2026-11-22\r\nH 0 0 0 extra\r\nO 1 2 3\r\n1\n\nC 0 0 1\n\n", ReadOptions::default());
    let frames = frames.unwrap();
    assert_eq!(frames[0].info.get("comment").and_then(Value::as_text), Some(" a comment, 2026-11-22"));
    assert_eq!((frames.len(), frames[0].atoms(), frames[1].positions[0].z), (2, 2, 1.0));
    assert!(frames[1].info.is_empty());
    // Pairs without Properties are understood; a number is a comment.
    let bare = read_one("1\nenergy=-2.5\nH 0 0 0 1 2 3\n");
    assert_eq!(bare.energy, Some(-2.5));
    assert!(read_one("1\n-2.5\nH 0 0 0\n").energy.is_none());
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let p = "Properties=species:S:1:pos:R:3";
    for (text, line, says) in [
        ("x\n".into(), 1, "number of atoms"),
        ("-1\n\n".into(), 1, "number of atoms"),
        ("2\n".into(), 1, "comment line"),
        ("18446744073709551615\n\nH 0 0 0\n".into(), 1, "at most 8388608 atoms"),
        ("999999999999999999999999\n".into(), 1, "number of atoms"),
        ("2\n\nH 0 0 0\n".into(), 3, "expected 2 atoms"),
        (format!("1\n{p}\nH 0 0\n"), 3, "expected 4 columns (species × 1, pos × 3), got 3"),
        (format!("1\n{p}\nH 0 0 0 0\n"), 3, "got 5"),
        (format!("1\n{p}\nH 0 zero 0\n"), 3, "a real number in column \"pos\", got \"zero\""),
        (format!("1\n{p}:n:I:1\nH 0 0 0 1.5\n"), 3, "an integer in column \"n\""),
        (format!("1\n{p}:n:L:1\nH 0 0 0 1\n"), 3, "T or F"),
        (format!("2\n{p}\nH 0 0 0\nQq 0 0 0\n"), 4, "unknown element \"Qq\""),
        (format!("2\n{p}\nH 0 0 0\nH 0 nan 0\n"), 4, "finite pos, got NaN for atom 1"),
        (format!("1\n{p}:forces:R:3\nH 0 0 0 1 inf 1\n"), 3, "finite forces"),
        (format!("1\n{p} energy=nan\nH 0 0 0\n"), 2, "finite number as energy"),
        (format!("1\n{p} energy=low\nH 0 0 0\n"), 2, "finite number as energy"),
        (format!("1\n{p} stress=\"1 2\"\nH 0 0 0\n"), 2, "9 or 6 numbers"),
        (format!("1\n{p} a=1 a=2\nH 0 0 0\n"), 2, "given twice"),
        (format!("1\n{p} a=\"open\nH 0 0 0\n"), 2, "closing double quote"),
        (format!("1\n{p} a=[1,2\nH 0 0 0\n"), 2, "end of an array"),
        (format!("1\n{p} a=[[1,2],[3]]\nH 0 0 0\n"), 2, "rows of 2 elements"),
        (format!("1\n{p} a=\nH 0 0 0\n"), 2, "expected a value after a="),
        (format!("1\n{p} pbc=\"T T\"\nH 0 0 0\n"), 2, "pbc"),
        (format!("1\n{p} pbc=\"T T T\"\nH 0 0 0\n"), 2, "expected a Lattice"),
        (format!("1\n{p} Lattice=\"1 0 0\n"), 2, "closing double quote"),
        (format!("1\n{p} Lattice=\"1 0 0 1 0 0 0 0 1\"\nH 0 0 0\n"), 2, "linearly independent"),
        ("1\nProperties=species:S:1:pos:R\nH 0 0 0\n".into(), 2, "triplets"),
        ("1\nProperties=species:S:1:pos:X:3\nH 0 0 0\n".into(), 2, "a type I, R, L or S, got \"X\""),
        ("1\nProperties=species:S:1:pos:R:0\nH 0 0 0\n".into(), 2, "positive number of columns"),
        ("1\nProperties=species:S:1:pos:R:3:pos:R:3\nH 0 0 0\n".into(), 2, "new name"),
        ("1\nProperties=species:S:1:x:R:18446744073709551615\nH 0 0 0\n".into(), 2, "that a line can hold"),
        ("1\nProperties=species:S:1:pos:R:2\nH 0 0\n".into(), 2, "pos:R:3"),
        ("1\nProperties=pos:R:3\n0 0 0\n".into(), 2, "species:S:1 or Z:I:1"),
        ("1\nProperties=Z:I:1:pos:R:3\n300 0 0 0\n".into(), 3, "unknown element \"300\""),
    ] {
        let error = read_all(&text, ReadOptions::default()).unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, Error::Parse { line: at, .. } if at == line), "{text:?}: {message}");
        assert!(message.starts_with("memory:") && message.contains(says), "{text:?}: {message}");
    }
    let mut reader = ExtxyzReader::new(&b"1\n\xff\n"[..], "memory", ReadOptions::default());
    assert!(reader.next().unwrap().unwrap_err().to_string().contains("UTF-8"));
    assert!(reader.next().is_none());
    assert!(read_extxyz("/nonexistent.xyz").unwrap_err().to_string().starts_with("/nonexistent.xyz"));
}

#[test]
fn what_the_format_cannot_hold_is_refused() {
    let good = Snapshot::new(vec![Element::H], vec![Vec3::zeros()]).unwrap();
    let refused = |change: &dyn Fn(&mut Snapshot)| {
        let mut snapshot = good.clone();
        change(&mut snapshot);
        write_extxyz(&mut Vec::new(), &snapshot).unwrap_err().to_string()
    };
    let column = |values| Column { width: 1, values };
    assert!(refused(&|s| s.positions[0].x = f64::NAN).contains("position of atom 0"));
    assert!(refused(&|s| s.forces = Some(Vec::new())).contains("forces"));
    assert!(refused(&|s| s.energy = Some(f64::INFINITY)).contains("energy"));
    assert!(refused(&|s| drop(s.info.insert("pbc", Value::Integer(1)))).contains("pbc"));
    assert!(refused(&|s| drop(s.info.insert("", Value::Integer(1)))).contains("not empty"));
    assert!(refused(&|s| drop(s.columns.insert("a:b", column(Values::Integers(vec![1]))))).contains("a:b"));
    assert!(refused(&|s| drop(s.columns.insert("a", column(Values::Integers(vec![1, 2]))))).contains("column"));
    assert!(refused(&|s| drop(s.columns.insert("a", column(texts(&["two words"]))))).contains("blanks"));
    assert!(Column::new(0, Values::Integers(vec![])).is_err() && Column::new(2, Values::Integers(vec![1])).is_err());
    assert!(Snapshot::new(vec![Element::H], vec![]).is_err());
}

#[test]
fn a_writer_continues_after_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.extxyz");
    let frame = |x: f64| Snapshot::new(vec![Element::C], vec![Vec3::new(x, 0.0, 0.0)]).unwrap();
    let mut writer = ExtxyzWriter::create(&path).unwrap();
    for k in 0..5 {
        writer.write(&frame(f64::from(k))).unwrap();
    }
    assert!(writer.write(&frame(f64::NAN)).is_err());
    let length = writer.length();
    assert_eq!(writer.sync().unwrap(), length);
    let whole = std::fs::read(&path).unwrap();
    assert_eq!(whole.len() as u64, length);
    writer.write(&frame(9.0)).unwrap();
    drop(writer);
    std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .and_then(|mut f| std::io::Write::write_all(&mut f, b"torn"))
        .unwrap();
    let mut writer = ExtxyzWriter::append(&path, length).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    writer.write(&frame(5.0)).unwrap();
    writer.sync().unwrap();
    let x: Vec<f64> = read_extxyz(&path).unwrap().map(|frame| frame.unwrap().positions[0].x).collect();
    assert_eq!(x, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let error = ExtxyzWriter::append(&path, 1 << 40).unwrap_err().to_string();
    assert!(error.contains("run.extxyz") && error.contains("at least"), "{error}");
    assert!(ExtxyzWriter::append(folder.path().join("none"), 1).is_err());
}

fn reals() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>().prop_filter("finite", |x| x.is_finite()), -10.0..10.0_f64, (-5_i32..5).prop_map(f64::from)]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z]{1,8}", "[ -~]{0,12}", "\\PC{0,8}", "[nTF0-9. \\\\\"'\n\\[\\]{}=,-]{0,8}", "nan", "n", "\n1"]
}

fn values(n: usize) -> impl Strategy<Value = Values> {
    prop_oneof![
        proptest::collection::vec(any::<i64>(), n).prop_map(Values::Integers),
        proptest::collection::vec(reals(), n).prop_map(Values::Reals),
        proptest::collection::vec(any::<bool>(), n).prop_map(Values::Logicals),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        reals().prop_map(Value::Real),
        any::<bool>().prop_map(Value::Logical),
        text().prop_map(Value::Text),
        (1_usize..5).prop_flat_map(values).prop_map(Value::Vector),
        proptest::collection::vec(text(), 1..4).prop_map(|v| Value::Vector(Values::Texts(v))),
        (1_usize..4, 1_usize..4).prop_flat_map(|(rows, columns)| {
            values(rows * columns).prop_map(move |values| Value::Matrix { columns, values })
        }),
    ]
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    (0_usize..4, 1_usize..3).prop_flat_map(|(n, width)| {
        let vectors = move || proptest::collection::vec(proptest::array::uniform3(reals()).prop_map(Vec3::from), n);
        let column = values(n * width).prop_map(move |values| Column { width, values });
        let names = proptest::collection::vec("[!#-&*+./0-9;<>?@A-Z^_a-z|~-]{1,6}", n).prop_map(Values::Texts);
        let periodic = proptest::array::uniform3(any::<bool>());
        (
            (proptest::collection::vec(1_u8..=118, n), vectors(), proptest::option::of(vectors()), periodic),
            (proptest::option::of(reals()), proptest::option::of(proptest::array::uniform9(reals()))),
            proptest::collection::vec((text(), value()), 0..4),
            (column, names),
        )
            .prop_map(|((numbers, positions, forces, periodic), (energy, stress), info, (column, names))| {
                let elements = numbers.into_iter().map(|z| Element::from_number(z).unwrap()).collect();
                let mut snapshot = Snapshot::new(elements, positions).unwrap();
                let vectors = Mat3::new(3.1, 0.2, 0.0, -0.3, 4.7, 1.0 / 3.0, 0.1, 0.0, 5.0);
                snapshot.cell = Cell::new(vectors, periodic).unwrap();
                (snapshot.forces, snapshot.energy) = (forces, energy);
                snapshot.stress = stress.map(|v| Mat3::from_row_slice(&v));
                for (key, value) in info.into_iter().filter(|(key, _)| !key.is_empty()) {
                    snapshot.info.insert(key, value);
                }
                snapshot.columns.insert("extra", column);
                snapshot.columns.insert("label", Column { width: 1, values: names });
                snapshot
            })
    })
}

proptest! {
    #[test]
    fn snapshots_round_trip_to_the_bit(first in snapshot(), second in snapshot()) {
        let text = write(&first) + &write(&second);
        let back = read_all(&text, ReadOptions::default()).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(&back, &[first, second], "{}", text);
        prop_assert_eq!(write(&back[0]) + &write(&back[1]), text);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ExtxyzReader::new(&bytes[..], "memory", ReadOptions::default()).count();
    }

    #[test]
    fn no_damage_to_a_good_file_panics(s in snapshot(), damage in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4)) {
        let mut bytes = write(&s).into_bytes();
        for (at, byte) in damage {
            let at = at % bytes.len();
            if byte < 32 { bytes.truncate(at.max(1)); } else { bytes[at] = byte; }
        }
        let _ = ExtxyzReader::new(&bytes[..], "memory", ReadOptions::default()).count();
    }

    #[test]
    fn no_comment_line_panics(line in "[a-c=\"{}\\[\\], \\\\0-9.]{0,40}") {
        let text = format!("1\nProperties=species:S:1:pos:R:3 {line}\nH 0 0 0\n");
        let _ = read_all(&text, ReadOptions::default());
    }
}
