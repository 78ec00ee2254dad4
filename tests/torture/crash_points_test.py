#!/usr/bin/env python3
"""Crash points of the store: some hundred without a loss, and planted faults that are caught."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from harness import SANITIZED, main  # noqa: E402

PROGRAM = os.environ.get("RELAIS_CRASH_POINTS", "relais_crash_points")
ROUNDS = int(os.environ.get("RELAIS_CRASH_ROUNDS", "60" if SANITIZED else "250"))
CONTROL_ROUNDS = 80


def crash(*options):
    """The result of the program, its exit code, and its output."""
    done = subprocess.run([PROGRAM, *map(str, options)], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]), done.returncode, done.stdout[-4000:] + done.stderr[-2000:]


class CrashPoints(unittest.TestCase):
    def test_no_acknowledged_write_is_lost_wherever_the_power_goes(self):
        total, code, said = crash("--rounds", ROUNDS)
        print(json.dumps(total))
        self.assertEqual(code, 0, said)
        for what in ("lost_writes", "lost_places", "reused_places", "problems", "violations"):
            self.assertEqual(total[what], 0, said)
        # What must have happened, or the run has shown nothing.
        self.assertEqual(total["crash_points"], ROUNDS)
        self.assertGreater(total["acknowledged_steps"], ROUNDS)
        # The other rounds fail while they open, and so compact tables: four in ten.
        self.assertGreater(total["opened_and_checked"], ROUNDS // 4)
        self.assertGreater(total["stopped_after_error"], 0, "no write error stopped the store")
        for operation in ("append", "sync"):
            self.assertGreater(total["power_cuts_at"].get(operation, 0), 0, operation)
        self.assertGreater(len(total["errors_given"]), 3)

    def test_a_store_that_never_syncs_is_caught(self):
        total, code, said = crash("--rounds", CONTROL_ROUNDS, "--control", "no-sync")
        self.assertEqual(code, 1, said)
        self.assertGreater(total["lost_writes"], 0, said)

    def test_an_acknowledgement_before_the_commit_is_caught(self):
        total, code, said = crash("--rounds", CONTROL_ROUNDS, "--control", "early-ack")
        self.assertEqual(code, 1, said)
        self.assertGreater(total["lost_writes"], 0, said)


if __name__ == "__main__":
    main()
