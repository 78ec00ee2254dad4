#!/usr/bin/env python3
"""A store that can't be opened: what `relais` says, and how its device comes back."""
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from harness import CliTest, Serving, main, relais  # noqa: E402

ADVICE = ("Keep the folder as it is. Let this device join again in a new folder, with a new "
          "invitation: the other devices hold what they synced.")


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
}


class DamagedStore(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        relais("import", self.a, self.sample(30))
        self.b = self.join(self.a, "b")
        self.sync(self.a, self.b)
        relais("put", self.b, "cases/from-b", 'status="synced"')
        self.sync(self.a, self.b)

    def contents(self):
        return {path.relative_to(self.b): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in self.b.rglob("*") if path.is_file() and path.name != "LOCK"}

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
                before = self.contents()
                for command in self.commands():
                    ran = relais(*command, code=1)
                    self.assertEqual(ran.out, "")
                    self.assertRegex(ran.err, rf"^relais: The store at {self.b} is damaged: "
                                              r"its (database|file STORE) can't be read\.\n")
                    self.assertIn(ADVICE, ran.err)
                fault = relais("status", self.b, "--json", code=1).error
                self.assertEqual(fault["error"], "store_corrupt")
                self.assertEqual(fault["advice"], ADVICE)
                self.assertEqual(self.contents(), before, "what may be saved by hand is touched")
            for path, content in whole.items():
                path.write_bytes(content)
        self.assertEqual(relais("verify", self.b, "--json").json["problems"], [])

    def test_the_folder_is_set_aside_and_the_device_joins_again_under_the_old_name(self):
        export = self.exported(self.a)
        relais("put", self.b, "cases/unsynced", 'status="only here"')
        DAMAGES["CURRENT is gone"](self.b)
        relais("status", self.b, code=1)
        damaged = self.b.with_name("b.damaged")
        self.b.rename(damaged)
        self.assertEqual(self.join(self.a, "b"), self.b)
        self.assertTrue(self.sync(self.a, self.b)["in_sync"])
        # All that was synced is back; what never was lies in the folder that was set aside.
        self.assertEqual(self.assert_same(self.a, self.b), export)
        self.assertNotIn("unsynced", export)
        self.assertTrue((damaged / "db").is_dir())
        self.assertEqual(relais("verify", self.b, "--json").json["problems"], [])
        relais("put", self.b, "cases/from-b", 'status="again"')
        self.assertTrue(self.sync(self.a, self.b)["in_sync"])
        self.assertIn('"again"', self.assert_same(self.a, self.b))
        # It is a new device to the others; the old one stays a member until it is removed.
        names = [member["name"] for member in relais("status", self.a, "--json").json["members"]]
        self.assertEqual(sorted(names), ["Tablet A", "Tablet B", "Tablet B"])

    def test_joining_over_a_damaged_store_is_refused_and_uses_no_invitation(self):
        DAMAGES["a bit of the MANIFEST has turned"](self.b)
        before = self.contents()
        invitation = relais("invite", self.a).last_line
        with Serving(self.a) as server:
            words = [invitation, "--device", "Tablet B", "--at", server.address]
            ran = relais("join", self.b, *words, code=1)
            self.assertEqual(ran.err, f"relais: There is already a store at {self.b}.\n")
            self.assertEqual(self.contents(), before)
            relais("join", self.path("b2"), *words)


if __name__ == "__main__":
    main()
