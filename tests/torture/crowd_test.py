#!/usr/bin/env python3
"""Many connections at once: 8 that send nothing and 2000 that send a byte a second, all of which connect
again when they are closed, to a server that may have 1024 descriptors. Members sync and devices join meanwhile.

    crowd_test.py [--seconds 120] [--slow 2000]

It ends with the figures. All of it stays on the loopback.
"""
import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import resource
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli")]
import harness  # noqa: E402
from harness import CliTest, SANITIZED, main, relais  # noqa: E402

SILENT = 8
DESCRIPTORS = 1024
LONGEST_SECONDS = 5  # an honest sync or join, at the 95th percentile
ROOM_SHARE, ROOM_KIB = 0.10, 8 * 1024  # what the server's memory may grow by from the middle on
OPEN_INVITATIONS = 12
options = None


async def stand(port, words, between, back_after, counts, chance):
    """One who comes, says a byte at a time, and comes back when it was shown out."""
    await asyncio.sleep(chance.random() * back_after)
    while True:
        writer = None
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            counts["connections"] += 1
            for byte in words:
                writer.write(bytes([byte]))
                with contextlib.suppress(asyncio.TimeoutError):
                    got = await asyncio.wait_for(reader.read(1), between)
                    counts["answers"] += len(got)
                    break
            else:
                counts["answers"] += len(await reader.read(1))
        if writer is not None:
            writer.close()
        await asyncio.sleep(back_after * (0.5 + chance.random()))


def crowd(port, slow, counted, ready):
    """A process of its own: it needs more descriptors than it leaves the server."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    counts = {"connections": 0, "answers": 0}
    chance = random.Random(4)

    async def all_of_them():
        people = [stand(port, b"", 1, 0.2, counts, chance) for _ in range(SILENT)]
        words = b"\x00\x30" + bytes(46)
        people += [stand(port, words, 1, 3, counts, chance) for _ in range(slow)]
        gathered = asyncio.gather(*people)
        ready.set()
        while not gathered.done():
            counted["connections"], counted["answers"] = counts["connections"], counts["answers"]
            await asyncio.sleep(0.5)

    asyncio.run(all_of_them())


class FewDescriptors(harness.Serving):
    """`relais serve` as a shell with `ulimit -n 1024` starts it."""

    def __init__(self, folder):
        real = harness.start
        harness.start = lambda *words, **more: real(
            *words, **more,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS)))
        try:
            super().__init__(folder, "--json")
        finally:
            harness.start = real


def p95(times):
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


class Crowd(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        self.b = self.join(self.a, "b")
        self.sync(self.a, self.b)
        self.invitations = [relais("invite", self.a, "--minutes", 60).last_line
                            for _ in range(OPEN_INVITATIONS)]

    def timed(self, *arguments, **more):
        begun = time.monotonic()
        relais(*arguments, **more)
        return time.monotonic() - begun

    def test_members_and_joiners_are_attended_to_while_a_crowd_stands_at_the_door(self):
        with multiprocessing.Manager() as manager, FewDescriptors(self.a) as server:
            counted, ready = manager.dict(connections=0, answers=0), manager.Event()
            port = int(server.address.rsplit(":", 1)[1])
            people = multiprocessing.Process(target=crowd, daemon=True,
                                             args=(port, options.slow, counted, ready))
            people.start()
            try:
                self.assertTrue(ready.wait(30), "the crowd doesn't come")
                time.sleep(3)  # until most of them are connected
                figures = self.work(server)
                figures.update(counted)
                self.assertTrue(people.is_alive(), "the crowd is gone")
            finally:
                people.kill()
                people.join()
            report = relais("sync", self.b, "--with", server.address, "--json").json
            self.assertTrue(report["in_sync"])
            server.stop()
        print(json.dumps(figures), flush=True)
        self.assertGreater(figures["connections"], options.slow)
        self.assertEqual(figures["answers"], 0, "a stranger was answered")
        for what in ("sync_p95", "join_p95"):
            self.assertLess(figures[what], LONGEST_SECONDS * (4 if SANITIZED else 1), what)
        if not SANITIZED:
            self.assertLess(figures["end_kib"],
                            figures["middle_kib"] * (1 + ROOM_SHARE) + ROOM_KIB)

    def work(self, server):
        """Syncs and joins until the time is over; how long they took, and the server's memory."""
        begun, syncs, joins, middle = time.monotonic(), [], [], None
        between_joins = options.seconds / min(OPEN_INVITATIONS, max(2, options.seconds / 5))
        while (now := time.monotonic() - begun) < options.seconds:
            self.assertIsNone(server.process.poll(), "the server ended")
            if middle is None and now >= options.seconds / 2:
                middle = server.resident_kib()
            if now >= len(joins) * between_joins and self.invitations:
                joins.append(self.timed("join", self.path(f"j{len(joins)}"), "-", "--device", "J",
                                        "--at", server.address,
                                        stdin=self.invitations.pop().encode()))
            relais("put", self.b, f"cases/{len(syncs)}", "a=1")
            syncs.append(self.timed("sync", self.b, "--with", server.address))
            time.sleep(0.3)
        return {"seconds": options.seconds, "syncs": len(syncs), "sync_p95": round(p95(syncs), 2),
                "joins": len(joins), "join_p95": round(p95(joins), 2), "middle_kib": middle,
                "end_kib": server.resident_kib()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--slow", type=int, default=2000)
    options, sys.argv[1:] = parser.parse_known_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < options.slow + 100:
        print(f"SKIPPED: a process may have {hard} descriptors here, and {options.slow} are needed")
        sys.exit(77)
    main()
