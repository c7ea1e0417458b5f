#!/usr/bin/env python3
"""What a cell costs, beside the least code that does the same (floor_*.c) and beside starting a
program per probe. Prints a table, the figures that have to be reached, and JSON.

Each figure is the median of rounds that are interleaved, so that a busy moment of the machine hits all
rivals alike; ratios come from one and the same run.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from lab import Lab
from programs import BUILD, FOREIGN_ENVIRONMENT, REVOSCOPE, STACKS
from store_figures import measure_store

ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in FOREIGN_ENVIRONMENT}
SCENARIO = "good-staple"
HOST = SCENARIO + ".lab.localhost"
# Attempts of one cell come one after the other, so a rate needs many cells: this scenario, copied.
COPIES = 40
SCENARIO_FILE = """title: "A good staple"
why: "the benchmark's handshake"
tags: [benchmark]
server: { staple: { status: good } }
truth: good
expect: { "*/*": connect }
"""
NO_CHECK = {}
REQUIRE = {"asks_staple": "yes", "checks_staple": "full", "requires_staple": "yes", "skew_s": 300,
           "on_unavailable": "reject"}
MODES = {"no-check": NO_CHECK, "require-staple": REQUIRE}
# The client of OpenSSL keeps its context, the others make one for each probe: so does their floor.
OWN_CONTEXT = {"openssl": "shared", "gnutls": "fresh", "mbedtls": "fresh"}
CORES = os.cpu_count()

# What has to be reached: name, unit, bound, and whether more is better.
MAX_CPU_RATIO, MIN_RATE_RATIO = 1.25, 0.8
MIN_OVER_S_CLIENT, MIN_OVER_GNUTLS_CLI = 8, 40
MAX_RUN_S, MAX_HARNESS_MIB, MAX_CLIENT_MIB = 5, 32, 48
FLAT_MIB = 2


class Owner:
    """Starts programs for Lab."""

    @staticmethod
    def start(*arguments, program, **options):
        return subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, env=ENVIRONMENT, **options)


def client_program(stack):
    return os.path.join(BUILD, "clients", "revoscope-client-" + stack)


def floor_program(stack):
    return os.path.join(BUILD, "tests", "bench", "floor-" + stack)


def can(stack, mode):
    return mode == "no-check" or stack != "mbedtls"


class Bench:
    def __init__(self, directory, scale):
        self.directory, self.scale = directory, scale
        self.lab = Lab(Owner, directory, [{"id": SCENARIO, "host": HOST, "situation": {}}])
        self.port, self.trust = self.lab.ready["tls_port"], self.lab.ready["trust"]
        self.samples = {}
        self.copies = os.path.join(directory, "scenarios")
        os.makedirs(os.path.join(self.copies, "healthy"))
        for i in range(COPIES):
            with open(os.path.join(self.copies, "healthy", f"copy-{i}.yaml"), "w", encoding="utf-8") as file:
                file.write(SCENARIO_FILE)

    def note(self, *key_and_value):
        *key, value = key_and_value
        self.samples.setdefault(tuple(key), []).append(value)

    def median(self, *key):
        return statistics.median(self.samples[key]) if key in self.samples else None

    def floor(self, stack, mode, context, count):
        out = subprocess.run([floor_program(stack), str(self.port), HOST, self.trust, str(count),
                              "check" if mode == "require-staple" else "no-check", context],
                             check=True, capture_output=True, env=ENVIRONMENT).stdout
        return json.loads(out)

    def measure_floor(self, stack, mode):
        for context in ("shared", "fresh"):
            cost = self.floor(stack, mode, context, self.scale)
            self.note("floor cpu", stack, mode, context, cost["cpu_us"] / self.scale)
        # What the machine allows when client and lab share its processors.
        processes = 2 * CORES
        started = time.monotonic()
        running = [threading.Thread(target=self.floor, args=(stack, mode, OWN_CONTEXT[stack], self.scale // processes))
                   for _ in range(processes)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        self.note("floor rate", stack, mode, self.scale // processes * processes / (time.monotonic() - started))

    def measure_client(self, stack, mode):
        """The client program alone with all its requests on stdin; CPU by wait4."""
        path = os.path.join(self.directory, "requests")
        with open(path, "w", encoding="utf-8") as file:
            for i in range(self.scale):
                file.write(json.dumps({
                    "id": str(i), "connect": {"address": "127.0.0.1", "port": self.port}, "server_name": HOST,
                    "trust": self.trust, "policy": MODES[mode], "deadline_ms": 10000}) + "\n")
        with open(path, "rb") as requests, tempfile.TemporaryFile() as answers:
            started = time.monotonic()
            process = subprocess.Popen([client_program(stack)], stdin=requests, stdout=answers, env=ENVIRONMENT,
                                       stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
            seconds = time.monotonic() - started
            answers.seek(0)
            outcomes = [json.loads(line)["outcome"] for line in answers]
        if outcomes != ["connect"] * self.scale:
            raise SystemExit(f"{stack} {mode}: not every probe connected: {sorted(set(outcomes))}, {len(outcomes)}")
        self.note("client cpu", stack, mode, (usage.ru_utime + usage.ru_stime) * 1e6 / self.scale)
        self.note("client rate", stack, mode, self.scale / seconds)
        self.note("client peak", stack, usage.ru_maxrss / 1024)

    def measure_run(self, stack, mode):
        """Cells per second of `revoscope run`: two lengths, so that starting does not count."""
        times, repeats = [], (2, 2 + -(-2 * self.scale // COPIES))
        for repeat in repeats:
            started = time.monotonic()
            result = revoscope("run", "--no-store", "--fail-on", "never", "--class", f"{stack}/{mode}", "--repeat",
                               str(repeat), self.copies)
            times.append(time.monotonic() - started)
            if result.returncode != 0:
                raise SystemExit(f"revoscope run ended with {result.returncode}: {result.stderr.decode()[:500]}")
        self.note("run rate", stack, mode, COPIES * (repeats[1] - repeats[0]) / (times[1] - times[0]))

    def measure_rivals(self):
        """A program per probe, as a script does it, one after the other."""
        target = f"127.0.0.1:{self.port}"
        rivals = {
            "openssl s_client -status": ["openssl", "s_client", "-connect", target, "-servername", HOST, "-status",
                                         "-CAfile", self.trust, "-verify_return_error"],
            "gnutls-cli": ["gnutls-cli", "--x509cafile", self.trust, "--sni-hostname", HOST, "--verify-hostname", HOST,
                           "-p", str(self.port), "127.0.0.1"],
            "curl --cert-status": ["curl", "-sS", "--cert-status", "--cacert", self.trust, "--max-time", "2",
                                   "--connect-to", f"{HOST}:443:{target}", "-o", "/dev/null", f"https://{HOST}/"],
        }
        count = max(10, self.scale // 50)
        for name, arguments in rivals.items():
            if shutil.which(arguments[0]) is None:
                continue
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.monotonic()
            for _ in range(count):
                subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=ENVIRONMENT, check=False)
            seconds = time.monotonic() - started
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            self.note("rival rate", name, count / seconds)
            self.note("rival cpu", name, cpu * 1e6 / count)


def revoscope(*arguments):
    return subprocess.run([REVOSCOPE, *arguments], capture_output=True, env=ENVIRONMENT, check=False)


def measure_whole_run(rounds):
    """Seconds of the default run, with and without scenarios in which clients wait for time-outs."""
    result = revoscope("run", "--no-store", "--fail-on", "never", "--format", "json")
    document = json.loads(result.stdout)
    waiting = [name for name, about in document["scenarios"].items() if "waits" in about["tags"]]
    exclude = [word for name in waiting for word in ("--exclude", name)]
    times = {"with": [], "without": []}
    for _ in range(rounds):
        for name, arguments in (("with", []), ("without", exclude)):
            started = time.monotonic()
            revoscope("run", "--no-store", "--fail-on", "never", *arguments)
            times[name].append(time.monotonic() - started)
    return {"cells": len(document["cells"]), "waiting scenarios": len(waiting),
            "with": statistics.median(times["with"]), "without": statistics.median(times["without"])}


def descendants(pid):
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children", encoding="ascii") as file:
                    found += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return found


def memory_of(pid):
    """Name, and VmHWM and VmRSS in MiB."""
    values = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            values[key] = value.split()[0] if value.split() else ""
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        name = os.path.basename(file.read().split(b"\0")[0].decode())
    return name, int(values["VmHWM"]) / 1024, int(values["VmRSS"]) / 1024


def measure_memory(cells):
    """Peak of each program over many cells, and what it grew by after the first quarter."""
    classes = [f"{stack}/{mode}" for stack in STACKS for mode in ("no-check", "soft-fail", "require-staple")]
    scenarios = ["good-staple", "no-staple", "revoked", "stale-revoked"]
    repeat = -(-cells // (len(classes) * len(scenarios)))
    process = subprocess.Popen(
        [REVOSCOPE, "run", "--no-store", "--fail-on", "never", "--format", "json", "--repeat", str(repeat),
         *[word for name in classes for word in ("--class", name)], *scenarios],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    started, series = time.monotonic(), {}
    while process.poll() is None:
        for pid in descendants(process.pid):
            try:
                name, peak, now = memory_of(pid)
            except (OSError, KeyError, IndexError):
                continue
            series.setdefault(name, []).append((time.monotonic() - started, peak, now))
        time.sleep(0.1)
    seconds = time.monotonic() - started
    out = {}
    for name, rows in series.items():
        early = [now for when, _, now in rows if seconds * 0.15 < when < seconds * 0.3]
        late = [now for when, _, now in rows if when > seconds * 0.75]
        out[name] = {"peak_mib": max(peak for _, peak, _ in rows),
                     "growth_mib": max(late) - max(early) if early and late else 0.0}
    return {"cells": repeat * len(classes) * len(scenarios), "status": process.returncode, "seconds": seconds,
            "programs": out}


def judge(bench, whole, memory):
    """[(what, value, bound, whether it holds)]."""
    rows = []
    rates = []
    for stack in STACKS:
        for mode in MODES:
            if not can(stack, mode):
                continue
            cpu = bench.median("client cpu", stack, mode)
            rate = bench.median("run rate", stack, mode)
            rates.append(rate)
            for context in ("shared", "fresh"):
                ratio = cpu / bench.median("floor cpu", stack, mode, context)
                counts = context == OWN_CONTEXT[stack]
                rows.append((f"{stack} {mode}: client CPU / floor ({context} context)", ratio,
                             f"<= {MAX_CPU_RATIO}" if counts else "", not counts or ratio <= MAX_CPU_RATIO))
            ratio = rate / bench.median("floor rate", stack, mode)
            rows.append((f"{stack} {mode}: cells/s / what the floor allows", ratio, f">= {MIN_RATE_RATIO}",
                         ratio >= MIN_RATE_RATIO))
    for name, stack, bound in (("openssl s_client -status", "openssl", MIN_OVER_S_CLIENT),
                               ("gnutls-cli", "gnutls", MIN_OVER_GNUTLS_CLI),
                               ("curl --cert-status", "openssl", None)):
        rival = bench.median("rival rate", name)
        if rival is None or stack not in STACKS:
            continue
        ratio = bench.median("run rate", stack, "require-staple") / rival
        rows.append((f"{stack} require-staple: cells/s / starting {name}", ratio, f">= {bound}" if bound else "",
                     bound is None or ratio >= bound))
    rows.append(("default run without waiting scenarios, s", whole["without"], f"< {MAX_RUN_S}",
                 whole["without"] < MAX_RUN_S))
    rows.append(("default run, s", whole["with"], "", True))
    for name, row in sorted(memory["programs"].items()):
        bound = MAX_HARNESS_MIB if name == "revoscope" else MAX_CLIENT_MIB
        rows.append((f"{name}: peak over {memory['cells']} cells, MiB", row["peak_mib"],
                     "" if name == "revoscope-lab" else f"< {bound}", name == "revoscope-lab" or row["peak_mib"] < bound))
        rows.append((f"{name}: growth after the first quarter, MiB", row["growth_mib"], f"< {FLAT_MIB}",
                     row["growth_mib"] < FLAT_MIB))
    return rows


def print_costs(bench):
    print(f"{'':28}{'client':>10}{'floor':>10}{'floor,':>10}{'cells/s':>10}{'floor':>10}{'program':>10}")
    print(f"{'':28}{'CPU us':>10}{'CPU us':>10}{'shared':>10}{'run':>10}{'allows/s':>10}{'alone/s':>10}")
    for stack in STACKS:
        for mode in MODES:
            if can(stack, mode):
                print(f"{stack + ' ' + mode:28}" + "".join(f"{value:10.0f}" for value in (
                    bench.median("client cpu", stack, mode), bench.median("floor cpu", stack, mode, "fresh"),
                    bench.median("floor cpu", stack, mode, "shared"), bench.median("run rate", stack, mode),
                    bench.median("floor rate", stack, mode), bench.median("client rate", stack, mode))))
    for key in sorted(bench.samples):
        if key[0] == "rival rate":
            print(f"{key[1]:28}{bench.median('rival cpu', key[1]):10.0f}{'':20}{bench.median(*key):10.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="write the figures to this file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=600, help="handshakes per measurement")
    parser.add_argument("--cells", type=int, default=20000, help="cells for the memory figures")
    options = parser.parse_args()
    if shutil.which("nproc") is None or not os.path.exists(REVOSCOPE):
        raise SystemExit("build the release first: cmake --build build/release")
    if os.getloadavg()[0] > 0.5 * CORES:
        print(f"the machine is busy (load {os.getloadavg()[0]:.1f}): rates and times are too low, ratios may still hold",
              file=sys.stderr)

    with tempfile.TemporaryDirectory(prefix="revoscope-bench-") as directory:
        bench = Bench(directory, options.scale)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for stack in STACKS:
                for mode in MODES:
                    if can(stack, mode):
                        bench.measure_floor(stack, mode)
                        bench.measure_client(stack, mode)
                        bench.measure_run(stack, mode)
            bench.measure_rivals()
        bench.lab.close()
    print("whole run", file=sys.stderr)
    whole = measure_whole_run(options.rounds)
    print("memory", file=sys.stderr)
    memory = measure_memory(options.cells)
    print("kept runs", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="revoscope-bench-") as directory:
        document = json.loads(revoscope("run", "--no-store", "--fail-on", "never", "--format", "json", "healthy", "staple",
                                        "must-staple", "chain").stdout)
        kept = measure_store(document, directory)

    rows = judge(bench, whole, memory) + kept
    print(f"{CORES} processors, load {os.getloadavg()[0]:.1f}, {options.rounds} rounds of {options.scale} handshakes; "
          "medians\n")
    print_costs(bench)
    print()
    for what, value, bound, holds in rows:
        print(f"{what:72}{value:9.2f}  {bound:9}{'' if not bound else 'yes' if holds else 'NO'}")
    missed = [what for what, _, bound, holds in rows if bound and not holds]
    print(f"\n{len(missed)} figures are not reached" + "".join(f"\n  {what}" for what in missed))
    if options.json:
        with open(options.json + ".tmp", "w", encoding="utf-8") as file:
            json.dump({
                "processors": CORES, "rounds": options.rounds, "scale": options.scale, "whole_run": whole, "memory": memory,
                "samples": {" / ".join(key): values for key, values in sorted(bench.samples.items())},
                "figures": [{"what": what, "value": value, "bound": bound or None, "holds": holds}
                            for what, value, bound, holds in rows]}, file, indent=1)
        os.replace(options.json + ".tmp", options.json)
        print(f"the figures are in {options.json}")


if __name__ == "__main__":
    main()
