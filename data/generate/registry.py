#!/usr/bin/env python3
"""registry.py: rewrites data/registry.json. Words come from the tables below, every number (bytes, sha256, frames) from the files."""
import gzip
import hashlib
import json
import os

DATA = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
ROLES = (('reference', 'reference'), ('displaced', 'displaced'), ('trajectory', 'trajectory'), ('selected', 'selected'), ('training', 'training'), ('testing', 'testing'), ('large', 'large'), ('snapshots', 'md-snapshots'),
         ('dipoles', 'dipoles'), ('bec', 'bec'), ('minimum', 'minimum'), ('start', 'start'))
OWN = {'licence': 'CC-BY-4.0', 'citation': 'spectensor reference data, made for this package (data/README.md)'}
BEC = 'bec: 9 per atom, row-major, row = polarization (field) component, column = displacement'
MOLECULE = {
    **OWN, 'quantities': ['polarizability', 'dipole', 'bec', 'forces', 'energy'], 'temperature': 300, 'timestep': 2,
    'level': 'PBE/aug-cc-pVDZ, density-fitted Coulomb, pyscf grid level 3; NVE at 300 K of harmonic energy, 0.5 fs steps',
    'convention': f'polarizability in A^3, row-major, laboratory frame (the molecule rotates); dipole in e*A; {BEC}, in the reference frame only',
    'provenance': 'generate/molecules',
}
SOLID = {
    **OWN, 'quantities': ['dielectric', 'bec', 'forces', 'energy'], 'temperature': 300, 'provenance': 'generate/solids',
    'convention': f'dielectric: clamped-ion tensor, row-major; {BEC}, sum over atoms removed (its largest element stays in asr)',
}
ENTRIES = [
    {'id': 'h2o', 'title': 'Water molecule', 'system': 'H2O', **MOLECULE},
    {'id': 'ch4', 'title': 'Methane molecule', 'system': 'CH4', **MOLECULE},
    {'id': 'ch3oh', 'title': 'Methanol molecule', 'system': 'CH3OH', **MOLECULE},
    {'id': 'water-dimer', 'title': 'Water dimer, heated from 10 to 320 K', 'system': '(H2O)2', **MOLECULE, 'temperature': 320, 'timestep': None,
     'quantities': ['dipole', 'bec', 'polarizability', 'forces', 'energy'],
     'level': 'RPBE/aug-cc-pVDZ, density-fitted Coulomb, on a GFN2-xTB Langevin run (300 ps, every 300 fs)',
     'convention': f'polarizability in A^3, row-major; dipole in e*A; {BEC}'},
    {'id': 'sio2', 'title': 'Alpha-quartz', 'system': 'SiO2', **SOLID, 'timestep': 8,
     'level': 'PBE, DFPT (Quantum ESPRESSO 6.7), 29/200 Ry, k 2x2x2 (z shifted); dynamics: BKS potential, Langevin'},
    {'id': 'nacl', 'title': 'Rock salt', 'system': 'NaCl', **SOLID, 'timestep': 20,
     'level': 'PBE, DFPT (Quantum ESPRESSO 6.7), 30/120 Ry, k 2x2x2 (shifted); dynamics: Tosi-Fumi potential, Langevin'},
    {'id': 'aln', 'title': 'Wurtzite aluminium nitride', 'system': 'AlN', **SOLID, 'timestep': 8,
     'level': 'PBE, DFPT (Quantum ESPRESSO 6.7), 36/240 Ry, k 5x5x2 (z shifted); dynamics: harmonic PBE force constants, Langevin'},
    {'id': 'si', 'title': 'Silicon', 'system': 'Si', **SOLID, 'timestep': 12,
     'level': 'PBE, DFPT (Quantum ESPRESSO 6.7), 16/64 Ry, k 4x4x4 (shifted); dynamics: Stillinger-Weber potential, Langevin'},
    {'id': 'sio2-vasp-cell', 'title': "Alpha-quartz at the mean structure of the MD-Raman trajectory", 'system': 'SiO2', **SOLID, 'timestep': None,
     'level': 'PBE, DFPT (Quantum ESPRESSO 6.7), 29/200 Ry, k 2x2x2 (z shifted); cell and symmetrised mean structure of sio2-md-raman'},
]
LISTED = {
    **SOLID, 'quantities': ['energy', 'forces', 'stress', 'dielectric', 'bec'], 'timestep': None,
    'convention': f'stress: eV/A^3, row-major, positive under tension; {SOLID["convention"]}; selected frames have energy, forces and stress only',
}
ENTRIES += [
    {'id': 'water', 'title': 'Liquid water', 'system': 'H2O', **LISTED, 'temperature': 298,
     'level': 'RPBE with D3 (zero damping), Quantum ESPRESSO 6.7, own norm-conserving pseudopotentials (PBE), 60 Ry, Gamma; 16 H2O in 7.830 A, large: 32 H2O in 9.865 A; '
              'linear response at Gamma; dynamics: force fields of this package learned from the selected frames'},
    {'id': 'mapbi3', 'title': 'Methylammonium lead iodide, orthorhombic and tetragonal', 'system': 'CH3NH3PbI3', **LISTED, 'temperature': None,
     'level': 'PBE with D3 (zero damping), Quantum ESPRESSO 6.7, own norm-conserving pseudopotentials, 46 Ry, two k-points of the shifted 2x2x2 grid; 48 atoms at the measured lattice constants of '
              '100 K (orthorhombic) and 180 K (tetragonal); linear response; dynamics: force fields of this package learned from the selected frames',
     'convention': f'phase: orthorhombic (b the longest axis) or tetragonal (c); {LISTED["convention"]}'},
]
ENTRIES += [
    {'id': 'mapbi3-orthorhombic', 'title': 'Methylammonium lead iodide, orthorhombic, minimum and displacements', 'system': 'CH3NH3PbI3', **LISTED, 'temperature': None,
     'level': 'PBE with D3 (zero damping), Quantum ESPRESSO 6.7, own norm-conserving pseudopotentials, 46 Ry; 48 atoms at the measured lattice constants of 100 K; forces of two k-points of the '
              'shifted 2x2x2 grid, dielectric and bec of the whole of it; linear response',
     'convention': LISTED['convention'].replace('selected frames', 'displaced frames')},
    {'id': 'nacl-64', 'title': 'Rock salt, 64 atoms', 'system': 'NaCl', **SOLID, 'quantities': ['dielectric', 'forces', 'energy'], 'convention': 'dielectric: clamped-ion tensor, row-major',
     'level': 'PBE, DFPT (Quantum ESPRESSO 6.7), 30/120 Ry, Gamma of the 64-atom cell; dynamics: force fields of this package learned from nacl and nacl-64, Langevin'},
]
LEARNED = json.load(open(f'{DATA}/sio2-md-ml/run.json')) if os.path.exists(f'{DATA}/sio2-md-ml/run.json') else None
if LEARNED:
    ENTRIES.append(
        {'id': 'sio2-md-ml', 'title': 'Alpha-quartz, dynamics and tensors of learned models', 'system': 'SiO2', **OWN,
         'quantities': ['polarizability', 'polarization'], 'temperature': LEARNED['runs']['temperature'],
         'timestep': LEARNED['runs']['timestep']*LEARNED['runs']['saveEvery'], 'runs': LEARNED["runs"]["runs"], 'provenance': 'generate/sio2-md-ml.mjs',
         'level': f'machine learning, no first-principles values: force field, Delta-ML polarizability and polarization models of this package, trained on '
                  f'{LEARNED["training"]["trajectory"]} trajectory, {LEARNED["training"]["displaced"]} displaced and {LEARNED["training"]["selected"]} selected PBE frames of sio2; '
                  f'{LEARNED["runs"]["runs"]} NVE runs from snapshots of a Langevin run',
         'convention': f'{LEARNED["runs"]["runs"]} runs of {LEARNED["rowsPerRun"]} rows, one after the other; polarizability V(eps - 1)/4pi in A^3; polarization of the cell '
                       'in e*A, unwrapped positions; minimum: of the force field'})
