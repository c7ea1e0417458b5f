#!/usr/bin/env python3
"""Responses of other projects' test suites, which are not part of this one: every stack gives what the suite
expects, or differs for a cause that stands in tests/vectors/differences.yaml."""

import os

from patience import HANG_S
from programs import ROOT, STACKS, ProgramTest, main

VECTORS = os.environ.get("REVOSCOPE_VECTORS", "")
INDEX = os.path.join(VECTORS, "index.tsv")
DIFFERENCES = os.path.join(ROOT, "tests", "vectors", "differences.yaml")


class Vectors(ProgramTest):
    def setUp(self):
        super().setUp()
        if not os.path.exists(INDEX):
            self.skipTest("REVOSCOPE_VECTORS names no folder with an index.tsv")

    def test_every_difference_is_explained(self):
        result = self.revoscope("verify", "--index", INDEX, "--explained", DIFFERENCES, timeout=HANG_S)
        self.assertEqual(result.status, 0, result.out)
        with open(INDEX, encoding="utf-8") as file:
            num = sum(1 for line in file if line.strip()) - 1
        for stack in STACKS:
            self.assertRegex(result.out, rf"(?m)^{stack} .* of {num} vectors as expected")

    def test_without_the_explanations_they_show(self):
        self.revoscope("verify", "--index", INDEX, timeout=HANG_S, expect=1)


if __name__ == "__main__":
    main()
