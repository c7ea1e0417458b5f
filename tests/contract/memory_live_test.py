#!/usr/bin/env python3
"""One allocation is refused during a handshake with its fetches: that is an error without a verdict, or the verdict
that there is without it, never another (clients/README.md, reason `out-of-memory`).

MEMORY_STRIDE=1 tries each allocation, by hand; else some are, spread over all. The numbers are those of a first
request: threads make that they are not quite the same in the next.
"""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from contract_test import NO_STAPLE, POLICIES, situation
from lab import Lab
from patience import HANG_S
from programs import ProgramTest, cells_by, main

PROGRAM = os.environ["FAILING_PROGRAM"]
STACK = os.environ["CONTRACT_STACK"]
ATTEMPTS = 24 # of each situation

# Each lets the client ask the responder and then fetch the CRL, the last but for what the responder says.
POINTERS = {"ocsp_url": "true", "crl_url": "true"}
SITUATIONS = {
    "good by CRL": situation(NO_STAPLE, responder={"http": "503"}, crl={"behaviour": "answer"}, certificate=POINTERS),
    "revoked by CRL": situation(NO_STAPLE, responder={"http": "503"}, certificate=POINTERS,
                                crl={"behaviour": "answer", "status": "revoked"}),
    "revoked by OCSP": situation(NO_STAPLE, responder={"status": "revoked"}, certificate=POINTERS),
    "good by staple": situation({}),
}
SCENARIOS = ("good-staple@plain", "no-staple", "revoked@plain")
VERDICTS = {"good by CRL": "connect", "revoked by CRL": "reject", "revoked by OCSP": "reject"}


class LiveMemory(ProgramTest):
    def setUp(self):
        super().setUp()
        self.lab = Lab(self, self.directory, [{"id": name, "host": f"s{number}.lab.localhost", "situation": one}
                                              for number, (name, one) in enumerate(SITUATIONS.items())])
        self.addCleanup(self.lab.close)

    def ask(self, name, failing):
        """The answer with the allocation of that number refused, or None without one; how many there were."""
        count = self.path(f"count-{failing}")
        request = {"id": "1", "connect": {"address": "127.0.0.1", "port": self.lab.ready["tls_port"]},
                   "server_name": self.lab.ready["scenarios"][name]["host"], "trust": self.lab.ready["trust"],
                   "policy": POLICIES["hard-fail"], "deadline_ms": 30000}
        # What a library loses when memory runs out is the library's.
        env = {**os.environ, "FAILING_MEMORY": str(failing), "FAILING_MEMORY_COUNT": count,
               "ASAN_OPTIONS": "detect_leaks=0"}
        done = subprocess.run([PROGRAM], input=json.dumps(request) + "\n", text=True, capture_output=True, timeout=HANG_S,
                              env=env, check=False)
        num = 0
        if os.path.exists(count):
            with open(count, encoding="ascii") as file:
                num = int(file.read())
            os.unlink(count)
        lines = done.stdout.splitlines()
        return json.loads(lines[0]) if lines else None, num, done

    def hold(self, name):
        usual, num, _ = self.ask(name, -1)
        verdict = lambda answer: (answer["outcome"], answer["reason"], answer["assurance"])
        self.assertEqual(usual["outcome"], VERDICTS.get(name, usual["outcome"]), usual)
        self.assertGreater(num, 500)
        stride = int(os.environ.get("MEMORY_STRIDE", 0)) or max(1, num // ATTEMPTS)
        numbers = range(0, num, stride)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda number: self.ask(name, number), numbers))
        lacked = 0
        for number, (answer, _, done) in zip(numbers, answers):
            with self.subTest(f"{name}, allocation {number} of {num}"):
                if answer is None:
                    self.check_crash(done)
                    lacked += 1
                elif (answer["outcome"], answer["reason"]) == ("error", "out-of-memory"):
                    lacked += 1
                else:
                    self.assertEqual(verdict(answer), verdict(usual), answer)
        # The last may be of a thread that has nothing to do, or not come again.
        self.assertGreater(lacked, len(numbers) * 2 // 3)

    def check_crash(self, done):
        """libtasn1 4.19 and GMP under GnuTLS end the program, which has said by then that memory ran out."""
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("revoscope: memory ran out\n", done.stderr)
        self.check_report(done.stderr)

    def check_report(self, text):
        self.assertEqual(STACK, "gnutls", text)
        frames = [line for line in text.splitlines() if line.lstrip().startswith("#0 ")]
        self.assertFalse(any("/clients/" in line or "/core/" in line or "/harness/" in line for line in frames), text)

    def take_reports(self):
        """Looks at what sanitizers reported of libraries; any other report fails the test."""
        for name in os.listdir(self.sanitizer):
            path = os.path.join(self.sanitizer, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                self.check_report(file.read())
            os.unlink(path)

    def test_good_by_crl(self):
        self.hold("good by CRL")

    def test_revoked_by_crl(self):
        self.hold("revoked by CRL")

    def test_revoked_by_ocsp(self):
        self.hold("revoked by OCSP")

    def test_good_by_staple(self):
        self.hold("good by staple")

    def run_with(self, failing):
        """The result of each scenario in a run with the program, and how many allocations its last process had."""
        count = self.path("count")
        environment = {**self.environment, "FAILING_MEMORY": str(failing), "FAILING_MEMORY_COUNT": count,
                       "ASAN_OPTIONS": f"log_path={self.sanitizer}/asan:detect_leaks=0"}
        document = self.revoscope("run", "--no-store", "--format", "json", "--client", f"{STACK}={PROGRAM}", "--class",
                                  f"{STACK}/hard-fail", *SCENARIOS, environment=environment, timeout=HANG_S).document()
        self.take_reports()
        results = {scenario: (cell["outcome"], cell["reason"]) for (scenario, _), cell in cells_by(document).items()}
        with open(count, encoding="ascii") as file:
            return results, int(file.read())

    def test_the_harness_shows_what_lacked_memory_and_goes_on(self):
        """A cell without memory, or whose program ended (libtasn1, GMP), costs no other cell its verdict."""
        usual, num = self.run_with(-1)
        lacks = {("error", "out-of-memory")}
        lacked = 0
        # The first are those of the check before a program is trusted.
        for number in range(num * 7 // 10, num, max(1, num // 20)):
            with self.subTest(f"allocation {number} of {num}"):
                results, _ = self.run_with(number)
                changed = {scenario: result for scenario, result in results.items() if result != usual[scenario]}
                if set(results.values()) == {("error", "program-not-compliant")}:
                    continue
                self.assertLessEqual(len(changed), 1)
                self.assertLessEqual(set(changed.values()), lacks)
                lacked += len(changed)
        self.assertGreater(lacked, 2)


if __name__ == "__main__":
    main()
