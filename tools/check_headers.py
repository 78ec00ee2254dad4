#!/usr/bin/env python3
"""Compiles every public header alone, twice over, as a host without exceptions and RTTI would.

    check_headers.py [--compiler CXX] [ROOT]
"""
import argparse
import pathlib
import subprocess
import sys

from repository import ROOT, finish

FLAGS = ["-std=c++20", "-fsyntax-only", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra",
         "-Wpedantic", "-Werror", "-x", "c++", "-"]


def check(root, compiler):
    faults = []
    for path in sorted((root / "include" / "relais").glob("*.h")):
        include = f'#include "relais/{path.name}"\n'
        done = subprocess.run([compiler, "-I", str(root / "include"), *FLAGS], text=True,
                              input=include * 2, capture_output=True)
        if done.returncode != 0:
            faults.append(f"{path.relative_to(root)} does not compile alone:\n{done.stderr}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=ROOT)
    arguments = parser.parse_args()
    return finish("public headers", check(arguments.root.resolve(), arguments.compiler))


if __name__ == "__main__":
    sys.exit(main())