LIQUID = json.load(open(f'{DATA}/water-md-ml/run.json')) if os.path.exists(f'{DATA}/water-md-ml/run.json') else None
if LIQUID:
    RUNS = LIQUID['ensembles']['64']
    ENTRIES.append(
        {'id': 'water-md-ml', 'title': 'Liquid water, dynamics and tensors of learned models', 'system': 'H2O', **OWN,
         'quantities': ['polarization', 'current', 'polarizability'], 'temperature': RUNS['temperature'], 'timestep': RUNS['timestep']*RUNS['saveEvery'], 'runs': LIQUID['runs']['64'],
         'provenance': 'generate/water-md-ml.mjs',
         'level': f'machine learning, no first-principles values: force field, polarizability and polarization models of this package, trained on {LIQUID["training"]["selected"]} selected and '
                  f'{LIQUID["training"]["training"]} training RPBE-D3 frames of water; 64 H2O in 12.430 A, NVE runs from snapshots of a Langevin run',
         'convention': f'{LIQUID["runs"]["64"]} runs of {LIQUID["rowsPerRun"]} rows, one after the other; polarization of the cell in e*A, unwrapped positions; current: its rate, e*A/fs; '
                       'polarizability V(eps - 1)/4pi in A^3; tables: see the README of the set'})
