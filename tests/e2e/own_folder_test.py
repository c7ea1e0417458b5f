#!/usr/bin/env python3
"""Scenarios, classes and deviations of one's own on top of the project's, and what is wrong with them."""

import json

from patience import HANG_S
from programs import REVOSCOPE, ROOT, STACKS, ProgramTest, cells_by, main

STACK = STACKS[0]
OWN_SCENARIO = """title: "Our {name}"
why: "our own"
tags: [ours]
server: {{ staple: none }}
responder: none
expect:
  "*/no-check": connect
  "*/*-fail": {{ verdict: warn, why: "we say so" }}
"""
OWN_CLASSES = """policies:
  soft-fail:
    title: "our soft-fail"
    text: "Looks at nothing."
classes:
  browser/firefox-private-root:
    stack: %s
    title: "Our Firefox"
    origin: measured
    like: browser/firefox-private-root
    policy: { on_unavailable: reject }
  ours/app:
    stack: %s
    title: "Our application"
    origin: measured
    like: browser/firefox-private-root
""" % (STACK, STACK)


class OwnScenarios(ProgramTest):
    def setUp(self):
        super().setUp()
        self.folder = self.path("team")
        for name in ("stale", "ours"):
            self.write(f"team/staple/{name}.yaml", OWN_SCENARIO.format(name=name))

    def test_one_with_the_same_id_overrides_with_all_its_variants(self):
        listed = self.revoscope("list", "scenarios", "--format", "json", "--scenarios", self.folder, expect=0).document()
        plain = self.revoscope("list", "scenarios", "--format", "json", expect=0).document()
        self.assertEqual(set(listed), {name for name in plain if not name.startswith("stale@")} | {"stale", "ours"})
        self.assertEqual(listed["stale"]["from"], self.folder + "/staple/stale.yaml")
        self.assertEqual(listed["stale"]["overrides"], "scenarios/staple/stale.yaml")
        self.assertEqual((listed["ours"]["from"], listed["ours"]["overrides"]),
                         (self.folder + "/staple/ours.yaml", None))
        self.assertEqual(listed["no-staple"]["from"], "scenarios/staple/no-staple.yaml")
        self.assertEqual({about["overrides"] for about in plain.values()}, {None})

    def test_it_is_run_judged_and_shown_in_every_report(self):
        page, document = self.path("page.html"), self.path("document.json")
        text = self.revoscope("run", "--no-store", "stale", "ours", "--scenarios", self.folder, "--class",
                              STACK + "/soft-fail", "--format", "text", "--format", "json=" + document, "--format",
                              "html=" + page, expect=0).out
        place = self.folder + "/staple/stale.yaml"
        self.assertIn("overriding the installed ones: stale (from " + place, " ".join(text.split()))
        with open(page, encoding="utf-8") as file:
            self.assertIn(place, file.read())
        with open(document, encoding="utf-8") as file:
            cells = cells_by(json.load(file))
        self.assertEqual({name: cell["outcome"] for (name, _), cell in cells.items()},
                         {"stale": "warn", "ours": "warn"})
        self.assertEqual(cells["stale", STACK + "/soft-fail"]["expected"]["from"], place + ":8")

    def test_list_and_explain_say_from_where(self):
        place = self.folder + "/staple/stale.yaml"
        line = [line for line in self.revoscope("list", "scenarios", "--scenarios", self.folder, expect=0)
                .out.splitlines() if line.split()[:1] == ["stale"]]
        self.assertEqual(len(line), 1)
        self.assertTrue(line[0].endswith(f"[{place}, overrides scenarios/staple/stale.yaml]"), line)
        shown = " ".join(self.revoscope("explain", "stale", "--scenarios", self.folder, expect=0).out.split())
        self.assertIn(f"From {place}, overrides ", shown)
        self.assertIn("/scenarios/staple/stale.yaml", shown)

    def test_of_two_folders_the_later_counts(self):
        self.write("other/staple/ours.yaml", OWN_SCENARIO.format(name="other"))
        listed = self.revoscope("list", "scenarios", "--format", "json", "--scenarios", self.folder, "--scenarios",
                                self.path("other"), expect=0).document()
        self.assertEqual(listed["ours"]["title"], "Our other")
        self.assertEqual(listed["ours"]["overrides"], self.folder + "/staple/ours.yaml")
        self.assertEqual(listed["stale"]["title"], "Our stale")

    def test_the_lab_serves_it(self):
        result = self.run_program("timeout", "--signal", "INT", "3", REVOSCOPE, "lab", "ours", "--scenarios",
                                  self.folder)
        self.assertIn("ours: Our ours", result.out)

    def test_what_is_wrong_in_it_has_its_place(self):
        good = OWN_SCENARIO.format(name="x")
        rows = {
            "unknown key": (good.replace("why:", "wy:"), "x.yaml:2:1: unknown key 'wy'"),
            "unknown field in a variant": (good + "variants:\n  v:\n    server: { staple: { stauts: good } }\n",
                                           "x.yaml:11:25: unknown key 'stauts'"),
            "unknown section in a variant": (good + "variants:\n  v:\n    responders: none\n",
                                             "x.yaml:11:5: unknown key 'responders'"),
            "unknown value in a variant": (good + "variants:\n  v: { certificate: { chain: fulll } }\n",
                                           "x.yaml:10:30: unknown chain 'fulll', did you mean 'full'"),
            "an id twice in a file": (good + "title: again\n", "x.yaml:9:"),
        }
        for name, (text, words) in rows.items():
            with self.subTest(name):
                self.write("broken/staple/x.yaml", text)
                result = self.revoscope("run", "--no-store", "--scenarios", self.path("broken"), expect=2)
                self.assertIn(words, result.err)
                self.assertEqual(result.out, "")

    def test_an_id_twice_in_one_folder_names_both_files(self):
        self.write("team/crl/stale.yaml", OWN_SCENARIO.format(name="x"))
        result = self.revoscope("run", "--no-store", "--scenarios", self.folder, expect=2)
        self.assertIn("team/crl/stale.yaml", result.err)
        self.assertIn("team/staple/stale.yaml", result.err)

    def test_a_folder_without_scenarios_is_refused(self):
        for folder in (self.temporary, "/nowhere/at/all"):
            with self.subTest(folder):
                self.assertIn(folder, self.revoscope("list", "scenarios", "--scenarios", folder, expect=2).err)


