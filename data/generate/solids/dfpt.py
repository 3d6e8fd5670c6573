"""One configuration: pw.x (energy, forces, stress) and ph.x or phcg.x at Gamma (clamped-ion dielectric tensor, Born charges from the field response).

compute(frame, settings, folder) takes and returns frames of ../extxyz.py; both programs start from scratch every time, so that a
configuration gives the same numbers whatever was computed before it."""
import gzip
import os
import re
import shutil
import subprocess
import time

import numpy as np

from targets import WORK

from .convention import bec_from_ph
from .systems import CONVERGENCE, MASS

RY, BOHR = 13.605693122994, 0.529177210903
HERE = os.path.dirname(os.path.abspath(__file__))
PSEUDO = f'{HERE}/pseudo'


def pw_input(frame, d):
    extra = [d[k] for k in ('functional', 'dispersion') if k in d]
    kinds = sorted(set(frame['species']))
    cell = [float(v) for v in frame['info']['Lattice'].split()]
    return f"""&control
 calculation='scf', prefix='x', outdir='./tmp', pseudo_dir='./pp', tprnfor=.true., tstress={'.true.' if d.get('stress') else '.false.'}, disk_io='low', verbosity='low'
/
&system
 ibrav=0, nat={len(frame['species'])}, ntyp={len(kinds)}, ecutwfc={d['ecutwfc']}, ecutrho={d['ecutrho']}, nosym={d.get('nosym', '.true.')}{''.join(', ' + words for words in extra)}
/
&electrons
 conv_thr={d['conv_thr']:g}, mixing_beta={d.get('mixing_beta', 0.7)}
/
ATOMIC_SPECIES
""" + ''.join(f"{x} {MASS[x]} {os.path.basename(d['pseudo'][x])}\n" for x in kinds) \
        + 'CELL_PARAMETERS angstrom\n' + '\n'.join(' '.join('%.12f' % v for v in cell[3*i:3*i + 3]) for i in range(3)) \
        + '\nATOMIC_POSITIONS angstrom\n' + '\n'.join(f'{s} ' + ' '.join('%.12f' % v for v in p) for s, p in zip(frame['species'], frame['arrays']['pos'])) \
        + k_points(d['kpoints'], frame['info'].get('phase'))


def k_points(wanted, phase):
    """The card of `gamma`, of a grid, or of the points (of the cell's reciprocal vectors) that each phase has."""
    if isinstance(wanted, dict):
        points = wanted[phase]
        return f'\nK_POINTS crystal\n{len(points)}\n' + ''.join(' '.join(map(str, p)) + ' 1\n' for p in points)
    return '\nK_POINTS gamma\n' if wanted == 'gamma' else f'\nK_POINTS automatic\n{wanted}\n'


def ph_input(d):
    return f"""ph
&inputph
 prefix='x', outdir='./tmp', fildyn='x.dyn', epsil=.true., zeu=.true., trans=.false.,
 tr2_ph={d['tr2_ph']:g}, alpha_mix(1)={d['alpha_mix']:g}, eth_rps={d['eth_rps']:g}
/
0 0 0
"""


def phcg_input(d):
    return f"""phcg
&inputph
 prefix='x', outdir='./tmp', fildyn='x.dyn', epsil=.true., trans=.false., raman=.false., tr2_ph={d['tr2_ph']:g}
/
0 0 0
"""


def numbers(line):
    return [float(x) for x in re.findall(r'-?\d+\.\d+(?:[EeDd][+-]?\d+)?', line)]


def pseudos(files, folder):
    """Puts the files that {element: name} names into folder/pp."""
    os.makedirs(folder + '/pp')
    for p in files.values():
        if p[0] == '/':
            os.symlink(p, f'{folder}/pp/{os.path.basename(p)}')
        else:
            open(f'{folder}/pp/{p}', 'wb').write(gzip.open(f'{PSEUDO}/{p}.gz').read())


def prepare(frame, settings, folder):
    d = {**CONVERGENCE, **settings}
    shutil.rmtree(folder, ignore_errors=True)
    pseudos(d['pseudo'], folder)
    open(f'{folder}/pw.in', 'w').write(pw_input(frame, d))
    open(f'{folder}/ph.in', 'w').write(ph_input(d))
    open(f'{folder}/phcg.in', 'w').write(phcg_input(d))


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


