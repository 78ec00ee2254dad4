#!/usr/bin/env python3
"""A store that can't be opened: what `relais` says, and how one command brings its device back."""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from harness import CliTest, PATIENCE, Serving, main, relais, start  # noqa: E402

ADVICE = ("Let this device join again, with a new invitation: `relais join DIR --device "
          "NAME --at HOST:PORT --set-aside` keeps this folder under another name, and fetches what "
          "the other devices hold.")
ONLY_THERE = "What this device wrote and never synced is only there."


def turn_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def only(folder, pattern):
    (found,) = list(folder.glob(pattern))[:1]
    return found


DAMAGES = {
    "CURRENT is empty": lambda store: (store / "db/CURRENT").write_bytes(b""),
    "CURRENT is gone": lambda store: (store / "db/CURRENT").unlink(),
    "a bit of the MANIFEST has turned": lambda store: turn_a_bit(only(store, "db/MANIFEST-*")),
    "a table is gone": lambda store: only(store, "db/*.sst").unlink(),
    "a table is cut short": lambda store: os.truncate(only(store, "db/*.sst"), 100),
    "STORE can't be read": lambda store: (store / "STORE").write_bytes(b"\0" * 23),
    "STORE is gone": lambda store: (store / "STORE").unlink(),
    "the database is gone": lambda store: shutil.rmtree(store / "db"),
}


def contents(folder):
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file() and path.name != "LOCK"}


