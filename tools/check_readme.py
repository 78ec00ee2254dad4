#!/usr/bin/env python3
"""What documents show as code must be what tests/package compiles and runs.

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
    folder = root / "tests/package/typed_project"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
    guide = (root / "docs/typed.md").read_text(encoding="utf-8")
    for block in re.finditer(r"```(?:cpp|proto|cmake)\n(.*?)```", guide, re.S):
        if not any(block.group(1) in text for text in texts):
            line = guide.count("\n", 0, block.start()) + 1
            print(f"docs/typed.md:{line}: this example is in no file of tests/package/typed_project")
            return 1
    print("readme: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
