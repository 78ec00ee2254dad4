#!/usr/bin/env python3
"""Measures Relais and other CRDT engines on the same files, and prints them side by side.

    run.py --traces FOLDER --register FILE.ndjson [--ours FOLDER] [--documents N] [--runs N]
           [--engines NAME,...] [--out FILE]

Every run is a process of its own. `--ours` holds the programs bench_trace and bench_documents.
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import sys

import table

HERE = pathlib.Path(__file__).resolve().parent
# diamond-types has no documents; what Automerge does with strings matters for them only.
ENGINES = {"trace": ["yjs", "loro", "automerge", "diamond-types"],
           "documents": ["yjs", "loro", "automerge", "automerge-registers"]}
EXPECTED = {"trace": {"edits", "apply_ms", "edits_per_s", "history_bytes", "current_bytes",
                      "load_ms", "correct"},
            "documents": {"documents", "create_us", "load_us", "edit_us", "merge_us",
                          "state_bytes", "json_bytes", "update_bytes"}}


def say(text):
    print(text, file=sys.stderr, flush=True)


def traces_in(folder):
    return sorted(path for path in folder.iterdir()
                  if path.name.endswith((".json", ".json.gz")))


def is_concurrent(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return json.load(file).get("kind") == "concurrent"


def first_lines(register, count, target):
    """Ours reads whole files: what everyone is to measure is cut out once."""
    with open(register, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for _, line in zip(range(count), lines):
            out.write(line)
    return target


def jobs(arguments, engines, register):
    """(bench, label, command) of each run."""
    for path in traces_in(arguments.traces) if arguments.traces else []:
        if "relais" in engines["trace"]:
            flags = ["--concurrent"] if is_concurrent(path) else []
            yield "trace", path, "relais", [arguments.ours / "bench_trace", path, *flags]
        for name in engines["trace"]:
            if name != "relais":
                yield "trace", path, name, ["node", HERE / "trace.js", name, path]
    for name in engines["documents"] if register else []:
        if name == "relais":
            yield "documents", register, name, [arguments.ours / "bench_documents", register]
        else:
            yield "documents", register, name, ["node", HERE / "documents.js", name, register,
                                                str(arguments.documents)]


def measured(bench, path, command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or len(lines) != 1:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    run = json.loads(lines[0]) | {"file": path.name}
    missing = EXPECTED[bench] - run.keys()
    if missing:
        sys.exit(f"{command[0]} did not print {', '.join(sorted(missing))}")
    return run


def chosen_engines(arguments):
    """The engines of each benchmark; ours is left out, aloud, while its program isn't there."""
    engines = {}
    for bench, names in ENGINES.items():
        engines[bench] = [n for n in names if not arguments.engines or n in arguments.engines]
        program = arguments.ours / f"bench_{bench}"
        if program.is_file():
            engines[bench].insert(0, "relais")
        else:
            say(f"SKIPPED: relais in the table of {bench}: there is no {program}")
    return engines


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--traces", type=pathlib.Path)
    parser.add_argument("--register", type=pathlib.Path)
    parser.add_argument("--ours", type=pathlib.Path, default=HERE.parents[1] / "build/release")
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engines", type=lambda names: names.split(","))
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if not arguments.traces and not arguments.register:
        parser.error("--traces or --register: what is to be measured?")
    return arguments


def main():
    arguments = parse()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    register = None
    if arguments.register:
        sample = arguments.out.parent / "register-sample.ndjson"
        register = first_lines(arguments.register, arguments.documents, sample)
    runs = []
    with open(arguments.out, "w", encoding="utf-8") as out:
        for bench, path, name, command in jobs(arguments, chosen_engines(arguments), register):
            say(f"    {name}: {path.name}")
            for _ in range(arguments.runs):
                runs.append(measured(bench, path, command))
                print(json.dumps(runs[-1]), file=out, flush=True)
    table.print_tables(runs)
    say(f"\nThe single runs are in {arguments.out}.")
    return 0 if all(run.get("correct", True) for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
