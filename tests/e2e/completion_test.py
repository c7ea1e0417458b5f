#!/usr/bin/env python3
"""What real shells offer at a TAB: bash and zsh are typed to on a terminal, fish is asked."""

import os
import pty
import re
import select
import subprocess
import time

from patience import HANG_S
from programs import BUILD, REVOSCOPE, ProgramTest, main, needs

COMPLETIONS = os.path.join(BUILD, "docs", "completions")
# What a terminal gets beside the text: colours, titles, modes, bells.
CONTROL = re.compile(r"\x1b\[[0-9;?>=]*[A-Za-z]|\x1b[=>()][0-9A-Z]?|\x1b\][^\x07]*\x07|[\x07\x0f\r]")


class Terminal:
    """A shell on a terminal; keys go in, the text that it shows comes out."""

    def __init__(self, test, program, *arguments, environment, cwd=None):
        self.test = test
        self.master, slave = pty.openpty()
        self.process = test.start(*arguments, program=program, stdin=slave, stdout=slave, stderr=slave,
                                  env=environment, start_new_session=True, cwd=cwd)
        os.close(slave)
        test.addCleanup(self.close)
        self.shown = ""

    def close(self):
        if self.master is not None:
            os.close(self.master)
            self.master = None
        self.test.stop(self.process)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def read_until(self, wanted, seconds=20):
        deadline = time.monotonic() + seconds
        while not re.search(wanted, self.shown):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                self.test.fail(f"the shell did not show {wanted!r} but {self.shown!r}")
            self.shown += CONTROL.sub("", os.read(self.master, 65536).decode(errors="replace"))
        shown, self.shown = self.shown, ""
        return shown


class Shell(ProgramTest):
    def setUp(self):
        super().setUp()
        self.environment["PATH"] = os.path.dirname(REVOSCOPE) + ":" + os.environ["PATH"]
        self.environment.update({"TERM": "xterm", "COLUMNS": "400", "LINES": "1000", "HISTFILE": "/dev/null"})
        self.environment.pop("INPUTRC", None)

    def words_of_message(self, *arguments):
        """The values that the program itself names when it gets a wrong one."""
        result = self.revoscope(*arguments)
        found = re.search(r"(?:none of|one of): ([a-z0-9, -]+)", result.err + result.out)
        self.assertTrue(found, f"no list in the message of {result}")
        return found.group(1).split(", ")

    def check_offers(self, offered):
        """offered(LINE) is the list of what a shell offers behind LINE."""
        formats = re.search(r"One of: ([a-z, \n]+)\.", self.revoscope("run", "--help", expect=0).out).group(1)
        formats = formats.replace(",", " ").split()
        self.assertGreaterEqual(len(formats), 9)
        rows = {
            "a command": ("revoscope ru", {"run"}, {"probe"}),
            "an option": ("revoscope run --for", {"--format"}, {"--class"}),
            "a short form": ("revoscope run --jun", {"--junit"}, {"--jobs"}),
            "the formats": ("revoscope run --format ", set(formats), {"--format"}),
            "one format": ("revoscope run --format ju", {"junit"}, {"json"}),
            "formats of a comparison": ("revoscope diff --format ", {"text", "html"}, {"junit"}),
            "closed values": ("revoscope run --color a", {"auto", "always"}, {"never"}),
            "levels": ("revoscope run --fail-on ", set(self.words_of_message("run", "--fail-on", "x")), set()),
            "a scenario": ("revoscope explain sta", {"stale"}, {"stale@25h", "no-staple"}),
            "a variant": ("revoscope run stale@", {"stale@25h"}, {"stale"}),
            "a family": ("revoscope run must", {"must-staple"}, {"stale"}),
            "a class": ("revoscope run --class gnutls/h", {"gnutls/hard-fail"}, {"openssl/hard-fail"}),
            "a named class": ("revoscope run -c browser/firefox-p", {"browser/firefox-private-root"}, set()),
            "a reason": ("revoscope explain staple-mal", {"staple-malformed"}, {"staple-missing"}),
            "a list": ("revoscope list sc", {"scenarios"}, {"stacks"}),
            "a kept run": ("revoscope report lat", {"latest", "latest~1"}, set()),
            "the protocols": ("revoscope probe --starttls ",
                              set(self.words_of_message("probe", "--no-store", "--starttls", "x", "127.0.0.1:1", "--class",
                                                        "openssl/no-check")), {"x"}),
        }
        for name, (line, wanted, unwanted) in rows.items():
            with self.subTest(name):
                words = set(offered(line))
                self.assertLessEqual(wanted, words)
                self.assertFalse(unwanted & words, words)

    def test_no_placeholder_is_unknown(self):
        result = self.run_program(os.path.join(BUILD, "docs", "revoscope-describe"), "--check")
        self.assertEqual((result.status, result.err), (0, ""))


