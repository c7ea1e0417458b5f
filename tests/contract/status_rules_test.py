#!/usr/bin/env python3
"""The rules for responses and CRLs (clients/README.md, RFC 6960 section 3.2, RFC 5280 sections 6.3.3 and
7.1) with each stack's own parser, in both directions: what is not revoked, and the same revoked."""

import crl_parts
from certificates import der, extension, moment, name, oid, OIDS, pem, sequence
from crl_parts import TRUE, directory, point, reason, relative, uri
from made import Made, STACK, both
from programs import main
from signed_status import DAY, AnyKey, Issuer

OIDS.update({
    "issuer-key": "2.5.29.35", "key": "2.5.29.14", "archive-cutoff": "1.3.6.1.5.5.7.48.1.6", "o": "2.5.4.10",
    "crl-references": "1.3.6.1.5.5.7.48.1.3", "extended-revoke": "1.3.6.1.5.5.7.48.1.9", "other": "1.3.6.1.4.1.55555.3",
})
SOME_REASONS = b"\x06\x40"  # keyCompromise
HOUR = DAY / 24
# The parser of Mbed TLS refuses a CRL with any critical extension.
READS_CRITICAL = STACK != "mbedtls"


def scope(*names, critical=READS_CRITICAL, **more):
    return crl_parts.scope(*names, critical=critical, **more)


class Rules(Made):
    def leaf(self, *extensions, issuer=None):
        return self.ec.certify(self.key, name(b"leaf.test"), list(extensions), self.ec.serial, issuer)

    def at(self, *points):
        return self.leaf(extension("crl", sequence(*points)))

    def lists(self, title, good, revoked, *extensions, leaf=None, entry=(), before=(), **crl):
        """Two rows of a CRL: entries before the leaf's, and extensions of the leaf's."""
        def make(is_listed):
            entries = [*before, *([self.ec.listed(*entry)] if is_listed else [])]
            data = self.ec.crl(sequence(*entries) if entries else None, extensions=extensions, **crl)
            return self.ec.request("crl", data, leaf)
        return both(title, make, good, revoked)

    def responses(self, title, expected, *entries, extensions=(), certid_hash="any", **policy):
        return [(title, self.ec.request("ocsp", self.ec.response(entries=list(entries), extensions=extensions),
                                        certid_hash=certid_hash, **policy), expected)]


