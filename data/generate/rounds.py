#!/usr/bin/env python3
"""rounds.py SYSTEM: the table of data/SYSTEM/README.md that tells how a force field's error fell from round to round of choose.py.

For each round the field is fitted again to the selected frames up to it, and tested on the frames of the next round (which were chosen because
it knew them least) and on `testing`, which no field has seen. Everything from embedded frames: the table can be made again at any time."""
import json
import os
import sys

import extxyz
from choose import force_field_options, scratch, spectensor
from targets import DATA, frames_in

MARK = '<!-- written by generate/rounds.py -->'


def errors(folder, options, train, test):
    for name, frames in (('train', train), ('test', test)):
        extxyz.write(f'{folder}/{name}.xyz', frames)
    done = spectensor('fit', 'forcefield', '--train', f'{folder}/train.xyz', *(['--test', f'{folder}/test.xyz'] if test else []), '--options', options, '--out', f'{folder}/ff.json.gz')
    return [(f'{done[s]["energy"]["rmse"]:.1f}', f'{done[s]["forces"]["rmse"]:.0f}') if s in done else ('-', '-') for s in ('train', 'test')]


def main(system):
    path, folder = f'{DATA}/{system}/README.md', scratch()
    frames, testing = frames_in(f'{DATA}/{system}/selected.xyz.gz'), frames_in(f'{DATA}/{system}/testing.xyz.gz')
    turn = lambda f: int(f['info'].get('round', 0))
    options = json.dumps(force_field_options(system))
    rows = ['| round | frames in all | training: meV/atom, meV/Å | frames of the next round | testing |', '|---|---|---|---|---|']
    last = max(map(turn, frames))
    for k in range(last + 1):
        train, following = [f for f in frames if turn(f) <= k], [f for f in frames if turn(f) == k + 1]
        own, ahead = errors(folder, options, train, following)
        unseen = errors(folder, options, train, testing)[1] if testing else ('-', '-')
        rows.append(f'| {k} | {len(train)} | {", ".join(own)} | {", ".join(ahead)} | {", ".join(unseen)} |')
        print(rows[-1], flush=True)
    before, _, after = open(path).read().split(MARK)
    with open(f'{path}.tmp', 'w') as f:
        f.write(before + MARK + '\n' + '\n'.join(rows) + '\n' + MARK + after)
    os.replace(f'{path}.tmp', path)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
