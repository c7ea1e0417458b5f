#!/usr/bin/env python3
"""The section of the HTML report that is an advice, as a reader meets it: bars as long as their numbers, both schemes, axe."""

import json
import os

import html_test
from patience import HANG_S
from programs import main


class Advice(html_test.Accessibility):
    """axe looks at this page too (Accessibility)."""

    FRAGMENTS = ("",)

    def make_report(self):
        cls = type(self)
        page, document = os.path.join(cls.folder, "page.html"), os.path.join(cls.folder, "document.json")
        self.revoscope("advise", "--no-store", "--server", "nginx", "--format", "html=" + page, "--format",
                       "json=" + document, expect=1, timeout=HANG_S)
        cls.page = "file://" + page
        with open(document, encoding="utf-8") as file:
            cls.document = json.load(file)

    def test_it_is_first_and_loads_silently(self):
        for scheme in ("light", "dark"):
            self.browser.media(scheme)
            self.open()
            self.quiet()
            self.assertTrue(self.browser.is_shown("#advice"))
        self.assertIn("not safe", self.browser.text("#advice-title"))
        self.assertTrue(self.browser.run("return document.querySelector('#advice').compareDocumentPosition("
                                         "document.querySelector('#answer')) === Node.DOCUMENT_POSITION_FOLLOWING"))

    def test_bars_are_as_long_as_their_numbers(self):
        self.open()
        for family, key in (("outage", "refuses"), ("misconfiguration", "refuses"), ("attack", None)):
            chart = f"svg[aria-labelledby^='chart-{family} ']"
            bars = self.browser.run("""return [...document.querySelectorAll(arguments[0] + " rect")].map(bar =>
                [bar.getAttribute("class"), bar.getBoundingClientRect().width, getComputedStyle(bar).fill])""", chart)
            wanted = []
            for pair in self.document["advice"]["pairs"]:
                if pair["family"] == family:
                    for side in ("without", "with"):
                        about = pair[side]
                        wanted.append((side, about[key] if key else about["connects"] + about["warns"]))
            self.assertEqual([name for name, _, _ in bars], [name for name, _ in wanted])
            longest = max(range(len(wanted)), key=lambda i: wanted[i][1])
            for (_, width, _), (_, number) in zip(bars, wanted):
                self.assertAlmostEqual(width / bars[longest][1], number / wanted[longest][1], delta=0.01)
            self.assertEqual(len({fill for _, _, fill in bars}), 2)

    def test_a_narrow_window_scrolls_only_downwards(self):
        self.browser.width(400)
        self.open()
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 400)

    def test_a_row_leads_to_its_document(self):
        self.open()
        self.browser.click("#advice table a")
        self.assertIn("good-staple@plain", self.browser.run("return document.querySelector(location.hash).textContent"))


if __name__ == "__main__":
    main()
