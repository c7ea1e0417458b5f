#!/usr/bin/env python3
"""Examined certificates and fetches (clients/README.md) by a client program that can examine: heaps of
bytes that are no certificates, and HTTP servers that are no good.
"""

import base64
import os
import socket

import hostile
from certificates import Authority, openssl
from connect_proxy import ConnectProxy
from examination import Examination, Inability, content_of, encode, sha256
from programs import main


class Requests(Inability):
    def test_a_program_that_cannot_says_so(self):
        self.check_refusal({"kind": "certificates", "bytes": "MAA="})
        self.check_refusal({"kind": "fetch", "what": "issuer", "url": "http://127.0.0.1:9/"})


class Heaps(Examination):
    def setUp(self):
        super().setUp()
        self.maker = self.authority()
        self.leaf = content_of(self.leaf_path)
        self.root = content_of(self.maker.root_path)

    def der(self, pem):
        return openssl("x509", "-outform", "DER", data=pem)

    def test_the_same_in_every_wrapping(self):
        both = self.write("both.pem", self.leaf + self.root)
        heap = openssl("crl2pkcs7", "-nocrl", "-certfile", both, "-outform", "DER")
        wrappings = {
            "PEM": self.leaf + self.root,
            "PEM with talk": b"0 Certificate of\n" + self.leaf + b"and\n" + self.root + b"bye\n",
            "PKCS#7": heap,
            "PKCS#7 in PEM": openssl("crl2pkcs7", "-nocrl", "-certfile", both),
            "CMS in PEM": b"-----BEGIN CMS-----\n" + base64.encodebytes(heap) + b"-----END CMS-----\n",
            "a key among them": self.leaf + content_of(self.key_path) + self.root,
        }
        for name, data in wrappings.items():
            with self.subTest(name):
                found = self.certificates(data)
                self.assertEqual({one["sha256"] for one in found},
                                 {sha256(self.der(self.leaf)), sha256(self.der(self.root))})
        [one] = self.certificates(self.der(self.leaf))
        self.assertEqual(one["sha256"], sha256(self.der(self.leaf)))
        self.assertEqual(one["pem"].encode(), self.leaf)

    def test_what_a_certificate_says(self):
        leaf = self.maker.leaf(b"a.test", [b"a.test", b"*.b.test"], [b"http://o.test/"], [b"http://c.test/l"], must_staple=True,
                               addresses=[bytes([192, 0, 2, 1]), bytes(15) + b"\1"], issuer_urls=[b"http://i.test/c"])
        [one] = self.certificates(leaf)
        self.assertEqual((one["subject"], one["issuer"], one["common_name"]),
                         ("CN=a.test", "CN=revoscope hostile root", "a.test"))
        self.assertEqual(one["names"], ["a.test", "*.b.test", "192.0.2.1", "::1"])
        self.assertEqual((one["ocsp_urls"], one["crl_urls"], one["issuer_urls"]),
                         (["http://o.test/"], ["http://c.test/l"], ["http://i.test/c"]))
        self.assertEqual((one["must_staple"], one["is_ca"], one["self_signed"], one["ocsp_signing"], one["no_rev_avail"]),
                         (True, False, False, False, False))
        self.assertEqual(one["key"], "EC P-256")
        self.assertRegex(one["serial"], "^1[0-9a-f]{16}$")
        self.assertRegex(one["not_after"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual((one["key_id"], one["issuer_key_id"]), (None, None))
        [root] = self.certificates(self.root)
        self.assertEqual((root["is_ca"], root["self_signed"], root["must_staple"]), (True, True, False))

    def test_pointers_that_cannot_be_used_are_not_absent(self):
        long = b"http://o.test/" + b"a" * 498
        leaf = self.maker.leaf(b"a.test", [b"a.test"], [b"ldap:///cn=a"] * 4 + [b"http://o.test/", long],
                               [b"o.test/crl", b"http://c.test/a b"], issuer_urls=[b"http://[i/", b"https://i.test/"])
        [one] = self.certificates(leaf)
        self.assertEqual((one["ocsp_urls"], one["crl_urls"], one["issuer_urls"]), (["http://o.test/"], [], []))
        self.assertEqual([(item["kind"], item["url"], item["why"]) for item in one["unusable_urls"]],
                         [("ocsp", "ldap:///cn=a", "scheme")] * 4 + [
                             ("ocsp", long.decode()[:511], "too-long"), ("crl", "o.test/crl", "no-scheme"),
                             ("crl", "http://c.test/a b", "characters"), ("issuer", "http://[i/", "malformed"),
                             ("issuer", "https://i.test/", "scheme")])

    def test_keys_and_purposes(self):
        rows = {"RSA 2048": ["-newkey", "rsa:2048"], "RSA-PSS 2048": ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
                "EC P-384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
                "EC secp256k1": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "Ed25519": ["-newkey", "ed25519"]}
        for key, options in rows.items():
            with self.subTest(key):
                [one] = self.certificates(openssl(
                    "req", "-x509", *options, "-nodes", "-subj", "/O=Two/CN=first/CN=last", "-keyout", self.path("k.pem"),
                    "-addext", "extendedKeyUsage=OCSPSigning", "-addext", "1.3.6.1.5.5.7.48.1.5=DER:05:00",
                    "-addext", "2.5.29.56=DER:05:00"))
                self.assertEqual((one["key"], one["common_name"], one["self_signed"]), (key, "last", True))
                self.assertEqual((one["ocsp_signing"], one["no_rev_avail"]), (True, True))
                self.assertRegex(one["key_id"], "^[0-9a-f]{40}$")
                self.assertEqual(one["issuer_key_id"], one["key_id"])

    def test_a_signature_by_another_key_is_not_its_own(self):
        other = Authority(self.path())
        stranger = self.maker.leaf(b"revoscope hostile root")  # the root's name, another key
        [one] = self.certificates(stranger)
        self.assertEqual((one["subject"], one["self_signed"]), (one["issuer"], False))
        self.assertTrue(self.certificates(other.root)[0]["self_signed"])

    def test_text_is_made_harmless(self):
        leaf = self.maker.leaf(b"\x1b[2J\xe2\x80\xaeevil", [b"good.test\0.evil.test", b"\x1b[2J"])
        [one] = self.certificates(leaf)
        self.assertEqual(one["names"], ["good.test\\x00.evil.test", "\\x1b[2J"])
        for text in (one["subject"], one["common_name"]):
            self.assertNotIn("\x1b", text)
            self.assertNotIn("\u202e", text)

    def test_at_most_64_are_read(self):
        self.assertEqual(len(self.certificates(self.leaf * 100 + b"-----BEGIN CERTIFICATE-----\n")), 64)
        many = self.write("many.pem", self.leaf * 100)
        self.assertEqual(len(self.certificates(openssl("crl2pkcs7", "-nocrl", "-certfile", many, "-outform", "DER"))), 64)
        [one] = self.certificates(self.maker.leaf(names=[b"n%d.test" % number for number in range(200)]))
        self.assertEqual((len(one["names"]), one["names"][-1]), (64, "n63.test"))

    def test_a_heap_that_does_not_fit_is_cut(self):
        # A megabyte of certificates comes back as more than that.
        heap = self.write("heap.pem", self.maker.leaf(padding=64300) * 12)
        data = openssl("crl2pkcs7", "-nocrl", "-certfile", heap, "-outform", "DER")
        seen = self.examine({"kind": "certificates", "bytes": encode(data)})
        self.assertEqual((seen["cut"], len(seen["certificates"])), (True, 11))

    def test_what_is_no_certificate_is_refused(self):
        der = self.der(self.leaf)
        rows = {
            "garbage": b"garbage", "HTML": b"<html>404</html>", "a byte": b"\x30", "half": der[:len(der) // 2],
            "bytes behind": der + b"\0", "an OCSP response": b"\x30\x03\x0a\x01\x06", "zeros": bytes(60000),
            "nested": b"\x30\x80" * 20000, "a length beyond": b"\x30\x84\xff\xff\xff\xff" + bytes(100),
            "no PEM": b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "an end that is missing": self.leaf[:-20], "another block": content_of(self.key_path),
            "a good one and a bad one": self.leaf + b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "an empty heap": openssl("crl2pkcs7", "-nocrl", "-outform", "DER"),
        }
        for name, data in rows.items():
            with self.subTest(name):
                answer = self.client.ask({"id": name, "examine": {"kind": "certificates", "bytes": encode(data)}})
                self.assertEqual((answer["id"], answer.get("outcome"), answer.get("reason")), (name, "error", "chain-invalid"))
                self.assertTrue(answer["detail"])


class Depot:
    """Answers HTTP requests by path: bytes to say, or a function of the connection."""

    def __init__(self, test, answers):
        self.answers, self.requests = answers, []
        self.peer = hostile.Peer(self._play)
        test.addCleanup(self.peer.close)
        self.url = f"http://127.0.0.1:{self.peer.port}"

    def _play(self, connection, stopped):
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(4096)
            if not more:
                return
            head += more
        self.requests.append(head)
        answer = self.answers[head.split(b" ")[1].decode()]
        if callable(answer):
            answer(connection, stopped)
        else:
            connection.sendall(answer)


def ok(body, kind="application/pkix-cert", more=""):
    return (f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Date: Mon, 23 Nov 2026 01:02:03 GMT\r\n{more}\r\n").encode() + body


class Fetches(Examination):
    def setUp(self):
        super().setUp()
        self.maker = self.authority()
        self.body = self.maker.root

    def depot(self, answers):
        return Depot(self, answers)

    def test_an_issuer(self):
        depot = self.depot({"/ca": ok(self.body)})
        seen = self.fetch("issuer", depot.url + "/ca")
        self.assertEqual(base64.b64decode(seen["bytes"]), self.body)
        self.assertEqual({key: seen[key] for key in ("url", "method", "layer", "http_status", "content_type", "date", "address",
                                                     "redirects", "text", "length", "sha256")},
                         {"url": depot.url + "/ca", "method": "get", "layer": "answer", "http_status": 200,
                          "content_type": "application/pkix-cert", "date": "2026-11-23T01:02:03Z", "address": "127.0.0.1",
                          "redirects": 0, "text": None, "length": len(self.body), "sha256": sha256(self.body)})
        self.assertLessEqual(seen["ms_dns"], seen["ms_connect"])
        self.assertLessEqual(seen["ms_connect"], seen["ms"])
        self.assertEqual(self.certificates(self.body)[0]["is_ca"], True)

    def test_the_age_of_what_a_cache_repeats(self):
        for field, age in (("Age: 10800", 10800), ("age: 0", 0), ("X: y", None), ("Age: soon", None), ("Age: -5", None),
                           ("Age: 99999999999", None)):
            depot = self.depot({"/ca": ok(self.body, more=f"{field}\r\n")})
            self.assertEqual(self.fetch("issuer", depot.url + "/ca")["age"], age, field)
        self.assertIsNone(self.fetch("issuer", "ftp://127.0.0.1/ca")["age"])

    def test_garbage_for_an_issuer_is_brought_and_not_believed(self):
        depot = self.depot({"/ca": ok(b"<html>\x1b[2J", "text/html; \x7f")})
        seen = self.fetch("issuer", depot.url + "/ca")
        self.assertEqual((seen["layer"], base64.b64decode(seen["bytes"])), ("answer", b"<html>\x1b[2J"))
        answer = self.client.ask({"id": "e", "examine": {"kind": "certificates", "bytes": seen["bytes"]}})
        self.assertEqual((answer["outcome"], answer["reason"]), ("error", "chain-invalid"))

    def test_how_far_it_came(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            nobody = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        depot = self.depot({
            "/404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", "/big": ok(bytes((64 << 10) + 1)),
            "/slow": lambda connection, stopped: stopped.wait(20), "/text": b"hello\r\n\r\n",
            "/empty": ok(b""), "/nodate": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nDate: soon\r\n\r\nx",
            "/loop": b"HTTP/1.1 302 x\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
            "/file": b"HTTP/1.1 302 x\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
            "/once": b"HTTP/1.1 302 x\r\nLocation: /ca\r\nContent-Length: 0\r\n\r\n", "/ca": ok(self.body)})
        rows = {
            depot.url + "/404": ("http", 404, None), depot.url + "/big": ("answer", 200, None),
            depot.url + "/slow": ("timeout", None, None), depot.url + "/text": ("http", None, None),
            depot.url + "/loop": ("http", 302, None), depot.url + "/file": ("http", 302, None),
            depot.url + "/empty": ("answer", 200, 0), depot.url + "/nodate": ("answer", 200, 1),
            depot.url + "/once": ("answer", 200, len(self.body)), nobody: ("connect", None, None),
            "ftp://127.0.0.1/x": ("unusable", None, None), "127.0.0.1:1/x": ("unusable", None, None), "http://" + "a" * 64 + ".test/": ("dns", None, None),
        }
        for url, (layer, status, length) in rows.items():
            with self.subTest(url):
                seen = self.fetch("issuer", url, deadline_ms=500 if "slow" in url else 5000)
                self.assertEqual((seen["layer"], seen["http_status"], seen["length"]), (layer, status, length), seen["text"])
                self.assertEqual((seen["bytes"] is None, seen["sha256"] is None), (length is None,) * 2)
                self.assertEqual(seen["redirects"], 3 if "loop" in url else 1 if "once" in url or "file" in url else 0)
                if length is None and status != 404:
                    self.assertTrue(seen["text"])

    def test_a_redirect_to_https_is_followed(self):
        secure = self.secure_peer(lambda connection, _: connection.recv(4096) and connection.sendall(ok(self.body)))
        target = f"https://127.0.0.1:{secure.port}/ca"
        depot = self.depot({"/ca": f"HTTP/1.1 302 x\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()})
        seen = self.fetch("issuer", depot.url + "/ca", trust=self.maker.root_path)
        self.assertEqual((seen["layer"], seen["redirects"], seen["length"], seen["text"]),
                         ("answer", 1, len(self.body), f"redirected to {target}"), seen)
        # Without the anchor the certificate does not verify, and the text says where that was.
        seen = self.fetch("issuer", depot.url + "/ca")
        self.assertEqual((seen["layer"], seen["http_status"], seen["length"]), ("connect", 302, None), seen)
        self.assertTrue(seen["text"].startswith(f"redirected to {target}: "), seen["text"])

    def test_nothing_of_a_url_is_sent_as_authorization(self):
        depot = self.depot({"/ca": ok(self.body)})
        seen = self.fetch("issuer", depot.url.replace("//", "//user:secret@") + "/ca#part")
        self.assertEqual((seen["layer"], seen["text"]), ("answer", "the user name of the URL was not sent"))
        [head] = depot.requests
        self.assertNotIn(b"authorization", head.lower())
        self.assertNotIn(b"part", head)

    def test_the_rules_of_fetching_hold(self):
        depot = self.depot({"/ca": ok(self.body)})
        for rule in ("public", "none"):
            seen = self.fetch("issuer", depot.url + "/ca", fetch=rule)
            self.assertEqual((seen["layer"], seen["bytes"], seen["address"]), ("forbidden", None, None))
        self.assertEqual(depot.requests, [])

    def test_a_proxy_is_asked(self):
        depot = self.depot({"/ca": ok(self.body)})
        proxy = ConnectProxy(self)
        seen = self.fetch("issuer", depot.url + "/ca", proxy={"address": "127.0.0.1", "port": proxy.port})
        self.assertEqual((seen["layer"], seen["length"]), ("answer", len(self.body)))
        self.assertEqual(proxy.fetched, [depot.url + "/ca"])

    def test_a_list_of_the_largest_size_and_one_that_is_larger(self):
        most = 16 << 20
        depot = self.depot({"/most": ok(bytes(most), "application/pkix-crl"), "/more": ok(bytes(most + 1), "application/pkix-crl")})
        file = self.path("a.crl")
        seen = self.fetch("crl", depot.url + "/more", {"file": file})
        self.assertEqual((seen["layer"], seen["length"], seen["sha256"]), ("answer", None, None))
        self.assertEqual(seen["text"], f"its {most + 1} bytes are more than the limit of {most} bytes")
        self.assertFalse(os.path.exists(file))
        seen = self.fetch("crl", depot.url + "/most", {"file": file})
        self.assertEqual((seen["length"], seen["sha256"], seen["bytes"]), (most, sha256(bytes(most)), None))
        self.assertEqual(os.path.getsize(file), most)
        self.assertEqual([name for name in os.listdir(self.directory) if name.startswith("a.crl")], ["a.crl"])

    def test_a_list_in_pem_is_said_to_be(self):
        depot = self.depot({"/l": ok(b"-----BEGIN X509 CRL-----\n", "application/pkix-crl")})
        seen = self.fetch("crl", depot.url + "/l", {"file": self.path("pem.crl")})
        self.assertEqual((seen["layer"], seen["text"]),
                         ("answer", "the CRL is in PEM, RFC 5280 section 4.2.1.13 requires DER"))

    def test_a_file_is_replaced_only_by_a_whole_one(self):
        depot = self.depot({"/l": ok(b"new", "application/pkix-crl"), "/404": b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"})
        file = self.write("old.crl", b"old")
        self.assertEqual(self.fetch("crl", depot.url + "/404", {"file": file})["http_status"], 404)
        self.assertEqual(content_of(file), b"old")
        self.fetch("crl", depot.url + "/l", {"file": file})
        self.assertEqual(content_of(file), b"new")
        answer = self.client.ask({"id": "e", "examine": {"kind": "fetch", "what": "crl", "url": depot.url + "/l",
                                                         "file": self.path("nowhere", "x.crl")}})
        self.assertEqual((answer["outcome"], answer["reason"]), ("error", "program-protocol"))
        self.assertIn("x.crl", answer["detail"])

    def test_a_question_about_no_certificate(self):
        leaf = content_of(self.leaf_path).decode()
        for name, certificate, issuer in (("garbage", "garbage", leaf), ("no issuer", leaf, "garbage")):
            with self.subTest(name):
                answer = self.client.ask({"id": "e", "examine": {
                    "kind": "fetch", "what": "ocsp", "url": "http://127.0.0.1:9/", "method": "get", "certificate": certificate,
                    "issuer": issuer}})
                self.assertEqual((answer["outcome"], answer["reason"]), ("error", "chain-invalid"))

    def test_a_responder_without_an_answer(self):
        leaf, root = (content_of(path).decode() for path in (self.leaf_path, self.maker.root_path))
        bodies = []

        def play(connection, _):
            bodies.append(True)
            connection.sendall(ok(b"\x30\x03\x0a\x01\x06", "text/plain"))
        depot = self.depot({"/": play})
        seen = self.fetch("ocsp", depot.url + "/", {"method": "post", "certificate": leaf, "issuer": root})
        self.assertEqual((seen["layer"], seen["text"], base64.b64decode(seen["bytes"])),
                         ("answer", "Content-Type is text/plain", b"\x30\x03\x0a\x01\x06"))
        self.assertIn(b"Content-Type: application/ocsp-request", depot.requests[0])
        self.assertTrue(depot.requests[0].startswith(b"POST / "))


if __name__ == "__main__":
    main()
