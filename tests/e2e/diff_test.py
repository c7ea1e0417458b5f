#!/usr/bin/env python3
"""Runs that are compared and repeated: what moved is found, reported in the order in which it matters, and is exit status 1."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3

from lab import KeptLab
from patience import HANG_S
from programs import STACKS, ProgramTest, main

try:
    import jsonschema
except ImportError:
    jsonschema = None

STACK = STACKS[0]
CLASSES = [word for policy in ("no-check", "soft-fail", "must-staple", "hard-fail")
           for word in ("--class", f"{STACK}/{policy}")]
# Without a staple and without a responder on a must-staple certificate, or with a good staple.
SCENARIO = """title: "Ours"
why: "our own"
tags: [ours]
certificate: {{ must_staple: true }}
server: {{ staple: {staple} }}
responder: {{ behaviour: refuse }}
truth: good
expect:
  "*": connect
"""
GOOD, NONE = "{ status: good }", "none"


class DiffTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scenario("ours", GOOD)

    def scenario(self, name, staple):
        return self.write(f"team/mine/{name}.yaml", SCENARIO.format(staple=staple))

    def run_ours(self, *more, scenarios=("ours",)):
        """Runs our own scenarios and returns the document."""
        path = self.path("document.json")
        result = self.revoscope("run", *scenarios, "--scenarios", "team", *CLASSES, "--format", "json=" + path,
                                "--fail-on", "never", *more, cwd=self.directory)
        self.assertIn(result.status, (0, 1), str(result))
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def document(self, *arguments, expect):
        return self.revoscope(*arguments, "--format", "json", expect=expect).document()

    def check_schema(self, document):
        if jsonschema is None:
            return
        schema = self.revoscope("schema", "diff", expect=0).document()
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(document)

    def moves(self, document):
        return [(cell["class"].split("/")[1], cell["move"], cell["before"]["outcome"], cell["after"]["outcome"])
                for cell in document["cells"]]


class Diff(DiffTest):
    def test_the_same_twice_is_0_and_a_change_is_1(self):
        self.run_ours()
        self.run_ours()
        document = self.document("diff", "latest~1", "latest", expect=0)
        self.check_schema(document)
        self.assertEqual((document["moved"], document["cells"], document["summary"]["compared"]), (False, [], 4))
        self.scenario("ours", NONE)
        self.run_ours()
        document = self.document("diff", "latest~1", "latest", expect=1)
        self.check_schema(document)
        # The order is that of how much it matters, not that of the matrix.
        self.assertEqual(self.moves(document), [
            ("must-staple", "breaks", "connect", "reject"), ("hard-fail", "breaks", "connect", "reject"),
            ("soft-fail", "warns", "connect", "warn")])
        self.assertEqual(document["scenarios"]["redefined"], ["ours"])
        back = self.document("diff", "latest", "latest~1", expect=1)
        self.assertEqual(self.moves(back), [
            ("soft-fail", "silent", "warn", "connect"), ("must-staple", "accepts", "reject", "connect"),
            ("hard-fail", "accepts", "reject", "connect")])

    def test_documents_and_kept_runs_are_the_same_to_it(self):
        before = self.write("a.json", json.dumps(self.run_ours()))
        self.scenario("ours", NONE)
        after = self.write("b.json", json.dumps(self.run_ours()))
        kept = self.document("diff", "latest~1", "latest", expect=1)
        self.assertEqual(self.document("diff", before, after, expect=1), kept)
        self.assertEqual(self.document("diff", before, "latest", expect=1), kept)
        with open(after, "rb") as file:
            piped = self.revoscope("diff", before, "-", "--format", "json", expect=1, stdin=file)
        self.assertEqual(piped.document(), kept)

    def test_every_format_says_what_moved(self):
        self.run_ours()
        self.scenario("ours", NONE)
        self.run_ours()
        files = {name: self.path("moved." + name) for name in ("markdown", "html", "json")}
        text = self.revoscope("diff", "latest~1", "latest", *[word for name, path in files.items()
                                                               for word in ("--format", f"{name}={path}")], expect=1)
        self.assertIn("2 clients that connected now reject (2 cells):", text.out)
        self.assertIn("1 scenario has another definition: ours.", text.out)
        self.assertIn("3 of 4 cells changed.", text.out)
        self.assertEqual(text.err, "")
        for name, path in files.items():
            with open(path, encoding="utf-8") as file:
                self.assertIn("breaks" if name == "json" else "2 clients that connected now reject", file.read(), name)
        with open(files["html"], encoding="utf-8") as file:
            page = file.read()
        self.assertNotIn("<script", page)
        self.assertNotRegex(page, "(src|href)=.?(http|//)")

    def test_a_format_has_a_short_form(self):
        self.run_ours()
        page = self.path("moved.html")
        short = self.revoscope("diff", "latest", "latest", "--html=" + page, "--json", expect=0)
        self.assertEqual(short.document()["document"], "diff")
        with open(page, encoding="utf-8") as file:
            self.assertIn("No differences in 4 cells.", file.read())
        self.assertIn("has no file name", self.revoscope("diff", "latest", "latest", "--json=", expect=2).err)

    def test_rows_and_classes_that_came_or_went_are_reported_once(self):
        self.scenario("second", GOOD)
        self.run_ours("--exclude", f"{STACK}/no-check")
        self.run_ours("--exclude", f"{STACK}/hard-fail", scenarios=("ours", "second"))
        document = self.document("diff", "latest~1", "latest", expect=1)
        self.assertEqual(document["scenarios"], {"appeared": ["second"], "gone": [], "redefined": []})
        self.assertEqual(document["classes"], {"appeared": [f"{STACK}/no-check"], "gone": [f"{STACK}/hard-fail"],
                                               "redefined": []})
        self.assertEqual((document["cells"], document["summary"]["compared"]), ([], 2))

    def test_cells_that_were_not_done_are_not_compared(self):
        whole = self.run_ours()
        half = json.loads(json.dumps(whole))
        half["run"].update(finished=None, interrupted=True, id="20260101T000000Z-0001")
        for cell in half["cells"][1:]:
            cell.update(outcome="error", reason="interrupted", as_expected=None, expected=None)
        before, after = self.write("a.json", json.dumps(whole)), self.write("b.json", json.dumps(half))
        document = self.document("diff", before, after, expect=0)
        self.assertEqual((document["summary"]["not_compared"], document["summary"]["not_done_after"],
                          document["summary"]["compared"]), (3, 3, 1))
        self.assertIn("3 cells were not compared: 3 not completed in the later run",
                      self.revoscope("diff", before, after, expect=0).out)
        half["cells"][0].update(half["cells"][1], **{"class": half["cells"][0]["class"]})
        after = self.write("b.json", json.dumps(half))
        self.assertIn("nothing could be compared", self.revoscope("diff", before, after, expect=3).err)

    def test_what_never_counts_does_not(self):
        first = self.run_ours()
        second = json.loads(json.dumps(first))
        second["run"].update(id="20260101T000000Z-0001", started="2026-01-01T00:00:00Z", finished="2026-01-01T00:00:09Z")
        for cell in second["cells"]:
            cell.update(detail="other words", duration_us=1, server=None, varies=not cell["varies"])
            cell["observation"]["local_port"] = 1
        second["cells"].reverse()
        self.document("diff", self.write("a.json", json.dumps(first)), self.write("b.json", json.dumps(second)), expect=0)
        second["stacks"][STACK]["version"] = "99.1"
        text = self.revoscope("diff", self.path("a.json"), self.write("b.json", json.dumps(second)), expect=0).out
        self.assertIn(f"{first['stacks'][STACK]['version']} → 99.1.", text)

    def test_rules_that_changed_are_said(self):
        """A document of before has no version of the rules, which is the first."""
        after = self.run_ours()
        before = json.loads(json.dumps(after))
        before["run"].update(id="20260101T000000Z-0001")
        del before["run"]["rules"]
        one, other = self.write("a.json", json.dumps(before)), self.write("b.json", json.dumps(after))
        text = " ".join(self.revoscope("diff", one, other, expect=0).out.split())
        self.assertIn("The rules of revoscope changed (version 1 → 2), so a cell may differ although its client does not.",
                      text)
        before["cells"][0].update(reason="responder-url-missing")
        after["cells"][0].update(reason="responder-url-unusable")
        one, other = self.write("a.json", json.dumps(before)), self.write("b.json", json.dumps(after))
        document = self.document("diff", one, other, expect=1)
        self.assertEqual((document["before"]["rules"], document["after"]["rules"]), (1, 2))
        self.assertEqual([cell["reason_split"] for cell in document["cells"]], [True])
        self.assertIn("(responder-url-unusable), split from the reason before by newer rules",
                      self.revoscope("diff", one, other, expect=1).out)
        # Back: that is none.
        self.assertNotIn("reason_split", self.document("diff", other, one, expect=1)["cells"][0])

    def test_bad_input_is_named(self):
        document = self.run_ours()
        good = self.write("good.json", json.dumps(document))
        probe = self.write("probe.json", self.revoscope("probe", "127.0.0.1:1", "--class", f"{STACK}/no-check",
                                                        "--format", "json", expect=3).raw_out)
        document["schema"] = 99
        other = self.write("other.json", json.dumps(document))
        rows = {
            "one run": (("diff", good), "two runs are expected"),
            "three runs": (("diff", good, good, good), "more than two runs"),
            "an unknown run": (("diff", "20990101", "latest"), "20990101"),
            "no such file": (("diff", good, "/nowhere/a.json"), "/nowhere/a.json"),
            "another schema": (("diff", good, other), "other.json"),
            "no document": (("diff", good, self.write("x.json", "[1]")), "x.json"),
            "a comparison": (("diff", good, self.write("y.json", self.revoscope("diff", good, good, "--format", "json").raw_out)),
                             "y.json"),
            "the lab and an endpoint": (("diff", good, probe), "scenarios and endpoints cannot be compared"),
            "both on standard input": (("diff", "-", "-"), "only one of the two"),
            "an unknown format": (("diff", good, good, "--format", "jsn"), "did you mean 'json'?"),
            "two to standard output": (("diff", good, good, "--format", "json", "--format", "html"), "standard output"),
            "a run that is none to repeat": (("retest", "20990101"), "20990101"),
            "a document to repeat": (("retest", good, good), "one run at a time"),
        }
        for name, (arguments, text) in rows.items():
            with self.subTest(name):
                result = self.revoscope(*arguments, expect=2)
                self.assertIn(text, result.err)
                self.assertEqual(len(result.err.splitlines()), 1, result.err)
                self.assertEqual(result.out, "")
        same = self.revoscope("diff", good, good, expect=0)
        self.assertIn("both are the same run", same.err)
        self.revoscope("diff", good, good, "--format", "html=/nowhere/x.html", expect=3)


class Retest(DiffTest):
    def retest(self, *arguments, expect, **options):
        options.setdefault("cwd", self.temporary)
        result = self.revoscope("retest", "--format", "json", *arguments, expect=expect, **options)
        return result, result.document()

    def test_repeats_the_last_run_from_its_own_directory(self):
        first = self.run_ours()
        result, document = self.retest(expect=0)
        self.assertIn(f"repeats {first['run']['id']}: revoscope run ", result.err)
        self.assertEqual((document["before"]["id"], document["summary"]["compared"]), (first["run"]["id"], 4))
        self.assertNotEqual(document["after"]["id"], first["run"]["id"])
        self.assertEqual(document["after"]["command"], document["before"]["command"])

    def test_what_moved_is_1_and_the_files_of_the_first_run_stay(self):
        path, evidence, expectations = self.path("document.json"), self.path("evidence"), self.path("expect.yaml")
        self.run_ours("--evidence", evidence, "--write-expect", expectations)
        kept = {name: os.stat(name).st_mtime_ns for name in (path, expectations)}
        for folder, _, names in os.walk(evidence):
            kept.update({os.path.join(folder, name): os.stat(os.path.join(folder, name)).st_mtime_ns for name in names})
        self.scenario("ours", NONE)
        _, document = self.retest(expect=1)
        self.check_schema(document)
        self.assertEqual([move[1] for move in self.moves(document)], ["breaks", "breaks", "warns"])
        self.assertEqual(document["scenarios"]["redefined"], ["ours"])
        self.assertEqual({name: os.stat(name).st_mtime_ns for name in kept}, kept)
        # It is kept: the next one compares with it, or with the one that is named.
        self.retest(expect=0)
        self.retest("latest~2", expect=1)

    def test_a_repeated_run_is_kept_where_it_was_found(self):
        self.run_ours("--db", "own.db")
        result = self.revoscope("retest", "--db", "own.db", "--format", "markdown=moved.md", expect=0, cwd=self.directory)
        self.assertEqual(result.out.splitlines()[-1], "No differences in 4 cells.")
        self.assertTrue(os.path.exists(self.path("moved.md")))
        self.assertFalse(os.path.exists(self.path("state", "revoscope", "runs.db")))
        self.document("diff", "latest~1", "latest", "--db", self.path("own.db"), expect=0)

    def test_what_is_gone_is_named(self):
        classes = self.write("classes.yaml", "policies:\n  soft-fail: { title: t, text: t }\n")
        self.run_ours("--classes", "classes.yaml")
        os.unlink(classes)
        result = self.revoscope("retest", expect=2)
        self.assertIn("classes.yaml", result.err)
        self.assertEqual(result.out, "")
        os.rename(self.directory + "/team", self.directory + "/elsewhere")
        self.assertIn("team", self.revoscope("retest", expect=2).err)

    def test_a_directory_that_is_gone_is_named(self):
        os.mkdir(self.path("there"))
        self.revoscope("run", "no-staple", *CLASSES, expect=0, cwd=self.path("there"))
        os.rmdir(self.path("there"))
        self.assertIn(self.path("there"), self.revoscope("retest", expect=2).err)

    def test_targets_of_standard_input_cannot_be_repeated(self):
        with open(self.write("targets", "127.0.0.1:1\n"), "rb") as file:
            self.revoscope("probe", "--targets", "-", "--class", f"{STACK}/no-check", expect=3, stdin=file)
        self.assertIn("standard input", self.revoscope("retest", expect=2).err)

    def test_a_server_that_went_away_is_what_moved(self):
        lab = KeptLab(self, "good-staple@plain")
        self.revoscope("probe", lab.hosts["good-staple@plain"], "--connect", lab.address, "--ca", lab.root, *CLASSES, expect=0)
        _, document = self.retest(expect=0)
        self.assertEqual(document["endpoints"], {"appeared": [], "gone": [], "redefined": []})
        # Its roots went with it; the words of the run name them.
        with open(lab.root, "rb") as file:
            root = file.read()
        lab.close()
        self.assertIn(lab.root, self.revoscope("retest", expect=2).err)
        os.makedirs(os.path.dirname(lab.root))
        self.addCleanup(shutil.rmtree, os.path.dirname(lab.root), ignore_errors=True)
        self.write(lab.root, root)
        _, document = self.retest(expect=1)
        self.assertEqual({(cell["move"], cell["after"]["reason"]) for cell in document["cells"]},
                         {("verdict-lost", "connect-refused")})
        self.assertEqual(len(document["cells"]), 4)
        # Still gone: nothing moved, but that was no test.
        self.assertFalse(self.retest(expect=3)[1]["moved"])

    def test_an_interrupted_one_is_3_and_says_what_it_did_not_compare(self):
        names = ["one", "two", "three", "four", "five", "six"]
        paths = [self.scenario(name, NONE) for name in names]
        self.run_ours("--jobs", "1", scenarios=names)
        for path in paths:
            with open(path, encoding="utf-8") as file:
                silent = file.read().replace("refuse", "silent")
            self.write(path, silent)

        def begun():
            runs = self.revoscope("list", "runs", "--format", "json", expect=0).document()
            return [name for name, run in runs.items() if run["state"] == "unfinished" and run["done"] > 0]

        process = self.start("retest")
        done = self.wait_until(begun, "the new run has begun")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 3, err)
        self.assertIn(b"not completed in the later run", out)
        self.assertIn(done[0].encode(), err)

    def test_what_is_reported_is_what_is_started(self):
        self.run_ours()
        kept = self.path("state", "revoscope", "runs.db")
        rows = {
            '["run", "ours", "--scenarios", "team", "--class", "\\u001b[2Jx/y"]': "--class '\\x1b[2Jx/y'",
            '["run", "--nonsense"]': "revoscope run --nonsense",
            '["lab", "stale"]': "has no saved arguments",
            '[]': "has no saved arguments",
        }
        for words, text in rows.items():
            with self.subTest(words), contextlib.closing(sqlite3.connect(kept)) as database:
                database.execute("UPDATE runs SET arguments = ?, command = 'revoscope run harmless'", (words,))
                database.commit()
                result = self.revoscope("retest", "--html=" + self.path("moved.html"), expect=2)
                self.assertIn(text, result.err)
                self.assertNotIn("harmless", result.err)
                self.assertNotIn("\x1b", result.err)
        self.assertEqual([name for name in os.listdir(self.directory) if name.startswith("moved")], [])

    def test_a_store_without_words_is_refused(self):
        self.run_ours()
        result = self.revoscope("retest", "--db", self.path("nowhere.db"))
        self.assertEqual(result.status, 2, str(result))
        self.assertIn("nowhere.db", result.err)
        self.assertEqual(result.out, "")


if __name__ == "__main__":
    main()
