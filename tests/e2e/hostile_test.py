#!/usr/bin/env python3
"""Endpoints that no client should trust with its time or memory, through `revoscope probe`."""

import hostile
from certificates import Authority, ocsp_response
from patience import HANG_S
from programs import STACKS, ProgramTest, cells_by, main, needs

DEADLINE_S = 2
VERDICTS = ("connect", "warn", "reject")


class ProbeTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.classes = [f"{stack}/{policy}" for stack in STACKS for policy in ("no-check", "hard-fail", "native")]

    def probe(self, port, *arguments, expect=None):
        selection = [word for class_id in self.classes for word in ("--class", class_id)]
        result = self.revoscope("probe", f"localhost:{port}", "--connect", f"127.0.0.1:{port}", "--servername",
                                "localhost", "--no-store", "--format", "json", "--timeout", f"{DEADLINE_S}s", *selection,
                                *arguments, timeout=HANG_S)
        self.assertNotIn(b"\x1b", result.raw_out + result.raw_err)
        if expect is not None:
            self.assertEqual(result.status, expect, str(result))
        document = result.document()
        self.assertEqual(len(document["cells"]), len(self.classes))
        return result, document["cells"]


class Peers(ProbeTest):
    def test_every_bad_peer_is_an_error_with_its_cause_and_in_time(self):
        rows = {
            "silent": (hostile.silent, {"tls-timeout"}),
            "drip": (hostile.drip, {"tls-timeout", "tls-protocol"}),
            "endless handshake": (hostile.endless_handshake, {"tls-timeout", "tls-protocol"}),
            "endless empty records": (hostile.endless_empty_records, {"tls-timeout", "tls-protocol"}),
            "endless warnings": (hostile.endless_warnings, {"tls-timeout", "tls-protocol", "tls-alert"}),
            "closes at once": (hostile.closes, {"tls-closed", "tls-protocol"}),
            "closes after the hello": (hostile.closes_after_hello, {"tls-closed", "tls-protocol"}),
            "resets": (hostile.resets, {"tls-closed", "tls-protocol"}),
            "plain HTTP": (hostile.plain_http, {"tls-protocol"}),
            "mail banner": (hostile.banner, {"tls-protocol"}),
            "alert": (hostile.alert, {"tls-alert"}),
            "SSL 3.0": (hostile.old_version, {"tls-protocol", "tls-alert"}),
        }
        for name, (play, reasons) in rows.items():
            with self.subTest(name):
                peer = hostile.Peer(play)
                self.addCleanup(peer.close)
                result, cells = self.probe(peer.port)
                for cell in cells:
                    self.assertEqual(cell["outcome"], "error", f"{cell['class']}: {cell['reason']}: {cell['detail']}")
                    self.assertIn(cell["reason"], reasons, f"{cell['class']}: {cell['detail']}")
                    self.assertTrue(cell["detail"])
                # The stacks work side by side; no class may take much longer than its deadline.
                self.assertLess(result.seconds, 6 * DEADLINE_S + 5, name)
                self.assertEqual(result.status, 3, "nothing was found out, so it cannot be 0")
                peer.close()

    def test_a_refused_connection_is_an_error(self):
        peer = hostile.Peer(hostile.closes)
        port = peer.port
        peer.close()
        result, cells = self.probe(port)
        self.assertEqual({(cell["outcome"], cell["reason"]) for cell in cells}, {("error", "connect-refused")})
        self.assertEqual(result.status, 3)


@needs("openssl")
class Certificates(ProbeTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory)

    def serve(self, leaf, *options):
        path = self.authority.write("leaf.pem", leaf)
        peer = hostile.TlsPeer(path, self.authority.leaf_key.path, *options)
        self.addCleanup(peer.close)
        return peer

    def verdicts(self, peer):
        result, cells = self.probe(peer.port, "--ca", self.authority.root_path)
        return result, {cell["class"]: cell for cell in cells}

    def test_a_good_one_first_so_that_the_rest_can_fail(self):
        _, cells = self.verdicts(self.serve(self.authority.leaf()))
        for stack in STACKS:
            self.assertEqual(cells[f"{stack}/no-check"]["outcome"], "connect", cells[f"{stack}/no-check"]["detail"])
            self.assertEqual(cells[f"{stack}/hard-fail"]["outcome"], "reject")

    def test_bytes_of_the_terminal_in_names_and_pointers_stay_harmless(self):
        """NUL ends a name for C code only; escape sequences would rewrite a terminal."""
        leaf = self.authority.leaf(
            common_name=b"localhost\0.evil\x1b]0;owned\x07\x1b[2J", names=(b"localhost", b"a\0b.localhost", b"\x1b[31m"),
            ocsp_urls=(b"http://127.0.0.1:1/\x1b[2J\r\nHost: x", b"file:///etc/passwd", b"http://[::1"),
            crl_urls=(b"ftp://127.0.0.1/crl", b"http://127.0.0.1:1/" + b"a" * 5000))
        result, cells = self.verdicts(self.serve(leaf))
        for class_id, cell in cells.items():
            self.assertIn(cell["outcome"], VERDICTS, f"{class_id}: {cell['detail']}")
        self.assertNotIn("root:x:", result.out)

    def test_a_name_cut_by_nul_is_no_match(self):
        _, cells = self.verdicts(self.serve(self.authority.leaf(common_name=b"localhost\0.evil",
                                                                names=(b"localhost\0.evil",))))
        for class_id, cell in cells.items():
            self.assertEqual(cell["outcome"], "reject", f"{class_id}: {cell['detail']}")

    def test_a_chain_of_a_megabyte_ends(self):
        """Stacks refuse it at limits of their own, or take it; none may crash or hang."""
        chain = b"".join(self.authority.leaf(common_name=b"padding %d" % i, padding=200000) for i in range(5))
        peer = self.serve(self.authority.leaf(), "-cert_chain", self.authority.write("chain.pem", chain))
        _, cells = self.verdicts(peer)
        for class_id, cell in cells.items():
            self.assertIn(cell["outcome"], VERDICTS + ("error",), f"{class_id}: {cell['detail']}")
            self.assertNotIn(cell["reason"], ("tls-timeout",), class_id)

    def test_a_staple_of_16_megabytes_is_never_good(self):
        """TLS 1.2 has room for it (RFC 6066 section 8); 64 KiB is what we look at."""
        staple = self.authority.write("staple.der", ocsp_response(16_000_000))
        peer = self.serve(self.authority.leaf(), "-status_file", staple, "-no_tls1_3")
        _, cells = self.verdicts(peer)
        for class_id, cell in cells.items():
            self.assertNotIn(cell["outcome"], ("crash", "hang"), class_id)
            self.assertNotEqual(cell["assurance"], "good", class_id)
            if class_id.endswith("hard-fail"):
                self.assertIn(cell["outcome"], ("reject", "error"), class_id)

    def test_a_staple_that_is_empty_inside_is_never_good(self):
        staple = self.authority.write("staple.der", ocsp_response(1))
        _, cells = self.verdicts(self.serve(self.authority.leaf(must_staple=True), "-status_file", staple))
        for class_id, cell in cells.items():
            self.assertNotIn(cell["outcome"], ("crash", "hang"), class_id)
            self.assertNotEqual(cell["assurance"], "good", class_id)


if __name__ == "__main__":
    main()
