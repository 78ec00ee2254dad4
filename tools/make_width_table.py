#!/usr/bin/env python3
"""Writes examples/cli/display_width_table.h: which characters take no column of a terminal, and
which take two, as Unicode's data of this Python has it.

    make_width_table.py [FILE]      FILE: another place; '-' for standard output
"""
import pathlib
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLE = ROOT / "examples" / "cli" / "display_width_table.h"
PLACES = range(0x110000)
# Wide whether or not a character has its place there yet: EastAsianWidth.txt, at its beginning.
ALL_WIDE = (range(0x3400, 0x4dc0), range(0x4e00, 0xa000), range(0xf900, 0xfb00),
            range(0x20000, 0x2fffe), range(0x30000, 0x3fffe))
# Vowels and last consonants of Korean syllables: drawn into the first consonant's columns.
JOINED_JAMO = (range(0x1160, 0x1200), range(0xd7b0, 0xd800))

HEAD = """#pragma once

#include <cstdint>

/// Made by tools/make_width_table.py from Unicode {version}: first and last of each range.
namespace cli {{

struct CharacterRange {{
  std::uint32_t first;
  std::uint32_t last;
}};

// clang-format off
"""


def takes_none(place):
    marks = unicodedata.category(chr(place)) in ("Mn", "Me")
    return marks or any(place in jamo for jamo in JOINED_JAMO)


def takes_two(place):
    wide = unicodedata.east_asian_width(chr(place)) in "WF"
    return not takes_none(place) and (wide or any(place in all_wide for all_wide in ALL_WIDE))


def ranges(chosen):
    first = None
    for place in PLACES:
        if chosen(place):
            first = place if first is None else first
        elif first is not None:
            yield first, place - 1
            first = None


def table(name, about, chosen):
    rows, line = [], " "
    for first, last in ranges(chosen):
        entry = f" {{{first:#x}, {last:#x}}},"
        if len(line + entry) > 100:
            rows.append(line)
            line = " "
        line += entry
    return "\n".join([f"/// {about}", f"inline constexpr CharacterRange {name}[] = {{", *rows, line,
                      "};"])


def text():
    return (HEAD.format(version=unicodedata.unidata_version)
            + table("kNoColumn", "Marks that stand on the character before them.", takes_none)
            + "\n\n" + table("kTwoColumns", "Wide characters, mostly of East Asia.", takes_two)
            + "\n// clang-format on\n\n}  // namespace cli\n")


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else str(TABLE)
    if where == "-":
        sys.stdout.write(text())
    else:
        pathlib.Path(where).write_text(text())
