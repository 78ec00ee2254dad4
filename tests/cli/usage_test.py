#!/usr/bin/env python3
"""A command line that is wrong: one sentence, what was meant, and where the help is."""
import re

from harness import CliTest, main, relais

SECRET = "relais1-" + "-".join(f"{number:05}" for number in range(10, 34))


def wrong(*arguments):
    """The sentence and the advice."""
    ran = relais(*arguments, code=2)
    lines = ran.err.split("\n")
    assert ran.out == "" and len(lines) == 3 and lines[2] == "", ran.err
    assert lines[0].startswith("relais: ") and lines[1].startswith("  "), ran.err
    sentence = lines[0].removeprefix("relais: ")
    assert re.match(r"^[A-Z`-].*[.?]$", sentence), sentence
    return sentence, lines[1].strip()


class WrongCommands(CliTest):
    def test_a_command_that_does_not_exist_is_named_with_what_was_meant(self):
        for word, meant in (("pul", "put"), ("statsu", "status"), ("exprot", "export"),
                            ("Get", "get"), ("sinc", "sync"), ("pull", "sync"), ("ls", "list"),
                            ("clone", "join"), ("log", "get"), ("rm", "void")):
            with self.subTest(word):
                self.assertEqual(wrong(word, "clinic"),
                                 (f"There is no command `{word}`. Did you mean `{meant}`?",
                                  "`relais --help` lists the commands."))
        for word in ("frobnicate", "x", "x" * 1000):
            self.assertEqual(wrong(word)[0], f"There is no command `{word}`.")

    def test_nothing_at_all_says_where_the_commands_are(self):
        self.assertEqual(wrong(), ("No command is given.", "`relais --help` lists the commands."))

    def test_a_mistyped_command_is_named_whatever_stands_behind_it(self):
        for arguments in (["lsit", "d", "--out", "x"], ["lsit", "--help"], ["help", "lsit"]):
            with self.subTest(arguments):
                self.assertEqual(wrong(*arguments),
                                 ("There is no command `lsit`. Did you mean `list`?",
                                  "`relais --help` lists the commands."))
        self.assertEqual(wrong("help", "frobnicate")[0], "There is no command `frobnicate`.")

    def test_an_option_that_does_not_exist_is_named_with_what_was_meant(self):
        for arguments, sentence in (
                (["status", "d", "--jsn"],
                 "`relais status` has no option `--jsn`. Did you mean `--json`?"),
                (["init", "d", "--space", "S", "--devic", "T"],
                 "`relais init` has no option `--devic`. Did you mean `--device`?"),
                (["sync", "--wiht", "h:1", "d"],
                 "`relais sync` has no option `--wiht`. Did you mean `--with`?"),
                (["status", "d", "--loud=very"], "`relais status` has no option `--loud`."),
                (["status", "d", "-x"], "`relais status` has no option `-x`."),
                (["--versoin"], "`relais` has no option `--versoin`. Did you mean `--version`?"),
                (["--json", "status", "d"],
                 "`--json` stands behind the command: `relais status ... --json`.")):
            with self.subTest(arguments):
                said, advice = wrong(*arguments) if "--json" not in arguments else (
                    relais(*arguments, code=2).error["message"], "--help")
                self.assertEqual(said, sentence)
                self.assertIn("--help", advice)

    def test_what_is_missing_too_much_or_cannot_be_is_one_sentence(self):
        for arguments, sentence in (
                (["status"], "DIR is missing."),
                (["put", "d", "cases/1"], "EDIT is missing."),
                (["void", "d", "cases/1", "n"], "--reason is missing."),
                (["status", "d", "more"], "`relais status` takes fewer arguments."),
                (["export", "d", "--out"], "--out needs a value."),
                (["export", "d", "--out", "a", "--out", "b"], "--out can stand only once."),
                (["invite", "d", "--minutes", "0"],
                 "The value of --minutes is wrong: it is a number from 1 to 527040."),
                (["sample", "--patients", "many"],
                 "The value of --patients is wrong: it is a number from 0 to 100000000."),
                (["status", "d", "--color", "red"],
                 "The value of --color is wrong: it is auto, always or never."),
                (["get", "d", "c/1", "--at", "now", "--history"],
                 "--history and --at can't stand together."),
                (["serve", "d", "--listen", "h:1", "--minutes", "5"],
                 "--minutes needs --invite too.")):
            with self.subTest(arguments):
                said, advice = wrong(*arguments)
                self.assertEqual((said, advice),
                                 (sentence, f"`relais {arguments[0]} --help` shows how it is written."))

    def test_help_is_a_command_too(self):
        self.assertEqual(relais("help", "put").out, relais("put", "--help").out)
        self.assertEqual(relais("help").out, relais("--help").out)


