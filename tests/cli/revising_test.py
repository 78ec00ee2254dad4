#!/usr/bin/env python3
"""What was written is taken back, made void, settled, and read as it was."""
import collections

from harness import CliTest, main, relais

CASE = "cases/1"


class RevisingTest(CliTest):
    def doc(self, folder, *options):
        return relais("get", folder, CASE, "--json", *options).json["doc"]

    def history(self, folder):
        return relais("get", folder, CASE, "--history", "--json").json["history"]

    def fault(self, command, folder, *arguments, code=1):
        """The error of a command on the case, checked to be a sentence for people too."""
        words = (command, folder, CASE, *arguments)
        error = relais(*words, "--json", code=code).error
        self.assertIn("relais: " + error["message"], relais(*words, code=code).err)
        return error


class Undo(RevisingTest):
    def test_undo_takes_back_the_last_change_and_again_brings_it_back(self):
        a = self.make()
        relais("put", a, CASE, "weight_kg=61", "note~=Seen at home.")
        relais("put", a, CASE, "weight_kg=16", "note~=Seen.", 'status="open"')
        self.assertEqual(relais("undo", a, CASE).out,
                         "cases/1: this device's last change is taken back.\n")
        self.assertEqual(self.doc(a), {"weight_kg": 61, "note": "Seen at home."})
        self.assertEqual(relais("undo", a, CASE, "--json").json, {"document": CASE})
        self.assertEqual(self.doc(a), {"weight_kg": 16, "note": "Seen.", "status": "open"})

    def test_undo_takes_back_all_sections_that_were_written_together(self):
        a = self.make("a", "--section", "cases/legal=legal")
        relais("put", a, CASE, "legal/stage=1", "medical/weight_kg=61")
        relais("put", a, CASE, "legal/stage=2", "medical/weight_kg=62")
        relais("undo", a, CASE)
        self.assertEqual(self.doc(a), {"legal": {"stage": 1}, "medical": {"weight_kg": 61}})

    def test_undo_brings_back_a_deleted_document(self):
        a = self.make()
        relais("put", a, CASE, "weight_kg=61")
        relais("put", a, CASE, "weight_kg-")
        self.assertEqual(self.doc(a), {})
        relais("undo", a, CASE)
        self.assertEqual(self.doc(a), {"weight_kg": 61})
        relais("put", a, CASE, "-")
        self.assertEqual(self.fault("get", a)["error"], "not_found")
        relais("undo", a, CASE)
        self.assertEqual(self.doc(a), {"weight_kg": 61})

    def test_undo_of_nothing_says_what_can_be_undone(self):
        a = self.make()
        error = self.fault("undo", a)
        self.assertEqual(error["error"], "not_found")
        self.assertEqual(error["message"], "This device has changed nothing in the document.")
        self.assertIn("own last change", error["advice"])
        self.assertIn("--history", error["advice"])
        relais("undo", a, "cases", code=2)
        self.assertIn("relais init", relais("undo", self.path("nothing"), CASE, code=1).err)

    def test_undo_leaves_what_another_device_wrote(self):
        a = self.make()
        relais("put", a, CASE, "weight_kg=61")
        b = self.join(a, "b")
        self.sync(a, b)
        relais("put", a, CASE, "weight_kg=62", 'status="open"')
        self.sync(a, b)
        relais("put", b, CASE, "weight_kg=63")
        self.sync(a, b)
        relais("undo", a, CASE)
        self.assertEqual(self.doc(a), {"weight_kg": 63})

    def test_undo_of_what_is_overwritten_says_so(self):
        a = self.make()
        relais("put", a, CASE, "weight_kg=61")
        b = self.join(a, "b")
        self.sync(a, b)
        self.assertIn("changed nothing", self.fault("undo", b)["message"])
        relais("put", b, CASE, "weight_kg=62")
        self.sync(a, b)
        error = self.fault("undo", a)
        self.assertEqual(error["error"], "not_found")
        self.assertEqual(error["message"], "cases/1: Nothing of the change is left to undo.")
        self.assertIn("relais put", error["advice"])
        self.assertEqual(self.doc(a), {"weight_kg": 62})


