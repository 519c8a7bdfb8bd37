//! Figures and reports: what is refused, what is escaped, that bytes repeat, and a whole example report.

use super::axis::{Axis, Scale};
use super::*;
use crate::{Error, Seed};

fn labels(low: f64, high: f64, scale: Scale) -> Vec<String> {
    let axis = Axis::fit("axis", scale, Some((low, high)), None, std::iter::empty(), false).expect("valid range");
    axis.ticks(5).into_iter().map(|tick| tick.label).collect()
}

#[test]
fn ticks_are_round_numbers() {
    assert_eq!(labels(0.0, 1.0, Scale::Linear), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(labels(-3.2, 3.1, Scale::Linear), ["−3", "−2", "−1", "0", "1", "2", "3"]);
    assert_eq!(
        labels(-419.93, -419.87, Scale::Linear),
        ["−419.93", "−419.92", "−419.91", "−419.90", "−419.89", "−419.88", "−419.87"]
    );
    assert_eq!(labels(0.0, 2e-7, Scale::Linear), ["0", "5e−8", "1e−7", "1.5e−7", "2e−7"]);
    assert_eq!(labels(0.03, 4.0, Scale::Log), ["0.05", "0.1", "0.2", "0.5", "1", "2"]);
    assert_eq!(labels(1e-6, 1e1, Scale::Log)[0], "1e−6");
}

#[test]
fn axes_survive_constant_and_empty_data() {
    let constant = Axis::fit("axis", Scale::Linear, None, None, [2.0, 2.0].into_iter(), false).expect("finite");
    assert!(constant.low < 2.0 && 2.0 < constant.high);
    assert!(Plot::new("x", "y").svg().is_ok());
    assert!(Plot::new("x", "y").points("", &[1.0], &[0.0]).svg().is_ok());
    assert!(Plot::parity("energy", "eV", &[], &[]).svg().is_ok());
    assert!(Plot::new("x", "y").heat_map("c", (0.0, 1.0), (0.0, 1.0), 1, &[f64::NAN]).svg().is_ok());
}

#[test]
fn wrong_data_is_named() {
    let refused = |plot: Plot| plot.svg().expect_err("must be refused").to_string();
    let xy = |x: &[f64], y: &[f64]| Plot::new("x", "y").line("l", x, y);
    assert_eq!(refused(xy(&[0.0, 1.0], &[0.0])), "y of a layer: expected shape [2], got [1]");
    assert_eq!(refused(xy(&[0.0, 1.0], &[0.0, f64::NAN])), "y of a layer 1: NaN is not finite");
    assert!(refused(xy(&[0.0, 1.0], &[0.0, 1.0]).log_y()).contains("positive values"));
    assert!(refused(xy(&[0.0], &[0.0]).x_range(1.0, 1.0)).contains("low < high"));
    assert!(refused(xy(&[0.0], &[0.0]).size(1.0, 1.0)).contains("size of a figure"));
    let edges = Plot::new("x", "y").histogram("h", &[0.0, 1.0], &[1.0, 2.0], None);
    assert_eq!(refused(edges), "edges of a histogram: expected shape [3], got [2]");
    let bars = Plot::new("x", "y").categories(&["C", "H"]).bars("b", &[1.0], None);
    assert_eq!(refused(bars), "bars (one per category): expected shape [2], got [1]");
    assert!(refused(Plot::new("x", "y").heat_map("h", (0.0, 1.0), (0.0, 1.0), 2, &[0.0; 3])).contains("heat map"));
}

#[test]
fn parity_states_its_errors() {
    let svg = Plot::parity("energy", "eV", &[0.0, 1.0, 2.0, 3.0], &[0.3, 1.0, 2.0, 3.4]).svg().expect("valid");
    assert!(svg.contains("MAE 0.175 eV"), "mean of 0.3, 0, 0, 0.4");
    assert!(svg.contains("RMSE 0.250 eV"), "root of (0.09 + 0.16) / 4");
}

#[test]
fn large_data_make_small_files() {
    let mut rng = Seed::new(1).rng();
    let x: Vec<f64> = (0..50_000).map(|_| rng.normal()).collect();
    let y: Vec<f64> = x.iter().map(|x| x + 0.05 * rng.normal()).collect();
    let cloud = Plot::parity("force", "eV/Å", &x, &y).svg().expect("valid");
    assert!(cloud.len() < 120_000, "{} bytes", cloud.len());
    let time: Vec<f64> = (0..200_000).map(f64::from).collect();
    let noise: Vec<f64> = time.iter().map(|_| rng.normal()).collect();
    let line = Plot::new("t", "x").line("", &time, &noise).svg().expect("valid");
    assert!(line.len() < 60_000, "{} bytes", line.len());
}

#[test]
fn a_thinned_line_keeps_its_extremes() {
    let x: Vec<f64> = (0..100_000).map(f64::from).collect();
    let mut y = vec![0.0; x.len()];
    y[54_321] = 1.0;
    let thick = Plot::new("x", "y").line("", &x, &y).y_range(0.0, 1.0).svg().expect("valid");
    // The frame's upper edge stands at 14 pixels, 56 drawing units: the one high point must reach it.
    assert!(thick.contains(",56 "), "the spike was lost");
}

#[test]
fn text_is_escaped_everywhere() {
    let nasty = "<script>alert('x')</script> & \"q\" \u{1}";
    let mut report = Report::new(nasty);
    let plot = Plot::new(nasty, nasty).title(nasty).note(nasty).categories(&[nasty]).bars(nasty, &[1.0], None);
    report.heading(nasty).paragraph(nasty).key_figure(nasty, nasty, nasty);
    report.table(&Table::new([nasty]).row([nasty]), nasty).expect("one cell");
    report.figure("f", &plot, nasty).expect("valid");
    report.record(nasty, &nasty).expect("text");
    let page = report.html();
    let text = &page[..page.find("<script type").expect("the block of numbers")];
    assert!(
        !text.contains("<script") && !text.contains("</script") && !text.contains("'x'") && !page.contains('\u{1}')
    );
    assert_eq!(page.matches("</script>").count(), 1, "only the block of numbers");
    let start = page.find("id=\"numbers\">").expect("numbers are embedded") + "id=\"numbers\">".len();
    let end = start + page[start..].find("</script>").expect("block ends");
    let numbers: serde_json::Value = serde_json::from_str(&page[start..end]).expect("valid JSON");
    assert_eq!(numbers[nasty], nasty);
}

#[test]
fn names_and_rows_are_checked() {
    let mut report = Report::new("r");
    let plot = Plot::new("x", "y");
    for name in ["", "a b", "../up", "Ä"] {
        assert!(matches!(report.figure(name, &plot, ""), Err(Error::InvalidArgument { .. })), "{name:?}");
    }
    report.figure("one", &plot, "").expect("a good name");
    assert!(report.figure("one", &plot, "").is_err(), "a name given twice");
    assert!(report.table(&Table::new(["a", "b"]).row(["1"]), "").is_err());
    report.number("nan", f64::NAN);
    assert!(report.numbers().contains("\"nan\": null"));
}

#[test]
fn uncertain_rounds_to_the_error() {
    assert_eq!(uncertain(0.5, 0.0996), "0.50 ± 0.10");
    assert_eq!(uncertain(1.0, 0.0), "1.00000");
    assert_eq!(uncertain(0.0, f64::NAN), "0");
    assert_eq!(uncertain(-2.5e-7, 3.1e-9), "−0.0000002500 ± 0.0000000031");
}

#[test]
fn a_report_is_written_whole_and_repeats_to_the_byte() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("study/out");
    example().write(&out).expect("writable");
    let page = std::fs::read_to_string(out.join("report.html")).expect("page");
    assert_eq!(page, example().html());
    assert!(
        !page.contains("http://") || page.matches("http://").count() == page.matches("www.w3.org/2000/svg").count()
    );
    let mut names: Vec<_> = std::fs::read_dir(&out)
        .expect("folder")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let expected = "drift.svg elements.svg force-parity.svg map.svg numbers.json report.html torsion.svg training.svg";
    assert_eq!(names.join(" "), expected);
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").expect("writable");
    assert!(matches!(example().write(&blocked), Err(Error::Io { .. })));
    if let Some(copy) = std::env::var_os("MOLKIT_REPORT_EXAMPLE") {
        example().write(std::path::Path::new(&copy)).expect("writable");
    }
}

