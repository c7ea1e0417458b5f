"""How a client program validates responses and CRLs that a test has made, without a connection: rows of a
name, a request, and the check that each stack comes to."""

import json
import os
import subprocess
import tempfile
import unittest

from certificates import name
from patience import HANG_S
from signed_status import AnyKey, Issuer

STACK = os.environ["CONTRACT_STACK"]
SUPPRESSIONS = os.path.join(os.path.dirname(__file__), "lsan.supp")


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.ec = Issuer(cls.folder.name)
        cls.rsa = Issuer(cls.folder.name, "rsa")
        cls.key = AnyKey(cls.folder.name)
        cls.rsa_key = AnyKey(cls.folder.name, "rsa")
        cls.signer = name(b"signer")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def version(self):
        """Major and minor version of the library."""
        said = subprocess.run([os.environ["CONTRACT_PROGRAM"], "--describe"], text=True, capture_output=True, check=True, timeout=HANG_S).stdout
        return tuple(int(number) for number in json.loads(said)["version"].split(".")[:2])

    def ask(self, requests):
        """The answers to named requests."""
        lines = "".join(json.dumps(dict(request, id=key)) + "\n" for key, request in requests.items())
        done = subprocess.run([os.environ["CONTRACT_PROGRAM"]], input=lines, text=True, capture_output=True, timeout=HANG_S,
                              env=dict(os.environ, LSAN_OPTIONS=f"print_suppressions=0:suppressions={SUPPRESSIONS}"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}

    def hold(self, rows):
        """Rows of a name, a request, and the check that each stack comes to: one word, or a word for each."""
        answers = self.ask({row[0]: row[1] for row in rows})
        for key, _, expected in rows:
            wanted = expected if isinstance(expected, str) else expected.get(STACK, expected[""])
            came = answers[key].get("check", answers[key]).get("check")
            self.note(came == wanted)
            with self.subTest(key):
                self.assertEqual(came, wanted, answers[key])

    def note(self, is_expected):
        """Counts a row for tests/by-hand/judgement_figures, which names the file."""
        if "CONTRACT_ROWS" in os.environ:
            _, kind, test = self.id().rsplit(".", 2)
            with open(os.environ["CONTRACT_ROWS"], "a", encoding="utf-8") as file:
                file.write(f"{kind}: {test.removeprefix('test_').replace('_', ' ')}\t{'as expected' if is_expected else 'otherwise'}\n")


def both(title, make, good, revoked):
    """A row for a good and one for a revoked status."""
    return [(title, make(False), good), (title + ", revoked", make(True), revoked)]
