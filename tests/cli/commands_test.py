#!/usr/bin/env python3
"""Every command on one device, as a user types it: what it prints, and how it ends."""
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from harness import BINARY, SANITIZED, CliTest, Serving, as_exported, main, relais, start

COMMANDS = ("init invite join import export put get list conflicts undo void restore resolve serve "
            "sync status verify sample").split()
ISO_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
PEOPLES_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (UTC|[+-]\d{4} \([^)]+ UTC\))"


class Help(CliTest):
    def test_every_command_has_help_with_examples(self):
        everything = relais("--help").out
        for command in COMMANDS:
            with self.subTest(command):
                self.assertRegex(everything, rf"\n  {command} ")
                out = relais(command, "--help").out
                self.assertIn("Examples:\n  relais " + command, out)

    def test_the_version_is_told(self):
        self.assertRegex(relais("--version").out, r"^relais \d+\.\d+\.\d+\n$")

    def test_a_wrong_command_line_ends_with_2_and_names_the_help(self):
        for arguments in ([], ["frobnicate"], ["init"], ["init", "d"], ["get", "d"],
                          ["put", "d", "cases/1"], ["sample", "--patients", "-3"],
                          ["sample", "--patients", "many"], ["status", "d", "--loud"],
                          ["invite", "d", "--minutes", "0"], ["sync", "d", "--with", "nowhere"],
                          ["sync", "d", "--with", "host:99999"], ["serve", "d", "--listen", ":x"],
                          ["serve", "d", "--listen", "127.0.0.1:0", "--minutes", "5"]):
            with self.subTest(arguments):
                ran = relais(*arguments, code=2)
                self.assertEqual(ran.out, "")
                self.assertRegex(ran.err, r"^relais: .")

    def test_a_wrong_command_line_is_json_if_json_was_asked_for(self):
        error = relais("status", "--json", code=2).error
        self.assertEqual(error["error"], "invalid_argument")
        self.assertIn("DIR", error["message"])
        self.assertIn("relais status --help", error["advice"])
        self.assertIn("--out", relais("export", "d", "--json", code=2).error["message"])


