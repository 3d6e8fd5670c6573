#!/usr/bin/env python3
"""status.py: what is embedded, what waits in the work folder, what is wanted."""
import os

import numpy as np

from targets import HERE, LISTED, MOLECULES, ROUNDS, SOLIDS, WORK, computed, embedded, waiting

print(f'{"set":20s}{"embedded":>10s}{"computed":>10s}{"wanted":>8s}{"later":>7s}')
for system in SOLIDS:
    done = embedded(system, 'trajectory')
    more = sum(int(k) >= done for k in computed(system, 'trajectory'))
    print(f'{system:20s}{done:10d}{done + more:10d}{ROUNDS[0][system]:8d}{ROUNDS[1][system]:7d}   displaced {embedded(system, "displaced")}, selected {embedded(system, "selected")} and {len(waiting(system))} on the list')
for system, (now, later) in LISTED.items():
    for role in now:
        done = embedded(system, role)
        more = len(waiting(system, role))
        finished = sum(f['info']['label'] in computed(system, role) for f in waiting(system, role))
        print(f'{system:20s}{done:10d}{done + finished:10d}{now[role]:8d}{later[role]:7d}   {role}, {more} on the list')
for system in MOLECULES:
    own, kept = f'{WORK}/{system}/checkpoint.npz', f'{HERE}/molecules/state/{system}-checkpoint.npz'
    step = int(np.load(own if os.path.exists(own) else kept)['step'])
    print(f'{system:20s}{embedded(system, "trajectory"):10d}{step//4 + 1:10d}{ROUNDS[0][system]:8d}{"":7s}   displaced {embedded(system, "displaced")}')
