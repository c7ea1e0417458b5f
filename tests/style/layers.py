#!/usr/bin/env python3
"""Holds the order of the folders: the table in docs/architecture.md against what the build links, and
both against the compiler and the linker, which have to refuse an include and a symbol from above."""

import concurrent.futures
import ctypes
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = "docs/architecture.md"
ROW = re.compile(r"^\| `([\w./-]+)/` \| `([\w-]+)` \|[^|]*\|([^|]*)\|\s*$")
FOLDER = re.compile(r"`([\w./-]+)/`")
NOT_FOUND = re.compile(r"No such file|file not found")
UNDEFINED = re.compile(r"undefined (reference|symbol)")

faults = []
C_LIBRARY = ctypes.CDLL(None)


def skip(text):
    print(f"skipped: {text}")
    sys.exit(77)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C"}, **options)


def table_rows():
    """The libraries of the table: name -> (folder, folders that it may include)."""
    rows = {}
    with open(os.path.join(ROOT, TABLE), encoding="utf-8") as file:
        for line in file:
            row = ROW.match(line)
            if row:
                rows[row.group(2)] = (row.group(1), set(FOLDER.findall(row.group(3))))
    return rows


class Library:
    """A folder library as CMake exports it (folders.txt, written by tests/style/CMakeLists.txt)."""

    def __init__(self, line):
        self.name, self.folder, linked, public, sources = line.rstrip("\n").split("\t")
        self.linked = {name for name in linked.split(";") if name}
        self.public = {name for name in public.split(";") if name}
        self.sources = [name if os.path.isabs(name) else os.path.join(ROOT, self.folder, name)
                        for name in sources.split(";") if name]

    def visible(self, libraries):
        """The libraries whose headers it sees: its own, those it links, and what they hand on."""
        seen, waiting = {self.name}, [name for name in self.linked if name in libraries]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += [other for other in libraries[name].public if other in libraries]
        return seen

    def headers(self):
        return sorted(os.path.relpath(path, ROOT)
                      for path in glob.glob(os.path.join(ROOT, self.folder, "**", "*.h"), recursive=True))


def read_libraries(build):
    with open(os.path.join(build, "folders.txt"), encoding="utf-8") as file:
        return {library.name: library for library in map(Library, file)}


def compare_with_table(libraries, rows, not_built):
    for name in rows.keys() - libraries.keys() - not_built:
        faults.append(f"{TABLE}: {name} is no library of the build")
    for name in sorted(libraries.keys() - rows.keys()):
        faults.append(f"{TABLE}: {name} is not in the table")
    for name in sorted(libraries.keys() & rows.keys()):
        library, (folder, may) = libraries[name], rows[name]
        links = {libraries[other].folder for other in library.linked if other in libraries}
        if folder != library.folder:
            faults.append(f"{TABLE}: {name} is said to be {folder}/ and is {library.folder}/")
        if may != links:
            faults.append(f"{TABLE}: {name} may include {sorted(may)} by the table and links {sorted(links)}")


def compiler_of(library, commands):
    """How a file of the library is compiled, without the file, the output and the cache in front."""
    for source in library.sources:
        entry = commands.get(os.path.realpath(source))
        if entry is None:
            continue
        words = shlex.split(entry["command"])
        if os.path.basename(words[0]) in ("ccache", "sccache"):
            words.pop(0)
        del words[words.index("-o"):words.index("-o") + 2]
        del words[words.index("-c"):words.index("-c") + 2]
        return words + ["-fsyntax-only", "-x", "c", "-"], entry["directory"]
    return None, None


def compile_text(compiler, text):
    words, directory = compiler
    return run(words, input=text, cwd=directory)


def check_forbidden(library, compiler, header):
    result = compile_text(compiler, f'#include "{header}"\n')
    if result.returncode == 0:
        faults.append(f"{library.name}: {header} can be included there, against the table")
    elif not NOT_FOUND.search(result.stderr):
        faults.append(f"{library.name}: {header} fails for another cause than its place:\n{result.stderr[:600]}")


def check_allowed(library, compiler, headers):
    """A header of each folder that it may see, in one go."""
    result = compile_text(compiler, "".join(f'#include "{header}"\n' for header in headers) + "typedef int nothing;\n")
    if result.returncode != 0:
        faults.append(f"{library.name}: {', '.join(headers)} do not compile there:\n{result.stderr[:600]}")


