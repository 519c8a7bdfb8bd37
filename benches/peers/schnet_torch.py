"""SchNet in PyTorch on the weights, frames and pairs of `cargo bench --bench schnet`, checked before anything is timed.

Run:  pip install -r benches/peers/requirements.txt && python benches/peers/schnet_torch.py [--compile]
One thread each, one after the other, denormals flushed on PyTorch's side (its default is several times slower here).
1. The bench writes models, frames, energies, forces, and a training step's loss, gradient and stepped weights.
2. This network, written as a user of PyTorch would, must agree to 1e-4, or the script exits with 1.
3. Both are timed: the fastest round, the median in brackets. --compile adds torch.compile (evaluation only: it cannot
   differentiate twice).
Both get their pairs ready-made but for our evaluation, whose time includes its neighbour list. Our step also clips the
gradient and averages the weights; PyTorch's is Adam alone.
"""

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ase.io
import numpy as np
import torch
from safetensors import safe_open

ROOT = Path(__file__).resolve().parents[2]
EVALUATIONS = [(9, 64), (21, 64), (21, 128)]
TRAININGS = [64, 128]
TOLERANCE = 1e-4
ENERGY_WEIGHT, FORCE_WEIGHT = 0.02, 1.0  # LossWeights::default()

torch.set_num_threads(1)
assert torch.set_flush_denormal(True), "this processor cannot flush denormals"


def shifted_softplus(x):
    return torch.nn.functional.softplus(x) - math.log(2.0)


class Interaction(torch.nn.Module):
    def __init__(self, features, basis):
        super().__init__()
        linear = torch.nn.Linear
        self.in2f = linear(features, features, bias=False)
        self.filter = torch.nn.ModuleList([linear(basis, features), linear(features, features)])
        self.f2out = torch.nn.ModuleList([linear(features, features), linear(features, features)])

    def forward(self, x, i, j, basis, cutoff):
        filters = self.filter[1](shifted_softplus(self.filter[0](basis))) * cutoff
        messages = self.in2f(x)[j] * filters
        summed = torch.zeros_like(x).index_add(0, i, messages)
        return x + self.f2out[1](shifted_softplus(self.f2out[0](summed)))


