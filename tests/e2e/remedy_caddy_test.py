#!/usr/bin/env python3
"""Caddy, broken in the ways it is broken in the world, and healed by its remedies (tests/support/remedy.py)."""

from machine import CaddySite
from programs import main, needs
from remedy import RemedyTest

CERTIFICATE = "    tls {ssl}/fullchain.pem {ssl}/key.pem\n"


@needs("caddy", "openssl", "gnutls-cli")
class CaddyRemedies(RemedyTest):
    site_class = CaddySite

    def test_enable(self):
        site = self.begin()
        site.configure(CERTIFICATE, "    ocsp_stapling off\n")
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed()

    def test_chain(self):
        site = self.begin()
        site.configure(CERTIFICATE.replace("fullchain", "cert"))
        site.start()
        self.assertFalse(self.seen().chain)
        self.heal("chain-incomplete")
        self.check_healed()

    def test_must_staple(self):
        site = self.begin(must_staple=True)
        self.responder_listens(False)
        site.configure(CERTIFICATE)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.responder_listens(True)
        self.heal("must-staple-not-stapled")
        self.check_healed()
        self.responder_listens(False)
        site.restart()
        self.assertEqual(self.seen().staple, "good", "a start without the responder")


if __name__ == "__main__":
    main()
