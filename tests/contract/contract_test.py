#!/usr/bin/env python3
"""The contract of clients/README.md, the same for every client program.

CONTRACT_PROGRAM names the program, CONTRACT_STACK what it has to call itself. The lab plays the
server, so that the client's word can be held against what the server saw.
"""

import itertools
import json
import os
import queue
import re
import subprocess
import threading
import time

import hostile
from lab import Lab
from patience import HANG_S
from programs import ProgramTest, main

PROGRAM = os.environ["CONTRACT_PROGRAM"]
STACK = os.environ["CONTRACT_STACK"]

CAPABILITIES = {"tls1.2", "tls1.3", "status-request", "multi-staple", "native-must-staple", "native-staple-check",
                "native-ocsp-fetch", "crl", "at-time", "keylog", "examine"}
ANSWER_KEYS = {"id", "outcome", "reason", "detail", "stage", "native", "alert", "assurance", "tls", "certificate",
               "chain", "staples", "fetches", "timing_us", "local_port"}
OUTCOMES = {"connect", "warn", "reject", "unsupported", "error"}

# The built-in policies of clients/classes.yaml, written out: what they want is the contract.
NEXT = {"on_" + what: "next" for what in ("missing", "unknown", "stale", "malformed", "bad_signature",
                                          "wrong_certificate", "error_response")}
CHECKS = {"asks_staple": "yes", "checks_staple": "full", "skew_s": 300, "max_age_s": 604800}
POLICIES = {
    "no-check": {},
    "soft-fail": {**CHECKS, **NEXT, "fetches_ocsp": "leaf", "uses_crl": "fallback", "timeout_ms": 2000,
                  "on_unavailable": "warn"},
    "hard-fail": {**CHECKS, **NEXT, "fetches_ocsp": "leaf", "uses_crl": "fallback", "timeout_ms": 4000,
                  "on_unavailable": "reject"},
    "must-staple": {**CHECKS, **NEXT, "must_staple": "valid", "on_unavailable": "warn"},
    "require-staple": {**CHECKS, **{axis: "reject" for axis in NEXT}, "requires_staple": "yes",
                       "on_unavailable": "reject"},
}

NO_STAPLE = {"present": "false"}
# name: what is stapled
STAPLES = {
    "good": {},
    "good-by-sha256": {"certid_hash": "sha256"},
    "good-by-delegate": {"signer": "delegate"},
    "missing": NO_STAPLE,
    "stale": {"next_update": "-1h"},
    "revoked": {"status": "revoked"},
    "stale-revoked": {"status": "revoked", "next_update": "-1h"},
    "unknown": {"status": "unknown"},
    "future": {"this_update": "2d"},
    "other-serial": {"certid": "wrong-serial"},
    "other-issuer": {"certid": "wrong-issuer"},
    "corrupt": {"signature": "corrupt"},
    "by-unrelated": {"signer": "unrelated"},
    "by-impostor": {"signer": "impostor"},
    "by-leaf": {"signer": "leaf"},
    "by-root": {"signer": "root"},
    "by-delegate-without-eku": {"signer": "delegate-no-eku"},
    "by-expired-delegate": {"signer": "delegate-expired"},
    "by-delegate-of-root": {"signer": "delegate-of-root"},
    "forged-revoked": {"signer": "impostor", "status": "revoked"},
    "try-later": {"response": "try-later"},
    "garbage": {"encoding": "garbage"},
    "truncated": {"encoding": "truncated"},
    "trailing": {"encoding": "trailing"},
    "no-bytes": {"encoding": "no-bytes"},
    "empty": {"encoding": "empty"},
}
CHECK_OF = {
    "good": "good", "good-by-sha256": "good", "good-by-delegate": "good", "stale": "stale", "revoked": "revoked",
    "stale-revoked": "stale", "unknown": "unknown", "future": "not-yet-valid", "other-serial": "wrong-certificate",
    "other-issuer": "wrong-certificate", "corrupt": "bad-signature", "by-unrelated": "unauthorized-signer",
    "by-impostor": "bad-signature", "by-leaf": "unauthorized-signer", "by-root": "unauthorized-signer",
    "by-delegate-without-eku": "unauthorized-signer", "by-expired-delegate": "unauthorized-signer",
    "by-delegate-of-root": "unauthorized-signer", "forged-revoked": "bad-signature", "try-later": "error-response",
    "garbage": "malformed", "truncated": "malformed", "trailing": "malformed", "no-bytes": "malformed",
}
GOOD = [name for name, check in CHECK_OF.items() if check == "good"]
REVOKED = ["revoked", "stale-revoked"]
# What the alert of a rejection may be: a stack that cannot choose sends its own.
ALERTS = {
    "openssl": {"staple": {113}, "revoked": {113, 44}, "other": {113, 42}},
    "gnutls": {"staple": {113}, "revoked": {44}, "other": {42}},
    "mbedtls": {"staple": {49}, "revoked": {44}, "other": {49}},
}