@needs("bash")
class Bash(Shell):
    SCRIPT = os.path.join(COMPLETIONS, "revoscope")

    def offered(self, line, environment=None, cwd=None):
        """As bash calls a completion: COMP_WORDS as it splits them, COMP_LINE as it is typed."""
        script = ('source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); '
                  '_revoscope revoscope; printf "%s\\n" "${COMPREPLY[@]}"')
        result = self.run_program("bash", "--norc", "--noprofile", "-c", script, "bash", self.SCRIPT, line,
                                  environment=environment, cwd=cwd)
        self.assertEqual((result.status, result.err), (0, ""), str(result))
        return result.out.split()

    def test_offers(self):
        def whole(line):
            # Only what stands behind the last = or :, or begins with the last @, is given back.
            head = re.match(r".*([=:]|(?=@))", line.split(" ")[-1])
            return [(head.group() if head else "") + word for word in self.offered(line)]
        self.check_offers(whole)

    def test_values_after_an_equals_sign(self):
        self.write("reports/one.json", "{}")
        self.assertEqual(self.offered("revoscope run --format=js"), ["json", "jsonl"])
        self.assertEqual(self.offered("revoscope run --format json=reports/o", cwd=self.directory), ["reports/one.json"])
        self.assertEqual(self.offered("revoscope run --json=reports/o", cwd=self.directory), ["reports/one.json"])
        self.assertEqual(self.offered("revoscope run --json stale@25"), ["@25h"])
        self.assertEqual(self.offered("revoscope run --format=json=rep", cwd=self.directory), ["reports"])
        whole = dict(self.environment, COMP_WORDBREAKS=" \t\n")
        script_words = self.offered("revoscope run --format=js", environment=whole)
        self.assertIn("".join(script_words[0].split("--format=")), ("json", "jsonl"))

    def test_own_files_and_kept_runs_are_known(self):
        self.write("ours/staple/our-own.yaml", 'title: "t"\nwhy: "w"\ntags: [a]\nexpect: { "*": connect }\n')
        self.assertEqual(self.offered("revoscope run --scenarios ours our-", cwd=self.directory), ["our-own"])
        self.assertEqual(self.offered("revoscope run --scenarios=ours our-", cwd=self.directory), ["our-own"])
        self.revoscope("run", "no-staple", "--class", "openssl/no-check", expect=0)
        run = self.revoscope("list", "runs", expect=0).out.split()[0]
        self.assertIn(run, self.offered("revoscope report "))
        self.assertEqual(self.offered("revoscope report " + run[:12]), [run])

    def test_nothing_is_offered_where_nobody_can_guess(self):
        self.assertEqual(self.offered("revoscope run --jobs "), [])
        self.assertEqual(self.offered("revoscope nonsense "), [])

    def test_on_a_terminal(self):
        bash = Terminal(self, "bash", "--norc", "--noprofile", "-i", environment=dict(self.environment, PS1="ready> "))
        bash.read_until("ready> ")
        # ^Xt shows the line as readline has it, and empties it.
        bash.type(f"bind 'set bell-style none'; show() {{ echo \"<$READLINE_LINE>\"; READLINE_LINE=; }}; "
                  f"bind -x '\"\\C-xt\":show'; source '{self.SCRIPT}'; echo sour''ced\n")
        bash.read_until("sourced[\\s\\S]*ready> ")
        for line, wanted in (("revoscope ru\t", "revoscope run "), ("revoscope run --form\t", "revoscope run --format "),
                             ("revoscope run --format=juni\t", "revoscope run --format=junit "),
                             ("revoscope run stale@25\t", "revoscope run stale@25h "),
                             ("revoscope explain unasked-n\t", "revoscope explain unasked-nonce ")):
            with self.subTest(line):
                bash.type(line + "\x18t")
                self.assertIn(f"<{wanted}>", bash.read_until("<[^<>]*>"))
        bash.type("revoscope run --format \t\t")
        self.assertRegex(bash.read_until("text"), r"csv\s+html\s+json\s+jsonl\s+junit\s+markdown\s+openmetrics\s+sarif")
        bash.type("\x15exit\n")
        bash.process.wait(HANG_S)


