#!/usr/bin/env python3
"""One hub, a real process, and many devices that are all in the middle of a session at once.

    soak.py [--devices N] [--processes P] [--minutes M | --rounds R] [--journal FILE] [--test]

In each round every device writes and then syncs with the hub; all wait in the middle of their sessions
until the last is there, for 24 s at most, and the system's table of connections must show them;
then they go on. In every fifth round the devices of one process are killed instead, with their
sessions. In the end all hold the same, byte for byte. It fails if a session leaves a descriptor
behind, or memory (memory.py). Prints a line of JSON a round and one at the end; --journal keeps
them in a file too. --test is a short form, and shows that the measures see a leak.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import socket
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli")]
from clients import Clients  # noqa: E402
from harness import SANITIZED, relais  # noqa: E402
from hub import Hub, descriptors  # noqa: E402
import memory  # noqa: E402

INVITATIONS_AT_ONCE = 7  # more are not tried: docs/spec/session.md
KILL_EVERY = 5  # rounds


class Soak:
    def __init__(self, devices, processes, journal):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="relais-soak-"))
        self.devices, self.journal = devices, journal
        self.rows, self.violations = [], []
        self.totals = collections.Counter()
        self.begun = time.monotonic()
        relais("init", self.root / "hub", "--space", "Clinic", "--device", "Hub")
        share = -(-devices // processes)
        self.clients = [Clients(self.root, first, min(share, devices - first))
                        for first in range(0, devices, share)]
        self.join_all()
        self.hub = Hub(self.root / "hub", self.root / "hub.log")
        self.idle_sockets = self.hub.sockets()
        self.heap_before_kib = self.hub.heap_kib()

    def say(self, row):
        line = json.dumps(row)
        print(line, flush=True)
        if self.journal:
            with open(self.journal, "a", encoding="utf-8") as file:
                file.write(line + "\n")

    def expect(self, what, holds):
        if not holds:
            self.violations.append(what)
            self.say({"violation": what})

    def join_all(self):
        waiting = [(each, number) for each in self.clients
                   for number in range(each.first, each.first + each.count)]
        while waiting:
            now, waiting = waiting[:INVITATIONS_AT_ONCE], waiting[INVITATIONS_AT_ONCE:]
            invitations = [relais("invite", self.root / "hub").last_line for _ in now]
            hub = Hub(self.root / "hub", self.root / "joins.log")
            for (each, number), invitation in zip(now, invitations):
                each.ask("join", number, invitation, hub.address)
            hub.stop()
        self.say({"joined": self.devices, "seconds": self.seconds()})

    def seconds(self):
        return round(time.monotonic() - self.begun, 1)

    def round(self, number, victim=None):
        """Every device writes, syncs with the hub and is held in the session; one is killed there."""
        begun, cpu = time.monotonic(), self.hub.cpu_seconds()
        for each in self.clients:
            each.tell("round", number, self.hub.address)
        held = sum(each.answer()["held"] for each in self.clients)
        row = {"round": number, "held": held, "until_held_s": round(time.monotonic() - begun, 2),
               **self.look_at_all(number, held)}
        if victim:
            victim.kill_and_begin_again()
        going_on = [each for each in self.clients if each != victim]
        for each in going_on:
            each.tell("go")
        row.update(self.add_up([each.answer() for each in going_on]))
        self.expect_idle()
        row.update(killed=victim.count if victim else 0, sockets=self.idle_sockets,
                   files=self.hub.files(), rss_kib=self.hub.resident_kib(),
                   heap_kib=self.hub.heap_kib(),
                   hub_cpu_s=round(self.hub.cpu_seconds() - cpu, 2),
                   seconds=round(time.monotonic() - begun, 2))
        self.totals.update({key: row[key] for key in ("synced", "killed", "unseen")})
        self.rows.append(row)
        self.say(row)

    def look_at_all(self, number, held):
        """The hub while all are held."""
        # A connection that was refused before its device retried may still be closing.
        sessions = self.hub.wait_for_sockets(self.idle_sockets + held, 2) - self.idle_sockets
        established = self.hub.established()
        self.expect(f"round {number}: {held} were held at once, with {established} connections and"
                    f" {sessions} descriptors",
                    held != self.devices or held == established == sessions)
        return {"established": established, "sessions": sessions,
                "rss_held_kib": self.hub.resident_kib()}

    def expect_idle(self):
        sockets = self.hub.wait_for_sockets(self.idle_sockets)
        self.expect(f"{sockets} sockets are open at the hub when all have left, and were"
                    f" {self.idle_sockets}", sockets == self.idle_sockets)

    def add_up(self, answers):
        row = {key: sum(answer[key] for answer in answers)
               for key in ("synced", "unseen", "changes_sent", "changes_received", "bytes")}
        tried_again = collections.Counter()
        for answer in answers:
            tried_again.update(answer["tried_again"])
            self.expect(f"syncs failed: {answer['failed']}", not answer["failed"])
        self.totals.update(tried_again)
        return {**row, "tried_again": dict(tried_again)}

    def held_by_all(self):
        """What all devices hold, as an export; nothing if they don't hold the same."""
        files = [self.root / f"export-{each.first}" for each in self.clients]
        differ = sum(each.ask("export", file)["differ"]
                     for each, file in zip(self.clients, files))
        exports = {file.read_bytes() for file in files}
        return exports.pop() if differ == 0 and len(exports) == 1 else None

    def settle(self):
        """No device writes any more: after two syncs all hold the same."""
        for _ in range(2):
            for each in self.clients:
                each.tell("sync", self.hub.address)
            self.add_up([each.answer() for each in self.clients])
            self.expect_idle()
        export = self.held_by_all()
        sockets = sum(descriptors(each.process.pid)[0] for each in self.clients)
        self.expect(f"the devices have {sockets} sockets open when they are idle", sockets == 0)
        codes = [each.end() for each in self.clients]
        self.expect(f"the processes of devices ended with {codes}", not any(codes))
        self.hub.stop()
        self.expect("the devices' exports differ", export is not None)
        self.expect("the hub's export differs", relais("export", self.root / "hub").out.encode()
                    == export)
        problems = relais("verify", self.root / "hub", "--json").json["problems"]
        self.expect(f"verify of the hub: {problems[:3]}", not problems)
        return len(export or b"")

    def judge_memory(self):
        figures, faults = memory.judge_resident(self.rows)
        if SANITIZED:
            faults = []  # what is freed is kept there for a while
        if self.heap_before_kib is None:
            figures["heap"] = "SKIPPED: RELAIS_HEAP_WATCH names nothing to watch it with"
        else:
            heap, grown = memory.judge_heap(self.rows, self.heap_before_kib)
            figures, faults = {**figures, **heap}, faults + grown
        for fault in faults:
            self.expect(fault, False)
        return figures

    def finish(self):
        figures = self.judge_memory()
        # On a busy machine the last devices come after the first have gone.
        complete = sum(row["held"] == self.devices for row in self.rows)
        self.expect(f"all were held at once in {complete} of {len(self.rows)} rounds",
                    complete > len(self.rows) / 2)
        document_bytes = self.settle()
        self.say({"devices": self.devices, "rounds": len(self.rows), "seconds": self.seconds(),
                  "rounds_with_all_at_once": complete, **self.totals, **figures,
                  "most_rss_kib": max(row["rss_held_kib"] for row in self.rows),
                  "hub_cpu_s": round(sum(row["hub_cpu_s"] for row in self.rows), 1),
                  "document_bytes": document_bytes, "violations": len(self.violations)})
        if not self.violations:
            shutil.rmtree(self.root, ignore_errors=True)
        else:
            print(f"Kept: {self.root}")
        return not self.violations


