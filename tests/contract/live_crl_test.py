#!/usr/bin/env python3
"""CRLs of several distribution points and of another authority in a live handshake: what a certificate names is
fetched and combined (RFC 5280 section 6.3.3), with the certificates that the server sent."""

import http.server
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from certificates import certificate, der, extension, name, pem, sequence
from crl_parts import directory, point, scope, uri
from made import STACK, SUPPRESSIONS
from patience import HANG_S
from programs import main
from signed_status import AnyKey, Issuer

READS_CRITICAL = STACK != "mbedtls"
ONE, OTHERS = b"\x06\x40", b"\x07\x3f\x80"  # keyCompromise, and every other reason


class LiveCrl(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.root = Issuer(self.folder)
        self.ca = self.root.authorize(AnyKey(self.folder), b"intermediate")
        self.lister = self.root.authorize(AnyKey(self.folder), b"lister")
        self.key = AnyKey(self.folder)
        self.answers = {}
        served = self.answers

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = served.get(self.path)
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_address[1]

    def url(self, path):
        return uri(f"http://127.0.0.1:{self.port}{path}".encode())

    def write(self, file_name, *certs):
        path = os.path.join(self.folder, file_name)
        with open(path, "wb") as file:
            file.write(b"".join(map(pem, certs)))
        return path

    def serve(self, extensions, sent):
        leaf = certificate(self.key, name(b"localhost"), self.ca.key, self.ca.name, [
            extension("san", sequence(der(0x82, b"localhost"))), *extensions], self.ca.serial)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", self.write("leaf.pem", leaf), "-key", self.key.path,
             "-cert_chain", self.write("chain.pem", *sent), "-quiet"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.1)
        raise AssertionError("openssl s_server does not start")

    def handshake(self, port, **policy):
        request = {"id": "1", "connect": {"address": "127.0.0.1", "port": port}, "server_name": "localhost",
                   "trust": self.write("root.pem", self.root.cert), "deadline_ms": 20000,
                   "policy": {"uses_crl": "only", "timeout_ms": 5000, "on_unavailable": "warn", **policy}}
        done = subprocess.run([os.environ["CONTRACT_PROGRAM"]], input=json.dumps(request) + "\n", text=True, capture_output=True,
                              timeout=HANG_S, check=True, env=dict(os.environ, LSAN_OPTIONS=f"suppressions={SUPPRESSIONS}"))
        return json.loads(done.stdout)

    def hold(self, port, served, outcome, reason, checks, words=""):
        self.answers.clear()
        self.answers.update(served)
        answer = self.handshake(port)
        self.assertEqual((answer["outcome"], answer["reason"]), (outcome, reason), answer["detail"])
        self.assertEqual([fetch["check"] for fetch in answer["fetches"]], checks, answer["detail"])
        self.assertIn(words, answer["detail"])

    def test_several_points_for_some_reasons_each(self):
        one, two = self.url("/1"), self.url("/2")
        port = self.serve([extension("crl", sequence(point(one, reasons=ONE), point(two, reasons=OTHERS)))], [self.ca.cert])

        def part(where, reasons, listed=False):
            return self.ca.crl(self.ca.revoked() if listed else None, extensions=[scope(where, reasons=reasons, critical=READS_CRITICAL)])
        good, bad = (part(one, ONE), part(two, OTHERS)), (part(one, ONE, True), part(two, OTHERS, True))
        for title, served, *expected in (
                ("both", {"/1": good[0], "/2": good[1]}, "connect", "status-good", ["incomplete", "incomplete"], "for all reasons together"),
                ("revoked by the first", {"/1": bad[0], "/2": good[1]}, "reject", "status-revoked", ["revoked"]),
                ("revoked by the second", {"/1": good[0], "/2": bad[1]}, "reject", "status-revoked", ["incomplete", "revoked"]),
                ("the second is missing", {"/1": good[0]}, "warn", "crl-bad-answer", ["incomplete", "unavailable"], "some reasons only"),
                ("the first is missing", {"/2": good[1]}, "warn", "crl-bad-answer", ["unavailable", "incomplete"], "some reasons only"),
                ("the same twice", {"/1": good[0], "/2": good[0]}, "warn", "crl-bad-answer", ["incomplete", "incomplete"]),
                ("one for all reasons", {"/1": self.ca.crl()}, "connect", "status-good", ["good"])):
            with self.subTest(title):
                self.hold(port, served, *expected)

    def test_another_authority(self):
        where = self.url("/1")
        points = extension("crl", sequence(point(where, issuer=directory(self.lister.name))))
        own = extension("entry-issuer", sequence(directory(self.ca.name)), True)
        indirect = [scope(where, indirect=True, critical=READS_CRITICAL)]
        good, bad = (self.lister.crl(entries, extensions=indirect) for entries in (None, sequence(self.ca.listed(own))))
        port = self.serve([points], [self.ca.cert, self.lister.cert])
        self.hold(port, {"/1": good}, "connect", "status-good", ["good"])
        self.hold(port, {"/1": bad}, "reject", "status-revoked", ["revoked"])
        # The server does not send the certificate of who signed the CRL.
        port = self.serve([points], [self.ca.cert])
        for crl in (good, bad):
            self.hold(port, {"/1": crl}, "warn", "crl-bad-answer", ["unauthorized-signer"], "cRLIssuer), is missing")

    def test_the_root_signs_for_the_intermediate(self):
        where = self.url("/1")
        own = extension("entry-issuer", sequence(directory(self.ca.name)), True)
        indirect = [scope(where, indirect=True, critical=READS_CRITICAL)]
        port = self.serve([extension("crl", sequence(point(where, issuer=directory(self.root.name))))], [self.ca.cert])
        self.hold(port, {"/1": self.root.crl(extensions=indirect)}, "connect", "status-good", ["good"])
        self.hold(port, {"/1": self.root.crl(sequence(self.ca.listed(own)), extensions=indirect)}, "reject", "status-revoked", ["revoked"])

    def test_a_delta_crl_that_is_named_is_said(self):
        where = extension("crl", sequence(point(self.url("/1"))))
        freshest = extension("freshest", sequence(point(self.url("/delta"))))
        port = self.serve([where, freshest], [self.ca.cert])
        self.hold(port, {"/1": self.ca.crl()}, "connect", "status-good", ["good"], "a delta CRL is named (freshestCRL) and was not used")
        self.hold(port, {"/1": self.ca.crl(self.ca.revoked())}, "reject", "status-revoked", ["revoked"])
        port = self.serve([where], [self.ca.cert])
        self.hold(port, {"/1": self.ca.crl(extensions=[freshest])}, "connect", "status-good", ["good"], "(freshestCRL) and was not used")


if __name__ == "__main__":
    main()
