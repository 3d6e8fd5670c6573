"""What is finished, what is wanted, and where things lie. Imported by work.py, harvest.py and validate.py."""
import glob
import os

import extxyz

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.normpath(os.path.join(HERE, '..'))
WORK = os.environ.get('SPECTENSOR_WORK', os.path.join(HERE, 'work'))
SOLIDS = ('sio2', 'nacl', 'aln', 'si')
MOLECULES = {'ch4': 'CH4', 'ch3oh': 'CH3OH', 'h2o': 'H2O'}
# Two rounds: the first to the counts that the sets need, the second beyond. share: how much faster than the others a set grows.
ROUNDS = ({'sio2': 300, 'nacl': 250, 'aln': 250, 'si': 120, 'ch4': 1001, 'ch3oh': 1001, 'h2o': 1001},
          {'sio2': 1000, 'nacl': 900, 'aln': 740, 'si': 480})
SHARE = {'sio2': 6, 'ch4': 6}
# Sets whose configurations all come from lists, with the counts of each role in both rounds. `selected`: energy, forces and stress, to learn
# dynamics from; the other roles have tensors too, `training` and `testing` from independent runs, `large` from a cell of twice the size.
LISTED = {'water': ({'selected': 200, 'training': 24, 'testing': 16, 'large': 4}, {'selected': 400, 'training': 48, 'testing': 32, 'large': 8}),
          'mapbi3': ({'selected': 120, 'training': 16, 'testing': 8}, {'selected': 240, 'training': 32, 'testing': 16}),
          'nacl-64': ({'training': 24}, {'training': 48})}
# Sets of one minimum and its displacements, whose lists solids/harmonic.py writes.
LISTED.update({f'mapbi3-{phase}': 2*({'reference': 1, 'displaced': count},) for phase, count in (('orthorhombic', 46),)})
FORCES_ONLY = ('selected', 'displaced')

# How choose.py makes candidates: a learned Langevin run at each temperature (K; half again the set's own where none is given).
# bonded: (species, neighbour, longest distance in A) that must hold in a candidate.
QUARTZ_LIKE = {'steps': 20000, 'every': 40}                     # 500 frames 40 fs apart
RIDGES = {'ridge': {'kind': 'validation', 'values': [1e-9, 1e-8, 1e-7, 3e-7, 1e-6, 1e-5]}}         # few frames of a liquid need more of it than many of a crystal
EXPLORE = {**{s: QUARTZ_LIKE for s in SOLIDS},
           'water': {'steps': 1600, 'every': 80, 'temperatures': (270, 320, 370, 420), 'from_selected': True, 'bonded': (('H', 'O', 1.35),), 'options': RIDGES,
                     'md': ('--timestep', '0.5', '--friction', '20', '--max-uncertainty', '2')},
           'mapbi3': {'steps': 2000, 'every': 250, 'options': {**RIDGES, 'descriptor': {'cutoff': 5, 'nMax': 6, 'lMax': 3}, 'compress': {'lost': 1e-3}}, 'temperatures': (230, 230, 430, 430), 'from_selected': True, 'bonded': (('C', 'H', 1.5), ('N', 'H', 1.5), ('C', 'N', 2.0)),
                      'md': ('--timestep', '0.5', '--friction', '20', '--max-uncertainty', '2')},
           'nacl-64': {'md': ('--timestep', '3', '--friction', '2')}}

# How draw.py takes configurations with tensors from learned runs: steps before the first and between two. learns_from: the sets that the
# force field is fitted to, where not the set alone; supercell: (set, copies along each edge) whose reference a run starts from.
DRAW = {'water': {'temperature': 298, 'equilibration': 8000, 'apart': 1000, 'seeds': {'training': 1000, 'testing': 2003, 'large': 3000}},
        'mapbi3': {'temperature': {'orthorhombic': 107, 'tetragonal': 228}, 'equilibration': 8000, 'apart': 1000, 'seeds': {'training': 1000, 'testing': 2003}},
        'nacl-64': {'temperature': 300, 'equilibration': 1000, 'apart': 200, 'seeds': {'training': 1000}, 'learns_from': ('nacl', 'nacl-64'), 'supercell': ('nacl', 2)}}


def frames_in(path):
    return extxyz.read(path) if os.path.exists(path) else []


def embedded(system, role):
    """Number of frames of data/SYSTEM/ROLE.xyz.gz."""
    return len(frames_in(f'{DATA}/{system}/{role}.xyz.gz'))


def computed(system, role):
    """{label: path} of finished frames that wait in the work folder."""
    return {os.path.basename(p)[:-4]: p for p in glob.glob(f'{WORK}/{system}/{role}/*.xyz')}


def same_cell(frame):
    """What a configuration reached from `frame` keeps of its comment line."""
    return {k: frame['info'][k] for k in ('Lattice', 'phase', 'pbc') if k in frame['info']}


def by_phase(frames):
    """{phase: frames} of a set; one entry, None, where it has no phases."""
    return {phase: [f for f in frames if f['info'].get('phase') == phase] for phase in dict.fromkeys(f['info'].get('phase') for f in frames)}


def list_path(system, role):
    return f'{WORK}/{system}/{"select" if role == "selected" else role + "-list"}.xyz'


def embedded_list(system, role):
    """What was still to be computed at the last harvest."""
    return f'{HERE}/lists/{system}-{role}.xyz.gz'


def waiting(system, role='selected'):
    """Frames of a list (choose.py, draw.py) that are not embedded yet: that of the work folder, else that of the last harvest."""
    known = {f['info']['label'] for f in frames_in(f'{DATA}/{system}/{role}.xyz.gz')}
    path = list_path(system, role)
    return [f for f in frames_in(path if os.path.exists(path) else embedded_list(system, role)) if f['info']['label'] not in known]
