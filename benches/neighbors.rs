//! Building the neighbour list of a random liquid, 100 to 32 000 atoms, half and full, and checking a list that is still good.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use molkit::{Cell, NeighborList, Pairs, Seed, Vec3};
use std::hint::black_box;

/// Atoms per Å³ (liquid water) and cut-off [Å]: about 52 neighbours each.
const DENSITY: f64 = 0.1;
const CUTOFF: f64 = 5.0;

/// The positions benches/peers/neighbors_vesin.py draws as well: a jittered cubic lattice.
fn liquid(atoms: usize) -> (Vec<Vec3>, Cell) {
    let edge = (atoms as f64 / DENSITY).cbrt();
    let side = (atoms as f64).cbrt().ceil() as usize;
    let spacing = edge / side as f64;
    let mut rng = Seed::new(1).rng();
    let positions = (0..atoms).map(|k| {
        let site = Vec3::new((k / (side * side)) as f64, (k / side % side) as f64, (k % side) as f64);
        (site + Vec3::new(rng.uniform(), rng.uniform(), rng.uniform())) * spacing
    });
    (positions.collect(), Cell::orthorhombic(edge, edge, edge).expect("a positive edge is a cell"))
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("neighbors");
    group.sample_size(20);
    for atoms in [100, 1000, 8000, 32_000] {
        let (positions, cell) = liquid(atoms);
        group.throughput(Throughput::Elements(atoms as u64));
        for (name, kind) in [("half", Pairs::Half), ("full", Pairs::Full)] {
            group.bench_function(BenchmarkId::new(name, atoms), |bench| {
                let mut list = NeighborList::new(CUTOFF, 0.0, kind).expect("a positive cut-off");
                let mut moved = positions.clone();
                bench.iter(|| {
                    // Any motion at all rebuilds a list without a skin.
                    moved[0].x += 1e-9;
                    list.update(black_box(&moved), &cell).expect("finite positions");
                    black_box(list.pairs().len())
                });
            });
        }
        group.bench_function(BenchmarkId::new("check", atoms), |bench| {
            let mut list = NeighborList::new(CUTOFF, 1.0, Pairs::Half).expect("a positive cut-off");
            list.update(&positions, &cell).expect("finite positions");
            bench.iter(|| list.update(black_box(&positions), &cell).expect("finite positions"));
        });
    }
    group.finish();
}

criterion_group!(neighbors, benches);
criterion_main!(neighbors);
