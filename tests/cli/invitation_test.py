#!/usr/bin/env python3
"""An invitation comes through mails and messages, and is read however it was wrapped."""
import textwrap
import time

from harness import CliTest, Serving, Terminal, main, relais

MAIL = """From: clinic@example.org
Subject: relais invite

Hello, run relais join with this:

%s

-- \n1st ward, relais team
"""


def hard_wrapped(text, width):
    return "\n".join(text[at:at + width] for at in range(0, len(text), width))


WRAPPED = {
    "as it is": lambda text: text,
    "broken at dashes": lambda text: text.replace("-", "-\n", 9),
    "broken before dashes": lambda text: text.replace("-", "\n-"),
    "broken in groups": lambda text: hard_wrapped(text, 23),
    "broken in the first word's end": lambda text: hard_wrapped(text, 7),
    "with returns": lambda text: hard_wrapped(text, 40).replace("\n", "\r\n"),
    "quoted": lambda text: textwrap.indent(hard_wrapped(text, 31), "> "),
    "quoted twice": lambda text: textwrap.indent(hard_wrapped(text, 31), ">> > "),
    "quoted and indented": lambda text: textwrap.indent(hard_wrapped(text, 60), "  | "),
    "quoted-printable": lambda text: hard_wrapped(text, 37).replace("\n", "=\n"),
    "quoted-printable with returns": lambda text: hard_wrapped(text, 37).replace("\n", "=\r\n"),
    "quoted-printable in a quotation": lambda text: textwrap.indent(
        hard_wrapped(text, 37).replace("\n", "=\n"), "> "),
    "soft hyphens": lambda text: text[:20] + "\u00ad" + text[20:50] + "\u00ad\n" + text[50:],
    "zero-width spaces": lambda text: text.replace("-", "\u200b-"),
    "no-break spaces": lambda text: text.replace("-", "-\u00a0"),
    "other dashes": lambda text: text.replace("-", "\u2013"),
    "spaces for dashes": lambda text: text.replace("-", " "),
    "spaces for dashes, wrapped": lambda text: textwrap.fill(text.replace("-", " "), 40),
    "without dashes": lambda text: text.replace("-", ""),
    "in lower case": lambda text: text.lower(),
    "as it is misread": lambda text: text.replace("1", "I").replace("0", "O"),
}


class Invitations(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make()
        self.invitation = relais("invite", self.a).last_line

    def join(self, *arguments, stdin=None, address="127.0.0.1:1", code=1):
        return relais("join", self.path("b"), *arguments, "--device", "B", "--at", address, "--json",
                      stdin=stdin, code=code)

    def assert_read(self, ran):
        """Nobody is at the address: that is found out only with an invitation that is whole."""
        self.assertEqual(ran.error["error"], "unreachable", ran.err)

    def test_an_invitation_is_read_however_it_was_wrapped(self):
        for how, wrap in WRAPPED.items():
            wrapped = wrap(self.invitation)
            with self.subTest(how):
                self.assert_read(self.join(wrapped))
                self.assert_read(self.join("-", stdin=wrapped.encode()))
        for how in ("quoted", "quoted-printable", "spaces for dashes, wrapped"):
            with self.subTest(how, of="mail"):
                mail = self.write("mail", MAIL % WRAPPED[how](self.invitation))
                self.assert_read(self.join(f"@{mail}"))
                self.assert_read(self.join("--invitation-file", mail))

    def test_what_the_commands_print_is_read_as_a_whole(self):
        shown = relais("invite", self.a).out
        self.assert_read(self.join("-", stdin=shown.encode()))
        self.assert_read(self.join("-", stdin=relais("invite", self.a, "--json").out.encode()))
        with Serving(self.a, "--invite") as server:
            said = "\n".join(server.lines)
            self.join("-", stdin=said.encode(), address=server.address, code=0)

    def test_an_invitation_that_is_not_whole_is_refused_without_a_word_of_it(self):
        groups = self.invitation.split("-")
        for damaged in ("-".join(groups[:-1]), "-".join(groups[:9] + groups[10:]),
                        "> " + self.invitation[:-1], self.invitation[8:], "see the other mail", ""):
            for arguments, stdin in (([damaged], None), (["-"], damaged.encode())):
                with self.subTest(damaged):
                    ran = self.join(*arguments, stdin=stdin)
                    self.assertEqual(ran.error["error"], "bad_input")
                    for group in groups[1:]:
                        self.assertNotIn(group, ran.out + ran.err)
                    self.assertFalse(self.path("b").exists())

    def test_a_file_that_is_not_there_is_named(self):
        for arguments in (["@" + str(self.path("none"))],
                          ["--invitation-file", self.path("none")]):
            error = self.join(*arguments).error
            self.assertEqual((error["error"], error["message"]),
                             ("not_found", f"There is no file {self.path('none')}."))

    def test_other_users_do_not_see_an_invitation_among_the_arguments(self):
        with Serving(self.make("other")) as silent:
            silent.process.send_signal(19)  # SIGSTOP: it takes the call, and says nothing
            with Terminal("join", self.path("b"), self.invitation, "--device", "B", "--at",
                          silent.address) as joining:
                words = self.arguments_of(joining.process)
                silent.process.send_signal(18)
                joining.end(1)
        self.assertIn(b"--device", words)
        self.assertNotIn(self.invitation.encode(), words)

    def arguments_of(self, process):
        for _ in range(200):
            with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                words = file.read()
            if b"--device" in words and b"relais1" not in words:
                break
            time.sleep(0.02)
        return words


class Typing(CliTest):
    """At a terminal: nothing is shown, nothing is left over for the shell."""

    def setUp(self):
        super().setUp()
        self.a = self.make()
        self.invitation = relais("invite", self.a).last_line

    def joining(self):
        terminal = Terminal("join", self.path("b"), "--device", "B", "--at", "127.0.0.1:1",
                            streams=("stdin", "stdout", "stderr"))
        self.addCleanup(terminal.__exit__)
        terminal.read_until("Invitation (it is not shown): ")
        self.assertFalse(terminal.echoes())
        return terminal

    def test_a_pasted_invitation_may_have_lines_and_is_not_shown(self):
        for how in ("as it is", "broken in groups", "quoted", "broken before dashes"):
            with self.subTest(how):
                terminal = self.joining()
                terminal.write(WRAPPED[how](self.invitation) + "\n")
                drawn = terminal.end(1)
                self.assertIn("relais serve", drawn)  # nobody is there
                for group in self.invitation.split("-")[1:]:
                    self.assertNotIn(group, drawn)
                self.assertTrue(terminal.echoes())

    def test_an_invitation_that_stops_in_its_middle_ends_with_an_empty_line(self):
        terminal = self.joining()
        terminal.write(self.invitation[:100] + "\n")
        terminal.read_until("The invitation is not complete: paste the rest. An empty line ends it.")
        terminal.write("\n")
        self.assertIn("The invitation is damaged: copy all of it again.", terminal.end(1))

    def test_a_signal_lets_the_terminal_show_again_what_is_typed(self):
        terminal = self.joining()
        terminal.process.send_signal(2)
        self.assertRegex(terminal.end(130), r"\nrelais: Interrupted: [^\n]+\.\n$")
        self.assertTrue(terminal.echoes())
        self.assertFalse(self.path("b").exists())


if __name__ == "__main__":
    main()
