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


def frames_in(path):
    return extxyz.read(path) if os.path.exists(path) else []


def embedded(system, role):
    """Number of frames of data/SYSTEM/ROLE.xyz.gz."""
    return len(frames_in(f'{DATA}/{system}/{role}.xyz.gz'))


def computed(system, role):
    """{label: path} of finished frames that wait in the work folder."""
    return {os.path.basename(p)[:-4]: p for p in glob.glob(f'{WORK}/{system}/{role}/*.xyz')}


def waiting(system):
    """Frames of the list of choose.py that are not embedded yet."""
    known = {f['info']['label'] for f in frames_in(f'{DATA}/{system}/selected.xyz.gz')}
    return [f for f in frames_in(f'{WORK}/{system}/select.xyz') if f['info']['label'] not in known]
