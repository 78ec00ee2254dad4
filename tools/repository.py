"""What the checks share: which files there are, and C++ text without comments and strings."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
CPP = {".h", ".cpp"}
TEXT = CPP | {".md", ".py", ".cmake", ".in", ".txt", ".proto", ".sh", ".json", ".yml", ".supp",
              ".map", ".dict", ""}
SKIPPED = {".git", "build", "node_modules", "golden", "corpus", "__pycache__", ".cache", ".vscode",
           ".idea"}

# Comments, raw strings, strings, characters. A digit separator (1'000) is no character.
NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|R"(?P<d>[^\s()\\]{0,16})\(.*?\)(?P=d)"|"""
                      r""""(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""", re.DOTALL)


def files(root, folders=("",), suffixes=None):
    """Paths of text files under the folders, sorted, relative to root."""
    found = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if SKIPPED.isdisjoint(relative.parts) and path.is_file() and not path.is_symlink():
                if path.suffix in (TEXT if suffixes is None else suffixes):
                    found.append(relative)
    return found


def read(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


def code_only(text):
    """The text with comments and literals blanked; lines stay where they are."""
    def blank(match):
        kept = re.sub(r"[^\n]", " ", match.group())
        return '""' + kept[2:] if match.group()[0] in "\"R" and len(kept) > 1 else kept
    return NOT_CODE.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def finish(name, faults, warnings=()):
    """Prints the faults and a count; the program's exit code."""
    for warning in warnings:
        print(f"note: {warning}")
    for fault in faults:
        print(fault)
    print(f"{name}: {len(faults)} faults" if faults else f"{name}: nothing found")
    return 1 if faults else 0
