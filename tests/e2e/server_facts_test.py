#!/usr/bin/env python3
"""The rows of harness/model/server_facts.def against the real servers: what each gets from a responder of every kind,
what it makes of a file, and what its first connection is like."""

import os
import re
import shutil
import time

from lab import Lab
from machine import ApacheSite, CaddySite, HaproxySite, LighttpdSite, NginxSite, numbers
from machine_proxies import H2oSite, HitchSite, NghttpxSite, TrafficServerSite
from programs import ROOT, ProgramTest, main, needs
from remedy import GOOD, STALE
from seen import Seen

ROW = re.compile(r'SERVER_FACTS\((\w+), "([^"]*)", (\w+), "[^"]*",\s*((?:(?:YES|NO)\(\w+\)\s*)+)\)')
TRAIT = re.compile(r"(YES|NO)\((\w+)\)")

# Of a trait: the responder, and what of the certificate differs. It holds if the response is stapled.
FETCHES = {
    "FETCHES": (GOOD, {}),
    "FOLLOWS_REDIRECT": (dict(GOOD, behaviour="redirect"), {}),
    "GETS_BY_POST_ONLY": (dict(GOOD, behaviour="get-refused"), {}),
    "GETS_BY_GET_ONLY": (dict(GOOD, behaviour="post-refused"), {}),
    "TAKES_OTHER_TYPE": (dict(GOOD, behaviour="wrong-type"), {}),
    "TRIES_NEXT_URL": (GOOD, {"dead_ocsp_url_first": "true"}),
    "TAKES_NO_NEXT_UPDATE": (dict(GOOD, next_update="none"), {}),
    "TAKES_SHA256_CERTID": (dict(GOOD, certid_hash="sha256"), {}),
}
# The same, of a trait that holds if the response is not stapled, with what the staple would say.
WITHHOLDS = {
    "WITHHOLDS_REVOKED": (dict(GOOD, status="revoked"), "revoked"),
    "WITHHOLDS_UNKNOWN": (dict(GOOD, status="unknown"), "unknown"),
    "WITHHOLDS_ERROR": ({"behaviour": "answer", "response": "try-later"}, "trylater"),
    "WITHHOLDS_EXPIRED": (STALE, "stale"),
}
# Of a trait: the certificate, and the response in the file.
FILES = {
    "READS_FILE": ("good", "good"), "REJECTS_STALE_FILE": ("stale", "stale"), "REJECTS_OTHER_FILE": ("good", "other"),
    "REJECTS_BROKEN_FILE": ("good", "broken"),
}


def place_of(trait):
    return trait.lower().replace("_", "-")


def facts_of(kind):
    """The rows of a kind: versions, when it staples, and traits by name."""
    with open(os.path.join(ROOT, "harness", "model", "server_facts.def"), encoding="ascii") as file:
        text = file.read()
    rows = [(row[1], row[2], {name: word == "YES" for word, name in TRAIT.findall(row[3])})
            for row in ROW.findall(text) if row[0].replace("_", "").lower() == kind]
    assert rows, kind
    return rows


class ServerFacts(ProgramTest):
    """Each trait has a certificate and a site of its own; all sites of a server run at the same time."""

    site_class = None

    def begin(self, situations):
        """The lab with a scenario for each name."""
        self.lab = Lab(self, self.path("lab"), [
            {"id": name, "host": name + ".lab.localhost",
             "situation": {"responder": responder, "certificate": certificate}}
            for name, (responder, certificate) in situations.items()])
        self.root = self.path("lab", "root.pem")

    def site(self, name, machine=None):
        exported = self.path(name)
        if not os.path.isdir(exported):
            os.mkdir(exported)
            self.lab.command(command="export", scenario=name, directory=exported)
        return self.site_class(self, exported, name + ".lab.localhost", machine="machine-" + (machine or name))

    def staples(self, site):
        return Seen(self, site).staple

    def after_start(self, sites):
        """What makes a server use what it has fetched."""

    def row(self, version):
        """The traits of the installed version."""
        fitting = [traits for versions, _, traits in facts_of(self.site_class.kind) if self.holds(versions, version)]
        self.assertEqual(len(fitting), 1, version)
        return fitting[0]

    @staticmethod
    def holds(versions, version):
        for comparison in versions.split():
            how, number = re.fullmatch(r"(<|>=)([\d.]+)", comparison).groups()
            if (numbers(version) < numbers(number)) != (how == "<"):
                return False
        return True

    def hold(self, site, measured):
        """What was measured is what the row says."""
        row = self.row(site.version())
        self.assertEqual({trait: row.get(trait) for trait in measured}, measured)


