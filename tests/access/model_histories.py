#!/usr/bin/env python3
"""Random histories of control with what the executable model says of them, for model_test.cpp.

model_histories.py FOLDER_OF_THE_MODEL FIRST_SEED COUNT

One history: its records in the order they were written, how far its logs are held, what then holds, and "end":
  entry DEVICE INCARNATION KIND ...     cites are DEVICE.INCARNATION.SEQ; epochs have +RECIPIENT, !DEVICE_WITH_TOO_MANY_AUTHORS
  held DEVICE INCARNATION UPTO          how far a log is held
  devices NUMBER AND_HOW_MANY_CLASH
  level DEVICE LEVEL / clash DEVICE / rights DEVICE COMPARTMENT BITS
  open SECTION LABEL... / write SECTION LABEL (or -)
  epoch DEVICE INCARNATION SEQ 0-or-1   is it open
  use COMPARTMENT EPOCH...              under which of them the holder of all keys writes
Only what both know: certificates, compartments, sections, rights, epochs, limits of authors.
"""
import random
import sys

sys.path.insert(0, sys.argv[1])
import model as m  # noqa: E402
from world import base  # noqa: E402

DEVICES = 'ABSTMNP'
COMPARTMENTS = 'cx'
SECTIONS = ('note', 'plan')

m.AUTHOR_LIMIT = 64       # the model's own is small, so that its exhaustive scopes reach it


# ---- where the rules differ from the model's: docs/decisions/0086-invalid-records-have-no-effect.md -------

def may_count(level, e):
    """Not a certificate for root, nor one that its author may not issue."""
    return e.rec[0] != 'cert' or (level < 3 and level < e.rec[2] <= 4 and e.rec[1] != m.ROOT)


def counting(records):
    return [(level, e) for level, e in records if may_count(level, e)]


note_cites, takings, rights_of = m.note_cites, m.takings, m.State.rights_of
# A certificate that may not count replaces none ...
m.note_cites = lambda counted, *rest: note_cites(counting(counted), *rest)
# ... and weakens nobody, so that no epoch has to cite it.
m.takings = lambda state, counted, c: takings(state, counting(counted), c)
# Nothing is granted in a compartment that nobody made who counts; owners have all rights anywhere.
m.State.rights_of = lambda state, device, c: (
    rights_of(state, device, c) if c in state.comps or state.level.get(device, 9) <= 1 else 0)


def is_open(state, e):
    """An epoch of a compartment that nobody made is none."""
    return state.epoch_ok[e.h] and e.rec[1] in state.comps


def is_usable(state, e):
    """Who doesn't hold all that an epoch cites doesn't write under it: docs/decisions/0034-epochs-have-no-age.md"""
    return is_open(state, e) and all(type(h) is tuple or h in state.have for h in e.rec[3])


def replaces(state, other, e):
    """A lower level replaces no epoch of a higher one: docs/decisions/0089-writers-share-epoch-keys.md"""
    return e.h in state.cited(other) and state.counted[other.h] <= state.counted[e.h]


# ---- histories --------------------------------------------------------------------------------------------------

def known(rnd, world):
    """Some heads that an author might have seen, up to what a record may list."""
    if rnd.random() < 0.4:
        tips = {}
        for e in control(world):
            tips[e.log] = e
        return tuple(e.h for e in tips.values())[:m.MAX_CITES]
    entries = control(world)
    return tuple(e.h for e in rnd.sample(entries, min(len(entries), rnd.randint(0, 3))))


def control(world):
    return [e for e in world.e if e.comp == m.CTL]


def step(rnd, world):
    author = rnd.choice('R' + DEVICES)
    incarnation = 9 if author == 'R' else rnd.choice((0, 0, 0, 1))
    kind = rnd.choice(('cert',) * 16 + ('map', 'grant', 'epoch', 'comp') * 8 + ('raise', 'raise', 'many'))
    if kind == 'many':
        device = rnd.choice('ABST' + DEVICES)
        for other in range(2, m.AUTHOR_LIMIT + rnd.randint(0, 2)):
            world.add(device, m.comp('y'), inst=other)
    else:
        world.add(author, record(rnd, world, kind), inst=incarnation)


