"""Extended XYZ, the little of it that the sets in data/ use: read a file into frames, print frames with fixed digits."""
import gzip
import os
import re

import numpy as np

TOKEN = re.compile(r'(\w+)=("[^"]*"|\S+)')
DIGITS = {'pos': 8, 'velocities': 8, 'forces': 8, 'bec': 7, 'dielectric': 7, 'energy': 8, 'stress': 10, 'asr': 5, 'time': 1}


def read(path):
    """List of frames: {'info': {key: text}, 'species': [..], 'arrays': {name: (N, n)}} of an (optionally gzipped) file."""
    with (gzip.open(path, 'rt') if str(path).endswith('.gz') else open(path)) as f:
        lines = f.read().splitlines()
    frames, i = [], 0
    while i < len(lines):
        n = int(lines[i])
        info = {k: v.strip('"') for k, v in TOKEN.findall(lines[i + 1])}
        columns, names = info.pop('Properties').split(':'), []
        rows = [line.split() for line in lines[i + 2:i + 2 + n]]
        if len(rows) != n:
            raise ValueError(f'{path}: frame {len(frames)} has {len(rows)} of {n} atoms: the file ends early')
        arrays, c = {}, 0
        for name, _, width in zip(columns[0::3], columns[1::3], columns[2::3]):
            names.append(name)
            if name == 'species':
                species = [r[c] for r in rows]
            else:
                arrays[name] = np.array([[float(v) for v in r[c:c + int(width)]] for r in rows])
            c += int(width)
        frames.append({'info': info, 'species': species, 'arrays': arrays})
        i += 2 + n
    return frames


def number(value, digits):
    if digits is None:                      # as many digits as the calculation wrote: ten significant
        return '%.10g' % value
    text = f'{value:.{digits}f}'
    return text[1:] if float(text) == 0 and text[0] == '-' else text


def block(frame, significant=False):
    """Text of one frame. `significant`: ten significant digits everywhere, else the decimals of DIGITS."""
    digits = (lambda name: None) if significant else DIGITS.get
    info, arrays, species = frame['info'], frame['arrays'], frame['species']
    properties = 'species:S:1' + ''.join(f':{k}:R:{a.shape[1]}' for k, a in arrays.items())
    words = [f'Lattice="{info["Lattice"]}"'] if 'Lattice' in info else []
    words.append(f'Properties={properties}')
    for key, value in info.items():
        if key in ('Lattice', 'pbc'):
            continue
        if isinstance(value, np.ndarray):
            value = ' '.join(number(v, digits(key)) for v in value.ravel())
        elif isinstance(value, float):
            value = number(value, digits(key))
        words.append(f'{key}="{value}"' if ' ' in str(value) else f'{key}={value}')
    words.append(f'pbc="{info["pbc"]}"')
    rows = [' '.join([s] + [number(v, digits(k)) for k, a in arrays.items() for v in a[i]]) for i, s in enumerate(species)]
    return f'{len(species)}\n{" ".join(words)}\n' + '\n'.join(rows) + '\n'


def write(path, frames, significant=False):
    """Whole or not at all; gzip without a time stamp, so that equal frames give equal bytes."""
    text = ''.join(block(f, significant) for f in frames).encode()
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    temporary = f'{path}.{os.getpid()}.tmp'
    with open(temporary, 'wb') as f:
        f.write(gzip.compress(text, 9, mtime=0) if str(path).endswith('.gz') else text)
    os.replace(temporary, path)
