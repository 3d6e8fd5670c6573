#!/usr/bin/env python3
"""work.py: compute what is missing, one configuration at a time, until every target is met or WORK/STOP exists.

Any number of these may run side by side: a configuration is claimed by a lock that dies with its process, and a finished frame
appears whole under WORK/SYSTEM/ROLE. Kill it at any moment; harvest.py folds the frames into data/."""
import fcntl
import os
import subprocess
import sys
import time

import numpy as np

import extxyz
from solids.dfpt import compute, without_response
from solids.harmonic import minimum
from solids.systems import DFT
from targets import DATA, FORCES_ONLY, HERE, LISTED, MOLECULES, ROUNDS, SHARE, SOLIDS, WORK, computed, embedded, frames_in, waiting

CHUNK = 100                                     # steps of molecular dynamics per claim


def claim(name):
    os.makedirs(f'{WORK}/locks', exist_ok=True)
    f = open(f'{WORK}/locks/{name}', 'w')
    try:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return f
    except OSError:
        f.close()
        return None


def displacements(system):
    """(label, frame) of +-delta along x, y, z of the symmetry-distinct atoms."""
    reference, d = frames_in(f'{DATA}/{system}/reference.xyz.gz')[0], DFT[system]
    for k in d['atoms']:
        for c in range(3):
            for sign in (1, -1):
                pos = reference['arrays']['pos'].copy()
                pos[k, c] += sign*d['delta']
                label = f'{k}{"xyz"[c]}{"+" if sign > 0 else "-"}'
                info = {'Lattice': reference['info']['Lattice'], 'label': label, 'atom': str(k), 'axis': 'xyz'[c], 'delta': '%g' % (sign*d['delta'])}
                yield label, {'info': info, 'species': reference['species'], 'arrays': {'pos': pos}}


def computed_once(system, role, label, frame, calculate):
    """Whether `calculate(frame, folder)` was run here and now; False when the frame is finished or claimed. None: it failed."""
    path, lock = f'{WORK}/{system}/{role}/{label}.xyz', claim(f'{system}-{role}-{label}')
    if lock is None:
        return False
    try:
        if os.path.exists(path):                # finished by another process in the meantime
            return False
        t = time.time()
        result = calculate(frame, f'{WORK}/scratch/{os.getpid()}')
        extxyz.write(path, [result])
        info, words = result['info'], ''
        if 'dielectric' in info:
            words += f' eps {np.round(info["dielectric"][[0, 4, 8, 1, 2, 5]], 4)}'
        if 'stress' in info:
            words += f' pressure {-info["stress"][[0, 4, 8]].mean()*160.21766:.2f} GPa'
        print(time.strftime('%H:%M:%S'), system, role, label + words, f'{time.time() - t:.0f} s', flush=True)
        return True
    except RuntimeError as error:               # left to the next start of this program
        print(time.strftime('%H:%M:%S'), system, role, label, error, flush=True)
        return None
    finally:
        lock.close()


class Listed:
    """A set whose configurations come from lists: the role furthest behind its count first."""
    def __init__(self, system, roles):
        self.system, self.roles, self.failed = system, roles, set()
        self.embedded = {role: {f['info']['label'] for f in frames_in(f'{DATA}/{system}/{role}.xyz.gz')} for role in LISTED[system][0]}
        self.refresh()

    def refresh(self):
        self.done = {role: labels | set(computed(self.system, role)) for role, labels in self.embedded.items()}

    def advance(self, target):
        for role in sorted(self.roles, key=lambda r: len(self.done[r])/target[r]):
            for frame in waiting(self.system, role):
                label = frame['info']['label']
                if label in self.done[role] or (role, label) in self.failed:
                    continue
                calculate = without_response if role in FORCES_ONLY else minimum if role == 'reference' else compute
                made = computed_once(self.system, role, label, frame, lambda frame, folder: calculate(frame, DFT[self.system], folder))
                if made is None:
                    self.failed.add((role, label))
                if made is not False:
                    return True
        return False

    def fraction(self, target):
        return min(len(self.done[role])/target[role] for role in self.roles)

    def urgent(self):
        return False


