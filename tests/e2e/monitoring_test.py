#!/usr/bin/env python3
"""`revoscope doctor` under a monitor: its metrics, the alerts on them, the line of a plug-in, and the files of docs/monitoring."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

import openmetrics
from lab import KeptLab
from patience import HANG_S
from programs import ROOT, ProgramTest, main, needs
from server import free_port

MONITORING = os.path.join(ROOT, "docs", "monitoring")
ONE_CLASS = ("--class", "openssl/must-staple")
# Section "Performance data" of the guidelines, a range being "N", "N:", "N:M" or "~:N".
NUMBER = r"-?[0-9]+(\.[0-9]+)?"
RANGE = rf"@?(~|{NUMBER})?:?({NUMBER})?"
PERFDATA = re.compile(rf"('[^'=]+'|[^'= ]+)={NUMBER}(s|us|ms|%|B|KB|MB|TB|c)?(;({RANGE})?){{0,2}}(;({NUMBER})?){{0,2}}( |$)")
SCENARIOS = """
title: "{title}"
why: "For a test."
server: {{ staple: {staple} }}
truth: good
tags: [staple]
expect: {{ "*": {{ verdict: connect }} }}
"""


def performance(line):
    """{label: value} of a plug-in's line, each held against the guidelines."""
    text = line.rstrip("\n").split("|")[1].strip()
    values, position = {}, 0
    while position < len(text):
        match = PERFDATA.match(text, position)
        if not match:
            raise AssertionError(f"performance data: {text[position:]!r}")
        values[match[1].strip("'")] = match[0].split("=")[1].strip()
        position = match.end()
    return values