class Void(RevisingTest):
    def test_a_void_element_is_brought_back_by_the_path_it_is_shown_with(self):
        a = self.make()
        relais("put", a, CASE, 'visits=["first", "second"]')
        ran = relais("void", a, CASE, "visits/0", "--reason", "wrong day")
        self.assertEqual(ran.out, "cases/1: visits/0 is void. `relais restore` brings it back "
                                  "by the path that `relais get` shows it with now.\n")
        (gone,) = relais("get", a, CASE, "--json").json["voids"]
        relais("restore", a, CASE, gone["path"])
        self.assertEqual(self.doc(a)["visits"], ["first", "second"])

    def test_an_empty_user_is_refused(self):
        a = self.make()
        ran = relais("put", a, CASE, "status=1", "--user", "", code=2)
        self.assertIn("The value of --user is wrong: a name is missing.", ran.err)

    def test_a_void_field_is_gone_and_its_reason_is_shown(self):
        a = self.make()
        relais("put", a, CASE, "medical/weight_kg=61", 'status="open"')
        ran = relais("void", a, CASE, "medical/weight_kg", "--reason", "another patient")
        self.assertEqual(ran.out,
                         "cases/1: medical/weight_kg is void. `relais restore` brings it back.\n")
        self.assertNotIn("weight_kg", self.doc(a).get("medical", {}))
        self.assertRegex(relais("get", a, CASE).out,
                         r'\n\nVoid\n  medical/weight_kg\n    "another patient"  by Tablet A \(')
        (gone,) = relais("get", a, CASE, "--json").json["voids"]
        self.assertEqual((gone["path"], gone["reason"], gone["device_name"]),
                         ("medical/weight_kg", "another patient", "Tablet A"))
        self.assertIn({"path": "medical/weight_kg", "action": "void", "value": "another patient"},
                      self.history(a)[-1]["edits"])
        relais("undo", a, CASE)
        self.assertEqual(self.doc(a)["medical"], {"weight_kg": 61})
        self.assertEqual(relais("get", a, CASE, "--json").json["voids"], [])

    def test_a_document_of_which_one_part_is_deleted_says_so(self):
        a = self.make("a", "--section", "cases/legal=legal")
        b = self.join(a, "b")
        relais("put", a, CASE, "weight_kg=61")
        self.sync(a, b)
        relais("void", a, CASE, "", "--reason", "entered twice")
        relais("put", b, CASE, "legal/stage=1", "--user", "Dr B")
        self.sync(a, b)
        shown = relais("get", b, CASE, "--json").json
        self.assertEqual(shown["doc"], {"legal": {"stage": 1}})
        self.assertEqual([(gone["path"], gone["partly"]) for gone in shown["voids"]], [("", True)])
        self.assertRegex(relais("get", b, CASE).out,
                         r'\n\nVoid\n  a part of the document\n    "entered twice"  by ')

    def test_the_reason_of_a_contested_deletion_is_shown(self):
        a = self.make()
        b = self.join(a, "b")
        relais("put", a, CASE, "weight_kg=61")
        self.sync(a, b)
        relais("void", a, CASE, "", "--reason", "entered twice")
        relais("put", b, CASE, "phone=1")
        self.sync(a, b)
        (conflict,) = relais("conflicts", b, "--json").json["conflicts"]
        self.assertEqual([gone["reason"] for gone in conflict["deletions"]], ["entered twice"])
        self.assertRegex(relais("get", b, CASE).out,
                         r'restores or deletes it\.\n    "entered twice"  by Tablet A ')

    def test_a_void_document_is_not_found_and_its_history_says_why(self):
        a = self.make("a", "--section", "cases/legal=legal")
        relais("put", a, CASE, "legal/stage=1", "weight_kg=61")
        self.assertEqual(relais("void", a, CASE, "", "--reason", "entered twice", "--json").json,
                         {"document": CASE, "path": ""})
        error = self.fault("get", a)
        self.assertEqual(error["error"], "not_found")
        self.assertIn("--history", error["advice"])
        out = relais("get", a, CASE, "--history").out
        self.assertTrue(out.startswith("Deleted.\n"), out)
        self.assertIn('made void: "entered twice"', out)
        shown = relais("get", a, CASE, "--history", "--json").json
        self.assertNotIn("doc", shown)
        self.assertEqual([gone["path"] for gone in shown["voids"]], ["", ""])
        relais("undo", a, CASE)
        self.assertEqual(self.doc(a), {"legal": {"stage": 1}, "weight_kg": 61})

    def test_a_deleted_document_is_restored_whole_and_takes_no_part_before(self):
        a = self.make("a", "--section", "cases/legal=legal")
        relais("put", a, CASE, "legal/stage=1", "weight_kg=61")
        relais("void", a, CASE, "", "--reason", "entered twice")
        error = self.fault("put", a, "weight_kg=62")
        self.assertEqual(error["error"], "deleted")
        self.assertIn("was deleted: restore the parent", error["message"])
        self.assertEqual(relais("restore", a, CASE, "").out, "cases/1: all of it is there again.\n")
        self.assertEqual(self.doc(a), {"legal": {"stage": 1}, "weight_kg": 61})
        error = self.fault("restore", a, "")
        self.assertEqual(error["message"], "Nothing was deleted at the path.")

    def test_what_cannot_be_void_says_why(self):
        a = self.make()
        relais("put", a, CASE, "weight_kg=61")
        error = self.fault("void", a, "pulse", "--reason", "x")
        self.assertEqual(error["message"], "pulse: Nothing is at the path.")
        self.assertIn("relais get", error["advice"])
        self.assertEqual(self.fault("void", a, "a~3b", "--reason", "x", code=2)["error"],
                         "invalid_argument")
        self.assertIn("--reason", self.fault("void", a, "weight_kg", code=2)["message"])
        error = relais("void", a, "cases/2", "", "--reason", "x", "--json", code=1).error
        self.assertEqual(error["message"], "There is no such document.")

    def test_a_reason_has_1_to_1024_bytes(self):
        a = self.make()
        relais("put", a, CASE, "n=61")
        for reason in ("", "x" * 1025, "é" * 513):
            error = self.fault("void", a, "n", "--reason", reason, code=2)
            self.assertEqual(error["message"], "n: A reason must be 1 to 1024 bytes of UTF-8.")
        relais("void", a, CASE, "n", "--reason", "é" * 512)


