#!/usr/bin/env python3
"""The HTML report as a reader meets it: in Chromium, from file://, by mouse, by keyboard, without scripts."""

import base64
import json
import os
import re
import shlex
import shutil
import tempfile
import unittest
from urllib.parse import quote

import browser
import hostile
from certificates import Authority
from patience import HANG_S
from programs import ROOT, ProgramTest, cells_by, main, marked, needs

AXE = os.path.join(os.environ.get("REVOSCOPE_BROWSER_MODULES", os.path.join(ROOT, "build", "browser")),
                   "node_modules", "axe-core", "axe.min.js")
MAX_BYTES = 5_000_000
EVIL = "\"><script>window.owned = 1</script><img src=x onerror='window.owned = 2'>"
# A scenario of the project's kind whose expectation does not hold, so that there is something unexpected,
# and whose words try to get out.
OWN_SCENARIO = """title: "Ours %s"
why: "as the file says %s"
tags: [ours]
server: { staple: none }
responder: none
expect: { "*/no-check": { verdict: reject, why: "so that something is unexpected %s" } }
""" % ((EVIL.replace('"', '\\"'),) * 3)
SELECTION = ("stale", "revoked", "good-staple", "responder-refused", "ours")
CLASSES = ("--class", "*/no-check", "--class", "*/hard-fail", "--class", "*/native", "--class", "browser/*")
HELPERS = """
    window.shownRows = () => [...document.querySelectorAll("#cells tbody tr:not(.family)")]
        .filter(row => row.offsetParent !== null || row.getClientRects().length > 0)
        .map(row => row.cells[0].textContent.trim());
    window.shownClasses = () => [...document.querySelectorAll("#cells thead th[data-id]")]
        .filter(head => head.getClientRects().length > 0).map(head => head.dataset.id);
    window.litCells = () => [...document.querySelectorAll("#cells tbody td:not(.off)")]
        .filter(cell => cell.getClientRects().length > 0).length;
"""


class Page(ProgramTest):
    """Tests of one window; a report of a small run, and its result document to hold it against. The run is made once."""

    small_run = None

    @classmethod
    def setUpClass(cls):
        missing = browser.missing()
        if missing:
            raise AssertionError(f"not installed: {missing}; install Debian's chromium and chromium-driver, or leave "
                                 "these tests out with `ctest -LE browser` (`./bootstrap test --no-browser`)")
        if not os.path.exists(AXE):
            raise AssertionError(f"{AXE} is not there; run tests/browser/fetch build/browser")
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.close_browser)
        cls.folder = tempfile.mkdtemp(prefix="revoscope-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.page = None

    @classmethod
    def close_browser(cls):
        cls.browser.close()
        left = marked("HOME=" + cls.browser.directory)
        assert not left, f"processes of the browser are left: {left}"

    def setUp(self):
        super().setUp()
        self.browser.scripts(True)
        self.browser.media("light")
        self.browser.width(1400)
        if type(self).page is None:
            self.make_report()

    def make_report(self):
        if Page.small_run is None:
            Page.small_run = self.run_small()
        type(self).page, type(self).document = Page.small_run

    def run_small(self):
        """The address of the page, and the document."""
        folder = tempfile.mkdtemp(prefix="revoscope-test-")
        unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "ours", "staple"))
        with open(os.path.join(folder, "ours", "staple", "ours.yaml"), "w", encoding="utf-8") as file:
            file.write(OWN_SCENARIO)
        page, document = os.path.join(folder, "page.html"), os.path.join(folder, "document.json")
        self.revoscope("run", "--no-store", *SELECTION, *CLASSES, "--scenarios", os.path.join(folder, "ours"),
                       "--format", "html=" + page, "--format", "json=" + document, expect=1, timeout=HANG_S)
        with open(document, encoding="utf-8") as file:
            return "file://" + page, json.load(file)

    def open(self, fragment="", page=None):
        self.browser.open((page or self.page) + fragment)
        self.browser.run(HELPERS)

    def quiet(self):
        self.assertEqual(self.browser.log_lines(), [], "the console is not silent")

    def cells(self, condition=lambda cell: True):
        return [cell for cell in self.document["cells"] if condition(cell)]

    def is_focused(self, selector):
        return self.browser.run("return document.activeElement === document.querySelector(arguments[0])", selector)

    def focused_text(self):
        return self.browser.run("return document.activeElement.textContent.trim()")

    def choose(self, name, value):
        self.browser.run("""
            const field = document.querySelector("#filter").elements[arguments[0]];
            if (field.type === "checkbox") field.checked = arguments[1]; else field.value = arguments[1];
            field.dispatchEvent(new Event("input", { bubbles: true }));""", name, value)


