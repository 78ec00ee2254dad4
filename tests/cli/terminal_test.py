#!/usr/bin/env python3
"""What a terminal is shown: progress, colours, columns, times; and what a signal leaves of it."""
import datetime
import os
import re
import signal
import subprocess
import unicodedata

from harness import (BINARY, CliTest, Proxy, Serving, Terminal, main, on_a_terminal, relais, start)

CLEAR = "\r\x1b[K"
CLEARED_END = re.compile(r"\r\x1b\[K(relais: [^\r\x1b]+\n)?$")
BOLD, YELLOW, RED, PLAIN = "\x1b[1m", "\x1b[33m", "\x1b[31m", "\x1b[0m"


def lines_drawn(drawn):
    return [line for line in drawn.split(CLEAR) if line]


class Progress(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make()
        self.register = self.sample(600)

    def test_progress_is_drawn_where_it_can_be_and_is_gone_at_the_end(self):
        for columns in (40, 55, 100, 300):
            with self.subTest(columns):
                drawn = on_a_terminal("import", self.a, self.register, columns=columns)
                self.assertIn("of 1200 documents", drawn)
                self.assertTrue(drawn.endswith(CLEAR), "the line is still there")
                for line in lines_drawn(drawn):
                    self.assertRegex(line, r"^Importing (\[[#.]{8,24}\] )?\d+ of 1200 documents$")
                    self.assertLess(len(line), columns)
        self.assertRegex(on_a_terminal("import", self.a, self.register), r"\[#*\.*\] \d+ of 1200")

    def test_nothing_is_drawn_on_a_narrow_or_dumb_terminal_or_on_none(self):
        for where in ({"columns": 39}, {"columns": 1}, {"term": "dumb"}, {"term": None},
                      {"term": ""}):
            with self.subTest(where):
                self.assertEqual(on_a_terminal("import", self.a, self.register, **where), "")
        self.assertEqual(relais("import", self.a, self.register).err, "")
        # A terminal that doesn't say how wide it is has 80 columns.
        self.assertIn("documents", on_a_terminal("import", self.a, self.register, columns=0))


class Signals(CliTest):
    """Each is sent when the line is drawn: what is being done is cut in its middle."""

    def setUp(self):
        super().setUp()
        self.a = self.make()

    def cut(self, how, *arguments):
        """What it said at the end."""
        with Terminal(*arguments) as terminal:
            terminal.read_until("ing ")
            terminal.process.send_signal(how)
            drawn = terminal.end(128 + how)
        self.assertRegex(drawn, CLEARED_END)
        return drawn.rsplit(CLEAR, 1)[1]

    def test_an_import_that_is_cut_keeps_what_was_imported(self):
        register = self.sample(4000)
        for how in (signal.SIGINT, signal.SIGTERM):
            said = self.cut(how, "import", self.a, register)
            self.assertEqual(said, "relais: Interrupted: what was imported stays. If that isn't "
                                   "all, run the command again.\n")
        relais("import", self.a, register)
        self.assertEqual(relais("list", self.a, "--json").json["documents"], 8000)
        self.cut_an_export()
        self.cut_a_sync()

    def cut_an_export(self):
        out = self.write("out.ndjson", "before")
        self.assertEqual(self.cut(signal.SIGTERM, "export", self.a, "--out", out),
                         f"relais: Interrupted: {out} was not replaced.\n")
        self.assertEqual(out.read_text(), "before")
        new = self.path("new.ndjson")
        self.assertEqual(self.cut(signal.SIGINT, "export", self.a, "--out", new),
                         f"relais: Interrupted: {new} was not written.\n")
        self.assertEqual([path.name for path in self.folder.glob("*new*")], [])
        self.assertEqual([path.name for path in self.folder.glob("*.unfinished")], [])
        self.assertEqual(self.cut(signal.SIGHUP, "export", self.a, "--out", new),
                         f"relais: Interrupted: {new} was not written.\n")

    def cut_a_sync(self):
        b = self.join(self.a, "b")
        had = 0
        with Serving(self.a) as server, Proxy(server.address, kib_per_s=400) as slow:
            for how in (signal.SIGINT, signal.SIGTERM):
                self.assertEqual(self.cut(how, "sync", b, "--with", slow.address),
                                 "relais: Interrupted: what came is kept. If that isn't all, run "
                                 "the command again: it goes on from there.\n")
                now = relais("status", b, "--json").json["changes"]
                self.assertGreaterEqual(now, had)
                had = now
            relais("sync", b, "--with", server.address)
        self.assertEqual(relais("list", b, "--json").json["documents"], 8000)

    def test_programs_read_of_it_too(self):
        process = start("import", self.a, "-", "--json", stdin=subprocess.PIPE)
        try:
            self.wait_for_its_thread(process)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(), 130)
            self.assertEqual(process.stderr.read().decode(),
                             '{"error":"interrupted","message":"Interrupted: what was imported '
                             'stays. If that isn\'t all, run the command again."}\n')
            self.assertEqual(process.stdout.read(), b"")
        finally:
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()

    def wait_for_its_thread(self, process):
        """Until it waits for signals: then it has a second thread."""
        while len(os.listdir(f"/proc/{process.pid}/task")) < 2:
            self.assertIsNone(process.poll())

    def test_a_signal_that_is_ignored_as_by_nohup_ends_nothing(self):
        b = self.join(self.a, "b")
        ignoring = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
        process = start("serve", self.a, "--listen", "127.0.0.1:0", preexec_fn=ignoring)
        address = process.stdout.readline().decode().split()[-1]
        process.send_signal(signal.SIGHUP)
        relais("sync", b, "--with", address)  # it serves still: its end would look the same
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
        self.assertEqual((process.returncode, err.decode()), (0, "Stopped: what came is kept.\n"))


