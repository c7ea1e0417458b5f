#!/usr/bin/env python3
"""Runs are kept: whatever happens to the run, to its database or to both, and come back as they were."""

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import unittest

from patience import HANG_S
from programs import REVOSCOPE, ROOT, ProgramTest, main

QUICK = ("--class", "openssl/*", "good-staple@plain", "no-staple", "revoked@plain")
# Clients wait here until their time-outs, so that there is a middle to interrupt.
SLOW = ("--time-factor", "1", "--class", "openssl/*", "responder-silent", "responder-slow", "good-staple@plain")
QUERIES = os.path.join(ROOT, "docs", "store.md")
# All but jsonl, whose lines come as the cells are done.
FORMATS = ("text", "json", "html", "markdown", "csv", "junit", "sarif", "openmetrics")


def formats_to(paths):
    return [word for name, path in paths.items() for word in ("--format", f"{name}={path}")]


class StoreTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.database = self.path("state", "revoscope", "runs.db")

    def run_kept(self, *arguments, expect=0, **options):
        return self.revoscope("run", *(arguments or QUICK), expect=expect, timeout=HANG_S, **options)

    def query(self, sql, *values, path=None):
        with contextlib.closing(sqlite3.connect(f"file:{path or self.database}?mode=ro", uri=True)) as database:
            return database.execute(sql, values).fetchall()

    def runs(self, *arguments):
        return self.revoscope("list", "runs", "--format", "json", *arguments, expect=0).document()

    def report(self, word="latest", *arguments, expect=0):
        result = self.revoscope("report", word, "--format", "json", *arguments, expect=expect)
        return result.document() if expect == 0 else result

    def num_cells(self):
        """What another process sees of a run that goes on."""
        try:
            return self.query("SELECT count(*) FROM cells")[0][0]
        except sqlite3.OperationalError:
            return 0


