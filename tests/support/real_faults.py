"""What can be wrong with revocation status at a real server, each fault as one function that builds it: the
certificate, its sources and the server. The first of a name is the server, the second the fault."""

import contextlib
import datetime
import email.utils
import os
import socket
import subprocess
import threading
import time

import hostile
from authorities import Ca, DAY, HOUR, NAME, SIGN_CERTIFICATES, delta_of, freshest, issuing_point, unsuccessful
from certificates import openssl
from forwarder import Forwarder
from patience import HANG_S
from real_servers import serve
from server import free_port
from web import OCSP


MINUTE = datetime.timedelta(minutes=1)
# Those that fetch a staple by themselves; the others take it out of a file.
FETCHING = ("nginx", "apache", "caddy", "nghttpx", "h2o", "hitch", "traffic-server", "java", "proftpd")
FAULTS = {}


def fault(function):
    FAULTS[function.__name__.replace("_", "-").strip("-")] = function
    return function


def build(site, server, name):
    FAULTS[name](site, server)


# --- parts ---

def leaf(site, answer=None, fields=None, **options):
    """A leaf with a responder that says good, unless it is changed."""
    web = site.responder(answer, fields)
    made = site.ca.issue(ocsp=[web.url], **options)
    site.status = site.ca.status(made)
    site.files(made)
    return made


def connect(site, times=3):
    """Connections of others, before the doctor comes."""
    starttls = []
    if "--starttls" in site.arguments:
        starttls = ["-starttls", site.arguments[site.arguments.index("--starttls") + 1]]
    seen = 0
    for _ in range(times):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-servername", NAME, "-status",
                               *starttls], stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_S, check=False)
        seen += b"OCSP Response Status" in done.stdout
        time.sleep(0.3)
    return seen


def up(site, server, staple=None, warm=True, **options):
    """The server, after its first connections: it fetches, or has the responder's answer in a file."""
    if staple is None:
        staple = "fetch" if server in FETCHING else site.write("staple.der", site.status)
    serve(site, server, staple, **options)
    if warm and staple == "fetch":
        connect(site)


def as_file(site, response):
    return site.write("staple.der", response)


def is_doctor(request):
    return request.agent.startswith("revoscope/")


# --- faults ---

@fault
def healthy(site, server):
    leaf(site)
    up(site, server)
    deadline = time.monotonic() + 8
    while not connect(site, 1) and time.monotonic() < deadline:
        pass


@fault
def off(site, server):
    leaf(site)
    serve(site, server)


@fault
def must_staple_off(site, server):
    leaf(site, must_staple=True)
    serve(site, server)


@fault
def stale(site, server):
    made = leaf(site)
    up(site, server, as_file(site, site.ca.status(made, begin=-9 * DAY, end=-2 * DAY)))


@fault
def stale_must_staple(site, server):
    made = leaf(site, must_staple=True)
    up(site, server, as_file(site, site.ca.status(made, begin=-9 * DAY, end=-2 * DAY)))


@fault
def renewed(site, server):
    """A certificate of today, and the file for the one before."""
    old = leaf(site)
    response = site.ca.status(old)
    leaf(site, begin=-HOUR)
    up(site, server, as_file(site, response))


@fault
def broken_file(site, server):
    leaf(site)
    up(site, server, as_file(site, b"<html><body>Moved</body></html>"))


@fault
def no_next_update(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, begin=-HOUR, end=None)
    up(site, server)


@fault
def expiring(site, server):
    made = leaf(site)
    up(site, server, as_file(site, site.ca.status(made, begin=-7 * DAY + 10 * MINUTE, end=10 * MINUTE)))


@fault
def behind(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, begin=-HOUR, end=7 * DAY)
    up(site, server, as_file(site, site.ca.status(made, begin=-4 * DAY, end=3 * DAY)))


@fault
def signer_ends(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, signer=site.ca.signer(end=HOUR))
    up(site, server)


@fault
def revoked_file(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, "revoked")
    up(site, server)


@fault
def replayed(site, server):
    """Revoked, and a good staple from before."""
    made = leaf(site)
    old = site.ca.status(made)
    site.status = site.ca.status(made, "revoked", begin=-HOUR)
    up(site, server, as_file(site, old))


@fault
def revoked(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, "revoked")
    up(site, server)


@fault
def unknown(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, "unknown")
    up(site, server)


@fault
def blocked(site, server):
    """The responder is there for all but the server."""
    leaf(site, lambda request: site.status if is_doctor(request) else None)
    up(site, server)