def record(rnd, world, kind):
    device = rnd.choice(DEVICES * 4 + 'R')
    if kind == 'cert':
        return m.cert(device, rnd.randint(1, 4), rnd.choice((0, 0, 1)), 0, known(rnd, world))
    if kind == 'map':
        return m.mapped(rnd.choice(SECTIONS), rnd.choice(COMPARTMENTS), known(rnd, world))
    if kind == 'grant':
        return m.grant(device, rnd.choice(COMPARTMENTS), rnd.randint(1, 7))
    if kind == 'comp':
        return m.comp(rnd.choice('cxyz'))
    if kind == 'raise':
        return m.raised(device, m.AUTHOR_LIMIT + rnd.randint(-1, 3))
    return epoch(rnd, world)


def epoch(rnd, world):
    c = rnd.choice(COMPARTMENTS)
    state = m.derive(control(world))
    readers = [d for d in state.level if d != m.ROOT and state.may_read(d, c)]
    if rnd.random() < 0.3:
        readers = rnd.sample(DEVICES + m.ROOT, 3)
    proofs = tuple(sorted(state.proofs)) if rnd.random() < 0.7 else ()
    return m.epoch(c, readers, known(rnd, world) + proofs)


def held_lengths(rnd, entries):
    """How far each log is held: mostly whole."""
    lengths = {}
    for e in entries:
        lengths[e.log] = max(lengths.get(e.log, 0), e.seq)
    if rnd.random() < 0.3:
        for log, length in lengths.items():
            if rnd.random() < 0.3:
                lengths[log] = rnd.randint(0, length)
    return lengths


# ---- as lines ---------------------------------------------------------------------------------------------------

def name(e):
    return f'{e.dev}.{e.inst}.{e.seq}'


def told(record, names):
    cites = ' '.join('!' + h[1] if type(h) is tuple else names[h] for h in m.cites_of(record))
    if record[0] == 'cert':
        return f'cert {record[1]} {record[2]} {record[3]} {cites}'
    if record[0] == 'map':
        return f'map {record[1]} {record[2]} {cites}'
    if record[0] == 'grant':
        return f'grant {record[1]} {record[2]} {record[3]}'
    if record[0] == 'epoch':
        recipients = ' '.join('+' + device for device in record[2])
        return f'epoch {record[1]} {recipients} {cites}'
    return ' '.join(map(str, record))


def of_devices(state):
    yield f'devices {len(state.level) - 1} {len(state.keyclash)}'
    for d, level in sorted(state.level.items()):
        if d == m.ROOT:
            continue
        yield f'level {d} {level}'
        for c in COMPARTMENTS:
            yield f'rights {d} {c} {state.rights_of(d, c)}'
    for d in sorted(state.keyclash):
        yield f'clash {d}'


def of_sections(state):
    for section, labels in sorted(state.labels.items()):
        yield f'open {section} ' + ' '.join(sorted(labels))
        yield f'write {section} {state.write_label[section] or "-"}'


def of_epochs(state, entries):
    epochs = [e for e in entries if e.h in state.epoch_ok]
    for e in epochs:
        yield f'epoch {e.dev} {e.inst} {e.seq} {int(is_open(state, e))}'
    for c in COMPARTMENTS:
        usable = [e for e in epochs if e.rec[1] == c and is_usable(state, e)]
        left = [e for e in usable if not any(replaces(state, other, e) for other in usable)]
        yield f'use {c} ' + ' '.join(map(name, left))


def one(seed):
    rnd = random.Random(seed)
    world = base()
    for _ in range(rnd.randint(1, 14)):
        step(rnd, world)
    entries = control(world)
    names = {e.h: name(e) for e in entries}
    for e in entries:
        yield f'entry {e.dev} {e.inst} {told(e.rec, names)}'
    lengths = held_lengths(rnd, entries)
    held = [e for e in entries if e.seq <= lengths[e.log]]
    for (device, incarnation, _), length in lengths.items():
        yield f'held {device} {incarnation} {length}'
    state = m.derive(held)
    yield from of_devices(state)
    yield from of_sections(state)
    yield from of_epochs(state, held)
    yield 'end'


for number in range(int(sys.argv[3])):
    print('\n'.join(one(int(sys.argv[2]) + number)))