def check_invisible(library, compiler, headers):
    """All headers of the folders that it may not see at once: none is found."""
    text = "".join(f'#if __has_include("{header}")\n#error found {header}\n#endif\n' for header in headers)
    result = compile_text(compiler, text + "typedef int nothing;\n")
    if result.returncode != 0:
        faults.append(f"{library.name}: headers against the table can be included there:\n{result.stderr[:600]}")


def include_jobs(libraries, commands):
    for library in libraries.values():
        compiler = compiler_of(library, commands)
        if compiler[0] is None:
            faults.append(f"{library.name}: none of its files is compiled by this build")
            continue
        seen = {libraries[name].folder for name in library.visible(libraries)}
        allowed, hidden = [], []
        for folder, other in sorted({other.folder: other for other in libraries.values()}.items()):
            headers = other.headers()
            if folder in seen:
                allowed += headers[:1]
                continue
            hidden += headers
            for header in headers[:1]:
                yield check_forbidden, library, compiler, header
        yield check_allowed, library, compiler, allowed
        yield check_invisible, library, compiler, hidden


def archive_of(library, build):
    found = glob.glob(os.path.join(build, "**", f"lib{library.name}.a"), recursive=True)
    return found[0] if found else None


def functions_of(library, build):
    """Those that nothing else has: a function that stands before the C library's links everywhere."""
    result = run(["nm", "--defined-only", "-g", archive_of(library, build)])
    names = (line.split()[2] for line in result.stdout.splitlines() if len(line.split()) == 3 and line.split()[1] == "T")
    return sorted(name for name in names if not hasattr(C_LIBRARY, name))


def link_with(library, build, symbol):
    """Links the library's link program once more, with a use of the symbol in it."""
    program = glob.glob(os.path.join(build, "**", f"link-{library.name}"), recursive=True)[0]
    listed = run(["ninja", "-C", build, "-t", "commands", "-s", os.path.relpath(program, build)])
    command = [line for line in listed.stdout.splitlines() if " -o " in line][-1]
    with tempfile.TemporaryDirectory() as place:
        with open(os.path.join(place, "use.c"), "w", encoding="utf-8") as file:
            file.write(f"void {symbol}(void);\nvoid (*volatile used)(void) = {symbol};\n")
        command = re.sub(r" -o \S+", f" {place}/use.c -o {place}/program", command, count=1)
        return run(["sh", "-c", command], cwd=build)


def check_link(library, build, symbol, allowed):
    result = link_with(library, build, symbol)
    if allowed and result.returncode != 0:
        faults.append(f"link-{library.name}: {symbol} of its own does not link:\n{result.stderr[:600]}")
    if not allowed and result.returncode == 0:
        faults.append(f"link-{library.name}: {symbol} links there, against the table")
    elif not allowed and not (UNDEFINED.search(result.stderr) and symbol in result.stderr):
        faults.append(f"link-{library.name}: fails for another cause than {symbol}:\n{result.stderr[:600]}")


def link_jobs(libraries, build):
    for library in libraries.values():
        if archive_of(library, build) is None:
            faults.append(f"{library.name}: is not built; build everything first")
            continue
        seen = library.visible(libraries)
        above = [other for name, other in sorted(libraries.items())
                 if library.name in other.visible(libraries) and name not in seen]
        own = functions_of(library, build)
        if own:
            yield check_link, library, build, own[0], True
        if above:
            yield check_link, library, build, functions_of(above[0], build)[0], False


def main():
    build = os.path.abspath(sys.argv[1])
    if not os.path.exists(os.path.join(build, "build.ninja")):
        skip("this asks Ninja how it links, and the build is another tool's")
    libraries, rows = read_libraries(build), table_rows()
    compare_with_table(libraries, rows, set(sys.argv[2:]))
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.realpath(entry["file"]): entry for entry in json.load(file)}
    jobs = list(include_jobs(libraries, commands)) + list(link_jobs(libraries, build))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [pool.submit(*job) for job in jobs]:
            done.result()
    for text in faults:
        print(text)
    print(f"{len(faults)} faults in {len(libraries)} libraries, {len(jobs)} checks")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