for ATOMS in (8, 64, 216):
    PATH = f'{DATA}/nacl-md-ml-{ATOMS}/run.json'
    if os.path.exists(PATH):
        RUN = json.load(open(PATH))
        ENTRIES.append(
            {'id': f'nacl-md-ml-{ATOMS}', 'title': f'Rock salt, {ATOMS} atoms, dynamics and tensors of learned models', 'system': 'NaCl', **OWN, 'quantities': ['polarizability'],
             'temperature': RUN['runs']['temperature'], 'timestep': RUN['runs']['timestep']*RUN['runs']['saveEvery'], 'runs': RUN['runs']['runs'], 'provenance': 'generate/nacl-md-ml.mjs',
             'level': f'machine learning, no first-principles values: force field and polarizability model of this package, trained on {RUN["training"]["8 atoms"]} PBE frames of '
                      f'nacl and {RUN["training"]["64 atoms"]} of nacl-64; {RUN["runs"]["runs"]} NVE runs from snapshots of a Langevin run',
             'convention': f'{RUN["runs"]["runs"]} runs of {RUN["rowsPerRun"]} rows, one after the other; polarizability V(eps - 1)/4pi in A^3; minimum: the perfect crystal'})
for PHASE in ('orthorhombic', 'tetragonal'):
    PATH = f'{DATA}/mapbi3-md-ml-{PHASE}/run.json'
    if os.path.exists(PATH):
        RUN = json.load(open(PATH))
        ENTRIES.append(
            {'id': f'mapbi3-md-ml-{PHASE}', 'title': f'Methylammonium lead iodide, {PHASE}, dynamics and tensors of learned models', 'system': 'CH3NH3PbI3', **OWN,
             'quantities': ['polarization', 'current'], 'temperature': RUN['runs']['temperature'], 'timestep': RUN['runs']['timestep']*RUN['runs']['saveEvery'],
             'runs': RUN['runs']['runs'], 'provenance': 'generate/mapbi3-md-ml.mjs',
             'level': f'machine learning, no first-principles values: force field and polarization model of this package, trained on {RUN["training"]["selected"]} selected and '
                      f'{RUN["training"]["training"]} training PBE-D3 frames of mapbi3; {RUN["atoms"]} atoms, NVE runs from snapshots of a Langevin run',
             'convention': f'{RUN["runs"]["runs"]} runs of {RUN["rowsPerRun"]} rows, one after the other; polarization of the cell in e*A, unwrapped positions; current: its rate, '
                           'e*A/fs; tables: see the README of the set'})
COLUMNS = (('polarizability', 'xx yy zz xy yz zx'), ('polarization', None), ('current', None))
MD_RAMAN = 'https://raw.githubusercontent.com/TheoFEM-TUM/MD-Raman/1324e82db6a693bdb257a71ff2ff57e303da53ec/example'
PUBLIC = [
    {'id': 'sio2-md-raman', 'title': 'Alpha-quartz, MD-Raman example of the TheoFEM group', 'system': 'SiO2', 'quantities': ['dielectric', 'bec', 'forces'],
     'level': 'PBE (VASP), Gamma only, Nose-Hoover 300 K, 1 fs steps, every 10th with DFPT', 'temperature': 300, 'timestep': 10, 'licence': 'none stated',
     'citation': 'M. Grumet, C. von Scarpatetti, T. Bucko, D. A. Egger, J. Phys. Chem. C 2024, 10.1021/acs.jpcc.4c00886; github.com/TheoFEM-TUM/MD-Raman',
     'convention': 'alpha.dat: dielectric tensor, columns xx yy zz xy yz zx (its own header says otherwise); frame n of alpha.dat is step 10 n of XDATCAR (n from 1)',
     'files': [{'role': 'trajectory', 'name': 'XDATCAR', 'url': f'{MD_RAMAN}/vasp_input/XDATCAR', 'bytes': 3700188,
                'sha256': '61cad54a4998fce3a1d3347ffc217623652467f8daa0711d7e708b21607309ee', 'frames': 1000, 'first': 9, 'stride': 10},
               {'role': 'series', 'name': 'alpha.dat', 'url': f'{MD_RAMAN}/alpha.dat', 'bytes': 85000,
                'sha256': '40320a92e179c620a83850b6bd47a43d088bac504087997e8ddf934bf4a6ec3a', 'frames': 1000, 'quantity': 'dielectric', 'components': 'xx yy zz xy yz zx'}]},
    {'id': 'schmiedmayer-2024', 'title': 'Derivative learning of tensorial quantities: water dimer, liquid water, MAPbI3', 'system': 'H2O, MAPbI3', 'quantities': ['bec', 'dipole'],
     'level': 'see the record', 'temperature': None, 'timestep': None, 'licence': 'see the record',
     'citation': 'B. Schmiedmayer, G. Kresse, J. Chem. Phys. 161, 084703 (2024), 10.1063/5.0217243; data 10.5281/zenodo.12622340',
     'convention': 'see the record', 'files': [], 'record': 'https://zenodo.org/api/records/12622340',
     'note': 'Fetched with `spectensor data fetch schmiedmayer-2024`; read the files from the cache folder with readFrames. Record: https://doi.org/10.5281/zenodo.12622340'},
]
MARK = '<!-- written by generate/registry.py -->'
KEYS = ('id', 'title', 'system', 'quantities', 'level', 'temperature', 'timestep', 'runs', 'licence', 'citation', 'convention', 'files', 'record', 'note', 'provenance')


