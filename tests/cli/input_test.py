#!/usr/bin/env python3
"""Bad input: an import says the line and the field, and nothing of it is written."""
import json
import os
import subprocess

from harness import CliTest, main, relais

GOOD = b'{"collection":"cases","id":"1","doc":{"a":1}}\n'


def line(doc):
    return b'{"collection":"cases","id":"2","doc":' + doc + b"}\n"


def nested(depth):
    return b'{"a":' * (depth - 1) + b'{"a":1}' + b"}" * (depth - 1)


# What follows one good line, and words that the message has to have.
BAD_LINES = {
    "broken JSON": (line(b'{"a":1'), "line 2"),
    "broken JSON in a field": (line(b'{"a":{"b":[1,x]}}'), "line 2", "doc/a/b/1"),
    "not an object": (b"[1]\n", "line 2"),
    "no id": (b'{"collection":"cases","doc":{}}\n', "line 2", '"id"'),
    "no collection": (b'{"id":"1","doc":{}}\n', "line 2", '"collection"'),
    "no doc": (b'{"collection":"cases","id":"2"}\n', "line 2", '"doc"'),
    "a doc that is a list": (line(b"[1]"), "line 2", "doc"),
    "an id that is a number": (b'{"collection":"cases","id":2,"doc":{}}\n', "line 2", "id"),
    "an unknown key": (b'{"collection":"cases","id":"2","doc":{},"extra":1}\n', "line 2"),
    "an empty id": (b'{"collection":"cases","id":"","doc":{"a":1}}\n', "line 2"),
    "a long id": (b'{"collection":"cases","id":"' + b"x" * 129 + b'","doc":{"a":1}}\n', "line 2"),
    "a long collection": (b'{"collection":"' + b"c" * 65 + b'","id":"2","doc":{"a":1}}\n',
                          "line 2"),
    "a reserved collection": (b'{"collection":".devices","id":"2","doc":{"a":1}}\n', "line 2"),
    "a wrong UTF-8 byte": (line(b'{"name":"\xff"}'), "line 2", "doc/name", "UTF-8"),
    "a cut UTF-8 character": (line(b'{"name":"\xd0"}'), "line 2", "doc/name", "UTF-8"),
    "half a surrogate pair": (line(b'{"name":"\\ud800"}'), "line 2", "doc/name"),
    "1e400": (line(b'{"vitals":{"t":1e400}}'), "line 2", "doc/vitals/t", "range"),
    "an integer past 64 bits": (line(b'{"n":9223372036854775808}'), "line 2", "doc/n"),
    "a name twice": (line(b'{"a":1,"b":{"c":1,"c":2}}'), "line 2", "doc/b: ", "twice"),
    "nesting past the limit": (line(nested(17)), "line 2", "16"),
    "nesting far past the limit": (line(nested(20000)), "line 2"),
    "1e-400": (line(b'{"vitals":{"t":1e-400}}'), "line 2", "doc/vitals/t", "too small"),
    "a document twice": (GOOD, "line 2", "occurs earlier"),
    "a NUL byte": (line(b'{"a":"\x00"}'), "line 2"),
    "a byte order mark": (b"\xef\xbb\xbf" + line(b'{"a":1}'), "line 2", "byte-order mark"),
    "UTF-16": (b"\xff\xfe" + '{"a":1}'.encode("utf-16-le") + b"\n", "line 2", "UTF-16"),
}


