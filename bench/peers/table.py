#!/usr/bin/env python3
"""Prints benchmark runs side by side: a table for each file, a column for each engine.

    table.py [FILE.ndjson ...]      without files: standard input

Takes the JSON lines of trace.js, documents.js, bench_trace and bench_documents. Of several runs of
one engine on one file the median is shown, and an engine that was wrong in any run says so.
"""
import json
import pathlib
import statistics
import sys

# (field, heading, digits after the point)
ROWS = {
    "trace": [("edits", "edits", 0), ("apply_ms", "apply, ms", 1),
              ("apply_cpu_ms", "apply, CPU ms", 1), ("edits_per_s", "edits a second", 0),
              ("load_ms", "load, ms", 2), ("history_bytes", "bytes with history", 0),
              ("current_bytes", "bytes of the current text", 0)],
    "documents": [("documents", "documents", 0), ("create_us", "create, µs", 1),
                  ("load_us", "load, µs", 1), ("edit_us", "edit, µs", 1),
                  ("merge_us", "merge, µs", 1), ("cpu_us", "all four, CPU µs", 1),
                  ("json_bytes", "JSON, bytes", 0), ("state_bytes", "encoded state, bytes", 0),
                  ("update_bytes", "update of one field, bytes", 0)],
}
OURS = "relais"


def read_lines(sources):
    for number, line in enumerate((line for source in sources for line in source), 1):
        if line.strip():
            run = json.loads(line)
            if run.get("bench") not in ROWS:
                sys.exit(f"line {number} is no run of a benchmark known here: {line.strip()[:80]}")
            yield run


def grouped(runs):
    """{(bench, file): {engine: [run, ...]}}, in the order of their first line."""
    groups = {}
    for run in runs:
        name = pathlib.PurePath(run.get("file", "")).name
        engines = groups.setdefault((run["bench"], name), {})
        engines.setdefault(run["engine"], []).append(run)
    return groups


def cell(runs, field, digits):
    values = [run[field] for run in runs if run.get(field) is not None]
    if not values:
        return "–"
    return f"{statistics.median(values):,.{digits}f}".replace(",", " ")


def verdict(runs):
    said = {run.get("correct") for run in runs}
    return "NO" if False in said else "yes" if said == {True} else "–"


def rows_of(bench, engines):
    """The lines of a table, heading first, all of them lists of cells."""
    yield [""] + list(engines)
    for field, heading, digits in ROWS[bench]:
        cells = [cell(runs, field, digits) for runs in engines.values()]
        if any(text != "–" for text in cells):
            yield [heading] + cells
    yield ["correct"] + [verdict(runs) for runs in engines.values()]
    yield ["runs"] + [str(len(runs)) for runs in engines.values()]


def markdown(rows):
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    def line(row):
        padded = [row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        return "| " + " | ".join(padded) + " |"
    ruler = "|-" + "-" * widths[0] + "-|" + "".join("-" * (w + 1) + ":|" for w in widths[1:])
    return "\n".join([line(rows[0]), ruler] + [line(row) for row in rows[1:]])


def print_tables(runs):
    for (bench, file), engines in grouped(runs).items():
        ordered = dict(sorted(engines.items(), key=lambda item: (item[0] != OURS, item[0])))
        print(f"\n{bench}: {file}\n\n{markdown(rows_of(bench, ordered))}")


def main():
    names = sys.argv[1:]
    sources = [open(name, encoding="utf-8") for name in names] or [sys.stdin]
    print_tables(read_lines(sources))
    return 0


if __name__ == "__main__":
    sys.exit(main())
