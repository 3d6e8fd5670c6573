#!/usr/bin/env python3
"""First configurations of MAPbI3: perovskite.py FRAMES FOLDER [SEED] writes FOLDER/displaced.xyz, both phases in turn.

Cells: measured lattice constants (CELLS). Positions: lead and iodine near their measured places, CH3NH3 an ideal ion on its place, one
choice of the orientations that are disordered in the tetragonal phase. Only a start: forces take it from there."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import extxyz
from solids.systems import MAPBI3_CELLS

CN, CH, NH = 1.49, 1.09, 1.04                   # A
DISPLACEMENT = 0.05                             # A, rms of each component


def ion(centre, axis, across):
    """C, N and six H of an ion: C-N along `axis` from C to N, one H of the methyl group towards `across`; staggered."""
    u = np.array(axis, float)/np.linalg.norm(axis)
    v = np.array(across, float) - np.dot(across, u)*u
    v /= np.linalg.norm(v)
    w, tilt = np.cross(u, v), np.radians(180 - 110.0)
    c, n = np.array(centre) - u*CN/2, np.array(centre) + u*CN/2
    around = lambda a: np.cos(a)*v + np.sin(a)*w
    hc = [c + CH*(-np.cos(tilt)*u + np.sin(tilt)*around(2*np.pi*k/3)) for k in range(3)]
    hn = [n + NH*(np.cos(tilt)*u + np.sin(tilt)*around(2*np.pi*k/3 + np.pi)) for k in range(3)]
    return [('C', c), ('N', n), *(('H', h) for h in hc + hn)]


def sites(phase):
    """(cell, [(species, position)]), 48 atoms."""
    a, b, c = MAPBI3_CELLS[phase]
    cell, atoms = np.diag([a, b, c]), []
    if phase == 'orthorhombic':                 # Pnma: mirror planes at y = 1/4, 3/4
        images = lambda x, y, z: [(x, y, z), (-x, -y, -z), (0.5 + x, y, 0.5 - z), (0.5 - x, -y, 0.5 + z)]
        atoms += [('Pb', f) for f in [(0, 0, 0), (0.5, 0, 0.5), (0, 0.5, 0), (0.5, 0.5, 0.5)]]
        atoms += [('I', f) for f in images(0.54, 0.25, 0.51)]
        atoms += [('I', f) for f in images(0.815, 0.98, 0.69) + images(0.815, 0.52, 0.69)]
        atoms = [(s, np.array(f) % 1 @ cell) for s, f in atoms]
        signs = [(1, 1), (-1, -1), (1, -1), (-1, 1)]            # of the x and z components of the axis in `images`
        for f, (sx, sz) in zip(images(0.496, 0.25, 0.01), signs):
            atoms += ion(np.array(f) % 1 @ cell, (0.55*sx, 0, -1.35*sz), (1.35*sx, 0, 0.55*sz))
    else:                                       # I4/mcm, ions in the basal plane, tilted to it
        atoms += [('Pb', f) for f in [(0, 0, 0), (0.5, 0.5, 0), (0, 0, 0.5), (0.5, 0.5, 0.5)]]
        atoms += [('I', (x, y, z)) for x, y in [(0, 0), (0.5, 0.5)] for z in (0.25, 0.75)]
        x = 0.21
        atoms += [('I', f) for s, z in [(x, 0), (-x, 0.5)] for f in [(s, s + 0.5, z), (-s, 0.5 - s, z), (0.5 - s, s, z), (0.5 + s, -s, z)]]
        atoms = [(s, np.array(f) % 1 @ cell) for s, f in atoms]
        for f, axis in [((0, 0.5, 0.25), (-1, 1, -0.65)), ((0.5, 0, 0.25), (-1, -1, -0.65)), ((0, 0.5, 0.75), (-1, -1, -0.65)), ((0.5, 0, 0.75), (1, -1, -0.65))]:
            atoms += ion(np.array(f) @ cell, axis, (0, 0, 1))
    order = {'Pb': 0, 'I': 1, 'C': 2, 'N': 3, 'H': 4}
    return cell, sorted(atoms, key=lambda atom: order[atom[0]])


def structure(phase):
    cell, atoms = sites(phase)
    return {'info': {'Lattice': ' '.join('%.10g' % v for v in cell.ravel()), 'phase': phase, 'pbc': 'T T T'}, 'species': [s for s, _ in atoms],
            'arrays': {'pos': np.array([p for _, p in atoms])}}


def main(frames, folder, seed=1):
    os.makedirs(folder, exist_ok=True)
    rng, out = np.random.default_rng(seed), []
    for i in range(frames):
        f = structure(('orthorhombic', 'tetragonal')[i % 2])
        info = {'Lattice': f['info']['Lattice'], 'label': 'c%04d' % i, 'phase': f['info']['phase'], 'run': 'displaced', 'pbc': 'T T T'}
        out.append({'info': info, 'species': f['species'], 'arrays': {'pos': f['arrays']['pos'] + DISPLACEMENT*rng.normal(size=f['arrays']['pos'].shape)}})
    extxyz.write(f'{folder}/displaced.xyz', out)


if __name__ == '__main__':
    main(int(sys.argv[1]), sys.argv[2], *(int(v) for v in sys.argv[3:4]))