class WithTwoDevices(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        relais("import", self.a, self.sample(30))
        self.b = self.join(self.a, "b")
        self.sync(self.a, self.b)
        relais("put", self.b, "cases/from-b", 'status="synced"')
        self.sync(self.a, self.b)

    def aside(self, number):
        return self.b.with_name(f"b.damaged-{number}")

    def rebuilding(self, address, invitation=None):
        return ["join", self.b, invitation or relais("invite", self.a).last_line, "--device",
                "Tablet B", "--at", address, "--set-aside"]

    def rebuild(self, *options):
        command = self.rebuilding("{}")
        with Serving(self.a) as server:
            return relais(*[server.address if word == "{}" else word for word in command], *options)


class DamagedStore(WithTwoDevices):
    def commands(self):
        yield "status", self.b
        yield "export", self.b
        yield "verify", self.b
        yield "put", self.b, "cases/1", "n=1"
        yield "sync", self.b, "--with", "127.0.0.1:9"
        yield "serve", self.b, "--listen", "127.0.0.1:0"
        yield "invite", self.b

    def test_every_command_says_so_and_leaves_the_folder_as_it_is(self):
        whole = {path: path.read_bytes() for path in self.b.rglob("*") if path.is_file()}
        for damage, do in DAMAGES.items():
            with self.subTest(damage):
                do(self.b)
                before = contents(self.b)
                for command in self.commands():
                    ran = relais(*command, code=1)
                    self.assertEqual(ran.out, "")
                    self.assertRegex(ran.err, rf"^relais: The store at {self.b} is damaged: "
                                              r"its (database|file STORE|folder db) (can't be read|is missing)"
                                              r"\.\n")
                    self.assertIn(ADVICE, ran.err)
                fault = relais("status", self.b, "--json", code=1).error
                self.assertEqual(fault["error"], "store_corrupt")
                self.assertEqual(fault["advice"], ADVICE)
                self.assertEqual(contents(self.b), before, "what may be saved by hand is touched")
            for path, content in whole.items():
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
        self.assertEqual(relais("verify", self.b, "--json").json["problems"], [])

    def test_verify_finds_a_turned_bit_wherever_it_is(self):
        tables = sorted(self.b.glob("db/*.sst"))
        self.assertTrue(tables)
        for table in tables:
            whole = table.read_bytes()
            for at in range(7, len(whole), max(1, len(whole) // 5)):
                with self.subTest(table=table.name, at=at):
                    damaged = bytearray(whole)
                    damaged[at] ^= 0x10
                    table.write_bytes(damaged)
                    ran = relais("verify", self.b, code=1)
                    self.assertRegex(ran.out + ran.err, "Problem: |is damaged|record is damaged")
            table.write_bytes(whole)
        self.assertEqual(relais("verify", self.b, "--json").json["problems"], [])

    def test_one_command_sets_it_aside_and_rebuilds_it_from_a_peer_whatever_the_damage(self):
        relais("put", self.b, "cases/unsynced", 'status="only here"')
        export = self.exported(self.a)
        whole = self.b.rename(self.b.with_name("whole"))
        for number, (damage, do) in enumerate(DAMAGES.items(), 1):
            with self.subTest(damage):
                shutil.rmtree(self.b, ignore_errors=True)
                shutil.copytree(whole, self.b)
                do(self.b)
                before = contents(self.b)
                out = self.rebuild().out
                self.assertIn(f"is kept in {self.aside(number)}.\n{ONLY_THERE}\n", out)
                self.assertIn("This device has joined again: Tablet B (", out)
                # All that was synced is back; what never was lies in the folder that was set aside.
                self.assertEqual(self.exported(self.b), export)
                self.assertNotIn("only here", export)
                self.assertEqual(contents(self.aside(number)), before)
                self.assertFalse(self.b.with_name("b.joining").exists())
                self.assertEqual(relais("verify", self.b, "--json").json["problems"], [])
        self.assertEqual(len(list(self.folder.glob("b*"))), 1 + len(DAMAGES))

    def test_the_device_goes_on_under_its_old_name(self):
        DAMAGES["CURRENT is gone"](self.b)
        report = self.rebuild("--json").json
        self.assertEqual(report["set_aside"], str(self.aside(1)))
        self.assertEqual((report["device_name"], report["level"]), ("Tablet B", "member"))
        self.assertEqual((report["members"], report["sync"]["in_sync"]), (3, True))
        relais("put", self.b, "cases/from-b", 'status="again"')
        self.assertTrue(self.sync(self.a, self.b)["in_sync"])
        self.assertIn('"again"', self.assert_same(self.a, self.b))
        # It is a new device to the others; the old one stays a member until it is removed.
        names = [member["name"] for member in relais("status", self.a, "--json").json["members"]]
        self.assertEqual(sorted(names), ["Tablet A", "Tablet B", "Tablet B"])

    def test_joining_over_a_damaged_store_is_refused_and_uses_no_invitation(self):
        for damage in ("a bit of the MANIFEST has turned", "STORE is gone"):
            with self.subTest(damage):
                DAMAGES[damage](self.b)
                before = contents(self.b)
                invitation = relais("invite", self.a).last_line
                with Serving(self.a) as server:
                    words = [invitation, "--device", "Tablet B", "--at", server.address]
                    error = relais("join", self.b, *words, "--json", code=1).error
                    self.assertEqual((error["error"], error["advice"]), ("store_corrupt", ADVICE))
                    self.assertEqual(contents(self.b), before)
                    relais("join", self.path("other " + damage), *words)

    def test_a_store_that_opens_stays_although_a_record_of_it_is_damaged(self):
        opened = 0
        for table in sorted(self.b.glob("db/*.sst")):
            whole = table.read_bytes()
            for part in (1, 3, 5):
                content = bytearray(whole)
                content[len(whole) * part // 8] ^= 0x10
                table.write_bytes(content)
                process = start("status", self.b, "--json")
                _, err = process.communicate(timeout=PATIENCE)
                fault = json.loads(err)["error"] if process.returncode else None
                self.assertIn(fault, (None, "corrupt", "store_corrupt"))
                if fault != "store_corrupt":
                    opened += 1
                    error = relais(*self.rebuilding("127.0.0.1:9"), "--json", code=1).error
                    self.assertEqual(error["error"], "already_exists")
            table.write_bytes(whole)
        self.assertGreater(opened, 0)
        self.assertFalse(self.aside(1).exists())
        relais("verify", self.b)


class CutOff(WithTwoDevices):
    """What a crash leaves of the rebuilding; the same command goes on with it."""

    def setUp(self):
        super().setUp()
        relais("import", self.a, self.sample(200, 2))
        relais("put", self.b, "cases/unsynced", 'status="only here"')
        DAMAGES["CURRENT is empty"](self.b)
        self.before = contents(self.b)
        self.joining = self.b.with_name("b.joining")

    def assert_rebuilt(self):
        self.assert_same(self.a, self.b)
        self.assertEqual(contents(self.aside(1)), self.before)
        self.assertFalse(self.joining.exists())
        self.assertFalse(self.aside(2).exists())

    def test_after_it_has_joined(self):
        invitation = relais("invite", self.a).last_line
        with Serving(self.a) as server:
            relais("join", self.joining, invitation, "--device", "Tablet B", "--at", server.address)
            device = relais("status", self.joining, "--json").json["device"]
            report = relais(*self.rebuilding(server.address, invitation), "--json").json
        self.assertEqual(report["device"], device)
        self.assert_rebuilt()

    def test_between_the_two_renames(self):
        invitation = relais("invite", self.a).last_line
        with Serving(self.a) as server:
            relais("join", self.joining, invitation, "--device", "Tablet B", "--at", server.address)
            self.b.rename(self.aside(1))
            out = relais(*self.rebuilding(server.address, invitation)).out
        self.assertIn(f"is kept in {self.aside(1)}.\n{ONLY_THERE}\n", out)
        self.assert_rebuilt()

    def test_at_any_time(self):
        chance = random.Random()
        kills, longest = 0, 0.3
        while True:
            invitation = relais("invite", self.a).last_line
            with Serving(self.a) as server:
                ended = False
                while not ended:
                    process = start(*self.rebuilding(server.address, invitation))
                    try:
                        _, err = process.communicate(timeout=chance.uniform(0, longest))
                        self.assertEqual(process.returncode, 0, err)
                        ended = True
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.communicate()
                        kills += 1
                        longest *= 1.03
                        there = self.b if not self.aside(1).exists() else self.aside(1)
                        self.assertEqual(contents(there), self.before)
                        ended = self.aside(1).exists() and self.b.exists()  # all but the last word
            self.assert_rebuilt()
            if kills >= 15:
                break
            shutil.rmtree(self.b)
            self.aside(1).rename(self.b)
        print(f"killed {kills} times", file=sys.stderr)


if __name__ == "__main__":
    main()
