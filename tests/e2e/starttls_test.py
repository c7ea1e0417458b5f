#!/usr/bin/env python3
"""TLS that begins within another protocol: Debian's servers for mail, directories, files and chat with a
certificate of the lab, scripted servers for databases and news, and servers that refuse or interfere."""

import os
import unittest

from lab import Lab
from programs import STACKS, ProgramTest, cells_by, main, needs
from starttls import LINE, NGINX_MODULE, SCRIPTS, Scripted, dovecot, nginx_mail, prosody, slapd, vsftpd

NAME = "good.lab.localhost"
INJECTED = "in the clear before TLS"


class StarttlsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        lab = Lab(self, self.path(), [{"id": "good", "host": NAME, "situation": {}}])
        self.certificates, self.root = self.path("certificates"), self.path("root.pem")
        os.mkdir(self.certificates)
        lab.command(command="export", scenario="good", directory=self.certificates)
        lab.close()

    def probe(self, protocol, port, *arguments):
        result = self.revoscope("probe", f"{NAME}:{port}", "--connect", f"127.0.0.1:{port}", "--ca", self.root,
                                "--starttls", protocol, "--class", "*/no-check", "--no-store", "--format", "json",
                                *arguments)
        self.assertIn(result.status, (0, 1, 3), str(result))
        cells = {class_id: cell for (_, class_id), cell in cells_by(result.document()).items()}
        self.assertEqual(set(cells), {f"{stack}/no-check" for stack in STACKS})
        return cells

    def reaches(self, protocol, port, log=lambda: ""):
        for class_id, cell in self.probe(protocol, port).items():
            with self.subTest(protocol, client=class_id):
                self.assertEqual((cell["outcome"], cell["reason"]), ("connect", "not-checked"),
                                 f"{cell['detail']}\n{log()}")
                self.assertTrue(cell["observation"]["certificate"]["sha256"], cell)
        self.is_examined(protocol, port)

    def is_examined(self, protocol, port):
        """The doctor comes the same way; the lab's responder is gone by then."""
        result = self.revoscope("doctor", f"{NAME}:{port}", "--connect", f"127.0.0.1:{port}", "--ca", self.root,
                                "--starttls", protocol, "--class", "openssl/no-check", "--no-store", "--repeat", "2",
                                "--format", "json", expect=1)
        (seen,) = result.document()["examinations"].values()
        with self.subTest(protocol, command="doctor"):
            self.assertEqual({one["completed"] for one in seen["handshakes"] if one["offered"] == "any"}, {True}, seen)
            self.assertEqual({one["verified"] for one in seen["chains"].values()}, {True})
            # Dovecot says who it is, and has no stapling.
            first, last = (["server-cannot-staple"], []) if seen["server"]["kind"] == "dovecot" else ([], ["stapling-not-enabled"])
            self.assertEqual([one["id"] for one in seen["causes"]],
                             [*first, "responder-down", "intermediate-status-unavailable", *last])

    def refuses(self, protocol, port, *words, timeout="5s"):
        for class_id, cell in self.probe(protocol, port, "--timeout", timeout).items():
            with self.subTest(protocol, client=class_id):
                self.assertEqual((cell["outcome"], cell["reason"]), ("error", "starttls-failed"), cell["detail"])
                for word in (protocol + ": ", *words):
                    self.assertIn(word, cell["detail"])


