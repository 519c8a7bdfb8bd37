//! Every generator of the crate keeps what `Sampler` and `Density` promise.

use mol_core::testing::{check_density, check_sampler};
use mol_gen::DiagonalNormal;

#[test]
fn normals_keep_the_contract() {
    for (mean, deviation) in [(vec![0.0], vec![1.0]), (vec![3.0, -200.0, 0.1], vec![0.01, 40.0, 1.0])] {
        let make = || DiagonalNormal::new(mean.clone(), deviation.clone()).expect("valid parameters");
        check_sampler(make);
        check_density(make, |item| item.to_vec(), 10_000);
    }
}
