#!/usr/bin/env python3
"""recompute.py SYSTEM [ROLE [FRAME [SETTINGS]]]: compute one embedded configuration again and print by how much each quantity differs.

SETTINGS: JSON, of a solid, what is to be set otherwise than in solids/systems.py, e.g. '{"kpoints": "2 1 2 1 1 1"}'; then the rms of each
difference is printed too. The molecules and the dimer need the python with pyscf."""
import json
import os
import sys

import numpy as np

from targets import DATA, HERE, WORK, frames_in


def numbers(text):
    return np.array([float(v) for v in text.split()])


def solid(system, frame, changed):
    from solids.dfpt import compute, without_response
    from solids.systems import DFT
    calculate = compute if 'bec' in frame['arrays'] else without_response
    new = calculate({**frame, 'arrays': {'pos': frame['arrays']['pos']}}, {**DFT[system], **changed}, f'{WORK}/scratch/recompute-{system}')
    return {k: v for k, v in [(k, new['info'].get(k, new['arrays'].get(k))) for k in ('energy', 'dielectric', 'stress', 'forces', 'bec')] if v is not None}


def molecule(system, frame):
    sys.path.insert(0, f'{HERE}/molecules')
    from ks import KS
    from units import BOHR, FORCE, HART
    xc = 'GGA_X_RPBE,GGA_C_PBE' if system == 'water-dimer' else 'PBE'
    ks = KS(frame['species'], 'aug-cc-pvdz', xc, 3, conv=3e-6)
    ks.scf(frame['arrays']['pos']/BOHR)
    new = {'energy': ks.e*HART, 'dipole': ks.mu*BOHR, 'forces': -ks.grad()*FORCE}
    new['polarizability'] = (ks.cpks()*BOHR**3).ravel()
    if 'bec' in frame['arrays']:
        new['bec'] = ks.bec().reshape(-1, 9)
    return new


def main(system, role='trajectory', index='0', settings='{}'):
    frame, changed = frames_in(f'{DATA}/{system}/{role}.xyz.gz')[int(index)], json.loads(settings)
    new = solid(system, frame, changed) if 'Lattice' in frame['info'] else molecule(system, frame)
    print(system, role, index, end=':')
    for key, value in new.items():
        old = frame['arrays'][key] if key in frame['arrays'] else numbers(frame['info'][key]) if key in frame['info'] else None
        if old is not None:
            print(f' {key} {abs(value - old).max():.1e}', end='')
            if changed:
                print(f' (rms {np.sqrt(((value - old)**2).mean()):.1e} of {np.sqrt((old**2).mean()):.1e})', end='')
    print()


if __name__ == '__main__':
    main(*sys.argv[1:5])
