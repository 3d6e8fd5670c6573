#!/usr/bin/env python3
"""spotcheck.py SYSTEM [FRAME]: one frame of the trajectory at a denser k-grid and at a higher cutoff, against the embedded numbers.

Appends what moves to convergence/spotcheck.json: shift of the mean tensor, largest change of any element, of Z* and of the forces."""
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
from solids.dfpt import compute
from solids.systems import DFT
from targets import DATA, WORK, frames_in

FINER = {
    'sio2': ({'kpoints': '4 4 4 0 0 1'}, {'ecutwfc': 45, 'ecutrho': 360}),
    'nacl': ({'kpoints': '4 4 4 1 1 1'}, {'ecutwfc': 50, 'ecutrho': 200}),
    'aln': ({'kpoints': '8 8 4 0 0 1'}, {'ecutwfc': 50, 'ecutrho': 400}),
    'si': ({'kpoints': '8 8 8 1 1 1'}, {'ecutwfc': 28, 'ecutrho': 112}),
}


def main(name, index=0):
    frame = frames_in(f'{DATA}/{name}/trajectory.xyz.gz')[index]
    eps = np.array([float(v) for v in frame['info']['dielectric'].split()]).reshape(3, 3)
    bec, forces = frame['arrays']['bec'], frame['arrays']['forces']
    path = f'{HERE}/convergence/spotcheck.json'
    results = json.load(open(path)) if os.path.exists(path) else {}
    for change in FINER[name]:
        key = f'{name} frame {index} ' + ' '.join(f'{k}={v}' for k, v in change.items())
        if key in results:
            continue
        fine = compute({**frame, 'arrays': {'pos': frame['arrays']['pos']}}, {**DFT[name], **change}, f'{WORK}/scratch/spotcheck-{name}')
        d = fine['info']['dielectric'].reshape(3, 3) - eps
        iso = np.trace(d)/3
        results = json.load(open(path)) if os.path.exists(path) else {}
        results[key] = {'mean_eps': float(np.trace(eps)/3), 'shift_of_mean_eps': float(iso), 'largest_change_of_the_rest': float(abs(d - iso*np.eye(3)).max()),
                        'largest_change_of_bec': float(abs(fine['arrays']['bec'] - bec).max()), 'largest_change_of_force': float(abs(fine['arrays']['forces'] - forces).max()),
                        'asr': fine['info']['asr']}
        json.dump(results, open(path, 'w'), indent=1)
        print(key, results[key], flush=True)


if __name__ == '__main__':
    main(sys.argv[1], *(int(v) for v in sys.argv[2:3]))
