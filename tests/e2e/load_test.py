#!/usr/bin/env python3
"""A time-out of this machine is no verdict, and a lab that ends takes no cell with it that was done.

The machine is not loaded for this: what a load does to a program, not to run for a while, is done to one
program by a signal, at a moment that the evidence on disk shows.
"""

import glob
import json
import os
import random
import signal
import time
import unittest

from lab import KeptLab
from patience import HANG_S
from programs import STACKS, ProgramTest, cells_by, main, marked

# The lab takes 1.5 s to answer here, a client waits for 4 s: between the two there is a time at which a
# fetch is certainly in flight.
SCENARIO = """title: "Answers after one and a half seconds"
why: "For a test."
tags: [test]
truth: good
server: { staple: none }
responder: { slow: 1500ms }
expect:
  "*": connect
"""
CLASS = "openssl/hard-fail"


def begun_at(folder, before=0):
    """When the attempt was begun of which this evidence shows that its handshake is done, so that its fetch is in
    flight (nanoseconds); 0 when there is none later than the given one."""
    try:
        begun = os.stat(os.path.join(folder, "request.json")).st_mtime_ns
        chain = os.stat(os.path.join(folder, "chain-1.der")).st_mtime_ns
    except OSError:
        return 0
    return begun if chain >= begun > before else 0


class Starved(ProgramTest):
    def started(self, *arguments):
        self.write("scenarios/own/later.yaml", SCENARIO)
        return self.start("run", "--no-store", "--scenarios", self.path("scenarios"), "--format", "json", "--class",
                          CLASS, "--time-factor", "1", "--evidence", self.path("evidence"), *arguments, "later")

    def pid_of(self, program):
        pids = [pid for pid, line in marked(self.mark) if program in line and "--describe" not in line]
        self.assertEqual(len(pids), 1, marked(self.mark))
        return pids[0]

    def stop_in_flight(self, program, folder="", before=0):
        """Stops the program while a fetch of the cell is in flight; returns its number and when the attempt began."""
        folder = os.path.join(self.path("evidence", "later", CLASS), folder)
        begun = self.wait_until(lambda: begun_at(folder, before), "an attempt was begun")
        time.sleep(0.3)
        pid = self.pid_of(program)
        os.kill(pid, signal.SIGSTOP)
        return pid, begun

    def cell(self, process):
        out, err = process.communicate(timeout=HANG_S)
        document = json.loads(out)
        return cells_by(document)["later", CLASS], process.returncode, err.decode()

    def check_stopped_for_a_while(self, program):
        process = self.started()
        pid, _ = self.stop_in_flight(program)
        time.sleep(4.2)
        os.kill(pid, signal.SIGCONT)
        cell, status, err = self.cell(process)
        self.assertEqual((cell["outcome"], cell["reason"], status), ("connect", "status-good", 0), cell["detail"] + err)
        self.assertEqual(cell["repeats"], 1)
        self.assertTrue(cell["server"]["complete"])
        # The attempt that does not count is not in the evidence.
        self.assertEqual(len(cell["server"]["connections"]), 1)
        self.assertEqual(len(cell["server"]["requests"]), 1)
        self.assertGreaterEqual(cell["server"]["requests"][0]["ms"], 1500)

    def test_a_lab_that_was_stopped_costs_a_repetition(self):
        self.check_stopped_for_a_while("revoscope-lab")

    def test_a_client_program_that_was_stopped_costs_a_repetition(self):
        self.check_stopped_for_a_while("revoscope-client-openssl")

    def test_a_lab_that_stays_stopped_gives_no_verdict(self):
        """The fetch times out, and both repetitions do in their handshakes: the event is the reason."""
        process = self.started("--timeout", "3", "--strict")
        pid, _ = self.stop_in_flight("revoscope-lab")
        folder = self.path("evidence", "later", CLASS)
        answers = set()

        def seen():
            path = os.path.join(folder, "answer.json")
            if os.path.exists(path):
                answers.add(os.stat(path).st_mtime_ns)
            return len(answers) == 3

        self.wait_until(seen, "three attempts have ended")
        os.kill(pid, signal.SIGCONT)
        cell, status, err = self.cell(process)
        self.assertEqual((cell["outcome"], cell["reason"], cell["assurance"]), ("error", "overload-timeout", "none"),
                         cell["detail"] + err)
        self.assertEqual(cell["repeats"], 2)
        self.assertIn("the handshake timed out", cell["detail"])
        self.assertFalse(cell["as_expected"])
        self.assertFalse(cell["exposed"])
        # Nothing was tested.
        self.assertEqual(status, 3, err)

    def test_a_client_program_that_stays_stopped_is_replaced(self):
        """It did not run when its answer was due: no hang of its stack, but a repetition by the next program."""
        process = self.started("--timeout", "3")
        pid, _ = self.stop_in_flight("revoscope-client-openssl")
        cell, status, err = self.cell(process)
        self.assertEqual((cell["outcome"], cell["reason"], cell["repeats"], status), ("connect", "status-good", 1, 0),
                         cell["detail"] + err)
        self.assertTrue(cell["server"]["complete"])
        self.assertFalse(os.path.exists(f"/proc/{pid}"))

    def test_client_programs_that_stay_stopped_each_time_give_no_verdict(self):
        process = self.started("--timeout", "3", "--strict")
        begun = 0
        for _ in range(3):
            _, begun = self.stop_in_flight("revoscope-client-openssl", before=begun)
        cell, status, err = self.cell(process)
        self.assertEqual((cell["outcome"], cell["reason"], cell["repeats"], status), ("error", "overload-timeout", 2, 3),
                         cell["detail"] + err)
        self.assertIn("did not answer within 5000 ms, and it was stopped", cell["detail"])

    def test_an_attempt_of_several_is_repeated_and_does_not_count(self):
        process = self.started("--repeat", "2")
        pid, _ = self.stop_in_flight("revoscope-lab", "2")
        time.sleep(4.2)
        os.kill(pid, signal.SIGCONT)
        cell, status, err = self.cell(process)
        self.assertEqual((cell["outcome"], cell["repeats"], cell["varies"], status), ("connect", 1, False, 0), err)
        self.assertEqual([(attempt["outcome"], attempt["times"]) for attempt in cell["attempts"]], [("connect", 2)])

    def test_fetches_that_time_out_each_time_give_no_verdict(self):
        """The lab is stopped in each of the three fetches: the detail says when its response left."""
        process = self.started()
        begun = 0
        for _ in range(3):
            pid, begun = self.stop_in_flight("revoscope-lab", before=begun)
            time.sleep(4.2)
            os.kill(pid, signal.SIGCONT)
        cell, status, err = self.cell(process)
        self.assertEqual((cell["outcome"], cell["reason"], status), ("error", "overload-timeout", 3), cell["detail"] + err)
        self.assertRegex(cell["detail"], r"the fetch of http://\S+ timed out after 4\d+ ms, although the lab's "
                                         r"response was due earlier, also when it was repeated alone; the client's own result was "
                                         r"reject \(responder-timeout\); the lab (had sent no|sent the) response")
        self.assertEqual(cell["repeats"], 2)


