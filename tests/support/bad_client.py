#!/usr/bin/python3
"""A client program that speaks the protocol of clients/README.md properly, with real handshakes,
until the moment at which it has to misbehave.

What it has to do is in a file beside the path by which it was started, in PATH.json:
  {"fault": NAME, "when": TEXT, "pids": FILE}
The fault happens on each request whose server_name contains TEXT; all others are answered as a
client does that checks the chain and looks at no revocation status (Python's own ssl module).
"""

import json
import os
import re
import signal
import socket
import ssl
import sys
import threading
import time

from axes import read_axes

REQUEST_KEYS = {"id", "connect", "server_name", "starttls", "tls", "trust", "enforcement", "policy", "fetch",
                "deadline_ms", "evidence_dir"}
AXES = read_axes()
# This program can only leave revocation alone.
WANTED = {"asks_staple": "no", "checks_staple": "no", "must_staple": "ignore", "requires_staple": "no",
          "fetches_ocsp": "no", "uses_crl": "no"}
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
CHAIN_REASONS = {10: "chain-expired", 9: "chain-not-yet-valid", 62: "chain-name", 64: "chain-name"}

write_lock = threading.Lock()


def send(data):
    with write_lock:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def send_object(value):
    send(json.dumps(value).encode() + b"\n")


def describe(stack):
    send_object({
        "protocol": 1, "stack": stack, "version": ssl.OPENSSL_VERSION.split()[1],
        "capabilities": ["tls1.2", "tls1.3"],
        "lacks": {name: "Python's ssl module has no call for it" for name in (
            "status-request", "multi-staple", "native-must-staple", "native-staple-check", "native-ocsp-fetch",
            "crl", "at-time", "keylog", "examine")},
        "max_concurrency": 4})


def why_unsupported(request):
    for key in request:
        if key not in REQUEST_KEYS:
            return f"unknown key {key}"
    for axis, value in (request.get("policy") or {}).items():
        if axis not in AXES:
            return f"unknown axis {axis}"
        if AXES[axis] is None:
            if isinstance(value, bool) or not isinstance(value, int):
                return f"invalid number for {axis}"
        elif value not in AXES[axis]:
            return f"unknown value of {axis}"
        elif axis in WANTED and value != WANTED[axis]:
            return f"{axis} is beyond Python's ssl module"
    if request.get("starttls"):
        return "no starttls"
    return None


def probe(request):
    answer = {"id": request["id"], "outcome": "connect", "reason": "not-checked", "stage": "none",
              "detail": "the chain verified; revocation status was not checked", "native": None, "alert": None,
              "assurance": "none", "tls": None, "certificate": None,
              "chain": {"verified": True, "error": None, "depth": None}, "staples": [], "fetches": [],
              "timing_us": {"connect": 0, "handshake": 0, "revocation": 0, "total": 0}, "local_port": None}
    started = time.monotonic()
    context = ssl.create_default_context(cafile=request.get("trust"))
    versions = request.get("tls") or {}
    context.minimum_version = VERSIONS[versions.get("min", "1.2")]
    context.maximum_version = VERSIONS[versions.get("max", "1.3")]
    target = request["connect"]
    try:
        with socket.create_connection((target["address"], target["port"]),
                                      timeout=request.get("deadline_ms", 10000) / 1000) as raw:
            answer["local_port"] = raw.getsockname()[1]
            with context.wrap_socket(raw, server_hostname=request["server_name"]) as tls:
                answer["tls"] = {"version": tls.version().removeprefix("TLSv"), "cipher": tls.cipher()[0]}
    except ssl.SSLCertVerificationError as error:
        answer.update(outcome="reject", stage="handshake", detail=error.verify_message, reason=CHAIN_REASONS.get(
            error.verify_code, "chain-untrusted"))
        answer["native"] = {"library": "Python ssl", "code": error.verify_code, "name": "SSLCertVerificationError",
                            "text": error.verify_message}
        answer["chain"] = {"verified": False, "error": error.verify_message, "depth": 0}
    except OSError as error:
        answer.update(outcome="error", reason="tls-protocol", stage="handshake", detail=str(error)[:200])
        answer["chain"]["verified"] = False
    answer["timing_us"]["total"] = int((time.monotonic() - started) * 1e6)
    return answer


