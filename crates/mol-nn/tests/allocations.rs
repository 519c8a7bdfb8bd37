//! An evaluation allocates nothing once warm: counted by the allocator itself.
#![allow(unsafe_code)] // a global allocator is unsafe by nature; this one only counts and passes on

use mol_core::{Derivatives, Element, Frame, Potential, Seed, Vec3, Want};
use mol_nn::{FilterMode, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise about `layout` is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `pointer` came from `System` in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_warm_potential_does_not_allocate() {
    let elements = [Element::C, Element::O, Element::H, Element::H];
    let model = SchNet::<f32>::new(SchNetConfig::default(), &[Element::H, Element::C, Element::O], Seed::new(1))
        .expect("valid settings");
    // Beside the filter network all products go through gemm, which packs into a fresh buffer: ten a block, less one, and
    // two of the readout.
    for (filters, expected) in [(FilterMode::default(), 0), (FilterMode::Network, (10 * 3 - 1 + 2) * 100)] {
        let config = NeuralPotentialConfig { filters, ..NeuralPotentialConfig::default() };
        let mut potential = NeuralPotential::new(&model, &elements, config).expect("known elements");
        let mut out = Derivatives::new(4, Want::Virial);
        let frame = |k: usize| {
            let stretch = 1.0 + 0.01 * k as f64;
            [[0.0, 0.0, 0.0], [1.2, 0.0, 0.0], [-0.6, 0.9, 0.0], [-0.6, -0.9, 0.0]].map(|x| Vec3::from(x) * stretch)
        };
        for k in 0..3 {
            potential.accumulate(Frame::isolated(&frame(k)), &mut out);
        }
        let before = CALLS.load(Ordering::Relaxed);
        for k in 0..100 {
            out.clear();
            potential.accumulate(Frame::isolated(&frame(k % 10)), &mut out);
        }
        assert_eq!(CALLS.load(Ordering::Relaxed) - before, expected, "{filters:?}");
    }
}
