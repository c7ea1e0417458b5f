#!/usr/bin/env python3
"""The result document: valid by its own schema, whole by DESIGN section 8, the same twice."""

import json
import unittest

from patience import HANG_S
from programs import STACKS, ProgramTest, cells_by, main

try:
    import jsonschema
except ImportError:
    jsonschema = None

OUTCOMES = {"connect", "warn", "reject", "unsupported", "error", "crash", "hang"}
POLICIES = ("no-check", "soft-fail", "hard-fail", "must-staple", "require-staple", "native")
FAMILIES = ("healthy", "must-staple", "staple")


def comparable(document):
    """What two runs of the same scenarios by the same classes have in common; details name ports."""
    return {
        "classes": document["classes"], "scenarios": document["scenarios"], "stacks": document["stacks"],
        "cells": {f"{scenario} {class_id}": {key: cell.get(key) for key in (
            "outcome", "reason", "assurance", "exposed", "expected", "as_expected")}
            for (scenario, class_id), cell in cells_by(document).items()},
        "summary": document["summary"],
    }


class Document(ProgramTest):
    def document(self, *arguments, expect=0):
        result = self.revoscope("run", "--no-store", "--format", "json", *arguments, timeout=HANG_S)
        self.assertIn(result.status, (0, 1), str(result))
        document = result.document()
        odd = [f"{cell['scenario']} {cell['class']}: {cell['outcome']} {cell['reason']}: {cell['detail']}"
               for cell in document["cells"] if cell["as_expected"] is False]
        self.assertEqual((result.status, odd), (expect, []))
        return document

    @unittest.skipUnless(jsonschema, "not installed: python3-jsonschema")
    def test_documents_are_valid_by_the_schema_that_is_printed(self):
        schema = self.revoscope("schema", "result", expect=0).document()
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        run = self.document(*FAMILIES)
        probe = self.revoscope("probe", "--no-store", "--format", "json", "127.0.0.1:1", expect=3).document()
        for name, document in (("run", run), ("probe", probe)):
            with self.subTest(name):
                self.assertEqual([error.message for error in validator(schema).iter_errors(document)][:5], [])
        # A schema that takes anything would be worth nothing.
        for key in ("schema", "run", "classes", "cells", "summary"):
            broken = dict(run)
            del broken[key]
            self.assertTrue(list(validator(schema).iter_errors(broken)), f"valid without {key}")
        broken = dict(run, cells=[dict(run["cells"][0], outcome="perhaps")])
        self.assertTrue(list(validator(schema).iter_errors(broken)), "valid with an unknown outcome")

    @unittest.skipUnless(jsonschema, "not installed: python3-jsonschema")
    def test_the_other_schemas_are_schemas(self):
        for name in ("scenario", "classes"):
            with self.subTest(name):
                schema = self.revoscope("schema", name, expect=0).document()
                jsonschema.validators.validator_for(schema).check_schema(schema)

    def test_everything_of_the_contract_is_there(self):
        document = self.document("healthy", "attack")
        self.assertEqual(document["schema"], 1)
        self.assertRegex(document["revoscope"], r"^\d+\.\d+")
        for key in ("id", "started", "finished", "vantage", "command"):
            self.assertTrue(document["run"][key], key)
        for stack in STACKS:
            self.assertTrue(document["stacks"][stack]["compliant"], stack)
            self.assertTrue(document["stacks"][stack]["capabilities"], stack)
        self.assertEqual(set(document["classes"]), {f"{stack}/{policy}" for stack in STACKS for policy in POLICIES})
        for value in document["classes"].values():
            for key in ("stack", "enforcement", "policy", "title", "origin"):
                self.assertIn(key, value)
        for value in document["scenarios"].values():
            for key in ("title", "family", "tags", "truth"):
                self.assertIn(key, value)
        self.assertEqual(len(document["cells"]), len(document["classes"]) * len(document["scenarios"]))
        for cell in document["cells"]:
            name = f"{cell['scenario']} {cell['class']}"
            self.assertIn(cell["outcome"], OUTCOMES, name)
            self.assertTrue(cell["reason"], name)
            self.assertTrue(cell["detail"], name)
            self.assertIn(cell["assurance"], ("good", "none", "revoked"), name)
            self.assertIsInstance(cell["exposed"], bool, name)
            self.assertEqual(cell["as_expected"], cell["expected"]["outcome"] == cell["outcome"], name)
            self.assertRegex(cell["expected"]["from"], r"\.yaml:\d+", name)
        self.assertEqual(sum(document["summary"]["by_outcome"].values()), len(document["cells"]))

    def test_exposed_is_who_connects_to_a_revoked_certificate(self):
        document = self.document("attack")
        for cell in document["cells"]:
            truth = document["scenarios"][cell["scenario"]]["truth"]
            connected = cell["outcome"] in ("connect", "warn")
            self.assertEqual(cell["exposed"], connected and truth == "revoked", f"{cell['scenario']} {cell['class']}")
        self.assertTrue(any(cell["exposed"] for cell in document["cells"]))

    def test_the_server_saw_what_the_client_says(self):
        """The lab's log is held against each client's word: staple bytes, TLS version, alert."""
        document = self.document("good-staple@plain", "no-staple", "revoked@plain")
        num_checked = 0
        for cell in document["cells"]:
            name = f"{cell['scenario']} {cell['class']}"
            connections = cell["server"]["connections"]
            self.assertEqual(len(connections), 1, name)
            seen, said = connections[0], cell["observation"]
            if said["tls"] and said["tls"]["version"]:
                self.assertEqual(seen["tls"], said["tls"]["version"], name)
            if cell["class"].startswith("mbedtls/"):
                self.assertFalse(seen["status_request"], name)
            for staple in said.get("staples") or []:
                if staple["depth"] == 0:
                    self.assertEqual(seen["staple"]["sha256"], staple["sha256"], name)
                    num_checked += 1
        self.assertGreater(num_checked, 0)

    def test_two_runs_are_equal_in_what_is_comparable(self):
        one, other = (comparable(self.document(*FAMILIES, "--jobs", jobs)) for jobs in ("2", "7"))
        self.assertEqual(json.dumps(one, indent=1, sort_keys=True), json.dumps(other, indent=1, sort_keys=True))

    def test_repeats_are_counted(self):
        document = self.document("good-staple@plain", "--repeat", "3", "--class", "openssl/require-staple")
        self.assertEqual([cell["outcome"] for cell in document["cells"]], ["connect"])
        self.assertEqual(len(document["cells"][0]["server"]["connections"]), 3)

    def test_ids_are_sorted(self):
        document = self.document("healthy")
        for key in ("classes", "scenarios", "stacks"):
            self.assertEqual(list(document[key]), sorted(document[key]), key)


if __name__ == "__main__":
    main()
