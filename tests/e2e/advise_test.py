#!/usr/bin/env python3
"""Advice on must-staple: its numbers are those of the cells, its answer follows the environment and the server."""

import html.parser
import json
import os
import re

from lab import KeptLab
from programs import ROOT, STACKS, ProgramTest, cells_by, main

try:
    import jsonschema
except ImportError:
    jsonschema = None

STACK = STACKS[0]
LETS_IN = ("connect", "warn")
OURS = f"""title: "Ours"
clients:
  - class: {STACK}/no-check
    share: 55.5
  - class: {STACK}/must-staple
    share: 24.5 %
    note: "a client of ours"
  - class: {STACK}/soft-fail
    share: 10
  - class: {STACK}/require-staple
    share: 10
"""
BLIND = f'title: "Blind"\nclients:\n  - {{class: {STACK}/no-check, share: 100}}\n'
LEAF = {"subject": "CN=h", "issuer": "O=Example CA", "must_staple": True, "no_rev_avail": False,
        "ocsp_urls": ["http://ocsp.example/"], "not_before": "2026-11-01T00:00:00Z", "not_after": "2027-01-30T00:00:00Z"}


def shares(sides, classes, wanted):
    return sum(share for name, share in classes.items() if sides[name]["outcome"] in wanted)


class Page(html.parser.HTMLParser):
    """Elements with their attributes, in order."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


class Advice(ProgramTest):
    def advise(self, *arguments, expect=0):
        return self.revoscope("advise", "--no-store", "--format", "json", *arguments, expect=expect).document()

    def ours(self, text=OURS):
        return ("--environment", self.write("ours.yaml", text))

    def check_numbers(self, document):
        """Every number of the pairs once more, from the cells of the document alone."""
        cells, advice = cells_by(document), document["advice"]
        classes = {client["class"]: client["share"] for client in advice["environment"]["clients"]}
        self.assertEqual({name for _, name in cells}, set(classes))
        lost, found = {"outage": 0, "misconfiguration": 0, "baseline": 0}, {}
        for pair in advice["pairs"]:
            sides = {}
            for key in ("without", "with"):
                side = pair[key]
                sides[key] = {name: cells[side["row"], name] for name in classes}
                for kind, outcomes in (("connects", ("connect",)), ("warns", ("warn",)), ("refuses", ("reject",)),
                                       ("no_verdict", ("unsupported", "error", "crash", "hang"))):
                    self.assertAlmostEqual(side[kind], shares(sides[key], classes, outcomes), msg=(side["row"], kind))
                self.assertEqual([(cell["class"], cell["share"], cell["outcome"]) for cell in side["cells"]],
                                 [(name, share, sides[key][name]["outcome"]) for name, share in classes.items()])
                extension = document["scenarios"][side["row"]]["situation"]["certificate"]["must_staple"]
                self.assertEqual(extension, "true" if key == "with" else "false", side["row"])
            newly = [name for name in classes if sides["without"][name]["outcome"] in LETS_IN
                     and sides["with"][name]["outcome"] == "reject"]
            self.assertEqual(pair["newly_refused"]["classes"], newly)
            share = sum(classes[name] for name in newly)
            self.assertAlmostEqual(pair["newly_refused"]["share"], share)
            if pair["family"] != "attack":
                lost[pair["family"]] = max(lost[pair["family"]], share)
            elif pair["withheld"]:
                found = {"still_without": shares(sides["without"], classes, LETS_IN),
                         "still_with": shares(sides["with"], classes, LETS_IN), "gained": share}
        for key, value in found.items():
            self.assertAlmostEqual(advice["security"][key], value, msg=key)
        self.assertAlmostEqual(advice["availability"]["lost_in_outage"], lost["outage"])
        self.assertAlmostEqual(advice["availability"]["lost_by_misconfiguration"], lost["misconfiguration"])
        self.assertAlmostEqual(advice["availability"]["lost_when_well"], lost["baseline"])
        return advice

    def test_the_sample_is_a_public_web_site(self):
        document = self.advise()
        advice = self.check_numbers(document)
        self.assertEqual(advice["answer"]["word"], "safe-if")
        self.assertEqual(advice["environment"]["file"], os.path.join(ROOT, "clients", "environment.yaml"))
        self.assertEqual({pair["family"] for pair in advice["pairs"]},
                         {"baseline", "outage", "misconfiguration", "attack"})
        self.assertGreater(advice["security"]["gained"], 1)
        self.assertEqual(len(advice["margins"]["servers"]), 10)
        rows = {row for part in ("reasons", "conditions") for one in advice["answer"][part] for row in one["rows"]}
        self.assertLessEqual(rows, set(document["scenarios"]))
        if jsonschema:
            schema = self.revoscope("schema", "result", expect=0).document()
            jsonschema.Draft202012Validator(schema).validate(document)

    def test_an_environment_of_ones_own(self):
        advice = self.check_numbers(self.advise(*self.ours()))
        self.assertEqual(advice["security"]["rows"], ["stolen-key@plain", "stolen-key@must-staple"])
        self.assertAlmostEqual(advice["security"]["gained"], 24.5)
        self.assertAlmostEqual(advice["security"]["still_without"], 90)
        self.assertEqual([one["answer"] for one in advice["questions"]], ["unknown", "unknown", "yes", "unknown"])

    def test_the_answer_follows_the_server_and_the_outage(self):
        for arguments, expect, word, found in (
                (("--server", "nginx"), 1, "not-safe", "first-connection"),
                (("--server", "apache"), 1, "not-safe", "drops-good-staple"),
                (("--server", "haproxy"), 0, "safe-if", "staple-saved"),
                (("--server", "caddy", "--outage", "12h"), 0, "safe-if", "ca-runs-ocsp"),
                (("--server", "caddy", "--outage", "12h", "--staple-life", "8h"), 1, "not-safe", "margin-too-short"),
                (("--least-gain", "30"), 1, "pointless", "no-gain"),
                (("--most-loss", "50", "--server", "nginx"), 0, "safe-if", "ca-runs-ocsp")):
            with self.subTest(arguments):
                advice = self.advise(*self.ours(), *arguments, expect=expect)["advice"]
                self.assertEqual(advice["answer"]["word"], word)
                ids = [one["id"] for part in ("reasons", "conditions") for one in advice["answer"][part]]
                self.assertIn(found, ids)
                self.assertTrue(advice["answer"]["instead"])

    def test_where_nobody_enforces_it_it_is_pointless(self):
        advice = self.check_numbers(self.advise(*self.ours(BLIND), expect=1))
        self.assertEqual(advice["answer"]["word"], "pointless")
        self.assertEqual(advice["security"]["gained"], 0)
        better = [one["id"] for one in advice["answer"]["instead"] if one["better"]]
        self.assertEqual(better, ["short-lived-certificate"])

    def test_the_margin_follows_the_life_of_a_staple(self):
        servers = self.advise(*self.ours(), "--staple-life", "10d", "--server", "nginx", expect=1)["advice"]["margins"]
        self.assertEqual((servers["staple_life_s"], servers["life_from"]), (864000, "option"))
        # Baseline Requirements 4.9.10: six days are left of ten; nginx asks again after an hour.
        self.assertEqual(servers["fetched_least_s"], 6 * 86400)
        self.assertEqual([(one["least_s"], one["most_s"], one["restart_least_s"]) for one in servers["servers"]],
                         [(6 * 86400 - 3600, 864000, 0)])

    def test_it_is_kept_and_shown_again_cell_by_cell(self):
        first = self.revoscope("advise", *self.ours(), "--format", "text", "--format", "json=" + self.path("a.json"),
                               expect=0).out
        self.assertTrue(first.startswith("\nIs must-staple safe here? not known to be safe"), first[:80])
        again = self.revoscope("report", "latest", expect=0).out
        self.assertEqual(again, first)
        self.assertEqual(self.revoscope("report", self.path("a.json"), expect=0).out, first)
        with open(self.path("a.json"), encoding="utf-8") as file:
            document = json.load(file)
        for row in document["advice"]["security"]["rows"]:
            for name in document["classes"]:
                shown = self.revoscope("explain", f"latest/{row}/{name}", expect=0).out
                self.assertIn(cells_by(document)[row, name]["outcome"], shown)
        command = re.search(r"revoscope explain (\S+)", " ".join(first.split())).group(1)
        self.assertIn("reject", self.revoscope("explain", command, expect=0).out)
        retested = self.revoscope("retest", expect=0)
        self.assertIn("repeats", retested.err)

    def test_every_format_has_it_or_needs_it_not(self):
        page, wiki = self.path("a.html"), self.path("a.md")
        out = self.revoscope("advise", "--no-store", *self.ours(), "--server", "nginx", "--html=" + page,
                             "--markdown=" + wiki, "--jsonl", expect=1).out
        end = json.loads(out.splitlines()[-1])["end"]
        self.assertEqual(end["advice"]["answer"]["word"], "not-safe")
        with open(page, encoding="utf-8") as file:
            text = file.read()
        elements = Page(text).elements
        charts = [attributes for tag, attributes in elements if tag == "svg"]
        self.assertEqual(len(charts), 3)
        for chart in charts:
            self.assertEqual(chart["role"], "img")
            ids = {attributes.get("id") for _, attributes in elements}
            self.assertLessEqual(set(chart["aria-labelledby"].split()), ids)
        self.assertFalse([tag for tag, attributes in elements if "style" in attributes])
        self.assertEqual(len([1 for _, attributes in elements if attributes.get("id") == "advice"]), 1)
        named = {attributes["href"][1:] for tag, attributes in elements
                 if tag == "a" and attributes.get("href", "").startswith("#")}
        self.assertLessEqual(named, {attributes.get("id") for _, attributes in elements})
        with open(wiki, encoding="utf-8") as file:
            wiki_text = file.read()
        self.assertIn("Answer: **not safe**", wiki_text)
        self.assertIn("| No staple, responder down | 10 % | 34.5 % | 24.5 % |", wiki_text)


class Examinations(ProgramTest):
    """What the doctor saw of an endpoint, out of a document."""

    def document(self, **examinations):
        document = self.revoscope("run", "good-staple@plain", "--class", f"{STACK}/no-check", "--no-store", "--format",
                                  "json", expect=0).document()
        document["examinations"] = {name.replace("_", ".") + ":443": about for name, about in examinations.items()}
        return self.write("doctor.json", json.dumps(document))

    @staticmethod
    def examination(server="caddy", staples=("s",), **leaf):
        return {
            "leaf": "a", "certificates": {"a": {**LEAF, **leaf}}, "server": {"kind": server},
            "staples": {"s": {"check": "good", "this_update": "2026-11-01T00:00:00Z",
                              "next_update": "2026-11-11T00:00:00Z"}},
            "responders": [{"verdict": "good"}],
            "handshakes": [{"address": "192.0.2.1", "round": 0, "completed": True, "asks_staple": True,
                            "staples": list(staples)}]}

    def advise(self, *arguments, expect):
        environment = self.write("ours.yaml", OURS)
        return self.revoscope("advise", "--no-store", "--environment", environment, "--format", "json", *arguments,
                              expect=expect)

    def test_all_in_order_is_safe(self):
        path = self.document(a_example=self.examination())
        advice = self.advise("a.example", "--examination", path, expect=0).document()["advice"]
        self.assertEqual(advice["answer"]["word"], "safe")
        self.assertEqual(advice["endpoint"]["id"], "a.example:443")
        self.assertEqual((advice["margins"]["staple_life_s"], advice["margins"]["life_from"]), (864000, "staple"))
        self.assertEqual([one["server"] for one in advice["margins"]["servers"]], ["caddy"])
        self.assertEqual({one["id"]: one["answer"] for one in advice["endpoint"]["facts"]}, {
            "names-responder": "yes", "responder-answers": "yes", "allows-extension": "yes", "has-extension": "yes",
            "short-lived": "no", "no-rev-avail": "no", "first-contact": "yes", "all-addresses": "yes",
            "responder-down": "yes"})

    def test_what_is_not_is_reported(self):
        for about, word, found in (
                (self.examination(ocsp_urls=[]), "not-safe", "must-staple-without-responder"),
                (self.examination(ocsp_urls=[], must_staple=False), "pointless", "no-responder-url"),
                (self.examination(not_after="2026-11-07T00:00:00Z"), "pointless", "short-lived"),
                (self.examination(issuer="C=US, O=Let's Encrypt, CN=E7", must_staple=False), "pointless", "ca-refuses"),
                (self.examination(staples=()), "not-safe", "stapling-on"),
                (self.examination(server="nginx"), "not-safe", "first-connection")):
            with self.subTest(found):
                advice = self.advise("--examination", self.document(a_example=about), expect=1).document()["advice"]
                self.assertEqual(advice["answer"]["word"], word)
                self.assertIn(found, [one["id"] for one in advice["answer"]["reasons"]])

    def test_which_endpoint_has_to_be_clear(self):
        path = self.document(a_example=self.examination(), b_example=self.examination())
        self.assertIn("several endpoints", self.advise("--examination", path, expect=2).err)
        self.assertIn("did not examine c.example; it examined: a.example:443, b.example:443",
                      self.advise("c.example", "--examination", path, expect=2).err)
        self.advise("b.example:443", "--examination", path, expect=0)
        self.assertIn("examined no endpoint", self.advise("--examination", self.document(), expect=2).err)


class Targets(ProgramTest):
    """Endpoints that are examined for the advice: the lab's own."""

    def advise(self, lab, scenario, *arguments, expect):
        result = self.revoscope("advise", "ours.example", "--connect", lab.address, "--servername", lab.hosts[scenario],
                                "--ca", lab.root, "--environment", self.write("ours.yaml", OURS), "--no-store", "--format",
                                "json", *arguments, expect=expect)
        return result.document()["advice"]

    def test_the_facts_of_the_endpoint_join_the_rules(self):
        lab = KeptLab(self, "good-staple@must-staple", "no-staple", "must-staple-no-responder",
                      "short-lived@no-rev-avail")
        for scenario, arguments, expect, word, ids, facts in (
                ("good-staple@must-staple", ("--server", "caddy"), 0, "safe", {"gain"},
                 {"names-responder": "yes", "responder-answers": "yes", "has-extension": "yes", "first-contact": "yes",
                  "all-addresses": "yes", "responder-down": "yes", "short-lived": "no"}),
                ("good-staple@must-staple", (), 0, "safe-if", {"server-keeps-staple"}, {"responder-down": "unknown"}),
                ("no-staple", ("--server", "caddy"), 0, "safe-if", {"stapling-on", "ca-runs-ocsp"},
                 {"has-extension": "no", "first-contact": "no", "all-addresses": "no", "responder-answers": "yes"}),
                ("must-staple-no-responder", ("--server", "caddy"), 1, "not-safe",
                 {"must-staple-without-responder", "stapling-on"}, {"names-responder": "no"}),
                ("short-lived@no-rev-avail", (), 1, "pointless", {"short-lived", "no-responder-url"},
                 {"no-rev-avail": "yes", "short-lived": "yes"})):
            with self.subTest(scenario):
                advice = self.advise(lab, scenario, *arguments, expect=expect)
                self.assertEqual(advice["answer"]["word"], word)
                found = {one["id"] for part in ("reasons", "conditions") for one in advice["answer"][part]}
                self.assertLessEqual(ids, found)
                self.assertEqual(advice["endpoint"]["id"], "ours.example:443")
                seen = {one["id"]: one["answer"] for one in advice["endpoint"]["facts"]}
                self.assertEqual({**seen, **facts}, seen)
        life = self.advise(lab, "good-staple@must-staple", expect=0)["margins"]
        self.assertEqual((life["staple_life_s"], life["life_from"]), (7 * 86400, "staple"))

    def test_an_absent_one_leaves_its_questions_open(self):
        result = self.revoscope("advise", "127.0.0.1:1", "--environment", self.write("ours.yaml", OURS), "--no-store",
                                "--format", "json", expect=0)
        advice = result.document()["advice"]
        self.assertEqual(advice["answer"]["word"], "safe-if")
        self.assertEqual({one["answer"] for one in advice["endpoint"]["facts"]}, {"unknown"})


