"""A responder or a web server on 127.0.0.1 whose answers a test makes: status, header fields and body by request."""

import collections
import http.server
import sys
import threading
import urllib.parse

OCSP = {"Content-Type": "application/ocsp-response"}
CRL = {"Content-Type": "application/pkix-crl"}
Request = collections.namedtuple("Request", "method path body agent")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client may leave
            super().handle_error(request, client_address)


class Web:
    """`answer(request)` gives a status, header fields and a body; None ends the connection without a word. `asked` has
    the requests. It ends with its test."""

    def __init__(self, test, answer):
        self.asked, owner = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def act(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, urllib.parse.unquote(self.path), body,
                                  self.headers.get("User-Agent") or "")
                owner.asked.append(request)
                said = answer(request)
                if said is None:
                    self.close_connection = True
                    return
                status, fields, body = said
                self.send_response_only(status)
                fields = {"Date": self.date_time_string(), "Content-Length": str(len(body)), **fields}
                for name, value in fields.items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_HEAD = act  # pylint: disable=invalid-name

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        test.addCleanup(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
