#!/usr/bin/env python3
"""`relais list`, and that the commands which count agree with each other."""
import json
import os
import subprocess

from harness import CliTest, main, relais


def rows(*names):
    parts = [name.split("/") for name in names]
    return "".join(json.dumps({"scope": part[0] if len(part) == 3 else "", "collection": part[-2],
                               "id": part[-1], "doc": {"a": 1}}) + "\n" for part in parts).encode()


class Lists(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make()

    def bring(self, *names):
        relais("import", self.a, "-", stdin=rows(*names))

    def ids(self, *options):
        return relais("list", self.a, *options, "--json").json

    def test_the_collections_are_listed_with_counts_in_columns(self):
        self.bring("cases/1", "cases/2", "病历/1", "Ґ\u0306/1", "north/cases/9")
        self.assertEqual(relais("list", self.a).out, "Collection   Documents\n"
                                                     "cases                2\n"
                                                     "Ґ\u0306                    1\n"
                                                     "病历                 1\n"
                                                     "north/cases          1\n"
                                                     "In all               5\n")
        self.assertEqual(relais("list", self.a, "--json").json, {
            "collections": [{"collection": "cases", "documents": 2},
                            {"collection": "Ґ\u0306", "documents": 1},
                            {"collection": "病历", "documents": 1},
                            {"scope": "north", "collection": "cases", "documents": 1}],
            "documents": 5})

    def test_the_documents_of_a_collection_are_listed_as_get_takes_them(self):
        self.bring("cases/b", "cases/a", "casesx/1", "a/1", "north/cases/n")
        self.assertEqual(relais("list", self.a, "cases").out, "cases/a\ncases/b\n")
        self.assertEqual(relais("list", self.a, "north/cases").out, "north/cases/n\n")
        relais("get", self.a, relais("list", self.a, "north/cases").last_line)
        self.assertEqual(self.ids("north/cases"), {"scope": "north", "collection": "cases",
                                                   "ids": ["n"], "more": False})

    def test_a_long_list_is_read_page_by_page(self):
        uuid = "0f5cbd5a-41c0-4b65-8a55-b8c8f9aaac01"
        names = sorted(["1", "10", "2", "20", "é", uuid], key=str.encode)
        self.bring(*("cases/" + name for name in names))
        found, after = [], []
        while True:
            page = self.ids("cases", "--limit", 2, *after)
            found += page["ids"]
            self.assertLessEqual(len(page["ids"]), 2)
            after = ["--after", page["ids"][-1]]
            if not page["more"]:
                break
        self.assertEqual(found, names)
        self.assertEqual(self.ids("cases", "--prefix", "1")["ids"], ["1", "10"])
        self.assertEqual(self.ids("cases", "--prefix", "1", "--after", "1")["ids"], ["10"])
        self.assertEqual(self.ids("cases", "--after", "19")["ids"], ["2", "20", "é"])
        ran = relais("list", self.a, "cases", "--limit", 1)
        self.assertEqual((ran.out, ran.err),
                         (f"cases/{uuid}\n", f"There are more: --after {uuid} lists the next ones.\n"))

    def test_a_deleted_document_takes_no_place_in_a_page(self):
        self.bring(*(f"cases/{number}" for number in range(9)))
        for number in (0, 1, 2, 4, 8):
            relais("put", self.a, f"cases/{number}", "-")
        for limit, page in ((1, ["3"]), (2, ["3", "5"]), (3, ["3", "5", "6"])):
            self.assertEqual(self.ids("cases", "--limit", limit), {"collection": "cases",
                                                                   "ids": page, "more": True})
        self.assertEqual(self.ids("cases", "--limit", 4)["more"], False)
        self.assertEqual(self.ids("cases", "--after", "6")["ids"], ["7"])

    def test_where_nothing_is_nothing_is_listed_and_it_is_said(self):
        for arguments in ([], ["cases"], ["cases", "--prefix", "x"]):
            ran = relais("list", self.a, *arguments)
            self.assertEqual(ran.out, "")
            self.assertRegex(ran.err, r"^There are no .*documents\.\n$")
        self.assertEqual(self.ids(), {"collections": [], "documents": 0})
        self.assertEqual(self.ids("cases"), {"collection": "cases", "ids": [], "more": False})

    def test_a_wrong_question_is_a_usage_fault(self):
        for arguments in (["--limit", "1"], ["--prefix", "x"], ["a/b/c"], ["a/"],
                          ["cases", "--limit", "0"], ["cases", "--limit", "-1"]):
            with self.subTest(arguments):
                relais("list", self.a, *arguments, code=2)


class Counts(CliTest):
    def test_the_help_says_whether_deleted_documents_are_counted(self):
        for command, said in (("list", "deleted documents are neither listed nor counted"),
                              ("export", "deleted documents are left out"),
                              ("status", "deleted documents are counted too"),
                              ("verify", "also of deleted documents")):
            self.assertIn(said, relais(command, "--help").out)

    def test_what_commands_count_agrees(self):
        a = self.make("a", "--section", "cases/legal=legal")
        relais("put", a, "cases/1", "legal/stage=1", "w=1")
        relais("put", a, "cases/2", "w=1")
        relais("put", a, "visits/1", "w=1")
        b = self.join(a, "b")
        received = self.sync(a, b)["changes_received"]
        relais("put", a, "visits/1", "-")
        relais("put", a, "cases/1", "w=2", "v=2")
        relais("put", b, "cases/1", "w=3", "v=3")
        self.assertLess(0, received)
        self.sync(a, b)
        for folder in (a, b):
            status = relais("status", folder, "--json").json
            out = self.path("out.ndjson")
            ran = relais("export", folder, "--out", out)
            self.assertEqual(ran.out, f"Exported 2 documents to {out}.\n")
            listed = relais("list", folder, "--json").json["documents"]
            self.assertEqual(listed, 2)
            self.assertEqual(relais("export", folder, "--out", out, "--json").json["documents"], 2)
            self.assertEqual(len(out.read_text().splitlines()), 2)
            # One was deleted, and is counted here.
            self.assertEqual(status["documents"], 3)
            self.assertIn("Documents  3, deleted ones included\n", relais("status", folder).out)

            conflicts = relais("conflicts", folder, "--json").json
            self.assertEqual((len(conflicts["conflicts"]), conflicts["documents"]), (2, 1))
            self.assertEqual(status["conflicts"], conflicts["documents"])
            self.assertIn("Conflicts  in 1 document\n", relais("status", folder).out)
            self.assertIn("\n2 conflicts in 1 document.\n", relais("conflicts", folder).out)
            self.assertRegex(relais("verify", folder).out,
                             r"and \d+ parts of documents\. Those of the members and of names are "
                             r"counted too\.")
        self.assertEqual(relais("status", a, "--json").json["changes"],
                         relais("status", b, "--json").json["changes"])
        self.assertEqual(relais("resolve", a, "cases/1", "", "--keep", "--json").json["settled"], 2)
        again = relais("import", a, self.path("out.ndjson"), "--json").json
        self.assertEqual((again["documents"], again["updated"]), (2, 2))

    def test_a_first_sync_receives_as_many_changes_as_there_are(self):
        a = self.make()
        relais("import", a, "-", stdin=rows("cases/1", "cases/2"))
        relais("put", a, "cases/1", "a=2")
        b = self.join(a, "b")
        before = relais("status", a, "--json").json["changes"]
        self.assertEqual(self.sync(a, b)["changes_received"], before)

    def test_a_document_that_cannot_be_read_is_listed(self):
        a = self.make()
        for name in ("cases/1", "cases/2", "cases/3"):
            relais("put", a, name, "a=1")
        subprocess.run([os.environ["RELAIS_MODIFIED_MEMBER"], a, "2"], check=True)
        self.assertEqual(relais("list", a, "cases", "--json").json["ids"], ["1", "2", "3"])
        self.assertEqual(relais("list", a, "--json").json["documents"], 3)
        first = relais("list", a, "cases", "--limit", 2, "--json").json
        self.assertEqual((first["ids"], first["more"]), (["1", "2"], True))


if __name__ == "__main__":
    main()