/// A report like the main study's, on made-up numbers. `MOLKIT_REPORT_EXAMPLE=DIR cargo test` leaves it in DIR.
fn example() -> Report {
    let mut rng = Seed::new(3).rng();
    let steps: Vec<f64> = (0..=60).map(|k| f64::from(k) * 50.0).collect();
    let mut decay = |scale: f64| -> Vec<f64> {
        steps.iter().map(|s| scale * (0.05 + (-s / 500.0).exp()) * (0.1 * rng.normal()).exp()).collect()
    };
    let (training, validation) = (decay(1.0), decay(1.2));
    let reference: Vec<f64> = (0..12_000).map(|_| 1.1 * rng.normal()).collect();
    let predicted: Vec<f64> = reference.iter().map(|f| f + 0.06 * rng.normal()).collect();
    let time: Vec<f64> = (0..20_000).map(|k| f64::from(k) * 5e-4).collect();
    let drift: Vec<f64> = time.iter().map(|t| 0.2 * (40.0 * t).sin() + 0.05 * t + 0.05 * rng.normal()).collect();
    let edges: Vec<f64> = (0..=36).map(|k| -180.0 + 10.0 * f64::from(k)).collect();
    let wells = |shift: f64| -> Vec<f64> {
        edges.windows(2).map(|e| (1.5 * (3.0 * (e[0] + 5.0 + shift).to_radians()).cos()).exp() / 1500.0).collect()
    };
    let error = vec![2e-4; 36];
    let bins = 36;
    let map: Vec<f64> = (0..bins * bins)
        .map(|k| {
            let angle = |i: usize| (-175.0 + 10.0 * i as f64).to_radians();
            (2.0 * angle(k % bins)).cos() + (3.0 * angle(k / bins)).cos()
        })
        .collect();
    let mut report = Report::new("Ethane-1,2-diol: from a SMILES string to dynamics with a network");
    report
        .paragraph("A made-up study that shows every kind of figure. The molecule OCCO, 2000 frames of GFN2-xTB, split by walker.")
        .key_figure("Mean absolute error of test forces", "52.3", "meV/Å")
        .key_figure("Mean absolute error of test energies", "1.4", "meV/atom")
        .key_figure("Energy drift in NVE", "0.05", "meV/ps")
        .key_figure("P(g+) − P(g−)", "0.004 ± 0.011", "");
    report.number("force_mae_ev_per_angstrom", 0.0523).number("drift_ev_per_ps", 5e-5);
    report.record("split", &[19, 4, 4]).expect("a list");
    let curves = Plot::new("optimiser step", "force error, MAE [eV/Å]")
        .log_y()
        .line("training", &steps, &training)
        .line("validation", &steps, &validation)
        .horizontal(0.07);
    let torsion = Plot::new("O–C–C–O torsion [°]", "probability density [1/°]")
        .x_range(-180.0, 180.0)
        .x_step(60.0)
        .histogram("network, 400 K", &edges, &wells(0.0), Some(&error))
        .histogram("data, 600 K", &edges, &wells(20.0), None);
    let elements = Plot::new("element", "force error [meV/Å]")
        .categories(&["C", "H", "O"])
        .bars("train", &[58.0, 37.0, 61.0], Some(&[2.0, 1.0, 2.5]))
        .bars("test", &[64.0, 41.0, 69.0], Some(&[3.0, 1.5, 4.0]));
    let band: (Vec<f64>, Vec<f64>) = time.iter().map(|t| (0.05 * t - 0.2, 0.05 * t + 0.2)).unzip();
    let energy = Plot::new("time [ps]", "E(t) − E(0) [meV]").band("", &time, &band.0, &band.1).line("", &time, &drift);
    let surface = Plot::new("H–O–C–C [°]", "O–C–C–O [°]").size(420.0, 380.0).x_step(60.0).y_step(60.0).heat_map(
        "free energy [kT]",
        (-180.0, 180.0),
        (-180.0, 180.0),
        bins,
        &map,
    );
    let table = Table::new(["element", "atoms", "train [meV/Å]", "test [meV/Å]"])
        .row(["C", "2", "58.0", &uncertain(64.0, 3.0)])
        .row(["H", "6", "37.0", &uncertain(41.0, 1.5)])
        .row(["O", "2", "61.0", &uncertain(69.0, 4.0)]);
    let parity = Plot::parity("force", "eV/Å", &reference, &predicted);
    let fill = |report: &mut Report| -> crate::Result<()> {
        report.heading("Training").figure("training", &curves, "Errors during training; dashed: the target.")?;
        report.figure("force-parity", &parity, "Force components of the test walkers.")?;
        report.table(&table, "Force error by element.")?.figure("elements", &elements, "The same as bars.")?;
        report.heading("Dynamics").figure("drift", &energy, "Total energy in a microcanonical run.")?;
        report.figure("torsion", &torsion, "Torsion of the heavy atoms with block errors.")?;
        report.figure("map", &surface, "Free energy over two torsions.")?;
        Ok(())
    };
    fill(&mut report).expect("the example is valid");
    report
}
