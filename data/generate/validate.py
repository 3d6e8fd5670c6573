#!/usr/bin/env python3
"""validate.py: checks on every set in data/. One line per set; exits with 1 when something is wrong.

Symmetric tensors, sum of Z* zero, frames consecutive and evenly spaced, no jump of the tensor along a trajectory, total energy of
the NVE runs conserved, files as in the registry."""
import gzip
import hashlib
import json
import os
import sys

import numpy as np

from solids.systems import DFT
from targets import DATA, HERE, LISTED, MOLECULES, frames_in

STRANGE = 9.0
SUM_RULE = 1.0      # e, where systems.py says nothing else: k-grids leave up to 0.6 (Si), a response that is wrong several
JUMP = 7.0          # medians; every embedded series stays below 5.5


def values(frames, key):
    return np.array([np.array(f['info'][key].split() if isinstance(f['info'][key], str) else f['info'][key], float) for f in frames])


def tensor(frames):
    return values(frames, 'dielectric' if 'dielectric' in frames[0]['info'] else 'polarizability').reshape(-1, 3, 3)


def in_time(frames):
    """(n, 6): each component against the fifth-degree polynomial through three neighbours on either side; zero for the outer three."""
    e, r = components(frames), np.zeros((len(frames), 6))
    r[3:-3] = abs(e[3:-3] - (15*(e[2:-4] + e[4:-2]) - 6*(e[1:-5] + e[5:-1]) + e[:-6] + e[6:])/20)
    return r/np.median(r[3:-3], 0)


def in_space(frames):
    """(n, 6): each component against a smooth function of the positions fitted to all other frames (kernel ridge, leave one out), in units of
    what is expected of a frame so far from the others."""
    e = components(frames)
    x = np.array([f['arrays']['pos'].ravel() for f in frames])
    x = x - x.mean(0)
    x /= x.std()*np.sqrt(x.shape[1])
    k = (1 + x @ x.T)**2*np.exp(-((x[:, None] - x[None])**2).sum(-1)/8)
    inverse = np.linalg.inv(k + 1e-3*np.eye(len(k)))
    r = abs(inverse @ (e - e.mean(0)))/np.sqrt(np.diag(inverse))[:, None]
    return r/np.median(r, 0)


def components(frames):
    return tensor(frames)[:, [0, 1, 2, 0, 1, 2], [0, 1, 2, 1, 2, 0]]


def deviations(frames):
    """Largest deviation of each frame in units of the median. A molecule turns and moves little per frame: neighbours in time. A solid
    moves much in 8 to 20 fs: all other frames, by position. Found with 122 frames of SiO2: half of single errors of 8e-3, nearly all
    of 1.2e-2; more frames see finer."""
    solid = 'dielectric' in frames[0]['info'] and len(frames) >= 60
    return (in_space if solid else in_time)(frames).max(1)


def jumps(frames):
    """Indices of frames that do not lie where the others say (the worst of each group of neighbours)."""
    if len(frames) < 20:
        return []
    d = deviations(frames)
    return [i for i in range(len(d)) if d[i] > JUMP and d[i] == d[max(0, i - 3):i + 4].max()]


def strangers(frames):
    """Indices of independent frames unlike the rest: a number that tells of the result as a whole lies STRANGE robust deviations from the median
    (1.4826 median deviations are a standard deviation). Runs of several temperatures widen the spread, hence the room."""
    if len(frames) < 20:
        return []
    columns = [np.array([np.sqrt((f['arrays']['forces']**2).mean()) for f in frames])]
    per_atom = np.array([float(f['info']['energy'])/len(f['species']) for f in frames])
    columns.append(per_atom)
    for key, of in (('stress', lambda t: t[[0, 4, 8]].mean()), ('dielectric', lambda t: t[[0, 4, 8]].mean()), ('asr', lambda t: t[0])):
        if key in frames[0]['info']:
            columns.append(np.array([of(t) for t in values(frames, key).reshape(len(frames), -1)]))
    far = np.zeros(len(frames))
    for column in columns:
        away = abs(column - np.median(column))
        far = np.maximum(far, away/(1.4826*np.median(away)))
    return [i for i in range(len(frames)) if far[i] > STRANGE]


def energy_drift(system):
    """(rms, drift per ps) of the total energy of an NVE run, meV."""
    rows = gzip.open(f'{HERE}/molecules/state/{system}-thermo.csv.gz', 'rt').read().splitlines()[1:]
    t, e = np.array([[float(r.split(',')[1]), float(r.split(',')[4])] for r in rows]).T
    return e.std()*1e3, np.polyfit(t, e, 1)[0]*1e6


