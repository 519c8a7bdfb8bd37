//! A run that is killed by SIGKILL again and again ends with the bytes of one that was left alone.

mod common;

use mol_core::{Seed, units};
use mol_sim::{Dynamics, ExtxyzTrajectoryConfig, Langevin, LangevinConfig, Recorder, RecorderConfig, Walkers};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where the child process works.
const FOLDER: &str = "MOLKIT_KILL_TEST_FOLDER";
const STEPS: u64 = 8_000;

/// Starts or resumes the run in `folder` and takes it to its end.
fn work(folder: &Path) {
    let (system, _) = common::chain();
    let states = (0..5).map(|k| common::start(300.0, k).1).collect();
    let config = LangevinConfig { friction: 2.0 / units::PICOSECOND, ..LangevinConfig::default() };
    let integrator = Langevin::new(&system, config).expect("valid");
    let mut walkers =
        Walkers::new(system, states, &common::chain_potential(), &integrator, Seed::new(1)).expect("valid");
    let trajectory = ExtxyzTrajectoryConfig { stride: 50, ..ExtxyzTrajectoryConfig::default() };
    let config = RecorderConfig { trajectory, checkpoint_stride: 200 };
    let (frames, checkpoint) = (folder.join("run.extxyz"), folder.join("run.checkpoint"));
    let mut recorder = if checkpoint.exists() {
        Recorder::resume(&frames, &checkpoint, config, &mut walkers).expect("what a killed run left can be resumed")
    } else {
        Recorder::create(&frames, &checkpoint, config).expect("a new run")
    };
    walkers.run(STEPS - walkers.step(), 50, &mut recorder).expect("a run without incident");
    std::fs::write(folder.join("done"), "").expect("writable");
}

/// The child: does nothing unless it is told where to work.
#[test]
fn child() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        work(Path::new(&folder));
    }
}

#[test]
fn killed_runs_end_with_the_same_bytes() {
    let (alone, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    work(alone.path());
    let mut rng = Seed::new(17).rng();
    let mut kills = 0;
    while !killed.path().join("done").exists() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env(FOLDER, killed.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Longer as it goes on, so that a slow machine gets to its next checkpoint as well.
        std::thread::sleep(Duration::from_micros(5_000 + rng.below(20_000 + 5_000 * kills) as u64));
        child.kill().unwrap(); // SIGKILL; no effect if it has ended
        kills += usize::from(!child.wait().unwrap().success());
        assert!(kills < 200, "the run does not get on");
    }
    assert!(kills >= 3, "only {kills} runs were killed: the test is too short to test anything");
    for file in ["run.extxyz", "run.checkpoint"] {
        let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join(file)).unwrap();
        assert!(read(&alone) == read(&killed), "{file} after {kills} kills");
    }
}
