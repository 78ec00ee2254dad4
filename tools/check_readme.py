#!/usr/bin/env python3
"""What documents show as code must be what tests/package compiles.

    check_readme.py [ROOT]
"""
import pathlib
import re
import sys

from repository import ROOT, finish, line_of, read

# Of each guide: which of its blocks are checked, and the files that may contain them.
GUIDES = {
    "docs/typed.md": ("cpp|proto|cmake", ("tests/package/typed_project/*",)),
    "docs/hosting.md": ("cpp", ("tests/package/project/*.cpp", "tests/package/hosting_*.cpp")),
}


def blocks(text, languages):
    """(line, content) of each block of code in one of the languages."""
    for block in re.finditer(rf"^```(?:{languages})\n(.*?)^```", text, re.S | re.M):
        yield line_of(text, block.start()), block.group(1)


def check(root):
    faults = []
    shown = next(blocks(read(root, "README.md"), "cpp"), (1, None))
    if shown[1] != read(root, "tests/package/project/first_steps.cpp"):
        faults.append("README.md: its example is not tests/package/project/first_steps.cpp")
    for guide, (languages, patterns) in GUIDES.items():
        compiled = [read(root, path) for pattern in patterns for path in sorted(root.glob(pattern))
                    if path.is_file()]
        # A block begins where a line begins.
        for line, content in blocks(read(root, guide), languages):
            if not any("\n" + content in "\n" + text for text in compiled):
                faults.append(f"{guide}:{line}: this example is in no file of {', '.join(patterns)}")
    return faults


def main():
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    return finish("readme", check(root))


if __name__ == "__main__":
    sys.exit(main())