def start(program, folder, name):
    environment = {**os.environ, **measured_plans(), 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1', 'ESPRESSO_TMPDIR': '.'}
    return subprocess.Popen(f'exec {program}.x -in {name}.in > {name}.out 2> {name}.err', shell=True, cwd=folder, env=environment)


def run(program, folder, name=None):
    name = name or program
    start(program, folder, name).wait()
    output = open(f'{folder}/{name}.out').read()
    if not ('JOB DONE' in output or program == 'phcg' and re.search(r'PHCG\s+:.*WALL', output)) or 'convergence NOT achieved' in output:
        raise RuntimeError(f'{program}.x did not finish or converge: see {folder}/{name}.out')
    return output


def scf(frame, settings, folder):
    """Energy in eV, forces in eV/A and, where the settings say so, stress in eV/A^3, positive under tension; leaves the ground state in `folder`."""
    prepare(frame, settings, folder)
    pw, n = run('pw', folder), len(frame['species'])
    rows = [line for line in pw[pw.index('Forces acting on atoms'):].splitlines() if re.match(r'\s+atom\s+\d+ type', line)][:n]
    found = {'energy': float(re.findall(r'^!\s+total energy\s+=\s+(\S+)', pw, re.M)[-1])*RY, 'forces': np.array([numbers(line)[-3:] for line in rows])*RY/BOHR}
    if settings.get('stress'):
        at = pw.rindex('total   stress')
        printed = -np.array([numbers(line)[:3] for line in pw[at:].splitlines()[1:4]])*RY/BOHR**3
        volume = abs(np.linalg.det(np.reshape([float(v) for v in frame['info']['Lattice'].split()], (3, 3))))
        found['stress'] = printed - settings.get('pulay', 0)*n/volume*np.eye(3)
    return found


def without_response(frame, settings, folder):
    """The frame with energy, forces and stress."""
    found = scf(frame, settings, folder)
    info = {k: v for k, v in frame['info'].items() if k != 'pbc'}
    info.update({k: found[k].ravel() if k == 'stress' else found[k] for k in ('energy', 'stress') if k in found}, pbc='T T T')
    return {'info': info, 'species': frame['species'], 'arrays': {**frame['arrays'], 'forces': found['forces']}}


def without_dispersion(path):
    """Takes the dispersion correction out of what pw.x saved: ph.x refuses it, and it touches neither the density nor the field's response."""
    saved = open(path).read()
    open(path, 'w').write(re.sub(r'<vdW>.*?</vdW>', '', saved, flags=re.S))


def response_of_ph(folder, atoms, settings):
    """(dielectric, Z* with rows = field) of ph.x at Gamma; any k-points, no real-wavefunction trick."""
    if 'dispersion' in settings:
        without_dispersion(f'{folder}/tmp/x.save/data-file-schema.xml')
    ph = run('ph', folder)
    at = ph.rindex('Dielectric constant in cartesian axis')
    eps = np.array([numbers(line) for line in ph[at:].splitlines()[2:5]])
    at = ph.index('Effective charges (d Force / dE) in cartesian axis', at)
    return eps, np.array([numbers(line) for line in ph[at:].splitlines() if re.match(r'\s+E[xyz]', line)][:3*atoms]).reshape(atoms, 3, 3)


def response_of_phcg(folder, atoms, settings):
    """The same of phcg.x: Gamma alone, norm-conserving alone, real wavefunctions and no orthogonality charges. It prints Z* to four decimals."""
    phcg = run('phcg', folder)
    at = phcg.rindex('dielectric constant')
    eps = np.array([numbers(line)[:3] for line in phcg[at:].splitlines()[1:4]])
    at = phcg.index('z*(', at)
    rows = [numbers(re.sub(r'z\*\(.*?\)', '', line)) for line in phcg[at:].splitlines()]
    return eps, np.array([r for r in rows if len(r) == 3][:3*atoms]).reshape(atoms, 3, 3)


def record_of(path):
    """The one record of an unformatted file: complex numbers."""
    return np.frombuffer(open(path, 'rb').read()[4:-4], '<c16')


def dielectric_of_phcg(folder, frame):
    """The dielectric tensor alone of phcg.x, which is stopped once the wavefunctions have answered the field: its effective charges would take
    longer than all before, as the cube of the atoms. The tensor is the product of bare field and answer that phcg.x forms after them."""
    process, answer, bare = start('phcg', folder, 'phcg'), f'{folder}/tmp/x.fildwx', f'{folder}/tmp/x.filbar'
    try:
        size = os.path.getsize
        while process.poll() is None and not (os.path.exists(answer + '3') and size(answer + '3') == size(bare + '3') > 0):
            time.sleep(1)
    finally:
        process.kill()
        process.wait()
    if not os.path.exists(answer + '3') or size(answer + '3') != size(bare + '3'):
        raise RuntimeError(f'phcg.x did not finish: see {folder}/phcg.out')
    bands = int(re.findall(r'number of Kohn-Sham states=\s*(\d+)', open(f'{folder}/pw.out').read())[0])
    fields, answers = ([record_of(f'{name}{k}').reshape(bands, -1) for k in (1, 2, 3)] for name in (bare, answer))
    volume = abs(np.linalg.det(np.reshape([float(v) for v in frame['info']['Lattice'].split()], (3, 3))))/BOHR**3
    # Half of the plane waves is stored, G = 0 first: its partner is itself.
    dot = [[2*(b.conj()*a).real.sum() - (b[:, 0].conj()*a[:, 0]).real.sum() for b in fields] for a in answers]
    return np.eye(3) + 4*2*4*np.pi/volume*np.array(dot)


def compute(frame, settings, folder):
    """The frame with energy, forces, dielectric, bec and asr, and stress where the settings ask for it; without bec and asr where they say so."""
    frame = without_response(frame, settings, folder)
    if settings.get('response') == 'phcg without charges':
        eps = dielectric_of_phcg(folder, frame)
        return {**frame, 'info': {**frame['info'], 'dielectric': ((eps + eps.T)/2).ravel(), 'pbc': 'T T T'}}
    response = response_of_phcg if settings.get('response') == 'phcg' else response_of_ph
    eps, z = response(folder, len(frame['species']), settings)
    bearers = settings.get('sum_rule_bearers')
    bec, asr = bec_from_ph(z, np.isin(frame['species'], bearers) if bearers else slice(None))
    info = {k: v for k, v in frame['info'].items() if k != 'pbc'}
    info.update(dielectric=((eps + eps.T)/2).ravel(), asr=asr, pbc='T T T')
    return {'info': info, 'species': frame['species'], 'arrays': {**frame['arrays'], 'bec': bec}}
