#!/usr/bin/env python3
"""HAProxy, broken in the ways it is broken in the world, and healed by its remedies (tests/support/remedy.py)."""

import time

from machine import HaproxySite
from programs import main, needs
from remedy import RemedyTest

LINE = "    bind :443 ssl crt {ssl}/haproxy.pem\n"


@needs("haproxy", "openssl", "gnutls-cli", "socat")
class HaproxyRemedies(RemedyTest):
    site_class = HaproxySite

    def begin(self, chain="fullchain", **arguments):
        site = super().begin(**arguments)
        site.bundle(chain)
        site.configure(LINE)
        return site

    def test_enable(self):
        site = self.begin()
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled", server="haproxy")
        self.check_healed(warm=True)

    def test_chain(self):
        site = self.begin("cert")
        site.start()
        self.assertFalse(self.seen().chain)
        self.heal("chain-incomplete")
        self.check_healed(warm=True)

    def test_renewed(self):
        site = self.begin()
        site.fetch(site.ssl("haproxy.pem.ocsp"))
        site.install(self.certificates["renewed"])
        site.bundle()
        site.start()
        # HAProxy sees that the response is another certificate's, and sends none.
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed(warm=True)

    def test_must_staple(self):
        site = self.begin(must_staple=True)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("must-staple-not-stapled")
        self.check_healed()
        self.responder_listens(False)
        site.restart()
        self.assertEqual(self.seen().staple, "good", "a start without the responder")

    def test_the_timer_hands_a_new_response_over(self):
        site = self.begin(must_staple=True)
        site.start()
        self.heal("must-staple-not-stapled")
        before, processes = self.seen().reading.this_update, site.children()
        time.sleep(1.1)
        result = site.run(f"/usr/local/sbin/staple-{site.name}")
        self.assertEqual(result.status, 0, str(result))
        self.assertNotEqual(self.seen().reading.this_update, before)
        self.assertEqual(site.children(), processes, "HAProxy was reloaded for it")


if __name__ == "__main__":
    main()
