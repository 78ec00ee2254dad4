#!/usr/bin/env python3
"""Two devices in two network namespaces sync over a wire that loses, delays, reorders, duplicates,
throttles and breaks. Where namespaces can't be made, it says so and ends with 77."""
import json
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli")]
import harness  # noqa: E402
import network  # noqa: E402
from harness import CliTest, main, relais  # noqa: E402

SKIPPED = 77
PORT = 7400
SEED = int(os.environ.get("RELAIS_NETWORK_SEED", random.randrange(1 << 32)))
CUT_SECONDS = 45  # more than a peer that is silent is waited for
wire = None


class ServingOn(harness.Serving):
    """`relais serve` in the left namespace."""

    def __init__(self, folder):
        super().__init__(folder, listen=f"{wire.left.address}:{PORT}")


def in_namespace(side):
    """Runs each command of the harness in that namespace."""
    def start(*arguments, **options):
        words = side.words(harness.BINARY, *arguments)
        pipes = dict.fromkeys(("stdout", "stderr"), harness.subprocess.PIPE)
        return harness.subprocess.Popen(words, **{"stdin": harness.subprocess.DEVNULL, **pipes,
                                                  **options})
    return start


class BadWire(CliTest):
    PATIENTS = 300

    def setUp(self):
        super().setUp()
        wire.faults()
        wire.rate(None)
        wire.mend()
        self.a = self.make("a")
        self.b = self.join(self.a, "b")  # over loopback
        self.sync(self.a, self.b)
        relais("import", self.a, self.sample(self.PATIENTS, 1))
        relais("import", self.b, self.sample(self.PATIENTS // 2, 2))

    def serve(self):
        real = harness.start
        harness.start = in_namespace(wire.left)
        try:
            return ServingOn(self.a)
        finally:
            harness.start = real

    def call(self):
        return in_namespace(wire.right)("sync", self.b, "--with",
                                        f"{wire.left.address}:{PORT}", "--json")

    def ended(self, process):
        """The report of a sync, or None and a clear error."""
        out, err = process.communicate(timeout=harness.PATIENCE + 120)
        if process.returncode == 0:
            return json.loads(out)
        fault = json.loads(err)
        self.assertIn(fault["error"], ("unreachable", "timed_out", "handshake_failed", "link_failed",
                                       "session_closed", "closed", "busy"))
        self.assertRegex(fault["message"], r"^\S.*[.?]$")
        self.assertIn("advice", fault)
        return None

    def converges(self, tries):
        """Syncs through the wire until one ends well; each of the others has to say why."""
        with self.serve():
            for _ in range(tries):
                report = self.ended(self.call())
                if report and report["in_sync"]:
                    break
            else:
                self.fail(f"no sync of {tries} came through; {wire.counts}, seed {SEED}")
        self.assert_same(self.a, self.b)
        for folder in (self.a, self.b):
            self.assertEqual(relais("verify", folder, "--json").json["problems"], [])

    def test_a_good_wire_carries_a_sync(self):
        before = wire.counts["frames"]
        self.converges(1)
        self.assertGreater(wire.counts["frames"] - before, 20, "the sync went another way")

    def test_loss_delay_reordering_and_duplicates_are_borne(self):
        wire.faults(loss=0.05, duplicates=0.1, delay=0.01, jitter=0.03)
        before = dict(wire.counts)
        self.converges(3)
        for what in ("lost", "duplicated", "overtaken"):
            self.assertGreater(wire.counts[what], before[what], what)

    def test_a_slow_wire_is_borne(self):
        wire.rate(512)
        wire.faults(delay=0.1)
        begun = time.monotonic()
        self.converges(2)
        self.assertGreater(time.monotonic() - begun, 0.5, "the rate limits nothing")

    def test_heavy_loss_ends_in_a_sync_or_a_clear_error_and_heals(self):
        wire.faults(loss=0.25, delay=0.005, jitter=0.02)
        before = wire.counts["lost"]
        with self.serve():
            self.ended(self.call())
        self.assertGreater(wire.counts["lost"], before)
        wire.faults()
        self.converges(1)

    def test_a_short_cut_in_mid_sync_is_borne(self):
        wire.rate(256)
        with self.serve():
            calling = self.call()
            time.sleep(0.7)
            self.assertIsNone(calling.poll(), "the sync ended before the cut")
            wire.cut()
            time.sleep(3)
            wire.mend()
            wire.rate(None)
            self.ended(calling)
        self.converges(1)

    def test_a_long_cut_ends_in_a_clear_error_and_heals(self):
        wire.rate(128)
        with self.serve():
            calling = self.call()
            time.sleep(1.5)
            self.assertIsNone(calling.poll(), "the sync ended before the cut")
            wire.cut()
            begun = time.monotonic()
            self.assertIsNone(self.ended(calling))
            self.assertLess(time.monotonic() - begun, harness.PATIENCE + CUT_SECONDS)
            wire.mend()
            wire.rate(None)
            # The server lives on, and takes the next call; the first may come before the wire is back.
            reports = (self.ended(self.call()) for _ in range(3))
            self.assertTrue(any(report and report["in_sync"] for report in reports))
        self.converges(1)

    def test_nobody_there_is_a_clear_error(self):
        wire.cut()
        self.assertIsNone(self.ended(self.call()))


if __name__ == "__main__":
    if missing := network.why_not():
        print(f"SKIPPED: no network namespace can be made here: {missing}")
        sys.exit(SKIPPED)
    code = network.enter_own_namespace()
    if code is not None:
        sys.exit(code)
    network.ip("link", "set", "lo", "up")
    print(f"Seed {SEED}", flush=True)
    with network.Wire(SEED) as wire:
        try:
            main()
        finally:
            print(json.dumps(wire.counts))
