#!/usr/bin/env python3
"""The recovery phrase is shown once: a signal waits for it, and an output that fails is told."""
import fcntl
import os
import re
import signal
import subprocess
import time

from harness import BINARY, PATIENCE, CliTest, main, relais, start

PHRASE = re.compile(r"^  [0-9A-Z]{4}(-[0-9A-Z]{4})+$", re.MULTILINE)


class Init(CliTest):
    def arguments(self, *more):
        return ["init", self.path("a"), "--space", "Clinic", "--device", "Tablet A", *more]

    def wait_for_the_store(self):
        for _ in range(PATIENCE * 100):
            if self.path("a").exists() and any(self.path("a").iterdir()):
                return
            time.sleep(0.01)
        self.fail("no store appeared")

    def test_a_signal_waits_until_the_phrase_is_shown(self):
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(how):
                reading, writing = os.pipe()
                size = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
                os.write(writing, b"." * size)  # full: the program has to wait
                process = start(*self.arguments(), stdout=writing)
                os.close(writing)
                self.wait_for_the_store()
                process.send_signal(how)
                with os.fdopen(reading, "rb") as pipe:
                    self.assertRegex(pipe.read()[size:].decode(), PHRASE)
                self.assertEqual(process.wait(timeout=PATIENCE), -how)
                process.stderr.close()
                relais("status", self.path("a"))
                subprocess.run(["rm", "-r", self.path("a")], check=True)

    def test_a_phrase_that_was_not_shown_is_told_and_what_to_do(self):
        for where in ("full", "closed", "broken"):
            with self.subTest(where):
                command = [BINARY, *map(str, self.arguments())]
                if where == "full":
                    with open("/dev/full", "wb") as full:
                        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE)
                elif where == "closed":
                    ran = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command],
                                         stderr=subprocess.PIPE)
                else:
                    reading, writing = os.pipe()
                    os.close(reading)
                    ran = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE)
                    os.close(writing)
                said = ran.stderr.decode()
                self.assertEqual(ran.returncode, 1, said)
                self.assertIn(f"The space exists in {self.path('a')}, but its recovery phrase was "
                              "not shown", said)
                self.assertIn("Delete the folder, and make the space again before any other device "
                              "joins.", said)
                self.assertEqual(relais("verify", self.path("a"), "--json").json["problems"], [])
                subprocess.run(["rm", "-r", self.path("a")], check=True)

    def test_a_section_is_a_field_at_the_top_of_a_document(self):
        for section, words in (("cases/medical/legal=legal", "at the top of a document"),
                               ("cases/a~b=legal", "~ is written ~0")):
            ran = relais(*self.arguments("--section", section), code=2)
            self.assertIn(words, ran.err)
            self.assertFalse(self.path("a").exists())
        relais(*self.arguments("--section", "cases/a~1b~0c=legal"))
        self.assertIn("cases/a~1b~0c in legal", relais("status", self.path("a")).out)
        rules = relais("status", self.path("a"), "--json").json["sections"]
        self.assertIn("a/b~c", [rule["section"] for rule in rules])


class LostOutput(CliTest):
    def test_what_a_command_wrote_stays_written_when_its_output_is_lost(self):
        a = self.make()
        for arguments in (["put", a, "cases/1", "w=1"], ["invite", a],
                          ["undo", a, "cases/1"]):
            with self.subTest(arguments[0]):
                with open("/dev/full", "wb") as full:
                    ran = subprocess.run([BINARY, *map(str, arguments)], stdout=full,
                                         stderr=subprocess.PIPE)
                self.assertEqual(ran.returncode, 1)
                self.assertIn(b"What the command wrote to the store stays written.", ran.stderr)
        with open("/dev/full", "wb") as full:
            ran = subprocess.run([BINARY, "status", a], stdout=full, stderr=subprocess.PIPE)
            self.assertNotIn(b"stays written", ran.stderr)
            self.assertEqual(subprocess.run([BINARY, "--help"], stdout=full,
                                            stderr=subprocess.PIPE).returncode, 1)

    def test_no_file_is_written_into_the_folder_of_a_store(self):
        a = self.make()
        b = self.make("b")
        link = self.path("link")
        link.symlink_to(a)
        file = self.path("file")
        file.symlink_to(a / "db" / "CURRENT")
        held = sorted(path for path in a.rglob("*") if path.name != "LOCK")
        for out in (a / "STORE", a / "new", a / "x" / "y", a / "db" / "CURRENT", link / "STORE",
                    file, os.path.relpath(a / "new")):
            for command in (("export", a), ("export", b), ("sample", "--patients", 1)):
                with self.subTest(f"{command} {out}"):
                    self.assertEqual(relais(*command, "--out", out, code=2).err,
                                     "relais: The file would be in the folder of a store: name "
                                     "another place.\n")
        self.assertEqual(sorted(path for path in a.rglob("*") if path.name != "LOCK"), held)
        for out in (a, f"{a}/"):
            self.assertEqual(relais("sample", "--patients", 1, "--out", out, code=None).err,
                             f"relais: A file is needed, and {out} is a folder.\n")
        for command in (("export", a), ("sample", "--patients", 1)):
            relais(*command, "--out", self.path("beside.ndjson"))
        self.assertEqual(relais("verify", a, "--json").json["problems"], [])

    def test_no_store_is_made_in_the_folder_of_another(self):
        a = self.make()
        invitation = relais("invite", a).last_line
        for inside in (a / "new", a / "db" / "new", f"{a}/new/"):
            for command in (("init", inside, "--space", "S", "--device", "D"),
                            ("join", inside, invitation, "--device", "D", "--at", "127.0.0.1:1"),
                            ("join", inside, invitation, "--device", "D", "--at", "127.0.0.1:1",
                             "--set-aside")):
                with self.subTest(command):
                    self.assertEqual(relais(*command, code=2).err,
                                     "relais: The new store would be in the folder of a store: "
                                     "name another place.\n")
        self.assertIn("There is already a store at",
                      relais("init", f"{a}/", "--space", "S", "--device", "D", code=1).err)


if __name__ == "__main__":
    main()