class OwnClasses(ProgramTest):
    def setUp(self):
        super().setUp()
        self.file = self.write("own.yaml", OWN_CLASSES)

    def listed(self, *arguments):
        return self.revoscope("list", "classes", "--format", "json", *arguments, expect=0).document()

    def test_a_policy_overrides_for_every_stack_and_a_class_for_itself(self):
        plain, own = self.listed(), self.listed("--classes", self.file)
        self.assertEqual(set(own), set(plain) | {"ours/app"})
        changed = {name for name in plain if own[name] != plain[name]}
        self.assertEqual(changed, {stack + "/soft-fail" for stack in ("openssl", "gnutls", "mbedtls")} |
                         {"browser/firefox-private-root"})
        self.assertEqual(own[STACK + "/soft-fail"]["policy"]["asks_staple"], "no")
        self.assertEqual(own[STACK + "/soft-fail"]["from"], self.file + ":2")
        self.assertRegex(own[STACK + "/soft-fail"]["overrides"], r"^clients/classes\.yaml:\d+$")
        firefox = own["browser/firefox-private-root"]
        self.assertEqual((firefox["title"], firefox["from"]), ("Our Firefox", self.file + ":6"))
        differing = {axis for axis, value in firefox["policy"].items()
                     if value != plain["browser/firefox-private-root"]["policy"][axis]}
        self.assertEqual(differing, {"on_unavailable"})
        self.assertEqual(own["ours/app"]["policy"], firefox["policy"])
        self.assertIsNone(own["ours/app"]["overrides"])

    def test_it_is_run_and_shown_in_every_report(self):
        page, document = self.path("page.html"), self.path("document.json")
        text = self.revoscope("run", "--no-store", "no-staple", "--classes", self.file, "--class", STACK + "/soft-fail",
                              "--class", "ours/*", "--fail-on", "never", "--format", "text", "--format",
                              "json=" + document, "--format", "html=" + page, expect=0).out
        self.assertIn(f"overriding the installed ones: {STACK}/soft-fail (from {self.file}:2)", " ".join(text.split()))
        with open(page, encoding="utf-8") as file:
            self.assertIn(self.file + ":2", file.read())
        with open(document, encoding="utf-8") as file:
            result = json.load(file)
        self.assertEqual(result["classes"][STACK + "/soft-fail"]["from"], self.file + ":2")
        self.assertEqual(cells_by(result)["no-staple", STACK + "/soft-fail"]["reason"], "not-checked")

    def test_list_and_explain_say_from_where(self):
        out = self.revoscope("list", "classes", "--classes", self.file, expect=0).out
        lines = {line.split()[0]: line for line in out.splitlines()}
        self.assertRegex(lines[STACK + "/soft-fail"], r"own\.yaml:2, overrides clients/classes\.yaml:\d+\]$")
        self.assertNotIn("overrides", lines[STACK + "/hard-fail"])
        for word in ("soft-fail", STACK + "/soft-fail"):
            shown = " ".join(self.revoscope("explain", word, "--classes", self.file, expect=0).out.split())
            self.assertRegex(shown, r"From \S*own\.yaml:2, overrides clients/classes\.yaml:\d+")

    def test_of_two_files_the_later_counts_and_may_build_on_the_first(self):
        second = self.write("second.yaml", "classes:\n  ours/app:\n    stack: %s\n    title: Second\n    origin: source\n"
                            "    like: ours/app\n    policy: { skew_s: 77 }\n" % STACK)
        own = self.listed("--classes", self.file, "--classes", second)
        self.assertEqual(own["ours/app"]["title"], "Second")
        self.assertEqual((own["ours/app"]["policy"]["skew_s"], own["ours/app"]["policy"]["on_unavailable"]),
                         (77, "reject"))
        self.assertEqual(own["ours/app"]["overrides"], self.file + ":12")

    def test_groups_of_classes(self):
        def ids(*arguments):
            document = self.revoscope("run", "--no-store", "no-staple", "--format", "json", "--fail-on", "never",
                                      "--classes", self.file, *arguments, timeout=HANG_S).document()
            return set(document["classes"])
        everything = self.listed("--classes", self.file)
        built_in = {name for name, about in everything.items() if about["origin"] == "built-in"}
        self.assertEqual(ids(), built_in)
        self.assertEqual(len(built_in), 18)
        self.assertEqual(ids("--class", "all"), set(everything))
        self.assertEqual(ids("--class", "ours/*"), {"ours/app"})
        browsers = ids("--class", "browser/*")
        self.assertEqual(browsers, {name for name in everything if name.startswith("browser/")})
        self.assertGreater(len(browsers), 3)
        self.assertEqual(ids("--class", "browser/*", "--class", "ours/app"), browsers | {"ours/app"})

    def test_contradictions_name_both_places(self):
        rows = {
            "requires but does not ask": (
                "policies:\n  strict:\n    title: S\n    text: T\n    asks_staple: no\n    checks_staple: no\n"
                "    requires_staple: yes\n", ("bad.yaml:7:5: ", "bad.yaml:5:5: ")),
            "requires, and asking is forgotten": (
                "policies:\n  strict:\n    title: S\n    text: T\n    requires_staple: yes\n",
                ("bad.yaml:5:5: ", "bad.yaml:2:3: ")),
            "in a class": (
                "classes:\n  o/w:\n    stack: openssl\n    title: T\n    origin: source\n    policy:\n"
                "      must_staple: valid\n      asks_staple: no\n", ("bad.yaml:7:7: ", "bad.yaml:8:7: ")),
            "with a policy of the project": (
                "classes:\n  o/w:\n    stack: openssl\n    title: T\n    origin: source\n    like: require-staple\n"
                "    policy:\n      asks_staple: no\n", ("clients/classes.yaml:", "bad.yaml:8:7: ")),
        }
        for name, (text, places) in rows.items():
            for command in (("run", "--no-store", "good-staple"), ("list", "classes"), ("probe", "127.0.0.1:1")):
                with self.subTest(name, command=command):
                    result = self.revoscope(*command, "--classes", self.write("bad.yaml", text), expect=2)
                    lines = result.err.splitlines()
                    self.assertEqual(len(lines), 2, result.err)
                    for line, place in zip(lines, places):
                        self.assertIn(place, line)
                        self.assertIn("contradicts itself", line)
                    self.assertEqual(result.out, "")

    def test_what_is_wrong_in_it_has_its_place(self):
        rows = {
            "unknown axis": ("policies:\n  p:\n    title: T\n    text: T\n    ask_staple: yes\n",
                             "bad.yaml:5:5: unknown key 'ask_staple' in a policy, did you mean 'asks_staple'?"),
            "unknown stack": ("classes: { o/w: { stack: opnssl, title: T, origin: source, like: no-check } }\n",
                              "bad.yaml:1:26: unknown stack 'opnssl', did you mean 'openssl'?"),
            "unknown like": ("classes: { o/w: { stack: openssl, title: T, origin: source, like: nothing } }\n",
                             "bad.yaml:1:67: unknown policy or class 'nothing'"),
            "an id twice": ("classes:\n  o/w: { stack: openssl, title: T, origin: source, like: no-check }\n"
                            "  o/w: { stack: openssl, title: T, origin: source, like: no-check }\n", "bad.yaml:3:3"),
            "empty": ("", "bad.yaml:1:1: empty"),
        }
        for name, (text, words) in rows.items():
            with self.subTest(name):
                result = self.revoscope("list", "classes", "--classes", self.write("bad.yaml", text), expect=2)
                self.assertIn(words, result.err)


