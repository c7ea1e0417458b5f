#!/usr/bin/env python3
"""Finds functions and tables that are public without need: those that no other file of a program uses,
and those that nothing but tests uses. What a test reaches into and its own file uses as well may stay."""

import collections
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# These take the place of the C library's, whose callers are the stacks (clients/program/moved_clock.c);
# libFuzzer and Check call the others.
CALLED_FROM_OUTSIDE = {"main", "time", "gettimeofday", "clock_gettime", "LLVMFuzzerTestOneInput"}
FOLDERS = ("core/", "clients/", "fixtures/", "harness/", "reports/", "docs/")


def objects(build):
    """Object file -> its source, relative to the project, of all that the build compiles."""
    found = {}
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for entry in json.load(file):
            words = shlex.split(entry["command"])
            path = os.path.join(entry["directory"], words[words.index("-o") + 1])
            found[path] = os.path.relpath(os.path.realpath(entry["file"]), ROOT)
    return found


def symbols(paths):
    """What each object defines for others, and what it wants of them."""
    out = subprocess.run(["nm", "-A", "-g", "--format=posix", *paths], capture_output=True, text=True, check=True).stdout
    defined, wanted = collections.defaultdict(set), collections.defaultdict(set)
    for line in out.splitlines():
        path, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        if kind in "TDBRC":
            defined[name].add(path)
        elif kind == "U":
            wanted[name].add(path)
    return defined, wanted


def is_used_in(source, name):
    """Whether the file that defines it uses it as well."""
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
    return len(re.findall(rf"\b{re.escape(name)}\b", text)) > 1


def main():
    if shutil.which("nm") is None:
        print("skipped: nm is not installed")
        return 77
    sources = objects(os.path.abspath(sys.argv[1]))
    built = [path for path in sources if os.path.exists(path)]
    for path, source in sources.items():
        # The benchmark is built when it is asked for.
        if path not in built and not source.startswith("tests/bench/"):
            print(f"{path} is not built; build everything first")
            return 1
    defined, wanted = symbols(built)
    faults = 0
    for name in sorted(defined):
        places = {sources[path] for path in defined[name]}
        source = min(places)
        if not source.startswith(FOLDERS) or name in CALLED_FROM_OUTSIDE or name.startswith("_"):
            continue
        users = {sources[path] for path in wanted[name]}
        if any(user.startswith(FOLDERS) for user in users):
            continue
        if not users:
            print(f"{source}: {name} is used in no other file; make it static, or remove it")
        elif not is_used_in(source, name):
            print(f"{source}: {name} is used by tests alone: {', '.join(sorted(users))}")
        else:
            continue
        faults += 1
    print(f"{faults} faults in {len(defined)} symbols of {len(sources)} objects")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
