//! Step 1: the molecule as a graph, its symmetry, and the same graph found in the data.

use crate::{Fallible, Study};
use molkit::nn::train::LabelledFrame;
use molkit::report::Table;
use molkit::{AtomIndex, Element, Molecule};

const SMILES: &str = "OCCO";

/// Ethane-1,2-diol with the atom numbers of the data.
pub(crate) struct Matched {
    /// The graph, with the first frame as its conformer.
    pub(crate) molecule: Molecule,
    /// O–C–C–O.
    pub(crate) backbone: [usize; 4],
    /// H–O–C–C of either hydroxyl group.
    pub(crate) hydroxyls: [[usize; 4]; 2],
}

/// Reads the graph, counts its automorphisms and matches it to the bonds perceived in every frame.
pub(crate) fn study(study: &mut Study, frames: &[LabelledFrame]) -> Fallible<Matched> {
    let molecule = Molecule::from_smiles(SMILES)?.with_explicit_hydrogens()?;
    let automorphisms = molecule.automorphisms(10_000)?.len();
    let first = Molecule::from_coordinates(&frames[0].elements, &frames[0].positions)?;
    let found = molecule.match_graph(&first)?.ok_or("the first frame is not the molecule")?;
    let mut same = 0;
    for frame in frames {
        let perceived = Molecule::from_coordinates(&frame.elements, &frame.positions)?;
        same += usize::from(molecule.match_graph(&perceived)?.is_some());
    }

    let oxygens: Vec<_> = molecule.atoms().filter(|(_, a)| a.element == Some(Element::O)).map(|(k, _)| k).collect();
    let neighbor = |atom: AtomIndex, element: Element| {
        let mut all = molecule.neighbors(atom);
        all.find(|n| molecule.atom(*n).element == Some(element)).ok_or("an atom lacks a neighbour")
    };
    let (near, far) = (neighbor(oxygens[0], Element::C)?, neighbor(oxygens[1], Element::C)?);
    let (first_h, second_h) = (neighbor(oxygens[0], Element::H)?, neighbor(oxygens[1], Element::H)?);
    let chain = |atoms: [AtomIndex; 4]| atoms.map(|a| found[a.index()].index());
    let matched = Matched {
        backbone: chain([oxygens[0], near, far, oxygens[1]]),
        hydroxyls: [chain([first_h, oxygens[0], near, far]), chain([second_h, oxygens[1], far, near])],
        molecule: first,
    };

    println!(
        "   {SMILES} is {}; {automorphisms} automorphisms; {same} of {} frames match",
        molecule.formula(),
        frames.len()
    );
    let report = &mut study.report;
    report.heading("1. The molecule");
    report.paragraph(
        "The graph comes from its SMILES string; the bonds of every frame of the data are perceived from distances and \
         covalent radii, and the two graphs are matched. A frame that does not match has a bond stretched or two atoms \
         pressed together by more than the perception tolerates.",
    );
    let table = Table::new(["quantity", "value"])
        .row(["SMILES", SMILES])
        .row(["formula", &molecule.formula()])
        .row(["mass [u]", &format!("{:.3}", molecule.mass())])
        .row(["atoms, bonds", &format!("{}, {}", molecule.atom_count(), molecule.bond_count())])
        .row(["automorphisms of the graph with hydrogens", &automorphisms.to_string()])
        .row(["frames of the data that match", &format!("{same} of {}", frames.len())]);
    report.table(&table, "The molecule and its match in the data.")?;
    report.number("automorphisms", automorphisms as f64);
    report.number("frames_matched", same as f64);
    Ok(matched)
}