class Reading(Page):
    def test_it_loads_silently_with_everything_in_one_file(self):
        for scheme in ("light", "dark"):
            self.browser.media(scheme)
            self.open()
            self.quiet()
            self.assertEqual(self.browser.run("return performance.getEntriesByType('resource')"
                                              ".filter(entry => !entry.name.startsWith('data:')).length"), 0)
        num = len(self.document["cells"])
        self.assertEqual(self.browser.run("return document.querySelectorAll('#cells td').length"), num)
        self.assertIn(f"{num} cells", self.browser.text("#answer"))

    def test_colour_schemes_and_print_look_different(self):
        seen = set()
        for scheme, kind in (("light", ""), ("dark", ""), ("dark", "print")):
            self.browser.media(scheme, kind)
            self.open()
            seen.add((self.browser.run("return getComputedStyle(document.body).backgroundColor"),
                      self.browser.is_shown("#filter")))
        self.assertEqual(seen, {("rgb(255, 255, 255)", True), ("rgb(20, 23, 28)", True), ("rgb(255, 255, 255)", False)})

    def num_pages(self):
        printed = base64.b64decode(self.browser.call("POST", "/print", {"orientation": "landscape"}))
        self.assertTrue(printed.startswith(b"%PDF"))
        return len(re.findall(rb"/Type /Page\b(?!s)", printed))

    def test_it_prints_without_stories_or_an_open_one_alone(self):
        self.open("#outcome=reject")
        whole = self.num_pages()
        self.browser.media("light", "print")
        self.assertEqual(self.browser.run("const box = document.querySelector('.matrix');"
                                          "return [getComputedStyle(box).overflowY, box.scrollHeight <= "
                                          "box.clientHeight + 2]"), ["visible", True])
        self.assertTrue(self.browser.is_shown("section.class"))
        self.assertFalse(self.browser.is_shown("article"))
        self.open("#cell=stale@25h/openssl/hard-fail")
        self.assertTrue(self.browser.is_shown("#panel article"))
        self.assertFalse(self.browser.is_shown("#cells"))
        self.browser.media("light")
        alone = self.num_pages()
        self.assertLessEqual(alone, 3)
        self.assertGreater(whole, alone)

    def test_a_narrow_window_scrolls_only_downwards(self):
        self.browser.width(400)
        for fragment in ("", "#cell=stale@25h/openssl/hard-fail"):
            self.open(fragment)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 400)

    def test_every_link_within_leads_somewhere(self):
        self.open()
        self.assertEqual(self.browser.run("return [...document.querySelectorAll(\"a[href^='#']\")]"
                                          ".map(link => link.getAttribute('href').slice(1))"
                                          ".filter(id => !document.getElementById(id))"), [])

    def test_each_cell_says_in_words_what_the_document_says(self):
        self.open()
        said = self.browser.run("""
            const classes = [...document.querySelectorAll("#cells thead th[data-id]")].map(head => head.dataset.id);
            return [...document.querySelectorAll("#cells tbody tr:not(.family)")].flatMap(row =>
                [...row.cells].slice(1).map((cell, c) =>
                    [row.cells[0].textContent.trim(), classes[c], cell.textContent.trim()]));""")
        marks = ("blind", "exposed", "unexpected", "varies")
        self.assertEqual(len(said), len(self.document["cells"]))
        cells = cells_by(self.document)
        for row, class_id, words in said:
            cell = dict(cells[row, class_id], unexpected=cells[row, class_id]["as_expected"] is False)
            self.assertEqual(words, ", ".join([cell["outcome"], *[mark for mark in marks if cell[mark]]]))

    def test_each_story_shows_its_cell_and_the_command_that_repeats_it(self):
        self.open()
        stories = self.browser.run("""
            return [...document.querySelectorAll("article li[id]")].map(entry => {
                const story = entry.closest("article");
                return [entry.closest("section").querySelector("h3 code").textContent.trim(),
                        entry.querySelector("a").textContent.trim(), story.textContent,
                        story.querySelector(".repeat").textContent.trim()];
            });""")
        cells = cells_by(self.document)
        self.assertEqual({(row, class_id) for row, class_id, _, _ in stories}, set(cells))
        for row, class_id, shown, _ in stories:
            cell = cells[row, class_id]
            self.assertIn(cell["reason"], shown)
            self.assertIn(cell["detail"], shown)
            native = cell["observation"]["native"]
            if native:
                self.assertIn(native["text"], shown)
            for fetch in cell["observation"]["fetches"]:
                self.assertIn(fetch["url"], shown)
        row, class_id, _, command = next(story for story in stories if story[0] == "ours")
        words = shlex.split(command)
        self.assertEqual(words[:3], ["revoscope", "run", "ours"])
        again = self.revoscope(*words[1:], "--no-store", "--format", "json", "--fail-on", "never", expect=0).document()
        self.assertEqual([(cell["class"], cell["reason"]) for cell in again["cells"]],
                         [(class_id, cells[row, class_id]["reason"])])

    def test_without_scripts_matrix_and_stories_are_there(self):
        self.browser.scripts(False)
        self.browser.open(self.page)
        self.assertFalse(self.browser.is_shown("#filter"))
        self.assertFalse(self.browser.is_shown("#panel"))
        self.browser.click("#cells td.exposed a")
        self.assertRegex(self.browser.url(), r"#c\d+-\d+$")
        self.assertEqual(len(self.browser.find_all("article li:target")), 1)
        self.assertTrue(self.browser.is_shown("article:has(:target)"))
        self.assertIn("exposed", self.browser.text("article:has(:target)"))
        self.quiet()

    def test_words_of_others_do_nothing(self):
        self.open("#cell=ours/openssl/no-check")
        self.assertIn(EVIL, self.browser.text("#panel"))
        self.assertIn(EVIL, self.browser.run("return document.querySelector('main').textContent"))
        self.assertEqual(self.browser.run("return [window.owned || 0, document.scripts.length, document.images.length]"),
                         [0, 1, 0])
        self.quiet()

    def test_the_content_policy_refuses_what_gets_in(self):
        self.open()
        self.browser.run("""
            const script = document.createElement("script");
            script.textContent = "window.owned = 3";
            document.body.append(script);
            const box = document.createElement("div");
            box.innerHTML = "<p id=styled style='color: red' onclick='window.owned = 4'>x</p>" +
                "<img src='http://127.0.0.1:1/x'>";
            document.body.append(box);
            document.getElementById("styled").click();""")
        self.assertIsNone(self.browser.run("return window.owned"))
        self.assertNotEqual(self.browser.run("return getComputedStyle(document.getElementById('styled')).color"),
                            "rgb(255, 0, 0)")
        refused = self.browser.log_lines()
        self.assertGreaterEqual(len(refused), 3)
        self.assertTrue(all("Content Security Policy" in line for line in refused), refused)


