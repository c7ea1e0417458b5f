"""A small PKI for situations: roots, issuing CAs with whatever pointers, leaves, delegated signers, responses and CRLs."""

import datetime
import os

from certificates import der, extension, name, oid, OIDS, pem, pointers, sequence
from signed_status import AnyKey, Issuer

OIDS.update({
    "server-auth": "1.3.6.1.5.5.7.3.1", "no-check": "1.3.6.1.5.5.7.48.1.5", "issuing-point": "2.5.29.28",
    "delta": "2.5.29.27", "freshest": "2.5.29.46", "key-id": "2.5.29.14", "issuer-key-id": "2.5.29.35",
})
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
NAME = "www.example.test"
SIGN_ALL = b"\x01\x06"  # keyCertSign and cRLSign
SIGN_CERTIFICATES = b"\x02\x04"
DIGITAL_SIGNATURE = b"\x07\x80"
UNSUCCESSFUL = {"malformed": 1, "internal-error": 2, "try-later": 3, "unauthorized": 6}


def urls(texts):
    return [text.encode() for text in texts]


def general_names(uri):
    """A DistributionPointName with one URI."""
    return der(0xA0, der(0x86, uri.encode()))


def issuing_point(uri, only_user=False, only_ca=False):
    """The extension of a CRL that says what it is for (RFC 5280 section 5.2.5)."""
    return extension("issuing-point", sequence(der(0xA0, general_names(uri)), der(0x81, b"\xff") if only_user else b"",
                                               der(0x82, b"\xff") if only_ca else b""), critical=True)


def delta_of(number):
    """The extension that makes a CRL a delta to the base of this number."""
    return extension("delta", der(2, bytes([number])), critical=True)


def freshest(uri):
    """The extension of a CRL that says where its delta is."""
    return extension("freshest", sequence(sequence(der(0xA0, general_names(uri)))))


def unsuccessful(status):
    """An OCSPResponse without a status, as anybody can make it."""
    return sequence(der(0x0A, bytes([UNSUCCESSFUL[status]])))


class Leaf:
    def __init__(self, issuer, cert, key, serial):
        self.issuer, self.cert, self.key, self.serial = issuer, cert, key, serial


class Ca(Issuer):
    """A CA below a parent, or a root."""

    def __init__(self, directory, common_name, parent=None, kind="ec", usage=SIGN_ALL, ocsp=(), crl=(),
                 end=3650 * DAY):
        self.directory, self.parent, self.common_name = directory, parent, common_name
        self.key = AnyKey(directory, kind)
        self.name = name(common_name.encode())
        self.serial = b"\x21" + os.urandom(8)
        self.cert = (parent or self).certify(self.key, self.name, [
            extension("basic", sequence(der(1, b"\xff")), critical=True), extension("usage", der(3, usage), critical=True),
            *pointers(urls(ocsp), urls(crl))], self.serial, begin=-30 * DAY, end=end)

    def issue(self, common_name=NAME, kind="ec", ocsp=(), crl=(), issuers=(), must_staple=False, begin=-10 * DAY,
              end=80 * DAY, key=None):
        """A leaf for a name and for 127.0.0.1."""
        key = key or AnyKey(self.directory, kind)
        serial = b"\x31" + os.urandom(8)
        cert = self.certify(key, name(common_name.encode()), [
            extension("san", sequence(der(0x82, common_name.encode()), der(0x87, bytes([127, 0, 0, 1])))),
            extension("usage", der(3, DIGITAL_SIGNATURE), critical=True),
            extension("eku", sequence(oid("server-auth"))),
            *pointers(urls(ocsp), urls(crl), urls(issuers), must_staple)], serial, begin=begin, end=end)
        return Leaf(self, cert, key, serial)

    def signer(self, begin=-DAY, end=60 * DAY):
        """A delegated signer of responses."""
        key = AnyKey(self.directory)
        cert = self.certify(key, name(b"OCSP signer"), [extension("eku", sequence(oid("ocsp-signing"))),
                                                        extension("no-check", b"\x05\x00")], begin=begin, end=end)
        return Leaf(self, cert, key, None)

    def status(self, about, status="good", begin=-DAY, end=6 * DAY, signer=None, hash_name="sha1",
               algorithm=None):
        """An OCSPResponse about a leaf or a CA of this one; of the delegated signer, where there is one."""
        entry = self.entry(status, begin, end, hash_name=hash_name, serial=about.serial)
        key = signer.key if signer else self.key
        certs = [signer.cert] if signer else []
        return self.response(key=key, algorithm=algorithm, certs=certs, responder=name(b"OCSP signer") if signer else None, entries=[entry],
                             produced=begin)

    def list(self, revoked=(), begin=-DAY, end=6 * DAY, extensions=(), number=7):
        """A CRL that lists these."""
        entries = sequence(*[self.listed(serial=one.serial) for one in revoked]) if revoked else None
        return self.crl(entries, begin=begin, end=end, extensions=extensions, number=number)


def chain(leaf, whole=True):
    """PEM of the leaf and of the CAs below the root, as a server sends them."""
    certs, above = [leaf.cert], leaf.issuer
    while whole and above.parent is not None:
        certs.append(above.cert)
        above = above.parent
    return b"".join(pem(cert) for cert in certs)

