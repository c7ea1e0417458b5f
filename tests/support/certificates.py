"""Certificates that no CA would sign, made with a few lines of DER and the openssl program: names
with NUL and escape bytes, chains of a megabyte, pointers that are no URLs."""

import datetime
import os
import subprocess

from patience import HANG_S

OIDS = {
    "cn": "2.5.4.3", "san": "2.5.29.17", "basic": "2.5.29.19", "usage": "2.5.29.15", "crl": "2.5.29.31",
    "aia": "1.3.6.1.5.5.7.1.1", "feature": "1.3.6.1.5.5.7.1.24", "ocsp": "1.3.6.1.5.5.7.48.1", "issuers": "1.3.6.1.5.5.7.48.2",
    "ecdsa-sha256": "1.2.840.10045.4.3.2", "basic-response": "1.3.6.1.5.5.7.48.1.1", "padding": "1.3.6.1.4.1.55555.1",
}


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        length = bytes([len(body)])
    else:
        count = (len(body).bit_length() + 7) // 8
        length = bytes([0x80 | count]) + len(body).to_bytes(count, "big")
    return bytes([tag]) + length + body


def sequence(*parts):
    return der(0x30, *parts)


def oid(name):
    numbers = [int(part) for part in OIDS[name].split(".")]
    out = bytearray([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | (number & 0x7F))
        out += bytes(reversed(groups))
    return der(6, bytes(out))


def name(common_name):
    return sequence(der(0x31, sequence(oid("cn"), der(0x0C, common_name))))


def extension(kind, value, critical=False):
    return sequence(oid(kind), der(1, b"\xff") if critical else b"", der(4, value))


def moment(offset):
    when = datetime.datetime.now(datetime.timezone.utc) + offset
    return der(0x18, when.strftime("%Y%m%d%H%M%SZ").encode())


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True, timeout=HANG_S).stdout


class Key:
    """A P-256 key in a file."""

    def __init__(self, path):
        self.path = path
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
        self.public = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")

    def sign(self, data):
        return openssl("dgst", "-sha256", "-sign", self.path, data=data)


def certificate(key, subject, issuer_key, issuer, extensions, serial=None, algorithm=None, sign_as=None,
                begin=-datetime.timedelta(days=1), end=datetime.timedelta(days=30)):
    """DER of a certificate for key, signed by issuer_key; subject and issuer are names in DER. The
    algorithm that issuer_key signs with is ECDSA with SHA-256 unless it is given; sign_as is its
    name for the keys that have several."""
    algorithm = algorithm or sequence(oid("ecdsa-sha256"))
    number = serial or b"\x01" + os.urandom(8)
    to_sign = sequence(
        der(0xA0, der(2, b"\x02")), der(2, number), algorithm, issuer,
        sequence(moment(begin), moment(end)),
        subject, key.public, der(0xA3, sequence(*extensions)))
    return sequence(to_sign, algorithm, der(3, b"\0" + issuer_key.sign(to_sign, *([sign_as] if sign_as else []))))


def pointers(ocsp_urls=(), crl_urls=(), issuer_urls=(), must_staple=False):
    """The extensions that say where a certificate's status is to be had; URLs are bytes and go in as they are."""
    extensions = []
    access = [("ocsp", url) for url in ocsp_urls] + [("issuers", url) for url in issuer_urls]
    if access:
        extensions.append(extension("aia", sequence(*[
            sequence(oid(method), der(0x86, url)) for method, url in access])))
    if crl_urls:
        extensions.append(extension("crl", sequence(*[
            sequence(der(0xA0, der(0xA0, der(0x86, url)))) for url in crl_urls])))
    if must_staple:
        extensions.append(extension("feature", sequence(der(2, b"\x05"))))
    return extensions


def pem(cert):
    return openssl("x509", "-inform", "DER", data=cert)


class Authority:
    """A root and a key for leaves in a directory; root_path is what a client trusts."""

    def __init__(self, directory):
        self.directory = directory
        self.key = Key(os.path.join(directory, "root.key"))
        self.leaf_key = Key(os.path.join(directory, "leaf.key"))
        self.name = name(b"revoscope hostile root")
        self.root = certificate(self.key, self.name, self.key, self.name, [
            extension("basic", sequence(der(1, b"\xff")), critical=True),
            extension("usage", der(3, b"\x01\x06"), critical=True)])
        self.root_path = os.path.join(directory, "root.pem")
        with open(self.root_path, "wb") as file:
            file.write(pem(self.root))

    def leaf(self, common_name=b"localhost", names=(b"localhost",), ocsp_urls=(), crl_urls=(), padding=0,
             must_staple=False, addresses=(), issuer_urls=()):
        """PEM of a leaf; every text is bytes and goes in as it is. Addresses are 4 or 16 bytes."""
        extensions = [extension("san", sequence(*[der(0x82, text) for text in names],
                                                *[der(0x87, address) for address in addresses]))]
        extensions += pointers(ocsp_urls, crl_urls, issuer_urls, must_staple)
        if padding:
            extensions.append(extension("padding", der(4, os.urandom(padding))))
        return pem(certificate(self.leaf_key, name(common_name), self.key, self.name, extensions))

    def write(self, file_name, data):
        path = os.path.join(self.directory, file_name)
        with open(path, "wb") as file:
            file.write(data)
        return path


def ocsp_response(body_len):
    """A well-formed OCSPResponse, successful, whose BasicOCSPResponse is body_len bytes of nothing."""
    return sequence(der(0x0A, b"\0"), der(0xA0, sequence(oid("basic-response"), der(4, bytes(body_len)))))