class Init(CliTest):
    def test_a_new_space_shows_its_recovery_phrase_once(self):
        out = relais("init", self.path("a"), "--space", "Clinic", "--device", "Tablet A").out
        phrase = re.search(r"^  ([0-9A-Z]{4}(-[0-9A-Z]{4})+)$", out, re.MULTILINE)[1]
        self.assertIn("paper", out)
        self.assertEqual(len(phrase.replace("-", "")), 56)
        digits = phrase.replace("-", "")
        number = 0
        for digit in digits:
            number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
        seed = number.to_bytes(35, "big")[:32]  # a checksum follows it
        self.assertNotIn(phrase, relais("status", self.path("a")).out)
        stored = b"".join(path.read_bytes() for path in self.path("a").rglob("*") if path.is_file())
        device = relais("status", self.path("a"), "--json").json["device"]
        self.assertIn(bytes.fromhex(device), stored, "what is stored can't be searched")
        for form in (phrase.encode(), digits.encode(), seed):
            self.assertNotIn(form, stored)

    def test_init_reports_as_json(self):
        made = relais("init", self.path("a"), "--space", "Clinic", "--device", "T", "--json").json
        self.assertEqual(set(made), {"space", "space_name", "device", "device_name",
                                     "recovery_phrase"})
        self.assertRegex(made["space"], r"^[0-9a-f]{64}$")
        self.assertRegex(made["device"], r"^[0-9a-f]{32}$")

    def test_a_folder_in_use_is_left_alone(self):
        a = self.make()
        before = relais("status", a).out
        error = relais("init", a, "--space", "X", "--device", "Y", "--json", code=1).error
        self.assertEqual(error["error"], "already_exists")
        self.assertEqual(relais("status", a).out, before)
        self.write("file", "text")
        relais("init", self.path("file"), "--space", "X", "--device", "Y", code=1)
        self.assertEqual(self.path("file").read_text(), "text")

    def test_a_name_that_cannot_be_is_refused_before_anything_is_made(self):
        for space, device in (("", "T"), ("S", ""), ("S", "x" * 129), ("x" * 129, "T"),
                              ("S", b"\xff"), (b"\xd0", "T")):
            with self.subTest(space=space, device=device):
                relais("init", self.path("a"), "--space", space, "--device", device, code=2)
                self.assertFalse(self.path("a").exists())
        relais("init", self.path("a"), "--space", "é" * 64, "--device", "x" * 128)

    def test_a_section_that_cannot_be_is_refused_before_anything_is_made(self):
        for section, message in (
                ("cases/legal", "A section is written COLLECTION/SECTION=LABEL."),
                ("cases/legal=", "A section is written COLLECTION/SECTION=LABEL."),
                ("/legal=label", "A rule for a section must name its collection."),
                ("cases=" + "x" * 65, "A scope, label, collection or section is too long, or is "
                                      "not UTF-8."),
                (b"cases=\xff", "A scope, label, collection or section is too long, or is not "
                                "UTF-8.")):
            with self.subTest(section=section):
                error = relais("init", self.path("a"), "--space", "S", "--device", "T", "--json",
                               "--section", section, code=2).error
                self.assertEqual(error["error"], "invalid_argument")
                self.assertEqual(error["message"], message)
                self.assertFalse(self.path("a").exists())
        relais("init", self.path("a"), "--space", "S", "--device", "T",
               "--section", "cases=" + "x" * 64)

    def test_sections_get_labels_of_their_own(self):
        a = self.make("a", "--section", "cases/legal=legal", "--section", "cases=medical")
        labels = {part["label"] for part in relais("status", a, "--json").json["compartments"]}
        self.assertEqual(labels, {"records", "legal", "medical"})
        relais("put", a, "cases/1", "legal/stage=\"filed\"", "medical/weight_kg=61")
        self.assertEqual(relais("get", a, "cases/1", "--json").json["doc"],
                         {"legal": {"stage": "filed"}, "medical": {"weight_kg": 61}})
        for wrong in ("cases/legal", "cases/legal=", "/legal=label", "cases=" + "x" * 65):
            relais("init", self.path("b"), "--space", "X", "--device", "Y", "--section", wrong,
                   code=2)
        relais("init", self.path("b"), "--space", "X", "--device", "Y")  # nothing is in the way

    def test_a_closed_collection_refuses_a_misspelt_section(self):
        a = self.make("a", "--section", "cases/legal=legal", "--section", "cases=medical",
                      "--closed", "cases", "--closed", "visits")
        error = relais("put", a, "cases/1", "lgeal/stage=1", "--json", code=1).error
        self.assertEqual(error["error"], "unknown_section")
        self.assertIn("cases in medical, closed", relais("status", a).out)
        rules = relais("status", a, "--json").json["sections"]
        self.assertEqual([(each["collection"], each["section"], each["label"], each["closed"])
                          for each in rules],
                         [("", "", "records", False), ("cases", "", "medical", True),
                          ("cases", "legal", "legal", False), ("visits", "", "records", True)])


class Invite(CliTest):
    def test_who_may_not_write_names_joins_all_the_same(self):
        a = self.make("a", "--section", "cases=medical")
        invitation = relais("invite", a, "--label", "medical").last_line
        with Serving(a) as server:
            relais("join", self.path("m"), invitation, "--device", "Tablet M", "--at",
                   server.address)
        m = self.path("m")
        self.assertEqual(relais("status", m, "--json").json["warnings"],
                         ["Other devices don't know this device's name: it may not write where names are kept."])
        relais("put", m, "cases/1", "weight=61")
        self.sync(a, m)
        self.assertEqual(relais("get", a, "cases/1", "--json").json["doc"], {"weight": 61})

    def test_a_device_of_which_nothing_is_taken_any_more_invites_nobody(self):
        a = self.make()
        for number in range(80):  # more than the limit, since the system gives old inodes anew
            copy = self.path(f"copy{number}")
            shutil.copytree(a, copy)
            a = copy
            put = relais("put", a, "cases/1", f"a={number}", "--json", code=None)
            if put.code != 0:
                break
        refused = put.error["message"]
        self.assertIn("let it join the space again as a new device", refused)
        self.assertEqual(relais("invite", a, "--json", code=1).error["message"], refused)