def situation(staple=None, must_staple=False, ocsp_url=False, **sections):
    return {"certificate": {"must_staple": "true" if must_staple else "false",
                            "ocsp_url": "true" if ocsp_url else "false", **sections.pop("certificate", {})},
            "server.staple": dict(staple or {}), **sections}


def all_situations():
    """{scenario id: situation}: staples on plain and must-staple certificates, responders, CRLs, chains."""
    all_of_them = {}
    for name, staple in STAPLES.items():
        all_of_them["staple-" + name] = situation(staple)
        all_of_them["must-" + name] = situation(staple, must_staple=True)
        if name != "missing":
            all_of_them["ocsp-" + name] = situation(NO_STAPLE, ocsp_url=True, responder=staple)
    for name, crl in {"good": {}, "revoked": {"status": "revoked"}, "stale": {"next_update": "-1h"},
                      "corrupt": {"signature": "corrupt"}, "unrelated": {"signer": "unrelated"},
                      "garbage": {"encoding": "garbage"}}.items():
        all_of_them["crl-" + name] = situation(NO_STAPLE, certificate={"crl_url": "true"},
                                               crl={"behaviour": "answer", **crl})
    for chain in ("no-intermediate", "untrusted", "self-signed"):
        all_of_them["chain-" + chain] = situation(certificate={"chain": chain})
    all_of_them["chain-name"] = situation(certificate={"name": "mismatch"})
    all_of_them["chain-expired"] = situation(certificate={"starts": "-100d", "lifetime": "90d"})
    all_of_them["responder-refuses"] = situation(NO_STAPLE, ocsp_url=True, responder={"behaviour": "refuse"})
    all_of_them["responder-503"] = situation(NO_STAPLE, ocsp_url=True, responder={"http": "503"})
    return all_of_them


class Client:
    """One running client program."""

    def __init__(self, test):
        self.process = test.start(program=PROGRAM, stdin=subprocess.PIPE)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, data):
        self.process.stdin.write(data if isinstance(data, bytes) else json.dumps(data).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self, timeout=HANG_S):
        line = self.lines.get(timeout=timeout)
        return None if line is None else json.loads(line)

    def ask(self, request, timeout=HANG_S):
        self.send(request)
        return self.receive(timeout)

    def end(self, timeout=HANG_S):
        self.process.stdin.close()
        status = self.process.wait(timeout)
        self.reader.join(5)
        return status


class Contract(ProgramTest):
    def describe(self):
        result = self.run_program(PROGRAM, "--describe")
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(result.out.count("\n"), 1, "one line")
        return result.document()

    def start_client(self):
        client = Client(self)
        self.addCleanup(client.process.stdin.close)
        return client

    def request(self, port, **more):
        return {"id": "1", "connect": {"address": "127.0.0.1", "port": port}, "server_name": "x.test",
                "trust": "/nonexistent/root.pem", **more}

    def check_shape(self, answer):
        self.assertEqual(set(answer), ANSWER_KEYS)
        self.assertIn(answer["outcome"], OUTCOMES)
        self.assertIn(answer["assurance"], {"good", "none", "revoked"})
        self.assertTrue(answer["detail"])
        self.assertLess(len(answer["detail"]), 512)


