#!/usr/bin/env python3
"""CRLs of up to 16 MiB: the verdicts are those of short ones, in at most 150 MiB of memory.

A client program's peak is what `/usr/bin/time -f '%M KiB' revoscope-client-openssl <request.jsonl` shows; here it
is ru_maxrss of getrusage(2)."""

import base64
import json
import os
import subprocess
import sys

from certificates import der, extension, pem, sequence
from made import Made
from patience import HANG_S
from programs import main
from signed_status import DAY

MIB = 1 << 20
MOST_MEMORY = 150 * MIB
TIME = der(0x17, b"260101000000Z")
# What is freed would count for AddressSanitizer, up to 256 MiB of it.
FREES_AT_ONCE = "quarantine_size_mb=1"
# A process of its own: a child's peak begins with what its parent had when it was made.
MEASURE = """import resource, subprocess, sys
subprocess.run(sys.argv[2:], stdin=open(sys.argv[1]), check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def entry(number, width=2):
    """An entry of 20 bytes, the shortest there is, or one with a longer serial number."""
    return sequence(der(2, (number % (1 << (8 * width - 1))).to_bytes(width, "big")), TIME)


class Large(Made):
    def crl(self, size, *listed, before=(), pad=0, **more):
        """A CRL of nearly that size, without the leaf: entries before and behind the many."""
        some = b"".join(map(entry, range(0x2000, 0x2400)))
        body = some * ((size - 2000) // len(some)) + b"".join(map(entry, range(pad)))
        return self.ec.crl(der(0x30, *before, body, *listed), **more)

    def file_request(self, file, data):
        """A request with a path instead of the bytes, which no line has room for."""
        path = os.path.join(self.folder.name, file)
        with open(path, "wb") as out:
            out.write(data)
        request = self.ec.request("crl", b"\0")
        del request["verify"]["bytes"]
        request["verify"]["file"] = path
        return request

    def test_a_long_crl_is_judged_as_a_short_one(self):
        listed = self.ec.revoked()[2:]  # without the tag and length of the SEQUENCE
        padded = sequence(der(2, b"\x00\x00" + self.ec.serial), TIME)
        unknown = sequence(der(2, b"\x21\x99"), TIME, sequence(extension("padding", b"\x05\x00", True)))
        broken = b"\x30\x02\x05\x00"
        shapes = {
            "no entry for it": ((), (), {}), "listed first": ((listed,), (), {}), "listed last": ((), (listed,), {}),
            "a serial number with superfluous bytes, listed": ((padded,), (listed,), {}),
            "a critical extension of the last entry": ((), (unknown,), {}),
            "a critical extension of the first entry, listed": ((unknown,), (listed,), {}),
            "a broken entry at the end": ((listed,), (broken,), {}), "a broken entry at the start": ((broken,), (listed,), {}),
            "stale, listed": ((), (listed,), {"begin": -3 * DAY, "end": -DAY}),
            "another issuer, listed": ((), (listed,), {"issuer": self.signer})}
        rows = {}
        for title, (before, behind, more) in shapes.items():
            for size in ("short", "long"):
                data = self.crl(MIB + 60000 if size == "long" else 300000, *behind, before=before, **more)
                self.assertEqual(len(data) > MIB, size == "long")
                rows[title, size] = self.file_request(f"{len(rows)}.crl", data)
        answers = self.ask({" ".join(key): request for key, request in rows.items()})
        wanted = ("check", "status", "authentic", "signer", "revocation_time")
        for title in shapes:
            short, long = ({name: answers[f"{title} {size}"]["check"][name] for name in wanted} for size in ("short", "long"))
            with self.subTest(title):
                self.assertEqual(short, long)
        self.assertEqual(answers["no entry for it long"]["check"]["check"], "good")
        self.assertEqual(answers["listed last long"]["check"]["check"], "revoked")
        self.assertEqual(answers["a broken entry at the end long"]["check"]["check"], "malformed")

    def measure(self, request):
        """The check, and the peak of the program's memory in bytes."""
        path = os.path.join(self.folder.name, "request")
        with open(path, "w", encoding="ascii") as line:
            line.write(json.dumps(request) + "\n")
        done = subprocess.run([sys.executable, "-S", "-c", MEASURE, path, os.environ["CONTRACT_PROGRAM"]], text=True, check=True,
                              capture_output=True, timeout=HANG_S, env=dict(os.environ, ASAN_OPTIONS=FREES_AT_ONCE))
        answer, peak = done.stdout.splitlines()
        return json.loads(answer)["check"], int(peak) * 1024

    def test_16_mib_take_no_more_than_150_mib(self):
        listed = self.ec.revoked()[2:]
        good, revoked = self.crl(16 * MIB), self.crl(16 * MIB, listed)
        broken = self.crl(16 * MIB, b"\x30\x02\x05\x00", before=(listed,))
        text = self.crl(12 * MIB - 300000, listed)
        blocks = b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(text) + b"-----END X509 CRL-----\n"
        for title, data, expected in (("good", good, "good"), ("revoked", revoked, "revoked"), ("in PEM", blocks, "revoked"),
                                      ("a broken entry", broken, "too-large")):
            self.assertLess(15.5 * MIB, len(data), title)
            self.assertLessEqual(len(data), 16 * MIB, title)
            check, peak = self.measure(self.file_request("large.crl", data))
            print(f"{os.environ['CONTRACT_STACK']}: {title}, {len(data)} bytes: {peak / MIB:.1f} MiB", file=sys.stderr)
            with self.subTest(title):
                self.assertEqual(check["check"], expected, check)
                self.assertLessEqual(peak, MOST_MEMORY)
            if expected == "too-large":
                self.assertIn(f"its {len(data)} bytes are more than the limit of {4 * MIB} bytes", check["native"]["text"])


if __name__ == "__main__":
    main()
