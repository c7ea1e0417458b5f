"""A port of its own that passes connections on to another: for a URL that has to be known before the port is."""

import socket

from forwarder import Forwarder
from patience import HANG_S


class Relay(Forwarder):
    """`target` (a port on 127.0.0.1) may be set later."""

    target = None

    def serve(self, peer):
        try:
            with peer, socket.create_connection(("127.0.0.1", self.target), timeout=HANG_S) as server:
                self.join_both(peer, server)
        except OSError:
            pass  # the responder is down: the peer sees the connection close