class Resolve(RevisingTest):
    def apart(self, *edits_of_both):
        """Two devices that wrote concurrently, and synced."""
        a = self.make()
        relais("put", a, CASE, 'plan={"next":"Friday"}')
        b = self.join(a, "b")
        self.sync(a, b)
        for folder, edits in zip((a, b), edits_of_both):
            relais("put", folder, CASE, *edits)
        self.sync(a, b)
        return a, b

    def conflicts(self, folder):
        return relais("conflicts", folder, "--json").json["conflicts"]

    def test_the_chosen_version_is_there_on_both(self):
        a, b = self.apart(['drug="amoxicillin"', "weight_kg=38"],
                          ['drug="doxycycline"', "weight_kg=38.0"])
        self.assertIn(f"relais resolve {a} COLLECTION/ID PATH VALUE", relais("conflicts", a).out)
        self.assertEqual(relais("resolve", a, CASE, "drug", '"amoxicillin"').out,
                         "cases/1: 1 conflict settled.\n")
        self.assertEqual(relais("resolve", b, CASE, "weight_kg", "38.0", "--json").json,
                         {"document": CASE, "settled": 1})
        self.sync(a, b)
        for folder in (a, b):
            self.assertEqual(self.conflicts(folder), [])
            doc = self.doc(folder)
            self.assertEqual((doc["drug"], doc["weight_kg"]), ("amoxicillin", 38.0))
            self.assertIsInstance(doc["weight_kg"], float)

    def test_keep_settles_all_at_the_path_and_below_as_shown(self):
        a, b = self.apart(["a/x=1", "a/y=1", "z=1"], ["a/x=2", "a/y=2", "z=2"])
        shown = self.doc(a)
        self.assertEqual(relais("resolve", a, CASE, "a", "--keep").out,
                         "cases/1: 2 conflicts settled.\n")
        self.assertEqual([conflict["path"] for conflict in self.conflicts(a)], ["z"])
        relais("resolve", a, CASE, "", "--keep")
        self.assertEqual(relais("resolve", a, CASE, "", "--keep").out,
                         "cases/1: 0 conflicts settled.\n")
        self.sync(a, b)
        self.assertEqual((self.conflicts(b), self.doc(b)), ([], shown))

    def test_keep_settles_what_was_deleted_and_written_at_once(self):
        a, b = self.apart(["plan-"], ['plan/next="Monday"'])
        self.assertTrue(any(conflict["revived"] for conflict in self.conflicts(a)))
        relais("resolve", a, CASE, "plan", "--keep")
        self.sync(a, b)
        self.assertEqual((self.conflicts(b), self.doc(b)["plan"]), ([], {"next": "Monday"}))

    def test_of_two_kinds_keep_takes_the_one_shown_and_a_value_itself(self):
        a, b = self.apart(["x=1", "y=1"], ['x={"in":2}', 'y={"in":2}'])
        self.assertEqual({(conflict["path"], conflict["kind"], conflict["kinds_clash"])
                          for conflict in self.conflicts(a)},
                         {(path, kind, True) for path in "xy" for kind in ("value", "map")})
        self.assertIn("written there at once. This one is a map.\n", relais("conflicts", a).out)
        self.assertEqual(self.doc(a)["x"], {"in": 2})
        self.assertIn("relais put", self.fault("resolve", a, "x", "3")["advice"])
        relais("resolve", a, CASE, "x", "--keep")
        relais("resolve", a, CASE, "y", "1")
        self.sync(a, b)
        self.assertEqual(self.conflicts(b), [])
        doc = self.doc(b)
        self.assertEqual((doc["x"], doc["y"]), ({"in": 2}, 1))

    def test_a_choice_that_cannot_be_says_why(self):
        a, _ = self.apart(["n=1", "one=1"], ["n=2"])
        self.assertIn("--keep", self.fault("resolve", a, "n", code=2)["message"])
        self.assertIn("--keep", self.fault("resolve", a, "n", "1", "--keep", code=2)["message"])
        error = self.fault("resolve", a, "n", "one", code=2)
        self.assertEqual((error["error"], error["message"]),
                         ("bad_input", "n: The value is no JSON."))
        self.assertIn("quotes", error["advice"])
        error = self.fault("resolve", a, "n", "3")
        self.assertEqual((error["error"], error["message"]),
                         ("not_found", "n: No version has this value."))
        self.assertIn("relais conflicts", error["advice"])
        self.assertIn("relais put", error["advice"])
        self.assertEqual(self.fault("resolve", a, "one", "1")["message"],
                         "one: Nothing is in conflict there.")
        self.assertEqual(self.fault("resolve", a, "m", "1")["message"],
                         "m: Nothing is in conflict there.")
        error = relais("resolve", a, "cases/2", "n", "1", "--json", code=1).error
        self.assertEqual(error["message"], "n: Nothing is in conflict there.")
        self.assertEqual(len(self.conflicts(a)), 1)


