"""Servers on 127.0.0.1 that no client should trust with its time or memory."""

import contextlib
import os
import socket
import ssl
import struct
import subprocess
import threading
import time


class Peer:
    """Listens and plays `play(connection, stopped)` for each connection, in a thread of its own."""

    def __init__(self, play):
        self.play = play
        self.stopped = threading.Event()
        self.num_connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.num_connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                self.play(connection, self.stopped)
            except OSError:
                pass  # the client went away, as it should

    def close(self):
        self.stopped.set()
        # The thread in accept() keeps a socket that is only closed alive for one more connection.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def silent(connection, stopped):
    stopped.wait()


def drip(connection, stopped):
    """The start of a handshake record of 16 KiB, one byte at a time, often enough that no time-out
    on a single read ends it."""
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(16384):
        connection.sendall(bytes([byte]))
        if stopped.wait(0.2):
            return


def endless_handshake(connection, stopped):
    """A ServerHello that says it has 16 MiB, and goes on after these."""
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x40\x00\x02\xff\xff\xff" + bytes(16380))
    while not stopped.is_set():
        connection.sendall(b"\x16\x03\x03\x40\x00" + bytes(16384))


def endless_empty_records(connection, stopped):
    connection.recv(4096)
    while not stopped.is_set():
        connection.sendall(b"\x16\x03\x03\x00\x00" * 1000)


def endless_warnings(connection, stopped):
    """no_renegotiation and user_canceled as warnings, which a stack may ignore."""
    connection.recv(4096)
    while not stopped.is_set():
        connection.sendall(b"\x15\x03\x03\x00\x02\x01\x5a" * 1000)


def closes(connection, stopped):
    pass


def closes_after_hello(connection, stopped):
    connection.recv(4096)


def resets(connection, stopped):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def plain_http(connection, stopped):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nX: \x1b[2J\r\n\r\n")


def banner(connection, stopped):
    connection.sendall(b"220 mail.example ESMTP \x1b]0;owned\x07\r\n")
    stopped.wait(20)


def alert(connection, stopped):
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def old_version(connection, stopped):
    """A ServerHello of SSL 3.0."""
    connection.recv(4096)
    body = b"\x03\x00" + bytes(32) + b"\x00" + b"\x00\x2f" + b"\x00"
    connection.sendall(b"\x16\x03\x00" + struct.pack(">H", len(body) + 4) + b"\x02\x00" +
                       struct.pack(">H", len(body)) + body)
    stopped.wait(20)


# Servers that never finish a handshake, and the reasons that a client may give for it.
HANDSHAKES = {
    "silent": (silent, {"tls-timeout"}),
    "a byte at a time": (drip, {"tls-timeout", "tls-protocol"}),
    "never ends": (endless_handshake, {"tls-timeout", "tls-protocol"}),
    "empty records": (endless_empty_records, {"tls-timeout", "tls-protocol"}),
    "warnings": (endless_warnings, {"tls-timeout", "tls-protocol", "tls-alert"}),
    "closes at once": (closes, {"tls-closed"}),
    "closes after the hello": (closes_after_hello, {"tls-closed"}),
    "resets": (resets, {"tls-closed"}),
    "alert": (alert, {"tls-alert"}),
    "plain HTTP": (plain_http, {"tls-protocol"}),
}


def behind_tls(certificate, key, play, version=None):
    """`play` on the connection after a good handshake; for Peer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if version is not None:
        context.minimum_version = context.maximum_version = version

    def serve(connection, stopped):
        with context.wrap_socket(connection, server_side=True) as secure:
            play(secure, stopped)
    return serve


def drips_a_record(secure, stopped):
    """Half a record behind the handshake, past TLS: a byte now and then, for ever."""
    with socket.socket(fileno=os.dup(secure.fileno())) as raw:
        raw.sendall(b"\x17\x03\x03\x40\x00")
        while not stopped.wait(0.05):
            raw.sendall(b"\0")


def endless_server_field(secure, stopped):
    secure.recv(4096)
    secure.sendall(b"HTTP/1.1 200 OK\r\nServer: ")
    while not stopped.is_set():
        secure.sendall(b"x" * 16384)


def drips_a_head(secure, stopped):
    secure.recv(4096)
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10000:
        secure.sendall(bytes([byte]))
        if stopped.wait(0.1):
            return


class TlsPeer:
    """`openssl s_server` with the given certificates and options on a port that the system chooses."""

    def __init__(self, certificate, key, *options):
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = []
        self.ready = threading.Event()
        self.port = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        deadline = time.monotonic() + 20
        while not self.ready.wait(0.1):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise RuntimeError("openssl s_server did not start: " + b"".join(self.said).decode(errors="replace"))

    def _read(self):
        for line in self.process.stdout:
            if line.startswith(b"ACCEPT ") and self.port is None:
                self.port = int(line.rsplit(b":", 1)[1])
                self.ready.set()
            del self.said[:-50]
            self.said.append(line[:200])

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.reader.join(5)
        self.process.stdout.close()
