"""The course of a test of a remedy: a real server that is broken in one way, what is said of it, the remedy applied as
it is printed, and the same endpoint again."""

import json
import os

from diagnosis import Seen
from lab import Lab
from programs import BUILD, STACKS, ProgramTest, cells_by

NAME = "www.site.lab.localhost"
GOOD = {"behaviour": "answer", "status": "good", "this_update": "-1min", "next_update": "2h"}
STALE = {"behaviour": "answer", "status": "good", "this_update": "-2d", "next_update": "-1d"}
TRY_LATER = {"behaviour": "answer", "response": "try-later"}
SHOW_REMEDY = os.path.join(BUILD, "harness", "show-remedy")
# Classes that insist on a good staple or a good chain, of stacks that can ask for one.
STRICT = [f"{stack}/{policy}" for stack in STACKS if stack != "mbedtls" for policy in
          ("hard-fail", "must-staple", "require-staple")]


class RemedyTest(ProgramTest):
    """Each test makes a self.site of `site_class`."""

    site_class = None

    def begin(self, must_staple=False, **certificate):
        certificate["must_staple"] = "true" if must_staple else "false"
        # Both certificates are for NAME: the second takes the place of the first.
        self.lab = Lab(self, self.path("lab"), [
            {"id": "first", "host": NAME.partition(".")[2], "situation": {"responder": GOOD, "certificate": certificate}},
            {"id": "renewed", "host": NAME, "situation": {"responder": GOOD}}])
        self.root = self.path("lab", "root.pem")
        self.certificates = {}
        for scenario in ("first", "renewed"):
            self.certificates[scenario] = self.path(scenario)
            os.mkdir(self.certificates[scenario])
            self.lab.command(command="export", scenario=scenario, directory=self.certificates[scenario])
        self.site = self.site_class(self, self.certificates["first"], NAME)
        return self.site

    def responder(self, situation, scenario="first"):
        self.lab.command(command="responder", scenario=scenario, situation={"responder": situation})

    def responder_listens(self, listens):
        self.lab.command(command="http", listen=listens)

    def seen(self):
        return Seen(self, self.site)

    def heal(self, topic, must_staple=False):
        """Applies the remedy for a topic."""
        words = [f"{self.site.kind}/{self.site.version()}", topic, NAME] + (["must-staple"] if must_staple else [])
        remedy = json.loads(self.run_program(SHOW_REMEDY, *words).out)
        self.assertTrue(remedy["found"], words)
        self.site.apply(remedy["snippet"], remedy["commands"].splitlines())

    def check_healed(self, warm=False):
        """The staple is good from the first connection on (after one, when warm), and strict clients connect."""
        if warm:
            self.wait_until(lambda: self.seen().staple == "good", 10, "a staple:\n" + self.site.log())
        for _ in range(3):
            seen = self.seen()
            self.assertEqual((seen.staple, seen.chain), ("good", True), self.site.log())
        result = self.revoscope(
            "probe", f"{NAME}:{self.site.port}", "--connect", f"127.0.0.1:{self.site.port}", "--ca", self.root,
            *[word for class_id in STRICT for word in ("--class", class_id)], "--no-store", "--format", "json")
        cells = {class_id: (cell["outcome"], cell["reason"]) for (_, class_id), cell in
                 cells_by(result.document()).items()}
        self.assertEqual(cells, {class_id: ("connect", "status-good") for class_id in STRICT}, self.site.log())
