#!/usr/bin/env python3
"""Each client program reads every kind of odd staple, response and CRL without reading memory that
was never written: what valgrind sees and the sanitizers of gcc do not.

The sanitizers and valgrind exclude each other, so the client programs are those of a build without
sanitizers: this one, or the release build that `bootstrap test` makes first.
"""

import json
import os

from lab import Lab
from patience import HANG_S
from programs import BUILD, IS_SANITIZED, ROOT, ProgramTest, main, needs

PLAIN_BUILD = os.path.join(ROOT, "build", "release") if IS_SANITIZED else BUILD
MOST_MS = 600_000 # that the protocol allows
POLICY = {"asks_staple": "yes", "checks_staple": "full", "fetches_ocsp": "leaf", "uses_crl": "fallback",
          "timeout_ms": MOST_MS // 2, "on_unavailable": "warn"}
NO_STAPLE = {"present": "false"}
SITUATIONS = {
    "good": {},
    "must-staple": {"certificate": {"must_staple": "true"}, "server.staple": NO_STAPLE},
    "no-staple": {"server.staple": NO_STAPLE},
    "revoked": {"server.staple": {"status": "revoked"}},
    "unknown": {"server.staple": {"status": "unknown"}},
    "delegate": {"server.staple": {"signer": "delegate"}},
    "impostor": {"server.staple": {"signer": "impostor"}},
    "wrong-serial": {"server.staple": {"certid": "wrong-serial"}},
    "sha256": {"server.staple": {"certid_hash": "sha256"}},
    "corrupt": {"server.staple": {"signature": "corrupt"}},
    "try-later": {"server.staple": {"response": "try-later"}},
    "crl": {"certificate": {"crl_url": "true", "ocsp_url": "false"}, "server.staple": NO_STAPLE,
            "crl": {"behaviour": "answer", "status": "revoked"}},
    "crl-broken": {"certificate": {"crl_url": "true", "ocsp_url": "false"}, "server.staple": NO_STAPLE,
                   "crl": {"behaviour": "answer", "encoding": "truncated"}},
    "rsa": {"certificate": {"key": "rsa-2048"}},
}
for encoding in ("truncated", "trailing", "garbage", "html", "empty", "huge"):
    SITUATIONS["staple-" + encoding] = {"server.staple": {"encoding": encoding}}
    SITUATIONS["answer-" + encoding] = {"server.staple": NO_STAPLE, "responder": {"encoding": encoding}}


@needs("valgrind")
class Valgrind(ProgramTest):
    def check(self, stack):
        program = os.path.join(PLAIN_BUILD, "clients", "revoscope-client-" + stack)
        if not os.path.exists(program):
            self.skipTest(f"{os.path.relpath(program, ROOT)} is not built")
        lab = Lab(self, self.path(), [{"id": name, "host": name + ".lab.localhost", "situation": situation}
                                      for name, situation in SITUATIONS.items()], ("--connection-time", str(HANG_S)))
        requests = "".join(json.dumps({
            "id": f"{name} {enforcement}", "connect": {"address": "127.0.0.1", "port": lab.ready["tls_port"]},
            "server_name": name + ".lab.localhost", "trust": lab.ready["trust"], "enforcement": enforcement,
            "policy": POLICY if enforcement == "application" else {}, "deadline_ms": MOST_MS}) + "\n"
            for name in SITUATIONS for enforcement in ("application", "native"))
        with open(self.write("requests", requests), "rb") as stdin:
            result = self.run_program(
                "/usr/bin/valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full",
                "--errors-for-leak-kinds=definite", "--log-file=" + self.path("valgrind.log"), program,
                stdin=stdin, timeout=HANG_S)
        with open(self.path("valgrind.log"), encoding="utf-8", errors="replace") as file:
            self.assertEqual(file.read()[:6000], "", f"{stack}: valgrind")
        self.assertEqual(result.status, 0, str(result))
        answers = {answer["id"]: answer for answer in map(json.loads, result.out.splitlines())}
        self.assertEqual(len(answers), 2 * len(SITUATIONS))
        self.assertEqual(answers["good application"]["outcome"], "connect", answers["good application"]["detail"])
        lab.close()

    def test_openssl(self):
        self.check("openssl")

    def test_gnutls(self):
        self.check("gnutls")

    def test_mbedtls(self):
        self.check("mbedtls")


if __name__ == "__main__":
    main()
