"""What a hub may have in memory after many sessions.

A row is what was measured after all devices of a round had left: `synced`, how many there were,
`heap_kib`, what the hub had in use, and `rss_kib`, what was resident.
"""
import itertools
import statistics

# What is in use may grow by what the store has in memory: its cache of blocks, and a memtable in
# each of five families.
CACHE_KIB = 8 * 1024
STORE_KIB = CACHE_KIB + 5 * 2 * 1024
# It rises while memtables fill and falls as they are written out, once in PHASE_SYNCS at least; so
# lows are compared, from when the cache of blocks is full.
WARM_SYNCS, PHASE_SYNCS, CREEP = 13_000, 3_000, 1.03
# What is resident may grow by a tenth and by what the cache takes while it fills.
WARM_UP, ROOM = 0.25, 1.1  # of the rounds


def median_rss(rows):
    """So that no single moment counts."""
    return int(statistics.median(row["rss_kib"] for row in rows))


def judge_resident(rows):
    rows = rows[int(len(rows) * WARM_UP):]
    third = max(1, len(rows) // 3)
    before, after = median_rss(rows[:third]), median_rss(rows[-third:])
    faults = []
    if after > before * ROOM + CACHE_KIB:
        faults.append(f"what the hub has resident grew from {before} to {after} KiB")
    return {"rss_first_third_kib": before, "rss_last_third_kib": after}, faults


def lows(rows):
    """The least in use in the last phase and in the one before it; nothing if that is too early."""
    synced = list(itertools.accumulate(row["synced"] for row in rows))
    start, middle = synced[-1] - 2 * PHASE_SYNCS, synced[-1] - PHASE_SYNCS
    if start < WARM_SYNCS:
        return None
    heap = [row["heap_kib"] for row in rows]
    return (min(each for each, at in zip(heap, synced) if start < at <= middle),
            min(each for each, at in zip(heap, synced) if at > middle))


def judge_heap(rows, before_kib):
    most = max(row["heap_kib"] for row in rows)
    figures, faults = {"heap_before_kib": before_kib, "most_heap_kib": most}, []
    if most > before_kib + STORE_KIB:
        faults.append(f"what the idle hub has in use grew from {before_kib} to {most} KiB")
    lowest = lows(rows)
    if lowest is not None:
        figures["heap_lows_kib"] = lowest
        if lowest[1] > lowest[0] * CREEP:
            faults.append(f"the least that the idle hub has in use crept from {lowest[0]} to"
                          f" {lowest[1]} KiB")
    return figures, faults
