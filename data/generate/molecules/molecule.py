"""Gas-phase molecule: optimise, displace, NVE dynamics with polarizabilities. Results go to the work folder (../targets.py).

  python molecule.py h2o opt            -> reference.xyz, displaced.xyz (6N), hessian.npz, harmonic.json
  python molecule.py h2o md  NSTEPS     -> traj.xyz (every 4th step), thermo.csv (every step); resumable
"""
import sys, os, json, time
from ks import KS
import numpy as np
from units import *

HERE = os.path.dirname(os.path.abspath(__file__))
STATE = os.path.join(HERE, 'state')
WORK = os.environ.get('SPECTENSOR_WORK', os.path.join(HERE, '..', 'work'))
XC, BASIS, GRID, DISP = 'PBE', 'aug-cc-pvdz', 3, 0.01       # displacement in Angstrom
DT, T, EVERY = 0.5, 300., 4                                 # fs, K, steps between polarizabilities
SEED = {'h2o': 11, 'ch4': 12, 'ch3oh': 13}
START = {'h2o': 'O 0 0 .1174; H 0 .766 -.479; H 0 -.766 -.479',
         'ch4': 'C 0 0 0; H .634 .634 .634; H -.634 -.634 .634; H -.634 .634 -.634; H .634 -.634 -.634',
         'ch3oh': 'C -.046 .664 0; O -.046 -.764 0; H -1.093 .98 0; H .439 1.079 .897; H .439 1.079 -.897; H .872 -1.072 0'}


def load(name):
    l = [k.split() for k in START[name].split(';')]
    sym = [k[0] for k in l]
    x = np.array([[float(t) for t in k[1:]] for k in l]) / BOHR
    m = np.array([MASS[s] for s in sym]) * AMU
    return sym, x - (m @ x) / m.sum(), m


def optimise(ks, x):
    """BFGS on the gradient (no line search: the steps are small and the start is good)."""
    g, C = None, None
    x = x.ravel()
    H = np.eye(x.size) * .5
    for it in range(60):
        ks.scf(x, C)
        C = ks.Co
        gn = ks.grad()
        gn = (gn - gn.mean(0)).ravel()
        print('opt', it, ks.e, abs(gn).max(), flush=True)
        if g is not None:
            s, y = x - xo, gn - g
            if s @ y > 0:
                H += np.outer(y, y) / (y @ s) - H @ np.outer(s, s) @ H / (s @ H @ s)
        if abs(gn).max() < 1e-5:
            break
        xo, g = x, gn
        d = -np.linalg.solve(H, g)
        x = x + d * min(1., .15 / abs(d).max())
    return x.reshape(-1, 3)


