//! Dense layer: product, bias and activation in one operation.

use super::{Dual, Matrix, Real, add_rows, fill_rows, plain, taped};
use crate::tensor::record::{buffer_of, values};
use crate::tensor::{Activation, Operand, matmul};
use dfdx::prelude::{HasShape, Merge, SplitTape, Tape};

/// `y = φ(x w + b)` with its tangent `φ′(x w + b) ∘ (ẋ w)`.
///
/// x `[rows, inputs]`, w `[inputs, outputs]`, b `[1, outputs]` or none → `[rows, outputs]`. One product forward per
/// value and tangent, two backward each.
///
/// # Panics
/// If the shapes do not fit.
#[must_use]
pub fn dense<E: Real>(x: &Dual<E>, weights: &Matrix<E>, bias: Option<&Matrix<E>>, activation: Activation) -> Dual<E> {
    let (rows, inputs) = x.shape();
    let (fan_in, outputs) = *weights.shape();
    assert_eq!(inputs, fan_in, "dense: columns of x against rows of w");
    let (value, tangent, tape) = x.split();
    let (weights, tape_of_weights) = weights.clone().split_tape();
    let mut tape = tape.merge(tape_of_weights);
    let bias = bias.map(|b| {
        assert_eq!(*b.shape(), (1, outputs), "dense: shape of the bias");
        let (b, tape_of_bias) = b.clone().split_tape();
        tape = tape.clone().merge(tape_of_bias);
        b
    });

    let w = values(&weights);
    let input = values(&value);
    let mut y = vec![E::ZERO; rows * outputs];
    if let Some(bias) = &bias {
        fill_rows(&mut y, &values(bias));
    }
    let shape = (rows, inputs, outputs);
    matmul(&mut y, bias.is_some(), (&input, Operand::Plain), (&w, Operand::Plain), shape);
    let linear = activation == Activation::Identity;
    let (mut slope, mut curvature) = (Vec::new(), Vec::new());
    if !linear {
        slope = vec![E::ZERO; y.len()];
        if tangent.is_some() {
            curvature = vec![E::ZERO; y.len()];
            activation.apply_second(&mut y, &mut slope, &mut curvature);
        } else {
            activation.apply(&mut y, &mut slope);
        }
    }
    let input_tangent = tangent.as_ref().map(values);
    let mut y_tangent = input_tangent.as_ref().map(|t| {
        let mut out = vec![E::ZERO; rows * outputs];
        matmul(&mut out, false, (t, Operand::Plain), (&w, Operand::Plain), shape);
        out
    });
    if let (Some(t), false) = (&mut y_tangent, linear) {
        // From here on `curvature` holds φ″ ∘ (ẋ w): what the backward pass multiplies the tangent's adjoint by.
        for ((t, s), c) in t.iter_mut().zip(&slope).zip(&mut curvature) {
            *c *= *t;
            *t *= *s;
        }
    }

    let out = plain(y, (rows, outputs));
    let out_tangent = y_tangent.map(|t| plain(t, (rows, outputs)));
    let result = taped(&out, out_tangent.as_ref(), &tape);
    tape.add_backward_op(move |gradients| {
        let mut g = std::mem::take(buffer_of(gradients, &out));
        let mut g_tangent = out_tangent.as_ref().map(|t| std::mem::take(buffer_of(gradients, t)));
        if !linear {
            for (g, s) in g.iter_mut().zip(&slope) {
                *g *= *s;
            }
            if let Some(t) = &mut g_tangent {
                for (((g, t), s), c) in g.iter_mut().zip(t).zip(&slope).zip(&curvature) {
                    *g += *t * *c;
                    *t *= *s;
                }
            }
        }
        let pairs =
            [(Some(&value), Some(&input), Some(&g)), (tangent.as_ref(), input_tangent.as_ref(), g_tangent.as_ref())];
        for (x, x_values, g) in pairs {
            let (Some(x), Some(x_values), Some(g)) = (x, x_values, g) else { continue };
            let (down, wide) = ((rows, outputs, inputs), (inputs, rows, outputs));
            matmul(buffer_of(gradients, x), true, (g, Operand::Plain), (&w, Operand::Transposed), down);
            matmul(buffer_of(gradients, &weights), true, (x_values, Operand::Transposed), (g, Operand::Plain), wide);
        }
        if let Some(bias) = &bias {
            add_rows(buffer_of(gradients, bias), &g);
        }
        Ok(())
    });
    result
}
