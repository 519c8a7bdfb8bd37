//! The policy for molecules: gradients, symmetries, batches, files, and a task that it learns.

use mol_core::ndarray::Array2;
use mol_core::tensor::{Decay, Matrix, Real, Record, Schedule, values};
use mol_core::{Environment, Rng, Seed, Step};
use mol_rl::algo::{Ppo, PpoConfig};
use mol_rl::env::{TorsionGraph, TorsionObservation};
use mol_rl::policy::{ActorCritic, Categorical, Choices, GraphPolicy, GraphPolicyConfig, Sequences, VonMises, score};
use mol_rl::{Agent, Vectorised, evaluate};
use std::f64::consts::TAU;
use std::sync::Arc;

/// A chain of `atoms` atoms that alternate between two kinds, with every inner bond turning.
fn chain(atoms: usize) -> TorsionGraph {
    let mut node_features = Array2::zeros((atoms, 3));
    for k in 0..atoms {
        node_features[[k, k % 2]] = 1.0;
        node_features[[k, 2]] = if k == 0 || k == atoms - 1 { 1.0 } else { 2.0 };
    }
    let edges: Vec<[u32; 2]> = (1..atoms as u32).flat_map(|k| [[k - 1, k], [k, k - 1]]).collect();
    let edge_features = Array2::from_elem((edges.len(), 2), 1.0);
    let torsions = (3..atoms as u32).map(|k| [k - 3, k - 2, k - 1, k]).collect();
    TorsionGraph { node_features, edges, edge_features, torsions, choices: 3 }
}

fn seen(graph: &Arc<TorsionGraph>, rng: &mut Rng) -> TorsionObservation {
    let torsions = graph.torsions.iter().map(|_| TAU * (rng.uniform() - 0.5)).collect();
    let positions = vec![mol_core::Vec3::zeros(); graph.node_features.nrows()];
    TorsionObservation { graph: Arc::clone(graph), positions, torsions, energy: 3.0 * rng.uniform(), elapsed: 0.5 }
}

fn small<E: Real>(graph: &TorsionGraph) -> GraphPolicy<Categorical, E> {
    let config = GraphPolicyConfig { width: 6, rounds: 2, heads: 2, memory: 4 };
    let three = Categorical::new(3).expect("choices");
    GraphPolicy::new(config, graph, three, &mut Seed::new(2).rng()).expect("valid")
}

/// Distribution parameters, values and last memories over `steps` steps.
fn answers<E: Real>(
    policy: &GraphPolicy<Categorical, E>,
    seen: &[TorsionObservation],
    rows: usize,
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let observations: Vec<_> = seen.iter().collect();
    let (starts, memory) = (vec![false; seen.len()], vec![E::of(0.3); rows * policy.memory()]);
    let weights = policy.parameters().leaves(&Record::default());
    let out =
        policy.forward(&weights, Sequences { observations: &observations, starts: &starts, memory: &memory, rows });
    let plain = |x: Vec<E>| x.into_iter().map(Real::f64).collect();
    (plain(values(&out.parameters)), plain(values(&out.values)), plain(out.memory))
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
}

#[test]
fn gradients_agree_with_differences() {
    let mut rng = Seed::new(1).rng();
    let graphs = [Arc::new(chain(5)), Arc::new(chain(4))];
    // Two sequences of two steps, of two molecules.
    let seen: Vec<_> = (0..4).map(|k| seen(&graphs[k % 2], &mut rng)).collect();
    let mut policy = small::<f64>(&graphs[0]);
    for w in policy.parameters_mut().flat_mut() {
        *w += 0.2 * rng.normal();
    }
    let factors: Vec<usize> = (0..6).map(|_| rng.below(3)).collect();
    let seeds: Vec<Vec<f64>> = (0..3).map(|_| (0..4).map(|_| rng.normal()).collect()).collect();
    let loss = |policy: &GraphPolicy<Categorical, f64>, gradient: Option<&mut [f64]>| {
        let tape = Record::start();
        let weights = policy.parameters().leaves(&tape);
        let (observations, memory) = (seen.iter().collect::<Vec<_>>(), [0.1; 8]);
        let starts = [false, false, true, false];
        let batch = Sequences { observations: &observations, starts: &starts, memory: &memory, rows: 2 };
        let out = policy.forward(&weights, batch);
        assert_eq!(out.offsets, [0, 2, 3, 5, 6]);
        let choices = Choices { factors: &factors, masks: &[], offsets: &out.offsets };
        let (p, h) = score(policy.distribution(), &out.parameters, choices);
        let ends = [(&p, &seeds[0][..]), (&h, &seeds[1][..]), (&out.values, &seeds[2][..])];
        let dot = |(m, s): &(&Matrix<f64>, &[f64])| values(*m).iter().zip(*s).map(|(a, b)| a * b).sum::<f64>();
        let loss = ends.iter().map(dot).sum::<f64>();
        if let Some(gradient) = gradient {
            let mut adjoints = tape.backward(&ends);
            policy.parameters().collect_gradient(&weights, &mut adjoints, gradient);
        }
        loss
    };
    let mut gradient = vec![0.0; policy.parameters().len()];
    loss(&policy, Some(&mut gradient));
    for k in (0..gradient.len()).step_by(7) {
        let shifted = |by: f64| {
            let mut policy = policy.clone();
            policy.parameters_mut().flat_mut()[k] += by;
            loss(&policy, None)
        };
        let difference = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        assert!((gradient[k] - difference).abs() < 1e-7 * (1.0 + difference.abs()), "weight {k}: {difference}");
    }
}