def opt(name):
    d = os.path.join(WORK, name)
    os.makedirs(d, exist_ok=True)
    sym, x, m = load(name)
    ks = KS(sym, BASIS, XC, GRID)
    t0 = time.time()
    x = optimise(ks, x)
    x -= (m @ x) / m.sum()
    n = x.size
    h = DISP / BOHR
    t1 = time.time()
    ks.scf(x)
    g0, a0 = ks.grad(), ks.cpks()
    C = ks.Co
    reference, out = frame(sym, x, None, -g0, ks.bec(), **props(ks, a0)), ''
    G = np.zeros((n, 2, n))
    for i in range(n):
        for s in (0, 1):
            y = x.copy().ravel()
            y[i] += h * (1 - 2 * s)
            ks.scf(y, C)
            g, a = ks.grad(), ks.cpks()
            G[i, s] = g.ravel()
            out += frame(sym, y.reshape(-1, 3), None, -g, None, atom=i // 3, axis='xyz'[i % 3], delta=DISP * (1 - 2 * s), **props(ks, a))
    open(os.path.join(d, 'reference.xyz'), 'w').write(reference)
    open(os.path.join(d, 'displaced.xyz'), 'w').write(out)
    H = (G[:, 0] - G[:, 1]) / (2 * h)
    asym = abs(H - H.T).max()
    H = .5 * (H + H.T)
    np.savez(os.path.join(d, 'hessian.npz'), x=x, H=H, m=m)
    w = np.linalg.eigvalsh(H / np.sqrt(np.outer(np.repeat(m, 3), np.repeat(m, 3))))
    wn = np.sign(w) * np.sqrt(abs(w)) / (FS * 1e-15) / (2 * np.pi * 2.99792458e10)
    print('reference alpha (A^3)', a0 * BOHR**3, 'mean', np.trace(a0) / 3 * BOHR**3)
    info = dict(reference_energy_eV=ks.e * HART, mean_alpha_A3=np.trace(a0) / 3 * BOHR**3, max_grad_eV_A=abs(g0).max() * FORCE,
                wavenumbers_cm1=[round(v, 1) for v in wn], hessian_asymmetry_au=asym, seconds_opt=t1 - t0,
                seconds_per_lrm_calculation=(time.time() - t1) / (2 * n + 1))
    json.dump(info, open(os.path.join(d, 'harmonic.json'), 'w'), indent=1, default=float)
    print(json.dumps(info, default=float), flush=True)


def hessian(name):
    own = os.path.join(WORK, name, 'hessian.npz')
    return own if os.path.exists(own) else os.path.join(STATE, name + '-hessian.npz')


def initial(name):
    """Classical harmonic phase-space point: every vibration carries exactly kT (random phase; modes under 500/cm start
    as pure velocity), every rotation exactly kT/2 (random sign), centre of mass at rest."""
    z = np.load(hessian(name))
    x0, H, m = z['x'], z['H'], z['m']
    rng = np.random.default_rng(SEED[name])
    sq = np.sqrt(np.repeat(m, 3))
    I = np.einsum('i,iab->ab', m, np.einsum('ic,ic,ab->iab', x0, x0, np.eye(3)) - np.einsum('ia,ib->iab', x0, x0))
    Ip, P = np.linalg.eigh(I)
    rot = np.array([np.cross(P[:, k], x0).ravel() * sq for k in range(3)])
    tr = np.array([np.tile(e, len(m)) * sq for e in np.eye(3)])
    Q, _ = np.linalg.qr(np.concatenate([tr, rot]).T)
    pr = np.eye(sq.size) - Q @ Q.T
    w2, L = np.linalg.eigh(pr @ (H / np.outer(sq, sq)) @ pr)
    order = np.argsort(abs(w2))[6:]
    q, p = np.zeros(sq.size), np.zeros(sq.size)
    for k in order:
        w = np.sqrt(w2[k])
        ph = rng.uniform(0, 2 * np.pi)
        if w * 219474.63 < 500:
            ph = np.pi / 2 * (1 if ph < np.pi else -1)
        q += L[:, k] * np.sqrt(2 * KB * T) / w * np.cos(ph)
        p += L[:, k] * np.sqrt(2 * KB * T) * np.sin(ph)
    v = p / sq
    x = x0 + (q / sq).reshape(-1, 3)
    v = v.reshape(-1, 3)
    for k in range(3):
        v += rng.choice([-1, 1]) * np.sqrt(KB * T / Ip[k]) * np.cross(P[:, k], x)
    v -= (m @ v) / m.sum()
    return x - (m @ x) / m.sum(), v, m


def predictor(n):
    """Polynomial extrapolation from n stored densities, newest first."""
    from math import comb
    return [(-1)**j * comb(n, j + 1) for j in range(n)]


def md(name, nsteps):
    """Continue to step `nsteps`: traj.xyz (every 4th step), thermo.csv (every step) and checkpoint.npz (every 40th) in the work folder.
    The start is the work folder's checkpoint, else the one that came with the data, else initial()."""
    d = os.path.join(WORK, name)
    os.makedirs(d, exist_ok=True)
    sym, _, _ = load(name)
    ks = KS(sym, BASIS, XC, GRID, conv=1e-5)
    checkpoint = os.path.join(d, 'checkpoint.npz')
    dt = DT / FS
    start = next((p for p in (checkpoint, os.path.join(STATE, name + '-checkpoint.npz')) if os.path.exists(p)), None)
    if start:
        z = np.load(start)
        x, v, m, done, C = z['x'], z['v'], z['m'], int(z['step']), z['C']
    else:
        (x, v, m), done, C = initial(name), -1, None
    keep(os.path.join(d, 'traj.xyz'), os.path.join(d, 'thermo.csv'), done)
    first = max(done, 0)
    ft, fc = open(os.path.join(d, 'traj.xyz'), 'a'), open(os.path.join(d, 'thermo.csv'), 'a')
    history = []
    ks.scf(x, C)
    f = -ks.grad()
    for n in range(first, nsteps + 1):
        if n > first:
            v = v + .5 * dt * f / m[:, None]
            x = x + dt * v
            b = predictor(len(history))
            guess = sum(c * (Ch @ (Ch.T @ (Sh @ history[0][0]))) for c, (Ch, Sh) in zip(b, history))
            ks.scf(x, guess)
            f = -ks.grad()
            v = v + .5 * dt * f / m[:, None]
        history = [(ks.Co, ks.S)] + history[:4]
        if n == done:
            continue
        ek = .5 * (m[:, None] * v**2).sum()
        if n % EVERY == 0:
            ft.write(frame(sym, x, v, f, None, frame=n // EVERY, time=n * DT, **props(ks, ks.cpks())))
        fc.write('%d,%.1f,%.9f,%.9f,%.9f,%.3f,%.8f,%.8f,%.8f\n' % (n, n * DT, ks.e * HART, ek * HART, (ks.e + ek) * HART,
                 2 * ek / (3 * len(m) - 3) / KB, *(ks.mu * BOHR)))
        if n % 40 == 0 or n == nsteps:
            for h in (ft, fc):
                h.flush()
                os.fsync(h.fileno())
            np.savez(checkpoint + '.tmp.npz', x=x, v=v, m=m, step=n, C=ks.Co)
            os.replace(checkpoint + '.tmp.npz', checkpoint)


def keep(traj, thermo, last):
    """Drop what was written after step `last`, the step of the checkpoint."""
    for path, key in ((traj, lambda b: int(b.split(' frame=')[1].split()[0]) * EVERY), (thermo, lambda b: int(b.split(',')[0]))):
        lines = open(path).read().splitlines(True) if os.path.exists(path) else []
        out, i = '', 0
        while i < len(lines):
            size = int(lines[i]) + 2 if path == traj else 1
            block = ''.join(lines[i:i + size])
            if block.endswith('\n') and len(lines) >= i + size and key(block) <= last:
                out += block
            i += size
        open(path, 'w').write(out)


if __name__ == '__main__':
    if sys.argv[2] == 'opt':
        opt(sys.argv[1])
    else:
        md(sys.argv[1], int(sys.argv[3]))