class FetchFacts:
    """A server that queries the responder."""

    def test_what_it_gets_from_which_responder(self):
        situations = {place_of(trait): situation for trait, situation in FETCHES.items()}
        situations |= {place_of(trait): (responder, {}) for trait, (responder, _) in WITHHOLDS.items()}
        self.begin(situations)
        sites = {}
        for trait in [*FETCHES, *WITHHOLDS]:
            sites[trait] = self.site(place_of(trait))
            self.configure(sites[trait])
            sites[trait].start()
        self.after_start(sites)
        for site in sites.values():
            self.staples(site)  # nginx fetches for its first client
        self.wait_until(lambda: self.staples(sites["FETCHES"]) == "good", "a staple: " + sites["FETCHES"].log())
        time.sleep(2)
        words = {trait: self.staples(site) for trait, site in sites.items()}
        measured = {trait: words[trait] == "good" for trait in FETCHES}
        measured |= {trait: words[trait] != word for trait, (_, word) in WITHHOLDS.items()}
        self.hold(sites["FETCHES"], measured)

    def test_its_first_connection(self):
        """With a responder that takes its time, so that who comes before it is seen."""
        self.begin({"slow": (dict(GOOD, behaviour="slow", slow="1500ms"), {})})
        site = self.site("slow")
        self.configure(site)
        site.start()
        began = time.monotonic()
        first = self.staples(site)
        waited = time.monotonic() - began > 1.2
        self.wait_until(lambda: self.staples(site) == "good", "a staple: " + site.log())
        measured = {"WAITS_IN_HANDSHAKE": waited and first == "good", "COLD_START": first is None}
        self.lab.command(command="http", listen=False)
        site.restart()
        time.sleep(1)
        self.staples(site)
        measured["KEEPS_OVER_RESTART"] = self.staples(site) == "good"
        self.hold(site, measured)


class FileFacts:
    """A server that staples a file."""

    def test_which_file_it_staples(self):
        self.begin({name: (responder, {}) for name, responder in
                    {"good": GOOD, "other": GOOD, "stale": STALE}.items()})
        good = self.site("good")
        files = {name: self.path(name + ".der") for name in ("good", "other", "stale", "broken")}
        for name in ("other", "stale"):
            self.site(name).fetch(files[name])
        good.fetch(files["good"])
        with open(files["broken"], "wb") as file:
            file.write(b"no response")
        measured = {}
        for trait, (certificate, name) in FILES.items():
            site = self.site(certificate, machine="of-" + name)
            self.configure(site, files[name])
            try:
                site.start()
            except AssertionError:
                measured[trait] = trait.startswith("REJECTS")  # it does not start with such a file
                continue
            stapled = self.staples(site) is not None
            measured[trait] = stapled != trait.startswith("REJECTS")
        self.hold(good, measured)


@needs("nginx", "gnutls-cli")
class NginxFacts(FetchFacts, ServerFacts):
    site_class = NginxSite

    def configure(self, site):
        site.configure("ssl_certificate {ssl}/fullchain.pem;\nssl_certificate_key {ssl}/key.pem;\nssl_stapling on;\n")


