"""revoscope-lab driven directly (fixtures/README.md), for tests that need its PKI and responder."""

import json
import queue
import subprocess
import threading

from programs import LAB


class Lab:
    """The lab with the given scenarios; `owner` starts it, and stops it if nobody else did (a ProgramTest)."""

    def __init__(self, owner, directory, scenarios):
        self.process = owner.start("--directory", directory, program=LAB, stdin=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.events = []
        self.answers = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.ready = self._ask({"protocol": 1, "scenarios": scenarios}, timeout=30)
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

    def _ask(self, request, timeout=10):
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
        status = self.process.wait(10)
        self.reader.join(5)
        if status != 0:
            raise AssertionError(f"the lab ended with {status}")
