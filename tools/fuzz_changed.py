#!/usr/bin/env python3
"""Names the fuzz targets whose code differs between a commit and the working tree.

    fuzz_changed.py BUILD [COMMIT]

BUILD is a compiled tree: ninja knows what each target was made of. Without COMMIT, it is the one
before the last. Where there is no such commit, or nothing of any target changed, a few of them,
others each day.
"""
import pathlib
import subprocess
import sys
import time

from repository import ROOT

A_FEW = 4


def lines(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def changed_files(commit):
    """Nothing where the commit isn't at hand, as in a clone without history."""
    try:
        names = lines("git", "-C", ROOT, "diff", "--name-only", "--no-renames", commit, "--")
    except subprocess.CalledProcessError:
        return set()
    return {ROOT / name for name in names}


def made_of(build):
    """The files that each object was compiled from: lines `OBJECT: …`, and indented ones below."""
    objects, files = {}, None
    for line in lines("ninja", "-C", build, "-t", "deps"):
        if line.startswith(" "):
            files.add((build / line.strip()).resolve())
        elif ": " in line:
            files = objects.setdefault(line.split(": ")[0], set())
    return objects


def targets(build):
    """Each fuzz target, and the files that it was made of."""
    objects = made_of(build)
    for program in sorted((build / "fuzzers").glob("fuzz_*")):
        files = set()
        for name in lines("ninja", "-C", build, "-t", "inputs", f"fuzzers/{program.name}"):
            files |= objects.get(name, set())
            files.add((build / name).resolve())
        yield program.name.removeprefix("fuzz_"), files


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    changed = changed_files(sys.argv[2] if len(sys.argv) == 3 else "HEAD^")
    every = dict(targets(build))
    names = [name for name, files in every.items() if files & changed]
    if not names:
        turn = int(time.time() // 86400) * A_FEW
        names = [list(every)[(turn + i) % len(every)] for i in range(min(A_FEW, len(every)))]
    print("\n".join(names))


if __name__ == "__main__":
    main()
