"""One configuration: pw.x (energy, forces) and ph.x at Gamma (clamped-ion dielectric tensor, Born charges from the field response).

compute(frame, settings, folder) takes and returns frames of ../extxyz.py; both programs start from scratch every time, so that a
configuration gives the same numbers whatever was computed before it."""
import gzip
import os
import re
import shutil
import subprocess

import numpy as np

from targets import WORK

from .convention import bec_from_ph
from .systems import CONVERGENCE, MASS

RY, BOHR = 13.605693122994, 0.529177210903
HERE = os.path.dirname(os.path.abspath(__file__))
PSEUDO = f'{HERE}/pseudo'


def pw_input(frame, d):
    kinds = sorted(set(frame['species']))
    cell = [float(v) for v in frame['info']['Lattice'].split()]
    return f"""&control
 calculation='scf', prefix='x', outdir='./tmp', pseudo_dir='./pp', tprnfor=.true., tstress={'.true.' if d.get('stress') else '.false.'}, disk_io='low', verbosity='low'
/
&system
 ibrav=0, nat={len(frame['species'])}, ntyp={len(kinds)}, ecutwfc={d['ecutwfc']}, ecutrho={d['ecutrho']}, nosym={d.get('nosym', '.true.')}{', ' + d['system'] if 'system' in d else ''}
/
&electrons
 conv_thr={d['conv_thr']:g}, mixing_beta=0.7
/
ATOMIC_SPECIES
""" + ''.join(f"{x} {MASS[x]} {os.path.basename(d['pseudo'][x])}\n" for x in kinds) \
        + 'CELL_PARAMETERS angstrom\n' + '\n'.join(' '.join('%.12f' % v for v in cell[3*i:3*i + 3]) for i in range(3)) \
        + '\nATOMIC_POSITIONS angstrom\n' + '\n'.join(f'{s} ' + ' '.join('%.12f' % v for v in p) for s, p in zip(frame['species'], frame['arrays']['pos'])) \
        + ('\nK_POINTS gamma\n' if d['kpoints'] == 'gamma' else f"\nK_POINTS automatic\n{d['kpoints']}\n")


def ph_input(d):
    return f"""ph
&inputph
 prefix='x', outdir='./tmp', fildyn='x.dyn', epsil=.true., zeu=.true., trans=.false.,
 tr2_ph={d['tr2_ph']:g}, alpha_mix(1)={d['alpha_mix']:g}, eth_rps={d['eth_rps']:g}
/
0 0 0
"""


def numbers(line):
    return [float(x) for x in re.findall(r'-?\d+\.\d+(?:[EeDd][+-]?\d+)?', line)]


def prepare(frame, settings, folder):
    d = {**CONVERGENCE, **settings}
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + '/pp')
    for p in d['pseudo'].values():
        if p[0] == '/':
            os.symlink(p, f'{folder}/pp/{os.path.basename(p)}')
        else:
            open(f'{folder}/pp/{p}', 'wb').write(gzip.open(f'{PSEUDO}/{p}.gz').read())
    open(f'{folder}/pw.in', 'w').write(pw_input(frame, d))
    open(f'{folder}/ph.in', 'w').write(ph_input(d))


def measured_plans():
    """Environment that makes FFTW measure its plans, see fftw_measure.c: less time for the same numbers. Nothing without a compiler."""
    library = os.path.abspath(f'{WORK}/fftw_measure.so')
    if not os.path.exists(library):
        os.makedirs(WORK, exist_ok=True)
        part = f'{library}.{os.getpid()}'
        try:
            subprocess.run(['cc', '-O2', '-shared', '-fPIC', f'{HERE}/fftw_measure.c', '-o', part, '-ldl'], check=True, stderr=subprocess.PIPE)
        except (OSError, subprocess.CalledProcessError):
            return {}
        os.rename(part, library)
    return {'LD_PRELOAD': library, 'FFTW_WISDOM': f'{os.path.dirname(library)}/fftw-wisdom'}


def run(program, folder):
    environment = {**os.environ, **measured_plans(), 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1', 'ESPRESSO_TMPDIR': '.'}
    subprocess.run(f'exec {program}.x -in {program}.in > {program}.out 2> {program}.err', shell=True, cwd=folder, env=environment)
    output = open(f'{folder}/{program}.out').read()
    if 'JOB DONE' not in output or 'convergence NOT achieved' in output:
        raise RuntimeError(f'{program}.x did not finish or converge: see {folder}/{program}.out')
    return output


def scf(frame, settings, folder):
    """Energy in eV, forces in eV/A and, where the settings say so, stress in eV/A^3, positive under tension; leaves the ground state in `folder`."""
    prepare(frame, settings, folder)
    pw, n = run('pw', folder), len(frame['species'])
    rows = [line for line in pw[pw.index('Forces acting on atoms'):].splitlines() if re.match(r'\s+atom\s+\d+ type', line)][:n]
    found = {'energy': float(re.findall(r'^!\s+total energy\s+=\s+(\S+)', pw, re.M)[-1])*RY, 'forces': np.array([numbers(line)[-3:] for line in rows])*RY/BOHR}
    if settings.get('stress'):
        at = pw.rindex('total   stress')
        found['stress'] = -np.array([numbers(line)[:3] for line in pw[at:].splitlines()[1:4]])*RY/BOHR**3
    return found


def without_response(frame, settings, folder):
    """The frame with energy, forces and stress."""
    found = scf(frame, settings, folder)
    info = {k: v for k, v in frame['info'].items() if k != 'pbc'}
    info.update({k: found[k].ravel() if k == 'stress' else found[k] for k in ('energy', 'stress') if k in found}, pbc='T T T')
    return {'info': info, 'species': frame['species'], 'arrays': {**frame['arrays'], 'forces': found['forces']}}


def compute(frame, settings, folder):
    """The frame with energy, forces, dielectric, bec and asr."""
    frame = without_response(frame, settings, folder)
    ph, n = run('ph', folder), len(frame['species'])
    at = ph.rindex('Dielectric constant in cartesian axis')
    eps = np.array([numbers(line) for line in ph[at:].splitlines()[2:5]])
    at = ph.index('Effective charges (d Force / dE) in cartesian axis', at)
    z = np.array([numbers(line) for line in ph[at:].splitlines() if re.match(r'\s+E[xyz]', line)][:3*n]).reshape(n, 3, 3)   # rows: field
    bec, asr = bec_from_ph(z)
    info = {k: v for k, v in frame['info'].items() if k != 'pbc'}
    info.update(dielectric=((eps + eps.T)/2).ravel(), asr=asr, pbc='T T T')
    return {'info': info, 'species': frame['species'], 'arrays': {**frame['arrays'], 'bec': bec}}
