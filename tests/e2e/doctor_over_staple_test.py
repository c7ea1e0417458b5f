#!/usr/bin/env python3
"""`revoscope doctor` at servers whose handshakes fail or wait over the staple that a client requests: a relay in front of
the lab that looks for status_request in the ClientHello does to it what such servers do."""

import json
import socket
import time

from forwarder import Forwarder
from lab import KeptLab
from patience import HANG_S
from programs import ProgramTest, main

# status_request (RFC 6066 section 8) as clients send it: extension 5, type ocsp, no responders, no extensions.
STATUS_REQUEST = bytes.fromhex("000500050100000000")
INTERNAL_ERROR = bytes.fromhex("15030300020250")  # a fatal alert, 80


class Server(Forwarder):
    """`play(peer)` before whatever a client that requests a staple gets; true when the connection goes on."""

    def __init__(self, test, target, play):
        self.target, self.play = target, play
        super().__init__(test)

    def serve(self, peer):
        try:
            with peer, socket.create_connection(("127.0.0.1", self.target), timeout=HANG_S) as server:
                hello = peer.recv(65536)
                if STATUS_REQUEST in hello and not self.play(peer):
                    return
                server.sendall(hello)
                self.join_both(peer, server)
        except OSError:
            pass  # the client has left


class OverTheStaple(ProgramTest):
    def examine(self, play, scenario="no-staple"):
        lab = KeptLab(self, scenario)
        server = Server(self, int(lab.address.split(":")[1]), play)
        out = self.path("doctor.json")
        result = self.revoscope("doctor", f"{lab.hosts[scenario]}:{server.port}", "--connect", f"127.0.0.1:{server.port}",
                                "--ca", lab.root, "--no-store", "--timeout", "5", "--class", "openssl/*",
                                "--format", f"json={out}", timeout=HANG_S)
        with open(out, encoding="utf-8") as file:
            (seen,) = json.load(file)["examinations"].values()
        return seen, result

    def first(self, seen):
        cause = seen["causes"][0]
        return cause["id"], cause["severity"], cause["confidence"]

    def test_an_alert_for_everyone_who_asks(self):
        def play(peer):
            peer.sendall(INTERNAL_ERROR)
            return False
        seen, _ = self.examine(play)
        self.assertEqual(self.first(seen), ("staple-breaks-handshake", "critical", "certain"))
        evidence = " ".join(seen["causes"][0]["evidence"])
        self.assertIn("0 of 2 handshakes that request a staple completed, and 1 of 1", evidence)
        self.assertIn("internal_error", evidence)
        # The certificate came with the other handshake, and its sources were asked.
        self.assertEqual([one["verdict"] for one in seen["responders"]], ["good"])
        self.assertNotIn("handshake-fails", [one["id"] for one in seen["causes"]])

    def test_a_close_for_everyone_who_asks(self):
        seen, _ = self.examine(lambda peer: False)
        self.assertEqual(self.first(seen), ("staple-breaks-handshake", "critical", "certain"))

    def test_a_wait_for_everyone_who_asks(self):
        def play(peer):
            del peer
            time.sleep(1.5)
            return True
        seen, _ = self.examine(play)
        delay = next(one for one in seen["causes"] if one["id"] == "staple-delays-handshake")
        self.assertEqual((delay["severity"], delay["confidence"]), ("warning", "certain"))

    def test_a_wait_beyond_every_deadline(self):
        def play(peer):
            peer.settimeout(HANG_S)
            peer.recv(1)  # until the client gives up
            return False
        seen, _ = self.examine(play)
        self.assertEqual(self.first(seen), ("staple-breaks-handshake", "critical", "certain"))
        self.assertIn("tls-timeout", " ".join(seen["causes"][0]["evidence"]))

    def test_a_close_for_everyone(self):
        lab = KeptLab(self, "no-staple")

        class Closed(Server):
            def serve(self, peer):
                peer.recv(100)
                peer.close()
        server = Closed(self, int(lab.address.split(":")[1]), None)
        out = self.path("doctor.json")
        self.revoscope("doctor", f"127.0.0.1:{server.port}", "--no-store", "--timeout", "3", "--class", "openssl/*",
                       "--format", f"json={out}", timeout=HANG_S)
        with open(out, encoding="utf-8") as file:
            (seen,) = json.load(file)["examinations"].values()
        self.assertEqual(self.first(seen), ("handshake-fails", "critical", "certain"))


if __name__ == "__main__":
    main()
