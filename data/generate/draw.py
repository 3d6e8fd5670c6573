#!/usr/bin/env python3
"""draw.py SYSTEM ROLE N [START]: put N configurations of a learned run on the list of a role with tensors (training, testing, large).

The force field is fitted to everything embedded that it may learn from; each role has a run of its own (seed and start, see DRAW), so that
training and testing frames are independent. START: a file whose first frame starts the run. What is drawn later comes from a later run."""
import json
import sys

import extxyz
from choose import fit, run, scratch, whole
from targets import DATA, DRAW, EXPLORE, computed, frames_in, list_path, same_cell, waiting


def main(system, role, count, start=None):
    d, folder = DRAW[system], scratch()
    registered = next(e for e in json.load(open(f'{DATA}/registry.json'))['datasets'] if e['id'] == system)
    field = f'{folder}/ff.json.gz'
    fit(system, registered, field)
    known = frames_in(f'{DATA}/{system}/{role}.xyz.gz') + waiting(system, role)
    number = max([int(f['info']['label'][2:]) + 1 for f in known] + [int(k[2:]) + 1 for k in computed(system, role)], default=0)
    seed = d['seeds'][role] + number
    starts = frames_in(start) if start else frames_in(f'{DATA}/{system}/selected.xyz.gz')
    first = starts[0] if start else starts[-1 - d['seeds'][role] % min(len(starts), 7)]
    extxyz.write(f'{folder}/start.xyz', [{'info': same_cell(first), 'species': first['species'], 'arrays': {'pos': first['arrays']['pos']}}])
    steps = d['equilibration'] + count*d['apart']
    kelvin = d['temperature'] if 'phase' not in first['info'] else d['temperature'][first['info']['phase']]
    made = run(field, f'{folder}/start.xyz', f'{folder}/md.xyz', '--ensemble', 'nvt', '--temperature', str(kelvin), '--steps', str(steps),
               '--save-every', str(d['apart']), '--seed', str(seed), *EXPLORE[system].get('md', ()))
    drawn = made[-count:]
    if len(drawn) < count or not all(whole(f, EXPLORE[system].get('bonded', ())) for f in drawn):
        sys.exit(f'{system} {role}: the run stopped early or broke a molecule; the force field needs more frames')
    listed = waiting(system, role)
    for frame in drawn:
        info = {**same_cell(first), 'label': f'{role[:2]}{number:04d}', 'run': f'{role}-{seed}', 'time': float(frame['info']['time'])}
        listed.append({'info': info, 'species': frame['species'], 'arrays': {'pos': frame['arrays']['pos']}})
        number += 1
    extxyz.write(list_path(system, role), listed)
    print(f'{system} {role}: {count} frames {d["apart"]} steps apart')


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:5])
