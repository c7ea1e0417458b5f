#!/usr/bin/env python3
"""Holds what docs/architecture.md says of modules: no circle of includes runs through them, private
headers stay private, folders, headers and files keep to their sizes, and a TLS stack to its price."""

import collections
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = ("core", "clients", "fixtures", "harness", "reports")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+\.h)"', re.M)
OPENING = re.compile(r"\A\s*(/\*.*?\*/|(?://[^\n]*\n)+)", re.S)
PRIVATE = re.compile(r"\bPrivate to (\w+)")
MAX_FILES, MAX_REPORTS, MAX_PROTOTYPES = 45, 60, 25
# A TLS stack: a folder of clients/ whose CMakeLists.txt says add_client.
STACK_FILES, STACK_LINES = 6, 1100

faults = []


def project_files():
    out = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", *FOLDERS], cwd=ROOT,
                         check=True, capture_output=True).stdout
    return [name for name in out.decode().split("\0") if name and os.path.isfile(os.path.join(ROOT, name))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def owner(path, text, files):
    """The module that a source file belongs to: its path without the suffix, or, for a private header,
    the module that it names."""
    stem, suffix = os.path.splitext(path)
    opening = OPENING.match(text)
    private = PRIVATE.search(" ".join(opening.group(1).replace("*", " ").split())) if opening else None
    if suffix != ".h" or private is None:
        return stem, False
    module = os.path.join(os.path.dirname(path), private.group(1))
    if stem + ".c" in files:
        faults.append(f"{path}: is private and has a .c file of its own; private headers declare what several share")
    if module + ".c" not in files or module + ".h" not in files:
        faults.append(f"{path}: is private to {private.group(1)}, which is no module of this folder")
    return module, True


def circles(edges):
    """Tarjan's strongly connected components of more than one module."""
    number, low, stack, found = {}, {}, [], []

    def visit(module):
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(edges.get(module, ())):
            if other not in number:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == number[module]:
            place = stack.index(module)
            if len(stack) - place > 1:
                found.append(sorted(stack[place:]))
            del stack[place:]

    sys.setrecursionlimit(10000)
    for module in sorted(edges):
        if module not in number:
            visit(module)
    return found


def check_includes(texts):
    modules = {path: owner(path, text, texts) for path, text in texts.items()}
    edges = collections.defaultdict(set)
    for path, text in texts.items():
        module = modules[path][0]
        for header in INCLUDE.findall(text):
            if header not in modules:
                continue
            other, private = modules[header]
            if private and os.path.dirname(path) != os.path.dirname(header):
                faults.append(f"{path}: includes {header}, which is private to {other}")
            if other != module:
                edges[module].add(other)
    for circle in circles(edges):
        parts = "; ".join(f"{module} -> {', '.join(sorted(edges[module] & set(circle)))}" for module in circle)
        faults.append(f"a circle of {len(circle)} modules: {parts}")


def count_prototypes(text):
    """Declarations of functions: statements at file scope that end in a parameter list."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    text = re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)
    while re.search(r"\{[^{}]*\}", text):
        text = re.sub(r"\{[^{}]*\}", " ", text)
    return sum(1 for part in text.split(";")
               if re.search(r"\w\s*\(.*\)\s*(__attribute__\s*\(.*\))?\s*$", part.strip(), re.S)
               and not part.strip().startswith("typedef"))


def check_sizes(files, texts):
    sizes = collections.Counter()
    for path in files:
        sizes[os.path.dirname(path)] += 1
    for folder, size in sorted(sizes.items()):
        most = MAX_REPORTS if folder.split("/")[0] == "reports" else MAX_FILES
        if size > most:
            faults.append(f"{folder}/: {size} files, more than {most}")
    for path, text in texts.items():
        if path.endswith(".h") and count_prototypes(text) > MAX_PROTOTYPES:
            faults.append(f"{path}: {count_prototypes(text)} prototypes, more than {MAX_PROTOTYPES}")


def check_stacks(files):
    """The price of a stack, with all that is in its folder."""
    stacks = [os.path.dirname(path) for path in files if re.fullmatch(r"clients/\w+/CMakeLists\.txt", path)
              and re.search(r"^add_client\(", read(path), re.M)]
    for folder in stacks:
        own = [path for path in files if path.startswith(folder + "/")]
        lines = sum(read(path).count("\n") for path in own)
        if len(own) > STACK_FILES or lines > STACK_LINES:
            faults.append(f"{folder}/: {len(own)} files and {lines} lines, more than {STACK_FILES} and {STACK_LINES} for a stack")
    if len(stacks) < 3:
        faults.append(f"{len(stacks)} stacks found, fewer than there are")


def main():
    files = project_files()
    texts = {path: read(path) for path in files if path.endswith((".c", ".h"))}
    check_includes(texts)
    check_sizes(files, texts)
    check_stacks(files)
    for text in faults:
        print(text)
    print(f"{len(faults)} faults in {len(texts)} files")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
