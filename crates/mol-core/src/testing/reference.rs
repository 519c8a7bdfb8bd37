//! Where the reference data lies: beside the workspace, not in it.

use std::path::{Path, PathBuf};

/// The file `path` of the reference data, e.g. `"ethanol/gfn2_ethanol.extxyz"`, or `None` if it is not there.
///
/// Looks in `$MOLKIT_SHARED/data`, then in `shared/data` beside or above this crate. The data is larger than the
/// repository and partly not ours to ship, so a test that needs it returns early without it:
///
/// ```
/// let Some(path) = mol_core::testing::reference("INDEX.md") else { return };
/// assert!(path.is_file());
/// ```
///
/// # Panics
/// If the file is absent and the environment variable `MOLKIT_REQUIRE_DATA` is `1`: then no test passes by not running.
#[must_use]
pub fn reference(path: &str) -> Option<PathBuf> {
    let roots = std::env::var_os("MOLKIT_SHARED").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("shared"));
    let found = roots.into_iter().chain(above).map(|shared| shared.join("data").join(path)).find(|file| file.exists());
    let required = std::env::var_os("MOLKIT_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(
        found.is_some() || !required,
        "reference data {path:?} is not in $MOLKIT_SHARED/data nor in shared/data beside the workspace, and MOLKIT_REQUIRE_DATA=1"
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_index_or_nothing() {
        if let Some(index) = reference("INDEX.md") {
            assert!(index.is_file());
        }
        if std::env::var_os("MOLKIT_REQUIRE_DATA").is_none() {
            assert_eq!(reference("no/such/file.csv"), None);
        }
    }
}
