#!/usr/bin/env python3
"""`revoscope doctor` as an operator meets it: each fault of the lab and the causes that it comes to, endpoints that
are no good targets, what may be fetched and what may not, the reports, and the words of the command line."""

import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree

import hostile
from connect_proxy import ConnectProxy
from lab import KeptLab, Lab
from patience import HANG_S
from programs import ROOT, ProgramTest, main, needs
from starttls import LINE, Scripted

# Each scenario, the level that the doctor gives it, and its causes, the worst first. Strict clients that refuse are listed
# additionally wherever there is one (soft-fail-hides).
REACH = "server-cannot-reach-responder"
FOUND = {
    "good-staple@plain": ("ok", ""),
    "good-staple@must-staple": ("ok", ""),
    "delegated-signer": ("ok", ""),
    "tls13-only@good": ("ok", ""),
    "no-staple": ("warning", f"stapling-not-enabled {REACH}"),
    "must-staple-missing": ("critical", f"stapling-not-enabled must-staple-not-stapled {REACH}"),
    "first-connection@plain": ("warning", "staple-missing-first"),
    "every-third@plain": ("warning", "staple-intermittent"),
    "stale@25h": ("critical", f"staple-stale {REACH}"),
    "tls13-only@stale": ("critical", f"staple-stale {REACH}"),
    "old-no-next-update": ("warning", f"staple-stale {REACH}"),
    "not-yet-valid": ("warning", "staple-not-yet-valid"),
    "wrong-certificate": ("warning", "staple-wrong-certificate"),
    "wrong-issuer-key": ("warning", "staple-wrong-certificate"),
    "error-response@try-later": ("warning", f"{REACH} staple-error-response"),
    "malformed@html": ("warning", "staple-malformed"),
    "empty": ("critical", "staple-malformed"),
    "bad-signature": ("warning", "staple-not-verifiable"),
    "unauthorized-signer@root": ("warning", "staple-not-verifiable"),
    "delegate-expired": ("warning", "staple-not-verifiable"),
    "revoked@plain": ("critical", "certificate-revoked staple-revoked"),
    "unknown": ("warning", "responder-unknown staple-unknown"),
    "replayed-staple": ("critical", "certificate-revoked"),
    "stolen-key@plain": ("warning", "responder-down stapling-not-enabled"),
    "no-ocsp-url": ("info", "no-ocsp-url"),
    "responder-unusable-url@ldap": ("warning", "url-unusable"),
    "responder-https": ("warning", "url-unusable"),
    "short-lived@no-rev-avail": ("info", "no-ocsp-url"),
    "must-staple-no-responder": ("critical", "must-staple-without-responder"),
    "responder-refused": ("warning", "responder-down stapling-not-enabled"),
    "responder-http-500": ("warning", "responder-down stapling-not-enabled"),
    "responder-unresolvable": ("warning", "responder-down stapling-not-enabled"),
    "responder-silent": ("warning", "responder-down stapling-not-enabled"),
    "responder-garbage": ("warning", "responder-bad-answer stapling-not-enabled"),
    "responder-stale": ("warning", "responder-bad-answer stapling-not-enabled"),
    "responder-revoked": ("critical", "certificate-revoked stapling-not-enabled"),
    "responder-unknown": ("warning", "responder-unknown stapling-not-enabled"),
    "responder-get-refused": ("warning", f"responder-one-method stapling-not-enabled responder-unfit-for-server {REACH}"),
    "responder-post-refused": ("warning", f"stapling-not-enabled responder-unfit-for-server {REACH} responder-one-method"),
    "must-staple-responder-down": ("critical", "responder-down must-staple-not-stapled stapling-not-enabled"),
    "crl-good": ("info", "no-ocsp-url"),
    "crl-stale": ("warning", "crl-unusable no-ocsp-url"),
    "crl-refused": ("warning", "crl-unusable no-ocsp-url"),
    "crl-revoked": ("critical", "certificate-revoked no-ocsp-url"),
    "crl-disagrees": ("critical", f"certificate-revoked sources-disagree stapling-not-enabled {REACH}"),
    "intermediate-status@revoked": ("critical", "intermediate-revoked"),
    "intermediate-status@unknown": ("info", "intermediate-status-unavailable"),
    "intermediate-status@no-pointers": ("ok", ""),
    "missing-intermediate": ("critical", "chain-incomplete"),
    "untrusted": ("critical", "chain-untrusted"),
    "expired": ("critical", "certificate-expired"),
    "wrong-name": ("critical", "certificate-name"),
}
SOME = ("--class", "openssl/*")


