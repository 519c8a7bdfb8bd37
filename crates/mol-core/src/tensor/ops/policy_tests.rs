//! The operations of policies: against differences, PyTorch, and their own definition.

use super::tests::{gradient_error, inputs};
use super::*;
use crate::Seed;
use crate::tensor::{Activation, Record, constant, values};
use std::sync::Arc;

fn recurrent(leaves: &[Matrix<f64>], starts: &[bool]) -> Matrix<f64> {
    let weights = GruWeights { input: &leaves[2], memory: &leaves[3], input_bias: &leaves[4], memory_bias: &leaves[5] };
    gru(&leaves[0], &leaves[1], &weights, starts)
}

#[test]
fn gradients_agree_with_differences() {
    let mut rng = Seed::new(3).rng();
    let parts = inputs(&mut rng, &[(3, 2), (3, 1), (3, 4)]);
    let join = |x: &[Matrix<f64>]| join_columns(&[&x[0], &x[1], &x[0], &x[2]]).into();
    assert!(gradient_error(&join, &parts, &mut rng) < 1e-9);

    let sets = inputs(&mut rng, &[(7, 2), (7, 6)]);
    let pool = |x: &[Matrix<f64>]| attention_pool(&x[0], &x[1], &[0, 3, 3, 7]).into();
    assert!(gradient_error(&pool, &sets, &mut rng) < 1e-8);

    let graph = inputs(&mut rng, &[(4, 3), (4, 3), (5, 3)]);
    let edges: Arc<[[u32; 2]]> = [[0, 1], [1, 0], [2, 1], [3, 3], [0, 3]].into();
    let messages = |x: &[Matrix<f64>]| edge_messages(&x[0], &x[1], &x[2], &edges, Activation::Silu).into();
    assert!(gradient_error(&messages, &graph, &mut rng) < 1e-8);

    // Three steps of two rows; the second row starts an episode at the second step, the first at the first.
    let sequence = inputs(&mut rng, &[(6, 3), (2, 4), (3, 12), (4, 12), (1, 12), (1, 12)]);
    let starts = [true, false, false, true, false, false];
    let memory = |x: &[Matrix<f64>]| recurrent(x, &starts).into();
    assert!(gradient_error(&memory, &sequence, &mut rng) < 1e-7);
}

/// `torch.nn.GRU` (PyTorch 2, f64) on weights 0.5 sin(a + 0.7 k).
#[test]
fn the_recurrent_unit_is_that_of_pytorch() {
    let wave = |shape: (usize, usize), a: f64, scale: f64| {
        constant((0..shape.0 * shape.1).map(|k| scale * (a + 0.7 * k as f64).sin()).collect(), shape)
    };
    let leaves = [
        wave((6, 3), 5.0, 1.0),
        wave((2, 2), 6.0, 0.5),
        wave((3, 6), 1.0, 0.5),
        wave((2, 6), 2.0, 0.5),
        wave((1, 6), 3.0, 0.5),
        wave((1, 6), 4.0, 0.5),
    ];
    let expected = [
        -0.108_966_538_241_426_76,
        0.392_799_922_929_823_9,
        0.118_260_643_072_426_34,
        0.367_397_715_389_055_5,
        -0.146_423_741_763_426_65,
        0.132_750_797_073_701_58,
        -0.067_569_675_697_141_34,
        0.439_935_458_116_918_8,
        -0.029_298_419_458_971_266,
        0.256_445_931_986_639_73,
        -0.130_045_949_443_734_74,
        0.152_153_095_941_360_28,
    ];
    let got = values(&recurrent(&leaves, &[false; 6]));
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-14, "{got} {expected}");
    }
}

#[test]
fn a_start_forgets_and_a_sequence_is_its_steps() {
    let mut rng = Seed::new(4).rng();
    let mut leaves: Vec<_> = inputs(&mut rng, &[(4, 3), (2, 4), (3, 12), (4, 12), (1, 12), (1, 12)])
        .into_iter()
        .map(|(x, shape)| constant(x, shape))
        .collect();
    let whole = values(&recurrent(&leaves, &[false, false, true, false]));
    let x = values(&leaves[0]);
    leaves[0] = constant(x[..6].to_vec(), (2, 3));
    let first = values(&recurrent(&leaves, &[false; 2]));
    assert_eq!(first, whole[..8]);
    leaves[0] = constant(x[6..].to_vec(), (2, 3));
    leaves[1] = constant([&[0.0; 4][..], &first[4..]].concat(), (2, 4));
    assert_eq!(values(&recurrent(&leaves, &[false; 2])), whole[8..]);
}

#[test]
fn attention_keeps_the_mean_of_equal_scores_and_does_not_overflow() {
    let x = constant(vec![1.0_f32, 2.0, 6.0], (3, 1));
    let even = attention_pool(&constant(vec![900.0; 3], (3, 1)), &x, &[0, 3]);
    assert_eq!(values(&even), [3.0]);
    let tape = Record::start();
    let scores = tape.leaf(vec![-900.0_f32, 900.0, 0.0], (3, 1));
    let one = attention_pool(&scores, &x, &[0, 3]);
    assert_eq!(values(&one), [2.0]);
    assert_eq!(tape.backward(&[(&one, &[1.0])]).take(&scores), [0.0; 3]);
}
