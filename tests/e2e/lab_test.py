#!/usr/bin/env python3
"""The lab's program against real peers: openssl s_client, openssl ocsp, curl, Python's ssl."""

import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import time

from lab import Lab
from patience import HANG_S
from programs import LAB, ProgramTest, main, needs

HOST = "127.0.0.1"


def scenario(name, **sections):
    """One scenario of the first control line; `server_staple` stands for the section server.staple."""
    return {"id": name, "host": f"{name}.lab.localhost",
            "situation": {key.replace("_", ".", 1) if key == "server_staple" else key: value
                          for key, value in sections.items()}}


class LabTest(ProgramTest):
    def started(self, *scenarios):
        lab = Lab(self, self.path("lab"), list(scenarios))
        self.addCleanup(lab.process.stdin.close)
        return lab

    def tool(self, name, *arguments, **options):
        return self.run_program(shutil.which(name), *arguments, timeout=HANG_S, **options)

    def curl(self, lab, name, *arguments):
        port = lab.ready["tls_port"]
        host = f"{name}.lab.localhost"
        return self.tool("curl", "-sS", "--cacert", lab.ready["trust"], "--resolve", f"{host}:{port}:{HOST}",
                         *arguments, f"https://{host}:{port}/")

    def fetch(self, url, *arguments):
        """curl's exit status and "HTTP-STATUS TYPE" of a plain fetch."""
        result = self.tool("curl", "-sS", "-m", "2", "-L", "--max-redirs", "3", "-o", self.path("body"),
                           "-w", "%{http_code} %{content_type}", *arguments, url)
        return result.status, result.out

    def body(self):
        with open(self.path("body"), "rb") as file:
            return file.read()

    def events(self, lab, kind, num=1):
        """The next num events of a kind, which are taken away."""
        def found():
            of_kind = [event for event in lab.events if event["event"] == kind]
            return of_kind if len(of_kind) >= num else None
        events = self.wait_until(found, f"{num} events {kind} among {lab.events}")[:num]
        for event in events:
            lab.events.remove(event)
        return events

    def export(self, lab, name):
        directory = self.path("export-" + name)
        lab.command(command="export", scenario=name, directory=directory)
        return directory


