#!/usr/bin/env python3
"""lighttpd, broken in the ways it is broken in the world, and healed by its remedies (tests/support/remedy.py)."""

from machine import LighttpdSite
from programs import main, needs
from remedy import GOOD, STALE, TRY_LATER, RemedyTest

CERTIFICATE = 'ssl.pemfile = "{ssl}/fullchain.pem"\nssl.privkey = "{ssl}/key.pem"\n'
FILE = CERTIFICATE + 'ssl.stapling-file = "{ssl}/old.der"\n'


@needs("lighttpd", "openssl", "gnutls-cli")
class LighttpdRemedies(RemedyTest):
    site_class = LighttpdSite

    def test_enable(self):
        site = self.begin()
        site.configure(CERTIFICATE)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed()

    def test_a_file_that_nobody_refreshed(self):
        """lighttpd does not send what is stale when it reads it, and forgets what became so within a minute."""
        site = self.begin()
        self.responder(STALE)
        site.fetch(site.ssl("old.der"))
        self.responder(GOOD)
        site.configure(FILE)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed()

    def test_renewed(self):
        site = self.begin()
        site.fetch(site.ssl("old.der"))
        site.install(self.certificates["renewed"])
        site.configure(FILE)
        site.start()
        self.assertEqual(self.seen().staple, "other")
        self.heal("staple-wrong-certificate")
        self.check_healed()

    def test_error(self):
        site = self.begin()
        self.responder(TRY_LATER)
        site.fetch(site.ssl("old.der"))
        self.responder(GOOD)
        site.configure(FILE)
        site.start()
        self.assertEqual(self.seen().staple, "trylater")
        self.heal("staple-error-response")
        self.check_healed()

    def test_must_staple(self):
        site = self.begin(must_staple=True)
        site.configure(CERTIFICATE)
        site.start()
        self.heal("must-staple-not-stapled")
        self.check_healed()
        self.responder_listens(False)
        site.restart()
        self.assertEqual(self.seen().staple, "good", "a start without the responder")

    def test_chain(self):
        site = self.begin()
        site.configure(CERTIFICATE.replace("fullchain", "cert"))
        site.start()
        self.assertFalse(self.seen().chain)
        self.heal("chain-incomplete")
        self.check_healed()


if __name__ == "__main__":
    main()
