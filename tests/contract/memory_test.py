#!/usr/bin/env python3
"""A client program to which one allocation is refused: that is an error without a verdict, whatever it was for
and however the stack reports it (clients/README.md, reason `out-of-memory`)."""

import json
import os
import subprocess
import tempfile
import unittest

from programs import main
from signed_status import AnyKey, Issuer
from certificates import name
from patience import HANG_S

STACK = os.environ["CONTRACT_STACK"]
ATTEMPTS = 40 # of each request, at allocations that are spread over all


class Memory(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def ask(self, request, failing):
        """The answer with the allocation of that number refused, or None without one; how many there were."""
        count = os.path.join(self.folder.name, "count")
        # What a library loses when memory runs out is the library's.
        env = dict(os.environ, FAILING_MEMORY=str(failing), FAILING_MEMORY_COUNT=count, ASAN_OPTIONS="detect_leaks=0")
        done = subprocess.run([os.environ["FAILING_PROGRAM"]], input=json.dumps(request) + "\n", text=True, capture_output=True,
                              timeout=HANG_S, env=env)
        with open(count, encoding="ascii") as file:
            num = int(file.read())
        lines = done.stdout.splitlines()
        return json.loads(lines[0]) if lines else None, num, done

    def hold(self, title, request):
        """Whatever allocation fails, the answer is that memory ran out: never another verdict."""
        usual, num, _ = self.ask(request, -1)
        self.assertIn("check", usual)
        self.assertGreater(num, 20)
        lacked = 0
        for number in range(0, num, max(1, num // ATTEMPTS)):
            with self.subTest(f"{title}, allocation {number} of {num}"):
                answer, _, done = self.ask(request, number)
                if answer is None:
                    self.check_crash(done)
                    lacked += 1
                # Some allocations are of threads that have nothing to do.
                elif answer != usual:
                    self.assertEqual((answer.get("outcome"), answer.get("reason")), ("error", "out-of-memory"), answer)
                    lacked += 1
        self.assertGreater(lacked, ATTEMPTS * 3 // 4)

    def check_crash(self, done):
        """libtasn1 4.19 and GMP under GnuTLS crash and abort without memory, after this program said so."""
        self.assertIn("revoscope: memory ran out\n", done.stderr)
        self.assertEqual(STACK, "gnutls", done.stderr)
        self.assertNotEqual(done.returncode, 0)
        frames = [line for line in done.stderr.splitlines() if line.lstrip().startswith("#0 ")]
        self.assertFalse(any("/clients/" in line or "/core/" in line for line in frames), done.stderr)

    def test_responses_and_lists(self):
        issuer, key = Issuer(self.folder.name), AnyKey(self.folder.name)
        delegate = issuer.delegate(key)
        for title, request in {
                "a response": issuer.request("ocsp", issuer.response(True)),
                "of a delegated responder": issuer.request("ocsp", issuer.response(False, key, certs=[delegate], responder=name(b"signer"))),
                "a CRL": issuer.request("crl", issuer.crl(issuer.revoked()))}.items():
            self.hold(title, request)


if __name__ == "__main__":
    main()