def causes(examination):
    return " ".join(cause["id"] for cause in examination["causes"] if cause["id"] != "soft-fail-hides")


def left_out(examination):
    """What was not examined: why by what."""
    return {one["what"]: one["why"] for one in examination.get("not_examined", [])}


def cause(examination, name):
    return next(one for one in examination["causes"] if one["id"] == name)


class DoctorTest(ProgramTest):
    def doctor(self, *arguments, **options):
        options.setdefault("timeout", 120)
        return self.revoscope("doctor", *arguments, "--no-store", **options)

    def only(self, result):
        (examination,) = result.document()["examinations"].values()
        return examination


class Faults(DoctorTest):
    def test_each_fault_of_the_lab_comes_to_its_causes(self):
        lab = KeptLab(self, *FOUND)
        port = lab.address.split(":")[1]
        names = {f"{host}:{port}": scenario for scenario, host in lab.hosts.items()}
        targets = self.write("targets.txt", "".join(f"{name}  # {scenario}\n" for name, scenario in names.items()))
        schema = self.write("schema.json", self.revoscope("schema", "result", expect=0).raw_out)
        document, cases = self.path("all.json"), self.path("all.xml")
        result = self.doctor("--targets", targets, "--connect", lab.address, "--ca", lab.root, *SOME, "--timeout", "3",
                             "--format", f"json={document}", "--format", f"junit={cases}", timeout=HANG_S, expect=1)
        with open(document, encoding="utf-8") as file:
            content = json.load(file)
        seen = {names[target]: (one["level"], causes(one)) for target, one in content["examinations"].items()}
        self.maxDiff = None
        self.assertEqual(seen, FOUND)
        by_name = {names[target]: one for target, one in content["examinations"].items()}
        self.check_words(by_name)
        self.check_cases(cases, {names[target]: one for target, one in content["examinations"].items()}, names)
        # Every target is reported when it was examined.
        order = [line.split(" (")[0] for line in result.err.splitlines() if line.split(" (")[0] in names]
        self.assertEqual(sorted(order), sorted(names))
        try:
            import jsonschema
        except ImportError:
            return
        with open(schema, encoding="utf-8") as file:
            jsonschema.validate(content, json.load(file))

    def check_cases(self, path, by_name, names):
        """A CI system sees each cause, and red exactly where the level is a warning or worse."""
        relaxng = os.path.join(ROOT, "tests", "support", "junit.rng")
        checked = subprocess.run(["xmllint", "--noout", "--relaxng", relaxng, path], capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        suite = xml.etree.ElementTree.parse(path).find("testsuite[@name='doctor']")
        cases, red = {name: [] for name in by_name}, set()
        for case in suite.iter("testcase"):
            name = names[case.get("classname").removeprefix("revoscope.doctor.")]
            cases[name].append(case.get("name"))
            if case.find("failure") is not None:
                red.add(name)
        self.assertEqual(cases, {name: [cause["id"] for cause in one["causes"]] or ["examination"]
                                 for name, one in by_name.items()})
        self.assertEqual(red, {name for name, one in by_name.items() if one["level"] in ("warning", "critical")})
        self.assertEqual(int(suite.get("tests")), sum(map(len, cases.values())))
        self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))

    def check_words(self, by_name):
        """What is shown with some of them."""
        stale = cause(by_name["stale@25h"], "staple-stale")
        self.assertEqual((stale["severity"], stale["confidence"]), ("critical", "certain"))
        self.assertIn("25 hours", " ".join(stale["evidence"]))
        self.assertEqual(stale["classes"]["refuse"], ["openssl/require-staple"])
        wrong = cause(by_name["wrong-certificate"], "staple-wrong-certificate")
        leaf = by_name["wrong-certificate"]["certificates"][by_name["wrong-certificate"]["leaf"]]
        self.assertIn(leaf["serial"], " ".join(wrong["evidence"]))
        cold = cause(by_name["first-connection@plain"], "staple-missing-first")
        self.assertIn("the first 1 of 6", " ".join(cold["evidence"]))
        self.assertEqual(cold["classes"]["would_refuse"], ["openssl/require-staple"])
        down = cause(by_name["responder-refused"], "responder-down")
        self.assertEqual(sum("by GET" in one or "by POST" in one for one in down["evidence"]), 2)
        (responder,) = by_name["responder-http-500"]["responders"]
        self.assertEqual((responder["verdict"], [one["http_status"] for one in responder["attempts"]]),
                         ("unavailable", [500, 500]))
        maybe = cause(by_name["no-staple"], REACH)
        self.assertEqual(maybe["confidence"], "possible")
        self.assertTrue(any("curl" in one for one in maybe["on_server"]), maybe["on_server"])
        (staple,) = by_name["good-staple@plain"]["staples"].values()
        self.assertEqual({stack: one["check"] for stack, one in staple["stacks"].items()},
                         dict.fromkeys(staple["stacks"], "good"))
        self.assertTrue(0 < staple["used"] < 1 and staple["left_s"] > 86400, staple)
        # Nothing was fetched for an unverified chain.
        for name in ("untrusted", "missing-intermediate", "expired", "wrong-name"):
            self.assertEqual([one["verdict"] for one in by_name[name].get("responders", [])], ["not-asked"], name)
            self.assertIn("chain-not-verified", left_out(by_name[name]).values(), name)
        self.assertEqual(left_out(by_name["good-staple@plain"]), {})


