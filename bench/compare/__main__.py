"""Measures gcrsync beside its peers and writes the results; see bench/run."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import measure
from chart import chart
from comparisons import ROWS
from places import Java
from report import page
from rows import Measurement, say
from servers import available_memory, working_folder
from targets import judge
from tools import Tools

QUICK_S = 285.0
LEAST_S = 15.0  # What a row is worth beginning for.
MEMORY_NEEDED = 12 << 30


def main() -> int:
    options = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    options.add_argument("--quick", action="store_true", help="smaller corpora and one round, within five minutes")
    options.add_argument("--rounds", type=int, help="rounds of each comparison (5, with --quick 1)")
    options.add_argument("--minutes", type=float, help="begin nothing after so long, and leave out what is not done")
    options.add_argument("--only", help="rows, separated by commas: " + ", ".join(ROWS))
    options.add_argument("--root", type=Path, required=True, help=argparse.SUPPRESS)
    options.add_argument("--java", required=True, help=argparse.SUPPRESS)
    given = options.parse_args()
    chosen = given.only.split(",") if given.only else list(ROWS)
    for name in set(chosen) - set(ROWS):
        options.error(f"there is no row '{name}'; there are: {', '.join(ROWS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    root: Path = given.root
    rounds = given.rounds or (1 if given.quick else 5)
    jars = sorted((root / "app/target").glob("gcrsync-app-*.jar")) + sorted((root / "app/target/lib").glob("*.jar"))
    jars += sorted((root / "testkit/target").glob("gcrsync-testkit-*.jar"))
    java = Java(given.java, ":".join(map(str, jars)))
    results: dict[str, Any] = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "quick": given.quick,
        "rounds": rounds,
        "machine": machine(),
        "versions": versions(root, java),
        "rows": {},
    }
    folder = working_folder((4 << 30) if given.quick else MEMORY_NEEDED, root / "bench/target")
    results["machine"]["storage"] = "in memory (tmpfs)" if folder.is_relative_to("/dev/shm") else "on disk"
    results["machine"]["rss_floor_mib"] = rss_floor()
    try:
        began = time.monotonic()
        allowed = given.minutes * 60 if given.minutes else QUICK_S if given.quick else math.inf
        deadline = began + allowed
        left_out: list[str] = []
        measurement = Measurement(Tools(root), java, folder, rounds, deadline)
        for name in chosen:
            if measurement.seconds_left() < LEAST_S or (given.quick and not ROWS[name][1]):
                say(f"{name}: left out")
                left_out.append(name)
                continue
            ROWS[name][0](measurement, results["rows"], given.quick)
            # What was measured stays, should the next row be the last that this machine does.
            results["targets"] = judge(results["rows"])
            write(results, root / "bench/target/results", quiet=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    results["targets"] = judge(results["rows"])
    complete = not given.quick and not given.only and not left_out
    write(results, root / ("docs/benchmarks" if complete else "bench/target/results"))
    return 0


def machine() -> dict[str, Any]:
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory_gib": round(memory / (1 << 30), 1),
        "available_gib": round(available_memory() / (1 << 30), 1),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def rss_floor() -> int:
    """A child begins as a copy of this process, and that counts as its own memory."""
    return math.ceil(measure.run(["true"], Path(os.devnull), {}, 10).peak_rss_mib)


def versions(root: Path, java: Java) -> dict[str, str]:
    def first_line(*command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip().split("\n")[0]

    def package(name: str) -> str:
        return first_line("dpkg-query", "-W", "-f=${Version}", name)

    return {
        "gcrsync": first_line(str(root / "gcrsync"), "--version").removeprefix("gcrsync "),
        "skopeo": first_line("skopeo", "--version").removeprefix("skopeo version "),
        "oras": package("oras"),
        "crane and gcrane": package("golang-github-google-go-containerregistry-dev") + " built with "
        + first_line("go", "version").removeprefix("go version "),
        "docker-registry": package("docker-registry"),
        "Java": first_line(java.program, "-version").removeprefix("openjdk version "),
        "Python": platform.python_version(),
    }


def write(results: dict[str, Any], folder: Path, quiet: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "README.md").write_text(page(results))
    (folder / "chart.svg").write_text(chart(results))
    if quiet:
        return
    for target in results["targets"]:
        word = {True: "met", False: "MISSED", None: "-"}[target["met"]]
        print(f"{target['target']}  {word:7} {target['what']}: {target['measured']}")
    print(f"written to {folder}")


if __name__ == "__main__":
    sys.exit(main())
