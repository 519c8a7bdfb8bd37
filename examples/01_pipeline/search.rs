//! Step 6: conformers found by learning and by searches that do not learn, on the network and on a force field.

use crate::dynamics::WALL;
use crate::graph::Matched;
use crate::methods::{METHODS, search};
use crate::{Fallible, Study};
use molkit::embed::EmbedConfig;
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, TrainingWalls};
use molkit::report::{Plot, Table, uncertain};
use molkit::rl::search::{SearchRecord, TorsionTask, TorsionTaskConfig};
use molkit::rl::{DEFAULT_THERMAL_ENERGY, Normalizer, Normalizers};
use molkit::sim::Uff;
use molkit::stats::{mean, variance};
use molkit::units::KCAL_PER_MOL;
use molkit::{Molecule, Sum};

/// A branched alkane of nine torsions.
const ALKANE: &str = "CCCCC(CCCC)CCCC";
/// Conformers within this of the lowest count [eV].
const WINDOW: f64 = 3.0 * KCAL_PER_MOL;
/// Two searches have found the same lowest minimum if their energies are this close [eV].
const SAME: f64 = 0.001;

/// The conformers of ethane-1,2-diol on the network, then of the alkane with `seeds` repetitions; `false` if interrupted.
pub(crate) fn study(study: &mut Study, network: &SchNet<f32>, matched: &Matched, seeds: usize) -> Fallible<bool> {
    study.report.heading("6. Conformer search");
    study.report.paragraph(
        "A search sets torsions, minimises by L-BFGS, checks that no bond has changed, and keeps conformers that differ \
         by torsion fingerprint or energy. All methods have the same number of minimisations, training included. PPO \
         trains a graph policy with memory; its first minimisations are random and give the reward its scale.",
    );
    Ok(glycol(study, network, &matched.molecule)? && alkane(study, seeds)?)
}

/// Ethane-1,2-diol on the network, where 27 starts are all there are.
fn glycol(study: &mut Study, network: &SchNet<f32>, molecule: &Molecule) -> Fallible<bool> {
    let elements = &molecule.elements()?;
    let potential = Sum::new(elements.len())
        .with("network", NeuralPotential::new(network, elements, NeuralPotentialConfig::default())?)?
        .with("walls", TrainingWalls::new(network, elements, WALL)?.with_outer())?;
    let mut config = TorsionTaskConfig::default();
    config.minimize.method.energy_noise = 1e-6; // single precision
    let task = TorsionTask::new(molecule, &potential, config)?;
    let (seed, budget) = (study.seed.stream("search on the network"), if study.quick { 40 } else { 96 });
    let mut records = Vec::new();
    for method in 0..METHODS.len() {
        let Some(record) = search(method, &task, budget, seed, &study.interrupt)? else { return Ok(false) };
        records.push(record);
    }
    let lowest = |record: &SearchRecord| record.lowest().ok_or("a search has found nothing");
    let exact = lowest(&records[1])?; // the grid of 27
    let mut table = Table::new(["method", "minimisations", "lowest − exact [meV]", "found", "distinct minima"]);
    let mut found = 0;
    for (name, record) in METHODS.iter().zip(&records) {
        let above = lowest(record)? - exact;
        found += usize::from(above.abs() <= SAME);
        let cells = [
            if *name == "systematic" { "enumeration of 27 starts" } else { name },
            &record.spent().minimizations.to_string(),
            // Rounded first: a tie is 0.00, not −0.00.
            &format!("{:.2}", (1e5 * above).round() / 100.0 + 0.0).replace('-', "−"),
            if above <= SAME { "yes" } else { "no" },
            &record.conformers().len().to_string(),
        ];
        table = table.row(cells);
    }
    println!("   OCCO: {found} of {} methods end at the lowest of the 27 starts' minima", METHODS.len());
    study.report.table(&table, "Ethane-1,2-diol on the network: enumeration is the exact answer.")?;
    study.report.number("search_glycol_methods_at_exact_minimum", found as f64);
    study.report.number("search_glycol_distinct_minima", records[1].conformers().len() as f64);
    Ok(true)
}

