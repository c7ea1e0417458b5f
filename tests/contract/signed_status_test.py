#!/usr/bin/env python3
"""How a client program validates responses and CRLs by their algorithms, signers and encodings, without
a connection (clients/README.md, `verify`)."""

from certificates import der, moment, name, sequence
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

    def test_an_issuer_whose_signature_the_stack_cannot_verify_is_not_said_to_be_another(self):
        issuer = Issuer(self.folder.name, "brainpool")
        answer = self.ask({"x": issuer.request("crl", issuer.crl(issuer.revoked()))})["x"]
        if STACK == "gnutls":
            self.assertEqual((answer["outcome"], answer["reason"]), ("reject", "chain-incomplete"))
            self.assertIn("or its algorithm is not supported", answer["detail"])
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
        self.hold(
            both("its certificate is the ninth", lambda revoked: self.responder([other] * 8 + [good], revoked), "good", "revoked")
            # OpenSSL and GnuTLS take the first certificate that the response names.
            + both("behind one of the same key without the usage", lambda revoked: self.responder([without, good], revoked),
                   {"mbedtls": "good", "": "unauthorized-signer"}, {"mbedtls": "revoked", "": "unauthorized-signer"})
            + both("without the usage alone", lambda revoked: self.responder([without], revoked), "unauthorized-signer", "unauthorized-signer")
            + both("none", lambda revoked: self.responder([other], revoked), "unauthorized-signer", "unauthorized-signer")
            + both("with RSASSA-PSS", lambda revoked: self.responder([self.ec.delegate(self.rsa_key)], revoked, self.rsa_key, "rsa-pss"),
                   "good", "revoked"))


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
        # GnuTLS 3.7 knows the name of RIPEMD-160 and does not compute it.
        for name_of, others in (("ripemd160", {"gnutls": "wrong-certificate"}), ("sha512", {}), ("sha224", {})):
            rows += both(name_of, lambda revoked, h=name_of: self.ec.request("ocsp", self.ec.response(revoked, hash_name=h), certid_hash="any"),
                         dict(others, **{"": "good"}), dict(others, **{"": "revoked"}))
        self.hold(rows)


if __name__ == "__main__":
    main()