class Solid:
    def __init__(self, system):
        self.system = system
        self.embedded = {'displaced': {f['info']['label'] for f in frames_in(f'{DATA}/{system}/displaced.xyz.gz')},
                         'selected': {f['info']['label'] for f in frames_in(f'{DATA}/{system}/selected.xyz.gz')},
                         'trajectory': {'%04d' % i for i in range(embedded(system, 'trajectory'))}}
        self.snapshots, self.failed = None, set()
        self.refresh()

    def refresh(self):                          # harvest.py may have set a frame aside, which is then to be made again
        self.done = {role: labels | set(computed(self.system, role)) for role, labels in self.embedded.items()}

    def wanted(self, target):
        if len(self.done['displaced']) < 6*len(DFT[self.system]['atoms']):
            for label, frame in displacements(self.system):
                yield 'displaced', label, frame
        for frame in waiting(self.system):
            if frame['info']['label'] not in self.done['selected']:
                yield 'selected', frame['info']['label'], frame
        if self.snapshots is None:
            self.snapshots = frames_in(f'{DATA}/{self.system}/md-snapshots.xyz.gz')
        for i, f in enumerate(self.snapshots[:target]):
            label = '%04d' % i
            if label not in self.done['trajectory']:
                info = {**f['info'], 'time': float(f['info']['time'])}
                yield 'trajectory', label, {**f, 'info': info}

    def advance(self, target):
        """Compute one missing configuration; False when all are finished or claimed."""
        for role, label, frame in self.wanted(target):
            if label in self.done[role] or (role, label) in self.failed:
                continue
            made = computed_once(self.system, role, label, frame, lambda frame, folder: compute(frame, DFT[self.system], folder))
            if made is None:
                self.failed.add((role, label))
            if made is not False:
                return True
        return False

    def fraction(self, target):
        return len(self.done['trajectory'])/target

    def urgent(self):
        """Whether anything but trajectory frames is missing."""
        return len(self.done['displaced']) < 6*len(DFT[self.system]['atoms']) or any(f['info']['label'] not in self.done['selected'] for f in waiting(self.system))


class Molecule:
    def __init__(self, system):
        self.system, self.broken = system, False

    def refresh(self):
        path = f'{WORK}/{self.system}/checkpoint.npz'
        if not os.path.exists(path):
            path = f'{HERE}/molecules/state/{self.system}-checkpoint.npz'
        self.step = int(np.load(path)['step'])

    def advance(self, target):
        lock = None if self.broken or self.step >= 4*(target - 1) else claim(self.system)
        if lock is None:
            return False
        t, last = time.time(), min(self.step + CHUNK, 4*(target - 1))
        code = subprocess.run([os.environ.get('PYSCF_PYTHON', sys.executable), f'{HERE}/molecules/molecule.py', self.system, 'md', str(last)]).returncode
        lock.close()
        if code:
            self.broken = True                  # no pyscf, or a failure to look at: go on with the rest
        else:
            print(time.strftime('%H:%M:%S'), self.system, 'step', last, '%.0f s' % (time.time() - t), flush=True)
        return not code

    def fraction(self, target):
        return (self.step/4 + 1)/target


def main():
    only = [word.partition(':') for word in sys.argv[1:]]       # SYSTEM, or SYSTEM:ROLE of a set with lists
    roles = {s: [role for name, _, role in only if name == s and role] or list(LISTED[s][0]) for s in LISTED}
    systems = {s: Listed(s, roles[s]) for s in LISTED} | {s: Solid(s) for s in SOLIDS} | {m: Molecule(m) for m in MOLECULES}
    for turn, targets in enumerate(ROUNDS):
        targets = {**{s: counts[turn] for s, counts in LISTED.items()}, **targets}
        while not os.path.exists(f'{WORK}/STOP'):
            for s in systems.values():
                s.refresh()
            names = [n for n in targets if (not only or n in [name for name, *_ in only])]
            names.sort(key=lambda n: systems[n].fraction(targets[n])/SHARE.get(n, 1))
            urgent = [n for n in names if isinstance(systems[n], Solid) and systems[n].urgent()]
            if not any(systems[n].advance(targets[n]) for n in urgent + [n for n in names if n not in urgent]):
                if turn + 1 < len(ROUNDS) or not any(n in LISTED for n, *_ in only):
                    break
                time.sleep(20)                                  # a list may grow


if __name__ == '__main__':
    main()
