#!/usr/bin/env python3
"""Every format, read by an independent parser: Python's csv, xml and json, xmllint, promtool.

The golden files stand for runs whose endpoints and clients mean harm (tests/unit/reports/test_formats.c holds the
writers to them, byte by byte); a real run in all formats at once has to say the same in each.
"""

import collections
import csv
import io
import json
import os
import re
import subprocess
import unittest
import xml.etree.ElementTree

import openmetrics
from patience import HANG_S
from programs import ROOT, ProgramTest, main, needs

try:
    import jsonschema
except ImportError:
    jsonschema = None

GOLDEN = os.path.join(ROOT, "tests", "unit", "reports", "golden")
SUPPORT = os.path.join(ROOT, "tests", "support")
SUFFIXES = {"csv": "csv", "markdown": "md.txt", "junit": "xml", "sarif": "sarif", "openmetrics": "om.txt"}
FORMULA = tuple("=+-@\t\r") + ("＝", "＋", "－", "＠")
# What begins with a sign and is no formula.
NUMBERS = ("native_code", "alert_number", "staple_bytes", "attempts", "duration_ms")
MARKDOWN_TAG = re.compile(r"<(/?)(code|pre|br|details|summary)>")
MARKDOWN_HEAD = re.compile(r"\|(-+\|)+$")