# Those that take DIR, and what else they need.
COMMANDS = {
    "init": ["--space", "S", "--device", "B"], "invite": [], "import": ["-"], "export": [],
    "put": ["c/1", "a=1"], "get": ["c/1"], "list": [], "conflicts": [],
    "resolve": ["c/1", "a", "1"], "undo": ["c/1"], "void": ["c/1", "a", "--reason", "r"],
    "restore": ["c/1", "a"], "serve": ["--listen", "127.0.0.1:0"],
    "sync": ["--with", "127.0.0.1:1"], "status": [], "verify": []}


class EmptyNames(CliTest):
    def test_an_empty_name_of_a_folder_or_a_file_is_said_to_be_missing(self):
        join = ["-", "--device", "D", "--at", "127.0.0.1:1"]
        folder = "The value of DIR is wrong: the name of a folder is missing."
        for command, more in {**COMMANDS, "join": join}.items():
            with self.subTest(command):
                self.assertEqual(wrong(command, "", *more),
                                 (folder, f"`relais {command} --help` shows how it is written."))
        a = self.make()
        file = "The value of {} is wrong: the name of a file is missing."
        for arguments, sentence in (
                (["import", a, ""], file.format("FILE")),
                (["export", a, "--out", ""], file.format("--out")),
                (["sample", "--patients", "1", "--out", ""], file.format("--out")),
                (["join", self.path("b"), "--invitation-file", "", *join[1:]],
                 file.format("--invitation-file")),
                (["list", a, ""], "The value of COLLECTION is wrong: a name is missing."),
                (["sync", a, "--with", ""],
                 "The value of --with is wrong: an address is HOST:PORT, like 10.0.0.5:7400, with a "
                 "port from 0 to 65535.")):
            with self.subTest(arguments):
                self.assertEqual(wrong(*arguments)[0], sentence)
        self.assertEqual(relais("status", "", "--json", code=2).error["message"], folder)


class Secrets(CliTest):
    def test_an_invitation_in_the_wrong_place_is_not_repeated(self):
        b = self.path("b")
        rest = ["--device", "B", "--at", "127.0.0.1:1"]
        for arguments in (
                [SECRET], ["join", SECRET, *rest], ["join", b, *SECRET.split("-"), *rest],
                ["join", b, "--" + SECRET, *rest], ["join", b, "--invitation=" + SECRET, *rest],
                ["join", b, "--invitation-file", SECRET, *rest],
                ["join", b, "--invitation-file", "@" + SECRET, *rest],
                ["join", b, "@" + SECRET, *rest], ["join", b, SECRET, SECRET, *rest],
                ["join", b, SECRET, "--invitation-file", SECRET, *rest],
                ["join", b, "-", "--device", SECRET, "--at", "127.0.0.1:1"],
                ["join", b, "-", "--device", "B", "--at", SECRET],
                ["help", SECRET], ["import", b, SECRET], ["export", b, "--out", SECRET + "/x"],
                ["sample", "--patients", "1", "--out", f"{b}/{SECRET}"],
                ["init", b, "--space", SECRET, "--device", "B"],
                *([command, SECRET.upper() if command == "get" else SECRET, *more]
                  for command, more in COMMANDS.items())):
            with self.subTest(arguments):
                for json_too in ([], ["--json"]):
                    if json_too and arguments[0] in ("help", "sample"):
                        continue
                    ran = relais(*arguments, *json_too, code=2)
                    for part in (SECRET, "00010", "00033", "relais1"):
                        self.assertNotIn(part, (ran.out + ran.err).lower())
                self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    main()