def forever(data):
    while True:
        send(data)


def fault_crash(request):
    os.kill(os.getpid(), signal.SIGSEGV)


def fault_abort(request):
    os.abort()


def fault_exit(request):
    os._exit(0)


def fault_hang(request):
    time.sleep(3600)


def fault_stuck(request):
    """The whole program stands still and does not listen to a polite signal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    os.kill(os.getpid(), signal.SIGSTOP)


def fault_deaf(request):
    """It runs, does not answer and does not listen to a polite signal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    while True:
        time.sleep(60)


def fault_flood(request):
    forever(b"x" * 65536)


def fault_flood_lines(request):
    forever(b'{"id": "nobody", "outcome": "connect"}\n' * 1000)


def fault_garbage(request):
    send(b"\x00\xff this is no JSON \x1b[2J\n")


def fault_half_line(request):
    send(json.dumps(probe(request)).encode()[:40])
    os._exit(0)


def fault_unknown_id(request):
    send_object(dict(probe(request), id="nobody-" + str(request["id"])))


def fault_twice(request):
    answer = probe(request)
    send_object(answer)
    send_object(dict(answer, outcome="reject", reason="status-revoked"))


def fault_unknown_outcome(request):
    send_object(dict(probe(request), outcome="perhaps"))


def fault_unknown_reason(request):
    send_object(dict(probe(request), reason="bad-weather"))


def fault_no_outcome(request):
    answer = probe(request)
    del answer["outcome"]
    send_object(answer)


def fault_wrong_type(request):
    send_object(dict(probe(request), outcome=1, detail={"a": []}))


def fault_oversize(request):
    send_object(dict(probe(request), detail="x" * (2 << 20)))


def fault_deep(request):
    send(b'{"id": ' + b"[" * 200000 + b"\n")


def fault_claims_crash(request):
    """Outcomes that only the harness may give."""
    send_object(dict(probe(request), outcome="crash", reason="program-crash"))


def fault_closes_stdout(request):
    with write_lock:
        os.close(1)
        time.sleep(3600)


def fault_escapes(request):
    send_object(dict(probe(request), detail="\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\u202e"))


def fault_stderr_flood(request):
    for _ in range(400):
        os.write(2, b"noise \x1b[31m" * 1000)
    send_object(probe(request))


FAULTS = {name.removeprefix("fault_").replace("_", "-"): function
          for name, function in list(globals().items()) if name.startswith("fault_")}


def work(line, fault, when):
    request = json.loads(line)
    if when is not None and when in request.get("server_name", ""):
        FAULTS[fault](request)
        return
    why = why_unsupported(request)
    if why:
        send_object({"id": request["id"], "outcome": "unsupported", "reason": "policy-unsupported", "detail": why})
    elif fault == "lies":
        send_object(dict(probe(request), outcome="connect", reason="not-checked", detail="all is well"))
    else:
        send_object(probe(request))


def main():
    path = os.path.abspath(sys.argv[0])
    orders = {}
    if os.path.exists(path + ".json"):
        with open(path + ".json", encoding="utf-8") as file:
            orders = json.load(file)
    fault, when = orders.get("fault", "none"), orders.get("when")
    if orders.get("pids"):
        with open(orders["pids"], "a", encoding="utf-8") as file:
            file.write(f"{os.getpid()} {' '.join(sys.argv[1:])}\n")
    if sys.argv[1:] == ["--describe"]:
        if fault == "describe-garbage":
            send(b"hello\n")
        elif fault == "describe-hang":
            time.sleep(3600)
        elif fault == "describe-flood":
            forever(b"{" * 65536)
        elif fault == "describe-exit":
            sys.exit(1)
        elif fault == "describe-version":
            send_object({"protocol": 99, "stack": "bad", "version": "1", "capabilities": [], "max_concurrency": 1})
        else:
            describe(orders.get("stack", re.sub(r"\W", "-", os.path.basename(path))))
        return
    threads = []
    for line in sys.stdin.buffer:
        threads.append(threading.Thread(target=work, args=(line, fault, when), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
