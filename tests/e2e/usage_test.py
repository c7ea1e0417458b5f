#!/usr/bin/env python3
"""What a wrong command line or a broken file gets: a message with the place, and the exit status."""

import os

from patience import HANG_S
from programs import ROOT, ProgramTest, main

GOOD = """title: "t"
why: "w"
tags: [a]
server: { staple: { status: good } }
truth: good
expect:
  "*/*": connect
"""


class CommandLine(ProgramTest):
    def test_help_and_version_answer_on_stdout(self):
        for arguments in (("--help",), ("--version",), ("run", "--help"), ("probe", "--help")):
            with self.subTest(arguments):
                result = self.revoscope(*arguments, expect=0)
                self.assertTrue(result.out.strip())
                self.assertEqual(result.err, "")

    def test_usage_errors_are_2_and_name_what_was_wrong(self):
        rows = {
            "no command": ((), ""),
            "unknown command": (("nonsense",), "nonsense"),
            "unknown option": (("run", "--nonsense"), "--nonsense"),
            "option without a value": (("run", "--class"), "class"),
            "unknown scenario": (("run", "no-such-scenario"), "no-such-scenario"),
            "unknown class": (("run", "--class", "opensl/*"), "opensl"),
            "unknown tag": (("run", "--tag", "nosuchtag"), "nosuchtag"),
            "unknown format": (("run", "--format", "nonsense"), "nonsense"),
            "jobs is no number": (("run", "--jobs", "many"), "many"),
            "jobs is zero": (("run", "--jobs", "0"), "0"),
            "fail-on is no level": (("run", "--fail-on", "sometimes"), "sometimes"),
            "repeat is negative": (("run", "--repeat", "-1"), "-1"),
            "two machine formats on stdout": (("run", "--format", "json", "--format", "html"), "standard output"),
            "no target": (("probe",), "probe"),
            "port is too large": (("probe", "localhost:70000"), "70000"),
            "root file is missing": (("probe", "127.0.0.1:1", "--ca", "/nowhere/root.pem"), "/nowhere/root.pem"),
            "class file is missing": (("run", "healthy", "--classes", "/nowhere/c.yaml"), "/nowhere/c.yaml"),
            "scenarios are missing": (("run", "--scenarios", "/nowhere/s"), "/nowhere/s"),
            "report is a directory": (("run", "good-staple", "--format", "json=/tmp"), "/tmp"),
            "both address families": (("probe", "127.0.0.1:1", "-4", "-6"), "-4 and -6 exclude"),
            "unknown list": (("list", "nonsense"), "nonsense"),
            "unknown schema": (("schema", "nonsense"), "nonsense"),
        }
        for name, (arguments, text) in rows.items():
            with self.subTest(name):
                result = self.revoscope(*arguments, expect=2)
                self.assertIn(text, result.err)
                self.assertEqual(result.out, "")

    def test_one_cell_is_spoken_of_as_one(self):
        result = self.revoscope("run", "--no-store", "no-staple", "--class", "openssl/no-check", expect=0)
        self.assertIn("The one cell is as expected.", result.out)

    def test_the_nearest_name_is_offered(self):
        rows = {
            "class": (("run", "--class", "opensl/hard-fail"), "openssl/hard-fail"),
            "scenario": (("run", "no-stapel"), "no-staple"),
            "command": (("prob", "localhost"), "probe"),
            "format": (("run", "--format", "jsn"), "json"),
        }
        for name, (arguments, nearest) in rows.items():
            with self.subTest(name):
                self.assertIn(nearest, self.revoscope(*arguments, expect=2).err)

    def test_a_target_that_cannot_be_tested_is_3(self):
        for target in ("127.0.0.1:1", "nothing.invalid"):
            with self.subTest(target):
                self.revoscope("probe", "--no-store", target, expect=3)

    def test_an_empty_selection_tests_nothing_and_is_not_0(self):
        result = self.revoscope("run", "--no-store", "healthy", "--exclude", "*")
        self.assertIn(result.status, (2, 3), str(result))

    def test_lists_name_what_there_is(self):
        rows = {"scenarios": "no-staple", "classes": "openssl/hard-fail", "policies": "must-staple",
                "stacks": "openssl"}
        for what, name in rows.items():
            with self.subTest(what):
                self.assertIn(name, self.revoscope("list", what, expect=0).out)


