//! Embedding of reference molecules.

use mol_core::embed::{EmbedConfig, Embedder};
use mol_core::geometry::angle;
use mol_core::io::read_sdf;
use mol_core::testing::reference;
use mol_core::{Molecule, Seed, Vec3};

fn same_bonds(molecule: &Molecule, positions: &[Vec3]) -> bool {
    let seen = Molecule::from_coordinates(&molecule.elements().unwrap(), positions).unwrap();
    let list = |m: &Molecule| {
        let mut list: Vec<_> = m.bonds().map(|(_, b)| (b.begin.min(b.end), b.begin.max(b.end))).collect();
        list.sort_unstable();
        list
    };
    list(&seen) == list(molecule)
}

#[test]
fn scratch() {
    let mut all: Vec<(String, Molecule)> = Vec::new();
    for file in ["conformers/conformers", "conformers/uff_extra"] {
        let step = if file.ends_with("conformers") { 3 } else { 1 };
        for record in read_sdf(reference(&format!("{file}.sdf")).unwrap()).unwrap().step_by(step) {
            let record = record.unwrap();
            all.push((record.title, record.molecule));
        }
    }
    let first = all.len();
    let text = std::fs::read_to_string(reference("smiles/rdkit_properties.csv").unwrap()).unwrap();
    for row in text.lines().skip(1).step_by(10) {
        let smiles = row.split(',').nth(1).unwrap();
        all.push((smiles.to_owned(), Molecule::from_smiles(smiles).unwrap().with_explicit_hydrogens().unwrap()));
    }
    let (mut done, mut bonds) = (0, 0);
    let (mut len2, mut nlen, mut ang2, mut nang) = (0.0, 0, 0.0, 0);
    let mut times = Vec::new();
    for (k, (name, molecule)) in all.iter().enumerate() {
        if k == first {
            println!("first set: {done} of {first}, bonds as perceived {bonds}");
            done = 0;
            bonds = 0;
        }
        let start = std::time::Instant::now();
        let made = Embedder::new(molecule, EmbedConfig::default())
            .and_then(|e| e.conformer(&mut Seed::new(7).at(k as u64).rng()));
        let time = start.elapsed().as_secs_f64();
        match made {
            Ok(x) => {
                done += 1;
                times.push((time, molecule.atom_count(), k));
                if same_bonds(molecule, &x) {
                    bonds += 1
                } else {
                    println!("bonds differ {name}");
                }
                if k < first {
                    let r = molecule.conformers()[0].positions();
                    let mut worst = (0.0, String::new());
                    for (_, b) in molecule.bonds() {
                        let (i, j) = (b.begin.index(), b.end.index());
                        let d = (x[i] - x[j]).norm() - (r[i] - r[j]).norm();
                        if d.abs() > 0.15 {
                            println!(
                                "  {name} bond {}{}-{}{} {d:.2}",
                                molecule.atom(b.begin).element.unwrap(),
                                i,
                                molecule.atom(b.end).element.unwrap(),
                                j
                            );
                        }
                        len2 += d * d;
                        nlen += 1;
                    }
                    for (c, _) in molecule.atoms() {
                        let n: Vec<_> = molecule.neighbors(c).map(|a| a.index()).collect();
                        for p in 0..n.len() {
                            for q in p + 1..n.len() {
                                let a = (angle(&x[n[p]], &x[c.index()], &x[n[q]])
                                    - angle(&r[n[p]], &r[c.index()], &r[n[q]]))
                                .to_degrees();
                                if a.abs() > f64::max(worst.0, 15.0) {
                                    worst = (
                                        a.abs(),
                                        format!("{} {} {} {} {a:.0}", n[p], c, n[q], molecule.atom(c).element.unwrap()),
                                    );
                                }
                                ang2 += a * a;
                                nang += 1;
                            }
                        }
                    }
                    if worst.0 > 0.0 {
                        println!("  {name} angle {}", worst.1);
                    }
                }
            }
            Err(error) => println!("FAIL {name} ({} atoms) {time:.2} s: {error}", molecule.atom_count()),
        }
    }
    println!("rest: {done} of {}, bonds {bonds}", all.len() - first);
    println!(
        "rms bond {:.4} Å of {nlen}, angle {:.2}° of {nang}",
        (len2 / nlen as f64).sqrt(),
        (ang2 / nang as f64).sqrt()
    );
    times.sort_by(|a, b| b.partial_cmp(a).unwrap());
    println!("slowest {:?}", &times[..8.min(times.len())]);
    println!("total {:.2} s of {}", times.iter().map(|t| t.0).sum::<f64>(), times.len());
}