class SchNet(torch.nn.Module):
    def __init__(self, elements, features, interactions, basis, cutoff):
        super().__init__()
        self.cutoff = cutoff
        self.embedding = torch.nn.Embedding(elements, features)
        self.interaction = torch.nn.ModuleList([Interaction(features, basis) for _ in range(interactions)])
        self.readout = torch.nn.ModuleList(
            [torch.nn.Linear(features, features // 2), torch.nn.Linear(features // 2, 1)]
        )
        self.register_buffer("centres", torch.linspace(0, cutoff, basis), persistent=False)
        self.gamma = 0.5 / (cutoff / (basis - 1)) ** 2

    def forward(self, positions, species, i, j, molecule, molecules):
        distance = (positions[j] - positions[i]).norm(dim=1, keepdim=True)
        basis = torch.exp(-self.gamma * (distance - self.centres) ** 2)
        cutoff = 0.5 * (torch.cos(distance * (math.pi / self.cutoff)) + 1) * (distance < self.cutoff)
        x = self.embedding(species)
        for interaction in self.interaction:
            x = interaction(x, i, j, basis, cutoff)
        atomic = self.readout[1](shifted_softplus(self.readout[0](x)))[:, 0]
        return torch.zeros(molecules, dtype=atomic.dtype).index_add(0, molecule, atomic)


def read_tensors(path, network):
    """Tensors of our file by the names of `network`'s parameters, in PyTorch's layouts, and our settings."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        settings = json.loads(file.metadata()["molkit"])["config"]
    config = settings["config"]
    if network is None:
        network = SchNet(len(settings["elements"]), **config)
    by_name = {}
    for name, parameter in network.named_parameters():
        ours = tensors.pop(name, None)
        if ours is None:
            ours = tensors.pop(name.removesuffix(".weight"))
        # Our dense layers are x W, PyTorch's x Wᵀ; biases are rows.
        if name.endswith(".bias"):
            ours = ours[0]
        elif not name.startswith("embedding"):
            ours = ours.T.contiguous()
        assert ours.shape == parameter.shape, f"{name}: {ours.shape}, expected {parameter.shape}"
        by_name[name] = ours
    assert not tensors, f"unknown tensors {list(tensors)}"
    return network, by_name, settings


def load(path):
    network, tensors, settings = read_tensors(path, None)
    network.load_state_dict(tensors)
    return network, settings


class Batch:
    """Frames as one graph, every pair in both directions, as PyTorch codes have it; labels in the network's units."""

    def __init__(self, path, settings):
        frames = ase.io.read(path, index=":")
        rows = {element: row for row, element in enumerate(settings["elements"])}
        references = settings["standardization"]["references"]
        scale = settings["standardization"]["scale"]
        positions, species, first, second, molecule, energies, forces = [], [], [], [], [], [], []
        for k, frame in enumerate(frames):
            x = frame.get_positions()
            distances = np.linalg.norm(x[:, None] - x[None], axis=2)
            i, j = np.nonzero((distances < settings["config"]["cutoff"]) & ~np.eye(len(x), dtype=bool))
            first.append(i + sum(map(len, species)))
            second.append(j + sum(map(len, species)))
            row = [rows[symbol] for symbol in frame.get_chemical_symbols()]
            species.append(row)
            positions.append(x)
            molecule.append([k] * len(x))
            energies.append((frame.get_potential_energy() - sum(references[s] for s in row)) / scale)
            forces.append(frame.get_forces() / scale)
        real = lambda x: torch.tensor(np.concatenate(x), dtype=torch.float32)
        whole = lambda x: torch.tensor(np.concatenate(x))
        self.positions, self.forces = real(positions), real(forces)
        self.energies = torch.tensor(energies, dtype=torch.float32)
        self.graph = (whole(species), whole(first), whole(second), whole(molecule), len(frames))
        # 1/(3N) of each atom's frame, over the number of frames.
        sizes = torch.tensor([len(frame) for frame in frames], dtype=torch.float32)
        self.weights = (1 / (3 * sizes * len(frames)))[self.graph[3]][:, None]

    def evaluate(self, network, training=False):
        positions = self.positions.clone().requires_grad_(True)
        energies = network(positions, *self.graph)
        (gradient,) = torch.autograd.grad(energies.sum(), positions, create_graph=training)
        return energies, -gradient

    def loss(self, network):
        energies, forces = self.evaluate(network, training=True)
        energy = ((energies - self.energies) ** 2).mean()
        force = (self.weights * (forces - self.forces) ** 2).sum()
        return ENERGY_WEIGHT * energy + FORCE_WEIGHT * force

    def step(self, network, optimizer):
        optimizer.zero_grad()
        self.loss(network).backward()
        optimizer.step()


def deviation(got, expected):
    """Largest deviation relative to the largest value."""
    return float((got.detach() - expected).abs().max() / expected.abs().max())


def check(what, value):
    print(f"  {what}: {value:.1e}")
    if not value < TOLERANCE:
        sys.exit(f"{what} deviates by {value:.3g}, allowed {TOLERANCE:g}: nothing is timed")


def check_training(folder, name, network, batch):
    loss = batch.loss(network)
    loss.backward()
    ours = float((folder / f"{name}-loss.txt").read_text())
    check(f"{name}, loss {ours:.4f}", abs(loss.item() - ours) / ours)
    _, gradient, _ = read_tensors(folder / f"{name}-gradient.safetensors", network)
    parameters = dict(network.named_parameters())
    largest = max(gradient, key=lambda key: deviation(parameters[key].grad, gradient[key]))
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradient.values()))
    worst = deviation(parameters[largest].grad, gradient[largest])
    check(f"{name}, gradient of norm {norm:.4f}, worst in {largest}", worst)
    # Adam's first step is nearly the sign of the gradient, so rounding decides where that is zero: from our gradient.
    before = {key: parameter.detach().clone() for key, parameter in parameters.items()}
    for key, parameter in parameters.items():
        parameter.grad = gradient[key]
    torch.optim.Adam(network.parameters(), lr=1e-3).step()
    _, stepped, _ = read_tensors(folder / f"{name}-stepped.safetensors", network)
    moved = lambda weights: torch.cat([(weights[key].detach() - before[key]).flatten() for key in before])
    theirs, ours = moved(parameters), moved(stepped)
    check(f"{name}, weights after one step of Adam", float((theirs - ours).norm() / ours.norm()))