class OwnDeviations(ProgramTest):
    def run_empty(self, *files, expect):
        arguments = [word for file in files for word in ("--deviations", file)]
        return self.revoscope("run", "--no-store", "no-staple", "--class", STACK + "/no-check", "--strict", "--format",
                              "json", *arguments, expect=expect).document()

    def test_the_later_of_equals_counts_and_a_stale_one_fails(self):
        wrong = self.write("wrong.yaml", f"- class: {STACK}/no-check\n  scenario: no-staple\n  verdict: reject\n"
                           "  why: wrong\n")
        right = self.write("right.yaml", f"- class: {STACK}/no-check\n  scenario: no-staple\n  verdict: connect\n"
                           "  why: right\n")
        self.assertEqual(self.run_empty(expect=0)["cells"][0]["expected"]["deviation"], False)
        document = self.run_empty(wrong, right, expect=0)
        self.assertEqual((document["cells"][0]["expected"]["why"], document["cells"][0]["expected"]["from"]),
                         ("right", right + ":1"))
        document = self.run_empty(right, wrong, expect=1)
        self.assertEqual([item["from"] for item in document["summary"]["stale_deviations"]], [wrong + ":1"])

    def test_one_for_other_releases_neither_counts_nor_is_stale(self):
        other = self.write("other.yaml", f"- class: {STACK}/no-check\n  scenario: no-staple\n  verdict: reject\n"
                           '  versions: ">=99"\n  why: other\n')
        document = self.run_empty(other, expect=0)
        self.assertFalse(document["cells"][0]["expected"]["deviation"])
        self.assertEqual(document["summary"]["stale_deviations"], [])

    def test_what_is_wrong_in_it_has_its_place(self):
        bad = self.write("bad.yaml", "- class: openssl/no-check\n  scenario: no-staple\n  verdict: reject\n  why: w\n"
                         '  versions: "3.0+"\n')
        result = self.revoscope("run", "--no-store", "--deviations", bad, expect=2)
        self.assertIn("bad.yaml:5:13: invalid range of versions '3.0+'", result.err)
        self.revoscope("run", "--no-store", "--deviations", "/nowhere/d.yaml", expect=2)


class Installation(ProgramTest):
    def test_nothing_of_it_overrides_itself(self):
        classes = self.revoscope("list", "classes", "--format", "json", expect=0, cwd=ROOT).document()
        self.assertEqual({about["overrides"] for about in classes.values()}, {None})
        self.assertTrue(all(about["from"].startswith("clients/classes.yaml:") for about in classes.values()))


if __name__ == "__main__":
    main()
