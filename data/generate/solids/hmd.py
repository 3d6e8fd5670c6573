#!/usr/bin/python3
"""300 K trajectory on the harmonic PBE force constants of the cell: hmd.py SYSTEM FOLDER [ps] [seed]

For systems without a published force field in Debian's LAMMPS (AlN). pw.x forces at +-0.02 A around the reference of data/ give the
Gamma force constants (FOLDER/force_constants.json, eV/A^2, acoustic sum rule imposed); BAOAB Langevin dynamics follows."""
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from solids.dfpt import scf
from solids.md import save
from solids.systems import DFT, MASS
from targets import DATA, frames_in

T, DT, EVERY, GAMMA, EQUIL, DELTA = 300.0, 1.0, 4, 1e-3, 20.0, 0.02     # K, fs, steps, 1/fs, ps, A


def force_constants(name, folder, x0):
    path, n = f'{folder}/force_constants.json', len(x0['species'])
    if not os.path.exists(path):
        phi = np.zeros((3*n, 3*n))
        for i in range(3*n):
            f = []
            for sign in (1, -1):
                pos = x0['arrays']['pos'].copy()
                pos[i//3, i % 3] += sign*DELTA
                f.append(scf({**x0, 'arrays': {'pos': pos}}, DFT[name], f'{folder}/scratch')[1].ravel())
            phi[i] = -(f[0] - f[1])/(2*DELTA)
        asymmetry, phi = float(abs(phi - phi.T).max()), (phi + phi.T)/2
        drift = float(abs(phi.reshape(n, 3, n, 3).sum(0)).max())
        p = np.eye(3*n) - np.kron(np.ones((n, n))/n, np.eye(3))
        phi = p @ phi @ p
        m = np.repeat([MASS[x] for x in x0['species']], 3)
        w2 = np.linalg.eigvalsh(phi/np.sqrt(np.outer(m, m)))/103.642697
        cm = np.sign(w2)*np.sqrt(abs(w2))/(2*np.pi*2.99792458e-5)
        json.dump({'unit': 'eV/A^2', 'delta_A': DELTA, 'asymmetry': asymmetry, 'acoustic_drift': drift, 'frequencies_cm1': cm.tolist(), 'phi': phi.tolist()}, open(path, 'w'))
    return np.array(json.load(open(path))['phi'])


def langevin(x0, phi, ps, seed):
    n = len(x0['species'])
    m = np.repeat([MASS[x] for x in x0['species']], 3)*103.642697      # eV fs^2/A^2
    kT, rng = 8.617333e-5*T, np.random.default_rng(seed)
    m3 = m.reshape(n, 3)
    fix = lambda v: (v.reshape(n, 3) - (m3*v.reshape(n, 3)).sum(0)/m3.sum(0)).ravel()      # zero total momentum
    u, v = np.zeros(3*n), fix(rng.normal(size=3*n)*np.sqrt(kT/m))
    f = -phi @ u
    c1 = np.exp(-GAMMA*DT)
    c2 = np.sqrt((1 - c1*c1)*kT/m)
    for step in range(-int(EQUIL*1000/DT), int(ps*1000/DT) + 1):
        if step >= 0 and step % EVERY == 0:
            yield step*DT, x0['arrays']['pos'] + u.reshape(n, 3), v.reshape(n, 3).copy()
        v = v + DT/2*f/m
        u = u + DT/2*v
        v = fix(c1*v + c2*rng.normal(size=3*n))
        u = u + DT/2*v
        f = -phi @ u
        v = v + DT/2*f/m


def main(name, folder, ps=40.0, seed=20261123):
    os.makedirs(folder, exist_ok=True)
    x0 = frames_in(f'{DATA}/{name}/reference.xyz.gz')[0]
    phi = force_constants(name, folder, x0)
    cell = np.array([float(v) for v in x0['info']['Lattice'].split()])
    save(folder, name, cell, x0['species'], langevin(x0, phi, ps, seed),
         {'engine': 'BAOAB Langevin', 'potential': 'harmonic PBE force constants of this cell at Gamma (no LO-TO term)',
          'ensemble': f'NVT Langevin, damp {1/GAMMA/1000} ps, after {EQUIL} ps of the same', 'temperature_K': T, 'dt_fs': DT,
          'save_every_fs': DT*EVERY, 'length_ps': ps, 'seed': seed})


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], *(float(v) for v in sys.argv[3:4]), *(int(v) for v in sys.argv[4:5]))