class Protocol(Contract):
    def test_describe_says_what_the_stack_can_and_why_not(self):
        about = self.describe()
        self.assertEqual(about["protocol"], 1)
        self.assertEqual(about["stack"], STACK)
        self.assertRegex(about["version"], r"^\d+\.\d+")
        self.assertGreaterEqual(about["max_concurrency"], 1)
        self.assertEqual(set(about["capabilities"]) | set(about["lacks"]), CAPABILITIES)
        self.assertEqual(set(about["capabilities"]) & set(about["lacks"]), set())
        for why in about["lacks"].values():
            self.assertGreater(len(why), 10)

    def test_what_is_not_known_is_unsupported(self):
        client = self.start_client()
        rows = {
            "unknown key": {"colour": "green"},
            "unknown key of connect": {"connect": {"address": "127.0.0.1", "port": 9, "host": "x"}},
            "unknown axis": {"policy": {"asks_nicely": "yes"}},
            "unknown value": {"policy": {"asks_staple": "perhaps"}},
            "number out of range": {"policy": {"skew_s": -1}},
            "text for a number": {"policy": {"timeout_ms": "soon"}},
            "contradiction of types": {"policy": {"scope": 3}},
            "unknown enforcement": {"enforcement": "wishful"},
            "unknown TLS version": {"tls": {"min": "1.2", "max": "1.4"}},
            "unknown starttls protocol": {"starttls": "gopher"},
        }
        for name, more in rows.items():
            with self.subTest(name):
                answer = client.ask({**self.request(9), **more, "id": name})
                self.assertEqual((answer["id"], answer["outcome"], answer["reason"]),
                                 (name, "unsupported", "policy-unsupported"), answer)
                self.assertTrue(answer["detail"])
        self.assertEqual(client.end(), 0)

    def test_what_is_no_request_is_answered_and_ends_nothing(self):
        client = self.start_client()
        for line in (b"garbage\n", b"[]\n", b"{}\n", b'{"id": 7}\n', b'{"id": "a", "id": "b"}\n', b"\xff\xfe\n",
                     b'{"id": "x"' + b" " * 70000 + b"\n", b'{"a":' * 3000 + b"\n"):
            with self.subTest(line[:20]):
                client.send(line)
                answer = client.receive()
                self.assertIsNone(answer["id"])
                self.assertEqual((answer["outcome"], answer["reason"]), ("error", "program-protocol"))
        answer = client.ask({**self.request(9), "policy": {"nonsense": 1}})
        self.assertEqual(answer["outcome"], "unsupported", "it goes on after all that")
        self.assertEqual(client.end(), 0)

    def test_a_wrong_option_is_2_and_says_how(self):
        for arguments in (["--clock-offset"], ["--clock-offset", "soon"], ["--clock-offset", "1.5"], ["--at", "1"],
                          ["--describe", "--describe"], ["--clock-offset", "99999999999999999999"]):
            with self.subTest(arguments):
                result = self.run_program(PROGRAM, *arguments)
                self.assertEqual(result.status, 2, str(result))
                self.assertIn("Usage:", result.err)
                self.assertEqual(result.out, "")

    def test_the_end_of_input_ends_the_program(self):
        started = time.monotonic()
        client = self.start_client()
        self.assertEqual(client.end(), 0)
        self.assertIsNone(client.receive())
        self.assertLess(time.monotonic() - started, 10)

    def test_half_a_line_at_the_end_is_no_crash(self):
        client = self.start_client()
        client.send(b'{"id": "half')
        self.assertEqual(client.end(), 0)

    def test_requests_in_flight_are_answered_before_the_end(self):
        peer = hostile.Peer(hostile.silent)
        self.addCleanup(peer.close)
        trust = self.path("root.pem")
        self.assertEqual(0, subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
             "/CN=root", "-keyout", self.path("key.pem"), "-out", trust], capture_output=True, check=False).returncode)
        client = self.start_client()
        for number in range(3):
            client.send({**self.request(peer.port), "trust": trust, "id": str(number), "deadline_ms": 700})
        self.assertEqual(client.end(), 0)
        answers = [client.receive() for _ in range(3)]
        self.assertEqual({answer["id"] for answer in answers}, {"0", "1", "2"})
        self.assertEqual({answer["reason"] for answer in answers}, {"tls-timeout"})

    def test_a_trust_file_that_is_none_is_an_error(self):
        peer = hostile.Peer(hostile.closes_after_hello)
        self.addCleanup(peer.close)
        client = self.start_client()
        for name, trust in {"absent": "/nonexistent/root.pem", "empty": self.write("empty.pem", ""),
                            "no certificate": self.write("text.pem", "hello %s %n\n"),
                            "a directory": self.directory}.items():
            with self.subTest(name):
                answer = client.ask({**self.request(peer.port), "trust": trust})
                self.assertEqual(answer["outcome"], "error", answer["detail"])
                self.check_shape(answer)
        self.assertEqual(client.end(), 0)


