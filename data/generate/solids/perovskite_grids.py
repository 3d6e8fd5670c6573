#!/usr/bin/env python3
"""perovskite_grids.py PHASE GRID...: eps and Z* of MAPbI3's measured structure (perovskite.py, symmetrised) with other k-points than the set's.

GRID: points of pw.x, e.g. '4 2 4 1 1 1', or `points`, those of the set. The structure's symmetry makes dense grids cheap. Each result, as the
response gives it, goes to convergence/mapbi3_grids.json; what is there is not computed again."""
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
from solids.dfpt import response_of_ph, scf
from solids.harmonic import operations, symmetrised
from solids.perovskite import structure
from solids.systems import CONVERGENCE, DFT
from targets import WORK


def response(phase, grid):
    """{eps, bec (rows = field), sum}, nothing removed."""
    frame = symmetrised(structure(phase))
    own = {} if grid == 'points' else {'kpoints': grid, 'nosym': '.false.'}
    settings, folder = {**CONVERGENCE, **DFT['mapbi3'], 'stress': False, **own}, f'{WORK}/scratch/grids-{phase}'
    print(phase, grid, len(operations(frame)), 'operations', flush=True)
    scf(frame, settings, folder)
    eps, bec = response_of_ph(folder, len(frame['species']), settings)
    return {'eps': eps.round(4).tolist(), 'sum': bec.sum(0).round(4).tolist(), 'bec': bec.round(5).tolist()}


def main(phase, *grids):
    path = f'{HERE}/convergence/mapbi3_grids.json'
    for grid in grids:
        results = json.load(open(path)) if os.path.exists(path) else {}
        if f'{phase} {grid}' in results:
            continue
        found = response(phase, grid)
        results = json.load(open(path)) if os.path.exists(path) else {}
        results[f'{phase} {grid}'] = found
        with open(path + '.part', 'w') as f:
            json.dump(results, f)
        os.replace(path + '.part', path)
        print(phase, grid, np.diag(found['eps']), np.diag(found['sum']), flush=True)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
