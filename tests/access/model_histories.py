#!/usr/bin/env python3
"""Random histories of control with what the executable model says of them, for model_test.cpp.

model_histories.py FOLDER_OF_THE_MODEL FIRST_SEED COUNT

One history: its records in the order they were written, then what holds, then "end":
  entry DEVICE INCARNATION KIND ...     cites are DEVICE.INCARNATION.SEQ
  devices NUMBER AND_HOW_MANY_CLASH
  level DEVICE LEVEL / clash DEVICE / rights DEVICE COMPARTMENT BITS
  open SECTION LABEL... / write SECTION LABEL (or -) / epoch DEVICE INCARNATION SEQ 0-or-1
Only what both know: certificates, compartments, sections, rights, epochs.
"""
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import model as m  # noqa: E402
from world import base  # noqa: E402

DEVICES = 'ABSTMNP'
COMPARTMENTS = 'cx'
SECTIONS = ('note', 'plan')


def known(rnd, world):
    """Some heads that an author might have seen, up to what a record may list."""
    entries = [e for e in world.e if e.comp == m.CTL]
    if rnd.random() < 0.4:
        tips = {}
        for e in entries:
            tips[e.log] = e
        return tuple(e.h for e in tips.values())[:m.MAX_CITES]
    return tuple(e.h for e in rnd.sample(entries, min(len(entries), rnd.randint(0, 3))))


def step(rnd, world):
    author = rnd.choice('R' + DEVICES)
    inst = 9 if author == 'R' else rnd.choice((0, 0, 0, 1))
    device = rnd.choice(DEVICES)
    kind = rnd.choice(('cert', 'cert', 'map', 'grant', 'epoch', 'comp'))
    cites = known(rnd, world)
    if kind == 'cert':
        record = m.cert(device, rnd.randint(1, 4), rnd.choice((0, 0, 1)), 0, cites)
    elif kind == 'map':
        record = m.mapped(rnd.choice(SECTIONS), rnd.choice(COMPARTMENTS), cites)
    elif kind == 'grant':
        record = m.grant(device, rnd.choice(COMPARTMENTS), rnd.randint(1, 7))
    elif kind == 'comp':
        record = m.comp(rnd.choice('cxyz'))
    else:
        c = rnd.choice(COMPARTMENTS)
        state = world.st()
        readers = [d for d in state.level if d != 'R' and state.may_read(d, c)]
        if rnd.random() < 0.3:
            readers = rnd.sample(DEVICES, 3)
        record = m.epoch(c, readers, cites)
    if author == device and kind == 'cert':
        return
    world.add(author, record, inst=inst)


def name(e):
    return f'{e.dev}.{e.inst}.{e.seq}'


def told(record, names):
    kind = record[0]
    cites = ' '.join(names[h] for h in m.cites_of(record) if h in names)
    if kind == 'cert':
        return f'cert {record[1]} {record[2]} {record[3]} {cites}'
    if kind == 'map':
        return f'map {record[1]} {record[2]} {cites}'
    if kind == 'grant':
        return f'grant {record[1]} {record[2]} {record[3]}'
    if kind == 'comp':
        return f'comp {record[1]}'
    if kind == 'epoch':
        return f'epoch {record[1]} {"".join(record[2])} {cites}'
    return 'space'


def one(seed):
    rnd = random.Random(seed)
    world = base()
    for _ in range(rnd.randint(1, 14)):
        step(rnd, world)
    entries = [e for e in world.e if e.comp == m.CTL]
    names = {e.h: name(e) for e in entries}
    out = [f'entry {e.dev} {e.inst} {told(e.rec, names)}' for e in entries]
    state = m.derive(entries)
    out.append(f'devices {len(state.level) - 1} {len(state.keyclash)}')
    for d, level in sorted(state.level.items()):
        if d == 'R':
            continue
        out.append(f'level {d} {level}')
        for c in COMPARTMENTS:
            out.append(f'rights {d} {c} {state.rights_of(d, c)}')
    out += [f'clash {d}' for d in sorted(state.keyclash)]
    for section, labels in sorted(state.labels.items()):
        out.append(f'open {section} ' + ' '.join(sorted(labels)))
        out.append(f'write {section} {state.write_label[section] or "-"}')
    # The model lets a certificate that may not count, of no lower level than its author's, close
    # epochs; the specification doesn't.
    void = any(e.rec[0] == 'cert' and state.level.get(e.dev, 9) < 3
               and e.rec[2] <= state.level[e.dev] for e in entries)
    for e in entries:
        if e.h in state.epoch_ok and not void:
            out.append(f'epoch {e.dev} {e.inst} {e.seq} {int(state.epoch_ok[e.h])}')
    return out + ['end']


for number in range(int(sys.argv[3])):
    print('\n'.join(one(int(sys.argv[2]) + number)))