class Readiness(LabTest):
    def test_ready_says_where_everything_is(self):
        lab = self.started(scenario("good"), scenario("bare", certificate={"ocsp_url": "false"}))
        ready = lab.ready
        self.assertEqual(len({ready["tls_port"], ready["http_port"], ready["refused_port"]}), 3)
        self.assertEqual(ready["trust"], self.path("lab", "root.pem"))
        for key in ("trust", "other_trust"):
            with open(ready[key], encoding="ascii") as file:
                self.assertIn("BEGIN CERT" + "IFICATE", file.read())
        good, bare = ready["scenarios"]["good"], ready["scenarios"]["bare"]
        self.assertEqual(good["ocsp_url"], f"http://{HOST}:{ready['http_port']}/good/ocsp")
        self.assertIsNone(good["crl_url"])
        self.assertIsNone(bare["ocsp_url"])
        self.assertNotEqual(good["serial"], bare["serial"])
        age = time.time() - time.mktime(time.strptime(ready["started"] + "UTC", "%Y-%m-%dT%H:%M:%SZ%Z"))
        self.assertLess(abs(age + time.timezone), 60)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((HOST, ready["refused_port"]), HANG_S)
        lab.close()

    def test_only_loopback_is_listened_on(self):
        lab = self.started(scenario("good"))
        ports = {f"{lab.ready[key]:04X}" for key in ("tls_port", "http_port")}
        found = set()
        for table in ("tcp", "tcp6"):
            with open(f"/proc/net/{table}", encoding="ascii") as file:
                for line in file.readlines()[1:]:
                    address, port = line.split()[1].split(":")
                    if port in ports and line.split()[3] == "0A":
                        self.assertEqual((table, address), ("tcp", "0100007F"))
                        found.add(port)
        self.assertEqual(found, ports)
        lab.close()

    def test_two_hundred_scenarios_start_at_once(self):
        began = time.monotonic()
        lab = self.started(*(scenario(f"s{number}") for number in range(200)))
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(len({entry["serial"] for entry in lab.ready["scenarios"].values()}), 200)
        lab.close()

    def refused(self, data, words):
        result = subprocess.run([LAB, "--directory", self.path("lab")], input=data, capture_output=True, timeout=HANG_S,
                                env=self.environment, check=False)
        self.assertEqual(result.returncode, 2, result)
        failed = [json.loads(line) for line in result.stdout.splitlines()
                  if json.loads(line)["event"] == "failed"]
        self.assertEqual(len(failed), 1, result)
        self.assertIn(words, failed[0]["text"])
        self.assertIn(words.encode(), result.stderr)

    def test_wrong_input_is_an_event_and_exit_status_2(self):
        good = json.dumps({"protocol": 1, "scenarios": []}).encode() + b"\n"
        rows = {
            "no JSON": (b"hello\n", "not JSON"),
            "no object": (b"[]\n", "object"),
            "another protocol": (b'{"protocol": 2, "scenarios": []}\n', "protocol"),
            "no scenarios": (b'{"protocol": 1}\n', "scenarios"),
            "an unknown key": (b'{"protocol": 1, "scenarios": [], "x": 1}\n', "unknown key 'x'"),
            "an unknown value": (json.dumps({"protocol": 1, "scenarios": [
                scenario("a", server_staple={"signer": "isuer"})]}).encode() + b"\n", "did you mean 'issuer'"),
            "half a line": (good + b'{"command": ', "ends within a line"),
            "a command that is no JSON": (good + b"{]\n", "not JSON"),
            "an endless line": (b" " * (17 << 20), "longer than"),
        }
        for name, (data, words) in rows.items():
            with self.subTest(name):
                self.refused(data, words)

    def test_the_command_line(self):
        self.assertIn("--directory", self.run_program(LAB, "--help").out)
        self.assertEqual(self.run_program(LAB).status, 2)
        self.assertEqual(self.run_program(LAB, "--directory", self.path("x"), "more").status, 2)
        lost = self.path("no", "such", "place")
        result = subprocess.run([LAB, "--directory", lost], input=b'{"protocol": 1, "scenarios": []}\n', timeout=HANG_S,
                                capture_output=True, env=self.environment, check=False)
        self.assertEqual(result.returncode, 3, result)
        self.assertIn(lost.encode(), result.stdout)

    def test_it_ends_at_the_end_of_input_and_on_signals(self):
        for end in (signal.SIGTERM, signal.SIGINT, None):
            with self.subTest(end):
                lab = self.started(scenario("good"))
                with socket.create_connection((HOST, lab.ready["tls_port"])):
                    if end:
                        lab.process.send_signal(end)
                    else:
                        lab.process.stdin.close()
                    self.assertEqual(lab.process.wait(HANG_S), 0)


