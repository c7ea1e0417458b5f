"""The built programs as a test sees them: from outside, with nothing left behind afterwards.

REVOSCOPE_BUILD names the build directory. Every program that a test starts gets a mark in its
environment, so that what it leaves running is found, and a TMPDIR of its own, so that what it leaves
lying is found; sanitizers write to files that have to be absent at the end.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from patience import HANG_S

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("REVOSCOPE_BUILD", os.path.join(ROOT, "build", "dev")))
REVOSCOPE = os.path.join(BUILD, "harness", "revoscope")
LAB = os.path.join(BUILD, "fixtures", "revoscope-lab")
BAD_CLIENT = os.path.join(ROOT, "tests", "support", "bad_client.py")
STACKS = [stack for stack in ("openssl", "gnutls", "mbedtls")
          if os.path.exists(os.path.join(BUILD, "clients", "revoscope-client-" + stack))]
IS_SANITIZED = "REVOSCOPE_SANITIZE:BOOL=ON" in (
    open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8").read()
    if os.path.exists(os.path.join(BUILD, "CMakeCache.txt")) else "")

# Programs of the system that would else take roots from the machine that runs the test.
FOREIGN_ENVIRONMENT = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "NIX_SSL_CERT_FILE", "http_proxy",
                       "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Result:
    """How a program ended and what it said."""

    def __init__(self, arguments, status, out, err, seconds):
        self.arguments, self.status, self.seconds = arguments, status, seconds
        self.raw_out, self.raw_err = out, err
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")

    def __str__(self):
        return (f"{' '.join(self.arguments)}\n  exit {self.status} after {self.seconds:.1f} s\n"
                f"  stdout: {self.out[:1500]!r}\n  stderr: {self.err[:1500]!r}")

    def document(self):
        return json.loads(self.raw_out)


def marked(mark):
    """Process ids whose environment has the mark, zombies excepted."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                if mark.encode() not in file.read():
                    continue
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                found.append((int(entry), file.read().replace(b"\0", b" ").decode(errors="replace")[:120]))
        except OSError:
            continue  # gone, or not ours
    return found


class ProgramTest(unittest.TestCase):
    """A test with a directory of its own (self.directory), after which nothing may be left."""

    maxDiff = None

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="revoscope-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.temporary = self.path("tmp")
        self.sanitizer = self.path("sanitizer")
        os.mkdir(self.temporary)
        os.mkdir(self.sanitizer)
        self.mark = "REVOSCOPE_TEST_MARK=" + os.path.basename(self.directory)
        self.environment = {name: value for name, value in os.environ.items() if name not in FOREIGN_ENVIRONMENT}
        name, value = self.mark.split("=")
        self.environment.update({
            name: value, "TMPDIR": self.temporary, "XDG_STATE_HOME": self.path("state"), "HOME": self.directory,
            "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
            "ASAN_OPTIONS": f"log_path={self.sanitizer}/asan:detect_leaks=1:quarantine_size_mb=16",
            "LSAN_OPTIONS": f"log_path={self.sanitizer}/lsan",
            "UBSAN_OPTIONS": f"log_path={self.sanitizer}/ubsan:print_stacktrace=1"})
        self.addCleanup(self.check_nothing_left)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def start(self, *arguments, program=REVOSCOPE, **options):
        """Starts a program; the caller waits for it. What is still there at the end is killed."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("env", self.environment)
        process = subprocess.Popen([program, *arguments], **options)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()

    def run_program(self, program, *arguments, timeout=HANG_S, environment=None, **options):
        started = time.monotonic()
        process = subprocess.run([program, *arguments], capture_output=True, timeout=timeout, check=False,
                                 env=environment or self.environment, stdin=options.pop("stdin", subprocess.DEVNULL),
                                 **options)
        return Result([os.path.basename(program), *arguments], process.returncode, process.stdout, process.stderr,
                      time.monotonic() - started)

    def revoscope(self, *arguments, expect=None, **options):
        """Runs revoscope; expect is the wanted exit status."""
        result = self.run_program(REVOSCOPE, *arguments, **options)
        if expect is not None and result.status != expect:
            self.fail(f"exit status is not {expect}: {result}")
        return result

    def wait_until(self, condition, what):
        deadline = time.monotonic() + HANG_S
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        return self.fail(f"not within {HANG_S} s: {what}")

    def check_nothing_left(self):
        deadline = time.monotonic() + HANG_S
        while (left := marked(self.mark)) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid, _ in left:
            os.kill(pid, signal.SIGKILL)
        reports = []
        for name in sorted(os.listdir(self.sanitizer)):
            with open(os.path.join(self.sanitizer, name), encoding="utf-8", errors="replace") as file:
                reports.append(file.read()[:4000])
        self.assertEqual(left, [], "processes left behind")
        self.assertEqual(os.listdir(self.temporary), [], "files left behind in TMPDIR")
        self.assertEqual(reports, [], "a sanitizer complained")


def cells_by(document):
    """{(scenario or endpoint, class): cell} of a result document."""
    return {(cell.get("scenario") or cell.get("endpoint"), cell["class"]): cell for cell in document["cells"]}


def needs(*programs):
    """Decorator: skips, with the reason, where a program of the system is missing."""
    missing = [name for name in programs if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin") is None]
    return unittest.skipIf(missing, "not installed: " + " ".join(missing))


def main(at_once=1):
    """Runs the module's tests; exit 77 when every one of them was skipped, so that it is counted. Of a module whose
    tests wait for servers several can be at work at once, each in a process of its own."""
    if at_once > 1 and len(sys.argv) == 1:
        raise SystemExit(main_of_several(at_once))
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if result.testsRun == 0:
        raise SystemExit("no tests")
    if not result.wasSuccessful():
        raise SystemExit(1)
    raise SystemExit(77 if len(result.skipped) == result.testsRun else 0)


def main_of_several(at_once):
    def run(name):
        done = subprocess.run([sys.executable, sys.argv[0], name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode(errors="replace")

    def names(suite):
        for test in suite:
            yield from names(test) if isinstance(test, unittest.TestSuite) else [test.id().removeprefix("__main__.")]

    statuses = set()
    with ThreadPoolExecutor(at_once) as pool:
        for status, text in pool.map(run, names(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))):
            print(text, flush=True)
            statuses.add(status)
    if not statuses:
        return "no tests"
    return 1 if statuses - {0, 77} else min(statuses)
