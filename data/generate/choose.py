#!/usr/bin/env python3
"""choose.py SYSTEM N [CANDIDATES]: put the N configurations that would teach a force field most on the list WORK/SYSTEM/select.xyz.

The force field is fitted to what is embedded, with the package itself (built: npm run build). Candidates without a file: Langevin runs
of that force field, see EXPLORE. work.py computes what is on the list (role `selected`); each call is a round, whose number the frames keep."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np

import extxyz
from targets import DATA, EXPLORE, by_phase, computed, frames_in, list_path, same_cell, waiting

CLI = os.path.join(DATA, '..', 'dist', 'cli', 'main.js')
LEARNED_FROM = ('trajectory', 'displaced', 'selected', 'training')       # never from `testing`


def scratch():
    """A folder for what the package writes: it refuses to write among its own data, where the work folder may lie."""
    folder = tempfile.mkdtemp(prefix='spectensor-')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def spectensor(*words, may_stop=False):
    """What a command prints with --json; None where it stopped and may."""
    done = subprocess.run(['node', CLI, *words, '--json'], stdout=subprocess.PIPE, text=True)
    if done.returncode and not may_stop:
        sys.exit(f'spectensor {words[0]} failed')
    return None if done.returncode else json.loads(done.stdout)


def force_field_options(system):
    return {'ridge': {'kind': 'fixed', 'value': 1e-9}, **EXPLORE[system].get('options', {})}


def fit(system, registered, out):
    """Fits the force field of a set to everything embedded of it that may be learned from."""
    train = [f'{DATA}/{f["path"]}' for f in registered['files'] if f['role'] in LEARNED_FROM]
    options = json.dumps(force_field_options(system))
    done = spectensor('fit', 'forcefield', '--train', *train, '--options', options, '--posterior', '--out', out)
    print(f'force field of {done["train"]["frames"]} frames, forces {done["train"]["forces"]["rmse"]:.1f} meV/A', flush=True)


def whole(frame, bonded):
    """Whether every atom of each (species, other, longest) of `bonded` still has such a neighbour: a field of few frames may break molecules."""
    cell = np.array([float(v) for v in frame['info']['Lattice'].split()]).reshape(3, 3)
    names, pos = np.array(frame['species']), frame['arrays']['pos']
    for a, b, longest in bonded:
        d = (pos[names == a][:, None] - pos[names == b][None]) @ np.linalg.inv(cell)
        nearest = np.linalg.norm((d - np.round(d)) @ cell, axis=-1).min(1)
        if nearest.max() > longest or nearest.min() < longest/2:
            return False
    return True


def run(field, start, out, *words):
    """A run of the field, from its beginning and without the frame that it starts from; frames before a stop count."""
    for old in (out, f'{out}.restart.json'):
        if os.path.exists(old):
            os.remove(old)
    if spectensor('md', field, start, *words, '--out', out, may_stop=True) is None:
        print(f'{os.path.basename(out)}: the run stopped early', flush=True)
    return frames_in(out)[1:]


def explore(system, field, registered, folder, seed):
    """Candidates: a run at each temperature from the newest frames, molecules whole."""
    settings, frames = EXPLORE[system], []
    reference = frames_in(f'{DATA}/{system}/reference.xyz.gz')
    starts = reference if reference and not settings.get('from_selected') else frames_in(f'{DATA}/{system}/selected.xyz.gz')[::-1]
    phases = list(by_phase(starts).values())
    for i, kelvin in enumerate(settings.get('temperatures') or (1.5*registered['temperature'],)):
        own = phases[i % len(phases)]                           # the phases in turn
        start = own[i//len(phases) % len(own)]
        extxyz.write(f'{folder}/start.xyz', [{'info': same_cell(start), 'species': start['species'], 'arrays': {'pos': start['arrays']['pos']}}])
        made = run(field, f'{folder}/start.xyz', f'{folder}/md.xyz', '--ensemble', 'nvt', '--temperature', str(kelvin), '--steps', str(settings['steps']),
                   '--save-every', str(settings['every']), '--seed', str(seed + i), *settings.get('md', ()))
        kept = [f for f in made if whole(f, settings.get('bonded', ()))]
        print(f'{kelvin:g} K: {len(kept)} of {len(made)} frames whole', flush=True)
        frames += [{**f, 'info': {**same_cell(start), 'run': f'learned-{kelvin:g}K'}} for f in kept]
    return frames


def main(system, count, candidates=None):
    if not os.path.exists(CLI):
        sys.exit('the package is not built: npm run build')
    folder = scratch()
    picks = f'{folder}/picks.xyz'
    registered = next(d for d in json.load(open(f'{DATA}/registry.json'))['datasets'] if d['id'] == system)
    field = f'{folder}/ff.json.gz'
    fit(system, registered, field)
    known, listed = frames_in(f'{DATA}/{system}/selected.xyz.gz'), waiting(system)
    number = 1 + max([int(f['info']['label'][1:]) for f in known + listed] + [int(k[1:]) for k in computed(system, 'selected')], default=-1)
    turn = 1 + max([int(f['info'].get('round', 0)) for f in known + listed], default=0)
    frames = frames_in(candidates) if candidates else explore(system, field, registered, folder, number + 1)
    extxyz.write(f'{folder}/candidates.xyz', [{'info': {'Lattice': f['info']['Lattice'], 'pbc': f['info']['pbc']}, 'species': f['species'], 'arrays': {'pos': f['arrays']['pos']}}
                                              for f in frames])
    extxyz.write(f'{folder}/already.xyz', listed)
    chosen = spectensor('select', field, f'{folder}/candidates.xyz', '--count', str(count), '--out', picks, *(['--already', f'{folder}/already.xyz'] if listed else []))
    for frame, pick in zip(extxyz.read(picks), chosen['picks']):
        candidate = frames[pick['frame']]
        info = {**same_cell(candidate), 'label': 's%04d' % number, 'round': str(turn), **({'run': candidate['info']['run']} if 'run' in candidate['info'] else {}), 'gain': '%.4g' % pick['gain']}
        listed.append({'info': info, 'species': frame['species'], 'arrays': {'pos': frame['arrays']['pos']}})
        print(info['label'], f'gain {pick["gain"]:.1f} nats, estimated error of the worst force {1000*pick["forceError"]:.0f} meV/A')
        number += 1
    extxyz.write(list_path(system, 'selected'), listed)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:4])
