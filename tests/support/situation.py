"""A situation at an endpoint on 127.0.0.1 as a doctor meets it: its certificates, its sources of status, its server,
and how what the doctor says is held against the table of situations."""

import os
import subprocess
import tomllib

from authorities import Ca, NAME, chain
from certificates import pem
from server import free_port, is_listening
from web import CRL, OCSP, Web

GRADES = ("severity", "confidence")


class Pki:
    """What all situations of a test have in common: `ca` issues below `root`."""

    def __init__(self, test):
        self.directory = test.path("pki")
        os.makedirs(self.directory, exist_ok=True)
        self.root = Ca(self.directory, "Situation Root")
        self.ca = Ca(self.directory, "Situation Issuing CA", self.root)
        self.path = test.write("pki/root.pem", pem(self.root.cert))


class Situation:
    """`test` is the ProgramTest that it belongs to; `address` is where its server listens, `arguments` are what the
    doctor is called with, `hosts` the addresses of NAME when they are several."""

    def __init__(self, test, pki, title):
        self.test, self.pki, self.title = test, pki, title
        self.root, self.ca = pki.root, pki.ca
        self.folder = test.path("situations", title)
        os.makedirs(self.folder)
        self.port, self.arguments, self.hosts, self.status = None, [], {}, None

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, data, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        os.chmod(path, mode)
        return path

    # Sources of status.

    def web(self, answer):
        return Web(self.test, answer)

    def responder(self, answer=None, fields=None):
        """One that returns self.status, with these header fields; `answer(request)` replaces it."""
        def reply(request):
            if len(request.path) < 60 and not request.body.startswith(b"0"):
                return 400, {"Content-Type": "text/plain"}, b"no request"
            said = answer(request) if answer else self.status
            return said if isinstance(said, tuple) or said is None else (200, {**OCSP, **(fields or {})}, said)
        return self.web(reply)

    def publisher(self, lists, fields=None):
        """A web server of CRLs, by path."""
        def reply(request):
            known = request.path in lists
            return (200, {**CRL, **(fields or {})}, lists[request.path]) if known else (404, {}, b"")
        return self.web(reply)

    # The server.

    def files(self, leaf, whole=True, prefix=""):
        """The certificate and key of a leaf as servers read them."""
        with open(leaf.key.path, "rb") as file:
            key = file.read()
        full = chain(leaf, whole)
        above, one = [], leaf.issuer
        while one is not None:
            above.append(pem(one.cert))
            one = one.parent
        self.write(prefix + "cert.pem", pem(leaf.cert))
        self.write(prefix + "key.pem", key)
        self.write(prefix + "fullchain.pem", full)
        self.write(prefix + "chain.pem", b"".join(above))
        self.write(prefix + "above.pem", full[len(pem(leaf.cert)):])
        self.write(prefix + "bundle.pem", full + key)

    def start(self, program, *arguments, port=None, **options):
        """A server in the foreground, when it listens."""
        output = self.path("output")
        with open(output, "ab") as file:
            process = self.test.start(*arguments, program=program, stdout=file, stderr=subprocess.STDOUT, **options)
        self.test.addCleanup(self.stop, process)
        if port is not None:
            self.test.wait_until(lambda: is_listening(port) or process.poll() is not None,
                                 f"{program} listens: {self.log()}")
        if process.poll() is not None:
            raise AssertionError(f"{program} did not start: {self.log()}")
        return process

    @staticmethod
    def stop(process):
        """Lets it end its children."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                pass  # ProgramTest kills it

    def wait(self, port):
        """For a server that listens at every address of the machine."""
        def listens():
            with open("/proc/net/tcp6", encoding="ascii") as file:
                return is_listening(port) or f":{port:04X} " in file.read()
        self.test.wait_until(listens, f"the server listens: {self.log()}")

    def log(self):
        with open(self.path("output"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def serve(self, leaf, staple=None, whole=True, address="127.0.0.1", port=None, options=()):
        """`openssl s_server` with a leaf; returns its port."""
        prefix = address.replace(":", "_") + "-"
        self.files(leaf, whole, prefix)
        port = port or free_port()
        self.port = self.port or port
        shown = f"[{address}]" if ":" in address else address
        arguments = ["s_server", "-accept", f"{shown}:{port}", "-cert", self.path(prefix + "cert.pem"), "-key",
                     self.path(prefix + "key.pem"), "-quiet", "-www"]
        if whole and leaf.issuer.parent is not None:
            arguments += ["-cert_chain", self.path(prefix + "above.pem")]
        if staple is not None:
            arguments += ["-status_file", self.write(prefix + "staple.der", staple)]
        self.start("openssl", *arguments, *options, port=port if ":" not in address else None)
        return port


def table(path):
    """The situations of a table, by name."""
    with open(path, "rb") as file:
        return tomllib.load(file)


def words_of(cause):
    """What a reader of a cause reads."""
    fix = cause["fix"] or {}
    return " ".join([cause["title"], cause["text"], *cause["evidence"], fix.get("text") or "", fix.get("snippet") or "",
                     *(fix.get("commands") or []), *(cause.get("on_server") or [])])


def texts(value):
    return [value] if isinstance(value, str) else value


def wanted(expected):
    """The causes any of which may come first; "" where there should be none."""
    return texts(expected.get("first", ""))


def faults(expected, examination):
    """What the doctor got wrong, one line each: nothing when all is as the table has it."""
    causes = examination["causes"]
    found = [one["id"] for one in causes]
    first = found[0] if found else ""
    about = next((one for one in causes if one["id"] in wanted(expected)), None)
    wrong = []
    if first not in wanted(expected) and (about is None or first not in expected.get("same_picture", [])):
        wrong.append(f"first is {first or 'nothing'}, not {' or '.join(wanted(expected)) or 'nothing'}")
    elif about is not None:
        wrong += [f"{key} is {about[key]}, not {expected[key]}" for key in GRADES if about[key] not in texts(expected[key])]
        said = words_of(about).lower()
        wrong += [f"{about['id']} does not say '{one}'" for one in expected.get("words", []) if one.lower() not in said]
    wrong += [f"{one} is missing" for one in expected.get("also", []) if one not in found]
    wrong += [f"{one} is there" for one in expected.get("never", []) if one in found]
    return wrong
