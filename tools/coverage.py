#!/usr/bin/env python3
"""What of src/ and include/ the tests reach: lines and branches, by folder.

    coverage.py BUILD [--least N]

BUILD was configured with RELAIS_COVERAGE, and BUILD/profiles holds what its programs counted.
Generated Protocol Buffers code lies in BUILD and is not counted; everything else is. Listed too are
the functions that nothing reaches; a template is reached if one of its instances is.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

from repository import ROOT

FOLDERS = ("src", "include")


def llvm(name):
    return shutil.which(f"{name}-19") or sys.exit(f"{name}-19 is missing: apt install llvm-19")


def programs(build):
    """Everything in the build that counts: executables, not libraries and objects."""
    for path in sorted(build.rglob("*")):
        if "CMakeFiles" not in path.parts and path.is_file() and os.access(path, os.X_OK):
            if ".so" not in path.name and path.read_bytes()[:4] == b"\x7fELF":
                yield path


def exported(build, root):
    profiles = sorted((build / "profiles").glob("*.profraw"))
    if not profiles:
        sys.exit(f"{build}/profiles is empty: ./dev coverage fills it")
    merged = build / "coverage.profdata"
    # A program that was killed while it wrote leaves a torn file: left out, and said.
    subprocess.run([llvm("llvm-profdata"), "merge", "--sparse", "--failure-mode=all",
                    "-o", merged, *profiles], check=True)
    first, *others = programs(build)
    objects = [argument for path in others for argument in ("-object", path)]
    # It warns of inline functions that some program has and never calls: another program's counts.
    done = subprocess.run([llvm("llvm-cov"), "export", "--instr-profile", merged, first, *objects,
                           *(root / folder for folder in FOLDERS)], capture_output=True)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    return json.loads(done.stdout)["data"][0]


class Tally:
    def __init__(self):
        self.lines = self.lines_reached = self.branches = self.branches_reached = 0

    def add(self, summary):
        self.lines += summary["lines"]["count"]
        self.lines_reached += summary["lines"]["covered"]
        self.branches += summary["branches"]["count"]
        self.branches_reached += summary["branches"]["covered"]

    def row(self, name):
        return (f"{name:<44} {self.lines_reached:>6} / {self.lines:<6} "
                f"{percent(self.lines_reached, self.lines)}  {self.branches_reached:>6} / "
                f"{self.branches:<6} {percent(self.branches_reached, self.branches)}")


def percent(part, whole):
    return f"{100 * part / whole:6.1f} %" if whole else "       –"


def print_folders(files):
    folders = collections.defaultdict(Tally)
    for path, summary in files.items():
        folders[path.parent.as_posix()].add(summary)
        folders["all"].add(summary)
    print(f"\n{'':<44} {'lines':>15} {'':>8} {'branches':>16}")
    for name in sorted(folders, key=lambda name: (name == "all", name)):
        print(folders[name].row(name))


def print_least(files, count):
    print(f"\nThe {count} files with the most branches or lines not reached:")
    def missing(path):
        summary = files[path]
        return sum(summary[kind]["count"] - summary[kind]["covered"]
                   for kind in ("lines", "branches"))
    for path in sorted(files, key=missing, reverse=True)[:count]:
        tally = Tally()
        tally.add(files[path])
        print(tally.row(path.as_posix()))


def unreached(functions, root):
    """{(file, line, column): mangled name} of functions of which no instance ran."""
    reached, known = set(), {}
    for function in functions:
        place = (function["filenames"][0], *function["regions"][0][:2])
        known[place] = function["name"].rsplit(":", 1)[-1]
        if function["count"] > 0:
            reached.add(place)
    inside = tuple(f"{root}/{folder}/" for folder in FOLDERS)
    return {place: name for place, name in known.items()
            if place not in reached and place[0].startswith(inside)}


def shortened(name):
    return name if len(name) <= 100 else f"{name[:60]} … {name[-35:]}"


def print_unreached(functions, root):
    missing = unreached(functions, root)
    print(f"\n{len(missing)} functions that nothing reaches:")
    names = subprocess.run([llvm("llvm-cxxfilt"), "-p"], input="\n".join(missing.values()),
                           text=True, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    for (path, line, _), name in sorted(zip(missing, names)):
        print(f"  {pathlib.Path(path).relative_to(root)}:{line}: {shortened(name)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--least", type=int, default=20)
    arguments = parser.parse_args()
    root = ROOT.resolve()
    data = exported(arguments.build.resolve(), root)
    files = {pathlib.Path(file["filename"]).relative_to(root): file["summary"]
             for file in data["files"]}
    print_folders(files)
    print_least(files, arguments.least)
    print_unreached(data["functions"], root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