@fault
def blocked_must_staple(site, server):
    leaf(site, lambda request: site.status if is_doctor(request) else None, must_staple=True)
    up(site, server)


def hold(site, who=lambda request: False):
    """A responder that keeps silent for a quarter of a minute, but to those."""
    def answer(request):
        if who(request):
            return site.status
        time.sleep(15)
        return None
    return answer


@fault
def blocked_silently(site, server):
    """The server's requests get no answer at all, as behind a firewall that drops them."""
    leaf(site, hold(site, is_doctor))
    up(site, server, warm=False)


@fault
def silent(site, server):
    leaf(site, hold(site))
    up(site, server, warm=False)


@fault
def down(site, server):
    made = site.ca.issue(ocsp=[f"http://127.0.0.1:{free_port()}"])
    site.files(made)
    up(site, server)


@fault
def unresolvable(site, server):
    made = site.ca.issue(ocsp=["http://ocsp.example.invalid/"])
    site.files(made)
    up(site, server)


@fault
def http_503(site, server):
    leaf(site, lambda _: (503, {"Content-Type": "text/html"}, b"<html>busy</html>"))
    up(site, server)


@fault
def http_404(site, server):
    leaf(site, lambda _: (404, {"Content-Type": "text/html"}, b"<html>what?</html>"))
    up(site, server)


@fault
def try_later(site, server):
    leaf(site, lambda _: unsuccessful("try-later"))
    up(site, server)


@fault
def unauthorized(site, server):
    leaf(site, lambda _: unsuccessful("unauthorized"))
    up(site, server)


@fault
def responder_stale(site, server):
    made = leaf(site)
    site.status = site.ca.status(made, begin=-9 * DAY, end=-2 * DAY)
    up(site, server)


@fault
def other_signer(site, server):
    """The CA's key was changed, and the delegated signer is of the new one."""
    made = leaf(site)
    new = Ca(site.pki.directory, "Situation Issuing CA", site.root)
    site.status = site.ca.status(made, signer=new.signer())
    up(site, server)


@fault
def leaf_only(site, server):
    made = leaf(site)
    site.files(made, whole=False)
    up(site, server, "off" if server not in FETCHING else "fetch")


@fault
def expired(site, server):
    leaf(site, begin=-90 * DAY, end=-DAY)
    up(site, server)


@fault
def not_yet_valid(site, server):
    leaf(site, begin=2 * HOUR)
    up(site, server)


@fault
def wrong_name(site, server):
    leaf(site, common_name="mail.example.test")
    up(site, server)


@fault
def untrusted(site, server):
    root = Ca(site.pki.directory, "Corporate Root")
    made = Ca(site.pki.directory, "Corporate CA", root).issue(ocsp=["http://127.0.0.1:9/"])
    site.files(made)
    up(site, server, "off")


@fault
def post_only(site, server):
    leaf(site, lambda request: site.status if request.method == "POST" else (405, {}, b""))
    up(site, server)


@fault
def get_only(site, server):
    leaf(site, lambda request: site.status if request.method == "GET" else (405, {}, b""))
    up(site, server)


@fault
def redirect(site, server):
    there = site.responder()
    web = site.web(lambda request: (301, {"Location": there.url + request.path}, b""))
    made = site.ca.issue(ocsp=[web.url])
    site.status = site.ca.status(made)
    site.files(made)
    up(site, server)


@fault
def html_type(site, server):
    leaf(site, fields={"Content-Type": "text/html"})
    up(site, server)


@fault
def first_dead(site, server):
    """Two responders are named, the first of them is gone."""
    web = site.responder()
    made = site.ca.issue(ocsp=[f"http://127.0.0.1:{free_port()}", web.url])
    site.status = site.ca.status(made)
    site.files(made)
    up(site, server)


@fault
def https(site, server):
    made = site.ca.issue(ocsp=["https://127.0.0.1:9/ocsp"])
    site.status = site.ca.status(made)
    site.files(made)
    up(site, server, warm=False)


@fault
def ldap_first(site, server):
    web = site.responder()
    made = site.ca.issue(ocsp=["ldap://dc1.example.test/CN=x", web.url])
    site.status = site.ca.status(made)
    site.files(made)
    up(site, server)


@fault
def scheme_less(site, server):
    web = site.responder()
    made = site.ca.issue(ocsp=[web.url.removeprefix("http://") + "/ocsp"])
    site.status = site.ca.status(made)
    site.files(made)
    up(site, server)


@fault
def callback_error(site, server):
    leaf(site)
    serve(site, server, "error")