@needs("zsh")
class Zsh(Shell):
    # Matches are collected where zsh gets them, and shown as a list that ends.
    SETUP = ("PS1='ready> '; unsetopt zle_bracketed_paste prompt_sp beep list_beep; fpath=('{0}' $fpath); "
             "autoload -U compinit; compinit -u -D; zstyle ':completion:*' list-separator '--'; LISTMAX=0; "
             "setopt no_always_last_prompt; show() {{ print -r -- \"<$BUFFER>\"; zle kill-buffer; zle redisplay }}; "
             "zle -N show; bindkey '^Xs' show; print rea''dy\n")

    def setUp(self):
        super().setUp()
        self.write("reports/one.xml", "")
        self.zsh = Terminal(self, "zsh", "-f", "-i", environment=self.environment, cwd=self.directory)
        self.zsh.type(self.SETUP.format(COMPLETIONS))
        self.zsh.read_until(r"ready\s[\s\S]*ready> ")

    def completed(self, line):
        self.zsh.type(line + "\t\x18s")
        return re.search("<([^<>]*)>", self.zsh.read_until("<[^<>]*>")).group(1)

    def test_what_is_unique_is_filled_in(self):
        rows = {
            "revoscope ru": "revoscope run ",
            "revoscope run --form": "revoscope run --format=",
            "revoscope run --format juni": "revoscope run --format junit ",
            "revoscope run --format=juni": "revoscope run --format=junit ",
            "revoscope run --junit stale@25": "revoscope run --junit stale@25h ",
            "revoscope run --junit=repor": "revoscope run --junit=reports/",
            "revoscope run stale@25": "revoscope run stale@25h ",
            "revoscope run --class gnutls/h": "revoscope run --class gnutls/hard-fail ",
            "revoscope explain staple-mal": "revoscope explain staple-malformed ",
            "revoscope list sc": "revoscope list scenarios ",
        }
        for line, wanted in rows.items():
            with self.subTest(line):
                self.assertEqual(self.completed(line).rstrip(), wanted.rstrip())

    def test_lists_show_what_there_is_and_what_it_is(self):
        rows = {
            "revoscope \t": ("probe +-- real endpoints", "schema +-- "),
            "revoscope run --format \t": ("csv", "markdown", "openmetrics"),
            "revoscope explain sta\t": ("stale +-- ", "staple-missing +-- the server sent no staple"),
            "revoscope run --no-\t": ("--no-fetch +-- Clients fetch nothing", "--no-store"),
        }
        for line, wanted in rows.items():
            with self.subTest(line):
                self.zsh.type(line)
                shown = self.zsh.read_until(wanted[-1])
                self.zsh.type("\x18s")
                shown += self.zsh.read_until("<[^<>]*>")
                for text in wanted:
                    self.assertRegex(shown, text)


@needs("fish")
class Fish(Shell):
    def offered(self, line, cwd=None):
        result = self.run_program("fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                                  os.path.join(COMPLETIONS, "revoscope.fish"), line, cwd=cwd,
                                  environment=dict(self.environment, XDG_CONFIG_HOME=self.path("config"),
                                                   XDG_DATA_HOME=self.path("data")))
        self.assertEqual((result.status, result.err), (0, ""), str(result))
        return [row.split("\t")[0] for row in result.out.splitlines()]

    def test_offers(self):
        self.check_offers(self.offered)

    def test_values_after_an_equals_sign(self):
        self.write("reports/one.json", "{}")
        self.assertEqual(self.offered("revoscope run --format json=reports/o", cwd=self.directory),
                         ["json=reports/one.json"])
        self.write("ours/staple/our-own.yaml", 'title: "t"\nwhy: "w"\ntags: [a]\nexpect: { "*": connect }\n')
        self.assertEqual(self.offered("revoscope run --scenarios ours our-", cwd=self.directory), ["our-own"])


class Scripts(ProgramTest):
    def test_every_option_of_help_is_in_every_script(self):
        for command in re.findall(r"^  ([a-z]+) {2,}", self.revoscope("--help", expect=0).out, re.M):
            text = self.revoscope(command, "--help", expect=0).out
            options = set(re.findall(r"^  (?:-.,|   ) --([a-z0-9-]+)", text, re.M)) - {"usage", "version"}
            self.assertTrue(options, command)
            for name in os.listdir(COMPLETIONS):
                with open(os.path.join(COMPLETIONS, name), encoding="utf-8") as file:
                    script = file.read()
                for option in options:
                    with self.subTest(script=name, command=command, option=option):
                        self.assertTrue("--" + option in script or f"-l {option} " in script or option == "help")


if __name__ == "__main__":
    main()