class Filtering(Page):
    def expect_shown(self, condition, family=None, class_has=""):
        """The filter shows the rows and classes with a cell that fits, and the fitting cells alone are lit."""
        families = {name: about["family"] for name, about in self.document["scenarios"].items()}
        fitting = self.cells(lambda cell: condition(cell) and family in (None, families[cell["scenario"]]) and
                             class_has in cell["class"])
        self.assertTrue(fitting)
        self.assertEqual(set(self.browser.run("return shownRows()")), {cell["scenario"] for cell in fitting})
        self.assertEqual(set(self.browser.run("return shownClasses()")), {cell["class"] for cell in fitting})
        self.assertEqual(self.browser.run("return litCells()"), len(fitting))
        self.assertIn(f", {len(fitting)} cells", self.browser.text("#shown"))

    def test_it_filters_by_outcome_family_class_and_marks(self):
        self.open()
        self.expect_shown(lambda cell: True)
        for name, value, condition, more in (
                ("outcome", "reject", lambda cell: cell["outcome"] == "reject", {}),
                ("outcome", "connect", lambda cell: cell["outcome"] == "connect", {}),
                ("outcome", "blind", lambda cell: cell["blind"], {}),
                ("family", "responder", lambda cell: True, {"family": "responder"}),
                ("class", "gnutls", lambda cell: True, {"class_has": "gnutls"}),
                ("class", "*/hard-fail", lambda cell: True, {"class_has": "/hard-fail"}),
                ("unexpected", True, lambda cell: cell["as_expected"] is False, {}),
                ("exposed", True, lambda cell: cell["exposed"], {})):
            with self.subTest(name, value=value):
                self.choose(name, value)
                self.expect_shown(condition, **more)
                self.assertIn(name + "=", self.browser.url())
                self.browser.click("#filter [type=reset]")
                self.browser.wait("return !/=/.test(location.hash)", "the filter was not reset")
                self.expect_shown(lambda cell: True)
        self.quiet()

    def test_filters_work_together_and_come_from_the_fragment(self):
        self.open("#outcome=connect&family=staple&class=no-check,native&exposed=1")
        self.expect_shown(lambda cell: cell["outcome"] == "connect" and cell["exposed"] and
                          cell["class"].endswith(("/no-check", "/native")), family="staple")
        self.assertEqual(self.browser.run("return [document.querySelector('[name=family]').value, "
                                          "document.querySelector('[name=exposed]').checked]"), ["staple", True])

    def test_nothing_fits_is_said(self):
        self.open("#class=nobody")
        self.assertEqual(self.browser.run("return shownRows()"), [])
        self.assertIn("0 cells", self.browser.text("#shown"))
        self.quiet()

    def test_a_fragment_of_nonsense_is_harmless(self):
        for fragment in ("#cell=%3Cscript%3E/x", "#outcome=*&class=(((", "#cell=" + quote(EVIL), "#x=y&&==", "#c9999-1",
                         "#outcome=%E0%A4%A"):
            with self.subTest(fragment):
                self.open(fragment)
                self.assertFalse(self.browser.is_shown("#panel"))
                self.assertIsNone(self.browser.run("return window.owned"))
                self.quiet()