class BadInput(ProgramTest):
    def check(self, text, *wanted):
        path = self.write("e.yaml", text)
        result = self.revoscope("advise", "--no-store", "--environment", path, expect=2)
        self.assertEqual(result.out, "")
        for part in wanted:
            self.assertIn(f"{path}:{part}", result.err)

    def test_a_broken_environment_names_file_and_line(self):
        self.check(OURS.replace("55.5", "50"), "3:3: the shares of clients add up to 94.5 %, not to 100 %")
        self.check(OURS.replace("/soft-fail", "/soft-fale"),
                   f"8:12: unknown client class '{STACK}/soft-fale'; did you mean {STACK}/soft-fail?")
        self.check(OURS.replace(f"{STACK}/soft-fail", "browser/chrome"),
                   "8:12: unknown client class 'browser/chrome'; did you mean browser/chrome-default, ")
        self.check(OURS.replace("/soft-fail", "/no-check"), "8:12: duplicate class ")
        self.check(OURS.replace("55.5", "-1"), "4:12: share: invalid percentage '-1'")
        self.check(OURS.replace("note:", "nota:"), "7:5: unknown key 'nota' in a client, did you mean 'note'?")
        self.check("title: [", "")
        result = self.revoscope("advise", "--environment", self.path("none.yaml"), expect=2)
        self.assertIn("none.yaml", result.err)

    def test_wrong_words_are_usage(self):
        for arguments, wanted in ((("--server", "iis"), "one of: nginx"), (("--staple-life", "soon"), "--staple-life"),
                                  (("--outage", "0s"), "--outage"), (("--least-gain", "x"), "--least-gain"),
                                  (("--most-loss", "101"), "--most-loss"), (("--at", "+3d"), "to the present only"),
                                  (("--examination", self.path("none.json")), "--examination"), (("a", "b"), "one target")):
            with self.subTest(arguments):
                self.assertIn(wanted, self.revoscope("advise", "--no-store", *arguments, expect=2).err)

    def test_a_scenario_of_ones_own_needs_its_twin(self):
        own = """title: "Must-staple certificate, ours"
why: "W"
tags: [outage]
server: { staple: { this_update: -5d, next_update: -5min } }
responder: refuse
expect: { "*": connect }
variants:
  with: { certificate: { must_staple: true } }
"""
        environment = self.write("ours.yaml", OURS)
        folder = self.path("team")
        path = self.write("team/ours/ours.yaml", own)
        arguments = ("advise", "--no-store", "--environment", environment, "--scenarios", folder)
        self.assertIn(f"{path}: ours@with has the tag outage and no twin", self.revoscope(*arguments, expect=2).err)
        self.write("team/ours/ours.yaml", own + "  without: { certificate: { must_staple: false } }\n")
        pairs = self.revoscope(*arguments, "--format", "json", expect=0).document()["advice"]["pairs"]
        ours = [pair for pair in pairs if pair["with"]["row"] == "ours@with"]
        self.assertEqual([(pair["without"]["row"], pair["label"], pair["staple"]) for pair in ours],
                         [('ours@without', 'Ours (with)', 'stale')])


if __name__ == "__main__":
    main()