class Colours(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make()
        b = self.join(self.a, "b")
        relais("put", self.a, "cases/1", "w=1")
        relais("put", b, "cases/1", "w=2")
        self.sync(self.a, b)
        self.wrong = ("get", self.a, "nothing")

    def test_errors_are_red_conflicts_yellow_and_headings_bold_on_a_terminal(self):
        drawn = on_a_terminal(*self.wrong, code=2)
        self.assertRegex(drawn, r"^\x1b\[31mrelais: This is not [^\n]+\x1b\[0m\n$")
        drawn = on_a_terminal("get", self.a, "cases/1", streams=["stdout"])
        self.assertIn(f"\n{BOLD}Conflicts{PLAIN}\n{YELLOW}  w{PLAIN}\n    ", drawn)
        drawn = on_a_terminal("status", self.a, streams=["stdout"])
        self.assertIn(f"\n{YELLOW}Conflicts  in 1 document{PLAIN}\n", drawn)
        self.assertIn(f"\n{BOLD}Members{PLAIN}\n  Tablet", drawn)

    def test_without_a_terminal_or_with_no_color_nothing_is_coloured(self):
        plain = relais("status", self.a).out
        self.assertNotIn("\x1b", plain + relais(*self.wrong, code=2).err)
        for options in ({"env": {"NO_COLOR": "1"}}, {"term": "dumb"}, {"term": None}):
            with self.subTest(options):
                self.assertEqual(on_a_terminal("status", self.a, streams=["stdout"], **options),
                                 plain)
        self.assertIn(BOLD, on_a_terminal("status", self.a, streams=["stdout"],
                                          env={"NO_COLOR": ""}))
        self.assertNotIn("\x1b", on_a_terminal("status", self.a, "--json", streams=["stdout"]))

    def test_color_says_what_is_wanted_wherever_it_stands(self):
        self.assertIn(BOLD, relais("status", self.a, "--color", "always").out)
        self.assertIn(BOLD, relais("status", "--color=always", self.a).out)
        self.assertIn(RED, relais(*self.wrong, "--color=always", code=2).err)
        self.assertIn(RED, relais("status", "--color=always", code=2).err)
        self.assertNotIn("\x1b", on_a_terminal("status", self.a, "--color=never",
                                               streams=["stdout", "stderr"]))
        self.assertNotIn("\x1b", on_a_terminal("status", self.a, "--color", "auto",
                                               streams=["stdout"], env={"NO_COLOR": "1"}))


class Columns(CliTest):
    NAMES = ("Tablet", "平板电脑", "لوح مُحَمَّد", "План\u0306шет", "タブレット", "é\u0301\u0308", "각\u1100\u1161", "x" * 20)

    def width(self, text):
        """As Unicode has it, for these scripts."""
        return sum(0 if unicodedata.combining(c) or "\u1160" <= c <= "\u11ff" else
                   2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

    def test_columns_stand_below_each_other_whatever_is_written_and_the_locale(self):
        a = self.make()
        for name in self.NAMES:
            relais("put", a, f"{name}/1", "a=1")
        shown = set()
        for locale in ("C", "C.UTF-8", "nowhere"):
            ran = subprocess.run([BINARY, "list", a], capture_output=True, text=True, check=True,
                                 encoding="utf-8", env={**os.environ, "LC_ALL": locale})
            shown.add(ran.stdout)
        (out,) = shown
        rows = out.splitlines()
        self.assertEqual(len(rows), len(self.NAMES) + 2)
        self.assertEqual({self.width(row) for row in rows}, {len("x" * 20 + "  Documents")})
        for name in self.NAMES:
            self.assertEqual(sum(row.startswith(name + " ") for row in rows), 1)

    def test_the_table_of_widths_is_what_its_maker_writes(self):
        root = BINARY and os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
        with open(f"{root}/examples/cli/display_width_table.h") as file:
            table = file.read()
        if f"Unicode {unicodedata.unidata_version}:" not in table:
            self.skipTest("this Python has another version of Unicode")
        made = subprocess.run(["python3", f"{root}/tools/make_width_table.py", "-"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(made.stdout, table)


class Times(CliTest):
    def run_in(self, zone, *arguments):
        ran = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True,
                             env={**os.environ, "TZ": zone})
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def test_people_read_their_own_time_beside_utc_and_programs_utc(self):
        a = self.make()
        relais("put", a, "cases/1", "w=61")
        in_utc = relais("get", a, "cases/1", "--history", "--json").json["history"][0]["time"]
        date, clock = in_utc[:10], in_utc[11:19]
        for zone, written in (("UTC0", rf"{date} {clock} UTC"),
                              ("EET-2", rf"\d{{4}}-\d\d-\d\d \d\d:{clock[3:]} \+0200 \(({date} )?"
                                        rf"{clock} UTC\)"),
                              ("NST3:30", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d -0330 \([^)]*"
                                          rf"{clock} UTC\)"),
                              ("DAY-24", rf"\d{{4}}-\d\d-\d\d {clock} \+2400 \({date} {clock} UTC\)")):
            with self.subTest(zone):
                history = self.run_in(zone, "get", a, "cases/1", "--history").split("History\n")[1]
                found = re.search(rf"  ({written})  by Tablet A", history)
                self.assertIsNotNone(found, history)
                for moment in (found[1], found[1].split(" (")[0]):
                    self.assertEqual(relais("get", a, "cases/1", "--at", moment, "--json")
                                     .json["doc"], {"w": 61})
                self.assertIn(in_utc, self.run_in(zone, "get", a, "cases/1", "--history", "--json"))
        self.assertRegex(self.run_in("EET-2", "invite", a), r"until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d "
                                                            r"\+0200 \(.*UTC\), for 10 minutes\.\n")

    def test_a_moment_may_be_written_in_any_zone(self):
        a = self.make()
        relais("put", a, "cases/1", "w=61")
        entry = relais("get", a, "cases/1", "--history", "--json").json["history"][0]
        written = datetime.datetime.fromisoformat(entry["time"][:19] + "+00:00")
        for form, hours in (("%Y-%m-%dT%H:%M:%SZ", 0), ("%Y-%m-%dT%H:%M:%S.999+02:00", 2),
                            ("%Y-%m-%dT%H:%M:%S+0200", 2), ("%Y-%m-%d %H:%M:%S +0200", 2),
                            ("%Y-%m-%d %H:%M:%S UTC", 0),
                            ("%Y-%m-%d %H:%M:%S -0330 (00:00:00 UTC)", -3.5)):
            there = written + datetime.timedelta(hours=hours)  # what a clock of that zone shows
            before = there - datetime.timedelta(seconds=1)
            with self.subTest(form):
                relais("get", a, "cases/1", "--at", there.strftime(form))
                ran = relais("get", a, "cases/1", "--at", before.strftime(form), code=1)
                self.assertIn("didn't exist at that time", ran.err)
        for moment in ("2100-01-01 00:00:00", "2100-01-01T00:00:00+2", "2100-01-01T00:00:00+02:60",
                       "2100-13-01T00:00:00Z", "2100-01-01  00:00:00Z", "2100-01-01T00:00:60Z",
                       "2100-01-01T00:00:00Zx", "2100-01-01T00:00:00Z (then)"):
            relais("get", a, "cases/1", "--at", moment, code=2)


if __name__ == "__main__":
    main()