class ScenarioFiles(ProgramTest):
    """Each row: the file's bytes, the place and the words that the message has to have."""

    ROWS = {
        "binary": (b"\x00\x01\xff" * 40, None, ""),
        "empty": (b"", None, ""),
        "only-a-comment": (b"# nothing\n", None, ""),
        "not-utf8": (b"title: \"\xff\xfe\"\n", 1, ""),
        "scalar": (b"hello\n", 1, ""),
        "sequence": (b"- a\n- b\n", 1, ""),
        "unclosed-quote": (b"title: \"never\n", None, ""),
        "tab-indent": (b"certificate:\n\tmust_staple: true\n", 2, ""),
        "unbalanced": (b"tags: [a, b\ntitle: x\n", None, ""),
        "unknown-key": (GOOD.replace("server:", "certificat: {must_staple: true}\nserver:").encode(), 4, "certificat"),
        "unknown-inner-key": (GOOD.replace("status: good", "statuss: good").encode(), 4, "status"),
        "enum": (GOOD.replace("status: good", "status: goood").encode(), 4, "good"),
        "signer": (GOOD.replace("status: good", "status: good, signer: isuer").encode(), 4, "issuer"),
        "duration": (GOOD.replace("status: good", "status: good, this_update: yesterday").encode(), 4, "yesterday"),
        "truth": (GOOD.replace("truth: good", "truth: maybe").encode(), 5, "maybe"),
        "verdict": (GOOD.replace("connect", "conect").encode(), 7, "connect"),
        "reason": (GOOD.replace("connect", "{ verdict: warn, reason: bad-weather }").encode(), 7, "bad-weather"),
        "versions": (GOOD.replace("connect", '{ verdict: connect, versions: "3.0 or later" }').encode(), 7,
                     "invalid range of versions"),
        "duplicate-key": (GOOD.replace("truth: good", "truth: good\ntitle: again").encode(), 6, "title"),
        "two-documents": ((GOOD + "---\n" + GOOD).encode(), None, ""),
        "no-title": (GOOD.replace('title: "t"\n', "").encode(), None, "title"),
        "title-is-a-list": (GOOD.replace('title: "t"', "title: [a]").encode(), 1, "title"),
        "expect-is-a-list": (GOOD.replace('  "*/*": connect', "  - connect").encode(), 7, ""),
        "anchors-bomb": (b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(20)), 1, ""),
        "deep": (b"title: " + b"[" * 20000, None, ""),
        "too-long": (b"#" * (2 << 20), None, ""),
        "escape-bytes": (b"\"\\e[2J\\e]0;owned\\a\": 1\n", 1, ""),
    }

    def test_broken_files_are_refused_with_their_place(self):
        for name, (data, line, words) in self.ROWS.items():
            with self.subTest(name):
                path = self.write(f"staple/{name}.yaml", data)
                result = self.revoscope("run", "--no-store", path, expect=2)
                self.assertIn(f"{name}.yaml", result.err)
                if line is not None:
                    self.assertIn(f"{name}.yaml:{line}:", result.err)
                self.assertIn(words, result.err)
                self.assertEqual(result.out, "")
                self.assertNotIn("\x1b", result.err)
                self.assertLess(len(result.raw_err), 20000)

    def test_all_faults_of_a_file_are_reported_at_once(self):
        path = self.write("staple/two.yaml", GOOD.replace("good }", "goood }").replace("truth: good", "truth: maybe"))
        result = self.revoscope("run", "--no-store", path, expect=2)
        self.assertIn("two.yaml:4:", result.err)
        self.assertIn("two.yaml:5:", result.err)

    def test_one_broken_file_stops_everything(self):
        good = self.write("staple/good.yaml", GOOD)
        bad = self.write("staple/bad.yaml", "title: [\n")
        result = self.revoscope("run", "--no-store", "--format", "json", good, bad, expect=2)
        self.assertEqual(result.out, "")

    def test_the_same_id_twice_names_both_files(self):
        one = self.write("one/same.yaml", GOOD)
        other = self.write("other/same.yaml", GOOD)
        result = self.revoscope("run", "--no-store", one, other, expect=2)
        self.assertIn("one/same.yaml", result.err)
        self.assertIn("other/same.yaml", result.err)

    def test_what_is_no_file_is_refused(self):
        os.mkdir(self.path("directory.yaml"))
        os.symlink("/dev/zero", self.path("zero.yaml"))
        for path in (self.path("directory.yaml"), self.path("zero.yaml"), self.path("absent.yaml")):
            with self.subTest(path):
                self.revoscope("run", "--no-store", path, expect=2, timeout=HANG_S)

    def test_a_file_of_our_own_is_run(self):
        path = self.write("mine/own.yaml", GOOD)
        document = self.revoscope("run", "--no-store", "--format", "json", "--class", "openssl/no-check", path,
                                  expect=0).document()
        self.assertEqual(list(document["scenarios"]), ["own"])
        self.assertEqual([cell["outcome"] for cell in document["cells"]], ["connect"])

    def test_an_unmet_expectation_is_1_and_the_level_decides(self):
        path = self.write("mine/own.yaml", GOOD.replace('"*/*": connect', '"*/*": reject'))
        arguments = ("run", "--no-store", "--class", "openssl/no-check", path)
        self.revoscope(*arguments, expect=1)
        self.revoscope(*arguments, "--fail-on", "never", expect=0)

    def test_the_program_runs_from_any_directory(self):
        document = self.revoscope("run", "--no-store", "--format", "json", "--class", "openssl/no-check",
                                  "good-staple@plain", expect=0, cwd="/").document()
        self.assertEqual(len(document["cells"]), 1)


class ForeignChecks(ProgramTest):
    def test_deviations_and_classes_of_the_repository_are_sound(self):
        for what in ("classes", "policies", "scenarios"):
            self.revoscope("list", what, expect=0, cwd=ROOT)


if __name__ == "__main__":
    main()