def rounds(run, seconds=4.0):
    """Seconds per call, fastest and median, by the wall and the CPU."""
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        run()
    wall, cpu = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(wall) < 10:
        start = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - start[0])
        cpu.append(time.process_time() - start[1])
    return min(wall), statistics.median(wall), sum(cpu) / sum(wall)


def bench(folder=None, results=None):
    """Runs our bench; with `folder` it only writes. Returns its share of a core."""
    environment = os.environ | {"RAYON_NUM_THREADS": "1"}
    environment |= {"MOLKIT_PEER": str(folder)} if folder else {"CRITERION_HOME": str(results)}
    command = ["cargo", "bench", "--quiet", "--bench", "schnet"]
    command += [] if folder else ["--", "--noplot", "network|table/(9|21)|training"]
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    wall, now = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) / wall


def our_times(results):
    """Fastest and median sample of each criterion case."""
    times = {}
    for path in results.glob("**/new/benchmark.json"):
        sample = json.loads((path.parent / "sample.json").read_text())
        each = [t / n * 1e-9 for t, n in zip(sample["times"], sample["iters"])]
        times[json.loads(path.read_text())["full_id"]] = (min(each), statistics.median(each))
    return times


def main():
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder))


def compare(folder):
    bench(folder=folder)
    print(f"PyTorch {torch.__version__}, denormals flushed, one thread. Largest relative deviations:")
    evaluations, trainings = [], []
    for atoms, features in EVALUATIONS:
        name = f"evaluation-{atoms}-{features}"
        network, settings = load(folder / f"{name}.safetensors")
        network.requires_grad_(False)
        batch = Batch(folder / f"{name}.extxyz", settings)
        energies, forces = batch.evaluate(network)
        check(f"{name}, energy {batch.energies[0]:.4f}", deviation(energies, batch.energies))
        check(f"{name}, forces up to {batch.forces.abs().max():.4f}", deviation(forces, batch.forces))
        evaluations.append((f"{atoms} atoms/F={features}", network, batch))
    for features in TRAININGS:
        name = f"training-{features}"
        network, settings = load(folder / f"{name}.safetensors")
        batch = Batch(folder / f"{name}.extxyz", settings)
        check_training(folder, name, network, batch)
        trainings.append((f"schnet/training step/32 x 21 atoms/F={features}", network, batch))

    theirs = {}
    for name, network, batch in evaluations:
        eager = rounds(lambda: batch.evaluate(network))
        theirs |= {f"schnet/{mode}/{name}": eager for mode in ("network", "table")}
        if "--compile" in sys.argv:
            compiled = torch.compile(network)
            check(f"{name} compiled, forces", deviation(batch.evaluate(compiled)[1], batch.forces))
            theirs[f"schnet/network/{name}", "compiled"] = rounds(lambda: batch.evaluate(compiled))
    for name, network, batch in trainings:
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
        theirs[name] = rounds(lambda: batch.step(network, optimizer), seconds=10.0)

    share = bench(results=folder / "criterion")
    ours = our_times(folder / "criterion")
    print(f"Milliseconds, fastest (median); load {os.getloadavg()[0]:.1f}; our bench had {share:.2f} of a core")
    print(f"{'':46}{'PyTorch':>18}{'its core':>9}{'molkit':>18}{'ratio':>7}")
    for key, (fastest, median, core) in theirs.items():
        name, how = key if isinstance(key, tuple) else (key, "")
        us = ours[name]
        pair = lambda t: f"{1e3 * t[0]:.3f} ({1e3 * t[1]:.3f})"
        ratio = fastest / us[0]
        print(f"{name + ' ' + how:46}{pair((fastest, median)):>18}{core:9.2f}{pair(us):>18}{ratio:7.1f}")


if __name__ == "__main__":
    main()
