#!/usr/bin/env python3
"""`revoscope verify`: how every stack validates responses and CRLs of the lab, without a connection."""

import base64
import os
import shutil
import subprocess
import time
import unittest
import urllib.request

from lab import Lab
from patience import HANG_S
from programs import BAD_CLIENT, BUILD, STACKS, ProgramTest, main, needs

try:
    import jsonschema
except ImportError:
    jsonschema = None

# name: (what the responder says, what every stack finds, what the entry says)
RESPONSES = {
    "good": ({}, "good", "good"),
    "revoked": ({"status": "revoked"}, "revoked", "revoked"),
    "unknown": ({"status": "unknown"}, "unknown", "unknown"),
    "stale": ({"this_update": "-8d", "next_update": "-1d"}, "stale", "good"),
    "future": ({"this_update": "2d", "next_update": "4d"}, "not-yet-valid", "good"),
    "delegate": ({"signer": "delegate"}, "good", "good"),
    "leaf-signed": ({"signer": "leaf"}, "unauthorized-signer", "good"),
    "corrupt": ({"signature": "corrupt"}, "bad-signature", "good"),
    "other-serial": ({"certid": "wrong-serial"}, "wrong-certificate", "none"),
    "try-later": ({"response": "try-later"}, "error-response", "none"),
    "trailing": ({"encoding": "trailing"}, "malformed", None),
}


class VerifyTest(ProgramTest):
    """A lab with RESPONSES, and what is needed to get at its answers."""

    def setUp(self):
        super().setUp()
        self.lab = Lab(self, self.path("lab"), [
            {"id": name, "host": f"{name}.lab.localhost",
             "situation": {"certificate": {"crl_url": "true"}, "responder": says,
                           "crl": {"behaviour": "answer", "status": "revoked" if name == "revoked" else "good"}}}
            for name, (says, _, _) in RESPONSES.items()])
        self.addCleanup(self.lab.process.stdin.close)

    def exported(self, name):
        """A directory with what the CA gave the owner of the scenario's certificate."""
        directory = self.path("export", name)
        if not os.path.isdir(directory):
            os.makedirs(directory)
            self.lab.command(command="export", scenario=name, directory=directory)
        return directory

    def fetched(self, name):
        """The responder's answer for a scenario, as openssl ocsp saved it."""
        directory = self.exported(name)
        path = os.path.join(directory, "response.der")
        subprocess.run([shutil.which("openssl"), "ocsp", "-noverify", "-issuer", directory + "/chain.pem", "-cert",
                        directory + "/cert.pem", "-url", self.lab.ready["scenarios"][name]["ocsp_url"], "-respout", path],
                       check=False, capture_output=True, timeout=HANG_S, env=self.environment)
        if not os.path.exists(path):
            # openssl ocsp saves nothing that it cannot parse: ask as it would.
            request = os.path.join(directory, "request.der")
            subprocess.run([shutil.which("openssl"), "ocsp", "-no_nonce", "-issuer", directory + "/chain.pem", "-cert",
                            directory + "/cert.pem", "-reqout", request], check=True, capture_output=True, timeout=HANG_S,
                           env=self.environment)
            with open(request, "rb") as file:
                question = urllib.request.Request(self.lab.ready["scenarios"][name]["ocsp_url"], data=file.read(),
                                                  headers={"Content-Type": "application/ocsp-request"})
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(question, timeout=HANG_S) as answer:
                with open(path, "wb") as file:
                    file.write(answer.read())
        return path

    def crl(self, name):
        path = os.path.join(self.exported(name), "list.crl")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.lab.ready["scenarios"][name]["crl_url"], timeout=HANG_S) as answer, open(path, "wb") as file:
            file.write(answer.read())
        return path

    def document(self, *arguments, expect=None):
        return self.revoscope("verify", "--format", "json", *arguments, expect=expect).document()

    def checks(self, document, question=0):
        return {stack: finding["check"]["check"] if finding["check"] else finding["reason"]
                for stack, finding in document["questions"][question]["findings"].items()}

    def all_say(self, check):
        return {stack: check for stack in STACKS}