@fault
def callback_never(site, server):
    leaf(site)
    serve(site, server, "never")


@fault
def cold(site, server):
    """More workers than the doctor has handshakes, none of which has had a connection."""
    leaf(site)
    serve(site, server, "fetch", workers=8)


@fault
def portal(site, server):
    leaf(site, lambda _: (302, {"Location": "http://portal.example.invalid/login"}, b""))
    up(site, server)


@fault
def portal_page(site, server):
    leaf(site, lambda _: (200, {"Content-Type": "text/html"}, b"<html><title>Sign in</title></html>"))
    up(site, server)


@fault
def now_and_then(site, server):
    """Behind one name a responder that knows the certificate and one that does not."""
    count = [0]

    def answer(request):
        count[0] += 1
        return site.status if count[0] % 2 else unsuccessful("unauthorized")
    made = leaf(site, answer)
    up(site, server, as_file(site, site.ca.status(made)))


@fault
def two_certificates(site, server):
    """RSA and ECDSA; only the ECDSA one has a staple, or one file is for both."""
    web = site.responder()
    ec = site.ca.issue(ocsp=[web.url])
    rsa = site.ca.issue(ocsp=[web.url], kind="rsa")
    site.status = site.ca.status(ec)
    site.files(ec)
    site.files(rsa, prefix="rsa-")
    if server == "haproxy":
        for name, prefix in (("ecdsa", ""), ("rsa", "rsa-")):
            with open(site.path(prefix + "bundle.pem"), "rb") as file:
                site.write("bundle.pem." + name, file.read())
        site.write("bundle.pem.ecdsa.ocsp", site.status)
        os.remove(site.path("bundle.pem"))
        serve(site, server)
    else:
        serve(site, server, as_file(site, site.status), lines=f"ssl_certificate {site.path('rsa-fullchain.pem')}; "
              f"ssl_certificate_key {site.path('rsa-key.pem')};")


@fault
def no_urls(site, server):
    site.files(site.ca.issue())
    serve(site, server)


@fault
def must_staple_no_url(site, server):
    site.files(site.ca.issue(must_staple=True))
    serve(site, server)


# --- above the leaf ---

def above(site, status):
    web = site.responder(lambda request: status[0])
    own = site.responder()
    ca = Ca(site.pki.directory, "Inner CA", site.root, ocsp=[web.url])
    status[0] = site.root.status(ca, status[0]) if isinstance(status[0], str) else status[0]
    made = ca.issue(ocsp=[own.url])
    site.status = ca.status(made)
    site.files(made)


@fault
def revoked_intermediate(site, server):
    above(site, ["revoked"])
    up(site, server)


@fault
def intermediate_unknown(site, server):
    above(site, ["unknown"])
    up(site, server)


@fault
def intermediate_503(site, server):
    above(site, [(503, {}, b"")])
    up(site, server)


# --- CRLs ---

def by_crl(site, server, make, fields=None, ca=None):
    ca = ca or site.ca
    lists = {}
    web = site.publisher(lists, fields)
    made = ca.issue(crl=[web.url + "/ca.crl"])
    lists.update(make(made, web.url + "/ca.crl"))
    site.files(made)
    serve(site, server)


@fault
def crl_good(site, server):
    by_crl(site, server, lambda *_: {"/ca.crl": site.ca.list()})


@fault
def crl_revoked(site, server):
    by_crl(site, server, lambda made, _: {"/ca.crl": site.ca.list([made])})


@fault
def crl_404(site, server):
    by_crl(site, server, lambda *_: {})


@fault
def crl_down(site, server):
    site.files(site.ca.issue(crl=[f"http://127.0.0.1:{free_port()}/ca.crl"]))
    serve(site, server)


@fault
def crl_expired(site, server):
    by_crl(site, server, lambda *_: {"/ca.crl": site.ca.list(begin=-9 * DAY, end=-2 * DAY)})


@fault
def crl_scope(site, server):
    by_crl(site, server, lambda *_: {"/ca.crl": site.ca.list(
        extensions=[issuing_point("http://other.example.test/other.crl", only_user=True)])})


@fault
def crl_signer(site, server):
    other = Ca(site.pki.directory, "Situation Issuing CA", site.root)
    by_crl(site, server, lambda *_: {"/ca.crl": other.list()})


@fault
def crl_sign_missing(site, server):
    ca = Ca(site.pki.directory, "No cRLSign", site.root, usage=SIGN_CERTIFICATES)
    by_crl(site, server, lambda *_: {"/ca.crl": ca.list()}, ca=ca)


