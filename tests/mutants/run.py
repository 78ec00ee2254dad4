#!/usr/bin/env python3
"""Builds and tests Relais once for each fault of mutants.toml, and says which of them no test sees.

    run.py [--build FOLDER] [--only WORDS] [--list]

The sources are copied into FOLDER (build/mutants) and changed there, one fault at a time. A fault is caught
if a named program fails or hangs; without a fault all of them must pass, or nothing is shown. Ends with 1
if a fault survives, or can't be planted.
"""
import argparse
import filecmp
import json
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST_SECONDS = 300


def copy_sources(to):
    """All that git knows or would add; what is the same already keeps its time, so that it isn't built again."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z"],
                            capture_output=True, text=True, check=True).stdout.split("\0")
    wanted = {name for name in listed if name and (ROOT / name).is_file()}
    for old in [path for path in to.rglob("*") if path.is_file()]:
        if old.relative_to(to).as_posix() not in wanted:
            old.unlink()
    for name in wanted:
        if (to / name).exists() and filecmp.cmp(ROOT / name, to / name, shallow=False):
            continue
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, to / name)


def built(build, targets):
    run = subprocess.run(["cmake", "--build", build, "--target", *targets], capture_output=True, text=True)
    return run.returncode == 0, run.stdout[-2000:]


def program(build, target):
    found = [path for path in build.glob(f"tests/**/{target}") if path.is_file()]
    return found[0]


def fails(command):
    """Why the program sees the fault; None if it doesn't."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=TEST_SECONDS)
    except subprocess.TimeoutExpired:
        return "hangs"
    if run.returncode == 0:
        return None
    for line in (run.stdout + run.stderr).splitlines():
        if line.startswith("[  FAILED  ] "):
            return line[13:].split(" (")[0].split(",")[0]
        if "VIOLATION: " in line:
            return line.split("VIOLATION: ")[1]
    return f"exit {run.returncode}"


def commands_of(build, mutant):
    commands = [(test, [program(build, test), "--gtest_brief=1"]) for test in mutant["tests"]]
    if "sim" in mutant:
        commands.append(("relais_sim", [program(build, "relais_sim"), *mutant["sim"].split()]))
    return commands


def expect_all_pass(build, mutants):
    """What fails without a fault would catch every one."""
    tried = []
    for name, command in (each for mutant in mutants for each in commands_of(build, mutant)):
        if command in tried:
            continue
        tried.append(command)
        if why := fails(command):
            sys.exit(f"{name} fails without a fault: {why}")


def caught_by(build, mutant):
    for name, command in commands_of(build, mutant):
        why = fails(command)
        if why:
            return f"{name}: {why}"
    return None


def targets_of(mutant):
    return mutant["tests"] + (["relais_sim"] if "sim" in mutant else [])


def try_one(source, build, mutant):
    path = source / mutant["file"]
    text = path.read_text()
    if text.count(mutant["find"]) != 1:
        return {"caught": False, "why": f"its text stands {text.count(mutant['find'])} times"}
    path.write_text(text.replace(mutant["find"], mutant["with"]))
    try:
        compiles, said = built(build, targets_of(mutant))
        if not compiles:
            return {"caught": False, "why": "it doesn't compile", "said": said}
        why = caught_by(build, mutant)
        return {"caught": why is not None, "by": why}
    finally:
        path.write_text(text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/mutants")
    arguments.add_argument("--only", help="faults whose names hold these words")
    arguments.add_argument("--list", action="store_true")
    options = arguments.parse_args()
    mutants = tomllib.loads(pathlib.Path(__file__).with_name("mutants.toml").read_text())["mutant"]
    if options.only:
        mutants = [mutant for mutant in mutants if options.only in mutant["name"]]
    if options.list:
        print("\n".join(mutant["name"] for mutant in mutants))
        return 0
    source, build = options.build / "source", options.build / "build"
    copy_sources(source)
    subprocess.run(["cmake", "-G", "Ninja", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_FLAGS_DEBUG=-O1", "-DRELAIS_WERROR=OFF"],
                   check=True, capture_output=True)
    survivors = 0
    targets = sorted({target for mutant in mutants for target in targets_of(mutant)})
    if not built(build, targets)[0]:
        sys.exit("the sources don't build as they are")
    expect_all_pass(build, mutants)
    for mutant in mutants:
        begun = time.monotonic()
        result = try_one(source, build, mutant)
        survivors += not result["caught"]
        print(json.dumps({"mutant": mutant["name"], **result,
                          "seconds": round(time.monotonic() - begun, 1)}, ensure_ascii=False), flush=True)
    print(json.dumps({"mutants": len(mutants), "survived": survivors}))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
