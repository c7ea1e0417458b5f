#!/usr/bin/env python3
"""The doctor's section of the HTML report for several endpoints: the table, the life of the staples, both schemes, paper, axe."""

import json
import os

import html_test
from lab import KeptLab
from programs import main

SCENARIOS = ("good-staple@plain", "no-staple", "stale@25h")
RUNS = 3


class Doctor(html_test.Accessibility):
    """axe looks at this page too (Accessibility)."""

    FRAGMENTS = ("", "#doctor-2")

    def make_report(self):
        cls = type(self)
        page, document, database = (os.path.join(cls.folder, name) for name in ("page.html", "document.json", "runs.db"))
        lab = KeptLab(self, *SCENARIOS)
        port = lab.address.split(":")[1]
        targets = os.path.join(cls.folder, "targets.txt")
        with open(targets, "w", encoding="utf-8") as file:
            file.writelines(f"{lab.hosts[name]}:{port}\n" for name in SCENARIOS)
        for _ in range(RUNS):
            self.revoscope("doctor", "--targets", targets, "--connect", lab.address, "--ca", lab.root, "--db", database, "--server",
                           "nginx", "--class", "openssl/*", "--format", "html=" + page, "--format", "json=" + document, expect=1)
        cls.hosts = {f"{lab.hosts[name]}:{port}": name for name in SCENARIOS}
        cls.page = "file://" + page
        with open(document, encoding="utf-8") as file:
            cls.document = json.load(file)

    def test_the_worst_is_on_top_without_scripts(self):
        self.browser.scripts(False)
        for scheme in ("light", "dark"):
            self.browser.media(scheme)
            self.browser.open(self.page)
            self.quiet()
            self.assertTrue(self.browser.is_shown("#doctor table.overview"))
        self.browser.scripts(True)
        self.open()
        rows = self.browser.run("""return [...document.querySelectorAll("#doctor .overview tbody tr")].map(row =>
            [row.cells[0].textContent, row.cells[1].textContent, row.cells[2].textContent.trim(),
             document.querySelector(row.querySelector("a").hash).textContent])""")
        self.assertEqual([(self.hosts[name], level) for name, level, _, _ in rows],
                         [("stale@25h", "critical"), ("no-staple", "warning"), ("good-staple@plain", "ok")])
        for name, _, headline, leads_to in rows:
            self.assertEqual(leads_to, name)
            self.assertEqual(headline, self.document["examinations"][name]["headline"])
        self.assertTrue(self.browser.run("""return document.querySelector("#doctor .overview").compareDocumentPosition(
            document.querySelector("#doctor .cause")) === Node.DOCUMENT_POSITION_FOLLOWING"""))

    def test_configuration_is_folded_away(self):
        self.open()
        self.assertEqual(self.browser.run("return document.querySelectorAll('#doctor details[open]').length"), 0)
        self.assertGreater(self.browser.run("return document.querySelectorAll('#doctor .cause details pre').length"), 2)

    def test_the_life_of_staples_stays_in_its_picture(self):
        self.open()
        charts = self.browser.run("""return [...document.querySelectorAll("#doctor svg.lives")].map(svg => {
            const box = svg.getBoundingClientRect();
            const parts = [...svg.querySelectorAll("rect, line, circle, text")].map(part => part.getBoundingClientRect());
            return { seen: svg.querySelectorAll(".seen").length, bare: svg.querySelectorAll(".bare").length,
                     over: svg.querySelectorAll(".over").length, bars: svg.querySelectorAll("rect").length,
                     colours: [...new Set([...svg.querySelectorAll("rect")].map(bar => getComputedStyle(bar).fill))],
                     inside: parts.every(part => part.left >= box.left - 2 && part.right <= box.right + 2 &&
                                                 part.top >= box.top - 2 && part.bottom <= box.bottom + 2),
                     labels: [...svg.querySelectorAll("text")].every(text => getComputedStyle(text).fill !== "rgb(0, 0, 0)") };
        })""")
        # One for each endpoint that ever had a staple.
        self.assertEqual(len(charts), 2)
        stale, good = charts
        for chart in charts:
            self.assertTrue(chart["inside"] and chart["labels"], chart)
            self.assertEqual((chart["seen"], chart["bare"]), (RUNS, 0))
        self.assertEqual((stale["over"], good["over"]), (stale["bars"], 0))
        self.assertNotEqual(stale["colours"], good["colours"])
        captions = self.browser.run("return [...document.querySelectorAll('#doctor figcaption')].map(one => one.textContent)")
        for caption in captions:
            self.assertIn(f"{RUNS} examinations since", caption)

    def test_a_narrow_window_scrolls_only_downwards(self):
        self.browser.width(400)
        self.open()
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 400)

    def test_causes_are_on_paper(self):
        self.open()
        self.browser.media(kind="print")
        self.assertTrue(self.browser.is_shown("#doctor .cause"))
        self.assertTrue(self.browser.is_shown("#doctor svg.lives"))


if __name__ == "__main__":
    main()
