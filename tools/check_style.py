#!/usr/bin/env python3
"""Checks what a compiler doesn't: sizes, banned calls and words, guards, links, lines of prose.

    check_style.py [ROOT]

Each rule is a function (root, path, text) that yields (line, fault).
"""
import pathlib
import re
import sys
import urllib.parse

from check_layers import SANS_IO
from repository import CPP, ROOT, code_only, files, finish, line_of, read

MAX_FILE_LINES, WARN_FILE_LINES = 400, 250
MAX_FUNCTION_LINES = 60
MAX_PROSE_COLUMNS = 100
SIZED = ("include", "src", "examples", "bench", "fuzz")

# In protocol logic and in what it stands on: time and randomness are arguments.
PURE = SANS_IO | {"base", "wire"}
BANNED_CALLS = {
    r"_clock::now\b": "a clock",
    r"\b(std::)?s?rand\s*\(|\brandom_device\b|\bmt19937|\bgetrandom\s*\(": "a random source",
    r"\bstd::j?thread\b|\bstd::async\b|\bsleep_(for|until)\b": "threads",
    r"\bstd::([io]?fstream|filesystem|cout|cerr|cin)\b|\bfopen\s*\(|(?<![\w:])::open\s*\(":
        "files and streams",
    r"\bgetenv\s*\(": "the environment",
    r"\b[fvs]?n?printf\s*\(|\bputs\s*\(": "printing",
    r"\b(std::)?(time|localtime|gmtime|clock_gettime|gettimeofday)\s*\(": "a clock",
}
CALLS_ALLOWED = {"src/base/check.h"}  # says where a check failed, then ends the process
BANNED_EVERYWHERE = {
    r"\bthrow\b": "our code doesn't throw: return an Error",
    r"\b(strcpy|strcat|sprintf|gets|strtok|atoi|atol)\s*\(": "a C function without a bound",
    r"\busing namespace std\b": "using namespace std",
    r"#\s*include\s*<(regex|iostream)>": "a header that costs every build",
}

# Words that tell of a workplace or of a writer, or that put work off; not of the project.
BANNED_WORDS = {
    r"\b(TO" r"DO|FIX" r"ME|HA" r"CK)\b": "an unfinished place",
    r"/(home|root)/\w|/work/|/tmp/build-": "a path of somebody's machine",
    r"\bA\.?I\.?\b(?!\()|\bLLMs?\b|\blanguage model|\bchat ?bot|\b[Aa]s an assistant":
        "words about who wrote it",
    r"\b[Ii]ssue #?\d+\b": "a tracker's number: say the thing itself",
    r"^(<{7}|>{7}) ": "a merge conflict",
    r"\b[Ww]hite" r"list|\b[Bb]lack" r"list": "write allowed and refused",
}

