//! Keeps the house in order: each rule of ARCHITECTURE.md and CONTRIBUTING.md that a machine can check.
//!
//! The rules are functions of text in `tidy/rules.rs` and `tidy/manifest.rs`; here they meet the repository, and
//! `tidy/bad.rs` shows that each of them refuses what it should.

mod tidy {
    pub(crate) mod bad;
    pub(crate) mod lexer;
    pub(crate) mod manifest;
    pub(crate) mod rules;
}

use std::path::{Path, PathBuf};
use tidy::{manifest, rules};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below `folder` with this extension, as (path from the root, text), in alphabetical order.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                if !path.ends_with("target") && !path.ends_with(".git") && !path.ends_with("out") {
                    walk(&path, extension, found);
                }
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), extension, &mut found);
    found.sort();
    let relative =
        |path: &Path| path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (relative(path), std::fs::read_to_string(path).expect("a text file in UTF-8"))).collect()
}

fn sources() -> Vec<(String, String)> {
    ["benches", "crates", "examples", "src", "tests"].iter().flat_map(|folder| files(folder, "rs")).collect()
}

/// Source of libraries: `src` of every crate.
fn libraries() -> Vec<(String, String)> {
    sources().into_iter().filter(|(path, _)| path.starts_with("src/") || path.contains("/src/")).collect()
}

fn documents() -> Vec<(String, String)> {
    let here = std::fs::read_dir(root()).expect("the root is readable");
    let mut found: Vec<_> = here
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a text file in UTF-8"))
        })
        .collect();
    found.sort();
    for folder in ["docs", "examples", "benches"] {
        found.extend(files(folder, "md"));
    }
    found
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn demand(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n  {}\n", complaints.join("\n  "));
}

/// Applies a rule to every file.
fn each(files: &[(String, String)], rule: impl Fn(&str, &str) -> Vec<String>) {
    assert!(!files.is_empty(), "no file was found: the rule would hold for nothing");
    demand(&files.iter().flat_map(|(path, text)| rule(path, text)).collect::<Vec<_>>());
}

#[test]
fn files_are_short_and_modules_documented() {
    each(&sources(), rules::length);
    each(&sources(), rules::module_doc);
}

#[test]
fn nothing_is_unfinished() {
    let sources: Vec<_> = sources().into_iter().filter(|(path, _)| !path.starts_with("tests/tidy")).collect();
    each(&sources, rules::finished);
}

#[test]
fn no_ambient_randomness() {
    each(&sources(), rules::no_ambient_randomness);
}

#[test]
fn libraries_neither_print_nor_unwrap() {
    each(&libraries(), rules::no_printing);
    each(&libraries(), rules::no_unwrap);
}

#[test]
fn the_dependency_drawing_holds() {
    let metadata = manifest::metadata(root());
    demand(&manifest::dependencies(&metadata));
    demand(&manifest::publishable(&metadata));
}

#[test]
fn examples_are_listed_and_small() {
    let list = read("examples/README.md");
    let all = files("examples", "rs");
    let mains: Vec<_> =
        all.into_iter().filter(|(path, _)| path.matches('/').count() == 1 || path.ends_with("/main.rs")).collect();
    if !mains.is_empty() {
        each(&mains, |path, text| rules::example(path, text, &list));
    }
    let exists = |name: &str| mains.iter().any(|(path, _)| rules::example_name(path) == name);
    demand(&rules::listed_examples(&list, exists));
}

#[test]
fn architecture_names_every_module() {
    let text = read("ARCHITECTURE.md");
    let crates: Vec<_> = files("crates", "rs").into_iter().filter(|(path, _)| path.ends_with("/src/lib.rs")).collect();
    each(&crates, |path, lib| rules::code_map(&text, path, lib));
}

#[test]
fn methods_and_links_exist() {
    let exists = |path: &str| root().join(path).exists();
    let mut texts = documents();
    each(&texts, |path, text| rules::links(path, text, exists));
    let entry = format!("{}{}", read("ARCHITECTURE.md"), read("README.md"));
    let pages: Vec<_> = files("docs/methods", "md").into_iter().map(|(path, _)| path).collect();
    demand(&rules::linked_methods(&entry, &pages));
    texts.extend(sources().into_iter().filter(|(path, _)| !path.starts_with("tests/tidy")));
    each(&texts, |path, text| rules::method_pages(path, text, exists));
}
