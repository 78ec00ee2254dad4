#!/usr/bin/env python3
"""kill -9 of the real program at random moments, and what must be there after each.

    kill_test.py [--rounds N] [--seed S] [--journal FILE]

A round is one process that is killed: during put, import, sync or serve, on either of two devices.
After each, both stores verify without a problem, and each holds every write whose command ended
with 0; after one to three of them the devices sync, and their exports are the same. With --journal,
the counts of all runs are added up in FILE. Without arguments: a few rounds, as a test.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import harness  # noqa: E402
from harness import Proxy, Serving, relais, start  # noqa: E402

harness.PATIENCE = 600  # seconds; long runs are patient, as they run beside other work
ROUNDS_PER_WORLD = 60
DOCUMENTS = 8
KILLED = -9


class World:
    """Two devices of one space, and what each was told is durable."""

    def __init__(self, chance, counts):
        self.chance, self.counts = chance, counts
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="relais-kill-"))
        self.folders = {name: self.root / name for name in ("a", "b")}
        self.numbers = {name: collections.Counter() for name in self.folders}  # acknowledged
        self.tokens = {name: set() for name in self.folders}
        self.imported = {name: set() for name in self.folders}
        self.written = 0
        relais("init", self.folders["a"], "--space", "Clinic", "--device", "A")
        invitation = relais("invite", self.folders["a"]).last_line
        with Serving(self.folders["a"]) as server:
            relais("join", self.folders["b"], invitation, "--device", "B", "--at", server.address)
        relais("put", self.folders["a"], "shared/log", "tokens=[]")
        self.sync()
        self.longest = {"put": 0.1, "import": 0.3, "sync": 0.5}

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    # What processes do until one is killed.

    def kill_soon(self, what, process):
        """Kills the process at a random moment of what it usually takes; whether that met it."""
        begun = time.monotonic()
        wait = self.chance.uniform(0, self.longest[what])
        try:
            process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        if process.returncode == 0:
            # Half way to what it took: with time, most kills come before the end and many near it.
            took = time.monotonic() - begun
            self.longest[what] += (1.1 * took - self.longest[what]) / 2
        else:
            self.longest[what] *= 1.03
        return process.returncode == KILLED

    def put(self, name):
        """Puts until one is killed."""
        while True:
            self.written += 1
            number = self.written
            document = f"{name}{self.chance.randrange(DOCUMENTS)}"
            token = f"{name}-{number}"
            shared = self.chance.random() < 0.3
            words = (["shared/log", f'tokens+="{token}"'] if shared else
                     [f"counted/{document}", f"n={number}",
                      f'pad="{"x" * self.chance.randrange(2000)}"'])
            process = start("put", self.folders[name], *words)
            if self.kill_soon("put", process):
                return
            self.expect_success("put", process)
            if shared:
                self.tokens[name].add(token)
            else:
                self.numbers[name][document] = number

    def imports(self, name):
        while True:
            seed = self.chance.randrange(1 << 30)
            sample = self.root / "sample.ndjson"
            relais("sample", "--patients", self.chance.choice((20, 300)), "--seed", seed, "--out",
                   sample)
            process = start("import", self.folders[name], sample)
            if self.kill_soon("import", process):
                return
            self.expect_success("import", process)
            self.imported[name] |= {json.loads(line)["id"]
                                    for line in sample.read_text("utf-8").splitlines()}

    def sync_until_killed(self, name):
        """Syncs, often through a slow link, until the caller, the server, or both are killed."""
        other = "b" if name == "a" else "a"
        while True:
            victims = self.chance.choice((("client",), ("server",), ("client", "server")))
            slow = self.chance.choice((None, 20, 200))
            with Serving(self.folders[other]) as server, Proxy(server.address, slow) as proxy:
                client = start("sync", self.folders[name], "--with", proxy.address, "--json")
                begun = time.monotonic()
                time.sleep(self.chance.uniform(0, self.longest["sync"]))
                met = client.poll() is None
                if "client" in victims:
                    client.kill()
                if "server" in victims:
                    server.kill()
                proxy.stop()
                client.communicate(timeout=harness.PATIENCE)
                took = time.monotonic() - begun
            if not met:
                self.expect_success("sync", client)
            elif "client" not in victims and client.returncode < 0:
                raise AssertionError(f"a sync whose server was killed ended by signal "
                                     f"{-client.returncode}")
            self.longest["sync"] = min(3.0, self.longest["sync"] * 1.1) if met else max(
                0.1, min(took, self.longest["sync"]) * 0.9)
            if met:
                self.counts["kills of serve"] += "server" in victims
                self.counts["kills of sync"] += "client" in victims
                return

    def expect_success(self, what, process):
        if process.returncode != 0:
            raise AssertionError(f"{what} ended with {process.returncode}, and none had killed it")

    # What must be there.

    def export(self, name):
        return relais("export", self.folders[name]).out

    def check(self, name):
        report = relais("verify", self.folders[name], "--json").json
        if report["problems"]:
            raise AssertionError(f"verify of {name}: {report['problems'][:3]}")
        return self.check_export(name, self.export(name), self.numbers[name], self.tokens[name],
                                 self.imported[name])

    def check_export(self, name, export, numbers, tokens, imported):
        rows = [json.loads(line) for line in export.splitlines()]
        docs = {(row["collection"], row["id"]): row["doc"] for row in rows}
        for document, number in numbers.items():
            here = docs.get(("counted", document), {}).get("n", 0)
            if not number <= here <= self.written:
                raise AssertionError(f"{name}: counted/{document} holds {here}, and {number} was"
                                     " acknowledged")
        if missing := tokens - set(docs.get(("shared", "log"), {}).get("tokens", [])):
            raise AssertionError(f"{name}: the list lacks {sorted(missing)[:3]}, acknowledged")
        if missing := imported - {row["id"] for row in rows}:
            raise AssertionError(f"{name}: {len(missing)} imported documents are gone")
        return export

    def sync(self):
        with Serving(self.folders["a"]) as server:
            report = relais("sync", self.folders["b"], "--with", server.address, "--json").json
        if not report["in_sync"]:
            raise AssertionError("a sync without a kill did not end in sync")

    def settle(self):
        self.sync()
        exports = [self.export(name) for name in self.folders]
        if exports[0] != exports[1]:
            raise AssertionError("the two exports differ after a sync")
        for name in self.folders:  # what one was told, both hold now
            self.check_export("the export", exports[0], self.numbers[name], self.tokens[name],
                              self.imported[name])


def kill_once(world, counts):
    what, name = world.chance.choice(("put", "put", "import", "sync")), world.chance.choice("ab")
    if what == "put":
        world.put(name)
        counts["kills of put"] += 1
    elif what == "import":
        world.imports(name)
        counts["kills of import"] += 1
    else:
        world.sync_until_killed(name)
    counts["rounds"] += 1
    touched = "ab" if what == "sync" else name
    for each in touched:
        world.check(each)
        counts["stores checked"] += 1


def torture(rounds, seed, counts):
    chance = random.Random(seed)
    begun = time.monotonic()
    while counts["rounds"] < rounds:
        world = World(chance, counts)
        try:
            end = min(rounds, counts["rounds"] + ROUNDS_PER_WORLD)
            while counts["rounds"] < end:
                for _ in range(min(chance.randint(1, 3), end - counts["rounds"])):
                    kill_once(world, counts)
                world.settle()
                counts["syncs to equal exports"] += 1
        except AssertionError as fault:
            print(f"After {counts['rounds']} rounds of seed {seed}: {fault}\nKept: {world.root}")
            raise
        world.close()
        print(json.dumps({"seed": seed, **counts,
                          "seconds": round(time.monotonic() - begun, 1)}), flush=True)


def add_to_journal(path, row):
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    total = collections.Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            total.update({key: value for key, value in json.loads(line).items() if key != "seed"})
    print("In all: " + json.dumps(total), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--journal")
    arguments = parser.parse_args()
    counts = collections.Counter(violations=0)
    try:
        torture(arguments.rounds, arguments.seed, counts)
    except AssertionError as fault:
        counts["violations"] += 1
        print(f"FAILED: {fault}")
    if arguments.journal:
        add_to_journal(arguments.journal, {"seed": arguments.seed, **counts})
    return 1 if counts["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
