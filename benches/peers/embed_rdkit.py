"""The work of benches/chemistry/embed.rs in RDKit's ETKDGv3, one thread: best of 5 passes, ten conformers of each of the 40 molecules.

    pip install -r benches/peers/requirements.txt
    python benches/peers/embed_rdkit.py [conformers.sdf]

That the conformers are as good is what scripts/embed_coverage.py measures.
"""

import pathlib
import sys
import time

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import AllChem

RDLogger.DisableLog("rdApp.*")
COUNT = 10
beside = pathlib.Path(__file__).resolve().parents[3] / "shared/data/conformers/conformers.sdf"
path = sys.argv[1] if len(sys.argv) > 1 else str(beside)
molecules = [molecule for k, molecule in enumerate(Chem.SDMolSupplier(path, removeHs=False)) if k % 3 == 0]
for molecule in molecules:
    molecule.RemoveAllConformers()

best = float("inf")
for _ in range(5):
    start = time.perf_counter()
    for molecule in molecules:
        parameters = AllChem.ETKDGv3()
        parameters.randomSeed = 1
        parameters.numThreads = 1
        made = AllChem.EmbedMultipleConfs(molecule, COUNT, parameters)
        assert len(made) == COUNT
    best = min(best, time.perf_counter() - start)
print(f"RDKit {rdBase.rdkitVersion}, {len(molecules)} molecules, {COUNT} conformers each")
print(f"embed: ETKDGv3 {best * 1e3:9.2f} ms  {best / len(molecules) / COUNT * 1e6:8.2f} us per conformer")
