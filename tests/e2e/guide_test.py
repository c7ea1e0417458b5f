#!/usr/bin/env python3
"""The user guide, done as it is written: its files are made, its commands run, its output looked for.

A fence of the guide says more than its language: `sh exit=1` is a block of commands and how the last of them
ends, `yaml file=NAME` the contents of a file, `text` what the block before has printed: these lines in this
order, where … is anything. `<!-- test: NAME -->` calls the method do_NAME below, where the world changes.
"""

import os
import re
import shlex

from lab import Lab
from patience import HANG_S
from programs import REVOSCOPE, ROOT, ProgramTest, main, needs
from server import Nginx

GUIDE = os.path.join(ROOT, "docs", "guide.md")
STEP = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$|^<!-- test: (\w+) -->$", re.M | re.S)


def examples():
    """{heading: [(kind, attributes, text), ...]} of the guide's second-level sections."""
    with open(GUIDE, encoding="utf-8") as file:
        parts = re.split(r"^## (.*)$", file.read(), flags=re.M)
    found = {}
    for heading, body in zip(parts[1::2], parts[2::2]):
        steps = []
        for language, attributes, text, hook in STEP.findall(body):
            steps.append(("do", {}, hook) if hook else
                         (language, dict(word.split("=") for word in shlex.split(attributes)), text))
        found[heading] = steps
    return found


def as_pattern(line):
    """Blanks are as wide as they like, … is anything."""
    return re.compile(r"\s+".join(".*?".join(re.escape(part) for part in word.split("…")) for word in line.split()))


def missing_line(text, out):
    """The first line that is not behind the one before it in the output; None when all are. One by one, since a pattern
    of all of them tries every way to leave lines out."""
    place = 0
    for line in text.splitlines():
        found = as_pattern(line).search(out, place)
        if found is None:
            return line
        place = found.end()
    return None


class Guide(ProgramTest):
    def follow(self, number):
        """Does the example whose heading begins with `number`; at least one command has to be there."""
        heading, steps = next((item for item in examples().items() if item[0].startswith(f"{number}. ")), (None, None))
        self.assertIsNotNone(heading, f"the guide has no example {number}")
        self.environment["PATH"] = os.path.dirname(REVOSCOPE) + ":" + os.environ["PATH"]
        self.environment.update({"HOME": self.path("home"), "COLUMNS": "100"})
        del self.environment["XDG_STATE_HOME"]
        os.makedirs(self.path("home"), exist_ok=True)
        result, num_commands = None, 0
        for kind, attributes, text in steps:
            if kind == "do":
                getattr(self, "do_" + text)()
            elif kind == "yaml":
                self.write(os.path.join("home", attributes["file"]), text)
            elif kind == "sh":
                result = self.run_program("bash", "--norc", "-euo", "pipefail", "-c", text, cwd=self.path("home"),
                                          timeout=HANG_S)
                self.assertEqual(result.status, int(attributes.get("exit", 0)), f"{text}\n{result.out}\n{result.err}")
                num_commands += 1
            elif kind == "text":
                line = missing_line(text, result.out)
                self.assertIsNone(line, f"the guide shows {line!r}, the program said:\n{result.out}")
        self.assertGreater(num_commands, 2)
        return result


@needs("curl")
class Document(Guide):
    def test_what_our_clients_do(self):
        self.follow(1)
        with open(self.path("home", "clients.html"), encoding="utf-8") as file:
            self.assertIn("mine/shop-app", file.read())


class ContinuousIntegration(Guide):
    def test_a_gate(self):
        self.follow(2)
        with open(self.path("home", "revoscope.xml"), encoding="utf-8") as file:
            self.assertIn("<failure", file.read())


@needs("nginx")
class Incident(Guide):
    """nginx with a must-staple certificate, whose responder was down when it was reloaded."""

    def setUp(self):
        super().setUp()
        situation = {"certificate": {"must_staple": "true"},
                     "responder": {"behaviour": "answer", "status": "good", "this_update": "-1min",
                                   "next_update": "2h"}}
        self.lab = Lab(self, self.path(), [{"id": "shop", "host": "shop.example.org", "situation": situation}])
        certificates = self.path("certificates")
        os.mkdir(certificates)
        self.lab.command(command="export", scenario="shop", directory=certificates)
        self.lab.command(command="http", listen=False)
        self.nginx = Nginx(self, self.path("nginx"), certificates, "shop.example.org")
        with open(os.path.join(certificates, "root.pem"), encoding="ascii") as file:
            self.write("home/our-root.pem", file.read())
        self.environment["SHOP"] = f"127.0.0.1:{self.nginx.port}"

    def do_fix(self):
        self.lab.command(command="http", listen=True)
        self.nginx.reload()

    def stapled(self):
        document = self.revoscope("probe", "shop.example.org", "--connect", self.environment["SHOP"], "--ca",
                                  self.path("home", "our-root.pem"), "--class", "openssl/must-staple", "--no-store",
                                  "--format", "json").document()
        return document["cells"][0]["outcome"] == "connect"

    def do_wait(self):
        """nginx fetches its staple when the first client has come."""
        self.wait_until(self.stapled, "nginx staples:\n" + self.nginx.log()[-1500:])

    def test_an_incident(self):
        self.follow(3)
        self.nginx.stop()
        self.lab.close()


class Decision(Guide):
    def test_whether_must_staple_is_safe(self):
        self.follow(4)


if __name__ == "__main__":
    main()
