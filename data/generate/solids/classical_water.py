#!/usr/bin/python3
"""First configurations of liquid water: classical_water.py MOLECULES FRAMES FOLDER [SEED] writes FOLDER/classical.xyz

A flexible three-point model (SPC/Fw: Wu, Tepper, Voth, J. Chem. Phys. 124, 024503 (2006)) in LAMMPS, its O-H bond shortened by R_OH so
that the mean is that of RPBE: these frames start a force field and are soon outnumbered by its own. Whole molecules, 0.997 g/cm3."""
import os
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import extxyz
from solids.md import dump
from solids.systems import water_edge

R_OH, TEMPERATURES, APART, EQUIL = 0.968, (280, 320, 370, 420), 4.0, 20.0      # A, K, ps, ps


def data_file(molecules, edge, seed):
    rng = np.random.default_rng(seed)
    per_side = int(np.ceil(molecules**(1/3)))
    sites = np.array(np.meshgrid(*[range(per_side)]*3)).reshape(3, -1).T[rng.permutation(per_side**3)[:molecules]]*edge/per_side
    atoms, bonds, angles = [], [], []
    for m, site in enumerate(sites):
        u, v = np.linalg.qr(rng.normal(size=(3, 3)))[0][:2]
        half, o = np.radians(113.24/2), 3*m + 1
        points = [site, *(site + R_OH*(np.cos(half)*u + s*np.sin(half)*v) for s in (1, -1))]
        atoms += [f'{o + k} {m + 1} {1 if k == 0 else 2} {-0.82 if k == 0 else 0.41} ' + ' '.join('%.8f' % c for c in p) for k, p in enumerate(points)]
        bonds += [f'{2*m + k} 1 {o} {o + k}' for k in (1, 2)]
        angles.append(f'{m + 1} 1 {o + 1} {o} {o + 2}')
    return f"""water

{3*molecules} atoms
{2*molecules} bonds
{molecules} angles
2 atom types
1 bond types
1 angle types
0 {edge} xlo xhi
0 {edge} ylo yhi
0 {edge} zlo zhi

Masses

1 15.999
2 1.008

Atoms

""" + '\n'.join(atoms) + '\n\nBonds\n\n' + '\n'.join(bonds) + '\n\nAngles\n\n' + '\n'.join(angles) + '\n'


def script(edge, kelvin, frames, seed):
    """Energies in kcal/mol, times in fs. The cut-off stays below half the edge, so that a molecule never meets its own image."""
    return f"""units real
atom_style full
bond_style harmonic
angle_style harmonic
pair_style lj/cut/coul/long {min(edge/2 - 0.02, 9):.3f}
kspace_style ewald 1e-5
read_data water.data
pair_coeff 1 1 0.155425 3.165492
pair_coeff * 2 0.0 1.0
bond_coeff 1 529.581 {R_OH}
angle_coeff 1 37.95 113.24
special_bonds lj/coul 0 0 0
neighbor 1.0 bin
neigh_modify every 1 delay 0 check yes
minimize 1e-6 1e-6 500 5000
velocity all create {kelvin} {seed} mom yes rot no dist gaussian
timestep 0.5
fix nve all nve
fix lan all langevin {kelvin} {kelvin} 200 {seed + 1} zero yes
thermo 10000
run {int(EQUIL*2000)}
reset_timestep 0
dump d all custom {int(APART*2000)} md.dump id type xu yu zu vx vy vz
dump_modify d sort id format float %.10g
run {int(APART*2000)*frames}
"""


def main(molecules, frames, folder, seed=1):
    os.makedirs(folder, exist_ok=True)
    edge, runs = water_edge(molecules), []
    for r, kelvin in enumerate(TEMPERATURES):
        open(f'{folder}/water.data', 'w').write(data_file(molecules, edge, seed + r))
        open(f'{folder}/in.lmp', 'w').write(script(edge, kelvin, -(-frames//len(TEMPERATURES)), 1000*seed + 10*r + 7))
        subprocess.run(['lmp', '-in', 'in.lmp', '-log', 'log.lammps', '-screen', 'none'], check=True, cwd=folder, env={**os.environ, 'OMP_NUM_THREADS': '1'})
        runs.append([{'info': {'Lattice': f'{edge:.10g} 0 0 0 {edge:.10g} 0 0 0 {edge:.10g}', 'run': f'classical-{kelvin}K', 'pbc': 'T T T'}, 'species': ['O', 'H', 'H']*molecules,
                      'arrays': {'pos': d[:, 2:5]}} for step, d in dump(f'{folder}/md.dump', 3*molecules) if step])
    mixed = [f for group in zip(*runs) for f in group][:frames]         # all temperatures from the start
    for i, f in enumerate(mixed):
        f['info'] = {'Lattice': f['info']['Lattice'], 'label': 'c%04d' % i, 'run': f['info']['run'], 'pbc': 'T T T'}
    extxyz.write(f'{folder}/classical.xyz', mixed)
    print(len(mixed), 'frames')


if __name__ == '__main__':
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *(int(v) for v in sys.argv[4:5]))