class Opening(Page):
    def test_a_click_opens_the_story_beside_and_escape_goes_back(self):
        self.open()
        self.browser.click("#cells td.exposed a")
        self.assertTrue(self.browser.is_shown("#panel"))
        self.assertTrue(self.is_focused("#panel-title"))
        self.assertIn("exposed", self.browser.text("#panel"))
        self.assertRegex(self.browser.url(), r"#cell=[^&]+$")
        self.browser.press("Escape")
        self.assertFalse(self.browser.is_shown("#panel"))
        self.assertTrue(self.is_focused("#cells td.exposed a"))
        self.assertNotIn("cell=", self.browser.url())
        self.quiet()

    def test_a_deep_link_opens_cell_and_filter(self):
        self.open("#cell=stale@25h/openssl/hard-fail&family=staple")
        self.assertTrue(self.browser.is_shown("#panel"))
        cell = cells_by(self.document)["stale@25h", "openssl/hard-fail"]
        shown = self.browser.text("#panel")
        for words in ("openssl/hard-fail in stale@25h", cell["reason"],
                      "revoscope run stale@25h --class openssl/hard-fail"):
            self.assertIn(words, shown)
        self.assertIn(cell["detail"].lower(), shown.lower())
        families = {about["family"] for name, about in self.document["scenarios"].items()
                    if name in self.browser.run("return shownRows()")}
        self.assertEqual(families, {"staple"})
        self.choose("outcome", "connect")
        self.assertEqual(self.browser.url().split("#")[1], "cell=stale@25h/openssl/hard-fail&outcome=connect&family=staple")

    def test_back_closes_and_forward_opens(self):
        self.open()
        self.browser.click("#cells td.exposed a")
        self.browser.call("POST", "/back", {})
        self.browser.wait("return !document.getElementById('panel').open", "back closes the story")
        self.browser.call("POST", "/forward", {})
        self.browser.wait("return document.getElementById('panel').open", "forward opens it again")

    def test_the_documents_open_cells_too(self):
        self.open()
        self.browser.run("document.querySelector('section.class li a').click()")
        self.assertTrue(self.browser.is_shown("#panel"))
        self.browser.click("#panel-close")
        self.assertFalse(self.browser.is_shown("#panel"))


