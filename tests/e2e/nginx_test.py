#!/usr/bin/env python3
"""A real endpoint through a responder's outage: nginx with ssl_stapling on, a certificate and a
responder of the lab, every client class in each phase.

nginx asks the responder only when a first handshake has come, and keeps what it got until nextUpdate or a
reload, so that the phases differ as they do in the world (Chung et al., IMC 2018).
"""

import os

from lab import Lab
from patience import HANG_S
from programs import STACKS, ProgramTest, cells_by, main, needs
from seen import Seen
from server import Nginx

POLICIES = ("no-check", "soft-fail", "hard-fail", "must-staple", "require-staple", "native")
# A response that nginx finds worth keeping, and whose nextUpdate is near.
SITUATION = {"responder": {"behaviour": "answer", "status": "good", "this_update": "-1min", "next_update": "10min"}}

# Verdict and reason by policy, for a stack that asks for staples, in order of POLICIES.
STAPLED = {policy: ("connect", "status-good") for policy in POLICIES}
STAPLED["no-check"] = ("connect", "not-checked")
BARE_AND_DEAD = {
    "no-check": ("connect", "not-checked"),
    "soft-fail": ("warn", "responder-connect"),
    "hard-fail": ("reject", "responder-connect"),
    "require-staple": ("reject", "staple-missing"),
}
# The first connection after a reload has no staple, but the responder can be asked.
PLAIN_WITHOUT = dict(BARE_AND_DEAD, **{"must-staple": ("warn", "staple-missing"), "native": ("connect", "not-checked")})
MUST_WITHOUT = dict(BARE_AND_DEAD, **{"must-staple": ("reject", "staple-missing"), "native": ("reject", "staple-missing")})
# Mbed TLS cannot ask for a staple: whatever nginx does, it sees none.
MBEDTLS = {"no-check": ("connect", "not-checked"), "native": ("connect", "not-checked"),
           "require-staple": ("reject", "staple-not-supported")}
MBEDTLS_MUST = {False: ("warn", "staple-not-supported"), True: ("reject", "staple-not-supported")}


def expected(stack, must_staple, stapled, responder_up):
    if stack == "mbedtls":
        table = dict(MBEDTLS, **{"must-staple": MBEDTLS_MUST[must_staple]})
        table["soft-fail"] = ("connect", "status-good") if responder_up else ("warn", "responder-connect")
        table["hard-fail"] = ("connect", "status-good") if responder_up else ("reject", "responder-connect")
        return table
    table = dict(STAPLED if stapled else MUST_WITHOUT if must_staple else PLAIN_WITHOUT)
    if stack == "openssl":
        # By itself OpenSSL asks for no staple and does not know the TLS feature extension.
        table["native"] = ("connect", "not-checked")
    return table


@needs("nginx", "openssl", "gnutls-cli")
class Outage(ProgramTest):
    def stapled(self, nginx):
        """Whether one connection of gnutls-cli gets a good staple."""
        return Seen(self, nginx).staple == "good"

    def check(self, nginx, phase, must_staple, stapled, responder_up):
        result = self.revoscope("probe", f"{self.name}:{nginx.port}", "--connect", f"127.0.0.1:{nginx.port}",
                                "--servername", self.name, "--ca", self.root, "--no-store", "--format", "json",
                                timeout=HANG_S)
        self.assertNotEqual(result.status, 2, str(result))
        seen = {class_id: (cell["outcome"], cell["reason"]) for (_, class_id), cell in
                cells_by(result.document()).items()}
        want = {f"{stack}/{policy}": pair for stack in STACKS for policy, pair in
                expected(stack, must_staple, stapled, responder_up).items()}
        self.assertEqual(seen, want, f"{phase}; nginx says:\n{nginx.log()[-1500:]}")

    def play(self, must_staple):
        scenario = "must" if must_staple else "plain"
        situation = dict(SITUATION, certificate={"must_staple": "true" if must_staple else "false"})
        lab = Lab(self, self.path(), [
            {"id": scenario, "host": f"{scenario}.lab.localhost", "situation": situation}])
        self.name, self.root = f"{scenario}.lab.localhost", self.path("root.pem")
        certificates = self.path("certificates")
        os.mkdir(certificates)
        lab.command(command="export", scenario=scenario, directory=certificates)
        lab.command(command="http", listen=False)
        nginx = Nginx(self, self.path("nginx"), certificates, self.name)

        self.assertFalse(self.stapled(nginx), "the first connection cannot have a staple")
        self.check(nginx, "responder down from the start", must_staple, stapled=False, responder_up=False)

        lab.command(command="http", listen=True)
        nginx.reload()
        self.assertFalse(self.stapled(nginx), "nginx fetches no staple before a client asks for one")
        self.wait_until(lambda: self.stapled(nginx), "nginx staples:\n" + nginx.log()[-1500:])
        self.check(nginx, "responder up", must_staple, stapled=True, responder_up=True)

        lab.command(command="http", listen=False)
        self.check(nginx, "responder died, nginx keeps its staple", must_staple, stapled=True, responder_up=False)

        nginx.reload()
        self.assertFalse(self.stapled(nginx), "a reload loses the staple")
        self.check(nginx, "reloaded while the responder is dead", must_staple, stapled=False, responder_up=False)
        nginx.stop()
        lab.close()

    def test_a_plain_certificate_through_an_outage(self):
        self.play(must_staple=False)

    def test_a_must_staple_certificate_through_an_outage(self):
        self.play(must_staple=True)


if __name__ == "__main__":
    main()
