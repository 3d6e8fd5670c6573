"""From what ph.x prints to the convention of data/: rows of `bec` = field, sum over atoms = 0, no redundant columns."""
import numpy as np

AXES = 'xyz'


def bec_from_ph(bec, bearers=slice(None)):
    """(N, 9) charges whose sum over atoms is zero, from (N, 3, 3) with row = field; and the largest element of the sum removed, in equal parts
    from the atoms `bearers` (a mask; all where none is given)."""
    total = bec.sum(0)
    made = bec.copy()
    made[bearers] -= total/len(bec[bearers])
    return made.reshape(-1, 9), float(np.abs(total).max())


def solid(raw, index, transposed=True):
    """One frame of a solid. `raw['arrays']['bec']` has row = displacement when `transposed`, and its acoustic sum is
    removed here (the largest element of the sum, e, stays in the key `asr`)."""
    info, arrays = raw['info'], raw['arrays']
    out, keep = {}, {'pos': arrays['pos']}
    if 'atom' in info:
        axis = AXES[int(info['axis'])]
        delta = float(info['delta'])
        out = {'label': f'{info["atom"]}{axis}{"+" if delta > 0 else "-"}', 'atom': info['atom'], 'axis': axis, 'delta': '%g' % delta}
    elif 'time' in info:
        out = {'frame': index, 'time': float(info['time'])}
    for name in ('vel', 'velocities'):
        if name in arrays:
            keep['velocities'] = arrays[name]
    if 'forces' in arrays:
        out['energy'] = float(info['energy'])
        out['dielectric'] = np.array([float(v) for v in info['dielectric'].split()])
        bec = arrays['bec'].reshape(-1, 3, 3)
        keep['forces'] = arrays['forces']
        keep['bec'], _ = bec_from_ph(bec.transpose(0, 2, 1) if transposed else bec)
        out['asr'] = float(info['asr'])
    lattice = ' '.join('%.10g' % (0 if abs(float(v)) < 1e-12 else float(v)) for v in info['Lattice'].split())
    return {'info': {'Lattice': lattice, **out, 'pbc': 'T T T'}, 'species': raw['species'], 'arrays': keep}