#[test]
fn names_of_atoms_and_direction_of_torsions_do_not_matter() {
    let mut rng = Seed::new(3).rng();
    let graph = Arc::new(chain(6));
    let plain = seen(&graph, &mut rng);
    let policy = small::<f64>(&graph);
    let expected = answers(&policy, std::slice::from_ref(&plain), 1);

    // Atom k becomes new[k]; edges are listed in another order, torsions read backwards.
    let new = [3_u32, 0, 5, 1, 4, 2];
    let mut other = (*graph).clone();
    for (k, &place) in new.iter().enumerate() {
        other.node_features.row_mut(place as usize).assign(&graph.node_features.row(k));
    }
    other.edges = graph.edges.iter().rev().map(|edge| edge.map(|k| new[k as usize])).collect();
    other.torsions = graph.torsions.iter().map(|t| [t[3], t[2], t[1], t[0]].map(|k| new[k as usize])).collect();
    let renamed = TorsionObservation { graph: Arc::new(other), ..plain.clone() };
    let got = answers(&policy, &[renamed], 1);
    assert!(
        close(&expected.0, &got.0) && close(&expected.1, &got.1) && close(&expected.2, &got.2),
        "{expected:?} {got:?}"
    );

    // But a turned torsion, the energy and the time are seen.
    let mut turned = plain.clone();
    turned.torsions[1] += 1.0;
    let hotter = TorsionObservation { energy: plain.energy + 1.0, ..plain.clone() };
    let later = TorsionObservation { elapsed: 0.75, ..plain };
    for change in [turned, hotter, later] {
        assert!(!close(&expected.1, &answers(&policy, &[change], 1).1));
    }
}

#[test]
fn a_batch_of_molecules_is_its_members() {
    let mut rng = Seed::new(4).rng();
    let graphs = [Arc::new(chain(7)), Arc::new(chain(4))];
    let policy = small::<f64>(&graphs[0]);
    let both: Vec<_> = graphs.iter().map(|graph| seen(graph, &mut rng)).collect();
    let (parameters, estimates, memory) = answers(&policy, &both, 2);
    let alone: Vec<_> = both.iter().map(|one| answers(&policy, std::slice::from_ref(one), 1)).collect();
    assert!(close(&parameters, &[&alone[0].0[..], &alone[1].0].concat()));
    assert!(close(&estimates, &[alone[0].1[0], alone[1].1[0]]));
    assert!(close(&memory, &[&alone[0].2[..], &alone[1].2].concat()));
    // A molecule without a torsion has a value and no factors.
    let (none, estimate, _) = answers(&policy, &[seen(&Arc::new(chain(3)), &mut rng)], 1);
    assert!(none.is_empty() && estimate[0].is_finite());
}