class BadLines(CliTest):
    def test_each_kind_of_bad_line_is_named_and_nothing_is_written(self):
        a = self.make()
        for what, (bad, *words) in BAD_LINES.items():
            with self.subTest(what):
                name = self.write("register.ndjson", GOOD + bad)
                ran = relais("import", a, name, code=1)
                first = ran.err.split("\n")[0]
                for word in words:
                    self.assertIn(word, first)
                self.assertTrue(first.startswith(f"relais: {name}: line 2: "), first)
                self.assertLess(len(ran.err), 1000)
                relais("get", a, "cases/1", code=1)
        status = relais("status", a, "--json").json
        self.assertEqual(status["documents"], 0)
        self.assertEqual(relais("verify", a, "--json").json["problems"], [])

    def test_the_limits_themselves_are_taken(self):
        a = self.make()
        rows = [line(nested(16)), line(b'{"note":"' + b"x" * 64 * 1024 + b'"}')]
        rows = [row.replace(b'"2"', b'"%d"' % number, 1) for number, row in enumerate(rows)]
        rows.append(b'{"collection":"%s","id":"%s","scope":"%s","doc":{"a":1}}\n'
                    % (b"c" * 64, b"i" * 128, b"s" * 64))
        rows.append(line(b'{"least":-9223372036854775808,"most":9223372036854775807,"x":1e308}'))
        relais("import", a, self.write("limits.ndjson", b"".join(rows)))
        self.assertEqual(relais("status", a, "--json").json["documents"], 4)

    def test_a_fault_in_the_last_of_many_lines_keeps_all_from_being_written(self):
        a = self.make()
        register = self.sample(600).read_bytes() + b'{"collection":"cases","id":"x","doc":{"a":}}'
        ran = relais("import", a, "-", "--json", stdin=register, code=1)
        self.assertEqual(ran.error["error"], "bad_input")
        self.assertTrue(ran.error["message"].startswith("line 1201: doc/a"), ran.error)
        self.assertEqual(relais("status", a, "--json").json["documents"], 0)

    def test_bad_lines_are_passed_over_and_named_if_that_is_asked_for(self):
        a = self.make()
        rows = b"{\n" + GOOD + line(b'{"a":1e400}') + line(b'{"a":2}') + GOOD
        name = self.write("register.ndjson", rows)
        ran = relais("import", a, name, "--skip-bad", code=1)
        self.assertIn("Imported 2 documents", ran.out)
        self.assertIn(f"relais: {name}: line 1: ", ran.err)
        self.assertIn(f"relais: {name}: line 3: doc/a: The number is out of range", ran.err)
        self.assertIn(f"relais: {name}: line 5: The document occurs earlier in the file.", ran.err)
        self.assertIn("3 lines were not imported", ran.err)
        ran = relais("import", a, name, "--skip-bad", "--json", code=1)
        self.assertEqual([skipped["line"] for skipped in ran.json["skipped"]], [1, 3, 5])
        self.assertEqual(ran.json["updated"], 2)
        self.assertEqual(relais("import", a, "-", "--skip-bad", "--json", stdin=GOOD).json["skipped"],
                         [])
        self.assertEqual(relais("status", a, "--json").json["documents"], 2)

    def test_what_is_exported_is_imported_elsewhere(self):
        a = self.make("a")
        relais("put", a, "cases/1", "$attachment=1", "l=" + json.dumps(list(range(20000))),
               't="' + "x" * 70000 + '"', "/".join("abcdefghijklmnop") + "=[]")
        out = relais("export", a).out
        b = self.make("b")
        relais("import", b, "-", stdin=out.encode())
        self.assertEqual(relais("export", b).out, out)

    def test_a_line_of_100_mb_is_refused(self):
        a = self.make()
        name = self.path("long.ndjson")
        with open(name, "wb") as file:
            file.write(GOOD + b'{"collection":"cases","id":"2","doc":{"note":"')
            for _ in range(100):
                file.write(b"x" * 1_000_000)
            file.write(b'"}}\n')
        ran = relais("import", a, name, code=1)
        self.assertIn("line 2", ran.err)
        self.assertLess(len(ran.err), 1000)
        self.assertEqual(relais("status", a, "--json").json["documents"], 0)

    def test_what_a_message_shows_of_a_document_is_its_path_only(self):
        a = self.make()
        secret = b"Secret-Diagnosis"
        for after in (b'","n":1e400}', b'\xff"}', b'" x}', b'","name":1}', b'\\ud800"}'):
            with self.subTest(after):
                bad = line(b'{"name":"' + secret + after)
                for json_too in ([], ["--json"]):
                    ran = relais("import", a, "-", *json_too, stdin=bad, code=1)
                    self.assertNotIn(secret.decode(), ran.out + ran.err)


