#!/usr/bin/env python3
"""The schemas that `revoscope schema` prints: our own files are valid by them, and slips are not.

An editor with such a schema and revoscope itself have to agree on a file: what one takes, the other takes.
"""

import glob
import json
import os
import unittest

from programs import BUILD, ROOT, ProgramTest, main

try:
    import jsonschema
except ImportError:
    jsonschema = None

YAML_JSON = os.path.join(BUILD, "harness", "config", "yaml-json")
SCENARIO = """title: "t"
why: "w"
tags: [a]
certificate: { must_staple: true, lifetime: 90d }
server: { tls: [1.2, 1.3], staple: { next_update: -1h, skip_first: 1 } }
responder: { http: 503 }
crl: none
truth: good
expect:
  "*/*": { verdict: connect, reason: status-good, why: "w", versions: ">=3.0 <3.6" }
variants:
  v: { server: { staple: none }, responder: refuse, expect: { "*": warn } }
"""
CLASSES = """policies:
  soft-fail: { title: "t", text: "t", asks_staple: yes, checks_staple: full, timeout_ms: 2000 }
classes:
  ours/app: { stack: openssl, title: "t", origin: source, like: soft-fail, policy: { skew_s: 5, asks_staple: true } }
"""
# (what is replaced, by what); each makes the file one that both refuse.
SCENARIO_SLIPS = [
    ("title:", "titel:"), ("why: \"w\"\ntags", "tags"), ("[a]", "[]"), ("[a]", "[A]"), ("must_staple: true", "must_staple: maybe"),
    ("90d", "90 days"), ("[1.2, 1.3]", "[1.1]"), ("skip_first: 1", "skip_first: 1001"), ("skip_first: 1", "skip_first: x"),
    ("http: 503", "http: 99999"), ("http: 503", "htpp: 503"), ("crl: none", "crl: nothing"), ("truth: good", "truth: maybe"),
    ("connect", "conect"), ("status-good", "bad-weather"), (">=3.0 <3.6", "3.0 or later"), ("verdict: connect, ", ""),
    ("responder: refuse", "responder: refused"), ("  v:", "  V_1:"), ("staple: none }, r", "staple: nothing }, r"),
    ('"*": warn', '"*": warning'), ("next_update: -1h", "next_update: yesterday"),
]
CLASSES_SLIPS = [
    ("policies:", "polices:"), ("asks_staple: yes, c", "asks_stapel: yes, c"), ("full", "half"), ("2000", "0"),
    ("2000", "soon"), ("text: \"t\", ", ""), ("origin: source", "origin: rumour"), ("origin: source, ", ""),
    ("skew_s: 5", "skew_s: -1"), ("skew_s: 5", "skew: 5"), ("like:", "likes:"), (CLASSES, "{}\n"),
]

ENVIRONMENT = """title: "t"
text: "t"
clients:
  - {class: openssl/must-staple, share: 40.5, note: "n"}
  - {class: runtime/go, share: "59.5 %"}
"""
ENVIRONMENT_SLIPS = [
    ("title:", "titel:"), ("title: \"t\"\n", ""), ("clients:", "client:"), ("share: 40.5", "share: -40.5"), ("40.5", "0"),
    ("40.5", "most"), ("class: openssl", "clas: openssl"), ("note: \"n\"", "notes: \"n\""), ("59.5 %", "59,5 %"),
    (", share: 40.5", ""), (ENVIRONMENT[ENVIRONMENT.index("  -"):], "  []\n"),
]


@unittest.skipUnless(jsonschema, "not installed: python3-jsonschema")
class Schemas(ProgramTest):
    def setUp(self):
        super().setUp()
        self.validators = {}
        for name in ("scenario", "classes", "environment", "result"):
            schema = self.revoscope("schema", name, expect=0).document()
            jsonschema.Draft202012Validator.check_schema(schema)
            self.validators[name] = jsonschema.Draft202012Validator(schema)

    def read(self, *paths):
        result = self.run_program(YAML_JSON, *paths)
        self.assertEqual(result.status, 0, str(result))
        return [json.loads(line) for line in result.out.splitlines()]

    def faults(self, name, content):
        return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
                for fault in self.validators[name].iter_errors(content)]

    def test_every_scenario_of_ours_is_valid(self):
        paths = sorted(glob.glob(os.path.join(ROOT, "scenarios", "*", "*.yaml")))
        self.assertGreater(len(paths), 50)
        for path, content in zip(paths, self.read(*paths)):
            with self.subTest(os.path.relpath(path, ROOT)):
                self.assertEqual(self.faults("scenario", content), [])

    def test_our_classes_are_valid(self):
        self.assertEqual(self.faults("classes", self.read(os.path.join(ROOT, "clients", "classes.yaml"))[0]), [])

    def test_our_environment_is_valid(self):
        path = os.path.join(ROOT, "clients", "environment.yaml")
        self.assertEqual(self.faults("environment", self.read(path)[0]), [])

    def hold(self, name, text, accepts, is_good):
        path = self.write("staple/x.yaml", text)
        result = accepts(path)
        faults = self.faults(name, self.read(path)[0])
        self.assertEqual(result.status, 0 if is_good else 2, str(result))
        self.assertEqual(faults == [], is_good, faults)

    def check(self, name, good, slips, accepts):
        self.hold(name, good, accepts, True)
        for old, new in slips:
            with self.subTest(new or old):
                self.assertEqual(good.count(old), 1, old)
                self.hold(name, good.replace(old, new), accepts, False)

    def test_schema_and_reader_of_scenarios_agree(self):
        folder = self.path("staple")
        self.check("scenario", SCENARIO, SCENARIO_SLIPS,
                   lambda path: self.revoscope("list", "scenarios", "--scenarios", folder))

    def test_schema_and_reader_of_classes_agree(self):
        self.check("classes", CLASSES, CLASSES_SLIPS, lambda path: self.revoscope("list", "classes", "--classes", path))

    def test_schema_and_reader_of_environments_agree(self):
        self.check("environment", ENVIRONMENT, ENVIRONMENT_SLIPS,
                   lambda path: self.revoscope("advise", "--no-store", "--environment", path))

    def test_lists_are_as_in_the_result_document(self):
        """`list … --format json` and the document speak of classes and scenarios in the same words."""
        for what, part in (("classes", "class"), ("scenarios", "scenario")):
            schema = {**self.validators["result"].schema, "$ref": "#/$defs/" + part}
            for key in ("type", "required", "oneOf", "properties", "additionalProperties"):
                schema.pop(key, None)
            validator = jsonschema.Draft202012Validator(schema)
            for name, about in self.revoscope("list", what, "--format", "json", expect=0).document().items():
                with self.subTest(name):
                    self.assertEqual([fault.message for fault in validator.iter_errors(about)], [])


if __name__ == "__main__":
    main()