def check(system, registered):
    wrong, words = [], []
    for file in registered['files']:
        path, role = f'{DATA}/{file["path"]}', file['role']
        content = open(path, 'rb').read()
        if (len(content), hashlib.sha256(content).hexdigest()) != (file['bytes'], file['sha256']):
            wrong.append(f'{role}: not the registered file')
        if role == 'series':
            rows = np.loadtxt(path)
            words.append(f'{file["quantity"]} {rows.shape}')
            if len(rows) != file['frames'] or not np.isfinite(rows).all():
                wrong.append(f'{role}: rows missing or not finite')
            continue
        if role == 'table':
            rows = np.genfromtxt(path, delimiter=',', names=True)
            words.append(f'{os.path.basename(path).split(".")[0]} {len(rows)}')
            if not all(np.isfinite(rows[name]).all() for name in rows.dtype.names):
                wrong.append(f'{path}: numbers missing or not finite')
            continue
        frames = frames_in(path)
        words.append(f'{role} {len(frames)}')
        if len(frames) != file['frames']:
            wrong.append(f'{role}: {len(frames)} frames, registered {file["frames"]}')
        if {f['info']['pbc'] for f in frames} != {'F F F' if system in MOLECULES or system == 'water-dimer' else 'T T T'}:
            wrong.append(f'{role}: pbc')
        if 'dielectric' in frames[0]['info'] or 'polarizability' in frames[0]['info']:
            t = tensor([f for f in frames if 'dielectric' in f['info'] or 'polarizability' in f['info']])
            if abs(t - t.transpose(0, 2, 1)).max() > 1e-8:
                wrong.append(f'{role}: tensor not symmetric')
        stressed = [f for f in frames if 'stress' in f['info']]
        if stressed:
            s = values(stressed, 'stress').reshape(-1, 3, 3)
            words.append(f'pressure {-np.trace(s, axis1=1, axis2=2).mean()/3*160.21766:.2f} GPa')
            if abs(s - s.transpose(0, 2, 1)).max() > 1e-7:
                wrong.append(f'{role}: stress not symmetric')
        if system in LISTED and role != 'reference':
            net = max(np.linalg.norm(f['arrays']['forces'].sum(0)) for f in frames)
            names = [f['info']['label'] for f in frames]
            if net > 1e-4:
                wrong.append(f'{role}: the forces add up to {net:.3f} eV/A')
            if len(set(names)) < len(names):
                wrong.append(f'{role}: labels repeat')
            if len({f['arrays']['pos'].tobytes() for f in frames}) < len(frames):
                wrong.append(f'{role}: configurations repeat')
        charged = [f['arrays']['bec'] for f in frames if 'bec' in f['arrays']]
        if charged:
            s = abs(np.array(charged).sum(1)).max()
            words.append(f'|sum Z*| {s:.1e}')
            removed = max([float(f['info']['asr']) for f in frames if 'asr' in f['info']], default=0)
            if removed > DFT.get(system, {}).get('sum_rule', SUM_RULE):
                wrong.append(f'{role}: before its mean was taken out, the sum of Z* was {removed:.2f} e')
            if s > (max(1e-6, 1e-7*len(frames[0]['species'])) if 'dielectric' in frames[0]['info'] else 1e-3):    # printed to seven decimals
                wrong.append(f'{role}: sum of Z* {s:.1e} e')
        if role in ('trajectory', 'snapshots'):
            step = np.diff(values(frames, 'time').ravel())
            if list(map(int, values(frames, 'frame').ravel())) != list(range(len(frames))) or abs(step - registered['timestep']).max() > 1e-6:
                wrong.append(f'{role}: frames missing, repeated or unevenly spaced')
        if role == 'trajectory' and len(frames) >= 20:
            d, bad = deviations(frames).max(), jumps(frames)
            words.append(f'largest deviation {d:.1f}')
            if bad:
                wrong.append(f'{role}: jumps at frames {bad}')
    if system in MOLECULES:
        rms, drift = energy_drift(system)
        words.append(f'total energy {rms:.2f} meV rms, {drift:.2f} meV/ps')
        if rms > 1:
            wrong.append(f'total energy not conserved: {rms:.2f} meV rms')
    print(f'{system:15s}', '; '.join(words), '' if not wrong else ' WRONG: ' + '; '.join(wrong))
    return not wrong


def main():
    registry = json.load(open(f'{DATA}/registry.json'))
    embedded = [e for e in registry['datasets'] if any('path' in f for f in e['files'])]
    sys.exit(0 if all([check(e['id'], e) for e in embedded]) else 1)


if __name__ == '__main__':
    main()