class Kept(StoreTest):
    def check_comes_back(self, *arguments, expect=0):
        """The same bytes live, from the store, and from the document."""
        live = {name: self.path(f"live.{name}") for name in FORMATS}
        self.revoscope(*arguments, *formats_to(live), expect=expect, timeout=HANG_S)
        for source in ("latest", live["json"]):
            with self.subTest(source):
                again = {name: self.path(f"again.{name}") for name in live}
                self.revoscope("report", source, *formats_to(again), expect=0)
                for name, path in live.items():
                    with open(path, "rb") as one, open(again[name], "rb") as other:
                        self.assertEqual(one.read(), other.read(), f"{name} of {source}")
        with open(live["json"], encoding="utf-8") as file:
            return json.load(file)

    def test_a_run_comes_back_as_it_was(self):
        document = self.check_comes_back("run", *QUICK)
        self.assertEqual(document["run"]["arguments"][:2], ["run", "--class"])
        self.assertEqual(document["run"]["directory"], os.getcwd())

    def test_repeated_and_moved_runs_come_back(self):
        self.check_comes_back("run", "--repeat", "3", "--at", "+3d", *QUICK)

    def test_endpoints_come_back(self):
        self.check_comes_back("probe", "127.0.0.1:1", "[::1]:2", "unknown.invalid", "--class", "openssl/*", expect=3)

    def test_what_was_expected_comes_back(self):
        expectations = self.write("own.yaml", '- { class: "openssl/no-check", scenario: no-staple, verdict: reject }\n'
                                              '- { class: "openssl/*", scenario: nothing, verdict: warn }\n'
                                              '- { class: "openssl/*", scenario: no-staple, verdict: warn, '
                                              'why: old, until: 2020-01-01 }\n')
        document = self.check_comes_back("run", "--expect", expectations, *QUICK, expect=1)
        self.assertEqual(document["summary"]["unexpected"], 1)
        self.assertTrue(document["summary"]["expectations"]["expired"])

    def test_a_document_from_a_pipe_or_with_sorted_keys(self):
        live = self.run_kept("--format", "json", *QUICK)
        path = self.write("result.json", live.raw_out)
        with open(path, "rb") as file:
            self.assertEqual(self.revoscope("report", "-", "--format", "json", stdin=file, expect=0).raw_out, live.raw_out)
        pipe = subprocess.Popen(["cat", path], stdout=subprocess.PIPE)
        self.assertEqual(self.revoscope("report", "-", "--format", "json", stdin=pipe.stdout, expect=0).raw_out,
                         live.raw_out)
        pipe.stdout.close()
        pipe.wait()
        # Cells before what they speak of, as `jq -S .` writes them.
        path = self.write("sorted.json", json.dumps(live.document(), indent=2, sort_keys=True))
        self.assertEqual(self.revoscope("report", path, "--format", "json", expect=0).raw_out, live.raw_out)

    def test_a_run_that_keeps_nothing(self):
        self.run_kept("--no-store", *QUICK)
        self.assertFalse(os.path.exists(self.path("state")))
        self.assertEqual(self.runs(), {})
        result = self.revoscope("report", expect=2)
        self.assertIn("no run has been saved yet", result.err)

    def test_words_that_name_a_run(self):
        for _ in range(2):
            self.run_kept("--class", "openssl/no-check", "good-staple@plain")
        second, first = sorted(self.runs(), reverse=True)
        rows = self.query("SELECT id FROM runs ORDER BY started DESC, run DESC")
        second, first = rows[0][0], rows[1][0]
        for word, run in (("latest", second), ("latest~1", first), (first, first), (first.split("-")[1], first),
                          (first[:len(first) - 1] if first[:-1] != second[:-1] else first, first)):
            with self.subTest(word):
                self.assertEqual(self.report(word)["run"]["id"], run)
        for word, fault in (("2", "is ambiguous, it matches 2 runs"), ("latest~2", "fewer saved runs"), ("nothing", "list runs"),
                            (first[:-1] + "x", "did you mean"), ("", "no saved run"), ("\x1b[31m", r"\x1b")):
            with self.subTest(word):
                self.assertIn(fault, self.report(word, expect=2).err)

    def test_the_list_says_what_is_kept(self):
        self.run_kept("--vantage", "here \x1b[31m", *QUICK)
        (identity, run), = self.runs().items()
        self.assertEqual((run["cells"], run["done"], run["unexpected"]), (18, 18, 0))
        self.assertEqual((run["state"], run["kind"], run["vantage"]), ("finished", "lab", "here \x1b[31m"))
        text = self.revoscope("list", "runs", expect=0).out
        self.assertIn(identity, text)
        self.assertIn("18 cells, 0 unexpected", text)
        self.assertNotIn("\x1b", text)

    def test_a_cell_is_explained(self):
        path = self.path("result.json")
        self.run_kept("--format", "json=" + path, *QUICK)
        for run in ("latest", path):
            text = self.revoscope("explain", run + "/revoked@plain/openssl/hard-fail", expect=0).out
            for words in ("reject (status-revoked)", "As expected", "revoked", "Log of the lab", "alert"):
                self.assertIn(words, text)
        self.assertIn("did you mean 'no-staple'?",
                      self.revoscope("explain", "latest/no-stapl/openssl/native", expect=2).err)
        self.assertIn("did you mean 'openssl/native'?",
                      self.revoscope("explain", "latest/no-staple/openssl/nativ", expect=2).err)

    def test_old_runs_are_deleted_and_their_pages_given_back(self):
        for _ in range(3):
            self.run_kept()
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute("UPDATE runs SET started = '2020-01-01T00:00:00Z' WHERE run < 3")
        size = os.path.getsize(self.database)
        result = self.revoscope("list", "runs", "--prune", "90d", expect=0)
        self.assertEqual(result.out, "2 runs deleted, 1 remaining\n")
        self.assertLess(os.path.getsize(self.database), size * 2 / 3)
        self.assertEqual(len(self.runs()), 1)
        for table in ("cells", "records", "parts", "rows", "classes", "stacks", "expectations"):
            self.assertEqual(self.query(f"SELECT count(*) FROM {table} WHERE run < 3")[0][0], 0, table)
        self.report()
        self.assertIn("invalid age", self.revoscope("list", "runs", "--prune", "old", expect=2).err)
        self.assertIn("--prune", self.revoscope("list", "stacks", "--prune", "1d", expect=2).err)

    def test_two_runs_are_kept_at_once(self):
        processes = [self.start("run", "--format", "json", *QUICK) for _ in range(3)]
        documents = []
        for process in processes:
            out, err = process.communicate(timeout=HANG_S)
            self.assertEqual((process.returncode, err), (0, b""))
            documents.append(json.loads(out))
        self.assertEqual(len(self.runs()), 3)
        for document in documents:
            self.assertEqual(self.report(document["run"]["id"]), document)


