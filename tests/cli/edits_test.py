#!/usr/bin/env python3
"""Fields of every kind are made and edited from the command line."""
from harness import CliTest, main, relais

CASE = "cases/1"


class Edits(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.make()

    def put(self, *edits, code=0, folder=None):
        return relais("put", folder or self.a, CASE, *edits, "--json", code=code)

    def doc(self, folder=None):
        return relais("get", folder or self.a, CASE, "--json").json["doc"]

    def fault(self, edit, code=1):
        return self.put(edit, code=code).error

    def test_a_counter_is_made_added_to_and_set(self):
        for edit, count in (("n:counter+=3", 3), ("n:counter-=1", 2), ("n+=-1", 1), ("n-=5", -4),
                            ("n:counter=7", 7), ("n:counter=7", 7), ("n=8", 8)):
            with self.subTest(edit):
                self.put(edit)
                self.assertEqual(self.doc(), {"n": count})
        self.put("m:counter=0", "k:counter-=2")
        self.assertEqual(self.doc(), {"n": 8, "m": 0, "k": -2})

    def test_what_two_add_to_a_counter_and_a_set_while_apart_counts_both(self):
        self.put("n:counter=1", 's:set=["a"]')
        b = self.join(self.a, "b")
        self.sync(self.a, b)
        self.put("n+=2", 's+="b"', 's-="a"')
        self.put("n:counter+=4", 's:set+="c"', 's+="a"', folder=b)
        self.sync(self.a, b)
        for folder in (self.a, b):
            self.assertEqual(self.doc(folder), {"n": 7, "s": ["a", "b", "c"]})
            self.assertEqual(relais("conflicts", folder, "--json").json["conflicts"], [])

    def test_a_set_is_made_added_to_taken_from_and_set(self):
        for edit, elements in (('s:set+="b"', ["b"]), ('s:set+="b"', ["b"]), ("s+=1", [1, "b"]),
                               ("s:set+=null", [None, 1, "b"]), ("s-=null", [1, "b"]),
                               ("s:set-=1", ["b"]), ("s:set=[true,1,1.0]", [True, 1, 1.0]),
                               ("s:set=[]", []), ("s+=2", [2])):
            with self.subTest(edit):
                self.put(edit)
                self.assertEqual(self.doc()["s"], elements)
        self.put("empty:set=[]")
        self.put("empty+=1", "empty+=1")
        self.assertEqual(self.doc()["empty"], [1], "it is a set")

    def test_a_last_writer_and_a_ranked_value_are_made_and_go_by_their_rules(self):
        self.put('ward:last-writer="3"', 'triage:rank2="yellow"')
        b = self.join(self.a, "b")
        self.sync(self.a, b)
        self.put('ward="4"', 'triage:rank4="red"')
        self.put('ward="5"', 'triage:rank1="green"', folder=b)
        self.sync(self.a, b)
        for folder in (self.a, b):
            self.assertEqual(self.doc(folder), {"triage": "red", "ward": "5"})
            found = relais("conflicts", folder, "--json").json["conflicts"]
            self.assertLessEqual({conflict["kind"] for conflict in found},
                                 {"last-writer value", "ranked value"})

    def test_a_kind_that_the_field_has_not_is_refused_by_its_path(self):
        self.put("w=61", 'l=["a"]', "n:counter=1", 's:set=["a"]')
        for edit, word in (("w:counter+=1", "not a counter"), ("w:set+=1", "not a set"),
                           ("l:set+=1", "not a set"), ("l-=1", "not a set or a counter"),
                           ("w-=1", "not a set or a counter"), ("n:set=[1]", "not a set"),
                           ("s:counter=1", "not a counter"), ("n+=1.5", "whole number"),
                           ("n:counter+=1.5", "whole numbers"), ('n-="x"', "whole numbers"),
                           ("s:set+={}", "no list and no object"),
                           ("s:set+=[1]", "no list and no object"), ("s:set=1", "as a list")):
            with self.subTest(edit):
                error = self.fault(edit)
                self.assertEqual(error["error"], "wrong_kind")
                self.assertRegex(error["message"], rf"^{edit[0]}: .*{word}.*\.$")
                self.assertIn("relais put --help", error["advice"])
        self.assertEqual(self.doc(), {"w": 61, "l": ["a"], "n": 1, "s": ["a"]})

    def test_what_is_not_there_is_not_taken_away(self):
        self.put('s:set=["a"]')
        for edit in ("x-=1", 's-="b"', 's:set-="b"'):
            with self.subTest(edit):
                self.assertEqual(self.fault(edit)["error"], "not_found")

    def test_numbers_past_their_range_are_refused(self):
        self.put("n:counter=9223372036854775807")
        for edit, error, code in (("n+=1", "limit_exceeded", 1),
                                  ("n:counter+=9223372036854775808", "bad_input", 2),
                                  ("s:set+=1e400", "bad_input", 2),
                                  ("s:set+=1e-400", "bad_input", 2),
                                  ("n:counter-=-9223372036854775808", "bad_input", 2),
                                  ("r:rank2147483648=1", "invalid_argument", 2)):
            with self.subTest(edit):
                self.assertEqual(self.fault(edit, code)["error"], error)
        self.assertEqual(self.doc(), {"n": 9223372036854775807})

    def test_a_kind_or_a_sign_that_does_not_exist_is_a_usage_fault(self):
        for edit, word in (("n:conter+=1", ":counter"), ("n:rank=1", ":rankN"),
                           ("n:last_writer=1", ":last-writer"), ("n:ranked=1", ":rankN"),
                           ("n:rank2147483648=1", "2147483647"),
                           ("n:rank4294967297=1", ":rankN"), ("n:rank-4=1", ":rankN"),
                           ("n:rank+4=1", ":rankN"), ("n:rank4x=1", ":rankN"),
                           ("n:counter~=1", "=, \\+= or -="), ("n:rank1+=1", "with ="),
                           (":set+=1", "no path"), ("+=1", "no path"), ("n:counter=+3", "\\+="),
                           ("n:counter+=x", "no JSON"), ("s:set=[1,]", "no JSON")):
            with self.subTest(edit):
                self.assertRegex(self.fault(edit, 2)["message"], word)

    def test_a_field_with_a_colon_in_its_name_is_an_ordinary_field(self):
        self.put("fhir:code=1", "a:b/c:d=2", '={"x:set":3,"y-":4}')
        self.assertEqual(self.doc(), {"fhir:code": 1, "a:b": {"c:d": 2}, "x:set": 3, "y-": 4})


if __name__ == "__main__":
    main()
