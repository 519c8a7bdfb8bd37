//! Rules about manifests, read from `cargo metadata`.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The workspace's own packages as cargo sees them.
pub(crate) fn metadata(root: &Path) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// Crates know mol-core only, mol-core knows none of them, dev-dependencies included; the facade may know all.
pub(crate) fn dependencies(metadata: &Value) -> Vec<String> {
    let packages = packages(metadata);
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut complaints = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            let allowed = name == "molkit" || (on == "mol-core" && name != "mol-core");
            if names.contains(&on) && !allowed {
                let kind = dependency["kind"].as_str().unwrap_or("normal");
                complaints.push(format!("{name} depends on {on} ({kind}): crates meet in the facade only"));
            }
        }
    }
    complaints
}

/// What the registry asks of a package: description, licence, one to five keywords of its grammar.
pub(crate) fn publishable(metadata: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in packages(metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        for field in ["description", "license", "rust_version"] {
            if package[field].as_str().is_none_or(str::is_empty) {
                complaints.push(format!("{name}: no {field}"));
            }
        }
        let keywords: Vec<_> = package["keywords"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !(1..=5).contains(&keywords.len()) {
            complaints.push(format!("{name}: {} keywords, expected one to five", keywords.len()));
        }
        let fits = |keyword: &&str| {
            keyword.len() <= 20
                && keyword.starts_with(|c: char| c.is_ascii_alphanumeric())
                && keyword.chars().all(|c| c.is_ascii_alphanumeric() || "-_+".contains(c))
        };
        complaints.extend(keywords.iter().filter(|k| !fits(k)).map(|k| format!("{name}: {k:?} is no keyword")));
    }
    complaints
}

fn packages(metadata: &Value) -> Vec<&Value> {
    metadata["packages"].as_array().into_iter().flatten().collect()
}
