#!/usr/bin/env python3
"""However a run ends, nothing of it is left, and what it could not write is not called done."""

import json
import os
import pty
import signal
import subprocess
import tempfile
import time

from patience import HANG_S
from programs import BUILD, REVOSCOPE, STACKS, ProgramTest, cells_by, main, marked

# Clients wait here until their time-outs, so that there is a middle to interrupt.
SLOW = ("responder-silent", "responder-slow", "good-staple@plain")


class Ending(ProgramTest):
    def started(self, *arguments, **how):
        """A run in whose middle we are: its programs work, its answer is not there yet."""
        evidence = tempfile.mkdtemp(prefix="evidence-", dir=self.directory)
        answer = os.path.join(evidence, "good-staple@plain", "openssl", "no-check", "answer.json")
        process = self.start("run", "--no-store", "--format", "json", "--class", "openssl/*", "--class", "gnutls/*",
                             "--evidence", evidence, *arguments, *SLOW, start_new_session=True, **how)
        self.wait_until(lambda: sum("revoscope-client" in line and "--describe" not in line
                                    for _, line in marked(self.mark)) >= 2, "the client programs run")
        self.wait_until(lambda: os.path.exists(answer), "a first client has answered")
        self.assertIsNone(process.poll(), "the run was over before it could be interrupted")
        return process

    def wait_gone(self):
        self.wait_until(lambda: not marked(self.mark), f"processes are left: {marked(self.mark)}")

    def test_interrupted_it_prints_what_is_done(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                process = self.started()
                process.send_signal(number)
                out, err = process.communicate(timeout=HANG_S)
                document = json.loads(out)
                cells = cells_by(document)
                self.assertEqual(cells["good-staple@plain", "openssl/no-check"]["outcome"], "connect")
                self.assertIn("interrupted", {cell["reason"] for cell in document["cells"]})
                self.assertNotIn(process.returncode, (0, -number), err)
                self.wait_gone()
                self.assertEqual(os.listdir(self.temporary), [])

    def stubborn_lab(self):
        """Programs with a lab that does not end; it leaves a file when it was waited for."""
        folder = self.path("programs")
        os.mkdir(folder)
        for program in (os.path.join(BUILD, "fixtures", "revoscope-lab"),
                        *(os.path.join(BUILD, "clients", "revoscope-client-" + stack) for stack in STACKS)):
            os.symlink(program, os.path.join(folder, os.path.basename(program)))
        lab = os.path.join(folder, "revoscope-lab")
        real = os.path.realpath(lab)
        os.unlink(lab)
        with open(lab, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\n"{real}" "$@"\nsleep 1.2\necho > "{self.path("waited")}"\nsleep 30\n')
        os.chmod(lab, 0o755)
        return dict(self.environment, REVOSCOPE_LIBEXEC=folder)

    def test_a_second_signal_ends_the_patience(self):
        """After the first the lab has 1.5 seconds to end; after the second it is killed at once."""
        environment = self.stubborn_lab()
        for signals in (1, 2):
            with self.subTest(signals=signals):
                process = self.started(env=environment)
                process.send_signal(signal.SIGINT)
                if signals == 2:
                    time.sleep(0.3)
                    process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=HANG_S)
                self.assertNotIn(process.returncode, (0, -signal.SIGINT), err)
                self.assertTrue(json.loads(out)["cells"])
                self.assertEqual(os.path.exists(self.path("waited")), signals == 1, err)
                self.wait_gone()
                if signals == 1:
                    os.unlink(self.path("waited"))

    def test_ctrl_c_of_a_terminal_reaches_everybody(self):
        """The terminal signals the whole foreground group, not the harness alone."""
        process = self.started()
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=HANG_S)
        self.assertEqual(cells_by(json.loads(out))["good-staple@plain", "gnutls/no-check"]["outcome"], "connect")
        self.wait_gone()

    def test_killed_it_leaves_no_process(self):
        process = self.started()
        process.kill()
        process.communicate(timeout=HANG_S)
        # What the killed one could not remove is a directory; the processes have to end by themselves.
        self.wait_gone()
        for name in os.listdir(self.temporary):
            subprocess.run(["rm", "-rf", self.path("tmp", name)], check=True)

    def test_a_client_program_that_is_killed_once_costs_nothing(self):
        """What was in flight is tried again, one by one; a program that fails then too is a crash."""
        process = self.started("--class", "openssl/no-check")
        victims = [pid for pid, line in marked(self.mark) if "revoscope-client-openssl" in line]
        self.assertTrue(victims)
        os.kill(victims[0], signal.SIGKILL)
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 0, err)
        for cell in json.loads(out)["cells"]:
            self.assertIn(cell["outcome"], ("connect", "warn", "reject"), cell["detail"])

    def test_a_killed_lab_is_not_blamed_on_the_clients(self):
        process = self.started()
        victims = [pid for pid, line in marked(self.mark) if "revoscope-lab" in line]
        self.assertTrue(victims)
        os.kill(victims[0], signal.SIGKILL)
        out, err = process.communicate(timeout=HANG_S)
        self.assertNotEqual(process.returncode, 0)
        if out:
            self.assertNotIn("crash", {cell["outcome"] for cell in json.loads(out)["cells"]}, err)