#[test]
fn policies_for_other_molecules_are_refused_by_name() {
    let graph = chain(5);
    let policy = small::<f32>(&graph);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.safetensors");
    policy.save(&path).expect("writes");
    let mut again = small::<f32>(&graph);
    again.parameters_mut().flat_mut().fill(0.0);
    again.load(&path).expect("loads");
    assert_eq!(again.parameters(), policy.parameters());

    let mut wide = graph.clone();
    wide.node_features = Array2::zeros((5, 4));
    let mut other = small::<f32>(&wide);
    let error = other.load(&path).expect_err("three features against four").to_string();
    assert_eq!(error, "a policy for another molecule or task: features of an atom: the policy has 3, the task 4");
    let mut rng = Seed::new(1).rng();
    let error = policy.check(&seen(&Arc::new(wide), &mut rng)).expect_err("another molecule").to_string();
    assert!(error.contains("the policy has 3, the task 4"), "{error}");
    let mut short = seen(&Arc::new(graph), &mut rng);
    short.torsions.pop();
    let six = Arc::new(TorsionGraph { choices: 6, ..chain(5) });
    let error = policy.check(&seen(&six, &mut rng)).expect_err("bins of 60°").to_string();
    assert!(error.ends_with("choices per torsion: the policy has 3, the task 6"), "{error}");
    assert!(policy.check(&short).expect_err("one angle is missing").to_string().contains("angles of the torsions"));
}

/// Torsions that pay for each that is in the well it should be in: odd torsions at 0, even ones at the second of three.
#[derive(Clone)]
struct Wells {
    graph: Arc<TorsionGraph>,
    step: usize,
}

impl Environment for Wells {
    type Observation = TorsionObservation;
    type Action = Vec<usize>;
    fn reset(&mut self, rng: &mut Rng) -> TorsionObservation {
        self.step = 0;
        seen(&self.graph, rng)
    }
    fn step(&mut self, action: &Vec<usize>, rng: &mut Rng) -> Step<TorsionObservation> {
        self.step += 1;
        let right = action.iter().enumerate().filter(|(k, bin)| **bin == (k + 1) % 2).count();
        let reward = right as f64 / action.len() as f64;
        Step { observation: seen(&self.graph, rng), reward, terminated: false, truncated: self.step == 4 }
    }
    fn sample_action(&self, rng: &mut Rng) -> Vec<usize> {
        self.graph.torsions.iter().map(|_| rng.below(3)).collect()
    }
}

#[test]
fn a_graph_policy_learns_wells_and_takes_them_to_a_longer_molecule() {
    let wells = |atoms: usize| Wells { graph: Arc::new(chain(atoms)), step: 0 };
    let config = GraphPolicyConfig { width: 16, rounds: 2, heads: 2, memory: 8 };
    let three = Categorical::new(3).expect("choices");
    let policy = GraphPolicy::<_>::new(config, &wells(8).graph, three, &mut Seed::new(1).rng()).expect("valid");
    let schedule = Schedule { rate: 1e-2, warmup: 0, decay: Decay::Constant };
    let config = PpoConfig { iterations: 35, steps: 8, minibatches: 2, schedule, ..PpoConfig::default() };
    let mut ppo = Ppo::new(config, policy).expect("valid");
    let untrained = ppo.network().clone();
    let mut tasks = Vectorised::new(vec![wells(8); 8], Seed::new(2)).expect("tasks");
    ppo.train(&mut tasks, &mut (), None).expect("trains");
    let earns = |policy: &GraphPolicy<Categorical>, atoms: usize| {
        let mut agent: Agent<_, Wells> = Agent::new(policy.clone());
        let returns = evaluate(&mut wells(atoms), &mut agent, 20, &mut Seed::new(3).rng()).expect("finite");
        returns.all().expect("episodes").mean / 4.0
    };
    assert!((earns(&untrained, 8) - 1.0 / 3.0).abs() < 0.1, "{}", earns(&untrained, 8));
    assert!(earns(ppo.network(), 8) > 0.9, "{}", earns(ppo.network(), 8));
    assert!(earns(ppo.network(), 12) > 0.6, "{}", earns(ppo.network(), 12));
}

#[test]
fn angles_are_drawn_by_von_mises_heads() {
    let graph = Arc::new(TorsionGraph { choices: 0, ..chain(6) });
    let mut rng = Seed::new(5).rng();
    let policy = GraphPolicy::<_>::new(GraphPolicyConfig::default(), &graph, VonMises, &mut rng).expect("valid");
    let here = seen(&graph, &mut rng);
    let mut memories = vec![vec![0.0_f32; policy.memory()]];
    let decision = mol_rl::policy::decide(&policy, &[&here], &[true], &[&[]], &mut memories, &mut [Some(&mut rng)])
        .expect("fits")
        .remove(0);
    assert_eq!(decision.choices.len(), 3);
    // Nearly uniform before training: ln π ≈ −3 ln 2π.
    assert!((decision.log_probability + 3.0 * TAU.ln()).abs() < 0.3, "{}", decision.log_probability);
    assert!(memories[0].iter().any(|m| *m != 0.0));
}
