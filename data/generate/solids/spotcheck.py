#!/usr/bin/env python3
"""spotcheck.py SYSTEM...: the reference and one displaced structure at a denser k-grid and at a higher cutoff.

Uses the symmetry of the structure, which makes this cheap. Writes eps, its derivative along the displacement (one-sided) and Z* of
the symmetry-distinct atoms to convergence/spotcheck.json, beside the embedded numbers."""
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
from solids.dfpt import compute
from solids.systems import DFT
from targets import DATA, WORK, frames_in

FINER = {                                   # displaced structure, denser k-grid, higher cutoffs
    'sio2': ('0x+', {'kpoints': '3 3 3 0 0 1'}, {'ecutwfc': 45, 'ecutrho': 300}),
    'nacl': ('0x+', {'kpoints': '4 4 4 1 1 1'}, {'ecutwfc': 50, 'ecutrho': 200}),
    'aln': ('0z+', {'kpoints': '8 8 4 0 0 1'}, {'ecutwfc': 54, 'ecutrho': 360}),
    'si': ('0x+', {'kpoints': '8 8 8 1 1 1'}, {'ecutwfc': 28, 'ecutrho': 112}),
}


def tensor(frame):
    d = frame['info']['dielectric']
    return np.array(d.split() if isinstance(d, str) else d, float)


def summary(reference, displaced, atoms):
    d = (tensor(displaced) - tensor(reference))/float(displaced['info']['delta'])
    return {'eps': tensor(reference).round(4).tolist(), 'deps_per_A': d.round(3).tolist(), 'bec': [reference['arrays']['bec'][k].round(4).tolist() for k in atoms],
            'asr': float(reference['info']['asr'])}


def main(name):
    label, *changes = FINER[name]
    reference = frames_in(f'{DATA}/{name}/reference.xyz.gz')[0]
    displaced = next(f for f in frames_in(f'{DATA}/{name}/displaced.xyz.gz') if f['info']['label'] == label)
    path, atoms = f'{HERE}/convergence/spotcheck.json', DFT[name]['atoms']
    for change in [{}] + changes:
        results = json.load(open(path)) if os.path.exists(path) else {}
        key = f'{name} {label} ' + (' '.join(f'{k}={v}' for k, v in change.items()) or 'embedded')
        if key in results:
            continue
        pair = [reference, displaced]
        if change:
            settings = {**DFT[name], 'nosym': '.false.', **change}
            pair = [compute({**f, 'arrays': {'pos': f['arrays']['pos']}}, settings, f'{WORK}/scratch/spotcheck-{name}') for f in pair]
        results[key] = summary(*pair, atoms)
        json.dump(results, open(path, 'w'), indent=1)
        print(key, results[key], flush=True)


if __name__ == '__main__':
    for system in sys.argv[1:]:
        main(system)
