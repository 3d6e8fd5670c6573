"""RPBE dipoles (all configurations) and Born effective charge tensors, forces, polarizability (150 of them).

  python dimer_dft.py run        appends to WORK/water-dimer/{dipole,bec}.part.xyz, interleaved order, resumable, stop at will
  python dimer_dft.py assemble   writes dipoles.xyz, bec.xyz in time order
  python dimer_dft.py check      Z* against central differences of the dipole and of the forces in a field, one frame
"""
import json, os, re, sys, time
from ks import KS
import numpy as np
from pyscf.gto.mole import ao_rotation_matrix
from units import *
from dimer_md import SYM, OUT
XC, BASIS, GRID = 'GGA_X_RPBE,GGA_C_PBE', 'aug-cc-pvdz', 3
DIR = os.path.join(OUT, 'water-dimer')
IBEC = [i * 20 // 3 for i in range(150)]


class Guess:
    """Occupied orbitals of an isolated monomer, turned onto each molecule of the pair."""
    def __init__(self):
        self.x0 = np.array([[0, 0, 0], [1.43, 1.12, 0], [-1.43, 1.12, 0]])
        self.m = KS(SYM[:3], BASIS, XC, GRID)
        self.m.scf(self.x0)
        self.w = np.array([8., 1, 1])[:, None]

    def __call__(self, x):
        n = self.m.S.shape[0]
        G = np.zeros((2 * n, 10))
        for k in (0, 1):
            y = x[3 * k:3 * k + 3]
            a = self.x0 - (self.w * self.x0).sum(0) / 10
            u, _, vt = np.linalg.svd(((y - (self.w * y).sum(0) / 10) * self.w).T @ a)
            R = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt          # y = R a; pyscf turns the AOs by the transpose
            G[k * n:(k + 1) * n, 5 * k:5 * k + 5] = ao_rotation_matrix(self.m.mol, R.T) @ self.m.Co
        return G


def blocks(fn):
    if not os.path.exists(fn):
        return {}
    l = open(fn).read().splitlines()
    out, i = {}, 0
    while i < len(l) and i + 2 + int(l[i]) <= len(l):
        n = int(l[i])
        b = l[i:i + 2 + n]
        out[int(re.search(r'config=(\d+)', b[1]).group(1))] = '\n'.join(b) + '\n'
        i += 2 + n
    return out


def run():
    z = np.load(os.path.join(DIR, 'configs.npz'))
    X, T, step = z['x'], z['T'], z['step']
    fd, fb = os.path.join(DIR, 'dipole.part.xyz'), os.path.join(DIR, 'bec.part.xyz')
    dd, db = blocks(fd), blocks(fb)
    order = [(i, 1) for i in IBEC[::3]] + [(i, 0) for i in range(0, len(X), 2)] + [(i, 1) for i in IBEC[1::3]] \
        + [(i, 1) for i in IBEC[2::3]] + [(i, 0) for i in range(1, len(X), 2)]
    g = Guess()
    ks = KS(SYM, BASIS, XC, GRID)
    tm = open(os.path.join(DIR, 'timing.csv'), 'a')
    for i, full in order:
        if i in db or (i in dd and not full):
            continue
        t0, x = time.time(), X[i]
        ks.conv = 3e-6 if full else 1e-5
        ks.scf(x, g(x), deriv=2 if full else 1)
        key = dict(config=i, time=float(step[i] * 1.5), temperature=float(T[i]))
        if full:
            f = -ks.grad()
            a = ks.cpks()
            b = ks.bec()
            key.update(props(ks, a))
            open(fb, 'a').write(frame(SYM, x, None, f, b, **key))
            db[i] = 1
        else:
            key.update(props(ks))
            open(fd, 'a').write(frame(SYM, x, **key))
            dd[i] = 1
        tm.write('%d,%d,%d,%.3f\n' % (i, full, ks.iters, time.time() - t0))
        tm.flush()


def assemble():
    dd, db = blocks(os.path.join(DIR, 'dipole.part.xyz')), blocks(os.path.join(DIR, 'bec.part.xyz'))
    open(os.path.join(DIR, 'bec.xyz'), 'w').write(''.join(db[i] for i in sorted(db)))
    for i, b in db.items():                                             # every Z* frame is a dipole frame too
        l = b.splitlines()
        l[1] = re.sub(r':forces:R:3:bec:R:9', '', re.sub(r' polarizability="[^"]*"', '', l[1]))
        dd[i] = '\n'.join(l[:2] + [' '.join(r.split()[:4]) for r in l[2:]]) + '\n'
    open(os.path.join(DIR, 'dipoles.xyz'), 'w').write(''.join(dd[i] for i in sorted(dd)))
    Z = np.array([[[float(v) for v in r.split()[7:16]] for r in db[i].splitlines()[2:]] for i in sorted(db)]).reshape(-1, 6, 3, 3)
    s = Z.sum(1)
    rep = dict(dipole_frames=len(dd), bec_frames=len(db), sum_rule_rms=float(np.sqrt((s**2).mean())), sum_rule_max=float(abs(s).max()))
    print(rep)
    return rep


def check(i=500):
    x = np.load(os.path.join(DIR, 'configs.npz'))['x'][i]
    g = Guess()
    ks = KS(SYM, BASIS, XC, GRID, conv=1e-8)
    ks.scf(x, g(x)); ks.grad(); a = ks.cpks(1e-9); Z = ks.bec(); C = ks.Co
    F, h = 1e-3, 2e-3
    zf, zd, af = np.zeros_like(Z), np.zeros_like(Z), np.zeros((3, 3))
    for k in range(3):
        r = []
        for s in (1, -1):
            ks.scf(x, C, s * F * np.eye(3)[k]); r.append((ks.mu.copy(), ks.grad()))
        af[:, k] = (r[0][0] - r[1][0]) / 2 / F
        zf[:, k] = -(r[0][1] - r[1][1]) / 2 / F
    for j in range(6):
        for b in range(3):
            r = []
            for s in (1, -1):
                y = x.copy(); y[j, b] += s * h
                ks.scf(y, C, deriv=1); r.append(ks.mu.copy())
            zd[j, :, b] = (r[0] - r[1]) / 2 / h
    rms = lambda q: float(np.sqrt((q**2).mean()))
    rep = dict(config=i, alpha_rel_max_vs_finite_field=float(abs(a - af).max() / abs(a).max()), Z_rms_vs_field_derivative_of_forces=rms(Z - zf),
               Z_max_vs_field_derivative_of_forces=float(abs(Z - zf).max()), Z_rms_vs_dipole_differences=rms(Z - zd),
               Z_max_vs_dipole_differences=float(abs(Z - zd).max()), sum_rule_max=float(abs(Z.sum(0)).max()))
    json.dump(rep, open(os.path.join(DIR, 'check.json'), 'w'), indent=1)
    print(rep)


if __name__ == '__main__':
    {'run': run, 'assemble': assemble, 'check': check}[sys.argv[1]]()