/// The alkane with UFF, 1000 minimisations per method and seed.
fn alkane(study: &mut Study, seeds: usize) -> Fallible<bool> {
    let molecule = Molecule::from_smiles(ALKANE)?.with_explicit_hydrogens()?;
    let molecule = molecule.embedded(1, &EmbedConfig::default(), &mut study.seed.stream("embedding").rng())?;
    let task = TorsionTask::new(&molecule, &Uff::new(&molecule)?, TorsionTaskConfig::default())?;
    let budget = if study.quick { 64 } else { 1000 };
    let mut records: Vec<Vec<SearchRecord>> = vec![Vec::new(); METHODS.len()];
    for repetition in 0..seeds as u64 {
        let seed = study.seed.stream("search").at(repetition);
        for (method, records) in records.iter_mut().enumerate() {
            let Some(record) = search(method, &task, budget, seed, &study.interrupt)? else { return Ok(false) };
            records.push(record);
        }
    }
    // The score's normalisers: all distinct conformers that any method has found.
    let union = SearchRecord::merge(&records.concat())?;
    let best = union.lowest().ok_or("no search has found anything")?;
    let normalizer = Normalizer::from_energies(&union.conformers().energies(), DEFAULT_THERMAL_ENERGY)?;
    let mut normalizers = Normalizers::default();
    normalizers.insert(&format!("{ALKANE}, UFF"), normalizer);
    normalizers.write(study.out.join("normalizers.json"))?;

    let columns = ["method", "lowest − best [kcal/mol]", "within 3 kcal/mol", "Gibbs score", "energy calls", "faults"];
    let mut table = Table::new(columns);
    let mut plot = Plot::new("minimisations", "lowest − best [kcal/mol]").y_range(0.0, 5.0);
    for (name, records) in METHODS.iter().zip(&records) {
        let over = |f: &dyn Fn(&SearchRecord) -> f64| records.iter().map(f).collect::<Vec<f64>>();
        let above = over(&|r| (r.lowest().unwrap_or(f64::INFINITY) - best) / KCAL_PER_MOL);
        let (within, score) = (over(&|r| r.within(WINDOW, best) as f64), over(&|r| r.score(&normalizer)));
        let calls = over(&|r| r.spent().energies as f64);
        let faults: usize = records.iter().map(|r| r.faults().len()).sum();
        let cells = [&above, &within, &score, &calls].map(|x| summary(x));
        println!("   {name}: within 3 kcal/mol {}, score {}", cells[1], cells[2]);
        table = table.row([*name, &cells[0], &cells[1], &cells[2], &cells[3], &faults.to_string()]);
        for (key, values) in [("within_3kcal", &within), ("score", &score), ("lowest_above_best_kcal", &above)] {
            let name = name.to_lowercase().replace([' ', '-'], "_");
            study.report.number(&format!("search_alkane_{name}_{key}"), mean(values)?);
        }
        let curves: Vec<Vec<f64>> = records.iter().map(SearchRecord::best_so_far).collect();
        let length = curves.iter().map(Vec::len).min().unwrap_or(0);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for step in 0..length {
            let average = curves.iter().map(|curve| curve[step] - best).sum::<f64>() / curves.len() as f64;
            if average.is_finite() {
                x.push(step as f64 + 1.0);
                y.push(average / KCAL_PER_MOL);
            }
        }
        plot = plot.line(name, &x, &y);
    }
    let repeated = match seeds {
        1 => "one run each (--full repeats them five times, for errors)".to_owned(),
        _ => format!("{seeds} runs each, standard errors over them"),
    };
    let caption = format!(
        "5-Butylnonane ({ALKANE}) with UFF: {budget} minimisations per method, {repeated}. {} distinct conformers were found in all, {} within 3 kcal/mol of the best; the Gibbs score (kT = 1 kcal/mol) is \
         relative to all of them.",
        union.conformers().len(),
        union.within(WINDOW, best)
    );
    study.report.table(&table, &caption)?;
    study.report.figure("conformer-search", &plot, "Lowest energy found, mean over the repetitions.")?;
    let of = |method: usize| mean(&records[method].iter().map(|r| r.within(WINDOW, best) as f64).collect::<Vec<_>>());
    let [search, untrained, trained] = [of(2)?, of(3)?, of(4)?];
    let verdict = if trained < search { "fewer than" } else { "at least as many as" };
    study.report.paragraph(&format!(
        "PPO finds {:.1} times as many low conformers as its untrained self, and {verdict} Monte-Carlo minimisation, which learns \
         nothing. Its settings were chosen on this molecule.",
        trained / untrained
    ));
    let text = format!("{trained:.0} against {untrained:.0}");
    study.report.key_figure("Low conformers, PPO against its untrained self", &text, "");
    Ok(true)
}

/// Mean with its standard error, or the value alone.
fn summary(values: &[f64]) -> String {
    match (mean(values), variance(values)) {
        (Ok(mean), Ok(variance)) if variance > 0.0 => uncertain(mean, (variance / values.len() as f64).sqrt()),
        (Ok(mean), _) => format!("{mean:.3}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        (Err(error), _) => error.to_string(),
    }
}
