#!/usr/bin/env python3
"""Two and three devices: joining, editing while apart, syncing, settling, being cut off."""
import random
import shutil
import time

from harness import CliTest, Proxy, SANITIZED, Serving, as_exported, main, relais, start

SYNC_MEMBERS = {"peer", "round_trips", "handshake_bytes", "bytes_sent", "bytes_received",
                "segments_sent", "segments_received", "changes_sent", "changes_received",
                "duration_ms", "in_sync"}
CANARY = "`{^}|$%#@"  # rare characters: what compresses a change leaves them as they are


class TwoDevices(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        self.register = self.sample(300)
        relais("import", self.a, self.register, "--text", "cases:medical/visits/*/note")
        self.b = self.join(self.a, "b")
        self.case = relais("export", self.a).out.split('"id":"', 1)[1].split('"', 1)[0]
        self.case = "cases/" + self.case

    def conflicts(self, folder):
        return relais("conflicts", folder, "--json").json["conflicts"]

    def doc(self, folder):
        return relais("get", folder, self.case, "--json").json["doc"]

    def test_the_first_sync_brings_everything_and_the_second_nothing(self):
        self.assertEqual(relais("status", self.b, "--json").json["documents"], 0)
        first = self.sync(self.a, self.b)
        self.assertEqual(set(first), SYNC_MEMBERS)
        self.assertTrue(first["in_sync"])
        self.assertGreaterEqual(first["changes_received"], 600)
        self.assertEqual(first["peer"], relais("status", self.a, "--json").json["device"])
        both = self.assert_same(self.a, self.b)
        self.assertEqual(both, as_exported(self.register.read_text("utf-8")))

        second = self.sync(self.a, self.b)
        self.assertEqual((second["changes_sent"], second["changes_received"]), (0, 0))
        self.assertLessEqual(second["bytes_sent"] + second["bytes_received"], 200)
        self.assertEqual(second["round_trips"], 1)
        for folder in (self.a, self.b):
            self.assertEqual(relais("verify", folder, "--json").json["problems"], [])

    def test_a_device_that_meets_itself_or_a_copy_of_its_folder_says_so(self):
        copy = self.b.with_name("copy")
        shutil.copytree(self.b, copy)
        with Serving(self.b) as server:
            met = relais("sync", copy, "--with", server.address).out
            self.assertIn("; it is this device itself, or a copy of its folder, in ", met)
            self.assertTrue(relais("sync", copy, "--with", server.address, "--json").json["itself"])
            self.assertNotIn("itself", relais("sync", self.a, "--with", server.address).out)
            self.assertIn("; it is this device itself, or a copy of its folder.", server.stop())

    def test_both_see_what_both_wrote_while_apart(self):
        relais("put", self.a, self.case, "handover~=Seen at home.", 'tasks=["call"]')
        self.sync(self.a, self.b)
        relais("put", self.a, self.case, 'priority="urgent"', "medical/weight_kg=61",
               'tasks+="dressing"', "handover~=Seen at home. Dressing changed.")
        relais("put", self.b, self.case, 'priority="emergency"', "consent/share_legal=null",
               'tasks+="ECG"', "handover~=Seen at home with the mediator.")
        self.assertTrue(self.sync(self.a, self.b)["in_sync"])
        self.assert_same(self.a, self.b)
        for folder in (self.a, self.b):
            doc = self.doc(folder)
            self.assertEqual(doc["medical"]["weight_kg"], 61)
            self.assertIsNone(doc["consent"]["share_legal"])
            self.assertEqual(sorted(doc["tasks"]), ["ECG", "call", "dressing"])
            self.assertEqual(doc["handover"], "Seen at home with the mediator. Dressing changed.")

    def test_a_conflict_shows_both_values_with_author_and_time_until_one_is_chosen(self):
        self.sync(self.a, self.b)
        relais("put", self.a, self.case, "medical/weight_kg=61")
        relais("put", self.b, self.case, "medical/weight_kg=62")
        self.sync(self.a, self.b)
        seen = [self.conflicts(folder) for folder in (self.a, self.b)]
        self.assertEqual(seen[0], seen[1])
        (conflict,) = seen[0]
        self.assertEqual(f"{conflict['collection']}/{conflict['id']}", self.case)
        self.assertEqual((conflict["path"], conflict["kind"]), ("medical/weight_kg", "value"))
        written = {version["value"]: version for version in conflict["versions"]}
        self.assertEqual({value: version["device_name"] for value, version in written.items()},
                         {61: "Tablet A", 62: "Tablet B"})
        for version in written.values():
            self.assertRegex(version["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        out = relais("conflicts", self.b).out
        self.assertRegex(out, rf"(?s){self.case}\n  medical/weight_kg\n    6[12]  by Tablet [AB] \("
                              r"[0-9a-f]{8}\), [^\n]+UTC\)?, shown first\n    6[12]  by Tablet [AB]")
        self.assertIn("Conflicts\n  medical/weight_kg\n", relais("get", self.a, self.case).out)
        self.assertEqual(relais("status", self.a, "--json").json["conflicts"], 1)

        relais("put", self.b, self.case, "medical/weight_kg=62")
        self.sync(self.a, self.b)
        for folder in (self.a, self.b):
            self.assertEqual(self.conflicts(folder), [])
            self.assertEqual(self.doc(folder)["medical"]["weight_kg"], 62)
        self.assert_same(self.a, self.b)

    def test_an_edit_survives_a_delete_that_did_not_see_it(self):
        relais("put", self.a, self.case, 'plan={"next":"Friday"}')
        self.sync(self.a, self.b)
        relais("put", self.a, self.case, "plan-")
        relais("put", self.b, self.case, 'plan/next="Monday"')
        self.sync(self.a, self.b)
        self.assert_same(self.a, self.b)
        self.assertEqual(self.doc(self.a)["plan"], {"next": "Monday"})
        self.assertTrue(any(conflict["revived"] for conflict in self.conflicts(self.a)))

    def test_a_third_device_gets_everything_from_the_second(self):
        self.sync(self.a, self.b)
        c = self.join(self.a, "c")
        relais("put", self.b, self.case, 'from_b="for c"')
        self.assertTrue(self.sync(self.b, c)["in_sync"])
        self.assert_same(self.b, c)
        self.sync(self.a, c)
        self.assert_same(self.a, self.b)
        names = {member["name"] for member in relais("status", c, "--json").json["members"]}
        self.assertEqual(names, {"Tablet A", "Tablet B", "Tablet C"})

    def test_no_word_of_a_document_crosses_the_wire(self):
        relais("put", self.a, self.case, f'canary="{CANARY}"', f"note~={CANARY}", f'{CANARY}=1')
        with Serving(self.a) as server, Proxy(server.address) as proxy:
            relais("sync", self.b, "--with", proxy.address)
            carried = bytes(proxy.to_client + proxy.to_server)
        self.assertEqual(self.doc(self.b)["canary"], CANARY)
        self.assertGreater(len(carried), 10_000)
        for word in (CANARY.encode(), b"weight_kg", b"Tablet", b"Clinic",
                     self.case[6:].encode(), bytes.fromhex(self.case[6:].replace("-", ""))):
            self.assertNotIn(word, carried)

    def test_serve_once_ends_after_a_sync_and_tells_of_it(self):
        with Serving(self.a, "--once", "--json") as server:
            relais("sync", self.b, "--with", server.address)
            out, err = server.process.communicate(timeout=30)
            self.assertEqual((server.process.returncode, err), (0, b""))
            self.assertIn(b'{"event":"synced",', out)


class CutOff(CliTest):
    """kill -9 of either side in mid-sync: both stores open, and nothing is fetched twice."""
    ROUNDS = 10
    LONGEST = 4 if SANITIZED else 1.2  # seconds until a kill
    IN_FLIGHT = 64 * 1024 + 1024       # a stream's window, and the frames round it
    GREETING = 8 * 1024                # handshake and comparison, in each sync again

    def setUp(self):
        super().setUp()
        self.a = self.make("a")
        relais("import", self.a, self.sample(3000))
        self.b = self.join(self.a, "b")
        self.c = self.join(self.a, "c")

    def whole_sync_bytes(self):
        with Serving(self.a) as server, Proxy(server.address) as proxy:
            relais("sync", self.c, "--with", proxy.address)
            return len(proxy.to_client)

    def cut_one(self, chance, kib_per_s):
        """One sync through a slow link, until one side is killed; what was sent to the client."""
        with Serving(self.a) as server, Proxy(server.address, kib_per_s) as proxy:
            client = start("sync", self.b, "--with", proxy.address, "--json")
            time.sleep(chance.uniform(0.05, self.LONGEST))
            victim = chance.choice(("client", "server"))
            if victim == "client":
                client.kill()
            else:
                server.kill()
            proxy.stop()
            out, err = client.communicate(timeout=60)
            if victim == "server" and client.returncode != 0:
                self.assertRegex(err.decode(), r'^\{"error":"[a-z_]+","message":"[A-Z0-9]')
            return len(proxy.to_client)

    def test_a_kill_of_either_side_loses_no_more_than_what_was_in_flight(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        with self.subTest(f"seed {seed}"):
            whole = self.whole_sync_bytes()
            kib_per_s = whole / 1024 / (3 * self.LONGEST)  # about six cuts get through it
            sent, had = 0, [0]
            for _ in range(self.ROUNDS):
                sent += self.cut_one(chance, kib_per_s)
                for folder in (self.a, self.b):
                    self.assertEqual(relais("verify", folder, "--json").json["problems"], [])
                had.append(relais("status", self.b, "--json").json["changes"])
            self.assertEqual(had, sorted(had), "changes that were there are gone")
            self.assertGreater(len(set(had)), 2, "no sync was cut in its middle")
            with Serving(self.a) as server, Proxy(server.address) as proxy:
                last = relais("sync", self.b, "--with", proxy.address, "--json").json
                sent += len(proxy.to_client)
            self.assertTrue(last["in_sync"])
            self.assert_same(self.a, self.b)
            self.assertLessEqual(sent - whole, self.ROUNDS * (self.IN_FLIGHT + self.GREETING))


if __name__ == "__main__":
    main()
