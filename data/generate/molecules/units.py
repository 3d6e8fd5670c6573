"""CODATA 2018 conversion from atomic units, and the extended-XYZ writer."""
import numpy as np
BOHR = 0.529177210903            # Angstrom
HART = 27.211386245988           # eV
FS = 0.02418884326585747         # fs per atomic unit of time
AMU = 1822.888486209             # electron masses
KB = 3.166811563e-6              # hartree / K
FORCE = HART / BOHR              # eV/Angstrom
VEL = BOHR / FS                  # Angstrom/fs
MASS = {'H': 1.008, 'C': 12.011, 'O': 15.999}


def fmt(a):
    return ' '.join('%.10g' % v for v in np.ravel(a))


def frame(sym, x, v=None, f=None, bec=None, **info):
    """One extended-XYZ block; x, v, f in atomic units, bec in e, info values already in output units."""
    props, cols = 'species:S:1:pos:R:3', [x * BOHR]
    for n, a, u in (('velocities', v, VEL), ('forces', f, FORCE)):
        if a is not None:
            props += ':%s:R:3' % n
            cols.append(a * u)
    if bec is not None:
        props += ':bec:R:9'
        cols.append(np.reshape(bec, (len(sym), 9)))
    com = 'Properties=' + props
    for k, w in info.items():
        if isinstance(w, np.ndarray):
            com += ' %s="%s"' % (k, fmt(w))
        elif isinstance(w, float):
            com += ' %s=%.12g' % (k, w)
        else:
            com += ' %s=%s' % (k, w)
    rows = [s + ' ' + ' '.join(fmt(c[i]) for c in cols) for i, s in enumerate(sym)]
    return '%d\n%s pbc="F F F"\n%s\n' % (len(sym), com, '\n'.join(rows))


def props(ks, alpha=None):
    d = dict(energy=float(ks.e * HART), dipole=ks.mu * BOHR)
    if alpha is not None:
        d['polarizability'] = alpha * BOHR**3
    return d
