#!/usr/bin/env python3
"""Servers that are told by --server, broken in the ways they are broken in the world, and healed by their remedies
(tests/support/remedy.py)."""

from machine_proxies import H2oSite, HitchSite, NghttpxSite, TrafficServerSite
from programs import main, needs
from remedy import RemedyTest


@needs("hitch", "openssl", "gnutls-cli")
class HitchRemedies(RemedyTest):
    site_class = HitchSite

    def test_a_directory_that_it_cannot_write(self):
        """hitch fetches and has nowhere to keep the response."""
        site = self.begin()
        site.configure('pem-file = "{ssl}/hitch.pem"\nocsp-dir = "/var/lib/hitch"\n', directory=False)
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed(warm=True)

    def test_must_staple(self):
        site = self.begin(must_staple=True)
        site.configure('pem-file = "{ssl}/hitch.pem"\nocsp-dir = ""\n')
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("must-staple-not-stapled")
        self.check_healed()
        self.responder_listens(False)
        site.restart()
        self.assertEqual(self.seen().staple, "good", "a start without the responder")


@needs("nghttpx", "openssl", "gnutls-cli")
class NghttpxRemedies(RemedyTest):
    site_class = NghttpxSite

    def test_a_private_ca(self):
        """Its script says that all is well, and it staples nothing."""
        site = self.begin()
        site.configure("private-key-file={ssl}/key.pem\ncertificate-file={ssl}/fullchain.pem\n")
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed()


@needs("h2o", "perl", "openssl", "gnutls-cli")
class H2oRemedies(RemedyTest):
    site_class = H2oSite

    def test_enable(self):
        site = self.begin()
        site.configure("    certificate-file: {ssl}/fullchain.pem\n    key-file: {ssl}/key.pem\n"
                       "    ocsp-update-interval: 0\n")
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed(warm=True)


@needs("traffic_server", "openssl", "gnutls-cli")
class TrafficServerRemedies(RemedyTest):
    site_class = TrafficServerSite

    def test_enable(self):
        site = self.begin()
        site.configure("", "ssl_cert_name={ssl}/fullchain.pem ssl_key_name={ssl}/key.pem\n")
        site.start()
        self.assertIsNone(self.seen().staple)
        self.heal("stapling-not-enabled")
        self.check_healed()


if __name__ == "__main__":
    main()