def count(path):
    with gzip.open(path, 'rt') as f:
        n, line = 0, f.readline()
        while line:
            for _ in range(int(line) + 1):
                next(f)
            n, line = n + 1, f.readline()
    return n


def files(system):
    out = []
    for role, name in ROLES:
        path = f'{DATA}/{system}/{name}.xyz.gz'
        if os.path.exists(path):
            content = open(path, 'rb').read()
            out.append({'role': role, 'path': f'{system}/{name}.xyz.gz', 'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest(), 'frames': count(path)})
    for quantity, components in COLUMNS:
        path = f'{DATA}/{system}/{quantity}.dat.gz'
        if os.path.exists(path):
            content = open(path, 'rb').read()
            rows = sum(not line.startswith(b'#') for line in gzip.decompress(content).splitlines())
            out.append({'role': 'series', 'path': f'{system}/{quantity}.dat.gz', 'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest(), 'frames': rows,
                        'quantity': quantity, **({'components': components} if components else {})})
    for name in sorted(os.listdir(f'{DATA}/{system}')) if os.path.isdir(f'{DATA}/{system}') else []:
        if name.endswith('.csv.gz'):
            content = open(f'{DATA}/{system}/{name}', 'rb').read()
            out.append({'role': 'table', 'path': f'{system}/{name}', 'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest()})
    return out


def picture(system):
    return f'<img src="{system}/series.svg" width="430" alt="series of {system}">' if os.path.exists(f'{DATA}/{system}/series.svg') else ''


def table(entries):
    """The table of data/README.md, between its two marks."""
    path = f'{DATA}/README.md'
    text = open(path).read() if os.path.exists(path) else ''
    if text.count(MARK) != 2:
        return
    rows = ['| set | frames with tensors | other frames | per frame | spacing | licence | size | series |', '|---|---|---|---|---|---|---|---|']
    for e in entries:
        own = {f['role']: f['frames'] for f in e['files'] if 'path' in f and 'frames' in f}
        if not own:
            continue
        main = ', '.join(f'{own[r]} {r}' for r in ('trajectory', 'training', 'testing', 'large', 'selected', 'dipoles', 'bec', 'displaced', 'reference') if r in own) or '-'
        other = '1000 snapshots to compute or predict' if 'snapshots' in own else f'{own["series"]} predicted' if 'series' in own else '-'
        spacing = f'{e["timestep"]} fs' if 'timestep' in e else '-'
        size = sum(f['bytes'] for f in e['files'])/1e3
        rows.append(f'| [{e["id"]}]({e["id"]}/README.md) | {main} | {other} | '
                    f'{", ".join(e["quantities"])} | {spacing} | {e["licence"]} | {size:.0f} kB | {picture(e["id"])} |')
    before, _, after = text.split(MARK)
    with open(f'{path}.tmp', 'w') as f:
        f.write(before + MARK + '\n' + '\n'.join(rows) + '\n' + MARK + after)
    os.replace(f'{path}.tmp', path)


def main():
    entries = [e for e in [{**e, 'files': files(e['id'])} for e in ENTRIES] if e['files']] + PUBLIC
    entries = [{k: e[k] for k in KEYS if e.get(k) is not None} for e in entries]
    text = json.dumps({'schema': 1, 'datasets': entries}, indent=2, ensure_ascii=False) + '\n'
    temporary = f'{DATA}/registry.json.tmp'
    open(temporary, 'w').write(text)
    os.replace(temporary, f'{DATA}/registry.json')
    table(entries)
    for e in entries:
        print(f'{e["id"]:20s}', ', '.join(f'{f["role"]} {f["frames"]}' for f in e['files'] if 'frames' in f))


if __name__ == '__main__':
    main()
