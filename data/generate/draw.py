#!/usr/bin/env python3
"""draw.py SYSTEM ROLE N [START]: put N configurations of a learned run on the list of a role with tensors (training, testing, large).

The force field is fitted to everything embedded that it may learn from; each role has a run of its own (seed and start, see DRAW), so that
training and testing frames are independent; a set of several phases has a run of each, N frames from each. START: a file whose first frame
starts the run. What is drawn later comes from a later run."""
import json
import sys

import numpy as np

import extxyz
from choose import fit, run, scratch, whole
from targets import DATA, DRAW, EXPLORE, by_phase, computed, frames_in, list_path, same_cell, waiting


def drawn(system, role, field, folder, first, seed, count):
    """The last `count` frames of a run from `first`, `apart` steps from one another."""
    d = DRAW[system]
    extxyz.write(f'{folder}/start.xyz', [{'info': same_cell(first), 'species': first['species'], 'arrays': {'pos': first['arrays']['pos']}}])
    kelvin = d['temperature'] if 'phase' not in first['info'] else d['temperature'][first['info']['phase']]
    made = run(field, f'{folder}/start.xyz', f'{folder}/md.xyz', '--ensemble', 'nvt', '--temperature', str(kelvin), '--steps', str(d['equilibration'] + count*d['apart']),
               '--save-every', str(d['apart']), '--seed', str(seed), *EXPLORE[system].get('md', ()))[-count:]
    if len(made) < count or not all(whole(f, EXPLORE[system].get('bonded', ())) for f in made):
        sys.exit(f'{system} {role}: the run stopped early or broke a molecule; the force field needs more frames')
    return [{'info': {**same_cell(first), 'run': f'{role}-{seed}', 'time': float(f['info']['time'])}, 'species': f['species'], 'arrays': {'pos': f['arrays']['pos']}} for f in made]


def supercell(system, copies):
    """The reference of a set, so many times along each edge."""
    frame = frames_in(f'{DATA}/{system}/reference.xyz.gz')[0]
    cell = np.array([float(v) for v in frame['info']['Lattice'].split()]).reshape(3, 3)
    shifts = np.array([[i, j, k] for i in range(copies) for j in range(copies) for k in range(copies)]) @ cell
    info = {'Lattice': ' '.join('%.10g' % v for v in (copies*cell).ravel()), 'pbc': frame['info']['pbc']}
    return {'info': info, 'species': list(frame['species'])*len(shifts), 'arrays': {'pos': np.concatenate([frame['arrays']['pos'] + s for s in shifts])}}


def main(system, role, count, start=None):
    d, folder = DRAW[system], scratch()
    sources = d.get('learns_from', (system,))
    files = [f for e in json.load(open(f'{DATA}/registry.json'))['datasets'] if e['id'] in sources for f in e['files']]
    field = f'{folder}/ff.json.gz'
    fit(system, {'files': files}, field)
    known = frames_in(f'{DATA}/{system}/{role}.xyz.gz') + waiting(system, role)
    number = max([int(f['info']['label'][2:]) + 1 for f in known] + [int(k[2:]) + 1 for k in computed(system, role)], default=0)
    seed = d['seeds'][role] + number
    phases = [frames_in(start)[:1]] if start else [[supercell(*d['supercell'])]] if 'supercell' in d else list(by_phase(frames_in(f'{DATA}/{system}/selected.xyz.gz')).values())
    runs = [drawn(system, role, field, folder, own[-1 - d['seeds'][role] % min(len(own), 7)], seed + i, count) for i, own in enumerate(phases)]
    listed = waiting(system, role)
    for frame in [f for together in zip(*runs) for f in together]:
        listed.append({**frame, 'info': {'label': f'{role[:2]}{number:04d}', **frame['info']}})
        number += 1
    extxyz.write(list_path(system, role), listed)
    print(f'{system} {role}: {count} frames{" of each phase" if len(runs) > 1 else ""} {d["apart"]} steps apart')


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:5])
