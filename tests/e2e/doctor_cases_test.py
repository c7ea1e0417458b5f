#!/usr/bin/env python3
"""What the doctor makes of situations that people reported, rebuilt with a server each: the causes that
doctor_situations.toml has for them."""

import concurrent.futures
import json
import os

import real_faults
from authorities import NAME
from patience import HANG_S
from programs import REVOSCOPE, ROOT, ProgramTest, main, needs
from real_servers import SERVERS, find
from situation import Pki, Situation, faults, table, wanted

TABLE = os.path.join(ROOT, "tests", "e2e", "doctor_situations.toml")
SUPPRESSIONS = os.path.join(ROOT, "tests", "support", "lsan.supp")
# Enough of the client classes for each kind of reason: those that require a staple, a status, and nothing.
CLASSES = ("openssl/soft-fail", "openssl/hard-fail", "openssl/require-staple", "gnutls/native", "mbedtls/hard-fail")


@needs("openssl", "unshare")
class Situations(ProgramTest):
    def setUp(self):
        super().setUp()
        self.environment["LSAN_OPTIONS"] += f":print_suppressions=0:suppressions={SUPPRESSIONS}"

    def build(self, rows):
        """A site for each situation whose server is installed."""
        missing = sorted({title.split()[0] for title in rows if not find(SERVERS[title.split()[0]][1])})
        if missing:
            print("not installed, so their situations are left out:", ", ".join(missing))
        pki = Pki(self)
        os.chmod(self.directory, 0o755)

        def build(title):
            server, fault = title.split()
            site = Situation(self, pki, title.replace(" ", "-"))
            real_faults.build(site, server, fault)
            return site
        titles = [title for title in rows if title.split()[0] not in missing]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return dict(zip(titles, pool.map(build, titles)))

    def examine(self, sites, arguments, command):
        """The examinations of sites, by title."""
        names = {title: f"{site.title}.test" if site.hosts else "127.0.0.1" for title, site in sites.items()}
        targets = {title: f"{names[title]}:{site.port}" for title, site in sites.items()}
        document = self.path("document.json")
        result = self.run_program(
            *command, REVOSCOPE, "doctor", "--targets", self.write("targets.txt", "\n".join(targets.values()) + "\n"),
            "--servername", NAME, "--ca", self.path("pki", "root.pem"), "--no-store", "--timeout", "4",
            "--format", f"json={document}", *[word for one in CLASSES for word in ("--class", one)], *arguments,
            timeout=HANG_S)
        self.assertIn(result.status, (0, 1, 3), str(result))
        with open(document, encoding="utf-8") as file:
            examinations = json.load(file)["examinations"]
        return {title: examinations[target] for title, target in targets.items()}

    def examine_all(self, sites):
        """What is called alike together, names with several addresses apart: they are known in a namespace alone."""
        seen = {}
        several = {title: site for title, site in sites.items() if site.hosts}
        for arguments in sorted({tuple(site.arguments) for title, site in sites.items() if title not in several}):
            seen.update(self.examine({title: site for title, site in sites.items() if title not in several
                                      and tuple(site.arguments) == arguments}, arguments, []))
        if self.run_program("unshare", "-rm", "true").status != 0:
            print("no namespaces, so these are left out:", ", ".join(several))
            return seen
        hosts = self.write("hosts", "127.0.0.1 localhost\n" + "".join(
            f"{address} {site.title}.test\n" for site in several.values() for address in site.hosts))
        command = ["unshare", "-rm", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
        seen.update(self.examine(several, (), command))
        return seen

    def test_each_comes_to_its_cause(self):
        rows = {title: row for title, row in table(TABLE).items() if row.get("test")}
        seen = self.examine_all(self.build(rows))
        for title, examination in seen.items():
            said = [(one["id"], one["severity"], one["confidence"], one["evidence"]) for one in examination["causes"]]
            with self.subTest(title):
                if "open" in rows[title]:
                    self.assertTrue(faults(rows[title], examination), "it is right: remove `open` from its row")
                else:
                    self.assertEqual(faults(rows[title], examination), [], json.dumps(said, indent=1))


class Table(ProgramTest):
    def test_each_row_is_built_and_each_fault_has_a_row(self):
        rows = table(TABLE)
        self.assertEqual({title.split()[1] for title in rows}, set(real_faults.FAULTS))
        self.assertEqual({title.split()[0] for title in rows}, set(SERVERS))

    def test_each_row_says_what_it_expects(self):
        known = {"wrong", "first", "severity", "confidence", "same_picture", "words", "also", "never", "test", "open"}
        causes = set(json.loads(self.revoscope("list", "causes", "--format", "json", expect=0).out))
        for title, row in table(TABLE).items():
            with self.subTest(title):
                self.assertEqual(set(row) - known, set())
                self.assertEqual("first" in row, "severity" in row and "confidence" in row)
                named = [*wanted(row), *row.get("same_picture", []), *row.get("also", []), *row.get("never", [])]
                self.assertEqual({one for one in named if one} - causes, set())


if __name__ == "__main__":
    main()
