//! The policy for molecules: messages along bonds, a pooled set, a memory, one head per torsion.
//!
//! Everything it reads is a feature of atoms, bonds or torsions, so one set of weights serves any molecule with the same
//! kinds of features, with any number of torsions; batches may mix molecules. What turns is seen as sine and cosine of
//! the angle, on both ends of the bond it is about, which is even under reversal of the torsion's atoms. Deliberately
//! not here: distances beyond the bonds, which the energy in the observation stands for, and the features themselves
//! (beside the environment).

use super::layers::{Dense, Recurrent};
use super::network::{open, read, require, save};
use super::{ActorCritic, Distribution, Forward, Sequences};
use crate::env::{TorsionGraph, TorsionObservation};
use crate::{Error, Result};
use mol_core::Rng;
use mol_core::tensor::ops::{add, attention_pool, edge_messages, gather_rows, join_columns};
use mol_core::tensor::{Activation, Matrix, Parameters, Real, constant, values};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// Shape of a [`GraphPolicy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphPolicyConfig {
    /// Width of the states of atoms.
    pub width: usize,
    /// Rounds of messages.
    pub rounds: usize,
    /// Heads of the attention pooling; divides the width.
    pub heads: usize,
    /// Width of the memory.
    pub memory: usize,
}

impl Default for GraphPolicyConfig {
    /// Width 32, 3 rounds, 4 heads, memory 32.
    fn default() -> Self {
        Self { width: 32, rounds: 3, heads: 4, memory: 32 }
    }
}

/// One round of messages: weights of source, target, edge, and of the update.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Round {
    source: Dense,
    target: Dense,
    edge: Dense,
    update: Dense,
}

/// Actor–critic network for torsions of molecules.
///
/// ```text
/// x_i ← φ(features W)
/// x_j ← x_j + φ( Σ_{bonds i→j} φ(x_i S + x_j T + e_ij E + b) U )      per round; e: bond features, sin and cos of torsions
/// s = Σ_i softmax_i(x_i q) x_i V                                      set pooling, several heads
/// g′ = GRU((s, ΔE, t), g)                                             memory
/// row_τ = φ((x_b + x_c, x_a + x_d, sin τ, cos τ, g′) P) A             parameters of torsion τ = (a, b, c, d)
/// value = φ(g′ C) c
/// ```
///
/// φ is SiLU. The energy enters as ln(1 + ΔE) with ΔE in the units of the observation, t is the fraction of the episode that is over.
/// The distribution decides what a row means: [`Categorical`](super::Categorical) bins or a [`VonMises`](super::VonMises)
/// angle. The heads of the actor start at a hundredth of Glorot's weights, so that an untrained policy is nearly uniform.
///
/// Architecture after TorsionNet (T. Gogineni, Z. Xu, E. Punzalan, R. Jiang, J. Kammeraad, A. Tewari and P. Zimmerman,
/// *NeurIPS* (2020)), with bond messages instead of NNConv, attention instead of Set2Set and a GRU instead of its LSTM.
#[derive(Clone, Debug)]
pub struct GraphPolicy<D, E = f32> {
    shape: Shape,
    distribution: D,
    parameters: Parameters<E>,
    embedding: Dense,
    rounds: Vec<Round>,
    query: Dense,
    content: Dense,
    memory: Recurrent,
    torsion: Dense,
    actor: Dense,
    reader: Dense,
    critic: Dense,
}

/// All that decides the shapes of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Shape {
    config: GraphPolicyConfig,
    node_features: usize,
    edge_features: usize,
    parameters: usize,
}

const FORMAT: &str = "molkit-graph-policy";

/// Features of an edge beside the graph's: sine and cosine of the torsion about it, and whether there is one.
const TURNING: usize = 3;
/// Features of the whole beside the pooled atoms: energy and time.
const WHOLE: usize = 2;

