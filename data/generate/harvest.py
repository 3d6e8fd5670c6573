#!/usr/bin/env python3
"""harvest.py: fold finished frames of the work folder into data/ and rewrite the registry. Can run beside work.py, any number of times.

A trajectory file holds the consecutive frames from 0; later ones stay in the work folder until the gap is closed. A frame whose
dielectric tensor jumps (validate.py) is not taken but set aside once, so that work.py computes it again."""
import gzip
import os
import shutil

import numpy as np

import extxyz
import registry
import validate
from targets import DATA, HERE, LISTED, MOLECULES, SOLIDS, WORK, computed, embedded_list, frames_in, waiting


def displaced(system):
    new = computed(system, 'displaced')
    if not new:
        return
    old = frames_in(f'{DATA}/{system}/displaced.xyz.gz')
    have = {f['info']['label'] for f in old}
    frames = old + [normal(extxyz.read(p)[0]) for label, p in new.items() if label not in have]
    frames.sort(key=lambda f: (int(f['info']['atom']), f['info']['axis'], float(f['info']['delta']) < 0))
    if len(frames) > len(old):
        extxyz.write(f'{DATA}/{system}/displaced.xyz.gz', frames)


def listed(system, role):
    """Frames of a list: all that are finished, in the order of their labels."""
    new = computed(system, role)
    if not new:
        return
    path = f'{DATA}/{system}/{role}.xyz.gz'
    old = frames_in(path)
    have = {f['info']['label'] for f in old}
    frames = [normal(f) for f in old] + [normal(extxyz.read(p)[0]) for label, p in new.items() if label not in have]
    frames.sort(key=lambda f: f['info']['label'])
    aside = {frames[i]['info']['label'] for i in validate.strangers(frames)} if system in LISTED and role != 'displaced' else set()
    for label in sorted(label for label in aside if label in new and label not in have and not os.path.exists(new[label] + '.suspect')):
        print(f'{system} {role}: {label} is unlike the others and will be computed again')
        os.rename(new[label], new[label] + '.suspect')
        frames = [f for f in frames if f['info']['label'] != label]
    if len(frames) > len(old):
        extxyz.write(path, frames)


def keep_list(system, role):
    """What is still to be computed, so that a fresh clone goes on with the same configurations."""
    path, frames = embedded_list(system, role), waiting(system, role)
    if frames:
        extxyz.write(path, [{**f, 'arrays': {'pos': f['arrays']['pos']}} for f in frames])
    elif os.path.exists(path):
        os.remove(path)


def normal(frame):
    """Numbers of the comment line, read as text, back as they were."""
    info = dict(frame['info'])
    for key in ('energy', 'time', 'asr'):
        if key in info:
            info[key] = float(info[key])
    for key in ('dielectric', 'dipole', 'polarizability', 'stress'):
        if key in info:
            info[key] = np.array([float(v) for v in info[key].split()])
    return {**frame, 'info': info}


def trajectory(system):
    path, new = f'{DATA}/{system}/trajectory.xyz.gz', computed(system, 'trajectory')
    frames = [normal(f) for f in frames_in(path)]
    old = len(frames)
    while '%04d' % len(frames) in new:
        frames.append(normal(extxyz.read(new['%04d' % len(frames)])[0]))
    bad = [i for i in validate.jumps(frames) if '%04d' % i in new and not os.path.exists(new['%04d' % i] + '.suspect')]
    for i in bad:
        os.replace(new['%04d' % i], new['%04d' % i] + '.suspect')
        print(f'{system}: frame {i} jumps, to be computed again')
    frames = frames[:min(bad, default=len(frames))]
    if len(frames) != old:
        extxyz.write(path, frames)


def molecule(system):
    """A frame of a molecule belongs to one run, so new frames replace those after the checkpoint they started from."""
    path, traj = f'{DATA}/{system}/trajectory.xyz.gz', f'{WORK}/{system}/traj.xyz'
    if not os.path.exists(f'{WORK}/{system}/checkpoint.npz'):
        return
    step = int(np.load(f'{WORK}/{system}/checkpoint.npz')['step'])
    frames = frames_in(path)
    old = len(frames)
    new = [f for f in read_whole(traj) if int(f['info']['frame']) <= step//4]
    if not new or int(new[0]['info']['frame']) > old or int(new[-1]['info']['frame']) < old:
        return
    frames = frames[:int(new[0]['info']['frame'])] + new
    extxyz.write(path, frames, significant=True)
    state = f'{HERE}/molecules/state/{system}'
    shutil.copyfile(f'{WORK}/{system}/checkpoint.npz', f'{state}-checkpoint.npz')
    rows = gzip.open(f'{state}-thermo.csv.gz', 'rt').read().splitlines(True)
    last = int(rows[-1].split(',')[0])
    rows += [r for r in open(f'{WORK}/{system}/thermo.csv').read().splitlines(True) if r.endswith('\n') and last < int(r.split(',')[0]) <= step]
    with open(f'{state}-thermo.csv.gz.tmp', 'wb') as f:
        f.write(gzip.compress(''.join(rows).encode(), 9, mtime=0))
    os.replace(f'{state}-thermo.csv.gz.tmp', f'{state}-thermo.csv.gz')


def read_whole(path):
    """Frames of a file that another process may be writing: an unfinished last frame is left out."""
    lines, i = open(path).read().splitlines(True), 0
    end = 0
    while i < len(lines) and i + 2 + int(lines[i]) <= len(lines) and lines[i + 1 + int(lines[i])].endswith('\n'):
        i += 2 + int(lines[i])
        end = i
    temporary = f'{path}.{os.getpid()}.tmp'
    open(temporary, 'w').write(''.join(lines[:end]))
    try:
        return extxyz.read(temporary)
    finally:
        os.remove(temporary)


def main():
    for system in SOLIDS:
        displaced(system)
        listed(system, 'selected')
        trajectory(system)
    for system, (roles, _) in LISTED.items():
        for role in roles:
            listed(system, role)
            keep_list(system, role)
    for system in MOLECULES:
        molecule(system)
    registry.main()


if __name__ == '__main__':
    main()