class BadDocuments(CliTest):
    def test_a_document_that_cannot_be_read_is_named_and_the_others_are_exported(self):
        a = self.make()
        for name in ("cases/1", "cases/2", "cases/3"):
            relais("put", a, name, "a=1")
        subprocess.run([os.environ["RELAIS_MODIFIED_MEMBER"], a, "2"], check=True)
        file = self.folder / "all.ndjson"
        for to in ((), ("--out", file)):
            ran = relais("export", a, *to, code=1)
            written = file.read_text("utf-8") if to else ran.out
            self.assertEqual([json.loads(line)["id"] for line in written.splitlines()], ["1", "3"])
            self.assertIn("cases/2: ", ran.err)
            self.assertIn("1 document can't be read.", ran.err)


class BadFiles(CliTest):
    def test_a_folder_for_a_file_is_named(self):
        a = self.make()
        ran = relais("import", a, self.folder, code=1)
        self.assertIn(f"{self.folder} is a folder", ran.err)

    def test_a_missing_file_is_named(self):
        a = self.make()
        error = relais("import", a, self.path("none.ndjson"), "--json", code=1).error
        self.assertEqual(error["error"], "not_found")
        self.assertIn("none.ndjson", error["message"])

    def test_a_file_that_may_not_be_read_is_named(self):
        a = self.make()
        name = self.write("closed.ndjson", GOOD)
        name.chmod(0)
        if os.access(name, os.R_OK):
            self.skipTest("this user may read everything")
        self.assertIn("closed.ndjson can't be read", relais("import", a, name, code=1).err)

    def test_an_empty_file_is_no_documents(self):
        a = self.make()
        self.assertIn("0 documents", relais("import", a, self.write("empty", b"")).out)
        self.assertIn("0 documents", relais("import", a, "/dev/null").out)

    def test_a_file_for_a_folder_is_named(self):
        name = self.write("file", "text")
        self.assertIn("names a file", relais("status", name, code=1).err)


class FullDisk(CliTest):
    def setUp(self):
        super().setUp()
        self.disk = self.path("disk")
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", self.disk],
                                 stderr=subprocess.PIPE)
        if mounted.returncode != 0:
            self.skipTest("mounting a small disk needs root: " + mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", self.disk], check=True)

    def test_a_full_disk_is_reported_and_the_import_can_be_run_again(self):
        a = self.disk / "a"
        relais("init", a, "--space", "Clinic", "--device", "Tablet A")
        register = self.sample(6000)
        error = relais("import", a, register, "--json", code=1).error
        self.assertEqual(error["error"], "disk_full")
        self.assertIn("space", error["advice"])

        subprocess.run(["mount", "-o", "remount,size=256m", self.disk], check=True)
        self.assertEqual(relais("verify", a, "--json").json["problems"], [])
        relais("import", a, register)
        self.assertEqual(relais("status", a, "--json").json["documents"], 12000)
        self.assertEqual(relais("verify", a, "--json").json["problems"], [])

    def test_an_export_to_a_full_disk_leaves_the_file_that_was_there(self):
        a = self.make()
        relais("import", a, self.sample(6000))
        out = self.disk / "out.ndjson"
        out.write_text("before")
        error = relais("export", a, "--out", out, "--json", code=1).error
        self.assertEqual(error["error"], "disk_full")
        self.assertEqual([path.name for path in self.disk.iterdir()], ["out.ndjson"])
        self.assertEqual(out.read_text(), "before")


if __name__ == "__main__":
    main()
