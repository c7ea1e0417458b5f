"""The course of a test of a remedy: a real server that is broken in one way, what `revoscope doctor` says of it, the
remedy applied as it is printed, and the same endpoint again by `revoscope retest`."""

import os

from lab import Lab
from programs import STACKS, ProgramTest, cells_by
from seen import Seen

NAME = "www.site.lab.localhost"
GOOD = {"behaviour": "answer", "status": "good", "this_update": "-1min", "next_update": "2h"}
STALE = {"behaviour": "answer", "status": "good", "this_update": "-2d", "next_update": "-1d"}
TRY_LATER = {"behaviour": "answer", "response": "try-later"}
# Those that insist on a status, of stacks that can ask for a staple; and some that do not.
STRICT = [f"{stack}/{policy}" for stack in STACKS if stack != "mbedtls" for policy in
          ("hard-fail", "must-staple", "require-staple")]
CLASSES = STRICT + ["openssl/soft-fail", "gnutls/native"]


def causes_of(document):
    """The causes of the one endpoint of a document, by id."""
    (examination,) = document["examinations"].values()
    return {cause["id"]: cause for cause in examination["causes"]}


class RemedyTest(ProgramTest):
    """Each test makes a self.site of `site_class`."""

    site_class = None

    def begin(self, must_staple=False, **certificate):
        certificate["must_staple"] = "true" if must_staple else "false"
        # Both certificates are for NAME: the second takes the place of the first.
        self.lab = Lab(self, self.path("lab"), [
            {"id": "first", "host": NAME.partition(".")[2],
             "situation": {"responder": GOOD, "certificate": certificate}},
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

    def diagnose(self, server=None):
        """What `revoscope doctor` says: causes by id."""
        result = self.revoscope(
            "doctor", f"{NAME}:{self.site.port}", "--connect", f"127.0.0.1:{self.site.port}", "--ca", self.root,
            "--server", server or f"{self.site.kind}/{self.site.version()}", "--format", "json",
            *[word for class_id in CLASSES for word in ("--class", class_id)])
        self.assertIn(result.status, (0, 1), str(result))
        return causes_of(result.document())

    def heal(self, cause, server=None):
        """Finds the cause, and applies the remedy for it as doctor prints it."""
        found = self.diagnose(server)
        self.assertIn(cause, found, f"{sorted(found)}\n{self.site.log()}")
        fix = found[cause]["fix"]
        self.assertEqual(fix["server"], self.site.kind, fix["text"])
        self.site.apply(fix["snippet"], fix["commands"])

    def check_healed(self, warm=False, sentence="Fixed: "):
        """The staple is good from the first connection on (after one, when warm), `revoscope retest` finds nothing
        wrong any more and says `sentence`, and strict clients connect."""
        if warm:
            self.wait_until(lambda: self.seen().staple == "good", "a staple:\n" + self.site.log())
        for _ in range(3):
            seen = self.seen()
            self.assertEqual((seen.staple, seen.chain), ("good", True), self.site.log())
        result = self.revoscope("retest")
        self.assertEqual(result.status, 1, str(result))
        self.assertIn(f": {sentence}", result.out)
        document = self.revoscope("report", "latest", "--format", "json", expect=0).document()
        self.assertEqual(sorted(causes_of(document)), [], self.site.log())
        cells = {class_id: (cell["outcome"], cell["reason"]) for (_, class_id), cell in cells_by(document).items()
                 if class_id in STRICT}
        self.assertEqual(cells, {class_id: ("connect", "status-good") for class_id in STRICT}, self.site.log())
