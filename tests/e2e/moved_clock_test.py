#!/usr/bin/env python3
"""`--at` moves the clock of the clients and no other clock: what breaks when nothing is refreshed."""

import os
import shutil

from lab import Lab
from patience import HANG_S
from programs import BAD_CLIENT, STACKS, ProgramTest, cells_by, main

POLICIES = ("no-check", "soft-fail", "require-staple", "native")


class MovedClock(ProgramTest):
    def document(self, when, *arguments, expect=0):
        return self.revoscope("run", "--no-store", "--format", "json", "good-staple@plain", "--at", when, *arguments,
                              expect=expect, timeout=HANG_S).document()

    def results(self, document):
        return {name: (cell["outcome"], cell["reason"]) for (_, name), cell in cells_by(document).items()}

    def test_eight_days_on_the_staple_of_a_week_is_stale(self):
        got = self.results(self.document("+8d"))
        for stack in STACKS:
            with self.subTest(stack):
                self.assertEqual(got[stack + "/no-check"], ("connect", "not-checked"), "the chain is valid for longer")
                stale = ("reject", "staple-not-supported" if stack == "mbedtls" else "staple-stale")
                self.assertEqual(got[stack + "/require-staple"], stale)
                self.assertEqual(got[stack + "/hard-fail"][0], "reject", "the responder's answer is as old")
        if "gnutls" in STACKS:
            self.assertEqual(got["gnutls/native"], ("reject", "staple-stale"), "GnuTLS's own judgement is moved too")

    def test_beyond_the_certificate_s_life_everybody_refuses(self):
        for when, reason in {"+400d": "chain-expired", "-1y": "chain-not-yet-valid"}.items():
            for name, result in self.results(self.document(when)).items():
                with self.subTest(f"{when} {name}"):
                    self.assertEqual(result, ("reject", reason))

    def test_the_document_and_the_reports_say_so(self):
        document = self.document("2030-01-02T03:04:05Z")
        clock = document["run"]["clock"]
        self.assertEqual((clock["moved"], clock["at"]), (True, "2030-01-02T03:04:05Z"))
        self.assertGreater(clock["offset_s"], 0)
        for cell in document["cells"]:
            self.assertIsNone(cell["expected"], "scenarios expect of the present alone")
            self.assertIsNone(cell["as_expected"])
        page = self.path("page.html")
        result = self.revoscope("run", "--no-store", "good-staple@plain", "--class", "openssl/no-check", "--at", "+3d",
                                "--format", "html=" + page, expect=0)
        self.assertIn("clock of the clients was moved by +3d", result.out)
        with open(page, encoding="utf-8") as file:
            self.assertIn("clock of the clients was moved by +3d", file.read())

    def test_an_unmoved_run_is_judged_and_says_nothing_of_it(self):
        result = self.revoscope("run", "--no-store", "good-staple@plain", "--class", "openssl/*", expect=0)
        self.assertNotIn("moved", result.out)
        document = self.document("+0s", "--class", "openssl/*")
        self.assertEqual((document["run"]["clock"]["moved"], document["run"]["clock"]["offset_s"]), (False, 0))
        self.assertTrue(all(cell["as_expected"] for cell in document["cells"]))

    def test_a_wrong_time_is_2_in_one_line(self):
        for when in ("tomorrow", "3d", "+3", "2027-02-29", "-100y", "+500ms", ""):
            with self.subTest(when):
                result = self.revoscope("run", "--no-store", "good-staple", "--at", when, expect=2)
                self.assertEqual(result.err.count("\n"), 1, str(result))
                self.assertIn("--at", result.err)
                self.assertEqual(result.out, "")

    def test_a_client_that_cannot_move_its_clock_is_not_asked(self):
        path = self.path("odd")
        shutil.copy(BAD_CLIENT, path)
        os.chmod(path, 0o755)
        self.write("odd.json", '{"fault": "none"}')
        document = self.document("+8d", "--client", "odd=" + path, "--class", "odd/no-check", "--class",
                                 "openssl/no-check")
        got = self.results(document)
        self.assertEqual(got["odd/no-check"], ("unsupported", "policy-unsupported"))
        self.assertEqual(got["openssl/no-check"][0], "connect")
        cell = cells_by(document)[("good-staple@plain", "odd/no-check")]
        self.assertIn("clock", cell["detail"])
        self.assertTrue(document["stacks"]["odd"]["compliant"])

    def test_an_endpoint_is_probed_at_another_time(self):
        lab = Lab(self, self.path("lab"), [{"id": "good", "host": "good.lab.localhost", "situation": {}}])
        self.addCleanup(lab.process.stdin.close)
        port = str(lab.ready["tls_port"])
        words = ("probe", "--no-store", "--format", "json", "good.lab.localhost:" + port, "--connect",
                 "127.0.0.1:" + port, "--ca", lab.ready["trust"])
        rows = {None: ("connect", "status-good"), "+3d": ("connect", "status-good"), "+8d": ("reject", "staple-stale"),
                "+400d": ("reject", "chain-expired")}
        for when, wanted in rows.items():
            with self.subTest(when):
                more = ["--at", when] if when else []
                document = self.revoscope(*words, "--class", "openssl/require-staple", *more, expect=0).document()
                self.assertEqual(list(self.results(document).values()), [wanted])
        lab.close()


if __name__ == "__main__":
    main()
