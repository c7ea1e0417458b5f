"""A headless Chromium, driven over the WebDriver protocol (W3C) with nothing but Python's own library.

chromedriver listens on a loopback port that the system chooses. What WebDriver has no word for (scripts
off, emulated media, print) goes through chromedriver's CDP endpoint.
"""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from patience import HANG_S

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Escape": "\ue00c", "Enter": "\ue007", "Tab": "\ue004", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
        "ArrowRight": "\ue014", "ArrowDown": "\ue015", "End": "\ue010", "Home": "\ue011", "Control": "\ue009",
        "Shift": "\ue008", "PageDown": "\ue00f", "PageUp": "\ue00e"}

# What keeps it silent on the network and small. No sandbox: containers have none to give, and the only
# pages are our own.
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-extensions", "--disable-default-apps", "--host-resolver-rules=MAP * ~NOTFOUND"]


class BrowserError(Exception):
    """What chromedriver said went wrong."""


def missing():
    """The programs that are not there, as one line; empty when all are."""
    return " ".join(name for name in ("chromium", "chromedriver") if shutil.which(name) is None)


class Browser:
    """One window. close() ends chromedriver with all its children and removes their files."""

    def __init__(self, environment=None, size=(1400, 1000)):
        self.session = None
        self.directory = tempfile.mkdtemp(prefix="revoscope-browser-")
        environment = dict(environment or os.environ, TMPDIR=self.directory, HOME=self.directory)
        self.log = open(os.path.join(self.directory, "chromedriver.log"), "wb")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=self.log, env=environment, start_new_session=True)
        try:
            self.port = self._read_port()
            options = {"args": [*ARGUMENTS, f"--user-data-dir={self.directory}/profile",
                                f"--window-size={size[0]},{size[1]}"]}
            wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            self.session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except BaseException:
            self.close()
            raise

    def _read_port(self):
        for line in self.driver.stdout:
            found = re.search(rb"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise BrowserError("chromedriver did not start")

    def _call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(),
                               {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value and "message" in value:
            raise BrowserError(f"{path.rsplit('/', 1)[-1]}: {value['error']}: {value['message']}")
        return value

    def call(self, method, path, body=None):
        return self._call(method, f"/session/{self.session}{path}", body)

    def cdp(self, command, **parameters):
        """A command of the Chrome DevTools Protocol."""
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        # From a blank page, so that a fragment alone is a new load too.
        self.call("POST", "/url", {"url": "about:blank"})
        self.call("POST", "/url", {"url": url})

    def url(self):
        return self.call("GET", "/url")

    def run(self, script, *arguments):
        """The value of a script's `return`."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """The value that the script hands to its last argument, a function."""
        return self.call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def find_all(self, selector):
        found = self.call("POST", "/elements", {"using": "css selector", "value": selector})
        return [element[ELEMENT] for element in found]

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click", {})

    def text(self, selector):
        return self.call("GET", f"/element/{self.find(selector)}/text")

    def is_shown(self, selector):
        return self.call("GET", f"/element/{self.find(selector)}/displayed")

    def type(self, selector, text):
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def press(self, *names):
        """Presses keys one after the other; "Control+End" holds the first."""
        actions = []
        for name in names:
            held = [KEYS[part] for part in name.split("+")]
            actions += [{"type": "keyDown", "value": key} for key in held]
            actions += [{"type": "keyUp", "value": key} for key in reversed(held)]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def wait(self, script, what, seconds=10):
        """Waits until the script returns something true, and returns it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.05)
        raise BrowserError(f"not within {seconds} s: {what}")

    def log_lines(self):
        """What the console said since the last call: errors, warnings, refusals of the content policy."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def media(self, scheme=None, kind=""):
        """Emulates a colour scheme ("light", "dark") and a medium ("print")."""
        features = [{"name": "prefers-color-scheme", "value": scheme}] if scheme else []
        self.cdp("Emulation.setEmulatedMedia", media=kind, features=features)

    def scripts(self, allowed):
        self.cdp("Emulation.setScriptExecutionDisabled", value=not allowed)

    def width(self, width, height=900):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def close(self):
        if self.session is not None:
            try:
                self.call("DELETE", "")
            except (OSError, BrowserError, http.client.HTTPException):
                pass  # it is ended below all the same
        self.driver.terminate()
        try:
            self.driver.wait(10)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.driver.pid, signal.SIGKILL)  # the group is ours alone: start_new_session
        except ProcessLookupError:
            pass
        self.driver.wait()
        self.driver.stdout.close()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
