//! What reading and perceiving a molecule allocates: counted by the allocator itself.
#![allow(unsafe_code)] // a global allocator is unsafe by nature; this one only counts and passes on

use mol_core::Molecule;
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise about `layout` is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: `pointer` came from `System` in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of `work`, and the bytes that what it returns holds.
fn count<T>(work: impl FnOnce() -> T) -> (T, usize, usize) {
    let (calls, bytes) = (CALLS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    let result = work();
    (result, CALLS.load(Ordering::Relaxed) - calls, BYTES.load(Ordering::Relaxed) - bytes)
}

// One test, since the counters belong to the whole process.
#[test]
fn molecules_are_small_and_perception_allocates_little() {
    let smiles = "CC(C)c1c(C(=O)Nc2ccccc2)c(-c2ccccc2)c(F)n1CCCO";
    let (molecule, calls, bytes) = count(|| Molecule::from_smiles(smiles).expect("SMILES"));
    assert_eq!(molecule.heavy_atom_count(), 28);
    assert_eq!(bytes, molecule.heap_size());
    assert!(bytes + size_of::<Molecule>() < 4096, "{bytes} bytes");
    assert!(calls <= 20, "{calls} allocations to read");
    // Three plain rings, then a fused and bridged system.
    for (smiles, most) in [(smiles, 19), ("CN1CCC23C4C1CC5=C2C(=C(C=C5)O)OC3C(C=C4)O", 47)] {
        let molecule = Molecule::from_smiles(smiles).expect("SMILES");
        let (perception, calls, _) = count(|| Perception::new(&molecule).expect("kekulizable"));
        assert!(calls <= most, "{calls} allocations to perceive {smiles}");
        drop(perception);
    }
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let (mut rows, mut reading, mut perceiving) = (0, 0, 0);
    for smiles in text.lines().skip(1).filter_map(|line| line.split(',').nth(1)) {
        let (molecule, calls, _) = count(|| Molecule::from_smiles(smiles).expect("SMILES"));
        reading += calls;
        perceiving += count(|| Perception::new(&molecule).expect("kekulizable")).1;
        rows += 1;
    }
    let means = [reading, perceiving].map(|calls| calls as f64 / f64::from(rows));
    assert!(means[0] < 12.0 && means[1] < 21.0, "{means:?} allocations on average");
}
