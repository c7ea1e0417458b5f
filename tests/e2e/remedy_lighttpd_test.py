#!/usr/bin/env python3
"""lighttpd, broken in the ways it is broken in the world, and healed by its remedies (tests/support/remedy.py)."""

import time

from machine import LighttpdSite
from programs import main, needs
from remedy import GOOD, TRY_LATER, RemedyTest

CERTIFICATE = 'ssl.pemfile = "{ssl}/fullchain.pem"\nssl.privkey = "{ssl}/key.pem"\n'
FILE = CERTIFICATE + 'ssl.stapling-file = "{ssl}/old.der"\n'


@needs("lighttpd", "openssl")
class LighttpdRemedies(RemedyTest):
    site_class = LighttpdSite

    def test_enable(self):
        site = self.begin()
        site.configure(CERTIFICATE)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("enable")
        self.check_healed()

    def test_stale(self):
        """What is stale when lighttpd reads it is not sent; what becomes so is, until it looks again."""
        site = self.begin()
        self.responder(dict(GOOD, next_update="3s"))
        site.fetch(site.ssl("old.der"))
        self.responder(GOOD)
        site.configure(FILE)
        site.start()
        time.sleep(4)
        self.assertEqual(self.seen().staple, "stale")
        self.heal("stale")
        self.check_healed()

    def test_renewed(self):
        site = self.begin()
        site.fetch(site.ssl("old.der"))
        site.install(self.certificates["renewed"])
        site.configure(FILE)
        site.start()
        self.assertEqual(self.seen().staple, "other")
        self.heal("renewed")
        self.check_healed()

    def test_error(self):
        site = self.begin()
        self.responder(TRY_LATER)
        site.fetch(site.ssl("old.der"))
        self.responder(GOOD)
        site.configure(FILE)
        site.start()
        self.assertEqual(self.seen().staple, "trylater")
        self.heal("error")
        self.check_healed()

    def test_cold(self):
        site = self.begin(must_staple=True)
        site.configure(CERTIFICATE)
        site.start()
        self.heal("cold", must_staple=True)
        self.check_healed()
        self.responder_listens(False)
        site.restart()
        self.check_healed()

    def test_chain(self):
        site = self.begin()
        site.configure(CERTIFICATE.replace("fullchain", "cert"))
        site.start()
        self.assertFalse(self.seen().chain)
        self.heal("chain")
        self.check_healed()


if __name__ == "__main__":
    main()