class Monitored(ProgramTest):
    """A lab with an endpoint for each situation."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("own"))
        # Seven days, of which eight hours are left.
        self.write("own/soon-over.yaml", SCENARIOS.format(
            title="soon over", staple="{ status: good, this_update: -160h, next_update: 8h }"))
        self.lab = KeptLab(self, "good-staple@plain", "no-staple", "must-staple-missing", "stale@2h", "soon-over",
                           "wrong-certificate", options=("--scenarios", self.path("own")))
        self.port = self.lab.address.split(":")[1]

    def target(self, scenario):
        return f"{self.lab.hosts[scenario]}:{self.port}"

    def doctor(self, *arguments, **options):
        return self.revoscope("doctor", "--no-store", "--ca", self.lab.root, "--connect", self.lab.address, *ONE_CLASS,
                              *arguments, timeout=HANG_S, **options)


class Plugin(Monitored):
    """Exit status and line in every situation."""

    def check(self, result, status, pattern):
        word = ("OK", "WARNING", "CRITICAL", "UNKNOWN")[status]
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(result.out.count("\n"), 1, str(result))
        self.assertRegex(result.out, rf"^REVOCATION {word} - [^|]*{pattern}[^|]*( \| [^|]+)?\n$")
        return performance(result.out) if "|" in result.out else {}

    def test_situations(self):
        rows = (
            ("good-staple@plain", (), 0, "6 of 6 handshakes stapled, good, current for"),
            ("good-staple@plain", ("--warn-left", "30d", "--crit-left", "1h"), 1, "expires soon"),
            ("good-staple@plain", ("--warn-left", "99%", "--crit-left", "30d"), 2, "expires soon"),
            ("soon-over", (), 2, "expires soon"),
            ("soon-over", ("--warn-left", "9h", "--crit-left", "1h"), 1, "expires soon"),
            ("soon-over", ("--warn-left", "25%", "--crit-left", "1%"), 1, "expires soon"),
            ("soon-over", ("--warn-left", "1h", "--crit-left", "60"), 0, "current for 7 hours more"),
            ("stale@2h", (), 2, "stale.*expired 2 hours ago"),
            ("no-staple", (), 1, "0 of 6 handshakes stapled"),
            ("must-staple-missing", (), 2, "0 of 6 handshakes stapled"),
            ("wrong-certificate", (), 1, "another certificate"),
        )
        for scenario, limits, status, pattern in rows:
            with self.subTest(scenario=scenario, limits=limits):
                result = self.doctor("--nagios", *limits, self.target(scenario))
                values = self.check(result, status, pattern)
                self.assertEqual(result.err, "")
                stapled = 0 if "missing" in scenario or scenario == "no-staple" else 6
                self.assertEqual(values["stapled"], f"{stapled};;;0;6")
                # What is about another certificate has no entry, and so no end.
                self.assertEqual("staple_left" in values, stapled > 0 and scenario != "wrong-certificate")
        self.assertRegex(self.doctor("--nagios", "--warn-left", "12h", "--crit-left", "1h", self.target("soon-over")).out,
                         r"'staple_left'=2[78][0-9]{3}s;43200:;3600: ")

    def test_nobody_is_there(self):
        # The port was free a moment ago.
        result = self.revoscope("doctor", "--nagios", "--no-store", *ONE_CLASS, f"127.0.0.1:{free_port()}")
        self.assertEqual(self.check(result, 2, "The endpoint does not accept connections"), {"stapled": "0;;;0;0"})
        result = self.revoscope("doctor", "--nagios", "--no-store", *ONE_CLASS, "nowhere.invalid")
        self.check(result, 2, "does not resolve")

    def test_several_targets(self):
        targets = self.write("targets", "".join(self.target(name) + "  # " + name + "\n" for name in (
            "good-staple@plain", "no-staple", "must-staple-missing")))
        result = self.doctor("--nagios", "--targets", targets)
        values = self.check(result, 2, "1 of 3 targets are ok")
        self.assertEqual((values["critical"], values["warning"]), ("1;;0;0;3", "1;0;;0;3"))
        self.assertIn(f"{self.target('good-staple@plain')} staple_left", values)
        # The worst comes first.
        self.assertRegex(result.out, f"- {re.escape(self.target('must-staple-missing'))}: ")

    def test_nothing_is_known(self):
        good = self.target("good-staple@plain")
        rows = (
            ((), "no target"),
            (("--frobnicate", good), "unknown option '--frobnicate'"),
            (("--warn-left", "soon", good), "'soon' is neither a time"),
            (("--warn-left", "1h", "--crit-left", "2h", good), "--crit-left is more than --warn-left"),
            (("--warn-left",), "wrong usage"),
            (("--format", "json", good), "only its line"),
            (("--ca", "/nonexistent", good), "/nonexistent"),
            (("--targets", "/nonexistent"), "/nonexistent"),
            (("--class", "no/such", good), "no client class"),
            ((f"--format=json={self.path('nowhere', 'x')}", good), "nothing was examined"),
            (("--client", "openssl=/bin/false", good), "no client program can examine"),
            (("127.0.0.1:99999",), "99999"),
        )
        for arguments, pattern in rows:
            with self.subTest(arguments):
                self.check(self.revoscope("doctor", "--nagios", "--no-store", *arguments), 3, pattern)

    def test_help_stays_help(self):
        result = self.revoscope("doctor", "--nagios", "--help", expect=0)
        self.assertIn("--warn-left", result.out)

    def test_an_interruption_is_unknown(self):
        """A listener that accepts and says nothing keeps the doctor waiting."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(8)
            process = self.start("doctor", "--nagios", "--no-store", *ONE_CLASS, f"127.0.0.1:{silent.getsockname()[1]}")
            connection, _ = silent.accept()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=HANG_S)
            connection.close()
        self.assertEqual((process.returncode, out, err),
                         (3, b"REVOCATION UNKNOWN - interrupted during the examination\n", b""))

    def test_reports_go_to_files_beside_the_line(self):
        """As the service does it, whose journal gets the line and nothing else."""
        path = self.path("result.json")
        result = self.doctor("--nagios", f"--format=json={path}", self.target("no-staple"))
        self.check(result, 1, "")
        self.assertEqual(result.err, "")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(list(json.load(file)["examinations"]), [self.target("no-staple")])


