#!/usr/bin/env python3
"""What others wrote is shown, and never obeyed by a terminal: whoever wrote it, whichever command
prints it."""
import json
import os
import pathlib
import re
import struct
import subprocess
import unicodedata

from harness import CliTest, Serving, main, on_a_terminal, relais, start

# What a terminal obeys, or nobody sees, of each kind.
STEERING = {
    "C1": "\x9b",
    "soft hyphen": "\xad",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "right-to-left mark": "\u200f",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "override": "\u202e",
    "isolate": "\u2067",
    "word joiner": "\u2060",
    "byte-order mark": "\ufeff",
    "tag": "\U000e0041",
}
CONTROLS = {"escape": "\x1b[2J", "delete": "\x7f", "enquiry": "\x05", "bell": "\a"}
HOSTILE = "a" + "".join(STEERING.values()) + "z"
VALUE = HOSTILE + "".join(CONTROLS.values())
NAME = "cases/" + HOSTILE
USER = "u" + "".join(list(STEERING.values())[:6])  # a label is short
READABLE = ("أمينة بنت مُحَمَّد", "Олександра Ґоляк", "И\u0306осиф Й", "Wéré")


def escaped(text):
    """As JSON has it, of what isn't to be seen only."""
    return "".join("".join(f"\\u{unit:04x}" for unit in units_of(c)) if is_unsafe(c) else c
                   for c in text)


def units_of(c):
    coded = c.encode("utf-16-be")
    return struct.unpack(f">{len(coded) // 2}H", coded)


def is_unsafe(c):
    return unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and not "\u0600" <= c <= "\u0605"