class Deadlines(Contract):
    ROWS = {**hostile.HANDSHAKES, "mail banner": (hostile.banner, {"tls-protocol"})}

    def setUp(self):
        super().setUp()
        self.lab = Lab(self, self.directory, [{"id": "x", "host": "x.lab.localhost", "situation": situation()}])
        self.addCleanup(self.lab.close)

    def test_no_server_outlives_the_deadline(self):
        for enforcement in ("application", "native"):
            client = self.start_client()
            for name, (play, reasons) in self.ROWS.items():
                with self.subTest(name, enforcement=enforcement):
                    peer = hostile.Peer(play)
                    self.addCleanup(peer.close)
                    started = time.monotonic()
                    answer = client.ask({**self.request(peer.port), "enforcement": enforcement, "deadline_ms": 1000,
                                         "trust": self.lab.ready["trust"], "policy": POLICIES["hard-fail"]
                                         if enforcement == "application" else {}})
                    self.assertEqual(answer["outcome"], "error")
                    self.assertIn(answer["reason"], reasons, answer["detail"])
                    self.assertEqual(answer["stage"], "handshake")
                    self.assertLess(time.monotonic() - started, 3)
                    self.check_shape(answer)
                    peer.close()
            self.assertEqual(client.end(), 0)

    def test_a_received_alert_is_reported(self):
        peer = hostile.Peer(hostile.alert)
        self.addCleanup(peer.close)
        client = self.start_client()
        answer = client.ask({**self.request(peer.port), "trust": self.lab.ready["trust"]})
        self.assertEqual(answer["alert"], {"direction": "received", "number": 40, "name": "handshake_failure"})
        self.assertEqual(client.end(), 0)


