#!/usr/bin/env python3
"""A client program that breaks costs only its own cell: every other cell keeps its verdict."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from patience import HANG_S
from programs import BAD_CLIENT, ProgramTest, cells_by, main

SCENARIOS = ("good-staple@plain", "no-staple", "revoked@plain", "untrusted")
BAD_SCENARIO = "no-staple"

# What the harness says about the cell that the fault hit: outcome and reason.
CRASH = {("crash", "program-crash")}
PROTOCOL = {("error", "program-protocol")}
HANG = {("hang", "program-hang")}
# One that is stopped does not run, whatever stopped it: that is no finding about its stack.
STOPPED = {("error", "overload-timeout")}
FAULTS = {
    "crash": CRASH,
    "abort": CRASH,
    "exit": CRASH,
    "half-line": CRASH | PROTOCOL,
    "closes-stdout": CRASH | PROTOCOL | HANG,
    "hang": HANG,
    "stuck": STOPPED,
    "deaf": HANG,
    "flood": PROTOCOL,
    "flood-lines": PROTOCOL | HANG,
    "garbage": PROTOCOL,
    "unknown-id": PROTOCOL | HANG,
    "unknown-outcome": PROTOCOL,
    "unknown-reason": PROTOCOL,
    "no-outcome": PROTOCOL,
    "wrong-type": PROTOCOL,
    "oversize": PROTOCOL,
    "deep": PROTOCOL,
    "claims-crash": PROTOCOL,
}
# After these the cell has the verdict that the program gave; a second answer may be reported as a fault.
HARMLESS = {"twice": {"connect", "error"}, "escapes": {"connect"}, "stderr-flood": {"connect"}}


class BadClient(ProgramTest):
    def client(self, name, **orders):
        """A client program of its own name that does so."""
        path = self.path("clients", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(BAD_CLIENT, path)
        self.write(f"clients/{name}.json", json.dumps(dict(orders, stack=name)))
        return f"{name}={path}"

    def run_with(self, client, *arguments, scenarios=SCENARIOS, **options):
        name = client.split("=")[0]
        result = self.revoscope("run", "--no-store", "--format", "json", "--timeout", "3s", "--client", client,
                                "--class", f"{name}/no-check", "--class", "openssl/no-check", *arguments, *scenarios,
                                timeout=HANG_S, **options)
        self.assertIn(result.status, (0, 1), str(result))
        document = result.document()
        self.assertEqual(len(document["cells"]), 2 * len(scenarios))
        return result, document

    def runs_with_each(self, faults, prefix):
        """(fault, name, result, document) of a run with each fault; they mostly wait, so a few at a time."""
        names = {fault: prefix + fault for fault in faults}
        clients = {fault: self.client(name, fault=fault, when=BAD_SCENARIO) for fault, name in names.items()}
        with ThreadPoolExecutor(3) as pool:
            runs = {fault: pool.submit(self.run_with, client) for fault, client in clients.items()}
        for fault, run in runs.items():
            yield (fault, names[fault], *run.result())

    def check_others(self, document, name):
        """Every cell but the one that the fault hit has its true verdict."""
        for (scenario, class_id), cell in cells_by(document).items():
            if class_id.startswith(name) and scenario == BAD_SCENARIO:
                continue
            want = "reject" if scenario == "untrusted" else "connect"
            self.assertEqual(cell["outcome"], want, f"{scenario} {class_id}: {cell['detail']}")

    def test_without_a_fault_it_is_a_client_like_any_other(self):
        _, document = self.run_with(self.client("double"))
        self.assertTrue(document["stacks"]["double"]["compliant"])
        self.check_others(document, "nobody")
        self.assertEqual(cells_by(document)["untrusted", "double/no-check"]["reason"], "chain-untrusted")

    def test_what_it_cannot_do_is_unsupported(self):
        client = self.client("double")
        document = self.revoscope("run", "--no-store", "--format", "json", "--client", client, "--class",
                                  "double/require-staple", "no-staple").document()
        self.assertEqual([cell["outcome"] for cell in document["cells"]], ["unsupported"])

    def test_each_fault_costs_only_its_own_cell(self):
        for fault, name, result, document in self.runs_with_each(FAULTS, "bad-"):
            with self.subTest(fault):
                cell = cells_by(document)[BAD_SCENARIO, name + "/no-check"]
                self.assertIn((cell["outcome"], cell["reason"]), FAULTS[fault], cell["detail"])
                self.assertFalse(cell["as_expected"])
                self.assertEqual(result.status, 1)
                self.assertTrue(cell["detail"])
                self.assertLess(len(cell["detail"]), 2000)
                self.check_others(document, name)

    def test_noise_does_not_change_the_verdict(self):
        for fault, name, result, document in self.runs_with_each(HARMLESS, "odd-"):
            with self.subTest(fault):
                cell = cells_by(document)[BAD_SCENARIO, name + "/no-check"]
                self.assertIn(cell["outcome"], HARMLESS[fault], cell["detail"])
                self.assertNotIn(b"\x1b", result.raw_out)
                self.assertNotIn(b"\x1b", result.raw_err)
                self.check_others(document, name)

    def test_escapes_do_not_reach_the_terminal(self):
        client = self.client("odd", fault="escapes", when=BAD_SCENARIO)
        for arguments in ((), ("--format", "html"), ("--format", "json")):
            with self.subTest(arguments):
                result = self.revoscope("run", "--no-store", "--client", client, "--class", "odd/no-check", *arguments,
                                        *SCENARIOS)
                for raw in (result.raw_out, result.raw_err):
                    self.assertNotIn(b"\x1b", raw)
                    if "json" not in arguments:
                        self.assertNotIn("\u202e".encode(), raw)

    def test_the_program_is_started_again_after_a_crash(self):
        pids = self.path("pids")
        client = self.client("again", fault="crash", when=BAD_SCENARIO, pids=pids)
        self.run_with(client)
        with open(pids, encoding="utf-8") as file:
            working = [line for line in file if "--describe" not in line]
        self.assertGreaterEqual(len(working), 2)

    def test_a_crash_in_every_cell_ends_too(self):
        client = self.client("always", fault="crash", when="lab.localhost")
        result = self.revoscope("run", "--no-store", "--format", "json", "--client", client, "--class",
                                "always/no-check", "--class", "openssl/no-check", "healthy", "staple", timeout=HANG_S)
        document = result.document()
        for (scenario, class_id), cell in cells_by(document).items():
            if class_id == "openssl/no-check":
                self.assertEqual(cell["outcome"], "connect", scenario)
            else:
                self.assertNotIn(cell["outcome"], ("connect", "warn", "reject"), scenario)

    def test_a_program_that_lies_is_shown_as_not_compliant(self):
        """It accepts what is not trusted: the check before it is trusted finds that."""
        liar = self.path("clients", "liar")
        os.makedirs(os.path.dirname(liar), exist_ok=True)
        with open(BAD_CLIENT, encoding="utf-8") as file:
            self.write("clients/liar", file.read())
        os.chmod(liar, 0o755)
        self.write("clients/liar.json", json.dumps({"fault": "lies", "stack": "liar"}))
        _, document = self.run_with(f"liar={liar}")
        self.assertFalse(document["stacks"]["liar"]["compliant"])
        for (scenario, class_id), cell in cells_by(document).items():
            if class_id == "liar/no-check":
                self.assertNotIn(cell["outcome"], ("connect", "warn", "reject"), scenario)
            else:
                self.assertEqual(cell["outcome"], "reject" if scenario == "untrusted" else "connect")

    def test_a_program_that_does_not_describe_itself_is_not_used(self):
        for fault in ("describe-garbage", "describe-hang", "describe-flood", "describe-exit", "describe-version"):
            with self.subTest(fault):
                _, document = self.run_with(self.client(fault, fault=fault), scenarios=("good-staple@plain",))
                cells = cells_by(document)
                self.assertEqual(cells["good-staple@plain", "openssl/no-check"]["outcome"], "connect")
                self.assertNotIn(cells["good-staple@plain", fault + "/no-check"]["outcome"], ("connect", "warn", "reject"))
                self.assertFalse(document["stacks"][fault]["compliant"])

    def test_no_usable_program_is_3(self):
        client = self.client("gone", fault="describe-exit")
        self.revoscope("run", "--no-store", "--client", client, "--class", "gone/no-check", "good-staple@plain", expect=3)
        self.revoscope("run", "--no-store", "--client", "absent=/nowhere/client", "--class", "absent/no-check",
                       "good-staple@plain", expect=3)


if __name__ == "__main__":
    main()
