#!/usr/bin/env python3
"""The harmonic line of a set with a relaxed structure: harmonic.py relax SYSTEM START FIELD | lists SYSTEM, of systems with `minimum` in systems.py.

relax: moves the atoms of the first frame of START in their cell to the minimum, symmetry kept, by the learned FIELD (a model file) that pw.x corrects
(../corrected.mjs): a few calculations where pw.x alone took dozens. It goes on where it was stopped. lists: puts the minimum (energy, forces, stress, dielectric tensor, Z*) and the displacements that
differ by symmetry (energy, forces, stress) on the lists of work.py. `spectensor harmonic SYSTEM` does the rest."""
import os
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import extxyz
from solids.dfpt import compute, without_response
from solids.systems import DFT
from targets import HERE, WORK, frames_in, list_path, same_cell

TOLERANCE, LOOSE = 3e-3, 0.15                   # A, for symmetry; the second of a structure to be symmetrised
FORCE, HISTORY = 1e-3, 7                        # eV/A, where a structure is relaxed; guesses that are extrapolated from


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


def relax(system, start, field):
    """Each guess comes from the corrected field; what all guesses so far left of the way is extrapolated to nothing (Anderson mixing)."""
    settings, home = {**DFT[system], **DFT[system]['minimum']}, f'{WORK}/{system}'
    os.makedirs(home, exist_ok=True)
    path, forces, guess = f'{home}/relaxed.xyz', f'{home}/forces.xyz', f'{home}/guess.xyz'
    frame, places, ways = symmetrised((frames_in(path) or frames_in(start))[0]), [], []
    print(f'{system}: {len(operations(frame))} operations', flush=True)
    while True:
        found = without_response(frame, settings, f'{WORK}/scratch/relax-{system}')
        extxyz.write(path, [{**frame, 'info': same_cell(frame)}])
        largest = abs(found['arrays']['forces']).max()
        print(f'{system}: largest force {largest:.4f} eV/A', flush=True)
        if largest < FORCE:
            break
        extxyz.write(forces, [found])
        subprocess.run(['node', f'{HERE}/corrected.mjs', field, forces, guess], check=True)
        places.append(frame['arrays']['pos'].ravel())
        ways.append(symmetrised(frames_in(guess)[0])['arrays']['pos'].ravel() - places[-1])
        moved, changed = np.diff(places[-HISTORY:], axis=0).T, np.diff(ways[-HISTORY:], axis=0).T
        back = np.linalg.lstsq(changed, ways[-1], rcond=1e-3)[0] if len(ways) > 1 else 0
        step = ways[-1] - (moved + changed) @ back if len(ways) > 1 else ways[-1]
        frame = symmetrised({**frame, 'arrays': {'pos': (places[-1] + step).reshape(-1, 3)}})


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
    if len(sys.argv) < 3 or sys.argv[1] not in ('relax', 'lists') or (sys.argv[1] == 'relax') != (len(sys.argv) == 5):
        sys.exit(__doc__)
    relax(*sys.argv[2:]) if sys.argv[1] == 'relax' else lists(sys.argv[2])