class Ended(StoreTest):
    """Runs that do not come to their end."""

    def started(self, *arguments):
        process = self.start("run", "--format", "json", *arguments, *SLOW)
        self.wait_until(self.num_cells, "cells are kept while the run goes on")
        self.assertIsNone(process.poll(), "the run was over before it could be ended")
        return process

    def test_killed_it_keeps_its_cells(self):
        process = self.started()
        process.kill()
        process.communicate(timeout=HANG_S)
        for name in os.listdir(self.temporary):
            shutil.rmtree(self.path("tmp", name))
        (identity, run), = self.runs().items()
        self.assertEqual((run["state"], run["finished"]), ("unfinished", None))
        self.assertGreater(run["done"], 0)
        self.assertLess(run["done"], run["cells"])
        self.assertIn(f"unfinished: {run['done']} of {run['cells']} cells", self.revoscope("list", "runs").out)
        document = self.report()
        self.assertEqual((document["run"]["id"], document["run"]["interrupted"]), (identity, True))
        done = [cell for cell in document["cells"] if cell["reason"] != "interrupted"]
        self.assertEqual(len(done), run["done"])
        for cell in done:
            self.assertIsNotNone(cell["observation"])
            self.assertIsNotNone(cell["expected"])
        self.assertTrue(document["stacks"]["openssl"]["version"])
        # Every report can be made of it, and its document comes back too.
        path = self.path("killed.json")
        self.revoscope("report", "--format", "text", "--format", "html=" + self.path("killed.html"), "--format",
                       "json=" + path, expect=0)
        self.assertEqual(self.report(path), document)

    def test_interrupted_it_keeps_its_cells(self):
        process = self.started()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=HANG_S)
        live = json.loads(out)
        run, = self.runs().values()
        self.assertEqual(run["state"], "interrupted")
        self.assertEqual(run["done"], live["summary"]["done"])
        self.assertEqual(self.report(), live)

    def test_a_lock_in_the_middle_costs_nothing(self):
        """Cells wait until the process that locked the database is done; the run goes on meanwhile."""
        process = self.started()
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            before = database.execute("SELECT count(*) FROM cells").fetchone()[0]
            with self.assertRaises(subprocess.TimeoutExpired):
                process.wait(timeout=1.5)
            self.assertEqual(database.execute("SELECT count(*) FROM cells").fetchone()[0], before)
            database.execute("COMMIT")
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual((process.returncode, err), (0, b""))
        self.assertEqual(self.report(), json.loads(out))


