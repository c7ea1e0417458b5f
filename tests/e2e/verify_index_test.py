#!/usr/bin/env python3
"""`revoscope verify --index`: each row gives what its files give one by one, and what is wrong with a
row is said of that row alone."""

import base64
import os
import random

from certificates import pem, sequence
from crl_parts import scope
from patience import HANG_S
from programs import STACKS, ProgramTest, main, needs
from signed_status import DAY, AnyKey, Issuer

COLUMNS = ("suite", "case", "kind", "response_file", "cert_file", "issuer_file", "trust_file", "other_files", "time",
           "alt_time", "expected_status", "basis")
LIMIT = 16 << 20


def listed(data):
    body = base64.encodebytes(data).decode()
    return "-----BEGIN X509 CRL-----\n" + body + "-----END X509 CRL-----\n"


@needs("openssl")
class Index(ProgramTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("keys"))
        self.root = Issuer(self.path("keys"))
        self.ca = self.root.authorize(AnyKey(self.path("keys")), b"revoscope intermediate")
        self.other = Issuer(self.path("keys"), common_name=b"another CA")
        for file, cert in (("root", self.root.cert), ("ca", self.ca.cert), ("leaf", self.ca.leaf), ("other", self.other.cert)):
            self.write(file + ".pem", pem(cert))
        self.write("ca+root.pem", pem(self.ca.cert) + pem(self.root.cert))

    def row(self, kind, response, expected="good", **more):
        """A row; files by their names, others in the order of COLUMNS."""
        values = {"suite": "s", "case": f"{len(self.rows)}", "kind": kind, "response_file": response, "cert_file": "leaf.pem",
                  "issuer_file": "ca.pem", "expected_status": expected, "basis": "any words", **more}
        self.rows.append({column: values.get(column, "") for column in COLUMNS})

    def listing(self, rows, file="index.tsv"):
        return self.write(file, "\n".join("\t".join(line) for line in [COLUMNS, *[row.values() for row in rows]]) + "\n")

    def judge(self, index):
        """The document of a list, which ends as it does by what is expected."""
        result = self.revoscope("verify", "--format", "json", "--index", index, timeout=HANG_S)
        self.assertIn(result.status, (0, 1), str(result))
        return result.document()

    def statuses(self, question):
        return {stack: finding["status"] for stack, finding in question["findings"].items()}

    def make_rows(self):
        """Rows of every kind; what comes of them is not their point."""
        self.rows, ca, root = [], self.ca, self.root
        chance = random.Random(11)
        entries = [ca.entry(), ca.entry("revoked"), ca.entry("unknown"), ca.entry(begin=-3 * DAY, end=-DAY),
                   ca.entry("revoked", serial=b"\x01")]
        for number in range(6):
            self.write(f"r{number}.der", ca.response(entries=[entries[number]] if number < 3 else chance.sample(entries, chance.randint(2, 3))))
        self.write("r6.der", ca.response(key=AnyKey(self.path("keys"))))
        self.write("r7.der", b"\x30\x03\x0a\x01\x03")  # tryLater
        self.write("r8.der", b"\x30\x03\x0a\x01\x06")  # unauthorized
        for number in range(9):
            self.row("ocsp", f"r{number}.der")
            self.row(chance.choice(["ocsp-signature", "ocsp-parse"]), f"r{number}.der")
        self.row("ocsp", "r7.der", "invalid:try-later", cert_file="", issuer_file="")
        self.row("ocsp-parse", "r8.der", "invalid:unauthorized", cert_file="", issuer_file="")
        self.row("ocsp-signature", "r0.der", cert_file="")
        lists = [ca.crl(), ca.crl(ca.revoked()), ca.crl(begin=-3 * DAY, end=-DAY), self.other.crl(),
                 root.crl(), root.crl(sequence(root.listed(serial=ca.own_serial)))]
        list_nobody = [lists[number] for number in (0, 2, 3, 4)]
        for number in range(6):
            self.write(f"l{number}.pem", "".join(map(listed, chance.sample(lists, chance.randint(1, 4)))))
            chosen = chance.sample(lists, chance.randint(3, 6)) if number > 1 else chance.sample(list_nobody, 4)
            self.write(f"c{number}.pem", "".join(map(listed, chosen)))
            self.row("crl", f"l{number}.pem")
            self.row("crl-chain", f"c{number}.pem", issuer_file="ca+root.pem")
        self.write("l6.der", ca.crl())
        self.row("crl", "l6.der")
        self.row("crl", "r0.der", "invalid")
        self.row("crl", "l6.der", "invalid:stale", time="2040-01-01T00:00:00Z")
        self.row("ocsp", "r0.der", "invalid:stale", alt_time="2040-01-01T00:00:00Z")
        self.row("crl", "l6.der", trust_file="root.pem")
        return self.rows

    def alone(self, row):
        """The findings by the options, of each question and stack."""
        def words(certificate, *more):
            return self.revoscope("verify", "--format", "json", "--crl" if "crl" in row["kind"] else "--response",
                                  self.path(row["response_file"]), "--cert", certificate, *more, timeout=HANG_S).document()["questions"]
        at = row["alt_time"] or row["time"]
        more = [*(["--at", at] if at else []), *(["--trust", self.path(row["trust_file"])] if row["trust_file"] else [])]
        if row["kind"] != "crl-chain":
            return [words(self.path(row["cert_file"]), "--issuer", self.path(row["issuer_file"]), *more)]
        more = ["--chain", self.path("ca.pem"), "--trust", self.path("root.pem")]
        return [words(self.path("leaf.pem"), *more), words(self.path("ca.pem"), *more)]

    def expected_of(self, row, stack, certificates):
        """The status that follows from the findings of one by one."""
        def status(question):
            found = question["findings"][stack]["check"]
            if found is None:
                return "invalid"
            if row["kind"] == "ocsp-signature":
                return found["status"] if found["authentic"] else "invalid"
            if row["kind"] == "ocsp-parse":
                return found["status"] if found["check"] not in ("malformed", "error-response") else "invalid"
            return found["check"] if found["check"] in ("good", "revoked", "unknown") else "invalid"
        worst = []
        for questions in certificates:
            found = [status(question).replace("none", "invalid") for question in questions]
            worst.append(next(word for word in ("revoked", "good", "unknown", "invalid") if word in found))
        return next(word for word in ("revoked", "invalid", "unknown", "good") if word in worst)

    def test_a_row_gives_what_its_files_give_one_by_one(self):
        rows = self.make_rows()
        document = self.judge(self.listing(rows))
        self.assertEqual(len(document["questions"]), len(rows))
        seen = set()
        for row, question in zip(rows, document["questions"]):
            if row["cert_file"] and (row["issuer_file"] or row["kind"] == "ocsp-parse"):
                certificates = self.alone(row)
                expected = {stack: self.expected_of(row, stack, certificates) for stack in STACKS}
                single = [found["findings"] for questions in certificates for found in questions]
            else:  # no options for it: a list of this row alone
                [own] = self.judge(self.listing([row], "alone.tsv"))["questions"]
                expected, single = self.statuses(own), [own["findings"]]
            with self.subTest(row=row):
                self.assertEqual(self.statuses(question), expected)
                for stack in STACKS:
                    self.assertIn(question["findings"][stack]["check"], [found[stack]["check"] for found in single])
            seen.update((row["kind"], status) for status in expected.values())
        for wanted in (("ocsp", "good"), ("ocsp", "revoked"), ("ocsp", "invalid"), ("crl", "good"), ("crl", "revoked"),
                       ("crl", "invalid"), ("crl-chain", "good"), ("crl-chain", "revoked"), ("crl-chain", "invalid")):
            self.assertIn(wanted, seen, "the set does not have both directions")

    def test_further_certificates_of_a_chain_are_checked(self):
        """The intermediate and its root are among the other files only."""
        self.rows = []
        ca, root = self.ca, self.root
        all_good, ca_revoked = [ca.crl(), root.crl()], [ca.crl(), root.crl(sequence(root.listed(serial=ca.own_serial)))]
        self.write("good.pem", "".join(map(listed, all_good)))
        self.write("revoked.pem", "".join(map(listed, ca_revoked)))
        self.write("leaf-only.pem", listed(ca.crl()))
        self.write("request.der", b"\x30\x00")
        files = {"issuer_file": "", "trust_file": "root.pem", "other_files": "request.der;other.pem;ca.pem"}
        self.row("crl-chain", "good.pem", "good", **files)
        self.row("crl-chain", "revoked.pem", "revoked", **files)
        self.row("crl-chain", "leaf-only.pem", "invalid", **files)
        self.row("crl-chain", "revoked.pem", "revoked", **{**files, "issuer_file": "ca.pem", "other_files": "request.der"})
        self.row("crl", "revoked.pem", "good", **files)
        document = self.judge(self.listing(self.rows))
        for row, question in zip(self.rows, document["questions"]):
            with self.subTest(row=row):
                self.assertEqual(self.statuses(question), {stack: row["expected_status"] for stack in STACKS})
                self.assertEqual(question.get("certificates"), 2 if row["kind"] == "crl-chain" else None)
        wrong = self.listing([{**self.rows[1], "expected_status": "good"}], "wrong.tsv")
        self.assertIn("(2 certificates checked)", " ".join(self.revoscope("verify", "--index", wrong, expect=1).out.split()))

    def test_crls_for_some_reasons_each_are_good_together(self):
        self.rows, ca = [], self.ca
        some, others = (scope(reasons=reasons, critical=False) for reasons in (b"\x06\x40", b"\x07\x3f\x80"))
        one, two, bad = ca.crl(extensions=[some]), ca.crl(extensions=[others]), ca.crl(ca.revoked(), extensions=[others])
        for file, lists, expected in (("both", (one, two), "good"), ("same", (one, one), "invalid"), ("bad", (one, bad), "revoked"),
                                      ("alone", (two,), "invalid")):
            self.write(file + ".pem", "".join(map(listed, lists)))
            self.row("crl", file + ".pem", expected)
        for row, question in zip(self.rows, self.judge(self.listing(self.rows))["questions"]):
            with self.subTest(row=row):
                self.assertEqual(self.statuses(question), {stack: row["expected_status"] for stack in STACKS})
        for file, data in (("one.crl", one), ("two.crl", two), ("bad.crl", bad)):
            self.write(file, data)
        for files, status in ((["both.pem"], 0), (["one.crl", "two.crl"], 0), (["one.crl"], 1), (["one.crl", "one.crl"], 1),
                              (["one.crl", "bad.crl"], 1)):
            with self.subTest(files):
                result = self.revoscope("verify", *[word for file in files for word in ("--crl", self.path(file))], "--cert",
                                        self.path("leaf.pem"), "--issuer", self.path("ca.pem"), expect=status)
                self.assertEqual("cover all reasons together" in result.out, status == 0)

    def test_what_is_too_large_is_an_error_of_its_row(self):
        self.rows = []
        for file in ("large.crl", "large.pem"):
            with open(self.path(file), "wb") as out:
                out.truncate(LIMIT + 1)
        self.write("good.crl", self.ca.crl())
        self.write("many.pem", pem(self.other.cert) * 700)
        self.row("crl", "good.crl")
        self.row("crl", "large.crl", "invalid")
        self.row("crl-chain", "large.crl", "revoked")
        self.row("ocsp", "large.crl")
        self.row("crl", "good.crl", other_files="request.der;large.pem")
        self.row("crl", "good.crl", other_files="many.pem")
        self.row("crl", "good.crl")
        self.write("request.der", b"\x30\x00")
        index = self.listing(self.rows)
        document = self.judge(index)
        for row, question in zip(self.rows, document["questions"]):
            is_large = "large" in row["response_file"] + row["other_files"]
            for stack, finding in question["findings"].items():
                with self.subTest(stack, row=row):
                    if not is_large and not row["other_files"]:
                        self.assertEqual(finding["status"], "good")
                        continue
                    self.assertEqual((finding["check"], finding["outcome"], finding["reason"], finding["status"]),
                                     (None, "error", "input-too-large", None))
                    limit = LIMIT if is_large else 200 << 10
                    self.assertRegex(finding["detail"], rf"\d+ bytes .*the limit of {limit} bytes")
            self.assertEqual(question["bytes"], LIMIT + 1 if is_large else os.path.getsize(self.path("good.crl")))
        text = self.revoscope("verify", "--index", index, expect=1).out
        for stack in STACKS:
            self.assertRegex(text, f"{stack} .*: 2 of 7 vectors as expected, 0 differences explained, 5 not")


if __name__ == "__main__":
    main()