def check_the_measures(soak):
    """A connection that stays open, and memory that grows, would be seen."""
    with socket.create_connection(soak.hub.address.rsplit(":", 1)):
        # Within the time after which the hub drops a stranger.
        opened = soak.hub.wait_for_sockets(soak.idle_sockets + 1, 4)
        soak.expect("a connection that is open isn't counted",
                    opened == soak.idle_sockets + 1 and soak.hub.established() == 1)
    soak.expect("a connection that is gone is counted",
                soak.hub.wait_for_sockets(soak.idle_sockets) == soak.idle_sockets)
    soak.expect("the heap isn't watched", soak.heap_before_kib is None or soak.heap_before_kib > 0)
    soak.expect("memory that is kept isn't seen", sees_what_is_kept())


def sees_what_is_kept():
    """Made-up rounds, with what is kept and without it."""
    def rounds(count, **more):
        return [{"synced": 200, "rss_kib": 100_000, "heap_kib": 3_000, **more}
                for _ in range(count)]
    many = 1 + (memory.WARM_SYNCS + 2 * memory.PHASE_SYNCS) // 200
    resident = int(100_000 * memory.ROOM + memory.CACHE_KIB)
    resident_faults = [memory.judge_resident(rounds(20) + rounds(20, rss_kib=after))[1]
                       for after in (resident, resident + 1)]
    heap_faults = [memory.judge_heap(rows, 1_000)[1] for rows in (
        rounds(20), rounds(20, heap_kib=1_000 + memory.STORE_KIB),
        rounds(20) + rounds(20, heap_kib=4_000),  # the cache may be filling yet
        rounds(20, heap_kib=1_001 + memory.STORE_KIB), rounds(many) + rounds(20, heap_kib=3_100))]
    return ([len(faults) for faults in resident_faults] == [0, 1]
            and [len(faults) for faults in heap_faults] == [0, 0, 0, 1, 1])


def run(arguments):
    soak = Soak(arguments.devices, arguments.processes, arguments.journal)
    if arguments.test:
        check_the_measures(soak)
    end = time.monotonic() + (arguments.minutes or 0) * 60
    number = 0
    while number < arguments.rounds or time.monotonic() < end:
        number += 1
        victim = soak.clients[number % len(soak.clients)] if number % KILL_EVERY == 0 else None
        soak.round(number, victim)
    return soak.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--journal")
    parser.add_argument("--test", action="store_true")
    arguments = parser.parse_args()
    if arguments.test:
        arguments.devices, arguments.processes, arguments.rounds = 12 if SANITIZED else 24, 2, 6
    return 0 if run(arguments) else 1


if __name__ == "__main__":
    sys.exit(main())