@needs("promtool")
class Metrics(Monitored):
    def test_what_the_doctor_found_can_be_read(self):
        names = ("good-staple@plain", "no-staple", "must-staple-missing", "stale@2h", "soon-over", "wrong-certificate")
        targets = self.write("targets", "".join(self.target(name) + "\n" for name in names))
        prom, document, sarif = self.path("doctor.prom"), self.path("doctor.json"), self.path("doctor.sarif")
        self.doctor("--targets", targets, f"--openmetrics={prom}", f"--json={document}", f"--sarif={sarif}", expect=1)
        self.assertEqual(os.stat(prom).st_mode & 0o444, 0o444, "node_exporter is another user")
        with open(prom, encoding="utf-8") as file:
            text = file.read()
        checked = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, b""))
        families = openmetrics.read(text)
        with open(document, encoding="utf-8") as file:
            examinations = json.load(file)["examinations"]

        def by_endpoint(name):
            return {dict(labels)["endpoint"]: value for labels, value in families["revoscope_doctor_" + name]["samples"].items()}

        levels = {"ok": 0, "info": 0, "warning": 1, "critical": 2}
        self.assertEqual(by_endpoint("level"), {key: levels[one["level"]] for key, one in examinations.items()})
        self.assertEqual({(dict(labels)["endpoint"], dict(labels)["cause"], dict(labels)["severity"])
                          for labels in families["revoscope_doctor_cause"]["samples"]},
                         {(key, cause["id"], cause["severity"]) for key, one in examinations.items() for cause in one["causes"]})
        self.assertEqual(by_endpoint("handshakes"), dict.fromkeys(examinations, 6))
        stapled = by_endpoint("handshakes_stapled")
        self.assertEqual([stapled[self.target(name)] for name in names], [6, 0, 0, 6, 6, 6])
        self.assertEqual(by_endpoint("staple_valid"), {
            self.target(name): name in ("good-staple@plain", "soon-over") for name in names})
        left = by_endpoint("staple_left_seconds")
        self.assertLess(left[self.target("stale@2h")], -7100)
        self.assertAlmostEqual(left[self.target("soon-over")], 8 * 3600, delta=180)
        self.assertAlmostEqual(by_endpoint("staple_used_ratio")[self.target("soon-over")], 160 / 168, delta=0.01)
        with open(sarif, encoding="utf-8") as file:
            results = json.load(file)["runs"][0]["results"]
        shown = {result["partialFingerprints"]["revoscope/v1"] for result in results if "/cause/" in result["ruleId"]}
        self.assertEqual(shown, {f"revoscope/cause/{cause['id']}|{key}"
                                for key, one in examinations.items() for cause in one["causes"]})


def series_of(families, endpoint, to):
    """The samples of the doctor about one endpoint, as if it were called otherwise: {series: value}."""
    found = {}
    for name, family in families.items():
        for labels, value in family["samples"].items():
            if name.startswith("revoscope_doctor_") and dict(labels)["endpoint"] == endpoint:
                text = ",".join(f"{key}={json.dumps(to if key == 'endpoint' else part)}" for key, part in labels)
                found[f"{name}{{{text}}}"] = value
    return found


