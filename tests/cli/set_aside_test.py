#!/usr/bin/env python3
"""`relais join --set-aside`: what it leaves alone, and how it is called. What it mends is shown in
tests/torture/damaged_store_test.py."""
import re
import socket

from harness import CliTest, Serving, main, relais


class SetAside(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        relais("put", self.a, "cases/1", "n=1")
        self.invitation = relais("invite", self.a).last_line
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.nobody = "127.0.0.1:%d" % taken.getsockname()[1]

    def join(self, folder, address=None, **options):
        return relais("join", folder, self.invitation, "--device", "B", "--at",
                      address or self.nobody, "--set-aside", "--json", **options)

    def damage(self, folder):
        (folder / "db" / "CURRENT").write_bytes(b"")

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_store_that_opens_stays(self):
        b = self.make("b")
        names = self.names()
        error = self.join(b, code=1).error
        self.assertEqual(error["error"], "already_exists")
        self.assertEqual(error["message"], f"The store at {b} can be opened: it stays.")
        self.assertEqual(self.names(), names)
        relais("status", b)

    def test_a_store_in_use_stays(self):
        with Serving(self.a):
            self.assertEqual(self.join(self.a, code=1).error["error"], "store_locked")
        self.assertEqual(self.names(), ["a"])

    def test_a_store_of_a_newer_version_stays(self):
        store = self.make("b") / "STORE"
        store.write_text(re.sub(r"version \d+", "version 999", store.read_text()))
        self.assertEqual(self.join(self.path("b"), code=1).error["error"], "store_too_new")
        self.assertEqual(self.names(), ["a", "b"])

    def test_a_join_that_was_begun_stays(self):
        relais("join", self.path("b"), self.invitation, "--device", "B", "--at", self.nobody, code=1)
        error = self.join(self.path("b"), code=1).error
        self.assertEqual(error["error"], "closed")
        self.assertIn("without --set-aside", error["advice"])
        self.assertEqual(self.names(), ["a", "b"])

    def test_what_is_no_store_stays(self):
        self.path("photos").mkdir()
        self.write("photos/1.jpeg", "x")
        self.write("file", "x")
        for name in ("photos", "photos/1.jpeg", "file"):
            with self.subTest(name):
                self.assertEqual(self.join(self.path(name), code=1).error["error"], "store_missing")
        self.assertEqual(self.names(), ["a", "file", "photos"])

    def test_a_damaged_store_keeps_its_place_until_the_new_one_is_whole(self):
        b = self.make("b")
        self.damage(b)
        self.assertEqual(self.join(b, code=1).error["error"], "unreachable")
        self.assertEqual(relais("status", b, "--json", code=1).error["error"], "store_corrupt")
        with Serving(self.make("other")) as server:
            self.assertEqual(self.join(b, server.address, code=1).error["error"],
                             "handshake_failed")
        self.assertEqual(relais("status", b, "--json", code=1).error["error"], "store_corrupt")
        with Serving(self.a) as server:
            report = self.join(b, server.address).json
        self.assertEqual(report["set_aside"], str(self.path("b.damaged-1")))
        self.assert_same(self.a, b)
        self.assertEqual(self.names(), ["a", "b", "b.damaged-1", "other"])

    def test_nothing_that_was_set_aside_is_written_over(self):
        b = self.make("b")
        self.damage(b)
        self.path("b.damaged-1").mkdir()
        self.write("b.damaged-2", "x")
        with Serving(self.a) as server:
            self.assertTrue(self.join(b, server.address).json["set_aside"].endswith("b.damaged-3"))
        self.assertEqual(list(self.path("b.damaged-1").iterdir()), [])
        self.assertEqual(self.path("b.damaged-2").read_text(), "x")

    def test_a_folder_may_be_named_by_a_link_or_with_a_slash(self):
        for number, name in enumerate(("link", "b/"), 1):
            with self.subTest(name):
                if number == 1:
                    self.make("b")
                    self.path("link").symlink_to("b")
                self.damage(self.path("b"))
                self.invitation = relais("invite", self.a).last_line
                with Serving(self.a) as server:
                    report = self.join(f"{self.folder}/{name}", server.address).json
                self.assertEqual(report["set_aside"], str(self.path(f"b.damaged-{number}")))
                self.assert_same(self.a, self.path("link"))
                self.assertTrue(self.path("link").is_symlink())

    def test_without_a_store_in_the_way_it_joins_and_syncs(self):
        with Serving(self.a) as server:
            report = self.join(self.path("b"), server.address).json
        self.assertNotIn("set_aside", report)
        self.assertEqual(report["sync"]["changes_received"] > 0, True)
        self.assert_same(self.a, self.path("b"))
        self.assertEqual(self.names(), ["a", "b"])

    def test_a_name_that_cannot_be_is_a_fault_of_the_command_line(self):
        relais("join", self.path("b"), self.invitation, "--device", "x" * 129, "--at", self.nobody,
               "--set-aside", code=2)
        self.assertEqual(self.names(), ["a"])


if __name__ == "__main__":
    main()