class Evidence(ProgramTest):
    def test_it_is_complete_above_the_leaf_too(self):
        """The responder of the intermediate that scenarios share belongs to none of them."""
        document = self.revoscope("run", "--no-store", "--format", "json", "--class", "browser/chrome-online-checks",
                                  "bad-signature", expect=0).document()
        for cell in document["cells"]:
            ports = {fetch["local_port"] for fetch in cell["observation"]["fetches"]}
            self.assertGreater(len(ports), 1)
            self.assertEqual({request["peer_port"] for request in cell["server"]["requests"]}, ports)
            self.assertTrue(cell["server"]["complete"])

    @unittest.skipUnless("mbedtls" in STACKS, "Mbed TLS is not built")
    def test_a_stack_without_the_version_of_the_server_has_connected(self):
        document = self.revoscope("run", "--no-store", "--format", "json", "--class", "mbedtls/no-check",
                                  "tls13-only@good", expect=0).document()
        cell = document["cells"][0]
        if cell["outcome"] == "unsupported":
            self.assertEqual(cell["reason"], "tls-unsupported")
        self.assertEqual(len(cell["server"]["connections"]), 1)
        self.assertTrue(cell["server"]["complete"])


class StarvedAtAnEndpoint(ProgramTest):
    """What a server there does is not known, but the client program says how late it was itself."""

    def test_a_client_program_that_was_stopped_costs_a_repetition(self):
        self.write("scenarios/own/later.yaml", SCENARIO)
        lab = KeptLab(self, "later", options=("--scenarios", self.path("scenarios")))
        process = self.start("probe", lab.hosts["later"], "--connect", lab.address, "--ca", lab.root, "--no-store",
                             "--format", "json", "--class", CLASS, "--evidence", self.path("evidence"))
        self.wait_until(lambda: any(begun_at(folder) for folder in glob.glob(self.path("evidence", "*", CLASS))),
                        "the cell was begun")
        time.sleep(0.3)
        pids = [pid for pid, line in marked(self.mark) if "revoscope-client-openssl" in line]
        self.assertEqual(len(pids), 1)
        os.kill(pids[0], signal.SIGSTOP)
        # The fetch would time out after 4 s; the stopped client sees that a second and a half later.
        time.sleep(6)
        os.kill(pids[0], signal.SIGCONT)
        out, err = process.communicate(timeout=HANG_S)
        cell = json.loads(out)["cells"][0]
        self.assertEqual((cell["outcome"], cell["reason"], cell["repeats"]), ("connect", "status-good", 1),
                         cell["detail"] + err.decode())
        self.assertEqual(process.returncode, 0, err)

    def test_a_lab_that_is_killed_takes_no_cell_of_an_endpoint(self):
        """A probe's lab only shows that the client programs are compliant: there is none while cells are tried, and
        without it nothing is."""
        self.write("scenarios/own/later.yaml", SCENARIO)
        kept = KeptLab(self, "later", options=("--scenarios", self.path("scenarios")))

        def started(evidence):
            return self.start("probe", kept.hosts["later"], "--connect", kept.address, "--ca", kept.root, "--no-store",
                              "--format", "json", "--class", CLASS, "--evidence", evidence)

        process = started(self.path("compliance"))
        os.kill(self.wait_until(lambda: self.lab_of(process), "the probe has a lab"), signal.SIGKILL)
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual((process.returncode, out, err.decode()),
                         (3, b"", "revoscope probe: the lab was ended by signal 9 (Killed)\n"))
        process = started(self.path("cells"))
        self.wait_until(lambda: any(begun_at(folder) for folder in glob.glob(self.path("cells", "*", CLASS))),
                        "the cell was begun")
        self.assertIsNone(self.lab_of(process))
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual((process.returncode, json.loads(out)["cells"][0]["outcome"]), (0, "connect"), err)

    def lab_of(self, process):
        for pid, line in marked(self.mark):
            if "revoscope-lab" not in line:
                continue
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == process.pid:
                    return pid
        return None


