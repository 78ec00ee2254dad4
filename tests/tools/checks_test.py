#!/usr/bin/env python3
"""Plants one fault at a time in a small tree: a check that can't fail checks nothing."""
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
import check_headers  # noqa: E402
import check_layers   # noqa: E402
import check_readme   # noqa: E402
import check_style    # noqa: E402
import check_symbols  # noqa: E402

CLEAN = {
    "include/relais/id.h": "#pragma once\n#include <string>\n",
    "src/base/bytes.h": "#pragma once\n#include <string>\n",
    "src/crypto/hash.cpp": '#include <sodium.h>\n#include "base/bytes.h"\n',
    "src/log/log.cpp": '#include <zstd.h>\n#include "crypto/hash.h"\n#include "relais/id.h"\n',
    "src/store/rocksdb/db.cpp": '#include <rocksdb/db.h>\n#include "log/log.h"\n',
    "src/link/tcp.cpp": "#include <boost/asio.hpp>\n#include <sys/socket.h>\n",
    "examples/cli/main.cpp": '#include <CLI/CLI.hpp>\n#include "relais/id.h"\n#include "main.h"\n',
    "docs/README.md": "# The map\n\nSee [the source](../src/base/bytes.h) and [here](#the-map).\n",
}


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path, text in CLEAN.items():
            self.plant(path, text)

    def plant(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def expect(self, check, path, text, *words):
        """With this one file the check has exactly one fault, which says these words."""
        self.assertEqual(check(self.root), [])
        self.plant(path, text)
        faults = check(self.root)
        self.assertEqual(len(faults), 1, faults)
        for word in (path, *words):
            self.assertIn(word, faults[0])


class Layers(Tree):
    def expect_fault(self, path, text, *words):
        self.expect(check_layers.check, path, text, *words)

    def test_a_layer_that_reaches_down_is_found(self):
        self.expect_fault("src/log/a.cpp", '#include "peer/peer.h"\n', ":1:", "log stands above peer")

    def test_a_folder_without_a_layer_is_found(self):
        self.expect_fault("src/extra/a.cpp", "#include <string>\n", "no place in LAYERS")

    def test_a_source_file_outside_a_folder_is_found(self):
        self.expect_fault("src/a.cpp", "#include <string>\n", "lives in a folder")

    def test_an_include_not_written_from_src_is_found(self):
        self.expect_fault("src/log/a.cpp", '\n#include "log.h"\n', ":2:", "write the path from src/")

    def test_every_fence_holds(self):
        for header, home in {"sodium.h": "src/crypto", "relais/v1/wire.pb.h": "src/wire",
                             "google/protobuf/message.h": "src/wire",
                             "rocksdb/db.h": "src/store/rocksdb", "boost/asio.hpp": "src/link",
                             "simdjson.h": "src/document", "utf8.h": "src/document, src/wire",
                             "zstd.h": "src/log", "zdict.h": "src/log"}.items():
            for line in (f"#include <{header}>\n", f'#include "{header}"\n'):
                self.plant("src/engine/a.cpp", line)
                faults = check_layers.check(self.root)
                self.assertEqual(len(faults), 1, header)
                self.assertIn(f"{header} is included only in {home}", faults[0])

    def test_rocksdb_is_fenced_within_the_store_too(self):
        self.expect_fault("src/store/a.h", "#include <rocksdb/db.h>\n", "src/store/rocksdb")

    def test_asio_is_allowed_in_the_runtime(self):
        self.plant("src/engine/runtime/loop.cpp", "#include <boost/asio.hpp>\n")
        self.assertEqual(check_layers.check(self.root), [])

    def test_an_unknown_third_party_header_is_found(self):
        self.expect_fault("src/link/a.cpp", "#include <curl/curl.h>\n", "has no fence")

    def test_sans_io_code_has_no_threads_and_no_sockets(self):
        self.expect_fault("src/peer/a.cpp", "#include <thread>\n", "sans-IO", "<thread>")
        self.plant("src/peer/a.cpp", "#include <sys/socket.h>\n")
        self.assertEqual(len(check_layers.check(self.root)), 1)

    def test_what_stands_apart_uses_the_public_headers(self):
        self.plant("src/typed/a.cpp", '#include <google/protobuf/message.h>\n#include "base/try.h"\n'
                                      '#include "relais/options.pb.h"\n#include "relais/id.h"\n')
        self.plant("include/relais/typed/a.h", '#pragma once\n#include "relais/id.h"\n')
        self.expect_fault("src/typed/b.cpp", '#include "document/edit/draft.h"\n', "typed stands apart")

    def test_nothing_uses_what_stands_apart(self):
        for path in ("src/engine/a.cpp", "include/relais/a.h"):
            self.plant(path, '#include "relais/typed/typed.h"\n')
            faults = check_layers.check(self.root)
            self.assertEqual(len(faults), 1, path)
            self.assertIn("only its own files include relais/typed/typed.h", faults[0])
            (self.root / path).unlink()

    def test_a_public_header_shows_nothing_of_ours_or_others(self):
        for line in ('"base/bytes.h"', "<sodium.h>", '"relais/v1/wire.pb.h"', "<boost/asio.hpp>"):
            self.plant("include/relais/a.h", f"#pragma once\n#include {line}\n")
            faults = check_layers.check(self.root)
            self.assertEqual(len(faults), 1, line)
            self.assertIn("include/relais/a.h:2: a public header", faults[0])

    def test_an_example_that_looks_inside_is_found(self):
        self.expect_fault("examples/cli/a.cpp", '#include "log/log.h"\n', "the public API")


class Style(Tree):
    def expect_fault(self, path, text, *words):
        self.expect(check_style.check, path, text, *words)

    def test_a_file_may_have_400_lines_and_not_one_more(self):
        self.plant("src/log/long.cpp", "int a;\n" * 400)
        self.expect_fault("src/log/long.cpp", "int a;\n" * 401, "401 lines")

    def test_a_file_over_250_lines_is_noted(self):
        self.plant("src/log/long.cpp", "int a;\n" * 251)
        self.assertEqual(len(list(check_style.warn(self.root))), 1)

    def test_a_function_may_have_60_lines_and_not_one_more(self):
        body = "namespace a {{\nvoid f(int x) {{\n{}}}\n}}\n"
        self.plant("src/log/f.cpp", body.format("  x++;\n" * 58))
        self.expect_fault("src/log/f.cpp", body.format("  x++;\n" * 59), ":2:", "61 lines")

    def test_a_member_function_with_inner_blocks_counts_whole(self):
        block = "    if (x) {\n      y();\n    }\n" * 20
        text = f"class A {{\n  void f() const {{\n{block}  }}\n}};\n"
        self.expect_fault("src/log/f.h", "#pragma once\n" + text, ":3:", "62 lines")

    def test_braces_in_strings_and_comments_do_not_count(self):
        text = "void f() {\n  g(\"}\", '{');  // }\n}\n" + "int a{1};\n" * 70
        self.plant("src/log/f.cpp", text)
        self.assertEqual(check_style.check(self.root), [])

    def test_every_banned_call_is_found_in_sans_io_code(self):
        for call in ("std::chrono::steady_clock::now()", "rand()", "std::random_device d;",
                     "std::mt19937 g;", "std::thread t;", "std::async(f)", "std::ofstream o;",
                     "fopen(a, b)", "::open(a, 0)", "getenv(name)", "std::printf(f)", "std::time(nullptr)",
                     "std::cout << 1", "std::this_thread::sleep_for(d)"):
            self.plant("src/session/a.cpp", f"\nvoid f() {{ {call}; }}\n")
            faults = check_style.check(self.root)
            self.assertEqual(len(faults), 1, (call, faults))
            self.assertIn("src/session/a.cpp:2: ", faults[0])

    def test_the_runtime_may_read_a_clock(self):
        self.plant("src/engine/runtime/a.cpp", "auto f() { return std::chrono::steady_clock::now(); }\n")
        self.assertEqual(check_style.check(self.root), [])

    def test_a_call_in_a_comment_is_no_call(self):
        self.plant("src/log/a.cpp", "// unlike rand() and printf()\n")
        self.assertEqual(check_style.check(self.root), [])

    def test_a_throw_is_found_anywhere_in_src(self):
        self.expect_fault("src/engine/a.cpp", "void f() { throw 1; }\n", "return an Error")

    def test_unfinished_places_are_found(self):
        self.expect_fault("src/log/a.cpp", "// TODO: later\n", "unfinished")

    def test_paths_of_a_machine_are_found(self):
        self.expect_fault("docs/b.md", "Look in /home/someone/relais.\n", "somebody's machine")

    def test_a_number_of_a_tracker_is_found(self):
        self.expect_fault("docs/b.md", "As issue #12 asks.\n", "tracker")

    def test_a_call_of_our_own_open_is_no_file(self):
        self.plant("src/log/a.cpp", "bool f() { return crypto::open(out, key); }\n")
        self.assertEqual(check_style.check(self.root), [])

    def test_a_merge_conflict_is_found(self):
        self.expect_fault("docs/b.md", "<<<<<<< ours\n", "merge conflict")

    def test_a_header_without_a_guard_is_found(self):
        self.expect_fault("src/log/a.h", "// Says something first, which is fine.\nint a;\n", "#pragma once")

    def test_white_space_at_the_end_is_found(self):
        self.expect_fault("src/log/a.cpp", "int a; \n", "white space")

    def test_a_file_without_its_last_new_line_is_found(self):
        self.expect_fault("src/log/a.cpp", "int a;", "no new line")

    def test_prose_may_have_100_columns_and_not_one_more(self):
        self.plant("docs/b.md", "ö" * 100 + "\n")
        self.expect_fault("docs/b.md", "Short.\n" + "ö" * 101 + "\n", ":2:", "101 columns")

    def test_tables_code_and_lone_links_may_be_wider(self):
        wide, address = "x" * 101, "https://example.org/" + "x" * 101
        self.plant("docs/b.md", f"| {wide} |\n```\n{wide}\n```\n- [a]({address})\n{address}\n"
                                f"[b]: {address}\n")
        self.assertEqual(check_style.check(self.root), [])
        self.expect_fault("docs/b.md", f"See [a]({address}).\n", ":1:", "columns")

    def test_a_link_to_nowhere_is_found(self):
        self.expect_fault("docs/b.md", "\nSee [that](gone.md).\n", ":2:", "leads nowhere")

    def test_a_link_to_a_missing_heading_is_found(self):
        self.expect_fault("docs/b.md", "See [that](README.md#gone).\n", "no such heading")

    def test_a_link_in_code_or_to_the_web_is_left_alone(self):
        self.plant("docs/b.md", "`[a](gone.md)` [b](https://example.org/gone)\n```\n[c](gone)\n```\n")
        self.assertEqual(check_style.check(self.root), [])


class Readme(Tree):
    def setUp(self):
        super().setUp()
        self.plant("README.md", "# A\n\n```cpp\nint a;\n```\n\n```cpp\nint another;\n```\n")
        self.plant("tests/package/project/first_steps.cpp", "int a;\n")
        self.plant("tests/package/project/hosting.cpp", "int b;\n\nvoid c() {\n  int d;\n}\n")
        self.plant("tests/package/hosting_qt.cpp", "int e;\n")
        self.plant("tests/package/typed_project/a.proto", "message A {}\n")
        self.plant("docs/typed.md", "```proto\nmessage A {}\n```\n")
        self.plant("docs/hosting.md", "```cpp\nvoid c() {\n  int d;\n}\n```\n\n```cmake\nx()\n```\n"
                                      "```cpp\nint e;\n```\n")

    def expect_fault(self, path, text, *words):
        self.expect(check_readme.check, path, text, *words)

    def test_a_readme_that_shows_another_example_is_found(self):
        self.expect_fault("README.md", "```cpp\nint b;\n```\n", "first_steps.cpp")

    def test_a_readme_without_an_example_is_found(self):
        self.expect_fault("README.md", "# A\n", "first_steps.cpp")

    def test_an_example_that_nothing_compiles_is_found(self):
        self.expect_fault("docs/hosting.md", "\n```cpp\nint d;\n```\n", ":2:", "hosting_*.cpp")

    def test_an_example_of_another_guide_is_found(self):
        self.expect_fault("docs/typed.md", "```cpp\nint e;\n```\n", ":1:", "typed_project")


class Headers(Tree):
    COMPILER = os.environ.get("CXX", "c++")

    def expect_fault(self, text, *words):
        self.expect(lambda root: check_headers.check(root, self.COMPILER), "include/relais/a.h",
                    text, *words)

    def test_a_header_that_throws_is_found(self):
        self.expect_fault("#pragma once\ninline void f() { throw 1; }\n", "exception")

    def test_a_header_that_needs_type_information_is_found(self):
        self.expect_fault("#pragma once\nstruct A { virtual ~A(); };\nstruct B : A {};\n"
                          "inline B* f(A* a) { return dynamic_cast<B*>(a); }\n", "dynamic_cast")

    def test_a_header_that_leans_on_another_is_found(self):
        self.expect_fault("#pragma once\nstd::string f();\n", "std")

    def test_a_header_that_breaks_when_included_twice_is_found(self):
        self.expect_fault("struct A {};\n", "redefinition")


class Symbols(unittest.TestCase):
    def test_names_that_are_not_ours_are_found(self):
        ours = ["relais::to_string(relais::ErrorCode)", "vtable for relais::A",
                "typeinfo name for relais::A", "relais_open"]
        theirs = ["std::vector<relais::A>::clear()", "google::protobuf::Arena::Own()", "main",
                  "typeinfo for std::function<void ()>"]
        self.assertEqual(check_symbols.foreign(ours + theirs), theirs)


if __name__ == "__main__":
    unittest.main()
