#!/usr/bin/env python3
"""--time-factor: a run waits less, says so, and no verdict changes."""

import itertools
import json
import os

from programs import STACKS, ProgramTest, main

# What a loaded machine may add to a wait without making a slow answer out of one in time.
MARGIN_MS = 200
DEFAULT = 2


def milliseconds(text):
    units = {"ms": 1, "s": 1000, "m": 60000, "min": 60000}
    number = text.rstrip("adhimnsy")
    return int(number) * units[text[len(number):]]


class TimeFactor(ProgramTest):
    def run_slow(self, *arguments, stack=STACKS[0]):
        return self.revoscope("run", "--no-store", "responder-slow", "--class", stack + "/*-fail", *arguments, expect=0)

    def document(self, *arguments):
        return self.run_slow("--format", "json", *arguments).document()

    def test_the_default_is_2_and_every_report_says_so(self):
        page = self.path("page.html")
        document = self.path("document.json")
        text = self.run_slow("--format", "text", "--format", "json=" + document, "--format", "html=" + page).out
        self.assertIn("times of slow responders and time-outs were divided by 2", " ".join(text.split()))
        with open(document, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["run"]["time_factor"], 2)
        with open(page, encoding="utf-8") as file:
            self.assertIn("imes of slow responders and time-outs were divided by 2", file.read())

    def test_time_outs_and_delays_are_divided_and_the_verdicts_stay(self):
        for factor in (1, 2.5):
            with self.subTest(factor):
                document = self.document("--time-factor", str(factor))
                self.assertEqual(document["run"]["time_factor"], factor)
                cells = {cell["class"].split("/")[1]: cell for cell in document["cells"]}
                self.assertEqual({name: (cell["outcome"], cell["reason"]) for name, cell in cells.items()},
                                 {"soft-fail": ("warn", "responder-timeout"), "hard-fail": ("connect", "status-good")})
                self.assertTrue(all(cell["as_expected"] for cell in cells.values()))
                waited = {name: cell["observation"]["fetches"][0]["ms"] for name, cell in cells.items()}
                for name, full in {"soft-fail": 2000, "hard-fail": 2500}.items():
                    self.assertGreaterEqual(waited[name], full / factor - 5)
                    self.assertLess(waited[name], full / factor + 400)

    def test_files_and_documents_keep_the_times_that_they_state(self):
        document = self.document()
        policy = {name.split("/")[1]: about["policy"] for name, about in document["classes"].items()}
        self.assertEqual(policy["soft-fail"]["timeout_ms"], 2000)
        self.assertIn("2500ms", json.dumps(document["scenarios"]["responder-slow"]["situation"]["responder"]))
        self.assertIn("2500ms", self.revoscope("explain", "responder-slow", expect=0).out)
        self.assertIn("timeout_ms: 2000", self.revoscope("explain", "soft-fail", expect=0).out)

    def test_the_request_that_is_kept_is_the_one_that_was_sent(self):
        evidence = self.path("evidence")
        self.document("--evidence", evidence)
        requests = {}
        for folder, _, files in os.walk(evidence):
            if "request.json" in files:
                with open(os.path.join(folder, "request.json"), encoding="utf-8") as file:
                    requests[os.path.basename(folder)] = json.load(file)
        timeouts = {name: (request["policy"]["timeout_ms"], request["policy"]["skew_s"], request["deadline_ms"])
                    for name, request in requests.items()}
        self.assertEqual(set(timeouts.values()), {(1000, 300, 10000), (2000, 300, 10000)}, timeouts)

    def test_what_is_no_factor_is_refused(self):
        for text in ("0", "0.5", "-1", "two", "1e3", "inf", "nan", "101", ""):
            for command in ("run", "probe", "lab"):
                with self.subTest(text, command=command):
                    result = self.revoscope(command, "localhost" if command == "probe" else "responder-slow",
                                            "--time-factor=" + text, expect=2)
                    self.assertIn("--time-factor", result.err)

    def test_no_shipped_scenario_is_a_close_race_once_divided(self):
        classes = self.revoscope("list", "classes", "--format", "json", expect=0).document()
        timeouts = {about["policy"]["timeout_ms"] for about in classes.values() if about["policy"]}
        scenarios = self.revoscope("list", "scenarios", "--format", "json", expect=0).document()
        delays = {(name, section): milliseconds(about["situation"][section]["slow"])
                  for name, about in scenarios.items() for section in ("responder", "crl")
                  if about["situation"][section]["behaviour"] == "slow"}
        self.assertIn(("responder-slow", "responder"), delays)
        for (place, delay), timeout in itertools.product(delays.items(), timeouts):
            with self.subTest(place, delay=delay, timeout=timeout):
                self.assertGreaterEqual(abs(delay - timeout) / DEFAULT, MARGIN_MS)


if __name__ == "__main__":
    main()