@needs("openssl")
class Verify(VerifyTest):
    def test_every_stack_finds_what_the_lab_made(self):
        for name, (_, check, status) in RESPONSES.items():
            directory = self.exported(name)
            document = self.document("--response", self.fetched(name), "--cert", directory + "/cert.pem", "--issuer",
                                     directory + "/chain.pem", "--trust", self.lab.ready["trust"],
                                     expect=0 if check == "good" else 1)
            with self.subTest(name):
                self.assertEqual(self.checks(document), self.all_say(check))
            for stack, finding in document["questions"][0]["findings"].items():
                with self.subTest(f"{name} {stack}"):
                    found = finding["check"]
                    self.assertEqual(found["authentic"], check in ("good", "revoked", "unknown", "stale",
                                                                   "not-yet-valid"))
                    if status is not None:
                        self.assertEqual(found["status"], status)
                    if check == "good":
                        self.assertEqual(found["response_status"], 0)
                        self.assertEqual(found["certid"]["serial"].zfill(64)[-40:], self.lab.ready["scenarios"][name][
                            "serial"].lower().zfill(64)[-40:])
                        self.assertTrue(found["signer"])
                    if check == "revoked":
                        self.assertTrue(found["revocation_time"])

    def test_certificates_may_come_in_one_file_and_every_form(self):
        directory = self.exported("good")
        response = self.fetched("good")
        with open(response, "rb") as file:
            der = file.read()
        body = base64.encodebytes(der).decode()
        forms = {
            "der": response, "base64": self.write("b64", body),
            "pem": self.write("pem", f"some words\n-----BEGIN OCSP RESPONSE-----\n{body}-----END OCSP RESPONSE-----\n"),
        }
        chains = {
            "full chain": ["--cert", directory + "/fullchain.pem"],
            "full chain and root": ["--cert", directory + "/fullchain.pem", "--trust", self.lab.ready["trust"]],
            "issuer among others": ["--cert", directory + "/cert.pem", "--chain", directory + "/chain.pem"],
            "issuer among the trusted": ["--cert", directory + "/cert.pem", "--trust", directory + "/chain.pem"],
        }
        for form, path in forms.items():
            for name, words in chains.items():
                with self.subTest(f"{form} {name}"):
                    self.assertEqual(self.checks(self.document("--response", path, *words, expect=0)),
                                     self.all_say("good"))

    def test_a_wrong_chain_is_no_verdict_on_the_response(self):
        directory = self.exported("good")
        rows = {
            "chain-untrusted": ["--issuer", directory + "/chain.pem", "--trust", self.lab.ready["other_trust"]],
            "chain-incomplete": ["--trust", self.lab.ready["trust"]],
        }
        for reason, words in rows.items():
            with self.subTest(reason):
                document = self.document("--response", self.fetched("good"), "--cert", directory + "/cert.pem", *words,
                                         expect=1)
                self.assertEqual(self.checks(document), self.all_say(reason))
        document = self.document("--response", self.fetched("good"), "--cert", directory + "/cert.pem", "--issuer",
                                 self.lab.ready["trust"], expect=1)
        self.assertEqual(self.checks(document), self.all_say("chain-incomplete"), "the issuer is another one")
        for finding in document["questions"][0]["findings"].values():
            self.assertIn("the given issuer did not issue the certificate", finding["detail"])

    def test_the_issuer_is_the_one_of_a_bundle_that_signed(self):
        directory = self.exported("good")
        root, issuer = (self.text_of(path) for path in (self.lab.ready["trust"], directory + "/chain.pem"))
        words = ["--response", self.fetched("good"), "--cert", directory + "/cert.pem"]
        for name, bundle in {"last": root + issuer, "first": issuer + root}.items():
            path = self.write(name + ".pem", bundle)
            for trust in ([], ["--trust", self.lab.ready["trust"]]):
                with self.subTest(f"{name} {trust}"):
                    document = self.document(*words, "--issuer", path, *trust, expect=0)
                    self.assertEqual(self.checks(document), self.all_say("good"))
        other = self.text_of(self.lab.ready["other_trust"])
        document = self.document(*words, "--issuer", self.write("none.pem", root + other), expect=1)
        self.assertEqual(self.checks(document), self.all_say("chain-incomplete"))
        # Above the issuer, and not an anchor.
        document = self.document(*words, "--issuer", self.write("untrusted.pem", issuer + root), "--trust",
                                 self.lab.ready["other_trust"], expect=1)
        self.assertEqual(self.checks(document), self.all_say("chain-untrusted"))

    def text_of(self, path):
        with open(path, encoding="ascii") as file:
            return file.read()

    def openssl(self, *words):
        subprocess.run([shutil.which("openssl"), *words], check=True, capture_output=True, timeout=HANG_S, env=self.environment,
                       cwd=self.path())

    def test_another_ca_s_answer_for_the_same_serial_number_is_never_good(self):
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        for ca, subject in (("own", "/CN=one CA"), ("twin", "/CN=one CA"), ("other", "/CN=other CA")):
            self.openssl("req", "-x509", *key, "-subj", subject, "-keyout", ca + ".key", "-out", ca + ".pem")
        self.openssl("req", "-new", *key, "-subj", "/CN=leaf", "-keyout", "leaf.key", "-out", "leaf.csr")
        self.openssl("x509", "-req", "-in", "leaf.csr", "-CA", "own.pem", "-CAkey", "own.key", "-set_serial", "5", "-out",
                     "leaf.pem")
        self.write("index.txt", "V\t491231235959Z\t\t05\tunknown\t/CN=leaf\n")
        for ca, check in (("own", "good"), ("twin", "chain-incomplete"), ("other", "chain-incomplete")):
            self.openssl("ocsp", "-issuer", ca + ".pem", "-serial", "5", "-no_nonce", "-reqout", "request.der")
            self.openssl("ocsp", "-index", "index.txt", "-CA", ca + ".pem", "-rsigner", ca + ".pem", "-rkey", ca + ".key",
                         "-ndays", "1", "-reqin", "request.der", "-respout", ca + ".der")
            with self.subTest(ca):
                document = self.document("--response", self.path(ca + ".der"), "--cert", self.path("leaf.pem"), "--issuer",
                                         self.path(ca + ".pem"), expect=0 if check == "good" else 1)
                self.assertEqual(self.checks(document), self.all_say(check))

    def test_time_and_tolerance_are_the_user_s(self):
        directory = self.exported("good")
        words = ["--response", self.fetched("good"), "--cert", directory + "/fullchain.pem"]
        rows = {
            "+8d": "stale", "-3d": "not-yet-valid", "+1d": "good", str(int(time.time())): "good",
            time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30 * 86400)): "stale",
        }
        for when, check in rows.items():
            with self.subTest(when):
                document = self.document(*words, "--at", when)
                self.assertEqual(self.checks(document), self.all_say(check))
                self.assertTrue(document["questions"][0]["at"])
        for when, skew, tolerated in (("+8d", 10 * 86400, True), ("-3d", 10 * 86400, True), ("+1d", 10 * 86400, False)):
            document = self.document(*words, "--at", when, "--skew", str(skew), expect=0)
            self.assertEqual(self.checks(document), self.all_say("good"))
            said = {finding["check"]["tolerated"] for finding in document["questions"][0]["findings"].values()
                    if finding["check"] is not None}
            self.assertEqual(said, {tolerated}, when)

    def test_lists_are_verified_too(self):
        for name, check in {"good": "good", "revoked": "revoked"}.items():
            directory = self.exported(name)
            path = self.crl(name)
            with self.subTest(name):
                document = self.document("--crl", path, "--cert", directory + "/fullchain.pem",
                                         expect=0 if check == "good" else 1)
                self.assertEqual(self.checks(document), self.all_say(check))
        document = self.document("--response", self.fetched("good"), "--crl", self.crl("good"), "--cert",
                                 self.exported("good") + "/fullchain.pem", expect=0)
        self.assertEqual([question["kind"] for question in document["questions"]], ["ocsp", "crl"])

    def test_what_is_longer_than_a_line_goes_another_way(self):
        directory = self.exported("good")
        with open(self.fetched("good"), "rb") as file:
            response = file.read()
        for size, check in ((900 << 10, "malformed"), (2 << 20, "too-large")):
            long = self.write("long.der", response + b"\0" * size)
            document = self.document("--response", long, "--cert", directory + "/fullchain.pem", expect=1)
            self.assertEqual(self.checks(document), self.all_say(check))

    def test_text_shows_every_stack_side_by_side(self):
        directory = self.exported("revoked")
        result = self.revoscope("verify", "--response", self.fetched("revoked"), "--cert", directory + "/fullchain.pem",
                                "--format", "json=" + self.path("out.json"), expect=1)
        self.assertTrue(os.path.exists(self.path("out.json")))
        line = next(line for line in result.out.splitlines() if line.strip().startswith("check"))
        self.assertEqual(line.split()[1:], ["revoked"] * len(STACKS))
        for word in ("CertID", "signer", "this update", "revoked at", *STACKS):
            self.assertIn(word, result.out)
        self.assertLessEqual(max(len(line) for line in result.out.splitlines()[1:]), 80)

    @unittest.skipUnless(jsonschema, "not installed: python3-jsonschema")
    def test_documents_are_valid_by_the_schema_that_is_printed(self):
        schema = self.revoscope("schema", "verification", expect=0).document()
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        for name in RESPONSES:
            words = ["--response", self.fetched(name), "--cert", self.exported(name) + "/cert.pem", "--issuer",
                     self.exported(name) + "/chain.pem"]
            for more in ([], ["--trust", self.lab.ready["other_trust"], "--at", "+1d"]):
                with self.subTest(f"{name} {more}"):
                    document = self.document(*words, *more)
                    self.assertEqual([error.message for error in validator(schema).iter_errors(document)], [])
        broken = dict(document, questions=[])
        self.assertTrue(list(validator(schema).iter_errors(broken)))

    def test_a_response_of_5000_entries(self):
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *key, "-subj", "/CN=CA", "-keyout", "ca.key", "-out", "ca.pem")
        self.openssl("req", "-new", *key, "-subj", "/CN=leaf", "-keyout", "leaf.key", "-out", "leaf.csr")
        self.openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "9999", "-out",
                     "leaf.pem")
        serials = [*range(5000, 9999), 9999]
        self.write("index.txt", "".join(f"V\t491231235959Z\t\t{serial:04X}\tunknown\t/CN=x{serial}\n" for serial in serials[:-1])
                   + "R\t491231235959Z\t261101000000Z,keyCompromise\t270F\tunknown\t/CN=leaf\n")
        asked = [word for serial in serials for word in ("-serial", str(serial))]
        self.openssl("ocsp", "-issuer", "ca.pem", "-no_nonce", *asked, "-reqout", "request.der")
        self.openssl("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-ndays", "1",
                     "-reqin", "request.der", "-respout", "many.der")
        self.assertGreater(os.path.getsize(self.path("many.der")), 400000)
        document = self.document("--response", self.path("many.der"), "--cert", self.path("leaf.pem"), "--issuer",
                                 self.path("ca.pem"), expect=1)
        self.assertEqual(self.checks(document), self.all_say("revoked"))

    def test_lists_of_crls_and_of_what_has_no_certificate(self):
        """The same rows give the same as one by one."""
        export = self.path("export")
        for name in ("good", "revoked", "try-later"):
            self.fetched(name)
        bundle = b""
        for name in ("good", "revoked"):
            with open(self.crl(name), "rb") as file:
                body = base64.encodebytes(file.read())
            bundle += b"-----BEGIN X509 CRL-----\n" + body + b"-----END X509 CRL-----\n"
            self.write(f"export/{name}.pem", bundle[bundle.rindex(b"-----BEGIN"):])
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=other",
                     "-keyout", "other.key", "-out", "other.pem")
        self.write("ca.cnf", "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\ndefault_md = sha256\n"
                             "default_crl_days = 5\ncrlnumber = number\n")
        self.write("index.txt", "")
        self.write("number", "01\n")
        self.openssl("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "other.key", "-cert", "other.pem", "-out", "other.crl")
        other = self.text_of(self.path("other.crl")).encode()
        self.write("export/several.pem", other + bundle)
        self.write("export/foreign.pem", other)
        with open(self.path("export", "big.der"), "wb") as file:
            file.write(b"\x30\x83" + (1 << 20).to_bytes(3, "big") + bytes(1 << 20))
        rows = {  # file, scenario of the certificate, kind: what is expected
            ("good.pem", "good", "crl"): "good", ("revoked.pem", "revoked", "crl"): "revoked",
            ("several.pem", "revoked", "crl"): "revoked", ("foreign.pem", "good", "crl"): "invalid",
            ("good/response.der", "good", "crl"): "invalid",
            ("good.pem", "good", "crl-chain"): "good", ("several.pem", "revoked", "crl-chain"): "revoked"}
        lines = ["suite\tcase\tkind\tresponse_file\tcert_file\tissuer_file\texpected_status\tlicence"]
        for number, ((path, name, kind), expected) in enumerate(rows.items()):
            lines.append(f"s\t{number}\t{kind}\t{path}\t{name}/cert.pem\t{name}/chain.pem\t{expected}\tfree")
        lines += ["s\ttry-later\tocsp\ttry-later/response.der\t\t\tinvalid:try-later\tfree",
                  "s\tbig\tocsp\tbig.der\tgood/cert.pem\tgood/chain.pem\tinvalid\tfree"]
        index = self.write("export/lists.tsv", "\n".join(lines) + "\n")
        document = self.document("--index", index, "--timeout", "20s", expect=0)
        self.assertEqual(len(document["questions"]), len(rows) + 2)
        for number, ((path, name, kind), expected) in enumerate(rows.items()):
            if kind == "crl-chain" or path.endswith("der"):
                continue
            with self.subTest(f"{path} for {name}"):
                alone = self.document("--crl", os.path.join(export, path), "--cert", f"{export}/{name}/cert.pem", "--issuer",
                                      f"{export}/{name}/chain.pem", expect=0 if expected == "good" else 1)
                for stack in STACKS:
                    found = [question["findings"][stack]["check"] for question in alone["questions"]]
                    listed = document["questions"][number]["findings"][stack]["check"]
                    self.assertIn({**listed}, found)
        for finding in document["questions"][-1]["findings"].values():
            self.assertEqual(finding["check"]["check"], "too-large")
            self.assertIn("1048581 bytes are more than the limit of 1048576 bytes", finding["check"]["native"]["text"])

    def test_a_list_of_vectors_is_held_against_the_stacks(self):
        for name in ("good", "revoked", "corrupt"):
            self.fetched(name)
        rows = ["suite\tcase\tkind\tresponse_file\tcert_file\tissuer_file\texpected_status",
                "s\tgood\tocsp\tgood/response.der\tgood/cert.pem\tgood/chain.pem\tgood",
                "s\trevoked\tocsp\trevoked/response.der\trevoked/cert.pem\trevoked/chain.pem\trevoked",
                "s\tcorrupt\tocsp\tcorrupt/response.der\tcorrupt/cert.pem\tcorrupt/chain.pem\tinvalid:bad-signature",
                "s\tcorrupt-decodes\tocsp-parse\tcorrupt/response.der\t\t\tparse-ok(good)",
                "s\tsigned\tocsp-signature\tgood/response.der\t\tgood/chain.pem\tgood"]
        index = self.write("export/index.tsv", "\n".join(rows) + "\n")
        result = self.revoscope("verify", "--index", index, expect=0)
        for stack in STACKS:
            self.assertRegex(result.out, f"{stack} .*: 5 of 5 vectors as expected")
        wrong = self.write("export/wrong.tsv", "\n".join(rows[:2] + [rows[2][:-7] + "good"]) + "\n")
        result = self.revoscope("verify", "--index", wrong, expect=1)
        self.assertIn("Unexplained", result.out)
        explained = self.write("explained.yaml", "- {stack: '*', case: s/revoked, got: revoked, why: it is}\n"
                                                 "- {stack: '*', case: s/other, got: good, why: no more}\n")
        result = self.revoscope("verify", "--index", wrong, "--explained", explained, expect=0)
        self.assertIn("it is", result.out)
        self.assertIn("stale explanation", result.out)
        self.revoscope("verify", "--index", wrong, "--explained", explained, "--strict", expect=1)
        document = self.document("--index", wrong, "--explained", explained, expect=0)
        for stack in STACKS:
            self.assertEqual(document["stacks"][stack]["vectors"],
                             {"all": 2, "as_expected": 1, "explained": 1, "unexplained": 0})


@needs("openssl")
class BadInput(VerifyTest):
    """What is wrong with the words or the files: one line on stderr, nothing on stdout, exit status 2."""

    def test_bad_input_is_2_in_one_line(self):
        directory = self.exported("good")
        response = self.fetched("good")
        chain = directory + "/fullchain.pem"
        with open(response, "rb") as file:
            der = file.read()
        with open(chain, encoding="ascii") as file:
            half = file.read()[:300]
        with open(self.path("large"), "wb") as file:
            file.truncate(100 << 20)
        cert = ["--cert", chain]
        rows = {
            "no response": (cert, "nothing to verify"),
            "no certificate": (["--response", response], "--cert is missing"),
            "no issuer": (["--response", response, "--cert", directory + "/cert.pem"], "no issuer"),
            "two certificates' files": (["--response", response, *cert, *cert], "--cert is given more than once"),
            "a word": ([response], "unexpected argument"),
            "an absent file": (["--response", "/nowhere/r.der", *cert], "/nowhere/r.der"),
            "an empty file": (["--response", self.write("empty", ""), *cert], "empty"),
            "a directory": (["--response", self.temporary, *cert], "directory"),
            "100 MB": (["--response", self.path("large"), *cert], "bytes are more than the"),
            "a page": (["--response", self.write("page", "<html>sign in</html>"), *cert], "neither DER nor PEM"),
            "random bytes": (["--response", self.write("random", b"\x8f\x00\x13\x37" * 50), *cert], "neither"),
            "a truncated response": (["--response", self.write("cut", der[:-1]), *cert], "is truncated"),
            "a certificate as a response": (["--response", chain, *cert], "no OCSP response in it"),
            "a response as a certificate": (["--response", response, "--cert", response], "not a certificate"),
            "a truncated PEM": (["--response", response, "--cert", self.write("half.pem", half)], "is incomplete"),
            "a wrong time": (["--response", response, *cert, "--at", "soon"], "--at"),
            "a negative skew": (["--response", response, *cert, "--skew", "-1"], "--skew"),
            "an unknown hash": (["--response", response, *cert, "--certid-hash", "md5"], "--certid-hash"),
            "an unknown stack": (["--response", response, *cert, "--stack", "opensll"], "opensll"),
            "an unknown format": (["--response", response, *cert, "--format", "html"], "html"),
            "a list and a response": (["--index", "x.tsv", "--response", response], "--index"),
            "explained without a list": (["--response", response, *cert, "--explained", "x"], "--explained"),
            "an absent list": (["--index", "/nowhere/i.tsv"], "/nowhere/i.tsv"),
            "a list of nonsense": (["--index", self.write("i.tsv", "a\tb\n")], "a column is missing"),
            "a time-out of nothing": (["--response", response, *cert, "--timeout", "0"], "--timeout"),
            "a list with absent files": (["--index", self.write(
                "j.tsv", "suite\tcase\tkind\tresponse_file\tcert_file\tissuer_file\texpected_status\n"
                         "s\tc\tocsp\tabsent.der\tabsent.pem\tabsent.pem\tgood\n")], "j.tsv:2"),
        }
        for name, (words, text) in rows.items():
            with self.subTest(name):
                result = self.revoscope("verify", *words, expect=2)
                self.assertEqual(result.err.count("\n"), 1, str(result))
                self.assertIn(text, result.err)
                self.assertEqual(result.out, "")

    def test_a_client_that_knows_no_verification_is_no_finding_of_a_response(self):
        path = self.path("odd")
        shutil.copy(BAD_CLIENT, path)
        os.chmod(path, 0o755)
        self.write("odd.json", '{"fault": "none"}')
        words = ["--response", self.fetched("good"), "--cert", self.exported("good") + "/fullchain.pem", "--client",
                 "odd=" + path]
        document = self.document(*words, expect=1)
        self.assertEqual(document["questions"][0]["findings"]["odd"]["outcome"], "unsupported")
        self.document(*words, "--stack", "odd", expect=3)

    def test_a_client_that_breaks_is_distinguished(self):
        for fault in ("crash", "garbage", "hang", "stuck"):
            path = self.path(fault)
            shutil.copy(BAD_CLIENT, path)
            os.chmod(path, 0o755)
            self.write(fault + ".json", '{"fault": "%s", "when": "", "pids": "%s"}' % (fault, self.path("pids")))
            with self.subTest(fault):
                result = self.revoscope("verify", "--response", self.fetched("good"), "--cert",
                                        self.exported("good") + "/fullchain.pem", "--client", f"{fault}={path}", "--stack",
                                        fault, "--timeout", "2", timeout=HANG_S)
                self.assertEqual(result.status, 3, str(result))
                self.assertIn("and it was stopped" if fault == "stuck" else fault, " ".join(result.out.split()))
                # What is stopped is asked again twice, each time of a new program.
                with open(self.path("pids"), encoding="utf-8") as file:
                    starts = [line for line in file if "--describe" not in line]
                self.assertEqual(len(starts), {"stuck": 3}.get(fault, len(starts)), starts)
                os.unlink(self.path("pids"))

    def test_a_program_that_was_stopped_is_asked_again(self):
        """As in a run: that it did not run says nothing about its stack."""
        stack = STACKS[0]
        program = os.path.join(BUILD, "clients", "revoscope-client-" + stack)
        path = self.write("stopped-once", f"""#!/bin/sh
if [ "$1" != --describe ] && [ ! -e {self.path('stopped')} ]; then
    echo > {self.path('stopped')}
    kill -STOP $$
fi
exec {program} "$@"
""")
        os.chmod(path, 0o755)
        document = self.document("--response", self.fetched("good"), "--cert", self.exported("good") + "/fullchain.pem",
                                 "--client", f"{stack}={path}", "--stack", stack, "--timeout", "2", expect=0)
        self.assertTrue(os.path.exists(self.path("stopped")))
        self.assertEqual(document["questions"][0]["findings"][stack]["check"]["check"], "good")


if __name__ == "__main__":
    main()
