#!/usr/bin/env python3
"""Apache httpd, broken in the ways it is broken in the world, and healed by its remedies (tests/support/remedy.py)."""

from machine import ApacheSite
from programs import main, needs
from remedy import GOOD, STALE, TRY_LATER, RemedyTest

CERTIFICATE = "SSLCertificateFile {ssl}/fullchain.pem\nSSLCertificateKeyFile {ssl}/key.pem\n"
STAPLING = CERTIFICATE + "SSLUseStapling on\n"
CACHE = 'SSLStaplingCache "shmcb:/run/apache2/stapling(131072)"\n'


@needs("apache2", "openssl", "gnutls-cli")
class ApacheRemedies(RemedyTest):
    site_class = ApacheSite

    def test_enable(self):
        site = self.begin()
        site.configure(CERTIFICATE)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed()

    def test_error(self):
        """The responder is down, and Apache makes up an answer."""
        site = self.begin()
        self.responder_listens(False)
        site.configure(STAPLING, CACHE)
        site.start()
        self.assertEqual(self.seen().staple, "trylater")
        self.heal("staple-error-response")
        self.assertIsNone(self.seen().staple)
        self.responder_listens(True)
        self.check_healed()

    def test_an_error_of_the_responder(self):
        site = self.begin()
        self.responder(TRY_LATER)
        site.configure(STAPLING, CACHE)
        site.start()
        self.assertEqual(self.seen().staple, "trylater")
        self.heal("staple-error-response")
        self.assertIsNone(self.seen().staple)
        self.responder(GOOD)
        site.reload()  # or a minute, SSLStaplingErrorCacheTimeout
        self.check_healed()

    def test_stale(self):
        site = self.begin()
        self.responder(STALE)
        site.configure(STAPLING, CACHE)
        site.start()
        self.assertEqual(self.seen().staple, "stale")
        self.responder(GOOD)
        self.assertEqual(self.seen().staple, "stale", "it is in the cache")
        self.heal("staple-stale")
        self.check_healed(warm=True)

    def test_must_staple(self):
        site = self.begin(must_staple=True)
        site.configure(CERTIFICATE)
        site.start()
        self.heal("must-staple-not-stapled")
        self.check_healed(warm=True)
        self.responder_listens(False)
        site.restart()
        self.assertEqual(self.seen().staple, "good", "a start without the responder")
        site.reload()
        self.assertEqual(self.seen().staple, "good", "a reload without the responder")

    def test_chain(self):
        site = self.begin()
        site.configure(STAPLING.replace("fullchain", "cert"), CACHE)
        site.start()
        self.assertFalse(self.seen().chain)
        self.heal("chain-incomplete")
        self.check_healed()

    def test_off(self):
        site = self.begin(ocsp_url="false")
        site.configure(STAPLING, CACHE)
        site.start()
        self.assertIn("AH02218", site.log())
        self.heal("no-ocsp-url")
        site.forget_log()
        site.restart()
        self.assertNotIn("AH02218", site.log())


if __name__ == "__main__":
    main()
