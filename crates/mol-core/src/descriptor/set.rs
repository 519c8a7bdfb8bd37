//! The set of descriptors.

use super::counts::{carbons, is_acceptor, is_donor};
use super::crippen::{Crippen, crippen};
use super::labute::labute_surface_area;
use super::polar::polar_surface_areas;
use super::qed::{self, QedProperties, QedWeights};
use super::sites::Sites;
use super::{AtomicWeights, RingCounts, exact_mass, molecular_weight};
use crate::Element;
use crate::perceive::{Perception, Rotatable};

/// What can be chosen in [`Descriptors`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct DescriptorOptions {
    /// Whose atomic weights make the molecular weight.
    pub weights: AtomicWeights,
    /// Whether sulfur and phosphorus count in the polar surface area, as in Ertl's paper; by default they do not, as in
    /// most use since.
    pub polar_sulfur: bool,
    /// Which weights the estimate of drug-likeness takes.
    pub drug_likeness: QedWeights,
}

/// The common two-dimensional descriptors of a molecule.
///
/// Aromatic is what the perception's model says; the tables were made for the default one, `RDKit`'s.
///
/// ```
/// use mol_core::{Molecule, descriptor::Descriptors, perceive::Perception};
/// let aspirin = Perception::new(&Molecule::from_smiles("CC(=O)Oc1ccccc1C(=O)O")?)?;
/// let d = Descriptors::new(&aspirin);
/// assert_eq!((d.donors, d.acceptors, d.rotatable_bonds, d.rings.aromatic), (1, 3, 2, 1));
/// assert!((d.molecular_weight - 180.159).abs() < 1e-9);
/// assert!((d.polar_surface_area - 63.60).abs() < 1e-9);
/// assert!((d.log_p - 1.3101).abs() < 1e-4);
/// assert!((d.drug_likeness - 0.5501).abs() < 1e-4);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Descriptors {
    /// Molecular weight [u] ([`molecular_weight`]).
    pub molecular_weight: f64,
    /// Mass of the commonest isotopes [u] ([`exact_mass`]).
    pub exact_mass: f64,
    /// Topological polar surface area [Å²]: tabulated areas of nitrogen and oxygen by their hydrogens, charge and bonds. Ertl,
    /// Rohde & Selzer, *J. Med. Chem.* **43**, 3714 (2000), Table 1.
    #[doc(alias = "tpsa")]
    pub polar_surface_area: f64,
    /// log₁₀ of the octanol–water partition coefficient, a sum of contributions of 68 atom types. Wildman & Crippen, *J. Chem.
    /// Inf. Comput. Sci.* **39**, 868 (1999), Table 1.
    pub log_p: f64,
    /// Molar refractivity [cm³/mol], as [`log_p`](Self::log_p).
    pub molar_refractivity: f64,
    /// Hydrogen-bond donors: N, O and S with hydrogens, by `RDKit`'s `CalcNumHBD`.
    pub donors: usize,
    /// Hydrogen-bond acceptors by `RDKit`'s `CalcNumHBA`: N, O and S whose lone pair is free; not amide nitrogen.
    pub acceptors: usize,
    /// Rotatable bonds by [`Rotatable::Strict`](crate::perceive::Rotatable::Strict).
    pub rotatable_bonds: usize,
    /// Share of the carbons that have four neighbours, 0 if there is no carbon. Lovering, Bikker & Humblet, *J. Med. Chem.*
    /// **52**, 6752 (2009).
    pub fraction_sp3: f64,
    /// Rings by kind.
    pub rings: RingCounts,
    /// Atoms other than hydrogen.
    pub heavy_atoms: usize,
    /// Atoms other than hydrogen and carbon, wildcards among them.
    pub hetero_atoms: usize,
    /// Formal charge [e].
    pub charge: i64,
    /// Labute's approximate surface area [Å²], with `RDKit`'s reading of its hydrogens (one on every atom). Labute, *J. Mol.
    /// Graph. Model.* **18**, 464 (2000).
    pub labute_surface_area: f64,
    /// Unwanted substructures among the 116 of the drug-likeness paper.
    pub structural_alerts: usize,
    /// Quantitative estimate of drug-likeness, 0 to 1 ([`QedProperties::estimate`]). Bickerton et al., *Nat. Chem.* **4**, 90
    /// (2012).
    #[doc(alias = "qed")]
    pub drug_likeness: f64,
}

impl Descriptors {
    /// Computes all of them with the default options.
    #[must_use]
    pub fn new(perception: &Perception) -> Self {
        Self::with_options(perception, DescriptorOptions::default())
    }

    /// Computes all of them.
    #[must_use]
    pub fn with_options(perception: &Perception, options: DescriptorOptions) -> Self {
        let stripped = without_drawn_hydrogens(perception);
        let perception = stripped.as_ref().unwrap_or(perception);
        let molecule = perception.molecule();
        let sites = Sites::new(perception);
        let Crippen { log_p, refractivity } = crippen(&sites);
        let [polar, polar_sulfur] = polar_surface_areas(&sites);
        let (carbons, saturated) = carbons(&sites);
        let count = |test: &dyn Fn(usize) -> bool| (0..sites.len()).filter(|&atom| test(atom)).count();
        let donors = count(&|atom| is_donor(sites.site(atom)));
        let rotatable_bonds = perception.rotatable_bonds(Rotatable::Strict).len();
        let qed = QedProperties {
            molecular_weight: molecular_weight(molecule, AtomicWeights::Rdkit),
            log_p,
            acceptors: qed::acceptors(&sites),
            donors,
            polar_surface_area: polar,
            rotatable_bonds,
            aromatic_rings: qed::aromatic_rings(&sites),
            alerts: qed::alerts(perception),
        };
        Self {
            molecular_weight: molecular_weight(molecule, options.weights),
            exact_mass: exact_mass(molecule),
            polar_surface_area: if options.polar_sulfur { polar + polar_sulfur } else { polar },
            log_p,
            molar_refractivity: refractivity,
            donors,
            acceptors: count(&|atom| is_acceptor(&sites, atom)),
            rotatable_bonds,
            fraction_sp3: if carbons == 0 { 0.0 } else { saturated as f64 / carbons as f64 },
            rings: RingCounts::new(perception),
            heavy_atoms: count(&|atom| sites.site(atom).number != 1),
            hetero_atoms: count(&|atom| !matches!(sites.site(atom).number, 1 | 6)),
            charge: molecule.charge(),
            labute_surface_area: labute_surface_area(&sites),
            structural_alerts: qed.alerts,
            drug_likeness: qed.estimate(options.drug_likeness),
        }
    }
}

/// The molecule perceived anew, by the same aromaticity model, without its plain drawn hydrogens, if it has any.
pub(crate) fn without_drawn_hydrogens(perception: &Perception) -> Option<Perception> {
    let molecule = perception.molecule();
    molecule.atoms().find(|(_, atom)| atom.element == Some(Element::H))?;
    let counted = perception.kekule().without_explicit_hydrogens();
    (counted.atom_count() < molecule.atom_count()).then(|| {
        Perception::with_model(&counted, perception.model()).expect("the Kekulé form has no aromatic bonds to assign")
    })
}