class Scopes(Rules):
    def test_kinds_of_certificates(self):
        no, parsed = "wrong-certificate", lambda check: {"mbedtls": "malformed", "": check}
        self.hold(
            self.lists("no scope", "good", "revoked")
            + self.lists("user certificates", "good", "revoked", scope(user=True))
            + self.lists("user certificates, critical", parsed("good"), parsed("revoked"), scope(user=True, critical=True))
            + self.lists("user certificates, not critical", "good", "revoked", scope(user=True, critical=False))
            + self.lists("CA certificates", no, no, scope(ca=True))
            + self.lists("CA certificates, not critical", no, no, scope(ca=True, critical=False))
            + self.lists("attribute certificates", no, no, scope(attribute=True)))

    def test_distribution_points(self):
        no = "wrong-certificate"
        here, there = uri(b"http://a.test/1"), uri(b"http://a.test/2")
        part = sequence(*[der(0x31, sequence(oid("cn"), der(0x0C, text))) for text in (b"revoscope issuer", b"1")])
        leaf, relative_leaf = self.at(point(here)), self.at(point(part=relative(b"1")))
        self.hold(
            self.lists("the same URI", "good", "revoked", scope(here), leaf=leaf)
            + self.lists("one of two URIs", "good", "revoked", scope(there, here), leaf=leaf)
            + self.lists("another URI", no, no, scope(there), leaf=leaf)
            + self.lists("another URI, not critical", no, no, scope(there, critical=False), leaf=leaf)
            + self.lists("the URI of the second point", "good", "revoked", scope(there), leaf=self.at(point(here), point(there)))
            + self.lists("the URI of the sixth point", "good", "revoked", scope(there), leaf=self.at(*[point(here)] * 5, point(there)))
            + self.lists("a URI of 600 bytes", "good", "revoked", scope(uri(b"http://a.test/" + b"x" * 586)),
                         leaf=self.at(point(uri(b"http://a.test/" + b"x" * 586))))
            + self.lists("a URI, and no point in the certificate", no, no, scope(here))
            + self.lists("the issuer's directory entry", "good", "revoked", scope(directory(self.ec.name)))
            + self.lists("the issuer's directory entry, not critical", "good", "revoked", scope(directory(self.ec.name), critical=False))
            + self.lists("the same beside a URI in the certificate", "good", "revoked", scope(directory(self.ec.name)), leaf=leaf)
            + self.lists("another directory entry", no, no, scope(directory(name(b"elsewhere"))))
            + self.lists("a relative name in both", "good", "revoked", scope(part=relative(b"1")), leaf=relative_leaf)
            + self.lists("a relative name in other letters", "good", "revoked", scope(part=relative(b" 1 ")), leaf=relative_leaf)
            + self.lists("another relative name", no, no, scope(part=relative(b"2")), leaf=relative_leaf)
            + self.lists("a relative name and the whole one", "good", "revoked", scope(part=relative(b"1")), leaf=self.at(point(directory(part))))
            + self.lists("the whole name and a relative one", "good", "revoked", scope(directory(part)), leaf=relative_leaf)
            + self.lists("a CRL for all beside a point", "good", "revoked", leaf=leaf)
            + self.lists("a CRL for all beside a point of another issuer", "good", "revoked",
                         leaf=self.at(point(here, issuer=directory(name(b"another"))))))

    def test_uris_in_another_spelling(self):
        """RFC 5280 section 7.4."""
        def pair(one, other):
            return scope(uri(one)), self.at(point(uri(other)))
        same = ((b"http://a.test/1", b"HTTP://A.Test/1"), (b"http://a.test:80/1", b"http://a.test/1"),
                (b"http://a.test/%61-%7E", b"http://a.test/a%2d~"), (b"http://a.test/x/../1", b"http://a.test/./1"),
                (b"http://a.test/%2f", b"http://a.test/%2F"), (b"http://a.test", b"http://a.test/"))
        others = ((b"http://a.test/A", b"http://a.test/a"), (b"http://a.test:8080/1", b"http://a.test/1"),
                  (b"http://a.test/%2F", b"http://a.test//"), (b"http://a.test/%2561", b"http://a.test/%61"),
                  (b"https://a.test/1", b"http://a.test/1"), (b"http://a.test/1?x", b"http://a.test/1"))
        rows = []
        for pairs, good, revoked in ((same, "good", "revoked"), (others, "wrong-certificate", "wrong-certificate")):
            for pair_of in pairs:
                for one, other in (pair_of, pair_of[::-1]):
                    where, leaf = pair(one, other)
                    rows += self.lists(f"{one.decode()} for {other.decode()}", good, revoked, where, leaf=leaf)
        self.hold(rows)

    def test_reasons(self):
        # What it does not list may be revoked for a reason that it leaves out.
        here = uri(b"http://a.test/1")
        self.hold(
            self.lists("a CRL for one reason", "incomplete", "revoked", scope(reasons=SOME_REASONS))
            + self.lists("a CRL for one reason, not critical", "incomplete", "revoked", scope(reasons=SOME_REASONS, critical=False))
            + self.lists("a CRL for every reason", "good", "revoked", scope(reasons=b"\x07\x7f\x80"))
            + self.lists("a point for one reason", "incomplete", "revoked", scope(here), leaf=self.at(point(here, reasons=SOME_REASONS)))
            + self.lists("two points for all reasons", "good", "revoked", scope(here),
                         leaf=self.at(point(here, reasons=SOME_REASONS), point(here, reasons=b"\x07\x3f\x80"))))

    def test_which_reasons_are_covered(self):
        answers = self.ask({title: self.ec.request("crl", self.ec.crl(extensions=extensions)) for title, extensions in (
            ("all", []), ("one", [scope(reasons=SOME_REASONS)]), ("others", [scope(reasons=b"\x07\x3f\x80")]))})
        self.assertEqual({title: answer["check"]["covered_reasons"] for title, answer in answers.items()},
                         {"all": None, "one": 0x002, "others": 0x1fc})
        for title in ("one", "others"):
            self.assertEqual(answers[title]["check"]["status"], "none")

    def test_indirect(self):
        # An entry without certificateIssuer is for the issuer of the one before it.
        other, own = (extension("entry-issuer", sequence(directory(written)), True) for written in (name(b"other"), self.ec.name))
        self.hold(
            self.lists("of this issuer", "good", "revoked", scope(indirect=True))
            + self.lists("this issuer is named", "good", "revoked", scope(indirect=True), entry=[own])
            + self.lists("another issuer is named", "good", "good", scope(indirect=True), entry=[other])
            + self.lists("behind one of another issuer", "good", "good", scope(indirect=True), before=[self.ec.listed(other, serial=b"\x01")])
            + self.lists("named behind one of another issuer", "good", "revoked", scope(indirect=True),
                         before=[self.ec.listed(other, serial=b"\x01")], entry=[own]))