class Keyboard(Page):
    def place(self):
        return self.browser.run("""
            const cell = document.activeElement.closest("td, th"), row = cell.parentNode;
            return [row.cells[0].textContent.trim(), cell.cellIndex];""")

    def test_tab_stops_once_in_the_matrix_and_arrows_move(self):
        self.open()
        self.assertEqual(self.browser.run("return document.querySelectorAll('#cells a[tabindex=\"0\"]').length"), 1)
        self.browser.run("document.querySelector('#filter [type=reset]').focus()")
        self.browser.press("Tab")
        first, column = self.place()
        self.assertEqual(column, 1)
        self.browser.press("ArrowRight", "ArrowDown")
        second, column = self.place()
        self.assertEqual(column, 2)
        self.assertNotEqual(first, second)
        self.browser.press("End")
        self.assertEqual(self.place(), [second, len(self.document["classes"])])
        self.browser.press("Home")
        self.assertEqual(self.place(), [second, 0])
        self.browser.press("Control+End")
        last = self.browser.run("return shownRows().at(-1)")
        self.assertEqual(self.place(), [last, len(self.document["classes"])])
        self.browser.press("ArrowDown", "ArrowRight")
        self.assertEqual(self.place(), [last, len(self.document["classes"])])
        self.browser.press("Tab")
        self.assertFalse(self.browser.run("return document.getElementById('cells').contains(document.activeElement)"))
        self.quiet()

    def test_enter_opens_arrows_lead_the_story_along(self):
        self.open()
        self.browser.run("document.querySelector('#cells a[tabindex=\"0\"]').focus()")
        row, _ = self.place()
        self.browser.press("Enter")
        self.assertTrue(self.is_focused("#panel-title"))
        before = self.browser.text("#panel-title")
        self.assertIn(" in " + row, before)
        self.browser.press("Escape")
        self.assertEqual(self.place(), [row, 1])
        self.browser.press("Enter")
        self.browser.run("document.querySelector('#cells a[tabindex=\"0\"]').focus()")
        self.browser.press("ArrowRight")
        self.assertNotEqual(self.browser.text("#panel-title"), before)
        self.assertEqual(self.place(), [row, 2])

    def test_hidden_rows_and_columns_are_stepped_over(self):
        self.open("#family=responder&class=hard-fail")
        self.browser.run("document.querySelector('#cells a[tabindex=\"0\"]').focus()")
        row, column = self.place()
        self.assertEqual(row, "responder-refused")
        self.browser.press("ArrowUp")
        self.assertEqual(self.browser.run("return document.activeElement.closest('th').dataset.id"), "openssl/hard-fail")
        self.browser.press("ArrowDown", "ArrowRight")
        self.assertGreater(self.place()[1], column)


