//! Torsions of the trajectory: histograms with errors, and the two symmetries they must obey.

use crate::dynamics::Sampled;
use crate::graph::Matched;
use crate::{Fallible, Study};
use molkit::geometry::dihedral;
use molkit::io::read_extxyz;
use molkit::nn::{NeuralPotential, TrainingWalls};
use molkit::report::{Plot, Table, uncertain};
use molkit::stats::{Histogram, mean, variance};
use molkit::{Domain, PotentialExt};
use std::f64::consts::PI;

const BINS: usize = 36;
/// Blocks per walker.
const BLOCKS: usize = 2;

/// Angles of one torsion [rad], by walker.
type Series = Vec<Vec<f64>>;

/// Reads the trajectory and reports.
pub(crate) fn study(
    study: &mut Study,
    sampled: &Sampled,
    mut potential: NeuralPotential<f32>,
    mut walls: TrainingWalls,
    matched: &Matched,
) -> Fallible<()> {
    let torsions = [matched.backbone, matched.hydroxyls[0], matched.hydroxyls[1]];
    let mut angles: [Series; 3] = Default::default();
    let (mut frames, mut at_walls) = (0_u64, 0_u64);
    for snapshot in read_extxyz(&sampled.path)? {
        let snapshot = snapshot?;
        let number = |key: &str| {
            snapshot.info.get(key).and_then(molkit::io::Value::to_real).ok_or(format!("a frame has no {key}"))
        };
        let (step, walker) = (number("step")?, number("walker")? as usize);
        if step <= sampled.from as f64 {
            continue;
        }
        frames += 1;
        potential.energy(snapshot.frame()); // counts the frames outside the training range
        at_walls += u64::from(walls.energy(snapshot.frame()) > 0.0);
        for (series, [a, b, c, d]) in angles.iter_mut().zip(torsions) {
            if series.len() <= walker {
                series.resize_with(walker + 1, Vec::new);
            }
            let x = &snapshot.positions;
            series[walker].push(dihedral(&x[a], &x[b], &x[c], &x[d]));
        }
    }
    let [backbone, first, second] = &angles;
    let plot = histograms(Plot::new("O–C–C–O [degrees]", "density [1/degree]"), &[("network, 400 K", backbone)])?;
    study.report.figure(
        "torsion-occo",
        &plot,
        "The backbone torsion, with standard errors over blocks of half a walker.",
    )?;
    let hydroxyls = [("first hydroxyl", first), ("second hydroxyl", second)];
    let plot = histograms(Plot::new("H–O–C–C [degrees]", "density [1/degree]"), &hydroxyls)?;
    study.report.figure(
        "torsion-hocc",
        &plot,
        "The two hydroxyl torsions; the exchange of the ends makes their densities equal.",
    )?;

    // Wells: gauche+ around +60°, trans around 180°, gauche− around −60°.
    let gauche = |sign: f64| move |a: f64| (0.0..2.0 * PI / 3.0).contains(&(sign * a));
    let trans = |a: f64| a.abs() >= 2.0 * PI / 3.0;
    let plus = fraction(backbone, gauche(1.0))?;
    let minus = fraction(backbone, gauche(-1.0))?;
    let anti = fraction(backbone, trans)?;
    let mut table = Table::new(["quantity", "left side", "right side", "difference", "in standard errors"]);
    let mut check = |name: &str, key: &str, left: &[f64], right: &[f64]| -> Fallible<()> {
        let difference: Vec<f64> = left.iter().zip(right).map(|(a, b)| a - b).collect();
        let ((l, dl), (r, dr), (d, dd)) = (summary(left)?, summary(right)?, summary(&difference)?);
        let cells =
            [name.to_owned(), uncertain(l, dl), uncertain(r, dr), uncertain(d, dd), format!("{:.1}", (d / dd).abs())];
        table = std::mem::replace(&mut table, Table::new([""])).row(cells);
        study.report.record(key, &serde_json::json!({"left": l, "right": r, "difference": d, "error": dd}))?;
        Ok(())
    };
    check("mirror: P(g+) = P(g−) of O–C–C–O", "symmetry_gauche", &plus, &minus)?;
    let pair = |test: &dyn Fn(f64) -> bool| -> Fallible<(Vec<f64>, Vec<f64>)> {
        Ok((fraction(first, test)?, fraction(second, test)?))
    };
    for (name, key, test) in [
        ("exchange: P(trans) of H–O–C–C, first = second", "symmetry_hocc_trans", &trans as &dyn Fn(f64) -> bool),
        ("exchange: P(g+) of H–O–C–C, first = second", "symmetry_hocc_plus", &gauche(1.0)),
        ("exchange: P(g−) of H–O–C–C, first = second", "symmetry_hocc_minus", &gauche(-1.0)),
    ] {
        let (left, right) = pair(test)?;
        check(name, key, &left, &right)?;
    }
    for (name, key, values) in
        [("P(g+)", "p_gauche_plus", &plus), ("P(trans)", "p_trans", &anti), ("P(g−)", "p_gauche_minus", &minus)]
    {
        let (value, error) = summary(values)?;
        study.report.key_figure(name, &uncertain(value, error), "of O–C–C–O at 400 K");
        study.report.record(key, &serde_json::json!({"value": value, "error": error}))?;
        println!("   {name} = {}", uncertain(value, error));
    }
    let caption =
        "Symmetries the sampling must obey whatever the potential: a network of distances cannot tell left from right.";
    study.report.table(&table, caption)?;
    let outside = potential.frames_outside();
    let text = format!(
        "{outside} of {frames} frames hold a distance more than 0.1 Å outside the range of the training data for its pair \
         of elements; {at_walls} touch a wall."
    );
    study.report.paragraph(&text);
    study.report.number("frames_analysed", frames as f64);
    study.report.number("frames_outside_training_range", outside as f64);
    study.report.number("frames_at_walls", at_walls as f64);
    Ok(())
}

/// Blocks of all walkers.
fn blocks(series: &Series) -> Fallible<Vec<&[f64]>> {
    Ok(series.iter().map(|s| molkit::stats::split(s, BLOCKS)).collect::<Result<Vec<_>, _>>()?.concat())
}

/// Fraction of each block for which `test` holds.
fn fraction(series: &Series, test: impl Fn(f64) -> bool) -> Fallible<Vec<f64>> {
    Ok(blocks(series)?.iter().map(|b| b.iter().filter(|a| test(**a)).count() as f64 / b.len() as f64).collect())
}

/// Mean over blocks and its standard error.
fn summary(blocks: &[f64]) -> Fallible<(f64, f64)> {
    Ok((mean(blocks)?, (variance(blocks)? / blocks.len() as f64).sqrt()))
}

fn histograms(mut plot: Plot, series: &[(&str, &Series)]) -> Fallible<Plot> {
    plot = plot.x_range(-180.0, 180.0).x_step(60.0);
    for (name, series) in series {
        let degrees: Series = series.iter().map(|s| s.iter().map(|a| a.to_degrees()).collect()).collect();
        let domain = Domain::Periodic { low: -180.0, high: 180.0 };
        let histogram = Histogram::of_blocks(&blocks(&degrees)?, domain, [-180.0, 180.0], BINS)?;
        let edges: Vec<f64> = (0..=BINS).map(|k| -180.0 + k as f64 * histogram.width()).collect();
        plot = plot.histogram(name, &edges, &histogram.density, Some(&histogram.error));
    }
    Ok(plot)
}