@fault
def crl_html(site, server):
    by_crl(site, server, lambda *_: {"/ca.crl": b"<html>moved</html>"}, {"Content-Type": "text/html"})


@fault
def crl_partitioned(site, server):
    by_crl(site, server, lambda _, url: {"/ca.crl": site.ca.list(extensions=[issuing_point(url, only_user=True)])})


@fault
def crl_disagrees(site, server):
    """The responder says good, the CRL has it."""
    lists = {}
    crl = site.publisher(lists)
    web = site.responder()
    made = site.ca.issue(ocsp=[web.url], crl=[crl.url + "/ca.crl"])
    site.status = site.ca.status(made)
    lists["/ca.crl"] = site.ca.list([made])
    site.files(made)
    up(site, server)


# --- clocks ---

def dated(site, server, **fields):
    leaf(site, fields=fields)
    up(site, server)


@fault
def clock_ahead(site, server):
    dated(site, server, Date=email.utils.formatdate(time.time() + 86400, usegmt=True))


@fault
def cached(site, server):
    """An answer out of a cache that has been there for three hours, and says so."""
    dated(site, server, Date=email.utils.formatdate(time.time() - 10800, usegmt=True), Age="10800")


@fault
def absurd_date(site, server):
    dated(site, server, Date="Thu, 01 Jan 1970 00:00:00 GMT")


# --- several addresses ---

def several(site, parts):
    """`parts` has what s_server serves at an address; nothing listens where it is None."""
    made = leaf(site)
    port = free_port()
    site.port = port
    for address, part in parts(made).items():
        site.hosts[address] = True
        if part is not None:
            site.serve(part[0], part[1], address=address, port=port)
    time.sleep(0.3)


@fault
def first_address_dead(site, _):
    several(site, lambda made: {"::1": None, "127.0.0.1": (made, site.status)})


@fault
def one_address_off(site, _):
    several(site, lambda made: {"127.0.0.1": (made, site.status), "127.0.0.2": (made, None)})


@fault
def one_address_stale(site, _):
    several(site, lambda made: {"127.0.0.1": (made, site.status), "127.0.0.2": (
        made, site.ca.status(made, begin=-9 * DAY, end=-2 * DAY))})


@fault
def one_address_expired(site, _):
    def parts(made):
        old = site.ca.issue(begin=-90 * DAY, end=-DAY)
        return {"127.0.0.1": (made, site.status), "127.0.0.2": (old, None)}
    several(site, parts)


@fault
def one_address_other_certificate(site, _):
    """The second node has the new certificate and the staple for the old one."""
    def parts(made):
        status = []
        new = site.ca.issue(ocsp=[site.responder(lambda _: status[0]).url])
        status.append(site.ca.status(new))
        return {"127.0.0.1": (made, site.status), "127.0.0.2": (new, site.status)}
    several(site, parts)


@fault
def one_address_leaf_only(site, _):
    several(site, lambda made: {"127.0.0.1": (made, site.status)})
    site.hosts["127.0.0.2"] = True
    site.serve(site.ca.issue(), None, whole=False, address="127.0.0.2", port=site.port)


# --- answers that are no OCSP ---

@fault
def empty_body(site, server):
    leaf(site, lambda _: (200, OCSP, b""))
    up(site, server)


@fault
def broken_chunks(site, server):
    leaf(site, lambda _: (200, {**OCSP, "Transfer-Encoding": "chunked", "Content-Length": None}, b"no number\r\n"))
    up(site, server)


@fault
def wants_credentials(site, server):
    """A proxy in the way of every HTTP request."""
    leaf(site, lambda _: (407, {"Proxy-Authenticate": 'Basic realm="Office"'}, b""))
    up(site, server)


# --- certificates and responses that few expect ---

@fault
def interception(site, server):
    """A proxy that inspects TLS: a leaf of its own, whose issuer is neither sent nor known here."""
    site.files(Ca(site.pki.directory, "Corporate Inspection CA").issue())
    serve(site, server)


@fault
def url_with_blank(site, server):
    web = site.responder()
    made = site.ca.issue(ocsp=[web.url + "/o "])
    site.status = site.ca.status(made)
    site.files(made)
    serve(site, server)


@fault
def certid_sha512(site, server):
    """A responder that is gone, and a staple whose CertID is made with SHA-512."""
    made = site.ca.issue(ocsp=["http://127.0.0.1:9/"])
    site.files(made)
    serve(site, server, as_file(site, site.ca.status(made, hash_name="sha512")))