class Printing(CliTest):
    def assert_shown(self, text, *parts):
        for number, line in enumerate(text.split("\n")):
            raw = [f"U+{ord(c):04X}" for c in line if is_unsafe(c)]
            self.assertEqual(raw, [], f"reached the terminal raw, in line {number}: {line!r}")
        for part in parts:
            self.assertIn(escaped(part), text)

    def run_shown(self, *arguments, parts=(), code=0):
        """Runs it as people do, and as programs do; what the latter read."""
        ran = relais(*arguments, code=code)
        self.assert_shown(ran.out + ran.err, *parts)
        machine = relais(*arguments, "--json", code=code)
        self.assert_shown(machine.out + machine.err)
        return json.loads(machine.out or machine.err)

    def fail_shown(self, *arguments):
        """A command that fails, and repeats what it was given or not."""
        for json_too in ([], ["--json"]):
            process = start(*arguments, *json_too)
            out, err = process.communicate()
            self.assertNotEqual(process.returncode, 0)
            self.assert_shown((out + err).decode("utf-8"))
            self.assertNotEqual(err, b"")

    def bring_in(self, folder, *documents):
        """Ids of others' documents are taken as they are: an export can always be imported."""
        lines = "".join(json.dumps({"collection": "cases", "id": HOSTILE, "doc": doc}) + "\n"
                        for doc in documents)
        relais("import", folder, self.write("lines.ndjson", lines))

    def test_a_document_whose_name_fields_and_values_steer_is_shown_escaped(self):
        a = self.make()
        self.bring_in(a, {HOSTILE: VALUE, "list": [{HOSTILE: VALUE}], "w": 61})
        read = self.run_shown("get", a, NAME, parts=[HOSTILE])
        self.assertEqual(read["id"], HOSTILE)
        self.assertEqual(read["doc"][HOSTILE], VALUE, "JSON is exact")
        before = self.run_shown("get", a, NAME, "--history", parts=[HOSTILE])["history"][0]
        self.assertEqual(before["edits"][0]["path"], HOSTILE)
        self.run_shown("put", a, NAME, HOSTILE + "=" + json.dumps(VALUE + "2"), parts=[HOSTILE])
        self.run_shown("get", a, NAME, "--at", before["change"], parts=[HOSTILE])
        changed = self.run_shown("get", a, NAME, "--since", before["change"], parts=[HOSTILE])
        self.assertEqual(changed["differences"][0]["after"], VALUE + "2")
        self.assert_shown(relais("void", a, NAME, HOSTILE, "--reason", VALUE).out, HOSTILE)
        read = self.run_shown("get", a, NAME, parts=[HOSTILE])
        self.assertEqual(read["voids"][0]["reason"], VALUE)
        self.assert_shown(relais("undo", a, NAME).out, HOSTILE)
        self.run_shown("verify", a)

    def test_an_export_is_exact_in_a_file_and_escaped_on_a_terminal(self):
        a = self.make()
        self.bring_in(a, {HOSTILE: VALUE})
        exact = self.exported(a)
        self.assertIn(HOSTILE, exact)
        drawn = on_a_terminal("export", a, streams=["stdout"])
        self.assert_shown(drawn, HOSTILE)
        self.assertEqual(json.loads(drawn), json.loads(exact))

    def test_conflicts_and_who_wrote_them_are_shown_escaped(self):
        a = self.make()
        b = self.join(a, "b")
        self.sync(a, b)
        for folder, value in ((a, 1), (b, 2)):
            lines = json.dumps({"collection": "cases", "id": "1",
                                "doc": {HOSTILE: str(value) + HOSTILE}})
            relais("import", folder, "-", stdin=lines.encode())
        subprocess.run([os.environ["RELAIS_MODIFIED_MEMBER"], a, VALUE, USER], check=True)
        self.sync(a, b)
        for folder in (a, b):
            found = self.run_shown("conflicts", folder, parts=[HOSTILE, VALUE])["conflicts"]
            self.assertEqual(found[0]["path"], HOSTILE)
            self.run_shown("get", folder, "cases/1", parts=[HOSTILE, VALUE])
            read = self.run_shown("get", folder, "cases/1", "--history", parts=[VALUE, USER])
            self.assertIn(USER, [entry.get("user") for entry in read["history"]])
            status = self.run_shown("status", folder, parts=[VALUE])
            self.assertIn(VALUE, [member["name"] for member in status["members"]])
            self.assertEqual(status["space_name"], VALUE)
        with Serving(a) as server:
            self.assert_shown(relais("sync", b, "--with", server.address).out, VALUE)
            self.assert_shown(server.stop())
        fault = self.run_shown("resolve", b, "cases/1", HOSTILE, '"neither"', code=1)
        self.assertIn(HOSTILE, fault["message"])
        relais("resolve", b, "cases/1", HOSTILE, '"1' + HOSTILE + '"')

    def test_what_stands_on_the_command_line_comes_back_escaped(self):
        a = self.make()
        folder = self.path(HOSTILE)
        for arguments in (
                ("frob" + HOSTILE,), ("status", a, "--" + HOSTILE), ("status", folder),
                ("get", a, HOSTILE), ("get", a, "cases/1", "--at", HOSTILE),
                ("put", a, "cases/1", HOSTILE), ("put", a, "cases/1", HOSTILE + "={"),
                ("put", a, "cases/1", 'x={"' + HOSTILE + '":1e999}'),
                ("import", a, self.path(HOSTILE + ".ndjson")), ("sync", a, "--with", HOSTILE),
                ("export", a, "--out", folder / HOSTILE / "x"),
                ("serve", a, "--listen", HOSTILE + ":1"),
                ("join", folder, HOSTILE, "--device", "B", "--at", "127.0.0.1:1")):
            with self.subTest(arguments[0]):
                self.fail_shown(*arguments)
        out = relais("init", folder, "--space", "S", "--device", "T").out
        self.assert_shown(out, HOSTILE)

    def test_a_new_name_that_cannot_be_read_is_refused_by_its_character(self):
        a = self.make()
        invitation = relais("invite", a).last_line
        for kind, c in STEERING.items():
            unseen = f"contains an invisible character (U+{ord(c):04X}): remove it."
            for what, *arguments in (
                    ("A document's id", "put", a, f"cases/1{c}", "w=1"),
                    ("A collection's name", "put", a, f"c{c}/1", "w=1"),
                    ("A scope's name", "put", a, f"s{c}/cases/1", "w=1"),
                    ("A user's label", "put", a, "cases/1", "w=1", "--user", "u" + c),
                    ("A user's label", "import", a, self.write("none", ""), "--user", "u" + c),
                    ("The name of a space or a device", "init", self.path("x"), "--space", "s" + c,
                     "--device", "d"),
                    ("The name of a space or a device", "init", self.path("x"), "--space", "s",
                     "--device", "d" + c),
                    ("The name of a space or a device", "join", self.path("x"),
                     invitation, "--device", "d" + c, "--at", "127.0.0.1:1"),
                    ("A label", "init", self.path("x"), "--space", "s", "--device", "d",
                     "--section", "cases=l" + c),
                    ("A section's name", "init", self.path("x"), "--space", "s", "--device", "d",
                     "--section", f"cases/s{c}=l"),
                    ("A collection's name", "init", self.path("x"), "--space", "s", "--device",
                     "d", "--section", f"c{c}/s=l")):
                with self.subTest(kind=kind, command=arguments[0], what=what):
                    error = self.run_shown(*arguments, code=2)
                    self.assertEqual(error["message"], f"{what} {unseen}")
                    self.assertFalse(self.path("x").exists())
        self.assertEqual(relais("export", a).out, "", "nothing of it was written")

    def test_a_new_field_whose_name_cannot_be_read_is_refused_and_an_old_one_is_edited(self):
        a = self.make()
        self.bring_in(a, {HOSTILE: 1, "w": {}})
        for kind, c in STEERING.items():
            name = f"w{c}"
            for edit in (name + "=1", name + "/x=1", f"w/{name}=1", name + ":counter+=1",
                         f"{name}~=t", "w=" + json.dumps({name: 1}),
                         "l+=" + json.dumps({"x": [{name: 1}]})):
                with self.subTest(kind=kind, edit=edit):
                    error = self.run_shown("put", a, NAME, edit, code=2)
                    self.assertEqual(error["message"], "A field's name contains an invisible "
                                                       f"character (U+{ord(c):04X}): remove it.")
        relais("put", a, NAME, HOSTILE + "=2", "=" + json.dumps({HOSTILE: 3}))
        self.assertEqual(relais("get", a, NAME, "--json").json["doc"], {HOSTILE: 3, "w": {}})

    def test_names_with_letters_of_all_scripts_are_taken_and_shown_as_they_are(self):
        a = self.make()
        for name in READABLE:
            with self.subTest(name):
                relais("put", a, "cases/" + name, f"{name}={json.dumps(name)}", "--user", name)
                out = relais("get", a, "cases/" + name, "--history").out
                self.assertIn(f'"{name}": "{name}"', out)
                self.assertIn(f"by {name} on Tablet A", out)
        relais("init", self.path("x"), "--space", READABLE[0], "--device", READABLE[1])
        out = relais("status", self.path("x")).out
        self.assertIn(READABLE[0], out)
        self.assertIn(READABLE[1], out)

    def test_only_these_files_of_the_program_write_by_themselves(self):
        source = pathlib.Path(__file__).parents[2] / "examples" / "cli"
        writes = re.compile(r"(\b(fwrite|fputs|fputc|puts|printf|fprintf|cout|cerr)|::write)\b")
        found = {path.name for path in source.glob("*.cpp") if writes.search(path.read_text())}
        self.assertEqual(found, {"report.cpp",      # `say` and faults: escaped
                                 "files.cpp",       # exports: escaped on a terminal
                                 "progress.cpp",    # its own words and numbers
                                 "secrets.cpp",     # its own question
                                 "event_loop.cpp"})  # into a pipe to itself


if __name__ == "__main__":
    main()
