#!/usr/bin/env python3
"""How large the HTML report of many cells is, and how long Chromium takes to open it."""

import os
import statistics
import subprocess
import tempfile

import browser
from programs import REVOSCOPE

ROUNDS = 5
# A run of about 60 scenarios, the default run, and all there is.
RUNS = {"healthy staple, every class": ["healthy", "staple", "--class", "all"], "everything, default classes": [],
        "everything, every class": ["--class", "all"]}


def main():
    missing = browser.missing()
    if missing:
        print(f"the HTML report was not measured: not installed: {missing}")
        return
    print("\nThe HTML report                  cells      MB  elements  open ms (median of "
          f"{ROUNDS}, worst)  filter ms")
    window = browser.Browser()
    try:
        with tempfile.TemporaryDirectory(prefix="revoscope-bench-") as folder:
            for name, arguments in RUNS.items():
                page = os.path.join(folder, "page.html")
                subprocess.run([REVOSCOPE, "run", "--no-store", "--fail-on", "never", *arguments, "--format",
                                "html=" + page], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
                times = []
                for _ in range(ROUNDS):
                    window.open("file://" + page)
                    times.append(window.run("return performance.getEntriesByType('navigation')[0].loadEventEnd"))
                cells, elements, filtered = window.run("""
                    const start = performance.now(), field = document.querySelector("#filter [name=outcome]");
                    field.value = "reject";
                    field.dispatchEvent(new Event("input", { bubbles: true }));
                    document.body.getBoundingClientRect();
                    return [document.querySelectorAll("#cells td").length, document.querySelectorAll("*").length,
                            performance.now() - start];""")
                print(f"{name:<32}{cells:>6}{os.path.getsize(page) / 1e6:>8.2f}{elements:>10}"
                      f"{statistics.median(times):>14.0f}{max(times):>18.0f}{filtered:>17.0f}")
    finally:
        window.close()


if __name__ == "__main__":
    main()
