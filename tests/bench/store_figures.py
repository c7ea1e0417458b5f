"""What kept runs cost: a database of many large runs, made of one real run, read in all ways."""

import contextlib
import json
import os
import re
import sqlite3
import statistics
import subprocess
import time

from programs import BUILD, REVOSCOPE, ROOT

ROWS, CLASSES, RUNS = 60, 80, 200
MAX_QUERY_MS, MAX_DIFF_S, MAX_REPORTS_S, MAX_REPORTS_MIB = 50, 0.3, 1, 64
FORMATS = ("text", "json", "jsonl", "csv", "markdown", "html", "junit", "sarif", "openmetrics")


def grow(document):
    """The document with ROWS scenarios by CLASSES classes, copies of its own under other names."""
    def names(ids, num):
        ids = sorted(ids)
        return [(ids[i] if i < len(ids) else f"{ids[i % len(ids)]}-{i}", ids[i % len(ids)]) for i in range(num)]

    rows, classes = names(document["scenarios"], ROWS), names(document["classes"], CLASSES)
    cells = {(cell["scenario"], cell["class"]): cell for cell in document["cells"]}
    order = dict(document["run"]["order"], rows=[name for name, _ in rows], classes=[name for name, _ in classes])
    return dict(
        document, run=dict(document["run"], order=order),
        scenarios={name: document["scenarios"][of] for name, of in rows},
        classes={name: document["classes"][of] for name, of in classes},
        cells=[dict(cells[row_of, class_of], **{"scenario": row, "class": name})
               for row, row_of in rows for name, class_of in classes])


def timed(*arguments):
    """Seconds and peak MiB of a command that has to succeed."""
    started = time.monotonic()
    process = subprocess.Popen([REVOSCOPE, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: exit status {process.returncode}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def slowest_query_ms(database):
    """Of those in docs/store.md: the median of five."""
    with open(os.path.join(ROOT, "docs", "store.md"), encoding="utf-8") as file:
        queries = re.findall(r"```sql\n(.*?)```", file.read(), re.S)
    slowest = 0
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        for sql in queries:
            times = []
            for _ in range(5):
                started = time.monotonic()
                opened.execute(sql).fetchall()
                times.append((time.monotonic() - started) * 1000)
            slowest = max(slowest, statistics.median(times))
    return slowest


def measure_store(document, directory):
    """[(what, value, bound, whether it holds)] of RUNS runs that are grown from a real one."""
    database, grown = os.path.join(directory, "runs.db"), os.path.join(directory, "grown.json")
    with open(grown, "w", encoding="utf-8") as file:
        json.dump(grow(document), file)
    filled = json.loads(subprocess.run([os.path.join(BUILD, "tests", "bench", "store-bench"), database, grown, str(RUNS)],
                                       stdout=subprocess.PIPE, check=True).stdout)
    query = slowest_query_ms(database)
    diff = statistics.median(timed("diff", "--db", database, "latest~1", "latest")[0] for _ in range(3))
    outputs = [word for name in FORMATS for word in ("--format", f"{name}={os.path.join(directory, name)}")]
    reports = [timed("report", "--db", database, *outputs) for _ in range(3)]
    seconds, peak = statistics.median(row[0] for row in reports), max(row[1] for row in reports)
    size = f"{RUNS} runs of {ROWS} by {CLASSES}"
    os.remove(database)
    return [
        (f"{size}: keeping one, ms", filled["fill_ms"] / RUNS, "", True),
        (f"{size}: the slowest documented query, ms", query, f"< {MAX_QUERY_MS}", query < MAX_QUERY_MS),
        (f"{size}: diff of two, s", diff, f"< {MAX_DIFF_S}", diff < MAX_DIFF_S),
        (f"{size}: one in all formats, s", seconds, f"< {MAX_REPORTS_S}", seconds < MAX_REPORTS_S),
        (f"{size}: one in all formats, peak MiB", peak, f"< {MAX_REPORTS_MIB}", peak < MAX_REPORTS_MIB),
    ]
