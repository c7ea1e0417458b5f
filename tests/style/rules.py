#!/usr/bin/env python3
"""The project's own rules that no other tool knows; prints FILE:LINE: what is wrong."""

import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Headers of the TLS stacks, and who may include them: the stack's own client files, the lab
# (OpenSSL, and GnuTLS for what OpenSSL cannot send), and the programs that the benchmark compares with.
STACK_HEADERS = {
    "openssl": re.compile(r'^\s*#\s*include\s*[<"]openssl/'),
    "gnutls": re.compile(r'^\s*#\s*include\s*[<"]gnutls/'),
    "mbedtls": re.compile(r'^\s*#\s*include\s*[<"](mbedtls|psa)/'),
    "wolfssl": re.compile(r'^\s*#\s*include\s*[<"]wolfssl/'),
    "nss": re.compile(r'^\s*#\s*include\s*[<"](nss/|nss\.h|ssl\.h|nspr)'),
}
STACK_PLACES = {name: [rf"clients/{name}/[^/]*\.[ch]", rf"tests/unit/clients/{name}/[^/]*\.[ch]",
                       rf"tests/bench/floor_{name}\.c"] for name in STACK_HEADERS}
STACK_PLACES["gnutls"] += [r"fixtures/gnutls_driver\.c", r"tests/unit/fixtures/test_gnutls_driver\.c"]
STACK_PLACES["openssl"] += [r"clients/examination/[^/]*\.[ch]", r"fixtures/[^/]*\.[ch]", r"tests/unit/fixtures/test_(pki|ocsp_response|crl|staple|tls_server)[^/]*\.c",
                            r"tests/(unit|fuzz|contract)/(support|fixture)[^/]*\.[ch]"]
# Where versions of one library may be distinguished.
VERSION_PLACES = [r"clients/\w+/session\.h", r".*compat\.h"]
# Keys of JSON are spelled where JSON becomes a struct or a struct becomes JSON, and nowhere else: a
# misspelt key is a silent NULL, a misspelt member does not compile.
JSON_KEYS = re.compile(r"\bjson_(object_get|unpack|unpack_ex)\(")
JSON_PLACES = [
    r"(core|clients|fixtures|tests|docs)/.*",
    r"harness/archive/(document|run_maker|store_write|expectation_json)\.c",
    r"harness/drive/(answer|message|message_examination|examine_client)\.c",
    r"harness/run/(cell_record|lab_event|stack_description)\.c",
    r"reports/json/(document|record)_schema\.c",
]
YAML_PLACES = [r"harness/config/yaml\.c"]

SOURCE_FOLDERS = {"core", "clients", "fixtures", "harness", "reports"}

# What must not be in the project: paths of one machine, registry hosts, talk of how it was made.
# Written so that this file does not match itself.
FORBIDDEN = re.compile(r"(^|[^A-Za-z0-9_.])/(wor[k]|far[m])/|https?://(de[b]|securit[y]|registr[y])[.]"
                       r"|[Ii]ssu[e] #?[0-9]+|\b(subagen[t]|assistan[t]|Claud[e]|LL[M])\b")

SECRETS = re.compile(r"-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE|X509 CRL)-----\s*$")
PREFIXED = re.compile(r"^(?!static const)[a-z][\w \*]*\b(tls|ssl|x509|ocsp)_[a-z_0-9]+\([^;]*$")
OWN_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE_REFERENCE = re.compile(r"`((?:core|clients|fixtures|harness|reports|scenarios|tests|docs|cmake)/[\w./@-]+\.[a-z]+|[\w-]+\.md)`")

FIRST_CELL = re.compile(r"^\|([^|]*)\|")
CELL_FILE = re.compile(r"`([\w./*-]+\.(?:c|h|def|sql|json|css|js|yaml|txt|inc))`")

MAX_LINES = 500
faults = []

# Words that hide who does what in a message or a comment: the server sent no staple, nextUpdate has passed.
# One spelling: British, with -ize as in the RFCs' "authorized".
SPELLING = re.compile(r"\b\w*(initialis|organis|authoris|recognis|summaris|normalis|optimis|synchronis)"
                      r"(e|ed|es|er|ing|ation|ations)\b|\b(behavior|judgment|favorite)", re.I)
VAGUE_WORDS = re.compile(r"\b(told|nobody|whoever|(is|are) over|speaks of|may not speak)\b", re.I)


