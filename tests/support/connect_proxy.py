"""A small HTTP proxy: CONNECT as a tunnel, GET and POST of absolute URLs passed on. It can also refuse, keep
silent, or never come to an end."""

import http.client
import socket
import threading
import urllib.parse

from forwarder import Forwarder
from patience import HANG_S

# What it says instead of its work: bytes, and whether they are repeated for ever.
REFUSALS = {
    "forbidden": (b"HTTP/1.1 403 Not for you\r\nContent-Length: 0\r\n\r\n", False),
    "credentials": (b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", False),
    "silent": (b"", False),
    "endless": (b"HTTP/1.1 200 OK\r\n" + b"Via: x\r\n" * 100, True),
    "no-http": (b"SSH-2.0-OpenSSH\r\n", False),
}


class ConnectProxy(Forwarder):
    """`asked` has the targets of CONNECT, `fetched` the URLs. `hosts` says where names are."""

    def __init__(self, test, mode=None, hosts=None):
        self.mode, self.hosts = mode, hosts or {}
        self.asked, self.fetched = [], []
        self.over = threading.Event()
        super().__init__(test)
        self.url = f"http://127.0.0.1:{self.port}"

    def _connect(self, peer, target):
        self.asked.append(target)
        host, _, port = target.rpartition(":")
        host = self.hosts.get(host, host.strip("[]"))
        try:
            server = socket.create_connection((host, int(port)), timeout=HANG_S)
        except OSError:
            peer.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        with server:
            peer.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
            self.join_both(peer, server)

    def _fetch(self, peer, file, method, url):
        self.fetched.append(url)
        parts = urllib.parse.urlsplit(url)
        headers = {}
        while line := file.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = file.read(int(headers.get("content-length", 0)))
        upstream = http.client.HTTPConnection(parts.hostname.replace("localhost", "127.0.0.1"), parts.port, timeout=HANG_S)
        upstream.request(method, parts.path, body or None,
                         {"Host": parts.netloc, "Content-Type": headers.get("content-type", "")})
        answer = upstream.getresponse()
        data = answer.read()
        peer.sendall(f"HTTP/1.1 {answer.status} x\r\nContent-Type: {answer.getheader('Content-Type')}\r\n"
                     f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode() + data)
        upstream.close()

    def serve(self, peer):
        peer.settimeout(HANG_S)
        try:
            with peer, peer.makefile("rb", buffering=0) as file:
                method, target, _ = file.readline().decode().split(" ", 2)
                if self.mode is not None:
                    words, again = REFUSALS[self.mode]
                    peer.sendall(words)
                    while again:
                        peer.sendall(words)
                    self.over.wait(20)
                elif method == "CONNECT":
                    while file.readline().strip():
                        pass
                    self._connect(peer, target)
                else:
                    self._fetch(peer, file, method, target)
        except (OSError, ValueError):
            pass

    def stop(self):
        self.over.set()
        super().stop()