class Past(RevisingTest):
    def setUp(self):
        super().setUp()
        self.a = self.make()
        relais("put", self.a, CASE, "weight_kg=61", "plan/next=1")
        relais("put", self.a, CASE, "weight_kg=62", "plan-")
        relais("put", self.a, CASE, "weight_kg=63", 'status="open"')
        self.docs = [{"weight_kg": 61, "plan": {"next": 1}}, {"weight_kg": 62},
                     {"weight_kg": 63, "status": "open"}]

    def test_a_document_is_shown_as_of_each_change_and_its_time(self):
        shown = relais("get", self.a, CASE, "--history").out.split("\n\nHistory\n")[1]
        names = [line.split()[0] for line in shown.splitlines() if not line.startswith("    ")]
        for entry, name, doc in zip(self.history(self.a), names, self.docs, strict=True):
            for moment in (entry["change"], name, entry["time"]):
                with self.subTest(moment):
                    self.assertEqual(self.doc(self.a, "--at", moment), doc)
        out = relais("get", self.a, CASE, "--at", names[1]).out
        self.assertEqual(out, '{\n  "weight_kg": 62\n}\n')

    def test_a_time_in_whole_seconds_is_the_seconds_end(self):
        second = self.history(self.a)[-1]["time"][:19] + "Z"
        self.assertEqual(self.doc(self.a, "--at", second), self.docs[-1])

    def test_what_changed_since_a_moment_is_shown_to_now_or_to_another(self):
        first, second, third = (entry["change"] for entry in self.history(self.a))
        out = relais("get", self.a, CASE, "--since", second).out
        self.assertEqual(out, 'status\n  before  not there\n  after   "open"\n'
                              "weight_kg\n  before  62\n  after   63\n")
        between = relais("get", self.a, CASE, "--since", first, "--at", second, "--json").json
        self.assertEqual(between, {"collection": "cases", "id": "1", "differences": [
            {"path": "plan/next", "before": 1}, {"path": "weight_kg", "before": 61, "after": 62}]})
        self.assertEqual(relais("get", self.a, CASE, "--since", third).out,
                         "Nothing is different.\n")
        all_of_it = relais("get", self.a, CASE, "--since", "2020-01-01T00:00:00Z", "--json").json
        self.assertEqual({one["path"]: one.get("after") for one in all_of_it["differences"]},
                         self.docs[-1])

    def test_now_is_everything_and_what_is_written_is_written_in_order(self):
        self.assertEqual(self.doc(self.a, "--at", "now"), self.docs[-1])
        self.assertEqual(relais("get", self.a, CASE, "--since", "now").out,
                         "Nothing is different.\n")
        first = self.history(self.a)[0]["change"]
        to_now = relais("get", self.a, CASE, "--since", first, "--at", "now").out
        self.assertEqual(to_now, relais("get", self.a, CASE, "--since", first).out)

    def test_a_moment_that_is_none_says_how_one_is_written(self):
        for moment in ("yesterday", "Now", "7", "1f0c.3f9a1c20", "1f0c..7", "1F0C.3f9a1c20.7",
                       "1f0c.3f9a1c20.7x", "2026-03-01", "2026-03-01T09:30:00",
                       "2026-02-30T09:30:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:30:00+01",
                       "2026-03-01T09:30:00.1Z", "2026-03-01T09:30:00.-12Z", "2026-3-1T9:3:0Z"):
            for option in ("--at", "--since"):
                with self.subTest(moment=moment, option=option):
                    error = self.fault("get", self.a, option, moment, code=2)
                    self.assertIn("a moment is a change", error["message"])
        self.fault("get", self.a, "--at", "2026-03-01T09:30:00Z", "--history", code=2)

    def test_a_moment_that_the_document_has_not_says_where_they_are_listed(self):
        compartment, author, seq = self.history(self.a)[0]["change"].split(".")
        later = f"{compartment}.{author}.{int(seq) + 9}"
        for options, message in ((["--at", later], "The document has no such change."),
                                 (["--since", later], "The document has no such change."),
                                 (["--at", "2020-01-01T00:00:00Z"],
                                  "The document didn't exist at that time.")):
            with self.subTest(options):
                error = self.fault("get", self.a, *options)
                self.assertEqual((error["error"], error["message"]), ("not_found", message))
                self.assertIn("--history", error["advice"])
        error = relais("get", self.a, "cases/2", "--at", later, "--json", code=1).error
        self.assertEqual(error["message"], "There is no such document.")

    def test_a_name_that_several_changes_have_is_refused(self):
        sections = [f"s{number}" for number in range(17)]  # of 16 first digits one comes twice
        b = self.make("b", *(f"--section=cases/{one}={one}" for one in sections))
        relais("put", b, CASE, *(f"{one}/x=1" for one in sections))
        names = [entry["change"] for entry in self.history(b)]
        digit = collections.Counter(name[0] for name in names).most_common(1)[0][0]
        author, seq = names[0].split(".")[1:]
        error = self.fault("get", b, "--at", f"{digit}.{author}.{seq}", code=2)
        self.assertEqual(error["message"], "Several changes have names like this.")
        self.assertIn("--json", error["advice"])
        for name in names:
            self.assertTrue(self.doc(b, "--at", name))


