#!/usr/bin/python3
"""Classical 300 K trajectory with LAMMPS (Debian's python3-ase): md.py SYSTEM FOLDER [ps] [seed]

FOLDER/x0.xyz: 0 K minimum of the force field in the fixed cell, the reference structure of the linear-response model.
FOLDER/md-snapshots.xyz.gz: the strided frames (positions unwrapped, centre of mass fixed; velocities A/fs); FOLDER/md.json: the run."""
import json
import os
import subprocess
import sys

import numpy as np
from ase.io import write

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import extxyz
from solids.systems import MASS, MD, STRIDE, build

T, DT, EVERY, DAMP, EQUIL = 300.0, 0.001, 4, 1.0, 20.0      # K, ps, steps, ps, ps


def lammps(s, masses, ps, seed):
    return f"""units metal
atom_style charge
atom_modify map array sort 0 0
box tilt large
read_data in.data
{masses}{s['ff']}
neighbor 1.0 bin
neigh_modify every 1 delay 0 check yes
thermo_style custom step temp pe ke etotal press
thermo_modify format float %.10g
min_style cg
minimize 0 1e-10 20000 200000
reset_timestep 0
write_dump all custom x0.dump id type xu yu zu vx vy vz modify sort id format float %.12g
timestep {DT}
velocity all create {T} {seed} mom yes rot no dist gaussian
fix nve all nve
fix lan all langevin {T} {T} {DAMP} {seed + 1} zero yes
thermo 5000
run {int(EQUIL/DT)}
velocity all zero linear
reset_timestep 0
thermo 500
dump d all custom {EVERY} md.dump id type xu yu zu vx vy vz
dump_modify d sort id format float %.12g
run {int(ps/DT)}
"""


def dump(path, n):
    lines, i = open(path).read().split('\n'), 0
    while i + 9 + n <= len(lines) and lines[i].startswith('ITEM: TIMESTEP'):
        yield int(lines[i + 1]), np.array([[float(v) for v in lines[i + 9 + k].split()] for k in range(n)])
        i += 9 + n


def save(folder, name, cell, species, frames, facts):
    """frames: (time in fs, positions, velocities) of every EVERY steps, kept every STRIDE-th, a thousand of them."""
    m, temperature, kept = np.array([MASS[s] for s in species])[:, None], [], []
    lattice = ' '.join('%.10g' % v for v in cell.ravel())
    for i, (time, pos, vel) in enumerate(frames):
        temperature.append((m*vel**2).sum()*103.642697/(3*len(species) - 3)/8.617333e-5)
        if i % STRIDE.get(name, 2) == 0 and len(kept) < 1000:
            kept.append({'info': {'Lattice': lattice, 'frame': len(kept), 'time': float(time), 'pbc': 'T T T'}, 'species': species,
                         'arrays': {'pos': pos, 'velocities': vel}})
    extxyz.write(f'{folder}/md-snapshots.xyz.gz', kept)
    json.dump({**facts, 'mean_temperature_K': float(np.mean(temperature)), 'frames': len(temperature)}, open(f'{folder}/md.json', 'w'), indent=1)
    print(name, len(temperature), 'frames, <T> =', np.mean(temperature))


def main(name, folder, ps=40.0, seed=20261120):
    s = MD[name]
    os.makedirs(folder, exist_ok=True)
    at = build(name)
    species = at.get_chemical_symbols()
    at.set_initial_charges([s['charges'][s['types'].index(x)] for x in species])
    write(f'{folder}/in.data', at, format='lammps-data', atom_style='charge', specorder=s['types'])
    masses = ''.join(f'mass {i + 1} {MASS[x]}\n' for i, x in enumerate(s['types']))
    open(f'{folder}/in.lmp', 'w').write(lammps(s, masses, ps, seed))
    subprocess.run(['lmp', '-in', 'in.lmp', '-log', 'log.lammps', '-screen', 'none'], check=True, cwd=folder, env={**os.environ, 'OMP_NUM_THREADS': '1'})
    m = np.array([MASS[x] for x in species])[:, None]
    com = lambda p: (m*p).sum(0)/m.sum()
    x0 = next(dump(f'{folder}/x0.dump', len(at)))[1][:, 2:5]
    at.positions = x0 + com(at.positions) - com(x0)
    at.set_initial_charges(None)
    write(f'{folder}/x0.xyz', at, format='extxyz', columns=['symbols', 'positions'])
    frames = ((step*DT*1000, d[:, 2:5] - com(d[:, 2:5]) + com(at.positions), d[:, 5:8]/1000 - com(d[:, 5:8]/1000))
              for step, d in dump(f'{folder}/md.dump', len(at)))
    save(folder, name, at.cell.array, species, frames,
         {'engine': 'LAMMPS', 'potential': s['ref'], 'ensemble': f'NVT Langevin, damp {DAMP} ps, zero-sum noise, after {EQUIL} ps of the same',
          'temperature_K': T, 'dt_fs': DT*1000, 'save_every_fs': DT*1000*EVERY, 'length_ps': ps, 'seed': seed})
    os.remove(f'{folder}/md.dump')


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], *(float(v) for v in sys.argv[3:4]), *(int(v) for v in sys.argv[4:5]))