class OtherIssuers(Rules):
    """CRLs that another authority signs for the issuer (cRLIssuer, RFC 5280 section 6.3.3 (f))."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.folder.name
        cls.ca = cls.ec.authorize(AnyKey(folder), b"intermediate")
        cls.lister = cls.ec.authorize(AnyKey(folder), b"lister")
        cls.stranger = Issuer(folder, common_name=b"lister")
        cls.where = uri(b"http://a.test/1")
        points = extension("crl", sequence(point(cls.where, issuer=directory(cls.lister.name))))
        cls.delegating = cls.ca.certify(cls.key, name(b"leaf.test"), [points], cls.ca.serial)

    def other(self, title, good, revoked, lister=None, given=None, leaf=None, entry=None, issuer=None, **more):
        """Two rows of a CRL by another issuer; entries name the leaf's issuer."""
        lister = lister or self.lister
        own = extension("entry-issuer", sequence(directory(self.ca.name)), True)

        def make(is_listed):
            entries = sequence(self.ca.listed(*([own] if entry is None else entry))) if is_listed else None
            data = lister.crl(entries, extensions=[scope(self.where, indirect=True, **more)], issuer=issuer)
            request = self.ca.request("crl", data, leaf or self.delegating)
            request["verify"]["chain"] = "".join(pem(cert).decode() for cert in (given or [lister.cert]))
            request["verify"]["trust"] = pem(self.ec.cert).decode()
            return request
        return both(title, make, good, revoked)

    def test_another_authority(self):
        no = "unauthorized-signer"
        unable = self.ec.certify(self.lister.key, self.lister.name, [extension("usage", der(3, b"\x02\x04"), critical=True)])
        expired = self.ec.certify(self.lister.key, self.lister.name, [extension("usage", der(3, b"\x01\x02"), critical=True)],
                                  begin=-3 * DAY, end=-DAY)
        spelled = sequence(der(0x31, sequence(oid("cn"), der(0x13, b"LISTER "))))
        other = extension("entry-issuer", sequence(directory(name(b"another"))), True)
        plain = self.ca.certify(self.key, name(b"leaf.test"), [extension("crl", sequence(point(self.where)))], self.ca.serial)
        self.hold(
            self.other("an authority that is named", "good", "revoked")
            + self.other("in other letters", "good", "revoked", issuer=spelled)
            + self.other("among others", "good", "revoked", given=[self.stranger.cert, self.ec.cert, self.lister.cert])
            + self.other("without its certificate", no, no, given=[self.ec.cert])
            + self.other("of another trust anchor", no, no, lister=self.stranger)
            + self.other("that may not sign CRLs", no, no, given=[unable])
            + self.other("whose certificate has expired", no, no, given=[expired])
            + self.other("that the certificate does not name", no, no, leaf=plain)
            + self.other("for one reason", "incomplete", "revoked", reasons=SOME_REASONS)
            + self.other("the root, which is not named", no, no, lister=self.ec)
            + self.other("an entry of the authority itself", "good", "good", entry=[])
            + self.other("an entry of a third", "good", "good", entry=[other]))

    def test_entries_are_of_the_issuer_named_before(self):
        own, other = (extension("entry-issuer", sequence(directory(written)), True) for written in (self.ca.name, self.lister.name))
        rows = []
        for title, entries, expected in (
                ("behind one of its issuer", [self.ca.listed(own, serial=b"\x01"), self.ca.listed()], "revoked"),
                ("behind one of the authority", [self.ca.listed(own, serial=b"\x01"), self.ca.listed(other, serial=b"\x02"),
                                                 self.ca.listed()], "good"),
                ("first of all", [self.ca.listed(), self.ca.listed(own, serial=b"\x01")], "good")):
            request = self.ca.request("crl", self.lister.crl(
                sequence(*entries), extensions=[scope(self.where, indirect=True)]), self.delegating)
            request["verify"]["chain"], request["verify"]["trust"] = (pem(cert).decode() for cert in (self.lister.cert, self.ec.cert))
            rows.append((title, request, expected))
        self.hold(rows)

    def test_a_missing_certificate_is_said(self):
        [[_, request, _], _] = self.other("", "", "", given=[self.ec.cert])
        self.assertIn("cRLIssuer), is missing", str(self.ask({"x": request})))


