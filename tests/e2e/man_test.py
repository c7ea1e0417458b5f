#!/usr/bin/env python3
"""The manual pages: sound to the programs that show them, and complete."""

import os
import re

from programs import BUILD, ROOT, ProgramTest, main, needs

MAN = os.path.join(BUILD, "docs", "man")
PAGES = sorted(os.listdir(MAN))


class Pages(ProgramTest):
    def check_silent(self, program, *arguments):
        for page in PAGES:
            with self.subTest(page):
                result = self.run_program(program, *arguments, os.path.join(MAN, page))
                self.assertEqual((result.status, result.err), (0, ""), str(result))

    def test_all_are_there(self):
        self.assertEqual(PAGES, ["revoscope-client.7", "revoscope-scenarios.5", "revoscope.1"])

    @needs("mandoc")
    def test_mandoc_has_nothing_to_say(self):
        for page in PAGES:
            with self.subTest(page):
                # Below warnings there is one word of style: that .Os has our name.
                result = self.run_program("mandoc", "-T", "lint", os.path.join(MAN, page))
                said = [line for line in result.out.splitlines() if "operating system explicitly specified" not in line
                        and "referenced manual not found" not in line]
                self.assertEqual(said, [])

    @needs("groff")
    def test_groff_has_nothing_to_say(self):
        self.check_silent("groff", "-ww", "-mdoc", "-Tutf8")

    @needs("man")
    def test_man_has_nothing_to_say(self):
        self.environment.update({"MANROFFSEQ": "", "MANWIDTH": "80"})
        self.check_silent("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z")


@needs("mandoc")
class Contents(ProgramTest):
    def shown(self, page):
        """A page as text in one line, without the overstrikes of a terminal."""
        text = self.run_program("mandoc", "-T", "utf8", "-O", "width=1000", os.path.join(MAN, page)).out
        return re.sub(".\b", "", text)

    def test_every_option_of_every_command_is_reported(self):
        text = self.shown("revoscope.1")
        for command in re.findall(r"^  ([a-z]+) {2,}", self.revoscope("--help", expect=0).out, re.M):
            self.assertIn(f"revoscope {command}", text)
            options = re.findall(r"^  (?:-.,|   ) (--[a-z0-9-]+)(\[?=[^ \n]*)?",
                                 self.revoscope(command, "--help", expect=0).out, re.M)
            self.assertTrue(options, command)
            for name, argument in options:
                with self.subTest(command=command, option=name):
                    self.assertIn(name + (argument or ""), text)

    def test_every_reason_and_format_is_reported(self):
        text = self.shown("revoscope.1")
        for name in self.revoscope("list", "reasons", "--format", "json", expect=0).document():
            self.assertRegex(text, rf"(?m)^ +{name}( |$)")
        formats = re.search(r"One of: ([a-z, \n]+)\.", self.revoscope("run", "--help", expect=0).out).group(1)
        for name in formats.replace(",", " ").split():
            self.assertRegex(text, rf"(?m)^ +{name}, --{name}\[=FILE\]")

    def test_every_axis_and_every_key_of_a_scenario_is_reported(self):
        text = self.shown("revoscope-scenarios.5")
        policies = self.revoscope("list", "policies", "--format", "json", expect=0).document()
        for axis in policies["soft-fail"]["policy"]:
            self.assertRegex(text, rf"(?m)^ +{axis}( |$)")
        scenario = self.revoscope("schema", "scenario", expect=0).document()

        def keys_of(node):
            if isinstance(node, dict):
                yield from node.get("properties", {})
                for value in node.values():
                    yield from keys_of(value)
            elif isinstance(node, list):
                for value in node:
                    yield from keys_of(value)
        keys = set(keys_of(scenario))
        self.assertGreater(len(keys), 40)
        for key in keys:
            with self.subTest(key):
                self.assertRegex(text, rf"\b{key}\b")

    def test_words_are_not_lost_in_macros(self):
        text = self.shown("revoscope.1")
        for words in ("--tag=TAG", "--ca=FILE", "--jobs=N", "--format=FMT[=FILE]", "'*/must-staple'"):
            self.assertIn(words, text)
        text = self.shown("revoscope-client.7")
        for words in ('{"address": "127.0.0.1", "port": 443}', '{"min": "1.2", "max": "1.3"}'):
            self.assertIn(words, text)

    def test_every_key_of_the_protocol_is_reported(self):
        """The page and clients/README.md say the same, to different readers."""
        text = self.shown("revoscope-client.7")
        with open(os.path.join(ROOT, "clients", "README.md"), encoding="utf-8") as file:
            protocol = re.search(r"^## The protocol.*?(?=^## )", file.read(), re.M | re.S).group()
        keys = set(re.findall(r"^\| `([a-z_]+)` \|", protocol, re.M))
        answers = protocol[protocol.index("\nAnswer: "):]
        keys |= set(re.findall(r"`([a-z]+_[a-z_]+)`", answers))
        self.assertGreater(len(keys), 30)
        for key in keys:
            with self.subTest(key):
                self.assertRegex(text, rf"\b{key}\b")


if __name__ == "__main__":
    main()