impl<D: Distribution, E: Real> GraphPolicy<D, E> {
    /// A network with random weights for molecules with the features of `graph`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if a width is 0 or heads do not divide the width.
    pub fn new(config: GraphPolicyConfig, graph: &TorsionGraph, distribution: D, rng: &mut Rng) -> Result<Self> {
        let GraphPolicyConfig { width, rounds, heads, memory } = config;
        require(width > 0, "width of atoms' states", "at least 1", width)?;
        require(memory > 0, "width of the memory", "at least 1", memory)?;
        require(heads > 0 && width.is_multiple_of(heads), "number of heads", "a divisor of the width", heads)?;
        let (node_features, edge_features) = (graph.node_features.ncols(), graph.edge_features.ncols());
        let shape = Shape { config, node_features, edge_features, parameters: distribution.parameters() };
        let mut parameters = Parameters::default();
        let p = &mut parameters;
        let (silu, linear, small) =
            ((Activation::Silu, 1.0), (Activation::Identity, 1.0), (Activation::Identity, 0.01));
        let embedding = Dense::push(p, "embedding", (node_features, width), silu, rng)?;
        let mut list = Vec::with_capacity(rounds);
        for k in 0..rounds {
            let mut part =
                |name: &str, inputs, how| Dense::push(p, &format!("round.{k}.{name}"), (inputs, width), how, rng);
            list.push(Round {
                source: part("source", width, linear)?,
                target: part("target", width, linear)?,
                edge: part("edge", edge_features + TURNING, linear)?,
                update: part("update", width, silu)?,
            });
        }
        Ok(Self {
            shape,
            distribution,
            embedding,
            rounds: list,
            query: Dense::push(p, "query", (width, heads), linear, rng)?,
            content: Dense::push(p, "content", (width, width), linear, rng)?,
            memory: Recurrent::push(p, "memory", (width + WHOLE, memory), rng)?,
            torsion: Dense::push(p, "torsion", (2 * width + 2 + memory, width), silu, rng)?,
            actor: Dense::push(p, "actor", (width, shape.parameters), small, rng)?,
            reader: Dense::push(p, "reader", (memory, width), silu, rng)?,
            critic: Dense::push(p, "critic", (width, 1), linear, rng)?,
            parameters,
        })
    }

    /// Writes the weights to `path`, atomically.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        save(path, FORMAT, &self.shape, &self.parameters)
    }

    /// Reads the weights of a network of the same shape from `path`.
    ///
    /// # Errors
    /// - [`Error::OtherTask`] if the file is of a policy for molecules with other features, or for other actions;
    /// - if it cannot be read, or is of another configuration. `self` is then unchanged.
    pub fn load(&mut self, path: &Path) -> Result<()> {
        let archive = open(path, FORMAT)?;
        let found: Shape = archive.config()?;
        Shape::fits("features of an atom", found.node_features, self.shape.node_features)?;
        Shape::fits("features of a bond", found.edge_features, self.shape.edge_features)?;
        Shape::fits("parameters per torsion", found.parameters, self.shape.parameters)?;
        if found.config != self.shape.config {
            let problem = format!("it is of a network {:?}, this one is {:?}", found.config, self.shape.config);
            return Err(mol_core::Error::Checkpoint { what: path.display().to_string(), problem }.into());
        }
        read(&archive, &mut self.parameters)
    }

    /// States of all atoms of a batch.
    fn atoms(&self, weights: &[Matrix<E>], joined: &Joined<E>) -> Matrix<E> {
        let mut x = self.embedding.apply(weights, &joined.nodes);
        for round in &self.rounds {
            let source = round.source.apply(weights, &x);
            let target = round.target.apply(weights, &x);
            let edge = round.edge.apply(weights, &joined.edge_features);
            let heard = edge_messages(&source, &target, &edge, &joined.edges, Activation::Silu);
            x = add(&x.into(), &round.update.apply(weights, &heard).into()).value;
        }
        x
    }
}

impl Shape {
    fn fits(what: &'static str, expected: usize, got: usize) -> Result<()> {
        if expected == got { Ok(()) } else { Err(Error::OtherTask { what, expected, got }) }
    }
}

/// The graphs of a batch as one.
struct Joined<E: Real> {
    nodes: Matrix<E>,
    edges: Arc<[[u32; 2]]>,
    edge_features: Matrix<E>,
    /// First node of every graph, and the end.
    atoms: Vec<usize>,
    /// First torsion of every graph, and the end.
    torsions: Vec<usize>,
    /// The torsions' atoms by place.
    members: [Arc<[u32]>; 4],
    /// The torsions' graphs.
    owners: Arc<[u32]>,
    /// Sines and cosines of the torsions.
    angles: Matrix<E>,
    /// Energy and time of every graph.
    whole: Matrix<E>,
}