class Lists(Rules):
    def test_extensions(self):
        unknown, aside = extension("other", b"\x05\x00", True), extension("other", b"\x05\x00")
        number = der(2, b"\x01")
        self.hold(
            self.lists("an unknown critical extension", "malformed", "malformed", unknown)
            + self.lists("an unknown extension", "good", "revoked", aside)
            + self.lists("an unknown critical extension of the entry", "good", "malformed", entry=[unknown])
            + self.lists("an unknown critical extension of another entry", "malformed", "malformed", before=[self.ec.listed(unknown, serial=b"\x01")])
            + self.lists("an unknown extension of an entry", "good", "revoked", entry=[aside])
            + self.lists("a delta CRL", "malformed", "malformed", extension("delta", number, True))
            + self.lists("a delta CRL, not critical", "malformed", "malformed", extension("delta", number))
            + self.lists("on hold", "good", "revoked", entry=[reason(6)])
            + self.lists("removed from the CRL", "good", "good", entry=[reason(8)]))

    def test_ages(self):
        self.hold(
            self.lists("stale", "stale", "stale", begin=-3 * DAY, end=-DAY)
            + self.lists("from the future", "not-yet-valid", "not-yet-valid", begin=DAY, end=2 * DAY))

    def test_names(self):
        upper = sequence(der(0x31, sequence(oid("cn"), der(0x13, b"REVOSCOPE  Issuer "))))
        organization = sequence(der(0x31, sequence(oid("o"), der(0x0C, b"revoscope issuer"))))
        self.hold(
            self.lists("the issuer of the CRL in other letters and another type of string", "good", "revoked", issuer=upper)
            + self.lists("the issuer of the certificate in other letters", "good", "revoked", leaf=self.leaf(issuer=upper))
            + self.lists("both in other letters", "good", "revoked", leaf=self.leaf(issuer=upper), issuer=upper)
            + self.lists("another issuer", "unauthorized-signer", "unauthorized-signer", issuer=name(b"another"))
            + self.lists("the same letters in another attribute", "unauthorized-signer", "unauthorized-signer", issuer=organization))

    def test_keys(self):
        issuer = self.ec
        cert = issuer.certify(issuer.key, issuer.name, [
            extension("basic", sequence(der(1, TRUE)), critical=True), extension("key", der(4, b"own key"))])
        rows = []
        for title, key, good in (("its own key", b"own key", "good"), ("another key", b"old key", "unauthorized-signer")):
            named = [extension("issuer-key", sequence(der(0x80, key)))]
            rows += both(title, lambda revoked, named=named: issuer.request(
                "crl", issuer.crl(issuer.revoked() if revoked else None, extensions=named), cert=cert), good, "revoked")
        self.hold(rows)

    def test_a_delta_that_is_named_is_said(self):
        leaf = self.leaf(extension("freshest", sequence(point(uri(b"http://a.test/delta")))))
        answer = self.ask({"x": self.ec.request("crl", self.ec.crl(), leaf)})["x"]
        self.assertEqual(answer["check"]["check"], "good")
        self.assertIn("freshestCRL", str(answer))


