"""TICA and VAMP in deeptime on the data of `cargo bench --bench tica`, checked before anything is timed.

Run:  pip install -r benches/peers/requirements.txt && python benches/peers/tica_deeptime.py
One thread each, one after the other.
1. The bench writes a million frames of ten features, and our eigenvalues, singular values and VAMP scores, fitted and held out.
2. deeptime must agree to 1e-8 on all of them, or the script exits with 1.
3. Both are timed: the fastest of seven fits.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import deeptime
import numpy as np
from deeptime.decomposition import TICA, VAMP

ROOT = pathlib.Path(__file__).resolve().parents[2]
FEATURES = 10


def ours(folder=None, results=None):
    """Runs our bench; with `folder` it only writes."""
    environment = os.environ | ({"MOLKIT_PEER": str(folder)} if folder else {"CRITERION_HOME": str(results)})
    command = ["cargo", "bench", "--quiet", "--bench", "tica"] + ([] if folder else ["--", "--noplot"])
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")


def fastest(work):
    times = []
    for _ in range(7):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    ours(folder)
    fit, test = (np.fromfile(folder / name).reshape(-1, FEATURES) for name in ("fit.f64", "test.f64"))
    expected = json.loads((folder / "results.json").read_text())
    lag = expected["lag"]

    tica = TICA(lagtime=lag).fit_from_timeseries([fit]).fetch_model()
    vamp = VAMP(lagtime=lag).fit_from_timeseries([fit]).fetch_model()
    three = VAMP(lagtime=lag, dim=3).fit_from_timeseries([fit]).fetch_model()
    held_out = VAMP(lagtime=lag).fit_from_timeseries([test]).fetch_model()
    scores = ("VAMP1", "VAMP2", "VAMPE")
    theirs = {
        "tica_eigenvalues": tica.singular_values,
        "tica_timescales": tica.timescales(lagtime=lag),
        "vamp_singular_values": vamp.singular_values,
        "scores_fit": [three.score(r=r, dim=3) for r in scores],
        "scores_test": [three.score(r=r, test_model=held_out, dim=3) for r in scores],
    }
    print(f"deeptime {deeptime.__version__}, numpy {np.__version__}; largest relative differences:")
    worst = 0.0
    for name, values in theirs.items():
        difference = np.max(np.abs(np.asarray(values) / np.asarray(expected[name]) - 1.0))
        worst = max(worst, difference)
        print(f"  {name:22} {difference:.1e}")
    if not worst < 1e-8:
        sys.exit("the two disagree: nothing is timed")

    results = folder / "criterion"
    ours(results=results)
    for name, work in (
        ("tica", lambda: TICA(lagtime=lag).fit_from_timeseries([fit]).fetch_model().singular_values),
        ("vamp", lambda: VAMP(lagtime=lag).fit_from_timeseries([fit]).fetch_model().singular_values),
    ):
        sample = json.loads(next(results.glob(f"**/{name}*/new/sample.json")).read_text())
        mine = min(t / n for t, n in zip(sample["times"], sample["iters"])) * 1e-9
        peer = fastest(work)
        print(f"{name}: molkit {mine * 1e3:.1f} ms, deeptime {peer * 1e3:.1f} ms, ratio {peer / mine:.2f}")
