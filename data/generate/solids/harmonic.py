#!/usr/bin/env python3
"""The harmonic line of a set with a relaxed structure: harmonic.py relax SYSTEM START | lists SYSTEM, of systems with `minimum` in systems.py.

relax: pw.x moves the atoms of the first frame of START (a structure relaxed with a learned field is soon there) in their cell to the minimum,
symmetry kept; it goes on where it was stopped. lists: puts the minimum (energy, forces, stress, dielectric tensor, Z*) and the displacements that
differ by symmetry (energy, forces, stress) on the lists of work.py. `spectensor harmonic SYSTEM` does the rest."""
import os
import re
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import extxyz
from solids.dfpt import compute, prepare, pw_input, run, without_response
from solids.systems import CONVERGENCE, DFT
from targets import WORK, frames_in, list_path, same_cell

TOLERANCE, LOOSE = 3e-3, 0.15                   # A, for symmetry; the second of a structure to be symmetrised


def operations(frame, tolerance=TOLERANCE):
    """[(3x3 rotation, image of each atom, where each atom comes to lie, next to its image)] of an orthogonal cell: signed exchanges of axes, each
    with the translation that it needs."""
    edges = np.array([float(v) for v in frame['info']['Lattice'].split()])[[0, 4, 8]]
    pos, kinds, found = frame['arrays']['pos'], np.array(frame['species']), []
    rare = min(set(kinds), key=lambda s: (kinds == s).sum())
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        if abs(edges[list(order)] - edges).max() > 1e-6:
            continue
        for signs in np.ndindex(2, 2, 2):
            turn = np.zeros((3, 3))
            turn[range(3), order] = 1 - 2*np.array(signs)
            turned = pos @ turn.T
            first = np.flatnonzero(kinds == rare)
            for target in first:
                apart = (turned + pos[target] - turned[first[0]])[:, None] - pos[None]
                apart -= edges*np.round(apart/edges)
                distance = np.where(kinds[:, None] == kinds[None], np.linalg.norm(apart, axis=-1), np.inf)
                image = distance.argmin(1)
                if distance.min(1).max() < tolerance and len(set(image)) == len(pos):
                    away = apart[range(len(pos)), image]
                    found.append((turn, image, pos[image] + away - away.mean(0)))
    return found


def symmetrised(frame):
    """The frame with its positions averaged over the operations that it has within LOOSE."""
    group, total = operations(frame, LOOSE), np.zeros_like(frame['arrays']['pos'])
    for _, image, places in group:
        total[image] += places
    return {**frame, 'arrays': {'pos': total/len(group)}}


def distinct(frame):
    """[(atom, axis, sign)] of the displacements that differ by symmetry; a minus that some operation makes of the plus is left out."""
    group, wanted = operations(frame), []
    for atom in range(len(frame['species'])):
        if min(image[atom] for _, image, _ in group) < atom:
            continue
        own = [turn for turn, image, _ in group if image[atom] == atom]
        for axis in range(3):
            wanted.append((atom, axis, 1))
            if not any(turn[axis, axis] < -0.5 for turn in own):
                wanted.append((atom, axis, -1))
    return wanted


def relax(system, start):
    d, path, folder = {**CONVERGENCE, **DFT[system], **DFT[system]['minimum']}, f'{WORK}/{system}/relaxed.xyz', f'{WORK}/scratch/relax-{system}'
    frame = symmetrised((frames_in(path) or frames_in(start))[0])
    print(f'{system}: {len(operations(frame))} operations', flush=True)
    while True:
        prepare(frame, d, folder)
        text = pw_input(frame, d).replace("calculation='scf'", "calculation='relax', nstep=8, forc_conv_thr=1e-4, etot_conv_thr=1e-5").replace('ATOMIC_SPECIES', '&ions\n/\nATOMIC_SPECIES')
        with open(f'{folder}/relax.in', 'w') as f:
            f.write(text)
        output = run('pw', folder, 'relax')
        rows = output[output.rindex('ATOMIC_POSITIONS'):].splitlines()[1:1 + len(frame['species'])]
        frame = {'info': same_cell(frame), 'species': frame['species'], 'arrays': {'pos': np.array([[float(v) for v in row.split()[1:4]] for row in rows])}}
        extxyz.write(path, [frame])
        forces = re.findall(r'Total force =\s+(\S+)', output)
        print(f'{system}: total force (Ry/bohr) {" ".join(forces)}', flush=True)
        if 'End of BFGS' in output and 'bfgs converged' in output:
            break


def minimum(frame, settings, folder):
    """The frame with energy, forces and stress of the settings, dielectric tensor and Z* of their `minimum`."""
    response, own = compute(frame, {**settings, **settings['minimum']}, folder), without_response(frame, settings, folder)
    info = {**own['info'], **{k: response['info'][k] for k in ('dielectric', 'asr')}}
    return {**own, 'info': info, 'arrays': {**own['arrays'], 'bec': response['arrays']['bec']}}


def lists(system):
    frame, delta = frames_in(f'{WORK}/{system}/relaxed.xyz')[0], DFT[system]['delta']
    extxyz.write(list_path(system, 'reference'), [{**frame, 'info': {**same_cell(frame), 'label': 'minimum'}}])
    moved = []
    for atom, axis, sign in distinct(frame):
        pos = frame['arrays']['pos'].copy()
        pos[atom, axis] += sign*delta
        info = {**same_cell(frame), 'label': f'{atom}{"xyz"[axis]}{"+" if sign > 0 else "-"}', 'atom': str(atom), 'axis': 'xyz'[axis], 'delta': '%g' % (sign*delta)}
        moved.append({'info': info, 'species': frame['species'], 'arrays': {'pos': pos}})
    extxyz.write(list_path(system, 'displaced'), moved)
    print(f'{system}: {len(operations(frame))} operations, {len(moved)} displacements')


if __name__ == '__main__':
    if len(sys.argv) < 3 or sys.argv[1] not in ('relax', 'lists'):
        sys.exit(__doc__)
    relax(*sys.argv[2:4]) if sys.argv[1] == 'relax' else lists(sys.argv[2])