@needs("promtool")
class Alerts(Monitored):
    """The rules, with series made of what the doctor wrote before and after a renewal that went wrong."""

    def metrics(self, scenario):
        path = self.path("one.prom")
        self.doctor(f"--openmetrics={path}", self.target(scenario))
        with open(path, encoding="utf-8") as file:
            return series_of(openmetrics.read(file.read()), self.target(scenario), "www.test:443")

    @staticmethod
    def at(name, value, now, minute):
        """promtool's clock begins at 1970: moments are moved so that `now` is that minute."""
        return value - now + minute * 60 if "timestamp_seconds" in name else value

    def check(self, before, after, wanted):
        """Four looks before and eight after, a quarter of an hour apart; which alerts fire for the endpoint at the end."""
        looks = []
        for minute in range(0, 180, 15):
            one = before if minute < 60 else after
            now = next(value for name, value in one.items() if "examined_timestamp" in name)
            looks += [{name: self.at(name, value, now, minute) for name, value in one.items()}] * 15
        names = sorted(set().union(*looks))
        tests = {
            "rule_files": [os.path.join(MONITORING, "revoscope.rules.yaml")], "evaluation_interval": "1m",
            "tests": [{
                "interval": "1m",  # of the scrapes
                "input_series": [{"series": name, "values": " ".join(
                    repr(look[name]) if name in look else "stale" if name in previous else "_"
                    for previous, look in zip([{}, *looks], looks))} for name in names],
                # promtool has no "whatever else it says": labels and annotations are those of the rules.
                "promql_expr_test": [{
                    "expr": 'count by (alertname) (ALERTS{alertstate="firing",endpoint="www.test:443"})',
                    "eval_time": "170m",
                    "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(wanted)]}]}]}
        path = self.write("test.yaml", json.dumps(tests))
        result = subprocess.run(["promtool", "test", "rules", path], capture_output=True, check=False, timeout=HANG_S)
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr).decode())

    def test_the_rules_are_rules(self):
        result = subprocess.run(["promtool", "check", "rules", os.path.join(MONITORING, "revoscope.rules.yaml")],
                                capture_output=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr.decode())

    def test_after_a_renewal(self):
        well = self.metrics("good-staple@plain")
        rows = (
            ("good-staple@plain", set()),
            ("wrong-certificate", {"RevoscopeStapleOfOldCertificate", "RevoscopeWarning"}),
            ("no-staple", {"RevoscopeStapleGone", "RevoscopeWarning"}),
            ("must-staple-missing", {"RevoscopeStapleGone", "RevoscopeCritical"}),
            ("stale@2h", {"RevoscopeStapleSoonOver", "RevoscopeCritical"}),
            ("soon-over", {"RevoscopeStapleSoonOver", "RevoscopeCritical"}),
        )
        for scenario, wanted in rows:
            with self.subTest(scenario):
                self.check(well, self.metrics(scenario), wanted)
        with self.assertRaises(AssertionError, msg="the check can fail"):
            self.check(well, self.metrics("no-staple"), set())

    def test_silence_is_reported(self):
        well = self.metrics("good-staple@plain")
        now = next(value for name, value in well.items() if "examined_timestamp" in name)
        tests = {
            "rule_files": [os.path.join(MONITORING, "revoscope.rules.yaml")], "evaluation_interval": "1m",
            "tests": [
                {"interval": "1m", "input_series": [
                    {"series": name, "values": " ".join([repr(self.at(name, value, now, 0))] * 70)} for name, value in well.items()],
                 "promql_expr_test": [
                     {"expr": 'count(ALERTS{alertname="RevoscopeNotLooking",alertstate="firing"})', "eval_time": when,
                      "exp_samples": wanted} for when, wanted in (
                          ("59m", []), ("62m", [{"labels": "{}", "value": 1}]))]},
                {"interval": "1m", "input_series": [{"series": "up", "values": "1x50"}],
                 "promql_expr_test": [{"expr": 'count(ALERTS{alertname="RevoscopeNowhere",alertstate="firing"})',
                                       "eval_time": "50m", "exp_samples": [{"labels": "{}", "value": 1}]}]}]}
        path = self.write("test.yaml", json.dumps(tests))
        result = subprocess.run(["promtool", "test", "rules", path], capture_output=True, check=False, timeout=HANG_S)
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr).decode())


class Many(Monitored):
    def test_fifty_targets(self):
        """Several are examined side by side, and none is mistaken for another."""
        hosts = ["good-staple@plain", "no-staple", "good-staple@plain", "no-staple", "stale@2h"] * 10
        # --connect leads all of them to the lab, whatever port they name.
        targets = [f"{self.lab.hosts[name]}:{20000 + number}" for number, name in enumerate(hosts)]
        path = self.write("targets", "\n".join(targets) + "\n")
        result = self.doctor("--targets", path, "--format", "json", expect=1)
        examinations = result.document()["examinations"]
        self.assertEqual(set(examinations), set(targets))
        for target, name in zip(targets, hosts):
            stapled = [bool(one["staples"]) for one in examinations[target]["handshakes"]
                       if one["offered"] == "any" and one["asks_staple"]]
            self.assertEqual(stapled, [name != "no-staple"] * 6, target)
            checks = {staple["check"] for staple in examinations[target]["staples"].values()} if name != "no-staple" else set()
            self.assertEqual(checks, {"good-staple@plain": {"good"}, "stale@2h": {"stale"}, "no-staple": set()}[name], target)
        self.assertEqual(result.err, "", "a document on standard output has no steps beside it")


class Files(ProgramTest):
    @needs("systemd-analyze")
    def test_the_units_are_units(self):
        """The program is put where the unit wants it; nothing else may be said."""
        directory = tempfile.mkdtemp(dir=self.directory)
        for name in ("revoscope-doctor.service", "revoscope-doctor.timer"):
            with open(os.path.join(MONITORING, name), encoding="utf-8") as file:
                text = file.read()
            text = re.sub(r"(?m)^Documentation=.*\n", "", text).replace("/usr/bin/revoscope", shutil.which("true"))
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)
        result = subprocess.run(["systemd-analyze", "verify", "--man=no",
                                 *(os.path.join(directory, name) for name in sorted(os.listdir(directory)))],
                                capture_output=True, check=False, timeout=HANG_S)
        self.assertEqual((result.returncode, result.stderr.decode()), (0, ""))

    def test_what_is_run_is_what_there_is(self):
        """Every option of the units and the command definition is one of doctor's."""
        known = set(re.findall(r"--[a-z-]+", self.revoscope("doctor", "--help", expect=0).out))
        for name in ("revoscope-doctor.service", "icinga.conf"):
            with open(os.path.join(MONITORING, name), encoding="utf-8") as file:
                text = re.sub(r"(?m)^\s*(#|/?\*).*$", "", file.read())
            options = set(re.findall(r"--[a-z-]+", text))
            self.assertTrue(options)
            self.assertEqual(options - known, set(), name)


if __name__ == "__main__":
    main()
