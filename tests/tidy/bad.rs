//! Each rule refuses what it should and passes what it should.

use super::{manifest, rules};
use serde_json::json;

/// The rule complains about every bad text and about no good one.
fn check(rule: impl Fn(&str, &str) -> Vec<String>, bad: &[&str], good: &[&str]) {
    for text in bad {
        assert!(!rule("src/x.rs", text).is_empty(), "passed, though bad: {text}");
    }
    for text in good {
        assert_eq!(rule("src/x.rs", text), Vec::<String>::new(), "refused, though good: {text}");
    }
}

#[test]
fn length_and_documentation() {
    check(rules::length, &[&"x\n".repeat(501)], &[&"x\n".repeat(500)]);
    check(rules::module_doc, &["", "use a;\n//! Late.", "// Comment.", "//!"], &["//! What.", "#![no_std]\n//! What."]);
}

#[test]
fn unfinished_work() {
    let bad = ["// TODO: later", "fn f() { todo!() }", "unimplemented!(\"x\")", "#[ignore]\nfn t() {}", "// FIXME"];
    check(rules::finished, &bad, &["let todo = 1; if todo != 2 {}", "// a to-do list", "/// `#[ignore]`"]);
}

#[test]
fn ambient_randomness() {
    let bad = [
        "let mut rng = rand::thread_rng();",
        "rand::random::<f64>()",
        "use std::time::SystemTime;",
        "Rng::from_entropy()",
        "use std::collections::{BTreeMap, HashMap};",
        "HashSet::new()",
    ];
    let good = ["use rustc_hash::FxHashMap;", "// not a HashMap", "\"thread_rng\"", "std::time::Instant::now()"];
    check(rules::no_ambient_randomness, &bad, &good);
}

#[test]
fn printing_and_unwrapping() {
    let bad = ["println!(\"x\")", "dbg!(x)"];
    check(rules::no_printing, &bad, &["/// println!(\"x\")", "\"println!\"", "writeln!(f)", "if print != 1 {}"]);
    let tested = "fn f() {}\n#[cfg(test)]\nmod tests { x.unwrap() }";
    check(
        rules::no_unwrap,
        &["x.unwrap()", "#[cfg(test)]\nuse a;\nx.unwrap()"],
        &[tested, "x.expect(\"y\")", "/// a.unwrap()"],
    );
    assert!(rules::no_unwrap("crates/a/src/b/tests.rs", "x.unwrap()").is_empty());
}

#[test]
fn examples() {
    let list = "| `01_a` | Does a. |\n| `big` | Does b. |";
    let complaints = |path: &str, text: &str| rules::example(path, text, list).len();
    assert_eq!(complaints("examples/01_a.rs", "//! Does a.\n//!\n//! More."), 0);
    assert_eq!(complaints("examples/big/main.rs", &format!("//! Does b.\n{}", "\n".repeat(200))), 0);
    assert_eq!(complaints("examples/02_b.rs", "//! Does b."), 1, "not listed");
    assert_eq!(complaints("examples/01_a.rs", "//! Does a. Then b."), 1, "two sentences");
    assert_eq!(complaints("examples/01_a.rs", "//! Does a.\n//! And b."), 1, "two lines");
    assert_eq!(complaints("examples/01_a.rs", "use a;"), 1, "no sentence");
    assert_eq!(complaints("examples/01_a.rs", &format!("//! Does a.\n{}", "\n".repeat(149))), 1, "too long");
    assert_eq!(
        rules::listed_examples(list, |name| name == "big"),
        ["examples/README.md lists `01_a`, which is not there"]
    );
}

#[test]
fn code_map_and_links() {
    let text = "### `mol-x`\n| `a` | does a |\n### `mol-y`\n`b`";
    assert!(rules::code_map(text, "crates/mol-x/src/lib.rs", "pub mod a;\nmod tests;\n// mod z;").is_empty());
    assert_eq!(rules::code_map(text, "crates/mol-x/src/lib.rs", "mod a;\nmod b;").len(), 1, "named in another section");
    assert_eq!(rules::code_map(text, "crates/mol-z/src/lib.rs", "").len(), 1, "no section");
    let exists = |path: &str| path == "docs/methods/a.md";
    let page = "[a](a.md#part) [b](../../docs/methods/a.md) [c](https://x.org) [d](#here)";
    assert!(rules::links("docs/methods/b.md", page, exists).is_empty());
    assert_eq!(rules::links("README.md", "[a](a.md)", exists).len(), 1);
    assert_eq!(rules::links("README.md", "`C[CH](C)O` and [a](a.md), `[CH](O)C`", exists).len(), 1, "code is no link");
    assert!(rules::method_pages("x.rs", "see docs/methods/a.md.", exists).is_empty());
    assert_eq!(rules::method_pages("x.rs", "see `docs/methods/b.md`", exists).len(), 1);
    let pages = ["docs/methods/a.md".to_owned(), "docs/methods/b.md".to_owned()];
    assert_eq!(rules::linked_methods("[a](docs/methods/a.md)", &pages).len(), 1);
}

#[test]
fn manifests() {
    let package = |name: &str, on: &str, kind: &str| {
        json!({"name": name, "description": "d", "license": "MIT", "rust_version": "1", "keywords": ["a-b"],
               "dependencies": [{"name": on, "kind": kind}]})
    };
    let graph = |packages: Vec<serde_json::Value>| manifest::dependencies(&json!({ "packages": packages }));
    let (core, rest) = (package("mol-core", "serde", "normal"), package("mol-rl", "mol-core", "dev"));
    assert!(graph(vec![core.clone(), rest.clone(), package("molkit", "mol-rl", "normal")]).is_empty());
    assert_eq!(graph(vec![core.clone(), rest.clone(), package("mol-gen", "mol-rl", "dev")]).len(), 1);
    assert_eq!(graph(vec![rest, package("mol-core", "mol-rl", "dev")]).len(), 1);
    assert!(manifest::publishable(&json!({"packages": [core]})).is_empty());
    let mut bad = core;
    bad["license"] = json!(null);
    bad["keywords"] = json!(["two words"]);
    assert_eq!(manifest::publishable(&json!({"packages": [bad]})).len(), 2);
}
