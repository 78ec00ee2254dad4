#!/usr/bin/env python3
"""The README's example must be the program that tests/package compiles and runs.

    check_readme.py [ROOT]
"""
import pathlib
import re
import sys


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    shown = re.search(r"```cpp\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.S)
    compiled = (root / "tests/package/project/first_steps.cpp").read_text(encoding="utf-8")
    if shown is None or shown.group(1) != compiled:
        print("README.md: its example is not tests/package/project/first_steps.cpp")
        return 1
    print("readme: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
