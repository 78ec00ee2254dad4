#!/usr/bin/env python3
"""Checks that a shared library exports only names in relais:: (or relais_…, the C ABI).

    check_symbols.py LIBRARY
"""
import re
import subprocess
import sys

# descriptor_table_…: what protoc makes of our .proto files, and whoever imports them links with.
OURS = re.compile(r"^(relais::|relais_|descriptor_table_relais_|(typeinfo( name)?|vtable|guard variable|VTT|"
                  r"non-virtual thunk) (for|to) relais::)")


def exported(library):
    listing = subprocess.run(["nm", "--dynamic", "--defined-only", "--demangle", library],
                             check=True, capture_output=True, text=True).stdout
    # ADDRESS TYPE NAME; type A is a version's own name.
    rows = (line.split(maxsplit=2) for line in listing.splitlines())
    return [row[2] for row in rows if len(row) == 3 and row[1] != "A"]


def foreign(names):
    return [name for name in names if not OURS.match(name)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    names = exported(sys.argv[1])
    bad = foreign(names)
    for name in bad:
        print(f"{sys.argv[1]} exports {name}: hide it, or keep it out in src/relais.map")
    if not names:
        print(f"{sys.argv[1]} exports nothing: is RELAIS_API missing?")
    else:
        print(f"{len(names)} exported symbols, {len(bad)} of them not relais's own")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main())
