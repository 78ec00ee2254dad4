#!/usr/bin/env python3
"""Who has no business here: strangers, used invitations, noise. The server goes on."""
import random
import socket
import time

from harness import CliTest, SANITIZED, Serving, main, relais


def refused(*arguments):
    return relais(*arguments, "--json", code=1).error


class Invitations(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make("a")

    def join_error(self, invitation, address, name="x"):
        return refused("join", self.path(name), invitation, "--device", "X", "--at", address)

    def test_wrong_used_and_expired_invitations_are_refused_alike(self):
        short = relais("invite", self.a, "--minutes", 1).last_line
        begun = time.monotonic()
        foreign = relais("invite", self.make("other")).last_line
        good = relais("invite", self.a).last_line
        with Serving(self.a) as server:
            relais("join", self.path("b"), good, "--device", "B", "--at", server.address)
            errors = [self.join_error(foreign, server.address, "wrong"),
                      self.join_error(good, server.address, "second")]
            time.sleep(max(0, 60.5 - (time.monotonic() - begun)))
            errors.append(self.join_error(short, server.address, "late"))
            self.assertEqual([error["error"] for error in errors], ["invitation_refused"] * 3)
            self.assertEqual(len({error["message"] for error in errors}), 1, "the reason is told")
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

    def test_a_member_that_is_no_owner_invites_nobody(self):
        b = self.join(self.a, "b")
        self.sync(self.a, b)
        self.assertEqual(refused("invite", b)["error"], "not_authorised")


class Strangers(CliTest):
    CONNECTIONS = 1000
    ROOM_KIB = 4096  # what a server may grow by, whoever knocks

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
            self.assertIn("came to nothing", server.stop())

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
                except (ConnectionError, BrokenPipeError):
                    pass
        return answers

    def test_many_who_connect_and_wait_keep_nobody_out(self):
        with Serving(self.a) as server:
            host, port = server.address.rsplit(":", 1)
            idle = [socket.create_connection((host, int(port))) for _ in range(50)]
            try:
                deadline = time.monotonic() + 30
                while True:  # half-open places are few, and free again after seconds
                    try:
                        relais("sync", self.b, "--with", server.address)
                        break
                    except AssertionError:
                        if time.monotonic() > deadline:
                            raise
                        time.sleep(0.5)
            finally:
                for one in idle:
                    one.close()


if __name__ == "__main__":
    main()