class Endpoint(LabTest):
    @needs("openssl", "gnutls-cli")
    def test_clients_receive_the_staple_bytes(self):
        lab = self.started(scenario("good"), scenario("none", server_staple={"present": "false"}))
        for name in ("good", "c1.good", "none"):
            host, port, saved = f"{name}.lab.localhost", lab.ready["tls_port"], self.path(name + ".ocsp")
            programs = {
                "openssl": ("s_client", "-status", "-CAfile", lab.ready["trust"], "-verify_return_error",
                            "-verify_hostname", host, "-servername", host, "-connect", f"{HOST}:{port}"),
                "gnutls-cli": ("--x509cafile", lab.ready["trust"], "--verify-hostname", host, "--sni-hostname", host,
                               "--save-ocsp", saved, "-p", str(port), HOST)}
            for program, arguments in programs.items():
                with self.subTest(name, program=program):
                    result = self.tool(program, *arguments)
                    self.assertEqual(result.status, 0, str(result))
                    event, = self.events(lab, "connection")
                    self.assertEqual((event["sni"], event["scenario"]), (host, name.split(".")[-1]))
                    self.assertEqual((event["tls"], event["completed"], event["alert"]), ("1.3", True, None))
                    self.assertTrue(event["status_request"])
                    self.assertEqual(event["staple"] is None, name == "none")
            with self.subTest(name, what="bytes"):
                with open(saved, "rb") as file:
                    data = file.read()
                self.assertEqual(hashlib.sha256(data).hexdigest() if data else None,
                                 event["staple"]["sha256"] if event["staple"] else None)
        lab.close()

    @needs("curl")
    def test_curl_judges_each_staple(self):
        rows = {
            "good": ({}, 0), "revoked": ({"status": "revoked"}, 91), "unknown": ({"status": "unknown"}, 91),
            "none": ({"present": "false"}, 91), "stale": ({"this_update": "-4d", "next_update": "-1h"}, 91),
            "future": ({"this_update": "1h"}, 91), "delegate": ({"signer": "delegate"}, 0),
            "no-eku": ({"signer": "delegate-no-eku"}, 91), "unrelated": ({"signer": "unrelated"}, 91),
            "impostor": ({"signer": "impostor"}, 91), "corrupt": ({"signature": "corrupt"}, 91),
            "serial": ({"certid": "wrong-serial"}, 91), "later": ({"response": "try-later"}, 91),
            "garbage": ({"encoding": "garbage"}, 91), "html": ({"encoding": "html"}, 91),
        }
        lab = self.started(*(scenario(name, server_staple=fields) for name, (fields, _) in rows.items()))
        for name, (_, status) in rows.items():
            with self.subTest(name):
                result = self.curl(lab, name, "--cert-status")
                self.assertEqual(result.status, status, str(result))
                event, = self.events(lab, "connection")
                self.assertTrue(event["status_request"])
        self.assertEqual(self.curl(lab, "none").out, "revoscope lab: none\n")
        event, = self.events(lab, "connection")
        self.assertFalse(event["status_request"])
        lab.close()

    @needs("curl")
    def test_chains_are_refused_and_the_alert_is_reported(self):
        rows = {"untrusted": 48, "no-intermediate": 48, "self-signed": 48}
        lab = self.started(*(scenario(name, certificate={"chain": name}) for name in rows))
        for name, number in rows.items():
            with self.subTest(name):
                self.assertEqual(self.curl(lab, name).status, 60)
                event, = self.events(lab, "connection")
                self.assertEqual((event["completed"], event["alert"]["number"]), (False, number))
        lab.close()

    def handshake(self, lab, host):
        context = ssl.create_default_context(cafile=lab.ready["trust"])
        with socket.create_connection((HOST, lab.ready["tls_port"]), HANG_S) as raw:
            with context.wrap_socket(raw, server_hostname=host) as secure:
                return secure.version()

    def test_an_unknown_name_gets_unrecognized_name(self):
        lab = self.started(scenario("good"))
        with self.assertRaisesRegex(ssl.SSLError, "UNRECOGNIZED_NAME"):
            self.handshake(lab, "other.lab.localhost")
        event, = self.events(lab, "connection")
        self.assertEqual((event["sni"], event["scenario"]), ("other.lab.localhost", None))
        lab.close()

    def test_idle_connections_block_nobody_and_nothing_is_left(self):
        lab = self.started(scenario("good"))
        descriptors = f"/proc/{lab.process.pid}/fd"
        before = len(os.listdir(descriptors))
        idle = [socket.create_connection((HOST, lab.ready["tls_port"]), HANG_S) for _ in range(200)]
        began = time.monotonic()
        for number in range(50):
            self.assertEqual(self.handshake(lab, f"c{number}.good.lab.localhost"), "TLSv1.3")
        self.assertLess(time.monotonic() - began, 10)
        for connection in idle:
            connection.close()
        self.events(lab, "connection", 250)
        self.wait_until(lambda: len(os.listdir(descriptors)) == before, "all descriptors closed")
        lab.close()

    def test_a_reader_that_does_not_read_stops_no_handshake(self):
        process = self.start("--directory", self.path("lab"), program=LAB, stdin=subprocess.PIPE)
        process.stdin.write(json.dumps({"protocol": 1, "scenarios": [scenario("good")]}).encode() + b"\n")
        process.stdin.flush()
        ready = json.loads(process.stdout.readline())
        context = ssl.create_default_context(cafile=ready["trust"])
        name = "x" * 63 + ".good.lab.localhost"
        for _ in range(400):  # some 150 kB of events, more than a pipe holds
            with socket.create_connection((HOST, ready["tls_port"]), HANG_S) as raw:
                context.wrap_socket(raw, server_hostname=name).close()
        process.stdin.close()
        events = [json.loads(line) for line in process.stdout]
        self.assertEqual(process.wait(HANG_S), 0)
        self.assertEqual([event["sni"] for event in events], [name] * 400)


