#!/usr/bin/env python3
"""Examined handshakes (clients/README.md) by every client program: what one that can examine shows of
servers good and bad, and that the others say that they cannot.
"""

import base64
import os
import signal
import socket
import ssl
import struct
import time

import hostile
from certificates import openssl
from connect_proxy import ConnectProxy
from contract_test import CHECK_OF, situation
from examination import SLACK, Examination, Inability, content_of, encode, sha256
from lab import Lab
from programs import main
from starttls import SCRIPTS, Scripted

TLS_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Requests(Inability):
    def test_a_program_that_cannot_says_so(self):
        self.check_refusal({"kind": "handshake"}, connect={"address": "127.0.0.1", "port": 9}, server_name="x")

    def test_what_is_not_known_is_unsupported(self):
        client = self.start_client()
        for name, request in {
                "no kind": {"examine": {}},
                "another kind": {"examine": {"kind": "palm"}},
                "an unknown key": {"examine": {"kind": "certificates", "bytes": "MAA=", "mood": 1}},
                "no server": {"examine": {"kind": "handshake"}},
                "a policy": {"examine": {"kind": "certificates", "bytes": "MAA="}, "policy": {}},
                "a list to standard output": {"examine": {"kind": "fetch", "what": "crl", "url": "http://x/", "file": "-"}},
        }.items():
            with self.subTest(name):
                answer = client.ask({"id": name, **request})
                self.assertEqual((answer["id"], answer["outcome"], answer["reason"]),
                                 (name, "unsupported", "policy-unsupported"))
        self.assertEqual(client.end(), 0)


