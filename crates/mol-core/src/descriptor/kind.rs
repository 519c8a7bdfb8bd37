//! Names of descriptors, for vectors and tables.

use super::{Descriptors, RingCounts};
use std::fmt;

macro_rules! descriptors {
    ($($variant:ident $name:literal $doc:literal $value:expr),* $(,)?) => {
        /// One of the [`Descriptors`], by name: the columns of a feature matrix.
        ///
        /// ```
        /// use mol_core::{Molecule, descriptor::{Descriptor, Descriptors}, perceive::Perception};
        /// let ethanol = Descriptors::new(&Perception::new(&Molecule::from_smiles("CCO")?)?);
        /// let row = ethanol.to_vec();
        /// assert_eq!(row.len(), Descriptor::ALL.len());
        /// let column = Descriptor::ALL.iter().position(|&kind| kind == Descriptor::Donors).unwrap();
        /// assert_eq!((row[column], Descriptor::Donors.name()), (1.0, "donors"));
        /// # Ok::<(), mol_core::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Descriptor {
            $(#[doc = $doc] $variant,)*
        }

        impl Descriptor {
            /// All of them, in the order of [`Descriptors::to_vec`]. New ones are appended, so that columns keep their places.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }

        impl Descriptors {
            /// The value of one descriptor; counts as numbers.
            #[must_use]
            pub fn get(&self, descriptor: Descriptor) -> f64 {
                let rings: &RingCounts = &self.rings;
                let value: fn(&Self, &RingCounts) -> f64 = match descriptor { $(Descriptor::$variant => $value),* };
                value(self, rings)
            }
        }
    };
}

descriptors! {
    MolecularWeight "molecular_weight" "Molecular weight [u]." |d, _| d.molecular_weight,
    ExactMass "exact_mass" "Mass of the commonest isotopes [u]." |d, _| d.exact_mass,
    PolarSurfaceArea "polar_surface_area" "Topological polar surface area [Å²]." |d, _| d.polar_surface_area,
    LogP "log_p" "Crippen's partition coefficient." |d, _| d.log_p,
    MolarRefractivity "molar_refractivity" "Crippen's molar refractivity [cm³/mol]." |d, _| d.molar_refractivity,
    Donors "donors" "Hydrogen-bond donors." |d, _| d.donors as f64,
    Acceptors "acceptors" "Hydrogen-bond acceptors." |d, _| d.acceptors as f64,
    RotatableBonds "rotatable_bonds" "Rotatable bonds, strict." |d, _| d.rotatable_bonds as f64,
    FractionSp3 "fraction_sp3" "Share of carbons with four neighbours." |d, _| d.fraction_sp3,
    Rings "rings" "Rings." |_, r| r.all as f64,
    AromaticRings "aromatic_rings" "Aromatic rings." |_, r| r.aromatic as f64,
    AliphaticRings "aliphatic_rings" "Rings with a bond that is not aromatic." |_, r| r.aliphatic as f64,
    SaturatedRings "saturated_rings" "Rings of single bonds." |_, r| r.saturated as f64,
    HeteroRings "hetero_rings" "Heterocycles." |_, r| r.hetero as f64,
    SpiroAtoms "spiro_atoms" "Spiro atoms." |_, r| r.spiro_atoms as f64,
    BridgeheadAtoms "bridgehead_atoms" "Bridgehead atoms." |_, r| r.bridgehead_atoms as f64,
    HeavyAtoms "heavy_atoms" "Atoms other than hydrogen." |d, _| d.heavy_atoms as f64,
    HeteroAtoms "hetero_atoms" "Atoms other than hydrogen and carbon." |d, _| d.hetero_atoms as f64,
    Charge "charge" "Formal charge [e]." |d, _| d.charge as f64,
    LabuteSurfaceArea "labute_surface_area" "Labute's approximate surface area [Å²]." |d, _| d.labute_surface_area,
    StructuralAlerts "structural_alerts" "Unwanted substructures." |d, _| d.structural_alerts as f64,
    DrugLikeness "drug_likeness" "Quantitative estimate of drug-likeness." |d, _| d.drug_likeness,
}

impl Descriptors {
    /// All of them as a vector, shape `[Descriptor::ALL.len()]`.
    #[must_use]
    pub fn to_vec(&self) -> Vec<f64> {
        Descriptor::ALL.iter().map(|&kind| self.get(kind)).collect()
    }
}

impl fmt::Display for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