# A line that can't be wrapped: a link alone, perhaps as a list's item, or the definition of one.
ONLY_LINK = re.compile(r"\s*(?:[-*]\s+|\d+\.\s+)?"
                       r"(?:\[[^\]]*\](?:\([^)\s]+\)|:\s+\S+)|<?https?://\S+)\W*$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
OPENS_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*$")


def file_size(root, path, text):
    lines = text.count("\n")
    if path.parts[0] in SIZED and lines > MAX_FILE_LINES:
        yield 1, f"{lines} lines; at most {MAX_FILE_LINES}: split it"


def functions(code):
    """(first line, last line) of each function body's outermost braces, heading included."""
    stack, start = [], 0
    for match in re.finditer(r"[{};]|^[ \t]*#[^\n]*(?:\\\n[^\n]*)*", code, re.MULTILINE):
        token = match.group()
        if token == "{":
            heading = code[start:match.start()]
            inside = bool(stack) and stack[-1] is not None
            begins = not inside and ")" in heading and not OPENS_SCOPE.search(heading)
            lead = len(heading) - len(heading.lstrip())
            stack.append(start + lead if begins else (stack[-1] if inside else None))
        elif token == "}" and stack:
            begun = stack.pop()
            if begun is not None and (not stack or stack[-1] != begun):
                yield line_of(code, begun), line_of(code, match.start())
        start = match.end()


def function_size(root, path, text):
    if path.suffix not in CPP or path.parts[0] not in SIZED:
        return
    for first, last in functions(code_only(text)):
        if last - first + 1 > MAX_FUNCTION_LINES:
            yield first, f"a function of {last - first + 1} lines; at most {MAX_FUNCTION_LINES}"


def banned_calls(root, path, text):
    if path.suffix not in CPP or path.parts[0] not in ("src", "include"):
        return
    code = code_only(text)
    if path.parts[0] == "src" and path.parts[1] in PURE and str(path) not in CALLS_ALLOWED:
        for pattern, what in BANNED_CALLS.items():
            for match in re.finditer(pattern, code):
                said = match.group().strip()
                yield line_of(code, match.start()), f"{said}: sans-IO code is given {what}"
    for pattern, why in BANNED_EVERYWHERE.items():
        for match in re.finditer(pattern, code):
            yield line_of(code, match.start()), f"{match.group().strip()}: {why}"


def banned_words(root, path, text):
    if path.name == "check_style.py" or path.parts[:2] == ("tests", "tools"):
        return  # where these words are the matter
    for pattern, why in BANNED_WORDS.items():
        for match in re.finditer(pattern, text, re.MULTILINE):
            yield line_of(text, match.start()), f'"{match.group().strip()}": {why}'


def header_guard(root, path, text):
    if path.suffix == ".h":
        first = code_only(text).strip().split("\n", 1)[0].strip()
        if first != "#pragma once":
            yield 1, "a header begins with #pragma once"


def whitespace(root, path, text):
    if path.suffix == ".md" or path.name == "LICENSE":
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip() or "\t" in line:
            yield number, "white space at the line's end, or a tab"
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no new line at the file's end"


def prose_columns(root, path, text):
    if path.suffix != ".md":
        return
    in_code = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif len(line) > MAX_PROSE_COLUMNS and not (in_code or line.lstrip().startswith("|") or
                                                    ONLY_LINK.match(line)):
            yield number, f"{len(line)} columns; at most {MAX_PROSE_COLUMNS}: wrap it"


def anchors(text):
    """The fragments a Markdown file's headings make."""
    for heading in re.findall(r"^#+\s+(.*?)\s*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL),
                              re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        yield plain.replace(" ", "-")


def links(root, path, text):
    if path.suffix != ".md":
        return
    prose = re.sub(r"```.*?```|`[^`\n]*`", lambda m: re.sub(r"[^\n]", " ", m.group()), text,
                   flags=re.DOTALL)
    for match in LINK.finditer(prose):
        target = match[1] or match[2]
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = urllib.parse.unquote(target).partition("#")
        aim = root / path.parent / name if name else root / path
        if not aim.exists():
            yield line_of(prose, match.start()), f"the link to {target} leads nowhere"
        elif fragment and aim.suffix == ".md" and fragment not in anchors(aim.read_text("utf-8")):
            yield line_of(prose, match.start()), f"{target}: no such heading there"


RULES = [file_size, function_size, banned_calls, banned_words, header_guard, whitespace,
         prose_columns, links]


def check(root):
    faults = []
    for path in files(root):
        text = read(root, path)
        faults += [f"{path}:{line}: {fault}" for rule in RULES
                   for line, fault in rule(root, path, text)]
    return faults


def warn(root):
    for path in files(root, SIZED, CPP):
        lines = read(root, path).count("\n")
        if WARN_FILE_LINES < lines <= MAX_FILE_LINES:
            yield f"{path}: {lines} lines; aim at {WARN_FILE_LINES}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    return finish("style", check(root), warn(root))


if __name__ == "__main__":
    sys.exit(main())