class Trouble(StoreTest):
    """Databases that cannot take a run: it goes on, says so once, and its reports are written."""

    def check_not_kept(self, path, words, status=3, **options):
        """With --db the run's exit status says so; what is there is left as it is."""
        result = self.run_kept("--db", path, "--format", "json", *QUICK, expect=status, **options)
        self.assertEqual(len(result.document()["cells"]), 18)
        self.assertEqual(len(result.err.splitlines()), 1, result.err)
        for word in ("warning: this run is not saved", *words):
            self.assertIn(word, result.err)
        return result

    def check_unreadable(self, path, *words, expect=3):
        for command in (("report",), ("list", "runs")):
            result = self.revoscope(*command, "--db", path, expect=expect)
            self.assertEqual(len(result.err.splitlines()), 1, result.err)
            for word in words:
                self.assertIn(word, result.err)

    def check_refused(self, path, *words):
        with open(path, "rb") as file:
            before = file.read()
        self.check_not_kept(path, words)
        self.check_unreadable(path, *words)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before, "the file was written to")

    def test_garbage(self):
        self.check_refused(self.write("garbage.db", os.urandom(70000)), "not a database", "--db FILE")
        self.check_refused(self.write("text.db", "ceci n'est pas une base\n" * 100), "not a database")

    def test_the_database_of_another_program(self):
        path = self.path("other.db")
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            database.execute("CREATE TABLE bookmarks (url TEXT)")
        self.check_refused(path, "another program")

    def test_one_of_a_newer_version(self):
        self.run_kept()
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("PRAGMA user_version = 99")
        self.check_refused(self.database, "newer revoscope", "version 99")

    def test_one_of_the_first_version_is_brought_up_to_date(self):
        self.run_kept()
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute("DROP TABLE additions")
            database.execute("ALTER TABLE runs DROP COLUMN rules")
            database.execute("ALTER TABLE expectations DROP COLUMN rules")
            database.execute("PRAGMA user_version = 1")
        document = self.revoscope("report", "--db", self.database, "--format", "json", expect=None).document()
        self.assertEqual(document["run"]["rules"], 1)
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            self.assertEqual(database.execute("PRAGMA user_version").fetchone(), (3,))
            self.assertEqual(database.execute("SELECT count(*) FROM additions").fetchone(), (0,))

    def test_tables_that_are_none(self):
        self.run_kept()
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute("DROP TABLE expectations")
            database.execute("CREATE VIEW expectations AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
                             "SELECT i AS run FROM n")
        self.check_refused(self.database, "not those of revoscope")

    def test_truncated(self):
        self.run_kept()
        with open(self.database, "rb") as file:
            whole = file.read()
        for size in (50, 4096, len(whole) // 2):
            with self.subTest(size):
                path = self.write(f"cut-{size}.db", whole[:size])
                result = self.revoscope("report", "--db", path, expect=3)
                self.assertRegex(result.err, "damaged|not a database|cannot be read|not those")
                self.assertEqual(len(result.err.splitlines()), 1, result.err)
                result = self.run_kept("--db", path, "--format", "json", *QUICK, expect=None)
                self.assertIn(result.status, (0, 3), str(result))
                self.assertEqual(len(result.document()["cells"]), 18)
        # An empty file is where a database may begin.
        path = self.write("empty.db", "")
        self.run_kept("--db", path, *QUICK)
        self.assertEqual(len(self.runs("--db", path)), 1)

    def test_bytes_that_were_changed(self):
        """Damage is reported or does not matter; it never is a crash."""
        self.run_kept()
        with open(self.database, "rb") as file:
            whole = bytearray(file.read())
        for place in range(100, len(whole), len(whole) // 25):
            damaged = bytearray(whole)
            damaged[place:place + 64] = bytes(64)
            path = self.write("damaged.db", bytes(damaged))
            result = self.revoscope("report", "--db", path, "--format", "json")
            self.assertIn(result.status, (0, 2, 3), str(result))
            if result.status != 0:
                self.assertEqual(len(result.err.splitlines()), 1, result.err)

    def test_locked_for_long(self):
        self.run_kept()
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            self.check_not_kept(self.database, ("locked", "--db FILE"))
            # Without --db the run's own result counts.
            result = self.run_kept()
            self.assertIn("warning: this run is not saved", result.err)
            self.assertEqual(len(self.runs()), 1)

    def as_mortal(self, *arguments):
        """Root may write anywhere, but not without the capability for it. (Another user could not reach a
        program that lies in root's home.)"""
        command = (REVOSCOPE, *arguments)
        if os.geteuid() == 0:
            command = ("setpriv", "--inh-caps", "-all", "--bounding-set", "-dac_override,-dac_read_search", *command)
        return self.run_program(*command)

    def test_read_only(self):
        self.run_kept("--db", self.path("kept", "runs.db"), *QUICK)
        path = self.path("kept", "runs.db")
        for name in os.listdir(self.path("kept")):
            os.chmod(self.path("kept", name), 0o444)
        os.chmod(self.path("kept"), 0o555)
        self.addCleanup(os.chmod, self.path("kept"), 0o755)
        result = self.as_mortal("run", "--db", path, "--format", "json", *QUICK)
        self.assertEqual(result.status, 3, str(result))
        self.assertEqual(len(result.document()["cells"]), 18)
        self.assertIn("cannot be written", result.err)
        # What is there can be read all the same.
        result = self.as_mortal("report", "--db", path, "--format", "json")
        self.assertEqual((result.status, len(json.loads(result.out)["cells"])), (0, 18), str(result))
        result = self.as_mortal("run", "--db", self.path("kept", "below", "new.db"), *QUICK)
        self.assertEqual(result.status, 3, str(result))
        self.assertIn("warning: this run is not saved", result.err)

    def test_places_that_are_no_files(self):
        self.check_not_kept(self.directory, ("--db FILE",))
        self.check_not_kept("/dev/null/runs.db", ("--db FILE",))
        self.check_not_kept("/dev/full", ("--db FILE",))

    def test_no_home(self):
        environment = {name: value for name, value in self.environment.items() if name not in ("HOME", "XDG_STATE_HOME")}
        result = self.run_kept(environment=environment)
        self.assertIn("neither XDG_STATE_HOME nor HOME", result.err)
        # A relative one does not count (XDG Base Directory Specification).
        environment = dict(self.environment, XDG_STATE_HOME="state")
        self.run_kept(environment=environment)
        self.assertTrue(os.path.exists(self.path(".local", "state", "revoscope", "runs.db")))

    def small_disk(self, size, *arguments):
        """Runs with a file system of `size` at self.path("small")."""
        os.makedirs(self.path("small"), exist_ok=True)
        script = f'mount -t tmpfs -o size={size} none "$1" && shift && exec "$@"'
        return self.run_program("unshare", "-rm", "sh", "-c", script, "-", self.path("small"), *arguments)

    def test_a_full_disk(self):
        if shutil.which("unshare") is None or self.small_disk("64k", "true").status != 0:
            self.skipTest("no file system of one's own can be mounted here (unshare -rm)")
        # Nothing fits; the head fits, but not all cells.
        for size in ("40k", "300k"):
            with self.subTest(size):
                result = self.small_disk(size, REVOSCOPE, "run", "--db", self.path("small", "runs.db"), "--format", "json",
                                         "--class", "openssl/*", "healthy", "staple")
                self.assertEqual(result.status, 3, str(result))
                document = result.document()
                self.assertEqual(document["summary"]["done"], document["summary"]["cells"])
                self.assertEqual(len(result.err.splitlines()), 1, result.err)
                self.assertRegex(result.err, "warning: this run is not saved.*(full|space)")

    def test_a_limit_of_the_size_of_files(self):
        """`ulimit -f`: the spool fits, the database does not; no process is ended by the signal."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (48 << 10, 48 << 10))

        result = self.run_kept("--db", self.path("runs.db"), "--class", "openssl/*", "good-staple@plain", expect=3,
                               preexec_fn=limit)
        self.assertEqual(len(result.err.splitlines()), 1, result.err)
        self.assertIn("warning: this run is not saved", result.err)
        self.assertIn("6 client classes", result.out)


class Documents(StoreTest):
    """Files that are not a result documents, or no whole ones."""

    def test_what_is_wrong_is_said_in_one_line(self):
        whole = self.run_kept("--format", "json", "--no-store", *QUICK).raw_out
        document = json.loads(whole)

        def changed(change):
            copy = json.loads(whole)
            change(copy)
            return json.dumps(copy)

        faults = {
            "empty": (b"", "not a result document"),
            "text": (b"hello\n", "not a result document"),
            "list": (b"[1, 2]", "not a result document"),
            "number": (b"17", "not a result document"),
            "other": (b'{"name": "x", "version": [1, 2]}', "not a result document"),
            "html": (b"<!doctype html><html></html>", "not a result document"),
            "schema 2": (whole.replace(b'"schema":1', b'"schema":2', 1), "has schema 2"),
            "schema x": (whole.replace(b'"schema":1', b'"schema":"1"', 1), "'schema' is not a number"),
            "half": (whole[:len(whole) // 2], "is truncated"),
            "no end": (whole[:-3], "is truncated"),
            "more": (whole + whole, "more data after the end"),
            "no JSON": (whole.replace(b'"class":', b'"class";', 1), "not JSON"),
            "bytes": (whole.replace(b"openssl/no-check", b"openssl/\xff\xfe-check", 1), "not JSON"),
            "deep": (b'{"run":' + b"[" * 100000, "not a result document|not JSON|is truncated"),
            "long": (b'{"run":"' + b"x" * (17 << 20) + b'"}', "longer than 16 MiB"),
            "no cells": (changed(lambda d: d.pop("cells")), "not a result document"),
            "both": (changed(lambda d: d.update(endpoints={})), "not a result document"),
            "twice": (changed(lambda d: d["cells"].append(d["cells"][0])), "duplicate cell"),
            "missing": (changed(lambda d: d["cells"].pop()), "1 cells are missing"),
            "row": (changed(lambda d: d["cells"][0].update(scenario="x")), "is not in the document"),
            "class": (changed(lambda d: d["classes"]["openssl/native"].update(stack="x")), "not among the stacks"),
            "outcome": (changed(lambda d: d["cells"][0].update(outcome="maybe")), "'maybe' is not a known outcome"),
            "reason": (changed(lambda d: d["cells"][0].update(reason=5)), "is not a known reason"),
            "policy": (changed(lambda d: d["classes"]["openssl/no-check"]["policy"].update(x=1)), "x"),
            "situation": (changed(lambda d: d["scenarios"]["no-staple"].update(situation={"x": {}})), "x"),
            "time": (changed(lambda d: d["run"].update(started="now")), "not a time in UTC"),
            "id": (changed(lambda d: d["run"].update(id="../../x\n")), "invalid id"),
            "factor": (changed(lambda d: d["run"].update(time_factor=0)), "time_factor"),
        }
        self.assertEqual(document["schema"], 1)
        for name, (data, words) in faults.items():
            with self.subTest(name):
                path = self.write("broken.json", data)
                result = self.revoscope("report", path, expect=2)
                self.assertEqual((len(result.err.splitlines()), result.out), (1, ""), result.err)
                self.assertRegex(result.err, words)
                self.assertIn("broken.json", result.err)
        for path, words in ((self.directory + "/", "directory"), (self.path("absent.json"), "No such file"),
                            ("/dev/null", "not a result document")):
            self.assertIn(words, self.revoscope("report", path, expect=2).err)

    def test_a_file_is_meant_whatever_its_name_ends_in(self):
        self.run_kept()
        kept = self.revoscope("report", "latest", "--format", "json", expect=0)
        self.write("kept", kept.out)
        self.write("cells.csv", "run,started\n")
        again = self.revoscope("report", "kept", "--format", "json", cwd=self.directory, expect=0)
        self.assertEqual(again.document(), kept.document())
        self.assertIn("cells.csv:1: no", self.revoscope("report", "cells.csv", cwd=self.directory, expect=2).err)

    def test_a_file_without_end_is_not_read_for_ever(self):
        result = self.revoscope("report", "/dev/zero", expect=2, timeout=HANG_S)
        self.assertIn("larger than 256 MiB", result.err)

    def test_reports_that_cannot_be_written(self):
        self.run_kept()
        result = self.revoscope("report", "--format", "json=" + self.path("absent", "x.json"), expect=3)
        self.assertIn("absent", result.err)
        self.assertIn("cannot be written", self.revoscope("report", "--format", "json=/dev/full", expect=3).err)
        self.assertIn("one run at a time", self.revoscope("report", "a", "b", expect=2).err)


class Queries(StoreTest):
    def test_every_query_of_the_documentation_answers(self):
        self.run_kept("--class", "openssl/*", "--class", "gnutls/*", "good-staple@plain", "revoked@plain", "no-staple")
        expectations = self.write("own.yaml", '- { class: "openssl/no-check", scenario: no-staple, verdict: reject }\n')
        self.run_kept("--class", "openssl/*", "--expect", expectations, "good-staple@plain", "revoked@plain", "no-staple",
                      expect=1)
        with open(QUERIES, encoding="utf-8") as file:
            queries = re.findall(r"```sql\n(.*?)```", file.read(), re.S)
        self.assertGreaterEqual(len(queries), 5)
        for sql in queries:
            with self.subTest(sql):
                self.assertTrue(self.query(sql), "no row")

    def test_the_documentation_names_every_table_and_column(self):
        self.run_kept("--class", "openssl/no-check", "good-staple@plain")
        with open(QUERIES, encoding="utf-8") as file:
            text = file.read()
        for table, in self.query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"):
            self.assertIn(f"`{table}`", text)
            for column, in self.query("SELECT name FROM pragma_table_info(?)", table):
                self.assertIn(f"`{column}`", text, table)


if __name__ == "__main__":
    main()
