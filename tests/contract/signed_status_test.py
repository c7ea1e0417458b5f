#!/usr/bin/env python3
"""How a client program validates responses and CRLs by their algorithms, signers and encodings, without
a connection (clients/README.md, `verify`)."""

from certificates import der, extension, moment, name, oid, sequence
from made import Made, STACK, both
from programs import main
from signed_status import AnyKey, DAY, Issuer

UNSUPPORTED = "algorithm-unsupported"


class Algorithms(Made):
    def test_responses(self):
        rows = []
        for algorithm, others in {
                "rsa-sha256": {"": None}, "rsa-sha1": {"": None}, "rsa-pss": {"": None}, "unknown": {"": UNSUPPORTED},
                "rsa-md5": {"openssl": None, "": UNSUPPORTED},
                # GnuTLS has RSASSA-PSS with SHA-2 and a salt as long as the hash.
                "rsa-pss-salt-20": {"gnutls": UNSUPPORTED, "": None}, "rsa-pss-sha1": {"gnutls": UNSUPPORTED, "": None}}.items():
            rows += both(algorithm, lambda revoked, a=algorithm: self.rsa.request("ocsp", self.rsa.response(revoked, algorithm=a)),
                         {stack: check or "good" for stack, check in others.items()},
                         {stack: check or "revoked" for stack, check in others.items()})
        self.hold(rows)

    def test_lists(self):
        rows = []
        # Mbed TLS refuses SHA-1 and MD5 by its profile, and goes on to look whether the certificate is listed.
        for algorithm, good, revoked in (
                ("rsa-sha256", "good", "revoked"), ("rsa-pss", "good", "revoked"), ("rsa-sha1", {"mbedtls": UNSUPPORTED, "": "good"}, "revoked"),
                ("rsa-md5", {"openssl": "good", "": UNSUPPORTED}, {"gnutls": UNSUPPORTED, "": "revoked"}),
                ("unknown", UNSUPPORTED, UNSUPPORTED)):
            issuer = self.ec if algorithm == "unknown" else self.rsa
            rows += both(algorithm, lambda revoked, a=algorithm, i=issuer: i.request("crl", i.crl(i.revoked() if revoked else None, algorithm=a)),
                         good, revoked)
        self.hold(rows)

    def test_curves_and_keys(self):
        for kind, lacking in (("brainpool", "gnutls"), ("ed25519", "mbedtls")):
            key = AnyKey(self.folder.name, kind)
            self.hold(both(kind, lambda revoked: self.ec.request("ocsp", self.ec.response(
                revoked, key, certs=[self.ec.delegate(key)], responder=self.signer)),
                           {lacking: UNSUPPORTED, "": "good"}, {lacking: UNSUPPORTED, "": "revoked"}))

    def test_an_issuer_whose_signature_the_stack_cannot_verify_is_not_said_to_be_lacking(self):
        issuer = Issuer(self.folder.name, "brainpool")
        answer = self.ask({"x": issuer.request("crl", issuer.crl(issuer.revoked()))})["x"]
        if STACK == "gnutls":
            self.assertEqual((answer["outcome"], answer["reason"]), ("reject", "chain-algorithm-unsupported"))
        else:
            self.assertEqual(answer["check"]["check"], "revoked")

    def test_a_signature_that_does_not_verify_is_bad_whatever_its_algorithm(self):
        rows = []
        for algorithm in ("rsa-sha256", "rsa-pss"):
            for kind, data in (("ocsp", self.rsa.response(algorithm=algorithm)), ("crl", self.rsa.crl(algorithm=algorithm))):
                rows.append((f"{algorithm} {kind}", self.rsa.request(kind, data[:-1] + bytes([data[-1] ^ 1])), "bad-signature"))
        self.hold(rows)