class Responses(Rules):
    def test_hashes(self):
        rows = []
        for hash_name in ("sha1", "sha224", "sha256", "sha384", "sha512"):
            for status in ("good", "revoked", "unknown"):
                entry = self.ec.entry(status, hash_name=hash_name)
                rows += self.responses(f"{status} by {hash_name}", status, entry)
            rows += self.responses(f"good by sha1, revoked by {hash_name}", "revoked", self.ec.entry(), self.ec.entry("revoked", hash_name=hash_name))
            rows += self.responses(f"revoked by {hash_name}, good by sha1", "revoked", self.ec.entry("revoked", hash_name=hash_name), self.ec.entry())
        rows += self.responses("by sha256 for a client of sha1", "wrong-certificate", self.ec.entry(hash_name="sha256"), certid_hash="sha1")
        self.hold(rows)

    def test_several_entries(self):
        entry, rows = self.ec.entry, []
        stale, future = {"begin": -3 * DAY, "end": -DAY}, {"begin": DAY, "end": 2 * DAY}
        for one, other, expected in (("good", "unknown", "unknown"), ("good", "revoked", "revoked"), ("unknown", "revoked", "revoked")):
            rows += self.responses(f"{one} and {other}", expected, entry(one), entry(other))
            rows += self.responses(f"{other} and {one}", expected, entry(other), entry(one))
        for title, aside, used, expected in (
                ("a stale good", entry(**stale), entry("revoked"), "revoked"), ("a future good", entry(**future), entry("revoked"), "revoked"),
                ("a stale good", entry(**stale), entry(), "good"), ("a future revoked", entry("revoked", **future), entry(), "good"),
                ("a later good", entry(begin=-HOUR), entry("revoked"), "revoked"), ("a later unknown", entry("unknown", begin=-HOUR), entry(), "unknown")):
            rows += self.responses(f"{title} before {expected}", expected, aside, used)
            rows += self.responses(f"{title} behind {expected}", expected, used, aside)
        rows += self.responses("good first for a client of the first", "good", entry(), entry("revoked"), entries="first")
        rows += self.responses("revoked first for a client of the first", "revoked", entry("revoked"), entry(), entries="first")
        rows += self.responses("another certificate first", "revoked", entry(serial=b"\x01"), entry("revoked"), entries="first")
        rows += self.responses("another certificate alone", "wrong-certificate", entry(serial=b"\x01"))
        rows += self.responses("another issuer alone", "wrong-certificate", entry(issuer_name=name(b"another")))
        self.hold(rows)

    def test_a_stale_revoked_beside_a_fresh_good_is_not_good(self):
        entry, answers = self.ec.entry, {}
        stale = entry("revoked", begin=-3 * DAY, end=-DAY)
        for key, entries in (("before", (stale, entry())), ("behind", (entry(), stale))):
            answers[key] = self.ec.request("ocsp", self.ec.response(entries=entries), heeds_stale_revoked="yes")
        for key, answer in self.ask(answers).items():
            with self.subTest(key):
                self.assertEqual(answer["check"]["status"], "revoked", answer)

    def test_critical_extensions(self):
        rows = []
        cutoff = moment(-365 * DAY)
        known = [extension("archive-cutoff", cutoff, True), extension("crl-references", sequence(), True)]
        unknown = extension("other", b"\x05\x00", True)
        for status in ("good", "revoked"):
            entry = lambda *extensions, **more: self.ec.entry(status, extensions=extensions, **more)
            rows += self.responses(f"{status} with those of RFC 6960", status, entry(*known))
            rows += self.responses(f"{status} with extendedRevoke", status, entry(), extensions=[extension("extended-revoke", b"\x05\x00", True)])
            rows += self.responses(f"{status} with an unknown one in another entry", status, self.ec.entry(serial=b"\x01", extensions=[unknown]), entry())
            rows += self.responses(f"{status} with an unknown one", "malformed", entry(), extensions=[unknown])
            rows += self.responses(f"{status} with an unknown one in the entry", "malformed", entry(unknown))
            for title, entries, extensions in (("", [entry()], [unknown]), (" in the entry", [entry(unknown)], [])):
                rows += self.responses(f"{status} with an unknown one{title}, not looked at", status, *entries, extensions=extensions,
                                       heeds_critical_extensions="no")
        self.hold(rows)

    def test_names(self):
        upper = sequence(der(0x31, sequence(oid("cn"), der(0x13, b"REVOSCOPE  Issuer "))))
        leaf, rows = self.leaf(issuer=upper), []
        for status in ("good", "revoked"):
            for title, certificate, hashed, expected in (
                    ("as the certificate has it", leaf, upper, status), ("as the CA has it", leaf, self.ec.name, "wrong-certificate")):
                rows.append((f"{status}, the issuer's name hashed {title}", self.ec.request("ocsp", self.ec.response(
                    entries=[self.ec.entry(status, issuer_name=hashed)]), certificate), expected))
            rows.append((f"{status}, the responder in other letters", self.ec.request("ocsp", self.ec.response(
                status == "revoked", responder=upper)), status))
        self.hold(rows)


if __name__ == "__main__":
    main()