class Writing(ProgramTest):
    ARGUMENTS = ("run", "--no-store", "--class", "openssl/no-check", "good-staple@plain")

    def test_a_full_disk_is_3(self):
        for name in ("text", "json", "html"):
            with self.subTest(name), open("/dev/full", "wb") as full:
                process = self.start(*self.ARGUMENTS, "--format", name, stdout=full)
                _, err = process.communicate(timeout=HANG_S)
                self.assertEqual(process.returncode, 3, err)
                self.assertTrue(err)
        self.revoscope(*self.ARGUMENTS, "--format", "json=/dev/full", expect=3)

    def test_a_device_is_written_to_and_not_replaced(self):
        os.mkfifo(self.path("pipe"))
        reader = self.start("-c", 'cat "$1"', "-", self.path("pipe"), program="/bin/sh")
        self.revoscope(*self.ARGUMENTS, "--format", "json=" + self.path("pipe"), expect=0)
        out, _ = reader.communicate(timeout=HANG_S)
        self.assertEqual(len(json.loads(out)["cells"]), 1)
        self.assertTrue(os.path.exists("/dev/full"))

    def test_a_full_disk_under_a_report_leaves_no_half_of_it(self):
        report = self.path("report.json")
        script = 'ulimit -f 64; trap "" XFSZ; exec "$@"'
        result = self.run_program("/bin/bash", "-c", script, "-", REVOSCOPE, "run", "--no-store", "--class",
                                  "openssl/*", "--format", "json=" + report, "healthy", "staple")
        self.assertEqual(result.status, 3, str(result))
        self.assertIn("report.json", result.err)
        self.assertFalse(os.path.exists(report))
        self.assertEqual([name for name in os.listdir(self.directory) if "report" in name], [])

    def test_a_reader_that_goes_away_is_3(self):
        reading, writing = os.pipe()
        os.close(reading)
        process = self.start(*self.ARGUMENTS, "--format", "json", stdout=writing)
        os.close(writing)
        _, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 3, err)

    def test_without_stdout_it_is_3(self):
        result = self.run_program("/bin/sh", "-c", 'exec "$@" >&-', "-", REVOSCOPE, *self.ARGUMENTS)
        self.assertEqual(result.status, 3, str(result))

    def test_without_stdin_and_stderr_it_works(self):
        result = self.run_program("/bin/sh", "-c", 'exec "$@" <&- 2>&-', "-", REVOSCOPE, *self.ARGUMENTS)
        self.assertEqual(result.status, 0, str(result))

    def test_a_report_in_a_directory_that_is_not_there_is_reported_before_the_work(self):
        result = self.revoscope(*self.ARGUMENTS, "--format", "json=/nowhere/at/all.json")
        self.assertIn(result.status, (2, 3), str(result))
        self.assertIn("/nowhere/at/all.json", result.err)

    def test_a_report_replaces_the_old_one_whole(self):
        report = self.write("report.json", "old")
        self.revoscope(*self.ARGUMENTS, "--format", "json=" + report, expect=0)
        with open(report, encoding="utf-8") as file:
            self.assertEqual(len(json.load(file)["cells"]), 1)

    def test_machine_output_is_alone_on_stdout(self):
        result = self.revoscope(*self.ARGUMENTS, "--format", "json", expect=0)
        self.assertTrue(json.loads(result.out))
        result = self.revoscope(*self.ARGUMENTS, "--format", "html", expect=0)
        self.assertTrue(result.out.startswith("<!DOCTYPE html>") or result.out.startswith("<!doctype html>"))
        result = self.revoscope(*self.ARGUMENTS, "--format", "json", "--format", "text=" + self.path("matrix.txt"),
                                expect=0)
        self.assertTrue(json.loads(result.out))

    def test_progress_goes_to_a_terminal_only(self):
        self.assertEqual(self.revoscope(*self.ARGUMENTS, "--format", "json", expect=0).err, "")
        master, slave = pty.openpty()
        process = self.start(*self.ARGUMENTS, "--format", "json", stderr=slave)
        os.close(slave)
        out = process.stdout.read()
        process.wait(HANG_S)
        said = b""
        try:
            while chunk := os.read(master, 65536):
                said += chunk
        except OSError:
            pass  # the terminal's other end is closed
        os.close(master)
        self.assertTrue(json.loads(out))
        self.assertTrue(said, "no progress on a terminal")

    def test_color_is_for_terminals_without_no_color(self):
        environment = {name: value for name, value in self.environment.items() if name != "NO_COLOR"}
        for wanted, env in ((False, dict(environment, NO_COLOR="1")), (True, environment)):
            with self.subTest(wanted):
                master, slave = pty.openpty()
                process = self.start(*self.ARGUMENTS, stdout=slave, env=dict(env, TERM="xterm"))
                os.close(slave)
                said = b""
                try:
                    while chunk := os.read(master, 65536):
                        said += chunk
                except OSError:
                    pass
                process.wait(HANG_S)
                os.close(master)
                self.assertEqual(b"\x1b[" in said, wanted, said[:500])
        self.assertNotIn("\x1b", self.revoscope(*self.ARGUMENTS, environment=environment, expect=0).out)


if __name__ == "__main__":
    main()