class Responder(LabTest):
    def ocsp(self, lab, name, *arguments):
        directory = self.export(lab, name)
        return self.tool("openssl", "ocsp", *arguments, "-issuer", f"{directory}/chain.pem", "-cert",
                         f"{directory}/cert.pem", "-url", lab.ready["scenarios"][name]["ocsp_url"],
                         "-CAfile", lab.ready["trust"])

    @needs("openssl")
    def test_openssl_asks_by_post(self):
        lab = self.started(*(scenario(name, responder={"status": name}) for name in ("good", "revoked", "unknown")),
                           scenario("corrupt", responder={"signature": "corrupt"}),
                           scenario("later", responder={"response": "try-later"}))
        rows = {"good": "cert.pem: good", "revoked": "cert.pem: revoked", "unknown": "cert.pem: unknown",
                "corrupt": "Response Verify Failure", "later": "trylater"}
        for name, words in rows.items():
            for digest in ("-sha1", "-sha256"):
                with self.subTest(name, digest=digest):
                    result = self.ocsp(lab, name, digest)
                    self.assertIn(words, result.out + result.err, str(result))
                    # openssl sends a nonce and complains when it does not come back.
                    self.assertNotIn("nonce", result.err)
                    event, = self.events(lab, "request")
                    self.assertEqual((event["kind"], event["scenario"], event["method"], event["http_status"]),
                                     ("ocsp", name, "POST", 200))
        lab.close()

    @needs("openssl", "curl")
    def test_get_with_base64_gets_the_same_answer(self):
        lab = self.started(scenario("good"))
        directory = self.export(lab, "good")
        request = self.path("request.der")
        self.tool("openssl", "ocsp", "-issuer", f"{directory}/chain.pem", "-cert", f"{directory}/cert.pem",
                  "-no_nonce", "-reqout", request)
        text = self.tool("openssl", "base64", "-A", "-in", request).out.strip()
        url = lab.ready["scenarios"]["good"]["ocsp_url"]
        for name, path in {"plain": text, "escaped": text.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D"),
                           "without padding": text.rstrip("=")}.items():
            with self.subTest(name):
                self.assertEqual(self.fetch(f"{url}/{path}"), (0, "200 application/ocsp-response"))
                result = self.tool("openssl", "ocsp", "-respin", self.path("body"), "-issuer",
                                   f"{directory}/chain.pem", "-cert", f"{directory}/cert.pem", "-CAfile",
                                   lab.ready["trust"])
                self.assertIn("cert.pem: good", result.out, str(result))
        lab.close()

    @needs("openssl", "curl")
    def test_a_crl_is_what_openssl_takes(self):
        rows = {"good": ("good", 0), "revoked": ("revoked", 2)}
        lab = self.started(*(scenario(name, certificate={"crl_url": "true"},
                                      crl={"behaviour": "answer", "status": state})
                             for name, (state, _) in rows.items()))
        for name, (_, status) in rows.items():
            with self.subTest(name):
                directory = self.export(lab, name)
                url = lab.ready["scenarios"][name]["crl_url"]
                self.assertEqual(self.fetch(url), (0, "200 application/pkix-crl"))
                self.tool("openssl", "crl", "-inform", "DER", "-in", self.path("body"), "-out", self.path("crl.pem"))
                result = self.tool("openssl", "verify", "-crl_check", "-CRLfile", self.path("crl.pem"), "-CAfile",
                                   lab.ready["trust"], "-untrusted", f"{directory}/chain.pem", f"{directory}/cert.pem")
                self.assertEqual(result.status, status, str(result))
        lab.close()

    @needs("openssl")
    def test_the_intermediate_has_a_responder_too(self):
        lab = self.started(scenario("good", responder={"behaviour": "silent"}))
        directory = self.export(lab, "good")
        url = f"http://{HOST}:{lab.ready['http_port']}/intermediate/ocsp"
        self.assertIn(url, self.tool("openssl", "x509", "-noout", "-ocsp_uri", "-in", f"{directory}/chain.pem").out)
        result = self.tool("openssl", "ocsp", "-issuer", f"{directory}/root.pem", "-cert", f"{directory}/chain.pem",
                           "-url", url, "-CAfile", f"{directory}/root.pem")
        self.assertIn("chain.pem: good", result.out, str(result))
        event, = self.events(lab, "request")
        self.assertIsNone(event["scenario"])
        lab.close()

    @needs("curl")
    def test_each_fault_is_what_curl_reports(self):
        rows = {  # curl's exit status: 6 resolve, 7 connect, 28 time-out, 47 redirects, 56 receive
            "answer": (0, "200 application/ocsp-response"), "none": (0, "404 text/plain"),
            "unresolvable": (6, "000 "), "refuse": (7, "000 "), "silent": (28, "000 "),
            "reset": (56, "200 application/ocsp-response"), "wrong-type": (0, "200 text/html"),
            "endless": (28, "200 application/ocsp-response"), "drip": (28, "200 application/ocsp-response"),
            "redirect-loop": (47, "302 "),
        }
        extra = {"http": ({"http": "503"}, (0, "503 text/plain")),
                 "slow": ({"slow": "700ms"}, (0, "200 application/ocsp-response")),
                 "slower": ({"slow": "1min"}, (28, "000 "))}
        lab = self.started(*(scenario(name, responder={"behaviour": name}) for name in rows),
                           *(scenario(name, responder=fields) for name, (fields, _) in extra.items()))
        for name, wanted in {**rows, **{name: wanted for name, (_, wanted) in extra.items()}}.items():
            with self.subTest(name):
                self.assertEqual(self.fetch(lab.ready["scenarios"][name]["ocsp_url"] + "/MAA="), wanted)
                if name in ("unresolvable", "refuse"):
                    continue
                event = self.events(lab, "request", 4 if name == "redirect-loop" else 1)[-1]
                behaviour = "slow" if name == "slower" else name
                status = int(wanted[1][:3]) or None
                self.assertEqual((event["scenario"], event["behaviour"], event["http_status"], event["method"]),
                                 (name, behaviour, status, "GET"))
                # A slow response leaves when it is due, every other at once.
                self.assertGreaterEqual(event["ms"], 700 if name == "slow" else 0)
                if behaviour != "slow":
                    self.assertLess(event["ms"], 500)
        lab.close()

    @needs("curl")
    def test_those_who_wait_block_nobody(self):
        lab = self.started(scenario("silent", responder={"behaviour": "silent"}), scenario("good"),
                           scenario("drip", responder={"behaviour": "drip"}))
        port = lab.ready["http_port"]
        waiting = []
        for number in range(100):
            connection = socket.create_connection((HOST, port), HANG_S)
            connection.sendall([b"GET /silent/ocsp HTTP/1.1\r\n\r\n", b"GET /drip/ocsp HTTP/1.1\r\n\r\n",
                                b"GET /good/oc"][number % 3])
            waiting.append(connection)
        began = time.monotonic()
        for _ in range(10):
            self.assertEqual(self.fetch(lab.ready["scenarios"]["good"]["ocsp_url"])[0], 0)
        self.assertLess(time.monotonic() - began, 5)
        # What was half sent is answered when the rest has come.
        waiting[2].sendall(b"sp HTTP/1.0\r\n\r\n")
        self.assertIn(b"200 OK", waiting[2].recv(100))
        for connection in waiting:
            connection.close()
        lab.close()

    def test_those_who_leave_at_once_leave_nothing(self):
        behaviours = ("silent", "endless", "drip", "reset", "redirect-loop", "answer")
        lab = self.started(*(scenario(name, responder={"behaviour": name}) for name in behaviours),
                           scenario("slow", responder={"slow": "1min"}))
        descriptors = f"/proc/{lab.process.pid}/fd"
        before = len(os.listdir(descriptors))
        for name in (*behaviours, "slow"):
            for data in (f"GET /{name}/ocsp HTTP/1.1\r\n\r\n", f"GET /{name}/oc", ""):
                for _ in range(10):
                    with socket.create_connection((HOST, lab.ready["http_port"]), HANG_S) as connection:
                        connection.sendall(data.encode())
        self.wait_until(lambda: len(os.listdir(descriptors)) == before, "all descriptors closed")
        lab.close()

    @needs("curl")
    def test_bad_requests_get_their_answers(self):
        lab = self.started(scenario("good"))
        url = lab.ready["scenarios"]["good"]["ocsp_url"]
        self.assertEqual(self.fetch(f"http://{HOST}:{lab.ready['http_port']}/nothing"), (0, "404 text/plain"))
        self.assertEqual(self.fetch(url, "-X", "DELETE"), (0, "405 text/plain"))
        self.assertEqual(self.fetch(url, "--data-binary", "x" * 70000), (0, "413 text/plain"))
        for arguments in (["--data-binary", "hello"], []):
            self.assertEqual(self.fetch(url, *arguments), (0, "200 application/ocsp-response"))
            self.assertEqual(self.body(), bytes.fromhex("30030a0101"))  # malformedRequest
        with socket.create_connection((HOST, lab.ready["http_port"]), HANG_S) as connection:
            connection.sendall(b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\n\r\n")
            self.assertRegex(connection.recv(100), rb"^HTTP/1\.1 4\d\d ")
        lab.close()


class Commands(LabTest):
    @needs("curl")
    def test_the_port_can_be_closed_and_opened_again(self):
        lab = self.started(scenario("good"), scenario("silent", responder={"behaviour": "silent"}))
        url = lab.ready["scenarios"]["good"]["ocsp_url"]
        waiting = socket.create_connection((HOST, lab.ready["http_port"]), HANG_S)
        waiting.sendall(b"GET /silent/ocsp HTTP/1.1\r\n\r\n")
        self.events(lab, "request")
        lab.command(command="http", listen=False)
        lab.command(command="http", listen=False)
        self.assertEqual(self.fetch(url)[0], 7)
        with self.assertRaises(ConnectionResetError):
            while waiting.recv(100):
                pass
            raise ConnectionResetError  # an orderly end will do as well
        waiting.close()
        lab.command(command="http", listen=True)
        lab.command(command="http", listen=True)
        self.assertEqual(self.fetch(url)[0], 0)
        lab.close()

    @needs("curl")
    def test_a_responder_can_change(self):
        lab = self.started(scenario("good"))
        url = lab.ready["scenarios"]["good"]["ocsp_url"]
        for situation, wanted in (({"responder": {"http": "500"}}, (0, "500 text/plain")),
                                  ({"responder": {"behaviour": "silent"}}, (28, "000 ")),
                                  ({"responder": {}}, (0, "200 application/ocsp-response"))):
            lab.command(command="responder", scenario="good", situation=situation)
            self.assertEqual(self.fetch(url), wanted)
        lab.command(command="responder", scenario="good", situation={"crl": {"behaviour": "answer"}})
        self.assertEqual(self.fetch(url.replace("/ocsp", "/crl")), (0, "200 application/pkix-crl"))
        lab.close()

    def test_wrong_commands_fail_and_the_lab_goes_on(self):
        lab = self.started(scenario("good"), scenario("refused", responder={"behaviour": "refuse"}))
        rows = {
            "unknown command": {"command": "dance"}, "no command": {"x": 1},
            "unknown scenario": {"command": "responder", "scenario": "x", "situation": {}},
            "unknown key": {"command": "http", "listen": True, "x": 1},
            "no boolean": {"command": "http", "listen": "yes"},
            "no directory": {"command": "export", "scenario": "good"},
            "a directory that cannot be": {"command": "export", "scenario": "good", "directory": "/dev/null/x"},
            "another section": {"command": "responder", "scenario": "good", "situation": {"server": {}}},
            "a wrong value": {"command": "responder", "scenario": "good", "situation": {"responder": {"http": "x"}}},
            "what is in the URL": {"command": "responder", "scenario": "good",
                                   "situation": {"responder": {"behaviour": "refuse"}}},
            "what was in the URL": {"command": "responder", "scenario": "refused", "situation": {"responder": {}}},
        }
        for name, command in rows.items():
            with self.subTest(name):
                lab.process.stdin.write(json.dumps(command).encode() + b"\n")
                lab.process.stdin.flush()
                answer = lab.answers.get(timeout=HANG_S)
                self.assertEqual((answer["event"], answer["command"]), ("failed", command.get("command")))
                self.assertTrue(answer["text"])
        lab.command(command="http", listen=True)
        lab.close()

    @needs("openssl")
    def test_what_is_exported_serves_a_real_server(self):
        lab = self.started(scenario("good"), scenario("alone", certificate={"chain": "self-signed"}),
                           scenario("bare", certificate={"chain": "no-intermediate"}))
        certificates = {}
        for name in ("good", "alone", "bare"):
            directory = self.export(lab, name)
            self.assertEqual(stat.S_IMODE(os.stat(f"{directory}/key.pem").st_mode), 0o600)
            of_key = self.tool("openssl", "pkey", "-pubout", "-in", f"{directory}/key.pem").out
            of_certificate = self.tool("openssl", "x509", "-pubkey", "-noout", "-in", f"{directory}/cert.pem").out
            self.assertEqual(of_key, of_certificate)
            certificates[name] = []
            for file_name in ("cert.pem", "chain.pem", "fullchain.pem", "root.pem"):
                with open(f"{directory}/{file_name}", encoding="ascii") as file:
                    certificates[name].append(file.read().count("BEGIN CERT"))
        self.assertEqual(certificates, {"good": [1, 1, 2, 1], "alone": [1, 0, 1, 1], "bare": [1, 1, 1, 1]})
        directory = self.path("export-good")
        result = self.tool("openssl", "verify", "-CAfile", f"{directory}/root.pem", "-untrusted",
                           f"{directory}/fullchain.pem", f"{directory}/cert.pem")
        self.assertEqual(result.status, 0, str(result))
        serial = self.tool("openssl", "x509", "-noout", "-serial", "-in", f"{directory}/cert.pem").out
        self.assertEqual(serial.strip().lower(), "serial=" + lab.ready["scenarios"]["good"]["serial"])
        with open(f"{directory}/root.pem", "rb") as exported, open(lab.ready["trust"], "rb") as trust:
            self.assertEqual(hashlib.sha256(exported.read()).digest(), hashlib.sha256(trust.read()).digest())
        lab.close()


if __name__ == "__main__":
    main()