def signed(site, server, kind, algorithm=None):
    ca = Ca(site.pki.directory, "CA of another kind", site.root, kind=kind)
    web = site.responder()
    made = ca.issue(ocsp=[web.url])
    site.status = ca.status(made, algorithm=algorithm)
    site.files(made)
    up(site, server)


@fault
def signed_by_md5(site, server):
    signed(site, server, "rsa", "rsa-md5")


@fault
def signed_on_brainpool(site, server):
    signed(site, server, "brainpool")


@fault
def crl_pem(site, server):
    by_crl(site, server, lambda *_: {"/ca.crl": openssl("crl", "-inform", "DER", data=site.ca.list())})


@fault
def crl_delta(site, server):
    """The base says nothing of the certificate, the delta that it names has it."""
    by_crl(site, server, lambda made, url: {
        "/ca.crl": site.ca.list(extensions=[freshest(url + ".delta")]),
        "/ca.crl.delta": site.ca.list([made], begin=-HOUR, extensions=[delta_of(7)], number=8)})


@fault
def crl_too_large(site, server):
    """It has more than the 16 MiB that are read of any CRL."""
    by_crl(site, server, lambda *_: {"/ca.crl": bytes(17 << 20)})


# --- the way to the server ---

@fault
def starttls_454(site, _):
    """A mail server that offers STARTTLS and cannot do it."""
    def play(connection, _):
        connection.sendall(b"220 mx.example.test ESMTP Exim 4.96\r\n")
        connection.recv(200)
        connection.sendall(b"250-mx.example.test\r\n250 STARTTLS\r\n")
        connection.recv(200)
        connection.sendall(b"454 TLS currently unavailable\r\n")
        connection.recv(200)
    peer = hostile.Peer(play)
    site.test.addCleanup(peer.close)
    site.port = peer.port
    site.arguments += ["--starttls", "smtp"]


def has_extension(hello, wanted):
    """Whether a ClientHello, record header and all, has an extension of this type (RFC 8446 section 4.1.2)."""
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at:at + 2], "big")
    at += 1 + hello[at] + 2
    while at + 4 <= len(hello):
        if int.from_bytes(hello[at:at + 2], "big") == wanted:
            return True
        at += 4 + int.from_bytes(hello[at + 2:at + 4], "big")
    return False


class Gate(Forwarder):
    """Passes on to a server who requests no staple; `deny(connection)` has the others, until it gives True."""

    def __init__(self, test, port, deny):
        self.server, self.deny = port, deny
        super().__init__(test)

    def serve(self, peer):
        with peer, contextlib.suppress(OSError):  # a client may leave
            hello = peer.recv(8192, socket.MSG_PEEK)
            if len(hello) > 43 and has_extension(hello, 5) and not self.deny(peer):
                return
            with socket.create_connection(("127.0.0.1", self.server), timeout=HANG_S) as server:
                self.join_both(peer, server)


@fault
def asking_waits(site, _):
    """Who asks for a staple waits for the server's own query, as with Apache and a responder that is silent."""
    over = threading.Event()
    site.test.addCleanup(over.set)
    site.port = Gate(site.test, site.serve(leaf(site)), lambda _: over.wait(30) and False).port


@fault
def first_asking_waits(site, _):
    """The first who asks waits; then the server has noted that the responder fails, and staples tryLater."""
    over, asked = threading.Event(), []
    site.test.addCleanup(over.set)

    def deny(_):
        asked.append(True)
        return len(asked) > 1 or (over.wait(30) and False)
    site.port = Gate(site.test, site.serve(leaf(site), unsuccessful("try-later")), deny).port


@fault
def asking_fails(site, _):
    """Who asks for a staple gets an alert, as with Node and a callback that errs."""
    site.port = Gate(site.test, site.serve(leaf(site)), lambda peer: peer.sendall(b"\x15\x03\x03\x00\x02\x02\x50")).port


class Turns(Forwarder):
    """Passes the first connections on to one server and all later ones to another."""

    def __init__(self, test, first, then, num):
        self.first, self.then, self.num, self.seen, self.lock = first, then, num, 0, threading.Lock()
        super().__init__(test)

    def serve(self, peer):
        with self.lock:
            self.seen += 1
            port = self.first if self.seen <= self.num else self.then
        with peer, socket.create_connection(("127.0.0.1", port), timeout=HANG_S) as server:
            self.join_both(peer, server)


@fault
def warming(site, _):
    """Bare for as many connections as there are workers that have had none, stapled ever after."""
    made = leaf(site)
    bare = site.serve(made)
    site.port = Turns(site.test, bare, site.serve(made, site.status), 8).port
