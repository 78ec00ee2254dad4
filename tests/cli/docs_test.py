#!/usr/bin/env python3
"""What is written about the command line works: the commands of docs/cli.md, one after the other."""
import os
import pathlib
import re
import subprocess

from harness import BINARY, CliTest, main

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "cli.md"


class Docs(CliTest):
    def test_every_command_that_the_documentation_shows_works(self):
        blocks = re.findall(r"^```sh\n(.*?)^```$", DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        self.assertGreater(len(blocks), 5)
        commands = "relais() { '%s' \"$@\"; }\nset -eo pipefail\n" % BINARY + "".join(blocks)
        ran = subprocess.run(["bash", "-c", commands], cwd=self.folder, capture_output=True,
                             text=True, env={**os.environ, "TZ": "EET-2"})
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_no_line_is_too_wide_to_read(self):
        for number, line in enumerate(DOCS.read_text("utf-8").splitlines(), 1):
            self.assertLessEqual(len(line), 100, f"line {number}")


if __name__ == "__main__":
    main()
