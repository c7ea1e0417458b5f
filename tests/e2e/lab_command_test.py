#!/usr/bin/env python3
"""`revoscope lab` runs the lab's servers for any client: the commands that it prints do what they say."""

import shlex
import shutil
import signal
import subprocess
import threading

from patience import HANG_S
from programs import ProgramTest, main, marked, needs


class LabCommand(ProgramTest):
    def started(self, *arguments, **options):
        process = self.start("lab", *arguments, **options)
        lines = []

        def read():
            for line in process.stdout:
                lines.append(line.decode())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.addCleanup(reader.join, 5)
        self.addCleanup(self.stop, process)
        return process, lines

    def command(self, lines, program, scenario):
        """The printed command line of a program for a scenario."""
        def found():
            for line in list(lines):
                text = line.strip().lstrip("$ ")
                if text.startswith(program + " ") and scenario in text:
                    return shlex.split(text)
            return None
        return self.wait_until(found, f"a line with {program} for {scenario} in: {''.join(lines)}")

    def ended(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(HANG_S), 0)
        self.wait_until(lambda: not marked(self.mark), "the lab is gone")

    @needs("openssl")
    def test_the_printed_openssl_command_requests_the_staple(self):
        process, lines = self.started("good-staple", "no-staple", stderr=subprocess.STDOUT)
        rows = {"good-staple": "received a staple", "no-staple": "requested a staple and received none"}
        for scenario, words in rows.items():
            with self.subTest(scenario):
                arguments = self.command(lines, "openssl", scenario)
                result = self.run_program(shutil.which(arguments[0]), *arguments[1:], "-verify_return_error", timeout=HANG_S)
                self.assertEqual(result.status, 0, str(result))
                self.wait_until(lambda: any(scenario in line and words in line for line in list(lines)),
                                f"{words} for {scenario} in: {''.join(lines)}")
        self.ended(process)

    @needs("curl")
    def test_the_printed_curl_command_judges_the_staple(self):
        process, lines = self.started("good-staple", "no-staple")
        for scenario, wanted in {"good-staple": True, "no-staple": False}.items():
            with self.subTest(scenario):
                arguments = self.command(lines, "curl", scenario)
                self.assertIn("--cert-status", arguments)
                result = self.run_program(shutil.which(arguments[0]), *arguments[1:], timeout=HANG_S)
                # 91 is curl's "invalid certificate status"; that the lab speaks no HTTP is no matter of TLS.
                self.assertEqual(result.status != 91, wanted, str(result))
                self.assertNotIn(result.status, (6, 7, 35, 60), str(result))
        self.ended(process)

    def test_an_unknown_scenario_is_2(self):
        self.revoscope("lab", "no-such-scenario", expect=2, timeout=HANG_S)

    def test_it_ends_with_its_reader(self):
        process, lines = self.started("good-staple")
        self.wait_until(lambda: lines, "it prints something")
        process.terminate()
        process.wait(HANG_S)
        self.wait_until(lambda: not marked(self.mark), "the lab is gone")


if __name__ == "__main__":
    main()
