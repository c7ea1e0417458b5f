#!/usr/bin/env python3
"""Compares docs/machine-names.md with the tables and the program, both ways: a name that machines read cannot be
renamed, added or removed without its list.

Usage: names.py BUILD-DIRECTORY (where harness/revoscope is); with --print it writes the lists as they should be."""

import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCUMENT = os.path.join("docs", "machine-names.md")
CODE = ("core", "harness", "reports", "clients", "fixtures")


def sources(suffixes, folders=CODE):
    """Path and text of each source file with one of these endings."""
    for folder in folders:
        for directory, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in sorted(names):
                if name.endswith(suffixes):
                    with open(os.path.join(directory, name), encoding="utf-8") as file:
                        yield os.path.join(directory, name), file.read()


def table(name, macro):
    """The spellings of one .def file: the first string of each row, or the symbol of an axis."""
    texts = [text for path, text in sources((".def",)) if os.path.basename(path) == name]
    if len(texts) != 1:
        sys.exit(f"{name}: {len(texts)} files of this name")
    rows = re.findall(r"^%s\(\w+,\s*\"([^\"]+)\"" % macro, texts[0], re.M)
    if not rows:
        sys.exit(f"{name}: no row {macro}(symbol, \"spelling\", ...)")
    return rows


class Program:
    """What the program itself prints."""

    def __init__(self, build):
        self.path = os.path.join(build, "harness", "revoscope")

    def text(self, *arguments):
        environment = dict(os.environ, COLUMNS="200", ARGP_HELP_FMT="rmargin=200")
        return subprocess.run([self.path, *arguments], check=True, capture_output=True, text=True,
                              env=environment).stdout

    def json(self, *arguments):
        return json.loads(self.text(*arguments))

    def commands(self):
        listing = self.text("--help").split("\nExamples:")[0]
        return re.findall(r"^  ([a-z]+)  +\S", listing, re.M)

    def options(self):
        rows = []
        for command in self.commands():
            found = re.findall(r"^ {2,6}(?:(-\S), )?(--[a-z][a-z0-9-]*)", self.text(command, "--help"), re.M)
            names = {name for pair in found for name in pair if name}
            rows.append(f"{command}: {' '.join(sorted(names))}")
        return rows


def axes(program):
    """Each axis with its values, as the schema of classes has them."""
    policy = program.json("schema", "classes")["properties"]["policies"]["additionalProperties"]["properties"]
    rows = []
    for name, what in policy.items():
        if "enum" not in json.dumps(what) and "minimum" not in what:
            continue  # title, text
        values = what.get("enum") or next((one["enum"] for one in what.get("anyOf", ()) if "enum" in one), None)
        rows.append(f"{name}: {' '.join(map(str, values))}" if values
                    else f"{name}: {what['minimum']} to {what['maximum']}")
    return rows


def enumeration(schema, *path):
    for key in path:
        schema = schema[key]
    return [value for value in schema["enum"] if value is not None]


def metrics():
    names = set()
    for _, text in sources((".c",), ("reports/metrics",)):
        prefix = re.search(r'#define P "(revoscope_\w+)"', text)
        names.update(name for name in re.findall(r'"(revoscope_[a-z0-9_]+)["{]', text) if not name.endswith("_"))
        if prefix:
            names.update(prefix.group(1) + name for name in re.findall(r'\bP "([a-z0-9_]+)"', text))
    return sorted(names)


def variables():
    """Environment variables: arguments of getenv, and each string REVOSCOPE_..."""
    names = set()
    for path, text in sources((".c", ".h")):
        names.update(re.findall(r'getenv\("(\w+)"\)', text))
        names.update(re.findall(r'"(REVOSCOPE_[A-Z_]+)"', text))
    return sorted(names)


def rules():
    return [name for _, text in sources((".c",), ("reports/ci",))
            for name in re.findall(r'\.id = "(revoscope/[a-z-]+)"', text)]


def statuses():
    """The rows of the manual page's EXIT STATUS."""
    with open(os.path.join(ROOT, "docs", "man", "revoscope.1.in"), encoding="utf-8") as file:
        section = file.read().split(".Sh EXIT STATUS")[1].split("\n.Sh ")[0]
    return re.findall(r"^\.It (?:Li )?(\d)", section, re.M)


def expected(program):
    """The lists of the document, by name."""
    result = program.json("schema", "result")
    definitions = result["$defs"]
    lists = {
        "outcomes": table("outcome.def", "OUTCOME"),
        "reasons": table("reason.def", "REASON"),
        "checks": table("check.def", "CHECK"),
        "url-faults": table("url_fault.def", "URL_FAULT"),
        "statuses": table("status.def", "STATUS"),
        "stages": table("stage.def", "STAGE"),
        "capabilities": table("capability.def", "CAPABILITY"),
        "axes": axes(program),
        "causes": table("cause.def", "CAUSE"),
        "severities": enumeration(definitions, "cause", "properties", "severity"),
        "confidences": enumeration(definitions, "cause", "properties", "confidence"),
        "levels": enumeration(definitions, "examination", "properties", "level"),
        "moves": table("diff_move.def", "MOVE"),
        "advice": enumeration(definitions, "advice", "properties", "answer", "properties", "word"),
        "sarif": rules(),
        "metrics": metrics(),
        "starttls": table("starttls.def", "STARTTLS"),
        "topics": table("remedy_topic.def", "REMEDY_TOPIC"),
        "servers": table("server.def", "SERVER"),
        "commands": program.commands(),
        "options": program.options(),
        "variables": variables(),
        "exit": statuses(),
    }
    for name in ("result", "diff", "verification"):
        lists["keys-" + name] = list(program.json("schema", name)["properties"])
    return lists


def written():
    """The lists as the document has them: fenced blocks "names LIST", one name or row a line."""
    with open(os.path.join(ROOT, DOCUMENT), encoding="utf-8") as file:
        blocks = re.findall(r"^```names ([a-z-]+)\n(.*?)^```$", file.read(), re.M | re.S)
    return {name: [line for line in text.splitlines() if line] for name, text in blocks}


def main():
    arguments = [word for word in sys.argv[1:] if word != "--print"]
    lists = expected(Program(arguments[0]))
    empty = [name for name, rows in lists.items() if not rows]
    if empty:
        sys.exit(f"nothing was found for: {', '.join(empty)}")
    if "--print" in sys.argv:
        for name, rows in lists.items():
            print("```names " + name, *rows, "```", "", sep="\n")
        return
    document, faults = written(), []
    for name in sorted(lists.keys() | document.keys()):
        now, then = lists.get(name, []), document.get(name, [])
        faults += [f"{DOCUMENT}: {name}: '{row}' is missing" for row in now if row not in then]
        faults += [f"{DOCUMENT}: {name}: '{row}' no longer exists" for row in then if row not in now]
        faults += [f"{DOCUMENT}: {name}: '{row}' is listed more than once" for row in set(then) if then.count(row) > 1]
    if faults:
        sys.exit("\n".join(faults))


main()
