#!/usr/bin/env python3
"""choose.py SYSTEM N [CANDIDATES]: put the N configurations that would teach a force field most on the list WORK/SYSTEM/select.xyz.

The force field is fitted to what is embedded, with the package itself (built: npm run build). Candidates without a file: a Langevin run
of that force field at half again the temperature of the set. work.py computes what is on the list (role `selected`)."""
import json
import os
import subprocess
import sys

import extxyz
from targets import DATA, WORK, computed, frames_in, waiting

CLI = os.path.join(DATA, '..', 'dist', 'cli', 'main.js')
STEPS, EVERY = 20000, 40                        # of the run that makes the candidates: 500 frames 40 fs apart


def spectensor(*words):
    done = subprocess.run(['node', CLI, *words, '--json'], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f'spectensor {words[0]} failed')
    return json.loads(done.stdout)


def main(system, count, candidates=None):
    if not os.path.exists(CLI):
        sys.exit('the package is not built: npm run build')
    folder, picks = f'{WORK}/{system}/select', f'{WORK}/{system}/select/picks.xyz'
    os.makedirs(folder, exist_ok=True)
    registered = next(d for d in json.load(open(f'{DATA}/registry.json'))['datasets'] if d['id'] == system)
    train = [f'{DATA}/{f["path"]}' for f in registered['files'] if f['role'] in ('trajectory', 'displaced', 'selected')]
    field = f'{folder}/ff.json.gz'
    fit = spectensor('fit', 'forcefield', '--train', *train, '--options', '{"ridge": 1e-9}', '--posterior', '--out', field)
    print(f'force field of {fit["train"]["frames"]} frames, forces {fit["train"]["forceRmse"]:.1f} meV/A')
    known, listed = frames_in(f'{DATA}/{system}/selected.xyz.gz'), waiting(system)
    number = 1 + max([int(f['info']['label'][1:]) for f in known + listed] + [int(k[1:]) for k in computed(system, 'selected')], default=-1)
    if candidates is None:
        candidates, kelvin = f'{folder}/md.xyz.gz', 1.5*registered['temperature']
        for old in (candidates, f'{candidates}.restart.json'):
            if os.path.exists(old):
                os.remove(old)
        spectensor('md', field, f'{DATA}/{system}/reference.xyz.gz', '--ensemble', 'nvt', '--temperature', str(kelvin), '--steps', str(STEPS),
                   '--save-every', str(EVERY), '--seed', str(number + 1), '--out', candidates)
    extxyz.write(f'{folder}/already.xyz', listed)
    chosen = spectensor('select', field, candidates, '--count', str(count), '--out', picks, *(['--already', f'{folder}/already.xyz'] if listed else []))
    for frame, pick in zip(extxyz.read(picks), chosen['picks']):
        info = {'Lattice': frame['info']['Lattice'], 'label': 's%04d' % number, 'gain': '%.4g' % pick['gain'], 'pbc': frame['info']['pbc']}
        listed.append({'info': info, 'species': frame['species'], 'arrays': {'pos': frame['arrays']['pos']}})
        print(info['label'], f'gain {pick["gain"]:.1f} nats, estimated error of the worst force {1000*pick["forceError"]:.0f} meV/A')
        number += 1
    extxyz.write(f'{WORK}/{system}/select.xyz', listed)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:4])