class WhoIsAtTheDevice(RevisingTest):
    def test_who_wrote_is_shown_with_every_version_void_and_change(self):
        a = self.make()
        relais("put", a, CASE, "weight_kg=61", 'status="open"', "--user", "Nurse Élodie")
        relais("void", a, CASE, "weight_kg", "--reason", "mistyped", "--user", "Dr Amani")
        relais("put", a, CASE, 'status="closed"')
        shown = relais("get", a, CASE, "--history")
        self.assertIn("by Nurse Élodie on Tablet A", shown.out)
        self.assertIn("by Dr Amani on Tablet A", shown.out)
        users = [entry.get("user") for entry in self.history(a)]
        self.assertEqual(users, ["Nurse Élodie", "Dr Amani", None])
        void = relais("get", a, CASE, "--json").json["voids"][0]
        self.assertEqual((void["path"], void["user"]), ("weight_kg", "Dr Amani"))

    def test_versions_in_conflict_name_both_users_on_each_device(self):
        a = self.make()
        b = self.join(a, "b")
        relais("put", a, CASE, "mg=5", "--user", "Olena")
        relais("put", b, CASE, "mg=10", "--user", "Iryna")
        self.sync(a, b)
        for folder in (a, b):
            versions = relais("conflicts", folder, "--json").json["conflicts"][0]["versions"]
            self.assertEqual({version["user"] for version in versions}, {"Olena", "Iryna"})
        relais("resolve", a, CASE, "mg", "5", "--user", "Dr Amani")
        self.assertEqual(self.history(a)[-1]["user"], "Dr Amani")

    def test_an_import_is_in_somebodys_name_too(self):
        a = self.make()
        line = b'{"collection":"cases","id":"1","doc":{"status":"open"}}'
        relais("import", a, "-", "--user", "Registry", stdin=line)
        self.assertEqual(self.history(a)[0]["user"], "Registry")

    def test_a_label_that_could_spoil_a_screen_is_refused(self):
        a = self.make()
        error = self.fault("put", a, "mg=5", "--user", "x" * 65, code=2)
        self.assertEqual(error["error"], "invalid_argument")
        self.assertIn("A user's label must be 1 to 64 bytes of UTF-8", error["message"])
        self.assertEqual(self.fault("get", a)["error"], "not_found")


if __name__ == "__main__":
    main()