class LabThatEnds(ProgramTest):
    SCENARIOS = ("staple", "responder", "must-staple")

    def killed_in_the_middle(self, *arguments, after=60):
        """The document of a run whose lab was killed after so many lines."""
        process = self.start("run", "--class", "openssl/*", "--class", "gnutls/*", "--format", "jsonl", "--format",
                             "json=" + self.path("run.json"), *arguments, *self.SCENARIOS)
        for _ in range(after):
            self.assertTrue(process.stdout.readline(), "the run was over before its lab could be killed")
        victims = [pid for pid, line in marked(self.mark) if "revoscope-lab" in line]
        self.assertEqual(len(victims), 1)
        os.kill(victims[0], signal.SIGKILL)
        _, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 3, err)
        self.assertRegex(err.decode(), r"the lab was ended by signal 9 \([A-Za-z ]+\)\n")
        with open(self.path("run.json"), encoding="utf-8") as file:
            return json.load(file)

    def test_what_was_done_is_true_and_the_rest_was_not_run(self):
        document = self.killed_in_the_middle("--no-store")
        self.assertTrue(document["run"]["interrupted"])
        done = [cell for cell in document["cells"] if cell["reason"] != "interrupted"]
        self.assertGreater(len(done), 20)
        self.assertLess(len(done), len(document["cells"]))
        for cell in done:
            self.assertIn(cell["outcome"], ("connect", "warn", "reject"), cell)
            self.assertTrue(cell["as_expected"], cell)
        for cell in document["cells"]:
            if cell["reason"] == "interrupted":
                self.assertEqual((cell["outcome"], cell["as_expected"], cell["observation"]), ("error", None, None))

    def test_what_was_done_is_stored(self):
        self.check_stored(60)

    def test_at_whatever_moment_it_ends(self):
        for after in sorted(random.sample(range(1, 160), 4)):
            with self.subTest(f"after {after} lines"):
                self.check_stored(after)

    def check_stored(self, after):
        document = self.killed_in_the_middle("--db", self.path(f"runs-{after}.db"), after=after)
        for cell in document["cells"]:
            if cell["reason"] == "interrupted":
                self.assertEqual((cell["outcome"], cell["as_expected"], cell["observation"]), ("error", None, None))
            else:
                self.assertIn(cell["outcome"], ("connect", "warn", "reject"), cell)
                self.assertTrue(cell["as_expected"], cell)
        stored = self.revoscope("report", "--db", self.path(f"runs-{after}.db"), "--format", "json",
                                expect=0).document()
        self.assertEqual([(cell["scenario"], cell["class"], cell["outcome"], cell["reason"], cell["server"])
                          for cell in stored["cells"]],
                         [(cell["scenario"], cell["class"], cell["outcome"], cell["reason"], cell["server"])
                          for cell in document["cells"]])


if __name__ == "__main__":
    main(at_once=4)
