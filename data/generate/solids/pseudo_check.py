#!/usr/bin/env python3
"""What pseudopotentials and cut-off change in small cells: pseudo_check.py ion|layer|pressure mapbi3|hard ECUT.

mapbi3: the files of its settings; hard: those of r_c 1.45, 1.40, 0.90 for C, N, H.
ion: CH3NH3+ relaxed in a 6.5 A box, harmonic wavenumbers by +-0.01 A of the atoms that differ by its threefold axis.
layer: PbI2, relaxed with its hexagonal cell. pressure: pressure times volume (eV) of CH3NH3+, PbI2 and I- in fixed places, whose
difference between two cut-offs is what the stress lacks."""
import os
import re
import shutil
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from solids.dfpt import BOHR, RY, numbers, pseudos, run
from solids.perovskite import ion
from solids.systems import DFT, HARD, MASS
from targets import WORK

BOX, DELTA = 6.5, 0.01                          # A
SPECIES = list('CNHHHHHH')
IMAGES = [0, 1, 3, 4, 2, 6, 7, 5]               # of the atoms of the ion under its threefold axis, z
TURN = np.array([[-0.5, -np.sqrt(0.75), 0], [np.sqrt(0.75), -0.5, 0], [0, 0, 1]])
TO_CM = np.sqrt(1.602176634e-19/1e-20/1.66053906660e-27)/(2*np.pi*2.99792458e10)       # of the root of eV/(A^2 u)


def atomic_species(names, files):
    return 'ATOMIC_SPECIES\n' + ''.join(f'{x} {MASS[x]} {os.path.basename(files[x])}\n' for x in names)


def ion_input(pos, calculation, files, ecut, start='atoms'):
    """`start`: atoms, or file for the density and wavefunctions of the run before."""
    return f"""&control
 calculation='{calculation}', prefix='x', outdir='./tmp', pseudo_dir='./pp', tprnfor=.true., tstress={'.true.' if start == 'atoms' else '.false.'}, disk_io='low', forc_conv_thr=3e-4, etot_conv_thr=1e-5
/
&system
 ibrav=1, celldm(1)={BOX/BOHR:.8f}, nat=8, ntyp=3, ecutwfc={ecut:g}, ecutrho={4*ecut:g}, tot_charge=1, nosym=.true.
/
&electrons
 conv_thr=1e-10, mixing_beta=0.5{", startingpot='file', startingwfc='file'" if start == 'file' else ''}
/
&ions
/
""" + atomic_species('CNH', files) + 'ATOMIC_POSITIONS angstrom\n' + ''.join('%s %.9f %.9f %.9f\n' % (s, *p) for s, p in zip(SPECIES, pos)) + 'K_POINTS gamma\n'


def iodide_input(files, ecut):
    return f"""&control
 calculation='scf', prefix='x', outdir='./tmp', pseudo_dir='./pp', tstress=.true., disk_io='low'
/
&system
 ibrav=1, celldm(1)={BOX/BOHR:.8f}, nat=1, ntyp=1, ecutwfc={ecut:g}, ecutrho={4*ecut:g}, tot_charge=-1, nosym=.true.
/
&electrons
 conv_thr=1e-10, mixing_beta=0.5
/
""" + atomic_species(['I'], files) + 'ATOMIC_POSITIONS angstrom\nI 0.03 0.05 0.02\nK_POINTS gamma\n'


def layer_input(calculation, files, ecut):
    return f"""&control
 calculation='{calculation}', prefix='x', outdir='./tmp', pseudo_dir='./pp', tstress=.true., disk_io='low', forc_conv_thr=2e-4, etot_conv_thr=1e-6
/
&system
 ibrav=4, celldm(1)=8.61, celldm(3)=1.533, nat=3, ntyp=2, ecutwfc={ecut:g}, ecutrho={4*ecut:g}, {DFT['mapbi3']['dispersion']}
/
&electrons
 conv_thr=1e-10, mixing_beta=0.5
/
&ions
/
&cell
 press_conv_thr=0.1
/
""" + atomic_species(['Pb', 'I'], files) + 'ATOMIC_POSITIONS crystal\nPb 0 0 0\nI 0.3333333333 0.6666666667 0.268\nI 0.6666666667 0.3333333333 -0.268\nK_POINTS automatic\n4 4 3 0 0 0\n'


def calculate(text, folder):
    with open(f'{folder}/pw.in', 'w') as f:
        f.write(text)
    return run('pw', folder)


def ideal_ion():
    return np.array([p for _, p in ion((0, 0, 0), (0, 0, 1), (1, 0, 0))]) + BOX/2 + (0.03, 0.05, 0.02)