class RealServers(StarttlsTest):
    def skip_another_grammar(self):
        version = self.run_program("dovecot", "--version").out.split()[0]
        if not version.startswith("2.3."):
            self.skipTest(f"the configuration of this test is for Dovecot 2.3, and {version} has another grammar")

    @needs("dovecot")
    def test_dovecot(self):
        self.skip_another_grammar()
        server = dovecot(self, self.path("dovecot"), self.certificates, NAME)
        for protocol, port in server.ports.items():
            self.reaches(protocol, port, server.log)

    @needs("dovecot")
    def test_dovecot_without_tls(self):
        self.skip_another_grammar()
        server = dovecot(self, self.path("dovecot"), self.certificates, NAME, tls=False)
        self.refuses("imap", server.ports["imap"], "answered 'a1 BAD")
        self.refuses("pop3", server.ports["pop3"], "answered '-ERR")
        self.refuses("smtp", server.ports["smtp"], "answered '502")
        self.refuses("sieve", server.ports["sieve"], "answered 'NO")

    @needs("nginx")
    @unittest.skipUnless(os.path.exists(NGINX_MODULE), "not installed: nginx's module for mail")
    def test_nginx(self):
        server = nginx_mail(self, self.path("nginx"), self.certificates, NAME)
        for protocol, port in server.ports.items():
            self.reaches(protocol, port, server.log)
        server = nginx_mail(self, self.path("plain"), self.certificates, NAME, tls=False)
        self.refuses("imap", server.ports["imap"], "answered 'a1 BAD")
        self.refuses("pop3", server.ports["pop3"], "answered '-ERR")
        self.refuses("smtp", server.ports["smtp"], "answered '5")

    @needs("slapd")
    def test_slapd(self):
        server = slapd(self, self.path("slapd"), self.certificates)
        self.reaches("ldap", server.ports["ldap"], server.log)
        server = slapd(self, self.path("plain"), self.certificates, tls=False)
        self.refuses("ldap", server.ports["ldap"], "LDAP result 2 (protocolError)", "unsupported extended operation")

    @needs("vsftpd")
    def test_vsftpd(self):
        server = vsftpd(self, self.path("vsftpd"), self.certificates)
        self.reaches("ftp", server.ports["ftp"], server.log)
        server = vsftpd(self, self.path("plain"), self.certificates, tls=False)
        self.refuses("ftp", server.ports["ftp"], "answered '530")

    @needs("prosody")
    def test_prosody(self):
        server = prosody(self, self.path("prosody"), self.certificates, NAME)
        for protocol, port in server.ports.items():
            self.reaches(protocol, port, server.log)


class ScriptedServers(StarttlsTest):
    def test_databases_and_news(self):
        for protocol, turns in SCRIPTS.items():
            server = Scripted(self, turns, self.certificates)
            self.reaches(protocol, server.port)

    def test_what_comes_before_tls_is_no_part_of_it(self):
        rows = {
            "smtp": [b"220 mx\r\n", LINE, b"250 ok\r\n", LINE, b"220 go\r\n250 injected\r\n"],
            "ldap": [31, bytes.fromhex("300c02010178070a010004000400") * 2],
            "postgres": [8, b"SR\0\0\0\x08\0\0\0\0"],
            "xmpp": [("version='1.0'>",), b"<stream><features><starttls/></features>", ("/>",), b"<proceed/> "],
        }
        for protocol, turns in rows.items():
            server = Scripted(self, turns)
            self.refuses(protocol, server.port, INJECTED)

    def test_a_silent_server_costs_the_timeout(self):
        server = Scripted(self, [b"220-wait\r\n"])
        self.refuses("smtp", server.port, "no answer of the server", timeout="1s")

    def test_words_of_a_server_are_harmless(self):
        server = Scripted(self, [b"554 \x1b[2J\x07\xff\xe2\x80\xae go\r\n"])
        self.refuses("smtp", server.port, r"'554 \x1b[2J\x07\xff\u{202e} go'")

    def test_the_usual_port_is_the_default(self):
        result = self.revoscope("probe", NAME, "--connect", "127.0.0.1:1", "--starttls", "sieve", "--class",
                                "openssl/no-check", "--no-store", "--format", "json")
        self.assertEqual(list(result.document()["endpoints"]), [f"{NAME}:4190"])

    def test_an_unknown_protocol_is_wrong_usage(self):
        result = self.revoscope("probe", NAME, "--starttls", "gopher", expect=2)
        self.assertIn("(one of: ftp, imap, ldap,", result.err)


if __name__ == "__main__":
    main()
