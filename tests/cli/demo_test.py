#!/usr/bin/env python3
"""The demo of two tablets, from the first command to its last line."""
import os
import pathlib
import subprocess

from harness import BINARY, CliTest, main

DEMO = pathlib.Path(__file__).resolve().parents[2] / "examples" / "demo" / "demo.sh"


class Demo(CliTest):
    def run_demo(self, *arguments, **environment):
        return subprocess.run([DEMO, *arguments], capture_output=True, text=True, timeout=300,
                              env={**os.environ, "TMPDIR": str(self.folder), **environment})

    def test_the_demo_works_and_says_so_in_its_last_line(self):
        ran = self.run_demo(BINARY, DEMO_PATIENTS="150")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("It worked: both tablets hold the same 301 documents",
                      ran.stdout.rstrip().rsplit("\n", 1)[-1])
        self.assertEqual(list(self.folder.iterdir()), [], "it leaves something behind")

    def test_the_demo_fails_with_the_reason(self):
        broken = self.write("relais", "#!/bin/sh\necho 'the disk is full' >&2\nexit 1\n")
        broken.chmod(0o755)
        ran = self.run_demo(broken)
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("Failed: ", ran.stderr)
        self.assertIn("the disk is full", ran.stderr)
        self.assertNotIn("It worked", ran.stdout)
        self.assertNotEqual(self.run_demo(self.path("missing")).returncode, 0)


if __name__ == "__main__":
    main()