impl<E: Real> Joined<E> {
    fn new(observations: &[&TorsionObservation], shape: &Shape) -> Self {
        let (mut nodes, mut edges, mut features) = (Vec::new(), Vec::new(), Vec::new());
        let (mut atoms, mut torsions) = (vec![0], vec![0]);
        let mut members: [Vec<u32>; 4] = Default::default();
        let (mut owners, mut angles, mut whole) = (Vec::new(), Vec::new(), Vec::new());
        for (k, seen) in observations.iter().enumerate() {
            let graph = &*seen.graph;
            let (first, count) = (atoms[k] as u32, graph.node_features.nrows());
            nodes.extend(graph.node_features.iter().map(|x| E::of(f64::from(*x))));
            for (edge, row) in graph.edges.iter().zip(graph.edge_features.rows()) {
                edges.push(edge.map(|i| first + i));
                features.extend(row.iter().map(|x| E::of(f64::from(*x))));
                let about = |t: &[u32; 4]| (t[1], t[2]) == (edge[0], edge[1]) || (t[2], t[1]) == (edge[0], edge[1]);
                let turning = graph.torsions.iter().position(about).map(|t| seen.torsions[t].sin_cos());
                let (sine, cosine) = turning.unwrap_or((0.0, 0.0));
                features.extend([sine, cosine, f64::from(u8::from(turning.is_some()))].map(E::of));
            }
            for (torsion, angle) in graph.torsions.iter().zip(&seen.torsions) {
                for (list, atom) in members.iter_mut().zip(torsion) {
                    list.push(first + atom);
                }
                owners.push(k as u32);
                let (sine, cosine) = angle.sin_cos();
                angles.extend([sine, cosine].map(E::of));
            }
            whole.extend([seen.energy.max(0.0).ln_1p(), seen.elapsed].map(E::of));
            atoms.push(atoms[k] + count);
            torsions.push(torsions[k] + graph.torsions.len());
        }
        let (all, turns, rows) = (atoms[observations.len()], torsions[observations.len()], observations.len());
        Self {
            nodes: constant(nodes, (all, shape.node_features)),
            edge_features: constant(features, (edges.len(), shape.edge_features + TURNING)),
            edges: edges.into(),
            atoms,
            torsions,
            members: members.map(Into::into),
            owners: owners.into(),
            angles: constant(angles, (turns, 2)),
            whole: constant(whole, (rows, WHOLE)),
        }
    }
}

impl<D: Distribution, E: Real> ActorCritic for GraphPolicy<D, E> {
    type Scalar = E;
    type Observation = TorsionObservation;
    type Distribution = D;

    fn distribution(&self) -> &D {
        &self.distribution
    }

    fn parameters(&self) -> &Parameters<E> {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters<E> {
        &mut self.parameters
    }

    fn memory(&self) -> usize {
        self.shape.config.memory
    }

    fn check(&self, seen: &TorsionObservation) -> Result<()> {
        let (graph, shape) = (&*seen.graph, &self.shape);
        Shape::fits("features of an atom", shape.node_features, graph.node_features.ncols())?;
        Shape::fits("features of a bond", shape.edge_features, graph.edge_features.ncols())?;
        Shape::fits("choices per torsion", self.distribution.choices(), graph.choices)?;
        mol_core::Error::check_len("rows of bond features", graph.edges.len(), graph.edge_features.nrows())?;
        mol_core::Error::check_len("angles of the torsions", graph.torsions.len(), seen.torsions.len())?;
        let atoms = graph.node_features.nrows();
        let last = graph.edges.iter().flatten().chain(graph.torsions.iter().flatten()).max();
        match last {
            Some(&last) if last as usize >= atoms => {
                Err(Error::OtherTask { what: "atoms of the graph", expected: last as usize + 1, got: atoms })
            }
            _ => Ok(()),
        }
    }

    fn forward(&self, weights: &[Matrix<E>], batch: Sequences<'_, TorsionObservation, E>) -> Forward<E> {
        let joined = Joined::new(batch.observations, &self.shape);
        let x = self.atoms(weights, &joined);
        let (query, content) = (self.query.apply(weights, &x), self.content.apply(weights, &x));
        let pooled = attention_pool(&query, &content, &joined.atoms);
        let whole = join_columns(&[&pooled, &joined.whole]);
        let width = self.memory.width;
        let before = constant(batch.memory.to_vec(), (batch.rows, width));
        let memory = self.memory.apply(weights, &whole, &before, batch.starts);

        let x = x.into();
        let [a, b, c, d] = [0, 1, 2, 3].map(|place| gather_rows(&x, &joined.members[place]));
        let (inner, outer) = (add(&b, &c).value, add(&a, &d).value);
        let shared = gather_rows(&memory.clone().into(), &joined.owners).value;
        let torsions = join_columns(&[&inner, &outer, &joined.angles, &shared]);
        let parameters = self.actor.apply(weights, &self.torsion.apply(weights, &torsions));
        let estimates = self.critic.apply(weights, &self.reader.apply(weights, &memory));
        let last = values(&memory).split_off((batch.observations.len() - batch.rows) * width);
        Forward { parameters, offsets: joined.torsions, values: estimates, memory: last }
    }
}
