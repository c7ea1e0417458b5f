"""revoscope-lab driven directly (fixtures/README.md), for tests that need its PKI and responder."""

import json
import queue
import subprocess
import threading

from patience import HANG_S
from programs import LAB


class Lab:
    """The lab with the given scenarios; `owner` starts it, and stops it if nothing else did (a ProgramTest)."""

    def __init__(self, owner, directory, scenarios, options=()):
        self.process = owner.start("--directory", directory, *options, program=LAB, stdin=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.events = []
        self.answers = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.ready = self._ask({"protocol": 1, "scenarios": scenarios}, timeout=HANG_S)
        if self.ready["event"] != "ready":
            raise AssertionError(f"the lab is not ready: {self.ready}")

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] in ("ready", "done", "failed"):
                self.answers.put(event)
            else:
                self.events.append(event)
        self.answers.put({"event": "ended"})

    def _ask(self, request, timeout=HANG_S):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return self.answers.get(timeout=timeout)

    def command(self, **command):
        answer = self._ask(command)
        if answer["event"] != "done":
            raise AssertionError(f"{command}: {answer}")

    def close(self):
        """Ends as its protocol says: at the end of input."""
        self.process.stdin.close()
        status = self.process.wait(HANG_S)
        self.reader.join(HANG_S)
        if status != 0:
            raise AssertionError(f"the lab ended with {status}")


class KeptLab:
    """`revoscope lab` with scenarios, for programs that probe it: address, host of each scenario, roots to trust."""

    def __init__(self, owner, *scenarios, options=()):
        self.process = owner.start("lab", *options, *scenarios, stderr=subprocess.DEVNULL)
        owner.addCleanup(self.close)
        self.hosts, scenario = {}, None
        while len(self.hosts) < len(scenarios):
            line = self.process.stdout.readline().decode()
            if not line:
                raise AssertionError("the lab ended")
            if ": " in line and line.startswith("The lab is up"):
                self.root = line.split("Trust anchors: ")[1].strip()
            elif ": " in line and not line.startswith(" "):
                scenario = line.split(":")[0]
            elif ", address " in line:
                host, _, address, _, port = line.strip().removeprefix("host ").replace(",", "").split()
                self.hosts[scenario], self.address = host, f"{address}:{port}"

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(HANG_S)
