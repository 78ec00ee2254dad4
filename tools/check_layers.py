#!/usr/bin/env python3
"""Checks who includes whom: layers, third-party fences, the public headers' independence.

    check_layers.py [ROOT]

A folder of src/ includes only itself, the folders before it in LAYERS, and relais/ (the public
headers); one that is APART, only itself, relais/ and what is named there. A third-party header is
included only in the folders its fence names.
"""
import pathlib
import re
import sys

from repository import CPP, ROOT, files, finish, read

LAYERS = ["base", "crypto", "wire", "document", "log", "access", "store", "reconcile", "session",
          "peer", "replica", "link", "engine", "capi", "typed"]
# A library of its own over the public headers, and what of ours it takes without linking it.
APART = {"typed": {"base/align.h", "base/check.h", "base/limits.h", "base/try.h"}}
# Logic that is given bytes, time and randomness, and never fetches them.
SANS_IO = {"document", "log", "access", "reconcile", "session", "peer", "replica"}

# Header (a regular expression on its path) and the folders that may include it.
FENCES = [
    (r"sodium(\.h|/)", ["src/crypto"]),
    (r"relais/(options|clinic/.*)\.pb\.h$", ["src/typed"]),
    (r"relais/v1/.*\.pb\.h$", ["src/wire"]),
    (r".*\.pb\.h$|google/protobuf/", ["src/wire", "src/typed"]),
    (r"rocksdb/", ["src/store/rocksdb"]),
    (r"boost/container/", ["src/document"]),
    (r"boost/(?!container/)", ["src/link", "src/engine/runtime"]),
    (r"simdjson", ["src/document"]),
    (r"utf8(\.h|cpp|/)", ["src/document", "src/wire", "src/typed"]),
    (r"(zstd|zdict)(_errors)?\.h", ["src/log", "tools/make_dictionary"]),
]
STANDARD = set("""algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat
    charconv chrono cinttypes climits clocale cmath compare complex concepts condition_variable
    coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar
    cwctype deque exception execution filesystem forward_list fstream functional future
    initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map
    memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio
    regex scoped_allocator semaphore set shared_mutex source_location span sstream stack
    stdexcept stop_token streambuf string string_view syncstream system_error thread tuple
    type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
    version""".split())
SYSTEM = re.compile(r"(sys|netinet|arpa|linux|net)/|(unistd|fcntl|poll|netdb|termios|signal|"
                    r"pthread|dirent|ifaddrs|errno)\.h")
# Clocks and random engines are caught by name (check_style.py): <chrono> has the durations too.
NEVER_IN_SANS_IO = {"thread", "mutex", "shared_mutex", "condition_variable", "future", "latch",
                    "barrier", "semaphore", "stop_token", "random", "fstream", "iostream",
                    "filesystem", "ctime", "cstdio", "csignal", "locale", "clocale"}
# What a layer may have all the same: one mutex guards a replica.
EXCEPT_IN = {"replica": {"mutex"}}
NEVER_PUBLIC = {"regex", "iostream", "fstream", "thread", "stdexcept", "exception"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def includes(text):
    """(line, header, was quoted) of every #include."""
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1] or match[2], match[1] is not None


def fence_of(header):
    for pattern, folders in FENCES:
        if re.match(pattern, header):
            return folders
    return None


def within(path, folder):
    return path.as_posix().startswith(folder + "/")


def apart_fault(path, header):
    """Nothing knows of what stands apart, but itself."""
    for name in APART:
        if header.startswith(f"relais/{name}/") and name not in path.parts[1:3]:
            return f"relais::{name} stands apart: only its own files include {header}"
    return None


def public_fault(header):
    if header in NEVER_PUBLIC:
        return f"a public header does without <{header}>"
    if header.startswith("relais/") and not header.endswith(".pb.h") or header in STANDARD:
        return None
    return f"a public header includes only standard headers and relais/, not {header}"


def third_party_fault(path, header):
    fence = fence_of(header)
    if fence is not None:
        if any(within(path, folder) for folder in fence):
            return None
        return f"{header} is included only in {', '.join(fence)}"
    if header in STANDARD or SYSTEM.match(header):
        return None
    return f"{header} has no fence: name the folder that may include it in tools/check_layers.py"


def sans_io_fault(layer, header):
    if header in EXCEPT_IN.get(layer, ()):
        return None
    if header in NEVER_IN_SANS_IO or SYSTEM.match(header):
        return f"{layer} is sans-IO: it does without <{header}>"
    return None


def source_fault(path, header, quoted):
    layer, first = path.parts[1], header.split("/")[0]
    if layer not in LAYERS:
        return f"src/{layer} has no place in LAYERS of tools/check_layers.py"
    if not quoted or fence_of(header) is not None:
        return (layer in SANS_IO and sans_io_fault(layer, header)) or third_party_fault(path, header)
    if first == "relais":
        return None
    if layer in APART and first != layer and header not in APART[layer]:
        return f"{layer} stands apart: it uses the public headers, not {header}"
    if first not in LAYERS:
        return f'"{header}": write the path from src/, like "{layer}/{header}"'
    if LAYERS.index(first) > LAYERS.index(layer):
        return f"{layer} stands above {first}: it can't include {header}"
    return None


def example_fault(header, quoted):
    """An example is a host: it sees the public API and its own files."""
    if quoted and header.split("/")[0] in LAYERS:
        return f"an example uses the public API, not {header}"
    return None


def check(root):
    faults = []
    for path in files(root, ("include", "src", "examples"), CPP):
        for line, header, quoted in includes(read(root, path)):
            if path.parts[0] == "include":
                fault = apart_fault(path, header) or public_fault(header)
            elif path.parts[0] == "examples":
                fault = example_fault(header, quoted)
            elif len(path.parts) > 2:
                fault = apart_fault(path, header) or source_fault(path, header, quoted)
            else:
                fault = "a source file lives in a folder of src/"
            if fault:
                faults.append(f"{path}:{line}: {fault}")
    return faults


def main():
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    return finish("layers", check(root))


if __name__ == "__main__":
    sys.exit(main())