class LabHandshakes(Examination):
    def setUp(self):
        super().setUp()
        situations = {"good": situation({}, must_staple=True, ocsp_url=True), "missing": situation({"present": "false"}),
                      "revoked": situation({"status": "revoked"}), "stale": situation({"next_update": "-1h"}),
                      "garbage": situation({"encoding": "garbage"}), "empty": situation({"encoding": "empty"}),
                      "name": situation(certificate={"name": "mismatch"}),
                      "crl": situation({"present": "false"}, certificate={"crl_url": "true"}, crl={"behaviour": "answer"}),
                      "expired": situation(certificate={"starts": "-100d", "lifetime": "90d"})}
        for chain in ("no-intermediate", "untrusted", "self-signed"):
            situations[chain] = situation(certificate={"chain": chain})
        self.lab = Lab(self, self.directory, [{"id": name, "host": name + ".lab.localhost", "situation": one}
                                              for name, one in situations.items()])
        self.addCleanup(self.lab.close)
        self.ready = self.lab.ready

    def look(self, scenario, label="c1", **more):
        return self.shake(self.ready["tls_port"], self.ready["trust"],
                          f"{label}." + self.ready["scenarios"][scenario]["host"], **more)

    def lab_saw(self, label, scenario):
        name = f"{label}." + self.ready["scenarios"][scenario]["host"]
        return self.wait_until(lambda: next((event for event in self.lab.events if event["event"] == "connection" and
                                             event["sni"] == name), None), "the lab logs " + name)

    def test_a_good_server_is_shown_whole(self):
        for version in TLS_VERSIONS:
            with self.subTest(version):
                started = time.monotonic()
                seen = self.look("good", "v" + version[-1], tls={"min": version, "max": version})
                self.assertLess(time.monotonic() - started, 0.3 + SLACK)
                self.assertEqual((seen["completed"], seen["reason"], seen["stage"], seen["detail"], seen["native"],
                                  seen["alert"]), (True, None, "none", "", None, None))
                self.assertEqual(seen["tls"]["version"], version)
                self.assertTrue(seen["tls"]["cipher"])
                self.assertEqual(seen["chain"]["verified"], True)
                self.assertEqual(seen["chain"]["reason"], None)
                self.assertEqual(seen["num_sent"], len(seen["sent"]))
                # The root is of the verified chain, and was not sent.
                self.assertEqual(seen["chain"]["certificates"][:len(seen["sent"])], seen["sent"])
                self.assertEqual(len(seen["chain"]["certificates"]), len(seen["sent"]) + 1)
                self.assertEqual([staple["depth"] for staple in seen["staples"]], [0])
                self.assertEqual((seen["client_certificate"], seen["greeting"], seen["http_server"]), ("no", None, None))
                event = self.lab_saw("v" + version[-1], "good")
                self.assertEqual(event["peer_port"], seen["local_port"])
                self.assertTrue(event["completed"] and event["status_request"])
                self.assertIsNone(event["alert"])

    def test_a_staple_is_kept_whatever_it_says(self):
        for scenario in ("good", "revoked", "stale", "garbage"):
            with self.subTest(scenario):
                seen = self.look(scenario)
                self.assertTrue(seen["completed"], seen["detail"])
                [staple] = seen["staples"]
                der = base64.b64decode(staple["bytes"])
                if scenario != "garbage":
                    text = openssl("ocsp", "-respin", self.write("staple.der", der), "-noverify", "-text").decode()
                    self.assertIn("revoked" if scenario == "revoked" else "good", text)
                check = self.client.ask({"id": "v", "verify": {"kind": "ocsp", "bytes": staple["bytes"]}})["check"]
                self.assertEqual(check["check"], "malformed" if CHECK_OF[scenario] == "malformed" else "not-checked")

    def test_no_staple_is_none(self):
        self.assertEqual(self.look("missing")["staples"], [])
        seen = self.look("good", "without", keys={"asks_staple": False})
        self.assertEqual((seen["completed"], seen["staples"]), (True, []))
        self.assertFalse(self.lab_saw("without", "good")["status_request"])

    def test_a_staple_that_openssl_cannot_read_ends_it(self):
        for version in TLS_VERSIONS:
            with self.subTest(version):
                seen = self.look("empty", tls={"min": version, "max": version})
                self.assertEqual((seen["completed"], seen["reason"], seen["stage"]), (False, "staple-malformed", "handshake"))
                self.assertEqual(seen["alert"]["direction"], "sent")
                self.assertTrue(seen["native"]["text"])

    def test_the_handshake_goes_on_whatever_the_chain_is(self):
        for scenario, reason in {"no-intermediate": "chain-incomplete", "untrusted": "chain-untrusted",
                                 "self-signed": "chain-untrusted", "name": "chain-name", "expired": "chain-expired"}.items():
            for version in TLS_VERSIONS:
                with self.subTest(scenario, version=version):
                    seen = self.look(scenario, "v" + version[-1], tls={"min": version, "max": version})
                    self.assertEqual((seen["completed"], seen["reason"], seen["alert"]), (True, None, None), seen["detail"])
                    chain = seen["chain"]
                    self.assertEqual((chain["verified"], chain["reason"], chain["certificates"]), (False, reason, []))
                    self.assertTrue(chain["error"])
                    self.assertGreaterEqual(chain["depth"], 0)
                    self.assertEqual(len(seen["sent"]), seen["num_sent"])
                    self.assertTrue(seen["sent"])
                    self.assertEqual(len(seen["staples"]), 1)
                    event = self.lab_saw("v" + version[-1], scenario)
                    self.assertEqual((event["completed"], event["alert"]), (True, None))

    def test_the_responder_is_asked_about_what_was_sent(self):
        seen = self.look("good")
        leaf, issuer = [self.certificates(base64.b64decode(der))[0] for der in seen["chain"]["certificates"][:2]]
        [url] = leaf["ocsp_urls"]
        for method in ("get", "post"):
            with self.subTest(method):
                fetched = self.fetch("ocsp", url, {"method": method, "certificate": leaf["pem"], "issuer": issuer["pem"]})
                self.assertEqual((fetched["method"], fetched["layer"], fetched["http_status"], fetched["content_type"],
                                  fetched["redirects"], fetched["text"]),
                                 (method, "answer", 200, "application/ocsp-response", 0, None))
                self.assertEqual(fetched["address"], "127.0.0.1")
                body = base64.b64decode(fetched["bytes"])
                self.assertEqual((fetched["length"], fetched["sha256"]), (len(body), sha256(body)))
                check = self.client.ask({"id": "v", "verify": {"kind": "ocsp", "bytes": fetched["bytes"],
                                                               "certificate": leaf["pem"], "issuer": issuer["pem"]}})["check"]
                self.assertEqual(check["check"], "good")
                self.assertEqual(check["certid"]["hash"], "sha1")

    def test_a_crl_goes_to_its_file(self):
        seen = self.look("crl")
        leaf = self.certificates(base64.b64decode(seen["sent"][0]))[0]
        [url] = leaf["crl_urls"]
        file = self.path("fetched.crl")
        fetched = self.fetch("crl", url, {"file": file})
        self.assertEqual((fetched["layer"], fetched["http_status"], fetched["bytes"]), ("answer", 200, None))
        body = content_of(file)
        self.assertEqual((fetched["length"], fetched["sha256"]), (len(body), sha256(body)))
        self.assertIn(b"CN", openssl("crl", "-inform", "DER", "-in", file, "-noout", "-issuer"))

    def test_the_trust_is_that_of_the_request(self):
        seen = self.shake(self.ready["tls_port"], self.ready["other_trust"], "c1." + self.ready["scenarios"]["good"]["host"])
        self.assertEqual((seen["completed"], seen["chain"]["reason"]), (True, "chain-untrusted"))
        answer = self.client.ask({"id": "e", "examine": {"kind": "handshake"}, "trust": "/nonexistent/root.pem",
                                  "connect": {"address": "127.0.0.1", "port": self.ready["tls_port"]}, "server_name": "x"})
        self.assertEqual((answer["outcome"], answer["reason"]), ("error", "program-protocol"))

    def stopped_until_later(self, examine, **more):
        """The answer of a program that is stopped from the first moment of its wait until long after the deadline."""
        process = self.client.process
        self.client.send({"id": "late", "examine": examine, "deadline_ms": 1500, **more})
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(process.pid, signal.SIGCONT)
        return self.client.receive()

    def test_a_time_out_of_a_program_that_did_not_run_is_no_finding(self):
        peer = self.peer(hostile.silent)
        where = {"connect": {"address": "127.0.0.1", "port": peer.port}, "server_name": "localhost",
                 "trust": self.lab.ready["trust"]}
        fetch = {"kind": "fetch", "what": "crl", "url": f"http://127.0.0.1:{peer.port}/",
                 "file": self.path("late.crl")}
        for examine, more, event in (({"kind": "handshake"}, where, "handshake"), (fetch, {}, "fetch")):
            with self.subTest(event):
                answer = self.stopped_until_later(examine, **more)
                self.assertEqual((answer["outcome"], answer["reason"]), ("error", "overload-timeout"), answer)
                self.assertRegex(answer["detail"],
                                 rf"^the {event} timed out, and the client program itself was late for \d+ ms of \d+$")

    def test_many_at_once_keep_apart(self):
        names = [("good", 1), ("untrusted", 0), ("expired", 0), ("missing", 1)] * 10
        for number, (scenario, _) in enumerate(names):
            self.client.send({"id": str(number), "examine": {"kind": "handshake"}, "trust": self.ready["trust"],
                              "connect": {"address": "127.0.0.1", "port": self.ready["tls_port"]},
                              "server_name": f"c{number}." + self.ready["scenarios"][scenario]["host"]})
        answers = [self.client.receive() for _ in names]
        self.assertEqual(len({answer["id"] for answer in answers}), len(names))
        for answer in answers:
            scenario, verified = names[int(answer["id"])]
            seen = answer["examination"]
            self.assertEqual(seen["chain"]["verified"], bool(verified), scenario)
            self.assertEqual(len(seen["staples"]), 0 if scenario == "missing" else 1, scenario)


