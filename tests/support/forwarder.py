"""What passes connections on: a port on 127.0.0.1, a thread for each peer, bytes poured both ways."""

import socket
import threading


class Forwarder(threading.Thread):
    """Listens on `port` from the start and ends with the test; `serve` does with a peer what the subclass is for."""

    def __init__(self, test):
        super().__init__(daemon=True)
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
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        raise NotImplementedError

    @staticmethod
    def pour(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # either side may leave

    def join_both(self, peer, server):
        """Until both sides have said all that they had to say."""
        back = threading.Thread(target=self.pour, args=(server, peer), daemon=True)
        back.start()
        self.pour(peer, server)
        back.join(20)

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is closed already
        self.listener.close()
        self.join(5)
