#!/usr/bin/env python3
"""The whole default matrix is a golden text: a change of it is reviewed like code.

To write it anew after a change that is meant: REVOSCOPE_WRITE_GOLDEN=1 python3 tests/e2e/matrix_test.py
(with PYTHONPATH=tests/support and REVOSCOPE_BUILD as ctest sets them; docs/contributing.md).
"""

import os
import unittest

from patience import HANG_S
from programs import STACKS, ProgramTest, cells_by, main

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden", "matrix.txt")
POLICIES = ("no-check", "soft-fail", "hard-fail", "must-staple", "require-staple", "native")


def versions(document):
    """The releases that the matrix is true for."""
    return "# " + ", ".join(stack + " " + ".".join(document["stacks"][stack]["version"].split(".")[:2]) for stack in STACKS)


def render(document):
    """One line per scenario and stack: verdict and reason of each policy; nothing that moves."""
    cells = cells_by(document)
    lines = [versions(document), "# scenario, stack: " + ", ".join(POLICIES)]
    for scenario in sorted(document["scenarios"], key=lambda name: (document["scenarios"][name]["family"], name)):
        about = document["scenarios"][scenario]
        lines.append(f"\n{about['family']}/{scenario} (truth: {about['truth']})")
        for stack in STACKS:
            row = []
            for policy in POLICIES:
                cell = cells[scenario, f"{stack}/{policy}"]
                row.append(f"{cell['outcome']} {cell['reason']}" + (" EXPOSED" if cell["exposed"] else ""))
            lines.append(f"  {stack:8} " + " | ".join(row))
    return "\n".join(lines) + "\n"


class Matrix(ProgramTest):
    @unittest.skipUnless(STACKS == ["openssl", "gnutls", "mbedtls"], "not every stack of the golden matrix is built")
    def test_the_default_run_is_the_golden_matrix(self):
        # Undivided times: a machine that runs all tests at once may take a second for an answer.
        result = self.revoscope("run", "--no-store", "--time-factor", "1", "--format", "json", timeout=HANG_S)
        document = result.document()
        text = render(document)
        if os.environ.get("REVOSCOPE_WRITE_GOLDEN"):
            os.makedirs(os.path.dirname(GOLDEN), exist_ok=True)
            with open(GOLDEN, "w", encoding="utf-8") as file:
                file.write(text)
        with open(GOLDEN, encoding="utf-8") as file:
            golden = file.read()
        if golden.splitlines()[0] == versions(document):
            self.assertEqual(text, golden)
        unexpected = [f"{cell['scenario']} {cell['class']}: {cell['outcome']} {cell['reason']}"
                      for cell in document["cells"] if not cell["as_expected"]]
        self.assertEqual(unexpected, [])
        self.assertEqual(result.status, 0, str(result)[-3000:])
        self.assertGreaterEqual(len(document["scenarios"]), 30)
        self.assertGreaterEqual({cell["outcome"] for cell in document["cells"]}, {"connect", "warn", "reject"})
        if golden.splitlines()[0] != versions(document):
            self.skipTest(f"the golden matrix is of other releases: {golden.splitlines()[0]}, not {versions(document)}")

    def test_scenarios_aside_are_as_expected_when_they_are_asked_for(self):
        classes = [word for stack in STACKS for word in ("--class", stack + "/hard-fail")]
        result = self.revoscope("run", "--no-store", "--strict", "--tag", "aside", "--timeout", "60", "--jobs", "2", *classes,
                                "--format", "json", timeout=HANG_S, expect=0)
        cells = cells_by(result.document())
        self.assertNotIn("left out", result.err)
        for stack in STACKS:
            cell = cells["crl-huge", stack + "/hard-fail"]
            self.assertEqual((cell["outcome"], cell["reason"]), ("reject", "status-revoked"), cell["detail"])

    def test_a_run_of_everything_says_what_it_left_out(self):
        result = self.revoscope("run", "--no-store", "--class", STACKS[0] + "/no-check", timeout=HANG_S, expect=0)
        self.assertIn("--tag aside", result.err)
        self.assertIn("crl-huge", result.err)
        self.assertNotIn("crl-huge", result.out)


if __name__ == "__main__":
    main()
