//! Rules about text: each takes a path and its text and returns complaints, none if all is well.

use super::lexer::code;

/// Longest file, in lines.
const LONGEST: usize = 500;
/// Longest numbered example, in lines.
const LONGEST_EXAMPLE: usize = 150;

/// Identifiers that draw on the clock, the operating system or a random hash seed.
const AMBIENT: [&str; 9] = [
    "HashMap",
    "HashSet",
    "OsRng",
    "RandomState",
    "SystemTime",
    "from_entropy",
    "from_os_rng",
    "getrandom",
    "thread_rng",
];

/// No file over 500 lines.
pub(crate) fn length(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    complain(lines > LONGEST, || format!("{path}: {lines} lines, at most {LONGEST}: split it"))
}

/// Every file begins with `//!`, after inner attributes at most.
pub(crate) fn module_doc(path: &str, text: &str) -> Vec<String> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
    let documented = first.is_some_and(|line| line.starts_with("//! "));
    complain(!documented, || format!("{path}: has no module documentation (//!)"))
}

/// Nothing is left for later in the source.
pub(crate) fn finished(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let marks = ["TODO", "FIXME", "XXX"].into_iter().filter(|mark| words(text).any(|word| word == *mark));
    let macros = ["todo", "unimplemented"].into_iter().filter(|name| calls_macro(&code, name));
    let ignored = code.contains("#[ignore").then_some("#[ignore]");
    marks.chain(macros).chain(ignored).map(|what| format!("{path}: {what} is unfinished work")).collect()
}

/// No generator but `mol_core::Rng`, no clock, no hash map of random order.
pub(crate) fn no_ambient_randomness(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let found: Vec<_> = words(&code).filter(|word| AMBIENT.contains(word)).collect();
    let mut complaints: Vec<_> = found.iter().map(|word| format!("{path}: {word} is ambient randomness")).collect();
    complaints
        .extend(complain(code.contains("rand::random"), || format!("{path}: rand::random is ambient randomness")));
    complaints.dedup();
    complaints
}

/// No printing in libraries.
pub(crate) fn no_printing(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let found = macros.into_iter().filter(|name| calls_macro(&code, name));
    found.map(|name| format!("{path}: {name}! in a library; report through an Observer or tracing")).collect()
}

/// No `.unwrap()` in libraries outside their tests.
pub(crate) fn no_unwrap(path: &str, text: &str) -> Vec<String> {
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return Vec::new();
    }
    let code = code(text);
    let body = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = body.lines().enumerate().filter(|(_, line)| line.contains(".unwrap()"));
    lines.map(|(k, _)| format!("{path}:{}: unwrap(); use expect(\"why it cannot fail\")", k + 1)).collect()
}

/// Name by which `cargo run --example` knows an example.
pub(crate) fn example_name(path: &str) -> &str {
    let path = path.trim_start_matches("examples/");
    path.trim_end_matches("/main.rs").trim_end_matches(".rs")
}

/// An example is listed, says in its first line in one sentence what it does, and is short if it is one numbered file.
pub(crate) fn example(path: &str, text: &str, list: &str) -> Vec<String> {
    let name = example_name(path);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let sentence = first.strip_prefix("//! ").is_some_and(|s| s.ends_with('.') && s.matches(". ").count() == 0);
    let alone = lines.next().is_none_or(|line| line.trim_end() == "//!" || !line.starts_with("//!"));
    let count = text.lines().count();
    let numbered = name.starts_with(|c: char| c.is_ascii_digit()) && !path.ends_with("/main.rs");
    let mut complaints = complain(!list.contains(&format!("`{name}`")), || {
        format!("{path}: `{name}` is not listed in examples/README.md")
    });
    complaints.extend(complain(!(sentence && alone), || format!("{path}: the first line is not `//! One sentence.`")));
    complaints.extend(complain(numbered && count >= LONGEST_EXAMPLE, || {
        format!("{path}: {count} lines, numbered examples stay under {LONGEST_EXAMPLE} or become a folder")
    }));
    complaints
}

/// Every `NN_name` in code quotes at the start of a row of the list exists.
pub(crate) fn listed_examples(list: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let names = list.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|row| row.split('`').next());
    names
        .filter(|name| !exists(name))
        .map(|name| format!("examples/README.md lists `{name}`, which is not there"))
        .collect()
}

/// The section of ARCHITECTURE.md on the crate of `lib_path` names every module that its lib.rs declares.
pub(crate) fn code_map(architecture: &str, lib_path: &str, lib: &str) -> Vec<String> {
    let name = lib_path.trim_start_matches("crates/").trim_end_matches("/src/lib.rs");
    let heading = format!("### `{name}`");
    let Some((_, rest)) = architecture.split_once(&heading) else {
        return vec![format!("ARCHITECTURE.md has no section \"{heading}\"")];
    };
    let section = rest.split("\n##").next().unwrap_or_default();
    let code = code(lib);
    let modules = code.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'))
    });
    let missing = modules.filter(|module| *module != "tests" && !section.contains(&format!("`{module}`")));
    missing
        .map(|module| format!("ARCHITECTURE.md, {heading}: module `{module}` is missing from the code map"))
        .collect()
}

/// Relative links of a Markdown page lead somewhere.
pub(crate) fn links(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    // SMILES between backticks are no links: every other part of a line split there is code.
    let prose = text.lines().flat_map(|line| line.split('`').step_by(2)).collect::<Vec<_>>().join("`");
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next());
    let local =
        targets.filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"));
    local
        .filter(|target| !exists(&join(folder, target)))
        .map(|target| format!("{path}: the link to {target} leads nowhere"))
        .collect()
}

/// Every page of docs/methods that is named anywhere exists.
pub(crate) fn method_pages(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let name_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    let pages = text.match_indices("docs/methods/").map(|(at, _)| {
        let rest = &text[at..];
        let end =
            rest["docs/methods/".len()..].find(|c| !name_part(c)).map_or(rest.len(), |n| n + "docs/methods/".len());
        rest[..end].trim_end_matches('.')
    });
    let pages = pages.filter(|page| page.strip_suffix(".md").is_some() && !exists(page));
    pages.map(|page| format!("{path}: names {page}, which does not exist")).collect()
}

/// Every page of docs/methods is linked from an entry page.
pub(crate) fn linked_methods(entry: &str, pages: &[String]) -> Vec<String> {
    let lost = pages.iter().filter(|page| !entry.contains(&format!("({page})")));
    lost.map(|page| format!("{page} is linked from neither ARCHITECTURE.md nor README.md")).collect()
}

fn complain(when: bool, message: impl FnOnce() -> String) -> Vec<String> {
    if when { vec![message()] } else { Vec::new() }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Whether `name!` stands in the code; `name != x` does not count.
fn calls_macro(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        before.is_none_or(|c| !(c.is_alphanumeric() || c == '_')) && after.starts_with('!') && !after.starts_with("!=")
    })
}

/// `folder/target` without `..`.
fn join(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}