def ion_forces(output):
    rows = [line for line in output[output.rindex('Forces acting on atoms'):].splitlines() if re.match(r'\s+atom\s+\d+ type', line)][:8]
    return np.array([numbers(row)[-3:] for row in rows])*RY/BOHR


def wavenumbers(hessian, pos):
    """Of the 18 vibrations, cm-1: translations and rotations projected out."""
    m = np.array([MASS[s] for s in SPECIES])
    x, root = pos - np.average(pos, axis=0, weights=m), np.sqrt(np.repeat(m, 3))
    still = [np.tile(e, 8) for e in np.eye(3)] + [np.cross(e, x).ravel() for e in np.eye(3)]
    q, _ = np.linalg.qr((np.array(still)*root).T)
    project = np.eye(24) - q @ q.T
    w = np.linalg.eigvalsh(project @ (hessian/np.outer(root, root)) @ project)
    w = np.delete(w, np.argsort(abs(w))[:6])
    return np.sign(w)*np.sqrt(abs(w))*TO_CM


def ion_check(files, ecut, folder):
    output = calculate(ion_input(ideal_ion(), 'relax', files, ecut), folder)
    pos = np.array([[float(v) for v in line.split()[1:4]] for line in output[output.rindex('ATOMIC_POSITIONS'):].splitlines()[1:9]])
    calculate(ion_input(pos, 'scf', files, ecut), folder)
    hessian, own = np.zeros((24, 24)), [*range(9), 15, 16, 17]              # C, N, one H of each end
    for i in own:
        there = [(pos.ravel() + sign*DELTA*(np.arange(24) == i)).reshape(8, 3) for sign in (1, -1)]
        plus, minus = (ion_forces(calculate(ion_input(p, 'scf', files, ecut, 'file'), folder)) for p in there)
        hessian[i] = (minus - plus).ravel()/(2*DELTA)
    turn = np.zeros((24, 24))
    for a, b in enumerate(IMAGES):
        turn[3*b:3*b + 3, 3*a:3*a + 3] = TURN
    once = turn @ hessian @ turn.T
    twice = turn @ once @ turn.T
    for i in set(range(24)) - set(own):
        hessian[i] = once[i] if once[i].any() else twice[i]
    bonds = [np.linalg.norm(pos[a] - pos[b], axis=-1).mean() for a, b in ((0, 1), (0, [2, 3, 4]), (1, [5, 6, 7]))]
    print(f'{ecut:g} Ry: C-N %.4f, C-H %.4f, N-H %.4f A; cm-1:' % tuple(bonds), ' '.join('%.1f' % w for w in wavenumbers((hessian + hessian.T)/2, pos)))


def layer_check(files, ecut, folder):
    output = calculate(layer_input('vc-relax', files, ecut), folder)
    cell = np.array([numbers(line) for line in output[output.rindex('CELL_PARAMETERS'):].splitlines()[1:4]])
    unit = float(re.findall(r'CELL_PARAMETERS \(alat=\s*([\d.]+)\)', output)[-1])*BOHR
    z = numbers(output[output.rindex('ATOMIC_POSITIONS'):].splitlines()[2])[2]
    a, c = np.linalg.norm(cell[0])*unit, np.linalg.norm(cell[2])*unit
    print(f'{ecut:g} Ry: a {a:.3f}, c {c:.3f} A, z(I) {z:.4f}, Pb-I {np.hypot(a/np.sqrt(3), z*c):.3f} A')


def pressure_check(files, ecut, folder):
    for name, text in (('CH3NH3+', ion_input(ideal_ion(), 'scf', files, ecut)), ('PbI2', layer_input('scf', files, ecut)), ('I-', iodide_input(files, ecut))):
        output = calculate(text, folder)
        pressure, volume = float(re.findall(r'P=\s*(\S+)', output)[-1]), float(re.findall(r'unit-cell volume\s+=\s+(\S+)', output)[-1])
        print(f'{ecut:g} Ry: {name} {pressure*0.1/160.21766*volume*BOHR**3:.4f} eV')


def main(what, name, ecut):
    files = {**DFT['mapbi3']['pseudo'], **(HARD if name == 'hard' else DFT[name]['pseudo'])}
    folder = f'{WORK}/scratch/{what}-{name}'
    shutil.rmtree(folder, ignore_errors=True)
    pseudos(files, folder)
    {'ion': ion_check, 'layer': layer_check, 'pressure': pressure_check}[what](files, float(ecut), folder)


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