def read_csv(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def golden(name, suffix):
    with open(os.path.join(GOLDEN, f"{name}.{suffix}"), encoding="utf-8", newline="") as file:
        return file.read()


def tool(*arguments, data=None):
    result = subprocess.run(arguments, input=data, capture_output=True, check=False, timeout=HANG_S)
    return result.returncode, (result.stdout + result.stderr).decode(errors="replace")


class Formats(ProgramTest):
    """What is asked of each format."""

    def check_csv(self, text):
        rows = read_csv(text)
        self.assertEqual(text.count("\r\n"), len(rows) + 1, "a line per row, and CRLF (RFC 4180)")
        self.assertEqual(text.count("\n"), text.count("\r"))
        for row in rows:
            self.assertNotIn(None, row, "more fields than columns")
            for column, value in row.items():
                self.assertIsNotNone(value, "fewer fields than columns")
                if column in NUMBERS:
                    self.assertRegex(value, r"^(-?[0-9]+(\.[0-9]+)?)?$", column)
                else:
                    self.assertFalse(value.startswith(FORMULA), f"{column}: {value!r} would be run")
        return rows

    def check_markdown(self, text):
        columns = None
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            for match in re.finditer("<", line):
                self.assertTrue(MARKDOWN_TAG.match(line, match.start()), f"line {number}: HTML: {line[:200]}")
            self.assertNotRegex(line, r"(?<!\\)\]\(|(?<!\\)!\[|(?<![`;])https?://", f"line {number}: a link")
            if not line.startswith("<pre>"):
                bare = re.sub(r"`[^`]*`", "", line.replace(r"\`", ""))
                self.assertNotRegex(bare, r"@|(?<!<code>)&#64;|www\.", f"line {number}: an address")
            if line.startswith("|"):
                if number < len(lines) and MARKDOWN_HEAD.match(lines[number]):
                    columns = line.count("|")
                self.assertEqual(line.count("|"), columns, f"line {number}: a cell more or less: {line[:200]}")
            else:
                self.assertNotIn("|", line, f"line {number}")
        return lines

    def check_junit(self, text):
        root = xml.etree.ElementTree.fromstring(text)
        path = self.write("junit.xml", text)
        status, said = tool("xmllint", "--noout", "--relaxng", os.path.join(SUPPORT, "junit.rng"), path)
        self.assertEqual(status, 0, said)
        for suite in [root, *root.iter("testsuite")]:
            for attribute, path in (("tests", ""), ("failures", "/failure"), ("errors", "/error"),
                                    ("skipped", "/skipped")):
                if attribute in suite.attrib:
                    self.assertEqual(int(suite.get(attribute)), len(suite.findall(f".//testcase{path}")),
                                     f"{suite.get('name')}: {attribute}")
        return root

    def check_sarif(self, text):
        document = json.loads(text)
        run, = document["runs"]
        rules = run["tool"]["driver"]["rules"]
        if jsonschema:
            with open(os.path.join(SUPPORT, "sarif.schema.json"), encoding="utf-8") as file:
                validator = jsonschema.Draft202012Validator(json.load(file))
            self.assertEqual([error.message[:300] for error in validator.iter_errors(document)][:5], [])
        prints = collections.Counter(result["partialFingerprints"]["revoscope/v1"] for result in run["results"])
        self.assertEqual([name for name, number in prints.items() if number > 1], [])
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            if not result["ruleId"].startswith("revoscope/cause/"):  # how bad a cause is depends on the certificate
                self.assertEqual(rules[result["ruleIndex"]]["defaultConfiguration"]["level"], result["level"])
        return document

    def check_openmetrics(self, text):
        status, said = tool("promtool", "check", "metrics", data=text.encode())
        self.assertEqual((status, said), (0, ""))
        # Prometheus' parser of OpenMetrics itself stands behind this command, which wants times.
        path = self.write("metrics", re.sub(r"(?m)^(?!#)(.+)$", r"\1 1700000000", text))
        status, said = tool("promtool", "tsdb", "create-blocks-from", "openmetrics", path, self.path("blocks"))
        self.assertEqual(status, 0, said)
        return openmetrics.read(text)


@needs("xmllint", "promtool")
class Golden(Formats):
    def test_all_can_be_read(self):
        for name in ("lab", "hostile", "examined"):
            for kind, suffix in SUFFIXES.items():
                if name != "examined" or kind in ("sarif", "openmetrics", "junit", "markdown"):
                    with self.subTest(f"{name}.{suffix}"):
                        getattr(self, "check_" + kind)(golden(name, suffix))

    def test_what_a_peer_says_arrives_as_text(self):
        """The hostile detail is there, whole, in each format that has details."""
        endpoint = "=cmd|<script>]]>`\"'\\x1b[31m\\u{202e}@x.test:443"
        detail = "=cmd|' /C calc'!A0 <script>alert(1)</script> <!-- ]]> --> \"quoted\" 'single' `tick` | pipe \\ "
        rows = [row for row in read_csv(golden("hostile", "csv")) if row["detail"].startswith("'=cmd")]
        self.assertEqual(len(rows), 5)
        for row in rows:
            self.assertEqual(row["row"], "'" + endpoint)
            self.assertTrue(row["detail"].startswith("'" + detail), row["detail"])
        root = xml.etree.ElementTree.fromstring(golden("hostile", "xml"))
        suite = root.findall("testsuite")[1]
        self.assertEqual(suite.get("name"), endpoint)
        for case in suite.findall("testcase"):
            self.assertIn(detail, case.findtext("system-out"))
        results = json.loads(golden("hostile", "sarif"))["runs"][0]["results"]
        texts = [re.sub(r"\\([\[\]\\])", r"\1", result["message"]["text"]) for result in results]
        self.assertTrue(any(detail in text for text in texts))
        metrics = openmetrics.read(golden("hostile", "om.txt"))
        self.assertIn(endpoint, [dict(labels)["endpoint"] for labels in metrics["revoscope_exposed"]["samples"]])

    def test_the_checks_can_fail(self):
        """Each check refuses what it is there for."""
        hurt = {
            "csv": lambda text: text.replace("'=cmd", "=cmd", 1),
            "markdown": lambda text: text.replace("&#124;", "|", 1),
            "junit": lambda text: text.replace('errors="', 'errors="1', 1),
            "sarif": lambda text: text.replace("{{0}}", "{0}", 1),
            "openmetrics": lambda text: text.replace(" gauge\n", " stateset\n", 1),
        }
        for kind, damage in hurt.items():
            with self.subTest(kind):
                text = golden("hostile", SUFFIXES[kind])
                self.assertNotEqual(damage(text), text)
                with self.assertRaises((AssertionError, openmetrics.NotOpenMetrics)):
                    getattr(self, "check_" + kind)(damage(text))


@needs("xmllint", "promtool")
class OneRun(Formats):
    def setUp(self):
        super().setUp()
        names = ("json", "jsonl", "html", "text", *SUFFIXES)
        arguments = [f"--format={name}={self.path(name)}" for name in names]
        result = self.revoscope("run", "--no-store", "healthy", "attack", *arguments, timeout=HANG_S)
        self.assertIn(result.status, (0, 1), str(result))
        self.reports = {}
        for name in names:
            with open(self.path(name), encoding="utf-8", newline="") as file:
                self.reports[name] = file.read()
        self.document = json.loads(self.reports["json"])
        self.cells = {(cell["scenario"], cell["class"]): cell for cell in self.document["cells"]}

    def marked(self, mark):
        return {key for key, cell in self.cells.items() if cell[mark]}

    def check_lines(self):
        lines = [json.loads(line) for line in self.reports["jsonl"].splitlines()]
        self.assertEqual([list(line) for line in lines],
                         [["head"]] + [["cell"]] * len(self.cells) + [["end"]])
        # The same as in the document, but for the order.
        self.assertEqual({(line["cell"]["scenario"], line["cell"]["class"]): line["cell"] for line in lines[1:-1]},
                         self.cells)
        self.assertEqual(lines[0]["head"]["classes"], self.document["classes"])
        self.assertEqual(lines[0]["head"]["scenarios"], self.document["scenarios"])
        self.assertIsNone(lines[0]["head"]["run"]["finished"])
        self.assertEqual(lines[-1]["end"]["summary"], self.document["summary"])
        self.assertEqual(lines[-1]["end"]["run"], self.document["run"])
        if jsonschema:
            schema = self.revoscope("schema", "result", expect=0).document()
            validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/line", "$defs": schema["$defs"]})
            for line in lines:
                self.assertEqual([error.message for error in validator.iter_errors(line)][:3], [])
            self.assertTrue(list(validator.iter_errors({"cell": {}})))

    def check_rows(self):
        rows = self.check_csv(self.reports["csv"])
        self.assertEqual(len(rows), len(self.cells))
        for row in rows:
            cell = self.cells[row["row"], row["class"]]
            for column in ("outcome", "reason", "assurance"):
                self.assertEqual(row[column], cell[column])
            for column in ("blind", "exposed", "as_expected"):
                self.assertEqual(row[column], "yes" if cell[column] else "no")
            self.assertEqual(row["family"], self.document["scenarios"][row["row"]]["family"])
            self.assertEqual(row["stack_version"], self.document["stacks"][row["stack"]]["version"])
            staples = (cell["observation"] or {}).get("staples") or [{}]
            self.assertEqual(row["staple_check"], staples[0].get("check", ""))

    def check_cases(self):
        root = self.check_junit(self.reports["junit"])
        found = {}
        for case in root.iter("testcase"):
            found[case.get("classname").split(".", 2)[2], case.get("name")] = [
                child.tag for child in case if child.tag != "system-out"]
        self.assertEqual(set(found), set(self.cells))
        for key, tags in found.items():
            cell = self.cells[key]
            wanted = ["error"] if cell["outcome"] in ("error", "crash", "hang") else \
                ["failure"] if not cell["as_expected"] else ["skipped"] if cell["outcome"] == "unsupported" else []
            self.assertEqual(tags, wanted, key)

    def check_findings(self):
        results = self.check_sarif(self.reports["sarif"])["runs"][0]["results"]
        by_rule = collections.defaultdict(set)
        for result in results:
            rule, scenario, class_id = result["partialFingerprints"]["revoscope/v1"].split("|")
            by_rule[rule].add((scenario, class_id))
            place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            self.assertTrue(os.path.exists(os.path.join(ROOT, place)), place)
        self.assertEqual(by_rule["revoscope/exposed-to-revoked"], self.marked("exposed"))
        self.assertEqual(by_rule["revoscope/blind"], self.marked("blind") - self.marked("exposed"))
        self.assertTrue(self.marked("exposed") and self.marked("blind"))

    def check_metrics(self):
        families = self.check_openmetrics(self.reports["openmetrics"])
        states = collections.defaultdict(dict)
        for labels, value in families["revoscope_outcome"]["samples"].items():
            labels = dict(labels)
            states[labels["scenario"], labels["class"]][labels["outcome"]] = value
        self.assertEqual({key: [name for name, value in values.items() if value] for key, values in states.items()},
                         {key: [cell["outcome"]] for key, cell in self.cells.items()})
        present, valid = ({(dict(labels)["scenario"], dict(labels)["class"]): value
                           for labels, value in families[name]["samples"].items()}
                          for name in ("revoscope_staple_present", "revoscope_staple_valid"))
        self.assertIn(1, valid.values())
        for key, value in valid.items():
            staples = self.cells[key]["observation"]["staples"]
            self.assertEqual(present[key], bool(staples), key)
            self.assertEqual(value, bool(staples) and staples[0]["check"] == "good", key)

    def check_page(self):
        text = "\n".join(self.check_markdown(self.reports["markdown"]))
        for scenario in self.document["scenarios"]:
            self.assertIn(f"`{scenario}`", text)
        part = text.split("## Exposed")[1].split("## Blind")[0]
        self.assertEqual(part.count("\n- "), len({scenario for scenario, _ in self.marked("exposed")}))

    def test_every_format_says_the_same(self):
        for check in (self.check_lines, self.check_rows, self.check_cases, self.check_findings, self.check_metrics,
                      self.check_page):
            with self.subTest(check.__name__):
                check()


class Live(Formats):
    def test_lines_come_while_the_run_goes_on(self):
        """The responder's silence lasts a second and more, in which the other cells are written."""
        process = self.start("run", "--no-store", "--format", "jsonl", "--time-factor", "1", "good-staple@plain",
                             "responder-silent", "--class", "openssl/*")
        head = json.loads(process.stdout.readline())
        first = json.loads(process.stdout.readline())
        self.assertIsNone(process.poll(), "it was over before the first cell was written")
        self.assertIn("head", head)
        self.assertTrue(head["head"]["stacks"]["openssl"]["version"])
        self.assertIn("cell", first)
        rest = process.stdout.read().splitlines()
        self.assertIn("end", json.loads(rest[-1]))
        self.assertIn(process.wait(timeout=HANG_S), (0, 1))

    def test_a_reader_that_goes_away_ends_the_run(self):
        process = self.start("run", "--no-store", "--format", "jsonl", "staple", "must-staple")
        process.stdout.readline()
        process.stdout.close()
        _, said = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 3, said)
        self.assertRegex(said.decode(), r"^revoscope run: the reader of the report closed the pipe; \d+ of \d+ cells were completed\n$")

    def test_a_reader_that_goes_away_costs_no_other_report(self):
        path = self.path("result.json")
        process = self.start("run", "--no-store", "--format", "jsonl", f"--format=json={path}", "healthy")
        process.stdout.close()
        _, said = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 3, said)
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        self.assertFalse(document["run"]["interrupted"])

    def test_an_interrupted_run_has_its_end(self):
        process = self.start("run", "--no-store", "--format", "jsonl", "--time-factor", "1", "responder-silent", "good-staple@plain")
        lines = [process.stdout.readline(), process.stdout.readline()]
        process.terminate()
        lines += process.stdout.read().splitlines()
        self.assertEqual(process.wait(timeout=HANG_S), 3)
        end = json.loads(lines[-1])["end"]
        self.assertTrue(end["run"]["interrupted"])
        shown = collections.Counter((line["cell"]["scenario"], line["cell"]["class"])
                                   for line in map(json.loads, lines[1:-1]))
        self.assertEqual(len(shown), end["summary"]["cells"], "cells that were not run are written too")

    def test_every_format_is_in_the_help(self):
        said = " ".join(self.revoscope("run", "--help", expect=0).out.split())
        names = re.search(r"One of: ([a-z, ]+)\.", said)[1].split(", ")
        self.assertEqual(set(names), {"text", "json", "jsonl", "html", *SUFFIXES})
        # And each has its short form.
        self.revoscope("run", "--no-store", "good-staple@plain", "--class", "openssl/no-check",
                       *(f"--{name}={self.path(name)}" for name in names), expect=0)
        for name in names:
            self.assertGreater(os.path.getsize(self.path(name)), 100, name)


if __name__ == "__main__":
    main()