class Servers(Examination):
    """Servers that want something, or say who they are."""

    def setUp(self):
        super().setUp()
        self.root = self.authority().root_path

    def s_server(self, *options):
        peer = hostile.TlsPeer(self.leaf_path, self.key_path, *options)
        self.addCleanup(peer.close)
        return peer

    def test_a_client_certificate_that_is_required(self):
        peer = self.s_server("-Verify", "2")
        for version, number in {"1.2": 40, "1.3": 116}.items():
            for http in (False, True):
                with self.subTest(version, http=http):
                    seen = self.shake(peer.port, self.root, tls={"min": version, "max": version}, keys={"http": http})
                    self.assertEqual(seen["client_certificate"], "required")
                    self.assertEqual(seen["reason"], "tls-alert")
                    self.assertEqual((seen["alert"]["direction"], seen["alert"]["number"]), ("received", number))
                    self.assertEqual((seen["completed"], seen["stage"]),
                                     (False, "handshake") if version == "1.2" else (True, "after-handshake"))
                    self.assertTrue(seen["chain"]["verified"])
                    self.assertEqual(len(seen["sent"]), 1)
                    self.assertIn("alert", seen["native"]["text"])

    def test_a_client_certificate_that_is_only_asked_for(self):
        peer = self.s_server("-verify", "2")
        for version in TLS_VERSIONS:
            with self.subTest(version):
                seen = self.shake(peer.port, self.root, tls={"min": version, "max": version})
                self.assertEqual((seen["client_certificate"], seen["completed"], seen["reason"]), ("asked", True, None))

    def test_what_a_web_server_calls_itself(self):
        rows = {
            "plain": (b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n", "nginx/1.22.1"),
            "interim": (b"HTTP/1.1 103 x\r\n\r\nHTTP/1.1 301 x\r\nserver:Apache\r\n\r\n", "Apache"),
            "escapes": (b"HTTP/1.1 200 OK\r\nServer: \x1b[2J\xff\r\n\r\n", "\\x1b[2J\\xff"),
            "none": (b"HTTP/1.1 200 OK\r\n\r\n", None),
            "no HTTP": (b"* OK IMAP4rev1\r\nServer: x\r\n", None),
            "nothing": (b"", None),
        }
        for name, (said, server) in rows.items():
            for version, number in TLS_VERSIONS.items():
                with self.subTest(name, version=version):
                    heard = []

                    def play(secure, _, said=said, heard=heard):
                        heard.append(secure.recv(4096))
                        secure.sendall(said)
                    peer = self.secure_peer(play, number)
                    seen = self.shake(peer.port, self.root, keys={"http": True})
                    self.assertEqual((seen["http_server"], seen["completed"], seen["reason"]), (server, True, None))
                    self.assertEqual(heard, [b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                             b"User-Agent: revoscope\r\n\r\n"])

    def test_a_server_that_closes_at_once_has_completed(self):
        def resets(secure, _):
            secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for play in (lambda secure, _: None, resets):
            peer = self.secure_peer(play)
            seen = self.shake(peer.port, self.root, keys={"http": True})
            self.assertEqual((seen["completed"], seen["reason"], seen["stage"], seen["alert"]), (True, None, "none", None))
            self.assertIn("closed the connection right after", seen["detail"])

    def test_without_http_nothing_is_said(self):
        heard = []
        peer = self.secure_peer(lambda secure, _: heard.append(secure.recv(4096)))
        self.assertIsNone(self.shake(peer.port, self.root)["http_server"])
        self.wait_until(lambda: heard, "the server heard the end")
        self.assertEqual(heard, [b""])

    def test_a_server_that_speaks_first_is_not_waited_for(self):
        peer = self.secure_peer(lambda secure, stopped: (secure.sendall(b"220 hello\r\n"), stopped.wait(20)))
        started = time.monotonic()
        seen = self.shake(peer.port, self.root)
        self.assertEqual((seen["completed"], seen["reason"]), (True, None))
        self.assertLess(time.monotonic() - started, 0.3 + SLACK)

    def test_the_greeting_of_a_prologue(self):
        rows = {
            "smtp": ([b"220-mail.example ESMTP \x1b]0;owned\x07\r\n220 Postfix\r\n", ("\n",), b"250 STARTTLS\r\n", ("\n",),
                      b"220 go\r\n"], "220-mail.example ESMTP \\x1b]0;owned\\x07"),
            "imap": ([b"* OK Dovecot ready.\r\n", ("\n",), b"a1 OK go\r\n"], "* OK Dovecot ready."),
            "pop3": ([b"+OK Dovecot ready.\r\n", ("\n",), b"+OK\r\n"], "+OK Dovecot ready."),
            "ftp": ([b"220 (vsFTPd 3.0.3)\r\n", ("\n",), b"234 go\r\n"], "220 (vsFTPd 3.0.3)"),
            "nntp": (SCRIPTS["nntp"], "200 news"),
            "postgres": (SCRIPTS["postgres"], None),
            "mysql": (SCRIPTS["mysql"], None),
        }
        for protocol, (turns, greeting) in rows.items():
            with self.subTest(protocol):
                script = Scripted(self, turns)
                script.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                script.context.load_cert_chain(self.leaf_path, self.key_path)
                seen = self.shake(script.port, self.root, starttls=protocol)
                self.assertEqual((seen["completed"], seen["greeting"]), (True, greeting), seen["detail"])
                self.assertTrue(seen["chain"]["verified"])

    def test_a_greeting_is_kept_of_a_server_that_refuses(self):
        script = Scripted(self, [b"220 mail\r\n", ("\n",), b"502 no\r\n"])
        seen = self.shake(script.port, self.root, starttls="smtp")
        self.assertEqual((seen["completed"], seen["reason"], seen["stage"], seen["greeting"]),
                         (False, "starttls-failed", "starttls", "220 mail"))
        answer = self.client.ask({"id": "e", "examine": {"kind": "handshake"}, "starttls": "gopher", "server_name": "x",
                                  "connect": {"address": "127.0.0.1", "port": script.port}})
        self.assertEqual((answer["outcome"], answer["reason"]), ("unsupported", "policy-unsupported"))

    def test_a_proxy_is_gone_through(self):
        peer = self.secure_peer(lambda secure, stopped: stopped.wait(20))
        proxy = ConnectProxy(self)
        at = {"address": "127.0.0.1", "port": proxy.port}
        seen = self.shake(peer.port, self.root, proxy=at)
        self.assertEqual((seen["completed"], proxy.asked), (True, [f"127.0.0.1:{peer.port}"]))
        seen = self.shake(1, self.root, proxy=at)
        self.assertEqual((seen["completed"], seen["reason"], seen["stage"]), (False, "connect-proxy", "connect"))

    def test_an_address_as_the_name(self):
        peer = self.secure_peer(lambda secure, stopped: stopped.wait(20))
        self.assertTrue(self.shake(peer.port, self.root, "127.0.0.1")["chain"]["verified"])
        self.assertEqual(self.shake(peer.port, self.root, "127.0.0.2")["chain"]["reason"], "chain-name")
        heard = []
        peer = self.secure_peer(lambda secure, _: heard.append(secure.recv(4096)))
        self.shake(peer.port, self.root, "::1", keys={"http": True})
        self.assertIn(b"\r\nHost: [::1]\r\n", heard[0])

    def test_no_version_in_common(self):
        peer = self.secure_peer(lambda secure, stopped: stopped.wait(20), ssl.TLSVersion.TLSv1_2)
        seen = self.shake(peer.port, self.root, tls={"min": "1.3"})
        self.assertEqual((seen["completed"], seen["reason"], seen["alert"]["number"], seen["tls"]), (False, "tls-alert", 70, None))
        self.assertEqual((seen["sent"], seen["num_sent"], seen["chain"]["reason"]), ([], 0, None))

    def test_all_that_were_sent_in_their_order(self):
        leaf = content_of(self.leaf_path)
        root = content_of(self.root)
        chain = self.write("odd.pem", leaf + root + leaf + root)
        peer = self.peer(hostile.behind_tls(chain, self.key_path, lambda secure, stopped: stopped.wait(20)))
        seen = self.shake(peer.port, self.root)
        ders = [encode(openssl("x509", "-outform", "DER", data=one)) for one in (leaf, root)]
        self.assertEqual((seen["sent"], seen["num_sent"]), (ders * 2, 4))
        self.assertEqual(seen["chain"]["certificates"], ders)

    def test_more_than_ten_are_counted(self):
        chain = self.write("long.pem", content_of(self.leaf_path) + content_of(self.root) * 14)
        peer = self.peer(hostile.behind_tls(chain, self.key_path, lambda secure, stopped: stopped.wait(20)))
        seen = self.shake(peer.port, self.root)
        self.assertEqual((len(seen["sent"]), seen["num_sent"], seen["chain"]["verified"]), (10, 15, True))


class HostileServers(Examination):
    def setUp(self):
        super().setUp()
        self.maker = self.authority()
        self.root = self.maker.root_path

    def test_no_server_outlives_the_deadline(self):
        rows = {**hostile.HANDSHAKES, "an old version": (hostile.old_version, {"tls-protocol"})}
        for name, (play, reasons) in rows.items():
            with self.subTest(name):
                peer = self.peer(play)
                started = time.monotonic()
                seen = self.shake(peer.port, self.root, deadline_ms=700)
                self.assertLess(time.monotonic() - started, 0.7 + SLACK)
                self.assertEqual((seen["completed"], seen["stage"], seen["client_certificate"]), (False, "handshake", "no"))
                self.assertIn(seen["reason"], reasons, seen["detail"])
                self.assertTrue(seen["detail"])

    def test_nobody_there(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        seen = self.shake(port, self.root)
        self.assertEqual((seen["completed"], seen["reason"], seen["stage"], seen["local_port"]),
                         (False, "connect-refused", "connect", None))

    def test_listening_ends_whatever_is_said(self):
        for version, number in TLS_VERSIONS.items():
            with self.subTest(version):
                peer = self.secure_peer(hostile.drips_a_record, number)
                started = time.monotonic()
                seen = self.shake(peer.port, self.root, deadline_ms=30000)
                self.assertLess(time.monotonic() - started, 0.3 + SLACK)
                self.assertEqual((seen["completed"], seen["reason"]), (True, None))

    def test_an_answer_to_a_head_is_bounded(self):
        for play, seconds, more in ((hostile.endless_server_field, 2, {}), (hostile.drips_a_head, 2, {}),
                                    (hostile.drips_a_record, 2, {}), (lambda secure, stopped: stopped.wait(20), 2, {}),
                                    (hostile.drips_a_head, 0.7, {"deadline_ms": 700})):
            peer = self.secure_peer(play)
            started = time.monotonic()
            seen = self.shake(peer.port, self.root, keys={"http": True}, **more)
            self.assertLess(time.monotonic() - started, seconds + SLACK)
            self.assertEqual((seen["completed"], seen["reason"], seen["http_server"]), (True, None, None))

    def test_garbage_behind_the_handshake(self):
        def play(secure, stopped):
            with socket.socket(fileno=os.dup(secure.fileno())) as raw:
                raw.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
                stopped.wait(5)
        seen = self.shake(self.secure_peer(play).port, self.root, keys={"http": True})
        self.assertEqual((seen["completed"], seen["reason"], seen["stage"]), (True, "tls-protocol", "after-handshake"))
        self.assertEqual(seen["alert"]["direction"], "sent")

    def test_a_certificate_of_a_megabyte(self):
        leaf = self.maker.write("big.pem", self.maker.leaf(padding=1 << 20))
        peer = hostile.TlsPeer(leaf, self.key_path)
        self.addCleanup(peer.close)
        for version in TLS_VERSIONS:
            with self.subTest(version):
                seen = self.shake(peer.port, self.root, tls={"min": version, "max": version})
                self.assertEqual((seen["completed"], seen["reason"], seen["sent"]), (False, "tls-protocol", []))
                self.assertIn("excessive message size", seen["native"]["text"])

    def test_certificates_of_64_kilobytes_fit(self):
        leaf = self.maker.write("big.pem", self.maker.leaf(padding=65000))
        peer = hostile.TlsPeer(leaf, self.key_path)
        self.addCleanup(peer.close)
        seen = self.shake(peer.port, self.root)
        self.assertEqual((seen["completed"], seen["chain"]["verified"], len(seen["sent"])), (True, True, 1))
        self.assertNotIn("cut", seen)


if __name__ == "__main__":
    main()
