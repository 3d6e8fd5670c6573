#!/usr/bin/env python3
"""import_raw.py FOLDER: bring frames in the raw conventions of the first calculations into data/ (run once per FOLDER).

FOLDER/molecules/{H2O,CH4,CH3OH,H2O_dimer} and FOLDER/solids/{sio2,nacl,aln,si,sio2-md-raman-cell} hold *.xyz.gz. Changes on the way:
the solids' `bec` is transposed (raw: row = displacement) and the mean over atoms subtracted; `vel` becomes `velocities`; columns
and keys that repeat others are dropped; the reference is split from the displaced structures; every frame carries `pbc`."""
import os
import sys

import extxyz
from solids.convention import solid

DATA = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))


def molecule(raw):
    info, arrays, keep = raw['info'], raw['arrays'], {}
    for key, value in info.items():
        if key in ('energy', 'time', 'temperature', 'dipole', 'polarizability', 'atom', 'axis', 'config'):
            keep[key] = value
    if 'disp' in info:
        keep['delta'] = float(info['sign'])*float(info['disp'])
    if 'vel' in arrays:
        arrays = {('velocities' if k == 'vel' else k): v for k, v in arrays.items()}
    return {'info': {**keep, 'pbc': 'F F F'}, 'species': raw['species'], 'arrays': arrays}


def main(source):
    def put(system, role, frames, significant):
        path = f'{DATA}/{system}/{role}.xyz.gz'
        if os.path.exists(path):
            print(f'{path} is there already: left alone')
            return
        os.makedirs(f'{DATA}/{system}', exist_ok=True)
        extxyz.write(path, frames, significant)
        print(system, role, len(frames))

    for name, system in (('H2O', 'h2o'), ('CH4', 'ch4'), ('CH3OH', 'ch3oh')):
        path = f'{source}/molecules/{name}'
        lrm = [molecule(f) for f in extxyz.read(f'{path}/displaced.xyz.gz')]
        put(system, 'reference', lrm[:1], True)
        put(system, 'displaced', lrm[1:], True)
        frames = [molecule(f) for f in extxyz.read(f'{path}/trajectory.xyz.gz')]
        for i, f in enumerate(frames):
            f['info'] = {'frame': i, **f['info']}
        put(system, 'trajectory', frames, True)
    for role in ('dipoles', 'bec'):
        put('water-dimer', role, [molecule(f) for f in extxyz.read(f'{source}/molecules/H2O_dimer/{role}.xyz.gz')], True)

    for name in ('sio2', 'nacl', 'aln', 'si'):
        for role in ('reference', 'displaced', 'trajectory', 'md-snapshots'):
            path = f'{source}/solids/{name}/{role}.xyz.gz'
            if os.path.exists(path):
                put(name, role, [solid(f, i) for i, f in enumerate(extxyz.read(path))], False)
    frames = [solid(f, i, transposed=False) for i, f in enumerate(extxyz.read(f'{source}/solids/sio2-md-raman-cell/displaced.xyz.gz'))]
    put('sio2-vasp-cell', 'reference', frames[:1], False)
    put('sio2-vasp-cell', 'displaced', frames[1:], False)


if __name__ == '__main__':
    main(sys.argv[1])
