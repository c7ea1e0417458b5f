"""A port of its own that passes connections on to another: for a URL that has to be known before the port is."""

import socket
import threading


class Relay(threading.Thread):
    """Listens on 127.0.0.1 from the start; `target` (a port) may be set later. Ends with the test."""

    def __init__(self, test):
        super().__init__(daemon=True)
        self.target = None
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        test.addCleanup(self.stop)
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    @staticmethod
    def _pour(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # either side may leave

    def _serve(self, peer):
        try:
            with peer, socket.create_connection(("127.0.0.1", self.target), timeout=10) as server:
                back = threading.Thread(target=self._pour, args=(server, peer), daemon=True)
                back.start()
                self._pour(peer, server)
                back.join(10)
        except OSError:
            pass  # the responder is down: the peer sees the connection close

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join(5)