@needs("apache2", "gnutls-cli")
class ApacheFacts(FetchFacts, ServerFacts):
    site_class = ApacheSite

    def configure(self, site):
        site.configure("SSLCertificateFile {ssl}/fullchain.pem\nSSLCertificateKeyFile {ssl}/key.pem\nSSLUseStapling on\n",
                       'SSLStaplingCache "shmcb:/run/apache2/stapling(131072)"\n')


    def test_an_https_url(self):
        """Who asks for a staple cannot connect, until another URL is forced."""
        self.begin({"https": (GOOD, {"ocsp_url": "https://127.0.0.1:9/ocsp"})})
        site = self.site("https")
        self.configure(site)
        site.start()
        plain = self.run_program("openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-servername", site.name)
        self.assertEqual(plain.status, 0, "it does not ask")
        asking = self.run_program("openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-servername", site.name,
                                  "-status")
        self.hold(site, {"ENDS_HANDSHAKE_FOR_HTTPS": asking.status != 0})
        with open(site.path(f"/etc/apache2/sites-available/{site.name}.conf"), "a", encoding="ascii") as file:
            file.write(f"SSLStaplingForceURL http://127.0.0.1:{self.lab.ready['http_port']}/https/ocsp\n")
        site.restart()
        self.assertEqual(self.staples(site), "good", site.log())


@needs("caddy", "gnutls-cli")
class CaddyFacts(FetchFacts, ServerFacts):
    site_class = CaddySite

    def configure(self, site):
        site.configure("    tls {ssl}/fullchain.pem {ssl}/key.pem\n")


@needs("h2o", "perl", "openssl", "gnutls-cli")
class H2oFacts(FetchFacts, ServerFacts):
    site_class = H2oSite

    def configure(self, site):
        site.configure("    certificate-file: {ssl}/fullchain.pem\n    key-file: {ssl}/key.pem\n")


@needs("hitch", "gnutls-cli")
class HitchFacts(FetchFacts, ServerFacts):
    site_class = HitchSite

    def configure(self, site):
        site.configure('pem-file = "{ssl}/hitch.pem"\nocsp-dir = "' + site.path("/var/lib/hitch") + '"\n')

    def after_start(self, sites):
        # A response that comes before the worker is ready is not stapled until the next start or refresh.
        time.sleep(1)
        for site in sites.values():
            site.restart()


@needs("nghttpx", "gnutls-cli")
class NghttpxFacts(FetchFacts, ServerFacts):
    site_class = NghttpxSite

    def configure(self, site):
        site.configure("private-key-file={ssl}/key.pem\ncertificate-file={ssl}/fullchain.pem\ncacert={ssl}/chain.pem\n")


@needs("traffic_server", "gnutls-cli")
class TrafficServerFacts(FetchFacts, ServerFacts):
    site_class = TrafficServerSite

    def configure(self, site):
        site.configure("CONFIG proxy.config.ssl.ocsp.enabled INT 1\n",
                       "ssl_cert_name={ssl}/fullchain.pem ssl_key_name={ssl}/key.pem\n")


@needs("nginx", "openssl", "gnutls-cli")
class NginxFile(FileFacts, ServerFacts):
    site_class = NginxSite

    def configure(self, site, file):
        site.configure("ssl_certificate {ssl}/fullchain.pem;\nssl_certificate_key {ssl}/key.pem;\n"
                       f"ssl_stapling on;\nssl_stapling_file {file};\n")


@needs("haproxy", "openssl", "gnutls-cli")
class HaproxyFile(FileFacts, ServerFacts):
    site_class = HaproxySite

    def configure(self, site, file):
        site.bundle()
        shutil.copy(file, site.ssl("haproxy.pem.ocsp"))
        site.configure("    bind :443 ssl crt {ssl}/haproxy.pem\n")

    def test_a_file_without_next_update(self):
        self.begin({"endless": (dict(GOOD, next_update="none"), {})})
        site = self.site("endless")
        site.fetch(self.path("endless.der"))
        self.configure(site, self.path("endless.der"))
        site.start()
        self.hold(site, {"TAKES_NO_NEXT_UPDATE": self.staples(site) is not None})


@needs("lighttpd", "openssl", "gnutls-cli")
class LighttpdFile(FileFacts, ServerFacts):
    site_class = LighttpdSite

    def configure(self, site, file):
        site.configure('ssl.pemfile = "{ssl}/fullchain.pem"\nssl.privkey = "{ssl}/key.pem"\n'
                       f'ssl.stapling-file = "{file}"\n')


if __name__ == "__main__":
    main(at_once=6)
