#!/usr/bin/env python3
"""What servers do with a staple when its nextUpdate comes and the responder is down: the column `after` of
harness/advice/refresh.def against the real servers."""

import os
import re
import time

from lab import Lab
from machine import CaddySite, HaproxySite, LighttpdSite, NginxSite
from machine_proxies import HitchSite
from programs import ROOT, ProgramTest, main, needs
from seen import Seen

ROW = re.compile(r'^REFRESH\(\w+, "([\w-]+)", .*, (\w+)(?:,\s*|,\n\s*)"', re.MULTILINE)
# Long enough for every server to fetch and staple it, short enough to wait for its end.
LIFE_S = 12
SHORT = {"behaviour": "answer", "status": "good", "this_update": "-1min", "next_update": f"{LIFE_S}s"}
# lighttpd looks at its files every 64 seconds.
TICK_S = 64


def after_of(server):
    with open(os.path.join(ROOT, "harness", "advice", "refresh.def"), encoding="ascii") as file:
        return dict(ROW.findall(file.read()))[server].lower()


class Refresh(ProgramTest):
    def begin(self, site_class, life=SHORT):
        self.lab = Lab(self, self.path("lab"), [
            {"id": "site", "host": "site.lab.localhost", "situation": {"responder": life}}])
        self.root = self.path("lab", "root.pem")
        exported = self.path("site")
        os.mkdir(exported)
        self.lab.command(command="export", scenario="site", directory=exported)
        return site_class(self, exported, "site.lab.localhost")

    def check(self, site, server, wait_s=0, warm=True):
        """Stapled while it is valid; after its end, with the responder down, as the table says."""
        if site.process is None:
            site.start()
        if warm:
            self.wait_until(lambda: Seen(self, site).staple == "good", "a staple: " + site.log())
        seen = Seen(self, site)
        self.assertEqual(seen.staple, "good", site.log())
        self.lab.command(command="http", listen=False)
        time.sleep(max(0, seen.reading.next_update.timestamp() + 1.5 - time.time()) + wait_s)
        found = Seen(self, site).staple
        self.assertEqual({None: "none", "stale": "stale", "trylater": "error"}[found], after_of(server), site.log())

    @needs("nginx", "openssl", "gnutls-cli")
    def test_nginx_with_a_file(self):
        site = self.begin(NginxSite)
        site.fetch(site.ssl("ocsp.der"))
        site.configure("ssl_certificate {ssl}/fullchain.pem;\nssl_certificate_key {ssl}/key.pem;\n"
                       "ssl_stapling on;\nssl_stapling_file {ssl}/ocsp.der;\n")
        self.check(site, "nginx-file", warm=False)

    @needs("nginx", "gnutls-cli")
    def test_nginx(self):
        site = self.begin(NginxSite)
        site.configure("ssl_certificate {ssl}/fullchain.pem;\nssl_certificate_key {ssl}/key.pem;\nssl_stapling on;\n")
        self.check(site, "nginx")

    @needs("lighttpd", "openssl", "gnutls-cli")
    def test_lighttpd(self):
        site = self.begin(LighttpdSite)
        site.fetch(site.ssl("ocsp.der"))
        site.configure('ssl.pemfile = "{ssl}/fullchain.pem"\nssl.privkey = "{ssl}/key.pem"\n'
                       'ssl.stapling-file = "{ssl}/ocsp.der"\n')
        self.check(site, "lighttpd", wait_s=TICK_S + 2, warm=False)

    @needs("caddy", "gnutls-cli")
    def test_caddy(self):
        site = self.begin(CaddySite)
        site.configure("    tls {ssl}/fullchain.pem {ssl}/key.pem\n")
        self.check(site, "caddy")

    @needs("hitch", "gnutls-cli")
    def test_hitch(self):
        site = self.begin(HitchSite)
        site.configure('pem-file = "{ssl}/hitch.pem"\nocsp-dir = "' + site.path("/var/lib/hitch") + '"\n')
        site.start()
        time.sleep(1)
        site.restart()  # what it fetched before its worker was ready is stapled from the next start on
        self.check(site, "hitch")

    @needs("haproxy", "openssl", "gnutls-cli")
    def test_haproxy_with_a_file(self):
        """Five minutes before its end HAProxy stops stapling."""
        site = self.begin(HaproxySite, dict(SHORT, next_update=f"{300 + LIFE_S}s"))
        site.bundle()
        site.fetch(site.ssl("haproxy.pem.ocsp"))
        site.configure("    bind :443 ssl crt {ssl}/haproxy.pem\n")
        site.start()
        seen = Seen(self, site)
        self.assertEqual(seen.staple, "good")
        time.sleep(max(0, seen.reading.next_update.timestamp() - 300 + 1.5 - time.time()))
        self.assertIsNone(Seen(self, site).staple)
        self.assertEqual(after_of("haproxy-file"), "none")


if __name__ == "__main__":
    main(at_once=6)