class Handshakes(Contract):
    """Every situation under every policy, many in flight, and what the lab saw of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answers = None

    def setUp(self):
        super().setUp()
        self.situations = all_situations()
        self.about = self.describe()
        self.asks = "status-request" in self.about["capabilities"]
        if type(self).answers is None:
            type(self).answers, type(self).seen, type(self).untrusted = self.run_everything()

    def requests(self, ready):
        """Each with a host name of its own, by which the lab's events are found: the system gives a
        local port to more than one of so many connections."""
        serial = itertools.count()
        for scenario in self.situations:
            for policy in (*POLICIES, "native"):
                for tls in ("1.2", "1.3"):
                    if "tls" + tls not in self.about["capabilities"]:
                        continue
                    request = {"id": f"{scenario}|{policy}|{tls}", "tls": {"min": tls, "max": tls},
                               "connect": {"address": "127.0.0.1", "port": ready["tls_port"]},
                               "server_name": f"c{next(serial)}." + ready["scenarios"][scenario]["host"], "trust": ready["trust"]}
                    if policy == "native":
                        request["enforcement"] = "native"
                    else:
                        request["policy"] = POLICIES[policy]
                    yield request

    def run_everything(self):
        lab = Lab(self, self.directory, [{"id": name, "host": name + ".lab.localhost", "situation": one}
                                         for name, one in self.situations.items()])
        client = self.start_client()
        requests = list(self.requests(lab.ready))
        feeder = threading.Thread(target=lambda: [client.send(request) for request in requests])
        feeder.start()
        answers = {}
        for _ in requests:
            answer = client.receive(60)
            self.assertNotIn(answer["id"], answers, "answered twice")
            answers[answer["id"]] = answer
        feeder.join()
        self.assertEqual(set(answers), {request["id"] for request in requests})
        good = next(request for request in requests if request["id"].startswith("staple-good|no-check"))
        untrusted = client.ask({**good, "id": "untrusted", "server_name": "untrusted." + good["server_name"].split(".", 1)[1],
                                "trust": lab.ready["other_trust"]})
        self.assertEqual(client.end(), 0)
        time.sleep(0.5)  # the lab's last events
        lab.close()
        by_name = {event["sni"]: event for event in lab.events if event["event"] == "connection"}
        seen = {request["id"]: by_name.get(request["server_name"]) for request in requests}
        return answers, seen, untrusted

    def each(self, scenario, policy):
        found = [answer for name, answer in self.answers.items() if name.startswith(f"{scenario}|{policy}|")]
        self.assertTrue(found)
        return found

    def expect(self, scenario, policy, outcome, reason):
        for answer in self.each(scenario, policy):
            with self.subTest(answer["id"]):
                self.assertEqual((answer["outcome"], answer["reason"]), (outcome, reason), answer["detail"])

    def test_answers_have_their_shape(self):
        for answer in self.answers.values():
            self.check_shape(answer)

    def test_untrusted_is_rejected(self):
        self.assertEqual((self.untrusted["outcome"], self.untrusted["reason"]), ("reject", "chain-untrusted"))
        self.assertFalse(self.untrusted["chain"]["verified"])

    def test_chain_faults_have_their_reason(self):
        for policy in (*POLICIES, "native"):
            self.expect("chain-no-intermediate", policy, "reject", "chain-incomplete")
            self.expect("chain-untrusted", policy, "reject", "chain-untrusted")
            self.expect("chain-self-signed", policy, "reject", "chain-untrusted")
            self.expect("chain-name", policy, "reject", "chain-name")
            self.expect("chain-expired", policy, "reject", "chain-expired")

    def test_no_check_connects_to_everything(self):
        for name in STAPLES:
            self.expect("staple-" + name, "no-check", "connect", "not-checked")
            self.expect("must-" + name, "no-check", "connect", "not-checked")

    def test_staples_under_each_policy(self):
        if not self.asks:
            self.skipTest("this stack cannot ask for a staple")
        for name, check in CHECK_OF.items():
            reason = {"good": "status-good", "unknown": "status-unknown"}.get(check, "staple-" + check)
            for kind in ("staple-", "must-"):
                must = kind == "must-"
                for policy in ("soft-fail", "hard-fail", "must-staple", "require-staple"):
                    if name in GOOD:
                        self.expect(kind + name, policy, "connect", "status-good")
                    elif name in REVOKED:
                        self.expect(kind + name, policy, "reject", "status-revoked")
                    elif policy == "soft-fail" or (policy == "must-staple" and not must):
                        self.expect(kind + name, policy, "warn", reason)
                    else:
                        self.expect(kind + name, policy, "reject", reason)
                    for answer in self.each(kind + name, policy):
                        self.assertEqual(answer["staples"][0]["check"], check, answer["id"])

    def test_missing_staples_under_each_policy(self):
        reason = "staple-missing" if self.asks else "staple-not-supported"
        self.expect("staple-missing", "soft-fail", "warn", "responder-url-missing")
        self.expect("staple-missing", "hard-fail", "reject", "responder-url-missing")
        self.expect("staple-missing", "must-staple", "warn", reason)
        self.expect("must-missing", "must-staple", "reject", reason)
        self.expect("staple-missing", "require-staple", "reject", reason)
        if not self.asks:
            for name in STAPLES:
                self.expect("must-" + name, "must-staple", "reject", "staple-not-supported")
                self.expect("staple-" + name, "require-staple", "reject", "staple-not-supported")

    def test_an_empty_staple_ends_the_handshake_of_every_stack_that_asks(self):
        if not self.asks:
            self.skipTest("this stack cannot ask for a staple")
        for policy in ("soft-fail", "hard-fail", "must-staple", "require-staple"):
            self.expect("staple-empty", policy, "reject", "staple-malformed")

    def test_fetched_responses_are_checked_like_staples(self):
        for name, check in CHECK_OF.items():
            if name in GOOD:
                expected = ("connect", "status-good")
            elif name in REVOKED:
                expected = ("reject", "status-revoked")
            else:
                expected = ("reject", "status-unknown" if check == "unknown" else "responder-bad-answer")
            self.expect("ocsp-" + name, "hard-fail", *expected)
            for answer in self.each("ocsp-" + name, "hard-fail"):
                self.assertEqual([fetch["check"] for fetch in answer["fetches"]], [check], answer["id"])
        self.expect("responder-refuses", "hard-fail", "reject", "responder-connect")
        self.expect("responder-503", "soft-fail", "warn", "responder-http")

    def test_crls_are_checked(self):
        self.expect("crl-good", "hard-fail", "connect", "status-good")
        self.expect("crl-revoked", "soft-fail", "reject", "status-revoked")
        for name, check in {"stale": "stale", "corrupt": "bad-signature", "unrelated": "unauthorized-signer",
                            "garbage": "malformed"}.items():
            self.expect("crl-" + name, "hard-fail", "reject", "crl-bad-answer")
            for answer in self.each("crl-" + name, "hard-fail"):
                self.assertEqual([fetch["check"] for fetch in answer["fetches"]], [check], answer["id"])

    def test_assurance_is_good_only_with_a_good_answer(self):
        for answer in self.answers.values():
            if answer["assurance"] != "good":
                continue
            checks = [one["check"] for one in answer["staples"] + answer["fetches"]]
            self.assertEqual((answer["outcome"], answer["reason"]), ("connect", "status-good"), answer["id"])
            self.assertIn("good", checks, answer["id"])

    def test_the_server_saw_what_the_client_says(self):
        for answer in self.answers.values():
            with self.subTest(answer["id"]):
                event = self.seen[answer["id"]]
                self.assertIsNotNone(event, "the lab saw no such connection")
                self.assertEqual(event["peer_port"], answer["local_port"])
                self.assertEqual(event["completed"], answer["outcome"] in ("connect", "warn"))
                sent = answer["alert"] is not None and answer["alert"]["direction"] == "sent"
                self.assertEqual(event["alert"] and event["alert"]["number"],
                                 answer["alert"]["number"] if sent else None)
                if answer["outcome"] in ("connect", "warn"):
                    self.assertEqual(event["tls"], answer["tls"]["version"])

    def test_a_staple_is_requested_only_where_it_is_used(self):
        for answer in self.answers.values():
            policy = answer["id"].split("|")[1]
            if policy == "native":
                continue
            with self.subTest(answer["id"]):
                wants = self.asks and policy != "no-check"
                self.assertEqual(self.seen[answer["id"]]["status_request"], wants)

    def test_rejections_end_the_handshake_with_an_alert(self):
        for answer in self.answers.values():
            if (answer["outcome"] != "reject" or "|native|" in answer["id"] or "-empty|" in answer["id"] or
                    answer["reason"].startswith("chain-")):
                continue
            kind = ("revoked" if answer["reason"] == "status-revoked" else "staple" if
                    answer["reason"].startswith("staple-") else "other")
            with self.subTest(answer["id"]):
                self.assertEqual(answer["stage"], "handshake")
                allowed = ALERTS[STACK][kind] | (ALERTS[STACK]["staple"] if answer["reason"] == "status-unknown"
                                                 else set())
                self.assertIn(answer["alert"]["number"], allowed)

    def test_the_certificate_is_described(self):
        for answer in self.each("must-good", "no-check") + self.each("ocsp-good", "no-check"):
            certificate = answer["certificate"]
            self.assertEqual(certificate["must_staple"], answer["id"].startswith("must-"))
            self.assertEqual(len(certificate["ocsp_urls"]), 0 if certificate["must_staple"] else 1)
            self.assertRegex(certificate["sha256"], "^[0-9a-f]{64}$")
            self.assertRegex(certificate["serial"], "^[1-9a-f][0-9a-f]*$")
            self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", certificate["not_after"]))
            self.assertTrue(answer["chain"]["verified"])

    def test_native_must_staple_only_where_the_stack_has_it(self):
        has_it = "native-must-staple" in self.about["capabilities"]
        for answer in self.each("must-missing", "native"):
            self.assertEqual(answer["outcome"], "reject" if has_it else "connect")
        checks = "native-staple-check" in self.about["capabilities"]
        for answer in self.each("staple-revoked", "native"):
            self.assertEqual(answer["outcome"], "reject" if checks else "connect")


if __name__ == "__main__":
    main()