class Accessibility(Page):
    FRAGMENTS = ("", "#cell=revoked@plain/openssl/no-check&family=staple", "#outcome=reject")

    def violations(self):
        # What lies below would not be laid out, and axe would leave it out.
        self.browser.run("document.styleSheets[0].insertRule('section { content-visibility: visible !important }', "
                         "document.styleSheets[0].cssRules.length)")
        with open(AXE, encoding="utf-8") as file:
            self.browser.run(file.read())
        found = self.browser.run_async("""
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ["violations"] }).then(
                result => done({ passes: result.passes.length, violations: result.violations.map(one =>
                    one.id + ": " + one.nodes.slice(0, 3).map(node => node.html + " " + node.failureSummary).join("; "))}),
                error => done({ error: String(error) }));""")
        self.assertNotIn("error", found)
        self.assertGreater(found["passes"], 20)
        return found["violations"]

    def test_axe_finds_nothing(self):
        for scheme in ("light", "dark"):
            for fragment in self.FRAGMENTS:
                with self.subTest(scheme, fragment=fragment):
                    self.browser.media(scheme)
                    self.open(fragment)
                    self.assertEqual(self.violations(), [])

    def test_axe_finds_what_is_wrong(self):
        """Else the test above could not fail."""
        self.open()
        self.browser.run("document.querySelector('#filter label').textContent = 'x'; document.documentElement.lang = ''")
        self.assertTrue(self.violations())


@needs("openssl")
class Hostile(Page):
    def make_report(self):
        authority = Authority(self.directory)
        evil = EVIL.encode()
        leaf = authority.leaf(common_name=b"localhost" + evil, ocsp_urls=(b"http://127.0.0.1:1/" + evil, b"javascript:x"),
                              crl_urls=(b"http://127.0.0.1:1/\x1b[2J\xff" + evil,))
        peer = hostile.TlsPeer(authority.write("leaf.pem", leaf), authority.leaf_key.path)
        self.addCleanup(peer.close)
        page = os.path.join(self.folder, "page.html")
        self.revoscope("probe", f"localhost:{peer.port}", "--connect", f"127.0.0.1:{peer.port}", "--ca",
                       authority.root_path, "--vantage", EVIL, "--no-store", "--class", "*/hard-fail", "--class",
                       "*/no-check", "--fail-on", "never", "--format", "html=" + page)
        type(self).page = "file://" + page

    def test_an_endpoint_cannot_write_into_the_page(self):
        self.open()
        self.browser.click("#cells td a")
        shown = self.browser.run("return document.body.textContent")
        self.assertIn("http://127.0.0.1:1/" + EVIL, shown)
        self.assertEqual(self.browser.run("return [window.owned || 0, document.scripts.length, document.images.length, "
                                          "document.querySelectorAll(\"[href^='javascript'], [onerror]\").length]"),
                         [0, 1, 0, 0])
        with open(self.page[7:], "rb") as file:
            data = file.read()
        self.assertFalse(any(byte < 32 and byte not in b"\t\n" for byte in data))
        data.decode()
        self.quiet()

    def test_few_classes_are_reported_in_words(self):
        self.open()
        self.assertTrue(self.browser.is_shown("#cells.words"))
        self.assertIn(self.browser.text("#cells td a"), ("connect", "connect, blind", "reject"))


class Large(Page):
    ROWS, CLASSES = 60, 80

    def make_report(self):
        page = os.path.join(self.folder, "page.html")
        self.revoscope("run", "--no-store", "staple", "healthy", "--class", "all", "--fail-on", "never", "--format",
                       "html=" + page, timeout=HANG_S)
        type(self).page = "file://" + page

    def test_sixty_by_eighty_stay_small_and_open(self):
        self.open()
        rows, columns = self.browser.run("return [shownRows().length, shownClasses().length]")
        size = os.path.getsize(self.page[7:])
        self.assertGreaterEqual(rows, self.ROWS)
        self.assertGreaterEqual(columns, self.CLASSES)
        self.assertLess(size * self.ROWS * self.CLASSES / (rows * columns), MAX_BYTES)
        timing = self.browser.run("""
            const load = performance.getEntriesByType("navigation")[0];
            return [load.loadEventEnd, document.querySelectorAll("*").length];""")
        print(f"{rows} x {columns} cells: {size / 1e6:.2f} MB, {timing[1]} elements, open after {timing[0]:.0f} ms")
        self.choose("class", "hard-fail")
        self.assertLess(len(self.browser.run("return shownClasses()")), 20)
        self.quiet()


if __name__ == "__main__":
    main()