class Targets(DoctorTest):
    """What is no TLS server, or not one for us: said in words, the rest done where it can be."""

    def setUp(self):
        super().setUp()
        self.root = None

    def examine(self, *arguments, **options):
        options.setdefault("expect", 3)
        result = self.doctor(*arguments, *SOME, "--timeout", "2", "--format", "json", **options)
        return self.only(result), result

    def peer(self, play):
        peer = hostile.Peer(play)
        self.addCleanup(peer.close)
        return f"127.0.0.1:{peer.port}"

    def test_a_name_that_does_not_resolve(self):
        seen, _ = self.examine("nothing.invalid")
        self.assertEqual((causes(seen), seen["level"]), ("endpoint-unresolved", "critical"))
        self.assertIn("does not resolve", " ".join(cause(seen, "endpoint-unresolved")["evidence"]))

    def test_a_closed_port(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        seen, _ = self.examine(f"127.0.0.1:{port}")
        self.assertEqual(causes(seen), "endpoint-unreachable")
        self.assertIn("refused", " ".join(cause(seen, "endpoint-unreachable")["evidence"]))
        self.assertEqual(len(seen["handshakes"]), 1, "six refusals say no more than one")

    def test_plain_http(self):
        def http(connection, _):
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        seen, _ = self.examine(self.peer(http))
        self.assertEqual(causes(seen), "not-tls")

    def test_a_server_that_closes_in_the_middle(self):
        def close(connection, _):
            connection.recv(100)
        seen, _ = self.examine(self.peer(close))
        self.assertEqual(causes(seen), "handshake-fails")
        self.assertIn("closed", " ".join(cause(seen, "handshake-fails")["evidence"]))

    def test_a_server_that_is_silent_or_drips(self):
        for play in (hostile.silent, hostile.drip):
            started = time.monotonic()
            seen, _ = self.examine(self.peer(play))
            self.assertEqual(causes(seen), "handshake-fails")
            self.assertIn("tls-timeout", " ".join(cause(seen, "handshake-fails")["evidence"]))
            self.assertLess(time.monotonic() - started, 40)

    def test_starttls_that_is_refused(self):
        def smtp(connection, _):
            connection.sendall(b"220 mx ESMTP Postfix\r\n")
            connection.recv(100)
            connection.sendall(b"250 mx\r\n")
            connection.recv(100)
            connection.sendall(b"454 TLS not available\r\n")
        seen, _ = self.examine(self.peer(smtp), "--starttls", "smtp")
        self.assertEqual(causes(seen), "starttls-refused")
        self.assertIn("454 TLS not available", " ".join(cause(seen, "starttls-refused")["evidence"]))

    @needs("openssl")
    def test_a_server_that_wants_a_client_certificate(self):
        lab = Lab(self, self.path(), [{"id": "plain", "host": "plain.lab.localhost", "situation": {}}])
        folder = self.path("certificates")
        os.mkdir(folder)
        lab.command(command="export", scenario="plain", directory=folder)
        files = os.listdir(folder)
        chain = next(os.path.join(folder, name) for name in files if "chain" in name)
        key = next(os.path.join(folder, name) for name in files if "key" in name)
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version), socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
                free.close()
                server = self.start("s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain, "-cert_chain", chain,
                                    "-key", key, "-Verify", "1", "-www", version, program="openssl",
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.wait_until(lambda port=port: listens(port), "s_server listens")
                seen, _ = self.examine(f"plain.lab.localhost:{port}", "--connect", f"127.0.0.1:{port}", "--ca",
                                       self.path("root.pem"), expect=None)
                self.assertIn("client-certificate-needed", causes(seen))
                self.assertEqual(left_out(seen), {"connections with a client certificate": "client-certificate"})
                # The certificate and its responder are looked at all the same.
                self.assertEqual([one["verdict"] for one in seen["responders"]], ["good"])
                server.kill()
                server.wait()
        lab.close()


def listens(port):
    """Whether a port of 127.0.0.1 is listened at, without connecting to it."""
    wanted = f"0100007F:{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as file:
        return any(line.split()[1] == wanted and line.split()[3] == "0A" for line in list(file)[1:])


class Fetches(DoctorTest):
    def setUp(self):
        super().setUp()
        self.lab = KeptLab(self, "no-staple", "missing-intermediate")
        self.port = self.lab.address.split(":")[1]

    def examine(self, scenario, *arguments):
        return self.only(self.doctor(f"{self.lab.hosts[scenario]}:{self.port}", "--connect", self.lab.address, "--ca",
                                     self.lab.root, *SOME, "--format", "json", *arguments))

    def test_nothing_is_fetched_that_must_not_be(self):
        seen = self.examine("no-staple", "--no-fetch")
        self.assertEqual([one["why"] for one in seen["responders"]], ["fetching is disabled (--no-fetch)"])
        self.assertEqual(left_out(seen)[seen["responders"][0]["url"]], "no-fetch")
        seen = self.examine("no-staple", "--fetch-private", "deny")
        self.assertEqual({one["layer"] for one in seen["responders"][0]["attempts"]}, {"forbidden"})
        self.assertEqual(left_out(seen)[seen["responders"][0]["url"]], "fetch-private")
        self.assertIn("responder-down", causes(seen))
        self.assertIn("not public", " ".join(cause(seen, "responder-down")["evidence"]))


@needs("openssl")
class Issuers(DoctorTest):
    """A certificate that says where its issuer is to be had (AIA caIssuers)."""

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=HANG_S, cwd=self.directory)

    def certificate(self, name, issuer, extensions):
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
        self.write(f"{name}.ext", extensions)
        by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else ["-signkey", f"{name}.key"]
        self.openssl("x509", "-req", "-in", f"{name}.csr", *by, "-days", "30", "-extfile", f"{name}.ext", "-out",
                     f"{name}.pem")

    def setUp(self):
        super().setUp()
        self.asked = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                owner.asked.append(self.path)
                body = owner.answer
                self.send_response(200)
                self.send_header("Content-Type", "application/pkix-cert")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.addCleanup(self.web.server_close)
        self.addCleanup(self.web.shutdown)
        url = f"http://127.0.0.1:{self.web.server_port}/issuer"
        ca = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
        self.certificate("root", None, ca)
        self.certificate("between", "root", ca)
        self.certificate("leaf", "between", f"subjectAltName=DNS:leaf.test\nauthorityInfoAccess=caIssuers;URI:{url}\n")
        self.openssl("x509", "-in", "between.pem", "-outform", "DER", "-out", "between.der")
        with open(self.path("between.der"), "rb") as file:
            self.answer = file.read()

    def serve(self, *names):
        chain = b""
        for name in names:
            with open(self.path(f"{name}.pem"), "rb") as file:
                chain += file.read()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.write("chain.pem", chain), self.path("leaf.key"))

        def play(connection, stopped):
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)
        peer = hostile.Peer(play)
        self.addCleanup(peer.close)
        return f"127.0.0.1:{peer.port}"

    def examine(self, address, *arguments):
        return self.only(self.doctor(f"leaf.test:{address.split(':')[1]}", "--connect", address, "--ca",
                                     self.path("root.pem"), *SOME, "--format", "json", *arguments))

    def test_an_incomplete_chain_names_where_its_issuer_is(self):
        address = self.serve("leaf")
        seen = self.examine(address)
        self.assertEqual(causes(seen), "chain-incomplete no-ocsp-url")
        self.assertEqual(self.asked, [], "nothing vouches for that name")
        self.assertEqual([one["fetched"] for one in seen["issuers"]], [False])
        self.assertIn("--fetch-issuers", " ".join(cause(seen, "chain-incomplete")["evidence"]))

        seen = self.examine(address, "--fetch-issuers")
        self.assertEqual(self.asked, ["/issuer"])
        self.assertEqual([one["helps"] for one in seen["issuers"]], [True])
        self.assertIn("is available at", " ".join(cause(seen, "chain-incomplete")["evidence"]))

        self.answer = b"<html>sold out</html>"
        seen = self.examine(address, "--fetch-issuers")
        self.assertEqual([one["helps"] for one in seen["issuers"]], [False])

    def test_a_whole_chain_may_be_asked_about(self):
        seen = self.examine(self.serve("leaf", "between"))
        self.assertEqual(causes(seen), "no-ocsp-url")
        self.assertEqual([one["helps"] for one in seen["issuers"]], [True])

    def test_a_chain_in_another_order_with_more_than_it_needs(self):
        self.certificate("other", None, "basicConstraints=critical,CA:true\n")
        seen = self.examine(self.serve("leaf", "other", "between", "root"))
        self.assertEqual(causes(seen), "chain-untidy no-ocsp-url")
        (chain,) = seen["chains"].values()
        self.assertTrue(chain["out_of_order"] and chain["root_sent"] and chain["verified"], chain)
        self.assertEqual(len(chain["superfluous"]), 1)


