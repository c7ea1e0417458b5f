"""What the tests of examinations (clients/README.md) have in common."""

import base64
import hashlib

import hostile
from certificates import Authority
from contract_test import Contract

HANDSHAKE_KEYS = {"kind", "completed", "reason", "stage", "detail", "native", "alert", "tls", "sent", "num_sent", "chain",
                  "staples", "client_certificate", "greeting", "http_server", "timing_us", "local_port"}
CERTIFICATE_KEYS = {"sha256", "pem", "subject", "issuer", "common_name", "serial", "not_before", "not_after", "names",
                    "is_ca", "self_signed", "must_staple", "no_rev_avail", "ocsp_signing", "ocsp_urls", "crl_urls",
                    "issuer_urls", "unusable_urls", "key_id", "issuer_key_id", "key"}
FETCH_KEYS = {"kind", "url", "method", "layer", "http_status", "content_type", "date", "age", "address", "redirects", "ms",
              "ms_dns", "ms_connect", "text", "length", "sha256", "bytes"}
SLACK = 1.5  # seconds that a busy machine may take beside what is waited for


def encode(data):
    return base64.b64encode(data).decode()


def content_of(path):
    with open(path, "rb") as file:
        return file.read()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Examination(Contract):
    """A client program that can examine; the tests of one that cannot are skipped."""

    def setUp(self):
        super().setUp()
        if "examine" not in self.describe()["capabilities"]:
            self.skipTest("this program cannot examine")
        self.client = self.start_client()

    def tearDown(self):
        self.assertEqual(self.client.end(), 0)
        super().tearDown()

    def examine(self, examine, **more):
        answer = self.client.ask({"id": "e", "examine": examine, **more})
        self.assertEqual(answer["id"], "e")
        self.assertIn("examination", answer, answer)
        self.assertEqual(set(answer), {"id", "examination"})
        seen = answer["examination"]
        self.assertEqual(seen["kind"], examine["kind"])
        return seen

    def shake(self, port, trust, name="localhost", keys=None, **more):
        seen = self.examine({"kind": "handshake", **(keys or {})},
                            **{"connect": {"address": "127.0.0.1", "port": port}, "server_name": name, "trust": trust, **more})
        self.assertEqual(set(seen) - {"cut"}, HANDSHAKE_KEYS)
        self.assertEqual(set(seen["chain"]), {"verified", "reason", "error", "depth", "certificates"})
        self.assertIsNotNone(seen["detail"])
        return seen

    def certificates(self, data):
        seen = self.examine({"kind": "certificates", "bytes": encode(data)})
        for certificate in seen["certificates"]:
            self.assertEqual(set(certificate), CERTIFICATE_KEYS)
        return seen["certificates"]

    def fetch(self, what, url, keys=None, **more):
        seen = self.examine({"kind": "fetch", "what": what, "url": url, **(keys or {})}, **more)
        self.assertEqual(set(seen), FETCH_KEYS)
        return seen

    def peer(self, play):
        peer = hostile.Peer(play)
        self.addCleanup(peer.close)
        return peer

    def authority(self):
        authority = Authority(self.directory)
        self.leaf_path = authority.write("leaf.pem", authority.leaf(addresses=[bytes([127, 0, 0, 1])]))
        self.key_path = authority.leaf_key.path
        return authority

    def secure_peer(self, play, version=None):
        return self.peer(hostile.behind_tls(self.leaf_path, self.key_path, play, version))


class Inability(Contract):
    """A client program that cannot examine; the tests of one that can are skipped."""

    def check_refusal(self, examine, **more):
        about = self.describe()
        if "examine" in about["capabilities"]:
            self.skipTest("this program can examine")
        client = self.start_client()
        answer = client.ask({"id": "e", "examine": examine, **more})
        self.assertEqual(answer, {"id": "e", "outcome": "unsupported", "reason": "policy-unsupported",
                                  "detail": about["lacks"]["examine"]})
        self.assertEqual(client.end(), 0)