class Signers(Made):
    def responder(self, certs, revoked, key=None, algorithm=None):
        return self.ec.request("ocsp", self.ec.response(revoked, key or self.key, algorithm, certs, self.signer))

    def test_delegated_responders(self):
        good, without, other = (self.ec.delegate(self.key), self.ec.delegate(self.key, may_sign=False),
                                self.ec.delegate(self.rsa_key, b"other"))
        # One of another CA with the issuer's name.
        foreign = Issuer(self.folder.name).delegate(self.key)
        no = "unauthorized-signer"
        rows = both("none", lambda revoked: self.responder([other], revoked), no, no)
        for title, certs, good_check, revoked_check in (
                ("its certificate is the ninth", [other] * 8 + [good], "good", "revoked"),
                ("behind one of the same key without the usage", [without, good], "good", "revoked"),
                ("before one of the same key without the usage", [good, without], "good", "revoked"),
                ("behind one of the same key by another CA", [foreign, good], "good", "revoked"),
                ("behind one of the same name and another key", [self.ec.delegate(AnyKey(self.folder.name)), good], "good", "revoked"),
                ("behind one of the same name, of which the key cannot be read", [self.unreadable(), good], "good", "revoked"),
                ("without the usage alone", [without], no, no), ("by another CA alone", [foreign], no, no),
                ("without the usage and by another CA", [without, foreign], no, no)):
            rows += both(title, lambda revoked, certs=certs: self.responder(certs, revoked), good_check, revoked_check)
        self.hold(rows + both("with RSASSA-PSS", lambda revoked: self.responder(
            [self.ec.delegate(self.rsa_key)], revoked, self.rsa_key, "rsa-pss"), "good", "revoked"))

    def unreadable(self):
        """The certificate of a signer with a key on a curve that no stack has."""
        key = AnyKey(self.folder.name)
        curve = bytes.fromhex("06082a8648ce3d030107")
        self.assertIn(curve, key.public)
        key.public = key.public.replace(curve, bytes.fromhex("06082a8648ce3d030177"))
        return self.ec.delegate(key)

    def test_names_of_delegated_responders(self):
        """RFC 5280 section 7.1 for the issuer of the signer's certificate, and what is wrong with such a certificate."""
        upper = sequence(der(0x31, sequence(oid("cn"), der(0x13, b"REVOSCOPE  Issuer "))))
        usage = extension("eku", sequence(oid("ocsp-signing")))
        certify = lambda more=(), issuer=None: self.ec.certify(self.key, self.signer, [usage, *more], issuer=issuer)
        no = "unauthorized-signer"
        rows = []
        for title, cert, good, revoked in (
                ("the issuer in other letters", certify(issuer=upper), "good", "revoked"),
                ("another issuer", certify(issuer=name(b"another")), no, no),
                ("an unknown critical extension", certify([extension("unknown", b"\x05\x00", critical=True)]), {"mbedtls": "bad-signature", "": no}, None),
                ("an unknown extension", certify([extension("unknown", b"\x05\x00")]), "good", "revoked"),
                ("a critical usage", self.ec.certify(self.key, self.signer, [extension("eku", sequence(oid("ocsp-signing")), critical=True)]), "good", "revoked")):
            rows += both(title, lambda revoked, cert=cert: self.responder([cert], revoked), good, revoked or good)
        self.hold(rows)


class Encodings(Made):
    def test_lists(self):
        entry = sequence(b"\x30\x80" + der(2, self.ec.serial) + moment(-DAY) + b"\0\0")
        self.hold(
            both("no nextUpdate", lambda revoked: self.ec.request("crl", self.ec.crl(self.ec.revoked() if revoked else None, next_update=False)),
                 {"mbedtls": "no-next-update", "": "good"}, {"mbedtls": "no-next-update", "": "revoked"})
            # OpenSSL alone reads BER.
            + [("an entry in BER", self.ec.request("crl", self.ec.crl(entry)), {"openssl": "revoked", "": "malformed"})])
        answer = self.ask({"x": self.ec.request("crl", self.ec.crl(self.ec.revoked(), next_update=False))})["x"]["check"]
        self.assertEqual((answer["status"], answer["authentic"]), ("revoked", True))

    def test_certid_hashes(self):
        rows = []
        # GnuTLS 3.7 knows the name of RIPEMD-160 and does not compute it; 3.8.9 does.
        lacks = {} if self.version() >= (3, 8) else {"gnutls": "wrong-certificate"}
        for name_of, others in (("ripemd160", lacks), ("sha512", {}), ("sha224", {})):
            rows += both(name_of, lambda revoked, h=name_of: self.ec.request("ocsp", self.ec.response(revoked, hash_name=h), certid_hash="any"),
                         dict(others, **{"": "good"}), dict(others, **{"": "revoked"}))
        self.hold(rows)


if __name__ == "__main__":
    main()