def fault(path, line, text):
    faults.append(f"{path}:{line}: {text}")


def project_files():
    out = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT,
                         check=True, capture_output=True).stdout
    return [name for name in out.decode().split("\0") if name and os.path.isfile(os.path.join(ROOT, name))]


def is_allowed(path, patterns):
    return any(re.fullmatch(pattern, path) for pattern in patterns)


def check_source(path, lines):
    folder = path.split("/")[0]
    if len(lines) > MAX_LINES:
        fault(path, len(lines), f"more than {MAX_LINES} lines; is it still one idea?")
    first = lines[0] if lines else ""
    if not first.startswith(("/*", "//")):
        fault(path, 1, "no opening comment that says what this file knows")
    for number, line in enumerate(lines, 1):
        for stack, header in STACK_HEADERS.items():
            if header.match(line) and not is_allowed(path, STACK_PLACES[stack]):
                fault(path, number, f"a header of {stack} outside clients/{stack}/")
        if JSON_KEYS.search(line) and not is_allowed(path, JSON_PLACES):
            fault(path, number, "a key of JSON outside the files that read or write it")
        if re.match(r"\s*#\s*include\s*<libfyaml", line) and not is_allowed(path, YAML_PLACES):
            fault(path, number, "libfyaml outside harness/config/yaml.c")
        included = OWN_INCLUDE.match(line)
        if included and (".." in included.group(1).split("/") or included.group(1).startswith("include/")):
            fault(path, number, "an include past the include roots, by which folders see each other")
        if re.match(r"\s*#\s*if(n?def)?\b.*(OPENSSL|GNUTLS|MBEDTLS|WOLFSSL)(?!\w*_H$)", line) and not is_allowed(path, VERSION_PLACES):
            fault(path, number, "a condition for a stack; CMake chooses a file instead")
        if path.endswith(".h") and PREFIXED.match(line) and folder in SOURCE_FOLDERS:
            fault(path, number, "a name that reads as a stack's own call")
        if re.search(r"\b(system|popen|strcpy|strcat|sprintf|gets|tmpnam|mktemp)\(", line) and not line.lstrip().startswith(("*", "/")):
            fault(path, number, "a function that has no bound, or that starts a shell")
        words = VAGUE_WORDS.search(line)
        if words and folder in SOURCE_FOLDERS:
            fault(path, number, f"'{words.group()}': name who does what (docs/contributing.md)")


def check_markdown(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for target in LINK.findall(line):
            if "://" in target or target.startswith(("#", "mailto:")):
                continue
            there = os.path.normpath(os.path.join(os.path.dirname(path), target.split("#")[0]))
            if not os.path.exists(os.path.join(ROOT, there)):
                fault(path, number, f"a link to {target}, which is not there")
        first = FIRST_CELL.match(line)
        if first and os.path.basename(path) == "README.md":
            for name in CELL_FILE.findall(first.group(1)):
                if not glob.glob(os.path.join(ROOT, os.path.dirname(path), name)) and not os.path.exists(os.path.join(ROOT, name)):
                    fault(path, number, f"the table names {name}, which is not there")
        for name in CODE_REFERENCE.findall(line):
            near = os.path.join(ROOT, os.path.dirname(path), name)
            if not os.path.exists(os.path.join(ROOT, name)) and not os.path.exists(near):
                fault(path, number, f"names {name}, which is not there")


def main():
    files = project_files()
    for path in files:
        with open(os.path.join(ROOT, path), "rb") as file:
            data = file.read()
        if b"\0" in data[:4096] or path == "LICENSE":
            continue
        text = data.decode(errors="replace")
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if FORBIDDEN.search(line):
                fault(path, number, "a path of one machine, a registry's host, or talk of how the project is made")
            words = SPELLING.search(line)
            if words and path != "tests/style/rules.py":
                fault(path, number, f"'{words.group()}': the project spells -our, -ize and judgement")
            if SECRETS.match(line):
                fault(path, number, "a certificate or key; they are made when the tests run")
        if path.endswith((".c", ".h")):
            check_source(path, lines)
        if path.endswith(".md"):
            check_markdown(path, text)
    for path in ("bootstrap", ".ci/run"):
        if not os.access(os.path.join(ROOT, path), os.X_OK):
            fault(path, 1, "is not executable")
    for line in faults:
        print(line)
    print(f"{len(faults)} faults in {len(files)} files")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
