#!/usr/bin/env python3
"""Expectations of one's own: written from what was seen, held against later runs; what is not so, stale and expired is distinguished."""

import json
import os
import shutil
import subprocess

from lab import KeptLab
from programs import BAD_CLIENT, BUILD, STACKS, ProgramTest, cells_by, main

STACK = STACKS[0]
YAML_JSON = os.path.join(BUILD, "harness", "config", "yaml-json")
CLASSES = ("--class", f"{STACK}/no-check", "--class", f"{STACK}/soft-fail", "--class", f"{STACK}/require-staple")


class Expectations(ProgramTest):
    def setUp(self):
        super().setUp()
        self.file = self.path("ours.yaml")

    def run_it(self, *arguments, expect):
        return self.revoscope(*arguments, "--no-store", "--format", "json", expect=expect).document()

    def test_a_run_is_as_expected_by_what_it_wrote(self):
        self.run_it("run", "must-staple-missing", "stale", "revoked", "--write-expect", self.file, expect=0)
        document = self.run_it("run", "must-staple-missing", "stale", "revoked", "--expect", self.file, "--strict", expect=0)
        self.assertEqual(document["summary"]["unexpected"], 0)
        self.assertEqual(document["summary"]["expectations"], {"stale": [], "expired": [], "unused": []})
        for name, cell in cells_by(document).items():
            self.assertEqual((cell["expected"]["outcome"], cell["expected"]["reason"]),
                             (cell["outcome"], cell["reason"]), name)
            self.assertTrue(cell["expected"]["from"].startswith(self.file + ":"), name)

    def test_any_cell_that_was_seen_otherwise_is_unexpected(self):
        self.run_it("run", "revoked", *CLASSES, "--write-expect", self.file, expect=0)
        entries = json.loads(subprocess.run([YAML_JSON, self.file], check=True, capture_output=True).stdout)
        self.assertEqual(list(entries[0]), ["rules"])
        for number, entry in enumerate(entries[1:], 1):
            changed = [dict(other) for other in entries]
            changed[number]["reason"] = "chain-name"
            document = self.run_it("run", "revoked", *CLASSES, "--expect", self.write("changed.yaml", json.dumps(changed)),
                                   expect=1)
            unexpected = {name for name, cell in cells_by(document).items() if cell["as_expected"] is False}
            self.assertTrue(unexpected)
            self.assertTrue(all(cells_by(document)[name]["reason"] == entry["reason"] for name in unexpected))
            self.assertEqual([item["reason"] for item in document["summary"]["expectations"]["stale"]],
                             ["chain-name"] * len(document["summary"]["expectations"]["stale"]))

    def test_rules_that_changed_are_not_blamed_on_the_client(self):
        """A file of before: its reason was split since. It is read as it is, and the report says what to change."""
        row = ("run", "responder-https", "--class", f"{STACK}/soft-fail", "--no-store")
        entry = (f"- {{class: {STACK}/soft-fail, scenario: responder-https, verdict: warn, reason: %s, why: before}}\n")
        text = self.revoscope(*row, "--expect", self.write("old.yaml", "- rules: 1\n" + entry % "fetch-forbidden"),
                              "--format", "text", "--format", "json=" + self.path("old.json"), expect=1).out
        self.assertIn("got       warn (responder-url-unusable), split from the expected reason by newer rules", text)
        words = " ".join(text.split())
        self.assertIn("such as responder-url-unusable from fetch-forbidden: adapt the expectations", words)
        self.assertIn("an expectation for version 1 of the rules, and this run used version 2", words)
        with open(self.path("old.json"), encoding="utf-8") as file:
            document = json.load(file)
        self.assertEqual(document["run"]["rules"], 2)
        self.assertEqual(document["cells"][0]["expected"]["rules"], 1)
        self.assertIs(document["cells"][0]["reason_split"], True)
        junit = self.revoscope("report", self.path("old.json"), "--format", "junit", expect=None).out
        self.assertIn("expected warn (fetch-forbidden), got warn (responder-url-unusable), split from the expected reason "
                      "by newer rules", junit)
        # The same from the document.
        self.assertEqual(self.revoscope("report", self.path("old.json"), "--format", "text", expect=None).out, text)
        # Another reason, which no rule explains, and a file that says nothing of rules.
        text = self.revoscope(*row, "--expect", self.write("other.yaml", entry % "staple-stale"), "--format", "text",
                              "--format", "json=" + self.path("other.json"), "--format", "junit=" + self.path("other.xml"),
                              expect=1).out
        self.assertNotIn("split", text)
        for name in ("other.json", "other.xml"):
            with open(self.path(name), encoding="utf-8") as file:
                self.assertNotIn("split", file.read())
        self.assertIn("an expectation for version 1 of the rules", " ".join(text.split()))
        # One of today that is met says nothing.
        text = self.revoscope(*row, "--expect", self.write("new.yaml", "- rules: 2\n" + entry % "responder-url-unusable"),
                              "--format", "text", expect=0).out
        self.assertNotIn("rules", text)

    def test_a_server_that_changed_is_named(self):
        lab = KeptLab(self, "good-staple@plain", "no-staple", "revoked@plain")
        probe = ("probe", "ours.example:443", "--connect", lab.address, "--ca", lab.root, *CLASSES)
        good = ("--servername", lab.hosts["good-staple@plain"])
        self.run_it(*probe, *good, "--write-expect", self.file, expect=0)
        with open(self.file, encoding="utf-8") as file:
            self.assertIn('endpoint: "ours.example:443"', file.read())
        document = self.run_it(*probe, *good, "--expect", self.file, "--strict", expect=0)
        self.assertTrue(all(cell["as_expected"] for cell in document["cells"]))
        missing = self.revoscope(*probe, "--servername", lab.hosts["no-staple"], "--expect", self.file, "--no-store",
                                 "--format", "text", "--format", "json=" + self.path("x.json"), expect=1)
        with open(self.path("x.json"), encoding="utf-8") as file:
            document = json.load(file)
        self.assertEqual({name[1].split("/")[1] for name, cell in cells_by(document).items() if not cell["as_expected"]},
                         {"require-staple"})
        self.assertIn("Not as expected: 1 of 3.", missing.out)
        self.assertIn(f"{STACK}/require-staple", missing.out)
        # The entry of the class that moved is stale too: nothing shows it any more.
        self.assertIn("stale expectation, none of its cells matched it", missing.out)
        self.assertIn("Expectations: 1 stale and 0 expired.", missing.out)
        revoked = self.run_it(*probe, "--servername", lab.hosts["revoked@plain"], "--expect", self.file, expect=1)
        self.assertEqual(len([cell for cell in revoked["cells"] if not cell["as_expected"]]), 2)

    def test_stale_expired_and_unused_are_distinguished(self):
        self.write("ours.yaml", f"""
- {{ class: "{STACK}/*", scenario: no-staple, verdict: connect, why: seen }}
- {{ class: "{STACK}/require-staple", scenario: no-staple, verdict: reject }}
- {{ class: "{STACK}/no-check", scenario: no-staple, verdict: reject, reason: chain-name, until: 2020-01-31 }}
- {{ class: "{STACK}/soft-fail", scenario: nowhere, verdict: warn, why: "no such row" }}
- {{ class: "{STACK}/soft-fail", endpoint: "*", verdict: warn, why: "no scenario" }}
""")
        arguments = ("run", "no-staple", *CLASSES, "--expect", self.file)
        faults = self.run_it(*arguments, expect=0)["summary"]["expectations"]
        self.assertEqual({kind: [(item.get("scenario"), item.get("endpoint"), item["until"]) for item in items]
                          for kind, items in faults.items()},
                         {"stale": [], "expired": [("no-staple", None, "2020-01-31")],
                          "unused": [("nowhere", None, None), (None, "*", None)]})
        strict = self.revoscope(*arguments, "--strict", "--no-store", expect=1)
        self.assertIn("expired expectation, valid until 2020-01-31", strict.out)
        self.assertIn("2 expectations decided no cell of this run", strict.out)
        self.write("ours.yaml", f'- {{ class: "{STACK}/no-check", scenario: no-staple, verdict: reject }}\n')
        document = self.run_it(*arguments, expect=1)
        self.assertEqual([item["scenario"] for item in document["summary"]["expectations"]["stale"]], ["no-staple"])
        self.assertEqual(document["summary"]["stale_deviations"], [])
        self.run_it(*arguments, "--fail-on", "never", expect=0)
        self.run_it(*arguments, "--fail-on", "never", "--strict", expect=1)

    def test_the_same_is_reported_of_a_kept_run(self):
        self.write("ours.yaml", f'- {{ class: "{STACK}/no-check", scenario: no-staple, verdict: reject }}\n')
        shown = self.revoscope("run", "no-staple", *CLASSES, "--expect", self.file, "--format", "json", expect=1).document()
        again = self.revoscope("report", "--format", "json", expect=0).document()
        self.assertEqual(again["summary"]["expectations"], shown["summary"]["expectations"])
        self.revoscope("report", "--write-expect", self.file, expect=0)
        self.run_it("run", "no-staple", *CLASSES, "--expect", self.file, "--strict", expect=0)

    def test_a_server_that_is_not_there_is_written_and_a_crash_is_not(self):
        self.run_it("probe", "127.0.0.1:1", *CLASSES, "--write-expect", self.file, expect=3)
        document = self.run_it("probe", "127.0.0.1:1", *CLASSES, "--expect", self.file, expect=3)
        self.assertEqual([cell["as_expected"] for cell in document["cells"]], [True] * 3)
        client = shutil.copy(BAD_CLIENT, self.path("crashing"))
        self.write("crashing.json", '{"fault": "crash", "when": "ours.example"}')
        result = self.revoscope("probe", "ours.example:443", "--connect", "127.0.0.1:1", "--client", "crashing=" + client,
                                "--class", "crashing/no-check", "--no-store", "--write-expect", self.file)
        self.assertIn("1 cell was omitted; crashes, hangs", result.err)
        with open(self.file, encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("\n[]\n"))

    def test_names_of_endpoints_are_patterns_of_themselves(self):
        lab = KeptLab(self, "good-staple@plain")
        probe = ("probe", "[::1]:443", "[::1]:8443", "a_b.example", "--connect", lab.address, "--ca", lab.root, *CLASSES,
                 "--servername", lab.hosts["good-staple@plain"])
        self.run_it(*probe, "--write-expect", self.file, expect=0)
        document = self.run_it(*probe, "--expect", self.file, "--strict", expect=0)
        self.assertEqual([cell["as_expected"] for cell in document["cells"]], [True] * 9)

    def test_bad_files_and_options_are_named(self):
        rows = {
            "no such file": (("--expect", "/nowhere/e.yaml"), "/nowhere/e.yaml"),
            "a folder that is not there": (("--write-expect", "/nowhere/e.yaml"), "/nowhere/e.yaml"),
            "standard output": (("--write-expect", "-"), "--write-expect"),
            "a verdict that is none": (("--expect", self.write("a.yaml", '- {class: "*", scenario: x, verdict: joy}')),
                                       "a.yaml:1:"),
            "two kinds of rows": (("--expect", self.write("b.yaml", '- {class: "*", scenario: x, endpoint: y, verdict: warn}')),
                                  "scenario and endpoint exclude each other"),
            "a moved clock": (("--expect", self.write("c.yaml", "[]"), "--at", "+3d"), "--at: there are no expectations"),
            "a moved clock to write": (("--write-expect", self.file, "--at", "+3d"), "--at: there are no expectations"),
        }
        for name, (arguments, text) in rows.items():
            with self.subTest(name):
                result = self.revoscope("run", "no-staple", "--no-store", *arguments)
                self.assertEqual(result.status, 3 if "folder" in name else 2, str(result))
                self.assertIn(text, result.err)
                self.assertEqual(result.out, "")
        self.assertFalse(os.path.exists(self.file))


if __name__ == "__main__":
    main()
