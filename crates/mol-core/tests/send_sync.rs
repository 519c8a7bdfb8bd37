//! Every public type can be sent to another thread and shared between threads: checked when this compiles.

use mol_core::perceive::{
    AromaticityModel, Hybridization, Perception, RingFamilies, RingJunction, Rings, Rotatable, Symmetry, ValenceFault,
    ValenceModel,
};
use mol_core::*;

const fn shared<T: Send + Sync + ?Sized>() {}

macro_rules! assert_shared {
    ($($type:ty),* $(,)?) => {
        const _: () = { $(shared::<$type>();)* };
    };
}

assert_shared!(
    // molecules
    Atom,
    AtomIndex,
    Bond,
    BondDirection,
    BondIndex,
    BondOrder,
    ChiralClass,
    Chirality,
    Conformer,
    Element,
    Molecule,
    MoleculeBuilder,
    smiles::Error,
    smiles::ErrorKind,
    // perception
    AromaticityModel,
    Hybridization,
    Perception,
    RingFamilies,
    RingJunction,
    Rings,
    Rotatable,
    Symmetry,
    ValenceFault,
    ValenceModel,
    // everything else
    Cell,
    Error,
    Fault,
    NeighborList,
    Pair,
    Rng,
    Seed,
    State,
    System,
    TermFault,
    Domain,
    Stop,
    Want,
);

#[test]
fn a_perception_is_used_from_two_threads() {
    let seen = Perception::new(&Molecule::from_smiles("c1ccc2[nH]ccc2c1").expect("SMILES")).expect("indole");
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let count = || seen.kekule().bonds().filter(|(_, bond)| bond.order == BondOrder::Double).count();
        let threads = [scope.spawn(count), scope.spawn(count)];
        threads.map(|thread| thread.join().expect("it does not panic")).to_vec()
    });
    assert_eq!(counts, [4, 4]);
}
