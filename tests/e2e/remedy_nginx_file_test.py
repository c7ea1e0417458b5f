#!/usr/bin/env python3
"""nginx with a staple from a file, one that is wrong and the one of its remedies (tests/support/remedy.py)."""

from machine import NginxSite
from programs import main, needs
from remedy import GOOD, STALE, RemedyTest

CERTIFICATE = "ssl_certificate {ssl}/fullchain.pem;\nssl_certificate_key {ssl}/key.pem;\n"
STAPLING = CERTIFICATE + "ssl_stapling on;\n"
FILE = STAPLING + "ssl_stapling_file {ssl}/old.der;\n"


@needs("nginx", "openssl", "gnutls-cli")
class NginxFileRemedies(RemedyTest):
    site_class = NginxSite

    def test_stale(self):
        site = self.begin()
        self.responder(STALE)
        site.fetch(site.ssl("old.der"))
        self.responder(GOOD)
        site.configure(FILE)
        site.start()
        self.assertEqual(self.seen().staple, "stale")
        self.heal("staple-stale")
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

    def test_cold(self):
        site = self.begin()
        site.configure(STAPLING)
        site.start()
        self.heal("staple-missing-first")
        self.check_healed(sentence="The first connection has a staple now")

    def test_must_staple(self):
        site = self.begin(must_staple=True)
        site.configure(CERTIFICATE, workers=2)
        site.start()
        self.heal("must-staple-not-stapled")
        self.check_healed()
        self.responder_listens(False)
        site.restart()
        for _ in range(8):
            self.assertEqual(self.seen().staple, "good", "a start without the responder")

    def test_the_file_goes_before_it_is_stale(self):
        site = self.begin()
        self.responder(dict(GOOD, next_update="30min"))
        site.configure(STAPLING)
        site.start()
        self.heal("staple-missing-first")
        self.assertEqual(self.seen().staple, "good")
        self.responder_listens(False)
        self.assertEqual(site.run(f"/usr/local/sbin/staple-{site.name}").status, 1)
        self.assertIsNone(self.seen().staple, "nothing is known for the time until the next try")
        self.responder_listens(True)
        self.assertEqual(site.run(f"/usr/local/sbin/staple-{site.name}").status, 0)
        self.assertEqual(self.seen().staple, "good")


if __name__ == "__main__":
    main()
