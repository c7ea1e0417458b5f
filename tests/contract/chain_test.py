#!/usr/bin/env python3
"""Chains that a stack refuses because of a certificate: a refusal with its reason, never an error."""

import json
import os
import socket
import subprocess
import tempfile
import time
import unittest

from certificates import certificate, der, extension, name, OIDS, pem, sequence
from made import SUPPRESSIONS
from patience import HANG_S
from programs import main
from signed_status import AnyKey

OIDS["constraints"] = "2.5.29.30"
STACK = os.environ["CONTRACT_STACK"]
OTHER_NAMES = extension("constraints", sequence(der(0xA0, sequence(der(0x82, b"other.test")))), critical=True)


def authority(key, subject, issuer_key, issuer, path_len=None, more=()):
    constraints = sequence(der(1, b"\xff"), b"" if path_len is None else der(2, bytes([path_len])))
    return certificate(key, subject, issuer_key, issuer, [
        extension("basic", constraints, critical=True), extension("usage", der(3, b"\x01\x06"), critical=True), *more])


class Chain(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.key = AnyKey(self.folder)

    def write(self, file_name, data):
        path = os.path.join(self.folder, file_name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def make(self, num, path_len=None, more=()):
        """Files with a root (with the path length), num intermediates (the lowest with more extensions) and a leaf; one
        key serves all."""
        names = [name(b"authority %d" % i) for i in range(num + 1)]
        chain = [authority(self.key, names[0], self.key, names[0], path_len)]
        for i in range(1, num + 1):
            chain.append(authority(self.key, names[i], self.key, names[i - 1], more=more if i == num else ()))
        leaf = certificate(self.key, name(b"localhost"), self.key, names[num], [extension("san", sequence(der(0x82, b"localhost")))])
        self.root = self.write("root.pem", pem(chain[0]))
        self.leaf = self.write("leaf.pem", pem(leaf))
        self.chain = self.write("chain.pem", b"".join(pem(one) for one in reversed(chain[1:])))

    def make_of(self, kind="ec", algorithm=None):
        """Files with a root and an intermediate whose key is of the kind, and which signs the leaf with the algorithm."""
        key = AnyKey(self.folder, kind)
        names = [name(b"authority %d" % i) for i in range(2)]
        leaf = certificate(self.key, name(b"localhost"), key, names[1], [extension("san", sequence(der(0x82, b"localhost")))],
                           algorithm=key.algorithm(algorithm), sign_as=algorithm)
        self.root = self.write("root.pem", pem(authority(self.key, names[0], self.key, names[0])))
        self.leaf = self.write("leaf.pem", pem(leaf))
        self.chain = self.write("chain.pem", pem(authority(key, names[1], self.key, names[0])))

    def make_name(self, text):
        """Files with a root, an intermediate, and a leaf for a name."""
        self.make(1)
        leaf = certificate(self.key, name(b"leaf"), self.key, name(b"authority 1"), [extension("san", sequence(der(0x82, text)))])
        self.leaf = self.write("leaf.pem", pem(leaf))

    def serve(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", self.leaf, "-key", self.key.path,
                                   "-cert_chain", self.chain, "-quiet", "-cipher", "DEFAULT:@SECLEVEL=0"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.1)
        raise AssertionError("openssl s_server does not start")

    def hold(self, outcome, reason, server_name="localhost", enforcements=("native", "application")):
        port = self.serve()
        lines = "".join(json.dumps({
            "id": enforcement, "connect": {"address": "127.0.0.1", "port": port}, "server_name": server_name, "trust": self.root,
            "enforcement": enforcement, "deadline_ms": 20000}) + "\n" for enforcement in enforcements)
        done = subprocess.run([os.environ["CONTRACT_PROGRAM"]], input=lines, text=True, capture_output=True, timeout=HANG_S, check=True,
                              env=dict(os.environ, LSAN_OPTIONS=f"print_suppressions=0:suppressions={SUPPRESSIONS}"))
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(answers), len(enforcements))
        for answer in answers:
            with self.subTest(answer["id"]):
                self.assertEqual((answer["outcome"], answer["reason"]), (outcome, reason), answer["detail"])
        return answers

    def test_a_good_one(self):
        self.make(2, path_len=2)
        self.hold("connect", "not-checked")

    def test_native_compares_names_as_the_library_does(self):
        """OpenSSL by itself takes a wildcard that is a part of a label; Mbed TLS and GnuTLS take none."""
        self.make_name(b"nat*.lab.localhost")
        native = ("connect", "not-checked") if STACK == "openssl" else ("reject", "chain-name")
        self.hold(*native, "native.lab.localhost", ["native"])
        self.hold("reject", "chain-name", "native.lab.localhost", ["application"])

    def test_name_constraints(self):
        self.make(1, more=[OTHER_NAMES])
        # Mbed TLS does not know the extension, which is critical.
        self.hold("reject", "chain-critical-extension" if STACK == "mbedtls" else "chain-constraints")

    def test_path_length(self):
        self.make(2, path_len=0)
        # Mbed TLS takes no such issuer for one.
        self.hold("reject", "chain-untrusted" if STACK == "mbedtls" else "chain-constraints")

    def test_a_chain_that_is_too_long(self):
        self.make(20)
        if STACK == "openssl":
            self.hold("connect", "not-checked")
        else:
            answers = self.hold("reject", "chain-invalid")
        if STACK == "gnutls":
            for answer in answers:
                self.assertIn("21 certificates, and GnuTLS takes at most 16", answer["detail"])

    def test_algorithms_that_a_stack_lacks_or_refuses(self):
        every = ("openssl", "gnutls", "mbedtls")
        for kind, algorithm, stacks in (("ec", None, ()), ("brainpool", None, ("gnutls",)), ("ed25519", None, ("mbedtls",)),
                                        ("rsa", "rsa-sha256", ()), ("rsa", "rsa-sha1", every), ("rsa", "rsa-md5", every),
                                        ("ec", "unknown", ("openssl", "gnutls"))):
            with self.subTest(f"{kind} {algorithm}"):
                self.make_of(kind, algorithm)
                self.hold(*(("reject", "chain-algorithm-unsupported") if STACK in stacks
                            # Mbed TLS passes over a certificate by an unknown algorithm, and takes the next for the server's.
                            else ("reject", "chain-name") if algorithm == "unknown" else ("connect", "not-checked")))


if __name__ == "__main__":
    main()