class LittleMemory(CliTest):
    @unittest.skipIf(SANITIZED, "a sanitizer takes more address space")
    def test_too_little_memory_ends_with_a_sentence(self):
        a = self.make()
        codes = set()
        for megabytes in range(20, 260, 20):
            limit = megabytes * 1024 * 1024
            process = start("status", a, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_AS, (limit, limit)))
            err = process.communicate()[1].decode("utf-8")
            codes.add(process.returncode)
            if process.returncode == 127:
                continue  # too little for the libraries
            self.assertIn(process.returncode, (0, 1), err)
            self.assertNotIn("terminate", err)
            if process.returncode == 1:
                self.assertIn("too little memory, or too few threads. What was written before is "
                              "kept.", err)
        self.assertIn(1, codes, "it never had too little memory")


class Stores(CliTest):
    def test_a_folder_without_a_store_says_how_to_make_one(self):
        for command in (["status"], ["verify"], ["conflicts"], ["export"], ["get", "c/1"],
                        ["put", "c/1", "a=1"], ["invite"], ["sync", "--with", "127.0.0.1:1"],
                        ["serve", "--listen", "127.0.0.1:0"]):
            with self.subTest(command):
                ran = relais(command[0], self.path("nothing"), *command[1:], code=1)
                self.assertIn("relais init", ran.err)
        self.assertFalse(self.path("nothing").exists())

    def test_a_store_in_use_is_reported_as_locked(self):
        a = self.make()
        with Serving(a):
            error = relais("status", a, "--json", code=1).error
            self.assertEqual(error["error"], "store_locked")
            self.assertIn("serve --invite".split()[1], relais("invite", a, code=1).err)

    def test_a_store_of_a_newer_version_is_refused(self):
        a = self.make()
        store = a / "STORE"
        store.write_text(re.sub(r"version \d+", "version 999", store.read_text()))
        self.assertEqual(relais("status", a, "--json", code=1).error["error"], "store_too_new")

    def test_a_damaged_store_is_reported_and_left_as_it_is(self):
        a = self.make()
        (a / "db" / "CURRENT").write_text("nonsense\n")
        error = relais("status", a, "--json", code=1).error
        self.assertEqual(error["error"], "store_corrupt")
        self.assertIn("--set-aside", error["advice"])
        self.assertEqual((a / "db" / "CURRENT").read_text(), "nonsense\n")

    def test_a_flipped_bit_is_found_by_verify_and_never_ends_in_a_crash(self):
        a = self.make()
        relais("import", a, self.sample(300))
        table = max((a / "db").glob("*.sst"), key=lambda path: path.stat().st_size)
        whole = table.read_bytes()
        found = 0
        for part in range(1, 10):
            damaged = bytearray(whole)
            damaged[len(whole) * part // 10] ^= 0x10
            table.write_bytes(damaged)
            process = start("verify", a, "--json")
            out, err = process.communicate(timeout=60)
            self.assertIn(process.returncode, (0, 1), err)
            if process.returncode == 1:
                found += 1
                self.assertIn(json.loads(err)["error"], ("corrupt", "store_corrupt"))
        self.assertGreater(found, 4)
        table.write_bytes(whole)
        relais("verify", a)


class Documents(CliTest):
    def doc(self, folder, name="cases/1"):
        return relais("get", folder, name, "--json").json["doc"]

    def test_put_takes_every_kind_of_edit(self):
        a = self.make()
        relais("put", a, "cases/1", "weight_kg=61", 'name="Amina"', "tags=[1,\"two\",null]",
               "vitals={\"pulse_bpm\":80,\"t\":36.6}", "note~=Seen at home.")
        self.assertEqual(self.doc(a), {"weight_kg": 61, "name": "Amina", "tags": [1, "two", None],
                                       "vitals": {"pulse_bpm": 80, "t": 36.6},
                                       "note": "Seen at home."})
        relais("put", a, "cases/1", "tags+=true", "weight_kg-", "vitals/pulse_bpm=82",
               "note~=Seen again, at home.", 'tags/0="one"')
        self.assertEqual(self.doc(a), {"name": "Amina", "tags": ["one", "two", None, True],
                                       "vitals": {"pulse_bpm": 82, "t": 36.6},
                                       "note": "Seen again, at home."})

    def test_put_writes_a_whole_document_and_names_with_signs(self):
        a = self.make()
        relais("put", a, "north/cases/a~b c", '={"a":1,"x=y":2}', "p~1q~0=3")
        got = relais("get", a, "north/cases/a~b c", "--json").json
        self.assertEqual((got["scope"], got["collection"], got["id"]), ("north", "cases", "a~b c"))
        self.assertEqual(got["doc"], {"a": 1, "x=y": 2, "p/q~": 3})

    def test_several_edits_are_written_together_or_not_at_all(self):
        a = self.make()
        relais("put", a, "cases/1", "a=1")
        ran = relais("put", a, "cases/1", "a=2", "missing-", code=1)
        self.assertIn("missing", ran.err)
        self.assertEqual(self.doc(a), {"a": 1})

    def test_a_value_that_is_not_json_says_how_to_quote(self):
        a = self.make()
        for edit in ("name=Amina", "name=", "name={\"a\":", "name=[1,]", "name='x'", "n=01"):
            with self.subTest(edit):
                ran = relais("put", a, "cases/1", edit, code=2)
                self.assertIn("name='\"Amina\"'", ran.err)
                self.assertEqual(ran.err.count("\n"), 2)
        self.assertIn("range", relais("put", a, "cases/1", "n=1e400", code=2).err)
        relais("get", a, "cases/1", code=1)

    def test_what_is_no_edit_or_no_document_is_a_usage_fault(self):
        a = self.make()
        for document, edit in (("cases/1", "weight"), ("cases/1", "+=1"),
                               ("cases/1", "~=text"), ("cases", "a=1"), ("a/b/c/d", "a=1"),
                               ("cases/", "a=1"), ("/1", "a=1"), ("/cases/1", "a=1"),
                               ("cases/1\n", "a=1"), ("no\trth/cases/1", "a=1"),
                               ("cases/" + "x" * 129, "a=1"), ("s" * 65 + "/cases/1", "a=1"),
                               (".devices/1", "name=1"), ("cases/1", "a~3b=1"),
                               ("cases/1", "/".join("a" * 17) + "=1")):
            with self.subTest(document=document, edit=edit):
                relais("put", a, document, "--", edit, code=2)
        relais("put", a, "cases/1", "--", "a=1")  # so written, each was refused for its own fault

    def test_a_wrong_kind_of_edit_names_the_field(self):
        a = self.make()
        relais("put", a, "cases/1", "weight_kg=61")
        error = relais("put", a, "cases/1", "weight_kg+=1", "--json", code=1).error
        self.assertEqual(error["error"], "wrong_kind")
        self.assertIn("weight_kg", error["message"])
        self.assertEqual(self.doc(a), {"weight_kg": 61})

    def test_a_document_that_is_not_there_is_not_found(self):
        a = self.make()
        self.assertEqual(relais("get", a, "cases/1", "--json", code=1).error["error"], "not_found")

    def test_get_shows_people_a_document_and_its_history(self):
        a = self.make()
        relais("put", a, "cases/1", "weight_kg=61")
        relais("put", a, "cases/1", "weight_kg=62", 'status="open"')
        out = relais("get", a, "cases/1", "--history").out
        document, history = out.split("\n\nHistory\n")
        self.assertEqual(json.loads(document), {"status": "open", "weight_kg": 62})
        self.assertRegex(history, rf"^  [0-9a-f]{{4}}\.[0-9a-f]{{8}}\.\d+  {PEOPLES_TIME}  by Tablet A "
                                  r"\([0-9a-f]{8}\)\n      weight_kg = 61\n")
        entries = relais("get", a, "cases/1", "--history", "--json").json["history"]
        self.assertEqual([entry["edits"] for entry in entries],
                         [[{"path": "weight_kg", "action": "set", "value": 61}],
                          [{"path": "weight_kg", "action": "set", "value": 62},
                           {"path": "status", "action": "set", "value": "open"}]])
        for entry in entries:
            self.assertEqual(set(entry), {"change", "time", "device", "device_name", "author",
                                          "seq", "edits"})
            self.assertRegex(entry["time"], f"^{ISO_TIME}$")
            self.assertEqual(entry["device_name"], "Tablet A")

    def test_text_for_the_screen_cannot_command_the_terminal(self):
        a = self.make()
        row = {"collection": "cases", "id": "1", "doc": {"\x1b[2J": 1, "n": "\x1b[2J"}}
        relais("import", a, "-", stdin=json.dumps(row).encode())
        for arguments in (["--history"], []):
            self.assertNotIn("\x1b", relais("get", a, "cases/1", *arguments).out)


class ImportAndExport(CliTest):
    def test_an_export_equals_the_import_document_by_document(self):
        a = self.make()
        register = self.sample(300)
        ran = relais("import", a, register)
        self.assertRegex(ran.out, r"^Imported 600 documents in [0-9.]+ s\.\n$")
        self.assertEqual(ran.err, "")
        self.assertEqual(self.exported(a), as_exported(register.read_text("utf-8")))
        self.assertEqual(relais("status", a, "--json").json["documents"], 600)
        self.assertEqual(relais("verify", a, "--json").json["problems"], [])

    def test_an_export_is_sorted_by_scope_collection_and_id_and_canonical(self):
        a = self.make()
        rows = [{"collection": "b", "id": "2", "doc": {"z": 1, "a": [{}, [], "\u0001\"\\é😀"]}},
                {"collection": "a", "id": "9", "doc": {"e": {}, "n": None, "f": 38.0, "i": 38}},
                {"scope": "north", "collection": "a", "id": "1", "doc": {"b": True}},
                {"scope": "", "collection": "a", "id": "~ \\\"é", "doc": {"b": -0.5}},
                {"collection": "a", "id": "0f5cbd5a-41c0-4b65-8a55-b8c8f9aaac01", "doc": {"a": 2}}]
        relais("import", a, "-", stdin="\n".join(map(json.dumps, rows)).encode())
        expected = as_exported("\n".join(map(json.dumps, rows)))
        self.assertEqual(self.exported(a), expected)
        self.assertEqual(self.exported(a).count("scope"), 1)

    def test_a_register_imported_twice_changes_nothing(self):
        a = self.make()
        register = self.sample(20)
        relais("import", a, register)
        before = self.exported(a)
        changes = relais("status", a, "--json").json["changes"]
        again = relais("import", a, register, "--json").json
        self.assertEqual((again["documents"], again["updated"]), (40, 40))
        self.assertEqual(self.exported(a), before)
        self.assertEqual(relais("status", a, "--json").json["changes"], changes)

    def test_an_import_updates_what_differs(self):
        a = self.make()
        relais("put", a, "cases/1", "a=1", "b=2")
        relais("import", a, "-", stdin=b'{"collection":"cases","id":"1","doc":{"a":3}}\n\n\r\n')
        self.assertEqual(relais("get", a, "cases/1", "--json").json["doc"], {"a": 3, "b": 2})

    def test_named_fields_become_text_that_can_be_edited(self):
        a = self.make()
        row = {"collection": "cases", "id": "1", "doc": {"visits": [{"note": "one"}], "by": "me"}}
        relais("import", a, "-", "--text", "cases:visits/*/note", stdin=json.dumps(row).encode())
        relais("put", a, "cases/1", "visits/0/note~=one and two")
        self.assertEqual(relais("put", a, "cases/1", "by~=you", "--json", code=1).error["error"],
                         "wrong_kind")
        relais("import", a, "-", "--text", "no-colon", stdin=b"", code=2)

    def test_an_export_to_a_file_is_whole_or_not_there(self):
        a = self.make()
        relais("put", a, "cases/1", "a=1")
        out = self.path("out.ndjson")
        self.assertEqual(relais("export", a, "--out", out, "--json").json["documents"], 1)
        self.assertEqual(out.read_text(), '{"collection":"cases","doc":{"a":1},"id":"1"}\n')
        self.assertEqual(list(self.folder.glob("*.unfinished")), [])
        relais("export", a, "--out", self.path("missing") / "out", code=1)
        ran = relais("export", a, "--out", self.folder, code=1)
        self.assertIn("is a folder", ran.err)

    def test_an_export_to_a_device_leaves_the_device(self):
        a = self.make()
        relais("put", a, "cases/1", "a=1")
        relais("export", a, "--out", "/dev/null")
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))

    def test_an_export_that_nobody_takes_fails(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        a = self.make()
        relais("put", a, "cases/1", "a=1")
        self.assertIn("space", relais("export", a, "--out", "/dev/full", code=1).err)
        with open("/dev/full", "wb") as full:
            status = subprocess.run([BINARY, "status", a], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(status.returncode, 1)
        self.assertIn(b"could not be written", status.stderr)
        self.assertNotIn(b"Success", status.stderr)

    def test_a_sample_is_the_same_for_the_same_seed(self):
        one = relais("sample", "--patients", 5).out
        self.assertEqual(one.count("\n"), 10)
        self.assertEqual(relais("sample", "--patients", 5, "--seed", 1).out, one)
        self.assertNotEqual(relais("sample", "--patients", 5, "--seed", 2).out, one)


class Reports(CliTest):
    def test_status_tells_people_and_programs_the_same(self):
        a = self.make()
        relais("put", a, "cases/1", "a=1")
        status = relais("status", a, "--json").json
        self.assertEqual(status["space_name"], "Clinic")
        self.assertEqual(status["level"], "owner")
        self.assertEqual((status["documents"], status["conflicts"]), (1, 0))
        self.assertEqual([member["self"] for member in status["members"]], [True])
        out = relais("status", a).out
        self.assertIn(f"Tablet A ({status['device'][:8]}), owner", out)
        self.assertIn("Documents  1, deleted ones included\n", out)

    def test_verify_says_that_all_is_well(self):
        a = self.make()
        relais("put", a, "cases/1", "a=1")
        self.assertTrue(relais("verify", a).out.endswith("All is well.\n"))

    def test_conflicts_says_that_there_are_none(self):
        a = self.make()
        self.assertEqual(relais("conflicts", a).out, "There are no conflicts.\n")
        self.assertEqual(relais("conflicts", a, "--json").json, {"conflicts": [], "documents": 0})

    def test_an_invitation_is_the_last_line_and_says_what_to_do(self):
        a = self.make()
        ran = relais("invite", a, "--minutes", 30)
        self.assertRegex(ran.last_line, r"(?i)^relais1-[0-9a-z-]+$")
        self.assertIn("30 minutes", ran.out)
        self.assertIn("relais join", ran.out)
        made = relais("invite", a, "--json", "--label", "records").json
        self.assertRegex(made["expires"], f"^{ISO_TIME}$")
        self.assertEqual(made["labels"], ["records"])
        self.assertIn("label", relais("invite", a, "--label", "nothing-has-it", code=1).err)


class Serve(CliTest):
    def test_a_signal_ends_serving_well(self):
        a = self.make()
        for how in (signal.SIGTERM, signal.SIGINT):
            with Serving(a) as server:
                self.assertRegex(server.address, r"^127\.0\.0\.1:[1-9]\d*$")
                self.assertEqual(server.stop(how), "")

    def test_a_port_in_use_is_reported(self):
        a = self.make()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            error = relais("serve", a, "--listen", f"127.0.0.1:{port}", "--json", code=1).error
        self.assertEqual(error["error"], "address_in_use")
        self.assertIn(str(port), error["message"])

    def test_serving_can_print_an_invitation(self):
        a = self.make()
        with Serving(a, "--invite", "--minutes", "5") as server:
            invitation = server.lines[-2]
            relais("join", self.path("b"), invitation, "--device", "B", "--at", server.address)
            self.assertIn("joined the space", server.stop())
        with Serving(a, "--invite", "--json") as server:
            listening = json.loads(server.lines[-1])
            self.assertEqual(set(listening), {"event", "address", "invitation", "expires"})

    def test_nobody_at_the_address_is_unreachable(self):
        a = self.make()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        error = relais("sync", a, "--with", f"127.0.0.1:{port}", "--json", code=1).error
        self.assertEqual(error["error"], "unreachable")
        self.assertIn("relais serve", error["advice"])

    def test_one_that_closes_at_once_is_reported(self):
        a = self.make()
        def close_each(listener):
            with contextlib.suppress(OSError):
                while True:
                    listener.accept()[0].close()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=close_each, args=(listener,), daemon=True).start()
            address = "127.0.0.1:%d" % listener.getsockname()[1]
            error = relais("sync", a, "--with", address, "--json", code=1).error
        self.assertIn(error["error"], ("handshake_failed", "link_failed", "session_closed"))


if __name__ == "__main__":
    main()
