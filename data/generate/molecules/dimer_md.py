"""Water-dimer heating run 10 K -> 320 K: GFN2-xTB (libxtb) forces, Langevin (BAOAB), H mass 8 u, dt 1.5 fs.

  python dimer_md.py NSTEPS  -> WORK/water-dimer/configs.npz : 1000 uniformly spaced configurations (bohr), their temperature
Only the geometries are used further; dipoles and Z* come from RPBE (dimer_dft.py).
Restraint: none inside r(OO) < WALL; beyond it a half-harmonic wall keeps the pair together (counted and reported).
"""
import ctypes as ct, os, sys, time, json
import numpy as np
from units import *
OUT = os.environ.get('SPECTENSOR_WORK', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'work'))
SEED, DT, T0, T1, GAMMA, MH = 2024, 1.5, 10., 320., 10., 8.        # fs, K, 1/ps, u
WALL, KW = 4.0 / BOHR, 0.01                                        # bohr, hartree/bohr^2
SYM = ['O', 'H', 'H', 'O', 'H', 'H']
X0 = np.array([[-1.464, .099, 0], [-1.956, .624, -.76], [-.506, .05, 0], [1.44, -.105, 0], [1.8, .35, .77], [1.8, .35, -.77]]) / BOHR
X0[1] = X0[0] + np.array([-.35, -.90, .05]) / BOHR


class XTB:
    def __init__(self, sym, x):
        L = self.L = ct.CDLL('libxtb.so.6')
        for f in ('xtb_newEnvironment', 'xtb_newMolecule', 'xtb_newCalculator', 'xtb_newResults'):
            getattr(L, f).restype = ct.c_void_p
        P = ct.c_void_p
        self.env, self.res, self.calc = P(L.xtb_newEnvironment()), P(L.xtb_newResults()), P(L.xtb_newCalculator())
        L.xtb_setVerbosity(self.env, 0)
        n, z = ct.c_int(len(sym)), (ct.c_int * len(sym))(*[{'O': 8, 'H': 1}[s] for s in sym])
        q, u, a = ct.c_double(0.), ct.c_int(0), (ct.c_double * x.size)(*x.ravel())
        self.mol = P(L.xtb_newMolecule(self.env, ct.byref(n), z, a, ct.byref(q), ct.byref(u), None, None))
        L.xtb_loadGFN2xTB(self.env, self.mol, self.calc, None)
        L.xtb_setAccuracy(self.env, self.calc, ct.c_double(1.0))
        self.g, self.e = (ct.c_double * x.size)(), ct.c_double()

    def __call__(self, x):
        L, a = self.L, (ct.c_double * x.size)(*x.ravel())
        L.xtb_updateMolecule(self.env, self.mol, a, None)
        L.xtb_singlepoint(self.env, self.mol, self.calc, self.res)
        if L.xtb_checkEnvironment(self.env):
            raise RuntimeError('xtb failed')
        L.xtb_getEnergy(self.env, self.res, ct.byref(self.e))
        L.xtb_getGradient(self.env, self.res, self.g)
        return self.e.value, -np.array(self.g).reshape(-1, 3)


def main(nsteps, nconf=1000):
    d = os.path.join(OUT, 'water-dimer')
    os.makedirs(d, exist_ok=True)
    m = np.array([MASS['O'], MH, MH] * 2)[:, None] * AMU
    xtb = XTB(SYM, X0)
    rng = np.random.default_rng(SEED)
    inwall = 0

    def force(x):
        e, f = xtb(x)
        r = x[3] - x[0]
        R = np.linalg.norm(r)
        if R > WALL:
            k = KW * (R - WALL) * r / R
            f[3] -= k
            f[0] += k
        return e, f, R
    x = X0.copy()
    for _ in range(400):                                              # crude relaxation before heating
        e, f, R = force(x)
        x += np.clip(f * .8, -.05, .05)
    print('relaxed', e, R * BOHR, abs(f).max(), flush=True)
    dt = DT / FS
    c1 = np.exp(-GAMMA * 1e-3 * DT)
    v = rng.normal(size=x.shape) * np.sqrt(KB * T0 / m)
    keep, temps, Rs, E, steps, tk = [], [], [], [], [], []
    t0 = time.time()
    every = nsteps // nconf
    for n in range(1, nsteps + 1):
        T = T0 + (T1 - T0) * n / nsteps
        v += .5 * dt * f / m
        x = x + .5 * dt * v
        v = c1 * v + np.sqrt((1 - c1**2) * KB * T / m) * rng.normal(size=x.shape)
        x = x + .5 * dt * v
        e, f, R = force(x)
        v += .5 * dt * f / m
        inwall += R > WALL
        tk.append((m * v**2).sum() / (18 * KB))
        if n % every == 0:
            keep.append(x - (m * x).sum(0) / m.sum())
            temps.append(T), Rs.append(R * BOHR), E.append(e), steps.append(n)
        if n % (nsteps // 20) == 0:
            print(n, 'T %.0f <T> %.0f' % (T, np.mean(tk[-nsteps // 20:])), 'R %.2f' % (R * BOHR), 'wall', inwall, '%.0f s' % (time.time() - t0), flush=True)
    # atoms must keep their bonds; report, do not filter
    k = np.array(keep)
    oh = BOHR * np.array([[np.linalg.norm(k[:, h] - k[:, o], axis=1) for h in (o + 1, o + 2)] for o in (0, 3)])
    info = dict(steps=nsteps, dt_fs=DT, total_ps=nsteps * DT * 1e-3, every=every, seed=SEED, gamma_per_ps=GAMMA, T_start=T0, T_end=T1, H_mass_u=MH,
                driver='GFN2-xTB, libxtb 6.5.1', wall_A=WALL * BOHR, wall_k_hartree_bohr2=KW, steps_beyond_wall=int(inwall),
                rOO_A=[float(min(Rs)), float(np.mean(Rs)), float(max(Rs))], rOH_A=[float(oh.min()), float(oh.max())], seconds=time.time() - t0)
    np.savez(os.path.join(d, 'configs.npz'), x=k, T=temps, R=Rs, exyz=E, step=steps)
    json.dump(info, open(os.path.join(d, 'configs.json'), 'w'), indent=1)
    print(json.dumps(info))


if __name__ == '__main__':
    main(int(sys.argv[1]))
