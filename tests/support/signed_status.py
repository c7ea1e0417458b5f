"""OCSP responses and CRLs signed with whatever key and algorithm, made with a few lines of DER and the
openssl program, and how a client program validates them without a connection."""

import base64
import copy
import datetime
import hashlib
import os

from certificates import certificate, der, extension, moment, name, oid, OIDS, openssl, pem, sequence

OIDS.update({
    "sha1": "1.3.14.3.2.26", "sha224": "2.16.840.1.101.3.4.2.4", "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3", "sha3_256": "2.16.840.1.101.3.4.2.8",
    "ripemd160": "1.3.36.3.2.1", "mgf1": "1.2.840.113549.1.1.8",
    "rsa-pss": "1.2.840.113549.1.1.10", "rsa-md5": "1.2.840.113549.1.1.4", "rsa-sha1": "1.2.840.113549.1.1.5",
    "rsa-sha256": "1.2.840.113549.1.1.11", "ed25519": "1.3.101.112", "unknown": "1.3.6.1.4.1.55555.2",
    "eku": "2.5.29.37", "ocsp-signing": "1.3.6.1.5.5.7.3.9", "crl-number": "2.5.29.20",
})
DAY = datetime.timedelta(days=1)
NULL = b"\x05\x00"
KINDS = {
    "ec": ("EC", "ec_paramgen_curve:P-256"), "brainpool": ("EC", "ec_paramgen_curve:brainpoolP256r1"),
    "rsa": ("RSA", "rsa_keygen_bits:2048"), "ed25519": ("ED25519", None),
}


def pss(hash_name="sha256", salt=32):
    """AlgorithmIdentifier of RSASSA-PSS (RFC 4055 section 3.1)."""
    digest = sequence(oid(hash_name), NULL)
    return sequence(oid("rsa-pss"), sequence(
        der(0xA0, digest), der(0xA1, sequence(oid("mgf1"), digest)), der(0xA2, der(2, bytes([salt])))))


