//! Names of fingerprints.

use crate::perceive::{AromaticityModel, Perception};
use std::fmt;
use std::sync::Arc;

/// How a fingerprint was made: algorithm, version and every option that changes a bit, as a name.
///
/// Two fingerprints can be compared if their schemes are equal. The name is stored with the bits and is meant to be
/// stored with every model that is trained on them. What a molecule was perceived with is part of it: with another model
/// of aromaticity than `RDKit`'s, the default, its name follows.
///
/// ```
/// use mol_core::fingerprint::Morgan;
/// assert_eq!(Morgan::default().scheme().to_string(), "morgan-rdkit-1 radius=2 bits=2048");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scheme(Arc<str>);

impl Scheme {
    /// The scheme of this name; for fingerprints made elsewhere.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// This scheme on molecules perceived as this one: by default nothing is added.
    pub(super) fn on(self, seen: &Perception) -> Self {
        let model = match seen.model() {
            AromaticityModel::Rdkit => return self,
            AromaticityModel::Daylight => "daylight",
            AromaticityModel::Mmff94 => "mmff94",
        };
        Self::from(format!("{} aromaticity={model}", self.0))
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Scheme {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<Scheme> for String {
    fn from(scheme: Scheme) -> Self {
        scheme.name().to_owned()
    }
}
