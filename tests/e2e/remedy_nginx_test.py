#!/usr/bin/env python3
"""nginx that does not staple, and is healed by its remedies (tests/support/remedy.py)."""

from machine import NginxSite
from programs import main, needs
from relay import Relay
from remedy import RemedyTest

CERTIFICATE = "ssl_certificate {ssl}/fullchain.pem;\nssl_certificate_key {ssl}/key.pem;\n"
STAPLING = CERTIFICATE + "ssl_stapling on;\n"


@needs("nginx", "openssl", "gnutls-cli")
class NginxRemedies(RemedyTest):
    site_class = NginxSite

    def test_enable(self):
        site = self.begin()
        site.configure(CERTIFICATE)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.assertIsNone(self.seen().staple, "nginx fetches when a client has come")
        self.check_healed(warm=True)

    def test_reach(self):
        """A resolver that does not answer; the machine's own file names none, and nginx does without."""
        relay = Relay(self)
        site = self.begin(ocsp_url=f"http://localhost:{relay.port}/site/ocsp")
        relay.target = self.lab.ready["http_port"]
        site.configure(STAPLING + "resolver 127.0.0.1:9;\nresolver_timeout 1s;\n")
        site.start()
        self.assertIsNone(self.seen().staple)
        self.wait_until(lambda: "localhost could not be resolved" in site.log(), "nginx gives up")
        self.assertIsNone(self.seen().staple)
        self.heal("server-cannot-reach-responder")
        self.check_healed(warm=True)

    def test_the_resolver_is_that_of_the_machine(self):
        site = self.begin()
        site.put("/etc/resolv.conf", "# nameserver 192.0.2.1\nsearch example.org\nnameserver 192.0.2.2\n"
                 "nameserver 2001:db8::3\nnameserver fe80::1%eth0\noptions rotate\n")
        site.configure(CERTIFICATE)
        site.start()
        self.heal("stapling-not-enabled")
        with open(site.path("/etc/nginx/ocsp-resolver.conf"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "resolver 192.0.2.2 [2001:db8::3] valid=300s;\n")

    def test_chain(self):
        site = self.begin()
        site.configure(STAPLING.replace("fullchain", "cert"))
        site.start()
        self.assertFalse(self.seen().chain)
        self.assertIn('"ssl_stapling" ignored, issuer certificate not found', site.check().err)
        self.heal("chain-incomplete")
        self.check_healed(warm=True)

    def test_off(self):
        site = self.begin(ocsp_url="false")
        site.configure(STAPLING)
        site.start()
        self.assertIn('"ssl_stapling" ignored, no OCSP responder URL', site.check().err)
        self.heal("no-ocsp-url")
        self.assertNotIn("ssl_stapling", site.check().err)
        self.assertIsNone(self.seen().staple)


if __name__ == "__main__":
    main()
