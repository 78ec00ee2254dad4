#!/usr/bin/env python3
"""Connections without rights: strangers, used invitations, noise. The server goes on."""
import contextlib
import random
import socket
import threading
import time

from harness import CliTest, Proxy, SANITIZED, Serving, main, relais, start


@contextlib.contextmanager
def answering(words):
    """An address where something else than Relais is: it says `words` to who comes, and closes if
    there are any."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def serve():
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                held.append(one)
                if words is not None:
                    one.sendall(words)
                    one.close()

        threading.Thread(target=serve, daemon=True).start()
        yield "127.0.0.1:%d" % listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


def refused(*arguments):
    return relais(*arguments, "--json", code=1).error


class Invitations(CliTest):
    CUTS = 12

    def setUp(self):
        super().setUp()
        self.a = self.make("a")

    def join_error(self, invitation, address, name="x"):
        return refused("join", self.path(name), invitation, "--device", "X", "--at", address)

    def test_used_and_expired_invitations_are_refused_and_others_are_not_known(self):
        short = relais("invite", self.a, "--minutes", 1).last_line
        begun = time.monotonic()
        foreign = relais("invite", self.make("other")).last_line
        good = relais("invite", self.a).last_line
        with Serving(self.a) as server:
            relais("join", self.path("b"), good, "--device", "B", "--at", server.address)
            unknown = self.join_error(foreign, server.address, "wrong")
            self.assertEqual(unknown["error"], "handshake_failed")
            self.assertIn("does not know this invitation", unknown["message"])
            self.assertIn("stays valid", unknown["message"])
            used = self.join_error(good, server.address, "second")
            time.sleep(max(0, 60.5 - (time.monotonic() - begun)))
            expired = self.join_error(short, server.address, "late")
            for error in (used, expired):
                self.assertEqual(error["error"], "invitation_refused")
                self.assertIn("Ask for a new one.", error["message"])
            # The server is none the worse for it.
            relais("sync", self.path("b"), "--with", server.address)
        self.assertEqual(len(relais("status", self.a, "--json").json["members"]), 2)

    def test_a_damaged_invitation_is_named_before_anything_is_made(self):
        good = relais("invite", self.a).last_line
        for damaged in (good[:-1], good + "A", good.replace("-", "", 3)[:-6] + "00000", "x", ""):
            error = self.join_error(damaged, "127.0.0.1:1")
            self.assertEqual(error["error"], "bad_input")
            self.assertFalse(self.path("x").exists())

    def test_an_invitation_may_be_typed_in_another_way(self):
        spoken = relais("invite", self.a).last_line.lower().replace("-", " ")
        with Serving(self.a) as server:
            relais("join", self.path("b"), spoken, "--device", "B", "--at", server.address)

    def test_a_join_that_did_not_reach_anyone_can_be_tried_again(self):
        invitation = relais("invite", self.a).last_line
        with socket.create_server(("127.0.0.1", 0)) as taken:
            nobody = "127.0.0.1:%d" % taken.getsockname()[1]
        self.assertEqual(self.join_error(invitation, nobody, "b")["error"], "unreachable")
        ran = relais("status", self.path("b"), code=1)
        self.assertIn("joined", ran.err)
        with Serving(self.a) as server:
            relais("join", self.path("b"), invitation, "--device", "B", "--at", server.address)
            relais("sync", self.path("b"), "--with", server.address)

    def test_a_wrong_address_or_a_silent_peer_uses_nothing_up_and_is_no_refusal(self):
        invitation = relais("invite", self.a).last_line
        for words, error in ((None, "timed_out"), (b"", "handshake_failed"),
                             (b"HTTP/1.1 400 \x1b[2JBad Request\r\n\r\n", "handshake_failed")):
            with answering(words) as elsewhere:
                said = self.join_error(invitation, elsewhere, "b")
            self.assertEqual(said["error"], error)
            self.assertNotIn("refused", said["message"])
            self.assertRegex(said["message"], r"^[A-Z][ -~]*\.$")  # nothing of what came
        with Serving(self.make("another")) as server:  # a device of another space
            self.assertEqual(self.join_error(invitation, server.address, "b")["error"],
                             "handshake_failed")
        with Serving(self.a) as server:
            relais("join", self.path("b"), invitation, "--device", "B", "--at", server.address)

    def test_joins_that_are_cut_anywhere_end_as_members_or_go_on_with_the_same_invitation(self):
        chance = random.Random(11)
        cuts = sorted(chance.randrange(2200) for _ in range(self.CUTS))
        with Serving(self.a, "--invite") as server:
            invitation = next(line for line in server.lines if line.startswith("RELAIS1-")
                              or line.startswith("relais1-"))
            for number, cut in enumerate(cuts):
                with Proxy(server.address) as proxy:
                    proxy.cut_after = cut
                    ran = start("join", self.path("b"), "-", "--device", "B", "--at",
                                proxy.address, "--json", stdin=-1)
                    out, err = ran.communicate(invitation.encode(), timeout=60)
                    if ran.returncode == 0:
                        break
                    self.assertNotIn(b"invitation_refused", err, f"cut {number}")
            else:
                relais("join", self.path("b"), invitation, "--device", "B", "--at", server.address)
            self.assertGreater(number, 2, "hardly a join was cut")
            self.assertTrue(relais("sync", self.path("b"), "--with", server.address, "--json")
                            .json["in_sync"])

    def test_an_invitation_is_read_from_a_file_or_standard_input(self):
        printed = relais("invite", self.a).out
        other = relais("invite", self.a).last_line
        with Serving(self.a) as server:
            relais("join", self.path("b"), "--invitation-file", self.write("invitation", printed),
                   "--device", "B", "--at", server.address)
            relais("join", self.path("c"), "-", "--device", "C", "--at", server.address,
                   stdin=other.encode() + b"\n")
        error = relais("join", self.path("d"), "--device", "D", "--at", "127.0.0.1:1", "--json",
                       code=2).error
        self.assertIn("--invitation-file", error["message"])
        self.assertFalse(self.path("d").exists())
        error = relais("join", self.path("d"), "--invitation-file", self.path("nothing"),
                       "--device", "D", "--at", "127.0.0.1:1", "--json", code=1).error
        self.assertEqual(error["error"], "not_found")

    def test_more_open_invitations_than_there_may_be_are_refused_in_words(self):
        first = relais("invite", self.a).last_line
        for _ in range(11):
            relais("invite", self.a)
        error = refused("invite", self.a)
        self.assertEqual(error["error"], "limit_exceeded")
        self.assertIn("let one be used or expire", error["message"])
        with Serving(self.a) as server:
            relais("join", self.path("b"), first, "--device", "B", "--at", server.address)
        relais("invite", self.a)

    def test_a_member_that_is_no_owner_invites_nobody(self):
        b = self.join(self.a, "b")
        self.sync(self.a, b)
        self.assertEqual(refused("invite", b)["error"], "not_authorised")


class Strangers(CliTest):
    CONNECTIONS = 1000
    ROOM_KIB = 4096  # what a server may grow by, whoever connects

    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        relais("put", self.a, "cases/1", "a=1")
        self.b = self.join(self.a, "b")

    def test_a_device_of_another_space_is_refused_without_a_reason(self):
        stranger = self.make("stranger")
        with Serving(self.a) as server:
            error = refused("sync", stranger, "--with", server.address)
            self.assertEqual(error["error"], "handshake_failed")
            relais("sync", self.b, "--with", server.address)
            self.assertIn("visit failed (handshake_failed).", server.stop())

    def test_a_thousand_connections_of_random_bytes_leave_the_server_as_it_was(self):
        chance = random.Random(20240)
        answers = 0
        with Serving(self.a, "--json") as server:
            host, port = server.address.rsplit(":", 1)
            self.knock(chance, host, int(port), 100)  # whatever is made once is made now
            before = server.resident_kib()
            answers = self.knock(chance, host, int(port), self.CONNECTIONS)
            grown = server.resident_kib() - before
            self.assertEqual(answers, 0, "a stranger was answered")
            if not SANITIZED:  # which keeps freed memory for a while
                self.assertLess(grown, self.ROOM_KIB)
            report = relais("sync", self.b, "--with", server.address, "--json").json
            self.assertTrue(report["in_sync"])
            out = server.stop()
        self.assertLess(out.count("\n"), 20, "each visit of a stranger is a line")
        self.assertRegex(out, r"^[\n -~]*$", "bytes of a stranger were printed")

    def knock(self, chance, host, port, times):
        """Random bytes, of lengths from none to more than a handshake may have; who answered."""
        answers = 0
        for number in range(times):
            size = chance.choice((0, 1, 2, 31, 32, 48, 96, 300, 1024, 1026, 5000, 70000))
            with socket.create_connection((host, port), timeout=20) as one:
                try:
                    one.sendall(chance.randbytes(size))
                    one.shutdown(socket.SHUT_WR)
                    if number % 4 == 0:  # the others leave without waiting
                        answers += len(one.recv(4096)) > 0
                except TimeoutError:
                    self.fail("a stranger is left waiting")
                except OSError:
                    pass
        return answers

    def test_many_who_connect_and_wait_keep_nobody_out(self):
        with Serving(self.a) as server:
            host, port = server.address.rsplit(":", 1)
            idle = [socket.create_connection((host, int(port))) for _ in range(300)]
            try:
                relais("sync", self.b, "--with", server.address)  # at the first try
            finally:
                for one in idle:
                    one.close()

    def test_a_stranger_who_is_refused_is_not_lingered_for(self):
        with Serving(self.a) as server:
            host, port = server.address.rsplit(":", 1)
            with socket.create_connection((host, int(port)), timeout=20) as one:
                begun = time.monotonic()
                one.sendall(b"\0\x30" + b"x" * 48)
                with contextlib.suppress(ConnectionError):
                    self.assertEqual(one.recv(1), b"")
                self.assertLess(time.monotonic() - begun, 1.5)
                # Its side of the connection is open still, and the server has let go of it.
                self.assertEqual(server.connections(), 0)

    def test_twelve_members_who_come_at_once_over_a_slow_link_all_sync(self):
        folders = [self.b] + [self.join(self.a, f"m{number}") for number in range(11)]
        with Serving(self.a) as server, Proxy(server.address, kib_per_s=24) as slow:
            calls = [start("sync", folder, "--with", slow.address, "--json") for folder in folders]
            for call in calls:
                out, err = call.communicate(timeout=240)
                self.assertEqual(call.returncode, 0, err.decode())


if __name__ == "__main__":
    main()
