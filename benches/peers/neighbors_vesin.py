"""Neighbour lists of the same liquid in vesin and ASE: pairs (i, j, shift) within 5 Å, rebuilt from scratch.

Run:  pip install -r benches/peers/requirements.txt && python benches/peers/neighbors_vesin.py
Beside `cargo bench --bench neighbors`, whose `half` and `full` figures are the same work (there the pairs are sorted as well).
"""

import time

import numpy as np
from ase import Atoms
from ase.neighborlist import neighbor_list
from vesin import NeighborList

DENSITY, CUTOFF = 0.1, 5.0


def liquid(atoms):
    """A jittered cubic lattice: the statistics of benches/neighbors.rs, with numpy's random numbers."""
    edge = (atoms / DENSITY) ** (1 / 3)
    side = int(np.ceil(round(atoms ** (1 / 3), 9)))
    k = np.arange(atoms)
    sites = np.stack([k // (side * side), k // side % side, k % side], axis=1)
    jitter = np.random.default_rng(1).random((atoms, 3))
    return (sites + jitter) * (edge / side), np.eye(3) * edge


def best(run, repeats):
    times = []
    for _ in range(repeats):
        start = time.process_time()
        pairs = run()
        times.append(time.process_time() - start)
    return 1e3 * min(times), pairs


for atoms in (100, 1000, 8000, 32000):
    points, box = liquid(atoms)
    for full in (False, True):
        lists = NeighborList(cutoff=CUTOFF, full_list=full)
        # "P" and "S" are the pairs and the shifts in units of the cell, all that a kernel needs.
        sort = [NeighborList(cutoff=CUTOFF, full_list=full, sorted=True), lists]
        figures = []
        for calculator in sort:
            ms, pairs = best(lambda c=calculator: len(c.compute(points, box, True, "PS")[0]), 20 if atoms < 10000 else 7)
            figures.append(f"{ms:9.3f} ms")
        kind = "full" if full else "half"
        print(f"vesin {kind} {atoms:6d} atoms  {pairs:8d} pairs  sorted {figures[0]}  unsorted {figures[1]}")
    system = Atoms(numbers=[18] * atoms, positions=points, cell=box, pbc=True)
    ms, pairs = best(lambda: len(neighbor_list("ijS", system, CUTOFF)[0]), 3)
    print(f"ase   full {atoms:6d} atoms  {pairs:8d} pairs  {ms:9.3f} ms")
