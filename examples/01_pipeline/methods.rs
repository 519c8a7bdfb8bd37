//! Step 6, the methods: five searches for conformers on one account of minimisations.

use crate::{Fallible, Interrupt};
use molkit::rl::algo::{Ppo, PpoConfig, Progress};
use molkit::rl::env::{TorsionEnvironment, TorsionEnvironmentConfig, TorsionMemory};
use molkit::rl::policy::{ActorCritic, Categorical, GraphPolicy, GraphPolicyConfig};
use molkit::rl::search::{MonteCarloMinimization, RandomSearch, Search, SearchRecord, SystematicSearch, TorsionTask};
use molkit::rl::{Budget, DEFAULT_THERMAL_ENERGY, Normalizer, Until, Vectorised, collect};
use molkit::units::KCAL_PER_MOL;
use molkit::{Observer, ProgressBar, Seed, Stop, watch};
use std::ops::ControlFlow;

/// The table's rows.
pub(crate) const METHODS: [&str; 5] = ["random", "systematic", "Monte-Carlo minimisation", "untrained policy", "PPO"];

/// Environments side by side, steps of an episode, angles per torsion.
const COLUMNS: usize = 8;
const EPISODE: usize = 12;
const BINS: usize = 6;

/// Searches by method number `method` until `minimizations` are spent; `None` if interrupted.
pub(crate) fn search(
    method: usize,
    task: &TorsionTask,
    minimizations: u64,
    seed: Seed,
    interrupt: &Interrupt,
) -> Fallible<Option<SearchRecord>> {
    let budget = Budget::of_minimizations(minimizations)?;
    let mut rng = seed.stream(METHODS[method]).rng();
    let mut interrupt = interrupt.clone();
    let record = if method < 3 {
        let searches: [&dyn Search; 3] =
            [&RandomSearch, &SystematicSearch::default(), &MonteCarloMinimization::default()];
        let bar = ProgressBar::new(&format!("   {}", METHODS[method]), minimizations, |now: &SearchRecord| {
            let lowest = now.lowest().unwrap_or(f64::NAN) / KCAL_PER_MOL;
            format!("lowest {lowest:.2} kcal/mol, {} conformers", now.conformers().len())
        });
        searches[method].run(task, &budget, &mut (bar, interrupt.clone()), &mut rng)?
    } else {
        policy(task, &budget, method == 4, seed, &mut interrupt)?
    };
    let stopped = Observer::<()>::observe(&mut interrupt, 0, &()).is_break();
    Ok((!stopped).then_some(record))
}

/// Lets the graph policy act in eight copies of the environment, with or without learning from it.
///
/// The first 48 minimisations are random and give the reward its zero and scale: nothing is known beforehand.
fn policy(
    task: &TorsionTask,
    budget: &Budget,
    train: bool,
    seed: Seed,
    interrupt: &mut Interrupt,
) -> Fallible<SearchRecord> {
    let total = budget.remaining();
    let mut rng = seed.stream("first look").rng();
    let mut record = RandomSearch.run(task, &budget.part(48.min(total / 4))?, interrupt, &mut rng)?;
    let energies = record.conformers().energies();
    let normalizer = Normalizer::from_energies(&energies, DEFAULT_THERMAL_ENERGY)?;
    let settings = TorsionEnvironmentConfig {
        bins: BINS,
        steps: EPISODE,
        memory: TorsionMemory::Run,
        ..TorsionEnvironmentConfig::default()
    };
    let environment = TorsionEnvironment::new(task.clone(), normalizer, settings, budget.clone())?;
    let mut rng = seed.stream("weights").rng();
    let shape = GraphPolicyConfig::default();
    let network = GraphPolicy::<_, f32>::new(shape, environment.graph(), Categorical::new(BINS)?, &mut rng)?;
    let copies: Vec<_> = budget.split(COLUMNS)?.into_iter().map(|part| environment.fork(part)).collect();
    let recorders: Vec<_> = copies.iter().map(TorsionEnvironment::recorder).collect();
    let mut copies = Vectorised::new(copies, seed.stream("copies"))?;
    let name = if train { "   PPO" } else { "   untrained policy" };
    let mut bar = ProgressBar::new(name, total, |(): &()| String::new());
    // Shows what is spent, and ends when all of it is, or when asked to.
    let mut account = || {
        Observer::<()>::observe(interrupt, 0, &())?;
        bar.observe(budget.spent().minimizations, &())?;
        if budget.is_exhausted() { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
    };
    if train {
        let config = PpoConfig {
            iterations: total,
            reward_scale: normalizer.partition,
            seed: seed.stream("PPO"),
            ..PpoConfig::small_budget()
        };
        Ppo::new(config, network)?.train(&mut copies, &mut watch(|_, _: &Progress| account()), None)?;
    } else {
        let mut memories = vec![vec![0.0; network.memory()]; COLUMNS];
        while account().is_continue() {
            collect(&network, &mut copies, &mut memories, Until::Steps(1))?;
        }
    }
    record.append(&environment.record(Clone::clone))?;
    record.append(&SearchRecord::merge(
        &recorders.iter().map(molkit::rl::env::TorsionRecorder::record).collect::<Vec<_>>(),
    )?)?;
    Ok(record)
}