# How an algorithm is written, and the options of `openssl dgst` that sign with it.
ALGORITHMS = {
    "ecdsa-sha256": (sequence(oid("ecdsa-sha256")), ["-sha256"]),
    "rsa-sha256": (sequence(oid("rsa-sha256"), NULL), ["-sha256"]),
    "rsa-sha1": (sequence(oid("rsa-sha1"), NULL), ["-sha1"]),
    "rsa-md5": (sequence(oid("rsa-md5"), NULL), ["-md5"]),
    "rsa-pss": (pss(), ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]),
    "rsa-pss-salt-20": (pss(salt=20), ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20"]),
    "rsa-pss-sha1": (sequence(oid("rsa-pss"), sequence()), ["-sha1", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20"]),
    "unknown": (sequence(oid("unknown")), ["-sha256"]),
}
USUAL = {"ec": "ecdsa-sha256", "brainpool": "ecdsa-sha256", "rsa": "rsa-sha256"}


class AnyKey:
    """A key of a kind, with the interface of certificates.Key."""

    def __init__(self, directory, kind="ec"):
        self.kind = kind
        self.path = os.path.join(directory, f"{kind}-{os.urandom(4).hex()}.key")
        algorithm, option = KINDS[kind]
        openssl("genpkey", "-algorithm", algorithm, *(["-pkeyopt", option] if option else []), "-out", self.path)
        self.public = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")

    def algorithm(self, wanted=None):
        if self.kind == "ed25519":
            return sequence(oid("ed25519"))
        return ALGORITHMS[wanted or USUAL[self.kind]][0]

    def sign(self, data, wanted=None):
        if self.kind == "ed25519":
            path = self.path + ".data"
            with open(path, "wb") as file:
                file.write(data)
            return openssl("pkeyutl", "-sign", "-rawin", "-in", path, "-inkey", self.path)
        return openssl("dgst", *ALGORITHMS[wanted or USUAL[self.kind]][1], "-sign", self.path, data=data)

    def bits(self):
        """The contents of subjectPublicKey."""
        at = self.public
        _, body = take(at)
        _, _, rest = take_whole(body)
        return take(rest)[1][1:]


def take_whole(data):
    """Tag, contents and what follows the first element."""
    count = data[1] & 0x7F if data[1] & 0x80 else 0
    length = int.from_bytes(data[2:2 + count], "big") if count else data[1]
    start = 2 + count
    return data[0], data[start:start + length], data[start + length:]


def take(data):
    return take_whole(data)[:2]


class Issuer:
    """A self-signed CA with a key of a kind, and a leaf of it whose key is on P-256."""

    def __init__(self, directory, kind="ec", common_name=b"revoscope issuer"):
        self.directory = directory
        self.key = AnyKey(directory, kind)
        self.name = name(common_name)
        self.serial = b"\x12\x34"
        self.cert = self.certify(self.key, self.name, [
            extension("basic", sequence(der(1, b"\xff")), critical=True),
            extension("usage", der(3, b"\x01\x06"), critical=True)])
        self.leaf = self.certify(AnyKey(directory), name(b"leaf.test"), [], self.serial)

    def authorize(self, key, common_name):
        """A CA with this key below this one."""
        below = copy.copy(self)
        below.key, below.name = key, name(common_name)
        below.own_serial = b"\x23\x45"
        below.cert = self.certify(key, below.name, [
            extension("basic", sequence(der(1, b"\xff")), critical=True),
            extension("usage", der(3, b"\x01\x06"), critical=True)], below.own_serial)
        below.leaf = below.certify(AnyKey(self.directory), name(b"leaf.test"), [], self.serial)
        return below

    def certify(self, key, subject, extensions, serial=None, issuer=None, **validity):
        return certificate(key, subject, self.key, issuer or self.name, extensions, serial, self.key.algorithm(),
                           **validity)

    def delegate(self, key, common_name=b"signer", may_sign=True):
        usage = [extension("eku", sequence(oid("ocsp-signing")))] if may_sign else []
        return self.certify(key, name(common_name), usage)

    def certid(self, hash_name="sha1", issuer_name=None, serial=None):
        digest = lambda data: hashlib.new(hash_name, data).digest()
        return sequence(sequence(oid(hash_name), NULL), der(4, digest(issuer_name or self.name)),
                        der(4, digest(self.key.bits())), der(2, serial or self.serial))

    def entry(self, status="good", begin=-DAY, end=DAY, extensions=(), **certid):
        """A SingleResponse; without an end it has no nextUpdate."""
        written = {"good": b"\x80\x00", "revoked": der(0xA1, moment(-2 * DAY)), "unknown": b"\x82\x00"}[status]
        return sequence(self.certid(**certid), written, moment(begin), b"" if end is None else der(0xA0, moment(end)),
                        der(0xA1, sequence(*extensions)) if extensions else b"")

    def response(self, revoked=False, key=None, algorithm=None, certs=(), responder=None, hash_name="sha1",
                 entries=None, extensions=(), produced=-DAY):
        """An OCSPResponse; without a key signed by the issuer. responder is a Name, the issuer's by default;
        entries are SingleResponses, one for the leaf by default."""
        key = key or self.key
        entries = entries or [self.entry("revoked" if revoked else "good", hash_name=hash_name)]
        data = sequence(der(0xA1, responder or self.name), moment(produced), sequence(*entries),
                        der(0xA1, sequence(*extensions)) if extensions else b"")
        inside = der(0xA0, sequence(*certs)) if certs else b""
        basic = sequence(data, key.algorithm(algorithm), der(3, b"\0" + key.sign(data, algorithm)), inside)
        return sequence(der(0x0A, b"\0"), der(0xA0, sequence(oid("basic-response"), der(4, basic))))

    def crl(self, entries=None, algorithm=None, next_update=True, begin=-DAY, end=DAY, extensions=(), issuer=None,
            number=1):
        """A CRL. entries: bytes of revokedCertificates; revoked() has one for the leaf."""
        written = self.key.algorithm(algorithm)
        body = sequence(der(2, b"\x01"), written, issuer or self.name, moment(begin), moment(end) if next_update else b"",
                        entries or b"", der(0xA0, sequence(extension("crl-number", der(2, bytes([number]))), *extensions)))
        return sequence(body, written, der(3, b"\0" + self.key.sign(body, algorithm)))

    def listed(self, *extensions, serial=None):
        """An entry of a CRL, for the leaf by default."""
        return sequence(der(2, serial or self.serial), moment(-2 * DAY), sequence(*extensions) if extensions else b"")

    def revoked(self):
        return sequence(self.listed())

    def request(self, kind, data, leaf=None, cert=None, **policy):
        """What a client program is asked (clients/README.md); leaf and cert in DER in the place of its own."""
        return {"id": "1", "policy": policy, "verify": {
            "kind": kind, "bytes": base64.b64encode(data).decode(), "certificate": pem(leaf or self.leaf).decode(),
            "issuer": pem(cert or self.cert).decode()}}