class Ways(DoctorTest):
    """The same by STARTTLS, through a proxy, and by IPv6."""

    NAME = "good.lab.localhost"

    def setUp(self):
        super().setUp()
        self.lab = Lab(self, self.path(), [{"id": "good", "host": self.NAME, "situation": {}}])
        self.certificates = self.path("certificates")
        os.mkdir(self.certificates)
        self.lab.command(command="export", scenario="good", directory=self.certificates)

    def tearDown(self):
        self.lab.close()
        super().tearDown()

    def examine(self, target, *arguments):
        result = self.doctor(target, "--servername", self.NAME, "--ca", self.path("root.pem"), *SOME, "--format", "json",
                             *arguments)
        return self.only(result)

    def check_unstapled(self, seen, expected=f"stapling-not-enabled {REACH}"):
        """The scripted peers have no staple; the responder of the lab is well."""
        self.assertEqual(causes(seen), expected)
        self.assertEqual([one["verdict"] for one in seen["responders"]], ["good"])

    def test_a_mail_server_says_what_it_is(self):
        turns = [b"220 mx.example.org ESMTP Exim 4.96 Sun, 29 Nov 2026 10:00:00 +0000\r\n", LINE, b"250 mx\r\n", LINE,
                 b"220 go\r\n"]
        server = Scripted(self, turns, self.certificates)
        seen = self.examine(f"127.0.0.1:{server.port}", "--starttls", "smtp")
        self.check_unstapled(seen, "stapling-not-enabled")  # it queries no responder itself
        self.assertEqual((seen["server"]["kind"], seen["server"]["how"]), ("exim", "greeting"))
        self.assertIn("tls_ocsp_file", cause(seen, "stapling-not-enabled")["fix"]["snippet"])
        self.assertEqual(seen["target"]["starttls"], "smtp")

    def test_a_database_has_no_greeting(self):
        server = Scripted(self, [8, b"S"], self.certificates)
        seen = self.examine(f"127.0.0.1:{server.port}", "--starttls", "postgres", "--server", "postfix")
        self.check_unstapled(seen, "server-cannot-staple")
        self.assertEqual((seen["server"]["kind"], seen["server"]["how"]), ("postfix", "named"))

    def test_the_proxy_resolves_and_fetches(self):
        server = Scripted(self, [], self.certificates)
        proxy = ConnectProxy(self, hosts={"inside.invalid": "127.0.0.1"})
        seen = self.examine(f"inside.invalid:{server.port}", "--proxy", proxy.url)
        self.check_unstapled(seen)
        self.assertEqual(seen["resolution"]["addresses"], ["inside.invalid"])
        self.assertEqual(left_out(seen)["the addresses of inside.invalid"], "proxy")
        self.assertGreaterEqual(len(proxy.asked), 9)
        # By GET and by POST, for the doctor and for the clients.
        self.assertGreaterEqual(len(proxy.fetched), 2)

    def test_a_proxy_that_refuses(self):
        proxy = ConnectProxy(self, "forbidden")
        seen = self.examine("inside.invalid:443", "--proxy", proxy.url)
        self.assertEqual(causes(seen), "endpoint-unreachable")
        self.assertIn("403", " ".join(cause(seen, "endpoint-unreachable")["evidence"]))

    @unittest.skipUnless(socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"), "this machine has no IPv6")
    def test_an_ipv6_address(self):
        server = Scripted(self, [], self.certificates, family=socket.AF_INET6)
        seen = self.examine(f"[::1]:{server.port}", "-6")
        self.check_unstapled(seen)
        self.assertEqual(seen["resolution"]["addresses"], ["::1"])


class Reports(DoctorTest):
    def setUp(self):
        super().setUp()
        self.lab = KeptLab(self, "stale@25h", "good-staple@plain")
        self.port = self.lab.address.split(":")[1]

    def target(self, scenario):
        return (f"{self.lab.hosts[scenario]}:{self.port}", "--connect", self.lab.address, "--ca", self.lab.root)

    def test_the_text_says_what_is_wrong_who_feels_it_and_what_mends_it(self):
        result = self.doctor(*self.target("stale@25h"), "--server", "nginx", expect=1)
        for words in ("The staple is stale.", "25 hours", "reject: openssl/require-staple", "ssl_stapling ",
                      "ssl_trusted_certificate", "nginx -t", "revoscope retest", "Steps of the examination"):
            self.assertIn(words, result.out)
        # The steps were shown as they were done.
        self.assertRegex(result.err, r"(?m)^! staple +stale")
        self.assertRegex(result.err, r"(?m)^\+ responder +http://")
        self.assertNotIn("\x1b", result.out + result.err)
        # A staple that is well needs no words.
        result = self.doctor(*self.target("good-staple@plain"), expect=0)
        self.assertIn("Nothing is wrong with revocation status here.", result.out)

    def test_steps_are_reported_while_the_work_goes_on(self):
        process = self.start("doctor", *self.target("stale@25h"), "--no-store", "--repeat", "40")
        first = process.stderr.readline().decode()
        self.assertIn("names", first)
        self.assertIsNone(process.poll())
        process.communicate(timeout=HANG_S)

    def test_machine_formats_stand_alone(self):
        result = self.doctor(*self.target("stale@25h"), "--format", "json", expect=1)
        result.document()
        self.assertEqual(result.err, "")

    def test_markdown_and_html_have_the_configuration_in_lines(self):
        page, wiki = self.path("page.html"), self.path("page.md")
        self.doctor(*self.target("stale@25h"), "--server", "apache", f"--html={page}", f"--markdown={wiki}", expect=1)
        for path in (page, wiki):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertIn("The staple is stale", text)
            lines = [line.strip() for line in text.splitlines()]
            self.assertTrue(any(line.replace("&#95;", "_").startswith("SSLUseStapling") for line in lines), path)
            self.assertNotIn("\\x09", text)

    def test_a_kept_run_has_it_all_and_is_retested(self):
        database = self.path("runs.db")
        kept = self.revoscope("doctor", *self.target("stale@25h"), "--db", database, "--format", "json", *SOME, expect=1)
        again = self.revoscope("report", "latest", "--db", database, "--format", "json")
        self.assertEqual(again.document()["examinations"], kept.document()["examinations"])
        text = self.revoscope("report", "latest", "--db", database).out
        self.assertIn("The staple is stale.", text)
        result = self.revoscope("retest", "--db", database, "--format", "json", expect=0)
        (moved,) = result.document()["examinations"].values()
        self.assertEqual((moved["before"], moved["after"], moved["moved"]), ("critical", "critical", False))
        self.assertIn("The same causes as before.",
                      self.revoscope("diff", "latest~1", "latest", "--db", database, expect=0).out)

    def test_before_and_after_stand_side_by_side(self):
        before, after = self.path("before.json"), self.path("after.json")
        host = "www.example.org:443"
        for scenario, path in (("stale@25h", before), ("good-staple@plain", after)):
            name, *way = self.target(scenario)
            result = self.doctor(name, *way, *SOME, "--format", "json")
            document = json.loads(result.out.replace(name, host))
            self.write(path, json.dumps(document))
        result = self.revoscope("diff", before, after, expect=1)
        # As wide as a terminal, so that the sentence may be on two lines.
        self.assertRegex(" ".join(result.out.split()),
                         r"Fixed: all causes are gone\. \d client class(es)? that rejected or warned now connects?\.")
        self.assertRegex(result.out, r"\* staple +stale, expired for 25 hours +good, current for \d days more")
        self.assertRegex(result.out, r"gone +The staple is stale")
        document = self.revoscope("diff", before, after, "--format", "json").document()
        facts = {one["what"]: one["moved"] for one in document["examinations"][host]["facts"]}
        self.assertEqual([what for what, moved in facts.items() if moved], ["staple"])
        for form in ("markdown", "html"):
            self.assertIn("Fixed", self.revoscope("diff", before, after, "--format", form).out)


class Words(DoctorTest):
    def test_wrong_usage_is_reported_in_one_line(self):
        for arguments, words in (
                ((), "no target"),
                (("x", "--server", "iis"), "one of: nginx, apache"),
                (("x", "--warn-left", "soon"), "neither a time"),
                (("x", "--crit-left", "200%"), "neither a time"),
                (("https://x/",), "not a URL"),
                (("x", "--starttls", "gopher"), "one of"),
                (("--targets", self.path("absent.txt")), "absent.txt"),
                (("x", "--at", "+3d"), "what is now"),
                (("x", "--repeat", "0"), "--repeat")):
            result = self.revoscope("doctor", *arguments, expect=2)
            self.assertIn(words, result.err, arguments)
            self.assertEqual(result.out, "")

    def test_a_targets_file_names_its_line(self):
        path = self.write("targets.txt", "good.example\nhttps://bad.example\n")
        self.assertIn(f"{path}:2:", self.revoscope("doctor", "--targets", path, expect=2).err)

    def test_an_interruption_leaves_nothing(self):
        peer = hostile.Peer(hostile.silent)
        self.addCleanup(peer.close)
        process = self.start("doctor", f"127.0.0.1:{peer.port}", "--no-store")
        self.wait_until(lambda: peer.num_connections > 0, "it connects")
        process.terminate()
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 3)
        self.assertIn(b"interrupted during the examination", err)


if __name__ == "__main__":
    main()
