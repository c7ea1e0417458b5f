#!/usr/bin/env python3
"""Endpoints named by an address, IPv4 and IPv6: how they are reached, what is asked for (an address is no SNI,
RFC 6066 section 3) and what the certificate has to say (an iPAddress, RFC 9110 section 4.3.5)."""

import os
import socket
import unittest

from certificates import Authority
from programs import STACKS, ProgramTest, cells_by, main, needs
from starttls import Scripted


def has_ipv6():
    """Whether ::1 is an address of this machine."""
    if not os.path.exists("/proc/net/if_inet6"):
        return False
    with open("/proc/net/if_inet6", encoding="ascii") as file:
        return any(line.split()[0] == "0" * 31 + "1" for line in file)


V4 = ("127.0.0.1", "127.0.0.1", socket.AF_INET, bytes([127, 0, 0, 1]))
V6 = ("[::1]", "::1", socket.AF_INET6, bytes(15) + b"\x01")
LOOPBACKS = [V4, V6] if has_ipv6() else [V4]
if V6 not in LOOPBACKS:
    print("this machine has no ::1 (/proc/net/if_inet6): only what is of IPv4 is tested")


@needs("openssl")
class Addresses(ProgramTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory)

    def serve(self, family, **leaf):
        """A TLS server with such a leaf."""
        certificates = self.path(f"certificates{len(os.listdir(self.directory))}")
        os.mkdir(certificates)
        with open(os.path.join(certificates, "fullchain.pem"), "wb") as file:
            file.write(self.authority.leaf(**leaf))
        os.link(self.authority.leaf_key.path, os.path.join(certificates, "key.pem"))
        return Scripted(self, [], certificates, family=family)

    def probe(self, *arguments, classes="*/no-check", status=(0, 1, 3)):
        result = self.revoscope("probe", *arguments, "--ca", self.authority.root_path, "--class", classes,
                                "--no-store", "--format", "json")
        self.assertIn(result.status, status, str(result))
        return result.document()

    def check(self, document, row, outcome, reason):
        cells = cells_by(document)
        self.assertEqual({key: (cell["outcome"], cell["reason"]) for key, cell in cells.items()},
                         {(row, f"{stack}/no-check"): (outcome, reason) for stack in STACKS},
                         [cell["detail"] for cell in cells.values()])

    def test_an_address_is_verified_and_not_asked_for(self):
        for shown, address, family, packed in LOOPBACKS:
            with self.subTest(address):
                server = self.serve(family, names=(b"localhost",), addresses=(bytes(4), packed))
                row = f"{shown}:{server.port}"
                self.check(self.probe(row), row, "connect", "not-checked")
                self.assertEqual(server.server_names, [None] * len(STACKS))

    def test_another_address_or_a_name_that_looks_like_one_is_refused(self):
        for shown, address, family, packed in LOOPBACKS:
            other = packed[:-1] + b"\x02"
            server = self.serve(family, common_name=address.encode(), names=(address.encode(), b"localhost"),
                                addresses=(other, V4[3] if family == socket.AF_INET6 else V6[3]))
            with self.subTest(address):
                row = f"{shown}:{server.port}"
                self.check(self.probe(row), row, "reject", "chain-name")

    def test_a_server_name_goes_before_the_address(self):
        for shown, address, family, _ in LOOPBACKS:
            with self.subTest(address):
                server = self.serve(family, names=(b"www.example.org",))
                row = f"{shown}:{server.port}"
                self.check(self.probe(row, "--servername", "www.example.org"), row, "connect", "not-checked")
                self.assertEqual(server.server_names, ["www.example.org"] * len(STACKS))

    def test_connect_takes_addresses(self):
        for shown, address, family, _ in LOOPBACKS:
            server = self.serve(family, names=(b"www.example.org",))
            for target, connect in ((f"www.example.org:{server.port}", address), (f"www.example.org:{server.port}", shown),
                                    ("www.example.org:443", f"{shown}:{server.port}")):
                with self.subTest(target, connect=connect):
                    self.check(self.probe(target, "--connect", connect), target, "connect", "not-checked")

    def test_a_family_is_kept_to(self):
        server = self.serve(socket.AF_INET, addresses=(V4[3],))
        row = f"127.0.0.1:{server.port}"
        self.check(self.probe(row, "-4"), row, "connect", "not-checked")
        document = self.probe(row, "-6", status=(3,))
        self.check(document, row, "error", "connect-dns")
        self.check(self.probe("[::1]:443", "-4", status=(3,)), "[::1]:443", "error", "connect-dns")

    def test_every_address_of_a_name_is_a_row(self):
        server = self.serve(socket.AF_INET)
        found = {entry[4][0] for entry in socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)}
        document = self.probe(f"localhost:{server.port}", "--all-addresses", classes="openssl/no-check")
        row = f"localhost:{server.port}"
        self.assertEqual(set(document["endpoints"]),
                         {row} if len(found) == 1 else {f"{row}@{address}" for address in found})
        outcomes = {endpoint: cell["outcome"] for (endpoint, _), cell in cells_by(document).items()}
        for endpoint, outcome in outcomes.items():
            self.assertEqual(outcome, "error" if "::1" in endpoint else "connect")

    @unittest.skipUnless(V6 in LOOPBACKS, "no ::1 on this machine")
    def test_an_interface_is_ours_alone(self):
        server = self.serve(socket.AF_INET6, addresses=(V6[3],))
        row = f"[::1%{socket.if_nametoindex('lo')}]:{server.port}"
        self.check(self.probe(row), row, "connect", "not-checked")
        self.assertEqual(server.server_names, [None] * len(STACKS))


if __name__ == "__main__":
    main()
