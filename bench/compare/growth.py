"""Rows that have no peer: start-up, and what becomes of gcrsync when there is ten times as much of everything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import measure
from rows import Measurement, say
from servers import Talking
from tools import NAMESPACE, environment

START_UPS = 11
HEAP_MIB = 512
TAGS = 50  # of each repository
CHANGES, CHECKPOINTS = 100, 5
DESTINATION = "127.0.0.1:9/mirror"  # Nothing listens there: a single request to it would fail the run.


def start_up(measurement: Measurement, times: int = START_UPS) -> dict[str, object]:
    commands = {
        "java -version": [measurement.java.program, "-version"],
        "gcrsync --version": [str(measurement.tools.gcrsync_program), "--version"],
        "gcrsync --help": [str(measurement.tools.gcrsync_program), "--help"],
    }
    folder = measurement.folder / "start-up"
    folder.mkdir()
    walls: dict[str, list[float]] = {name: [] for name in commands}
    cpus: dict[str, list[float]] = {name: [] for name in commands}
    for i in range(times + 1):
        for name, command in commands.items():
            usage = measure.run(command, folder / "log", environment(folder), 60)
            if i > 0:  # The first of each makes what the others find, as a start-up cache.
                walls[name].append(usage.wall_s)
                cpus[name].append(usage.cpu_s)
    for name in commands:
        say(f"start-up: {name}: {measure.spread(walls[name])['median'] * 1000:.0f} ms")
    return {"title": "Start-up", "rounds": times,
            "commands": {name: {"wall_s": measure.spread(walls[name]), "cpu_s": measure.spread(cpus[name])}
                         for name in commands}}


def planning(measurement: Measurement, sizes: list[int], rounds: int) -> dict[str, object]:
    """
    Namespaces of 50 tags a repository: a run that finds nothing to do, of a ledger that has all of them; a first plan, with an empty
    ledger; and a checkpoint in the largest ledger.
    """
    servers: dict[int, Talking] = {}
    folder = measurement.folder / "planning"
    folder.mkdir()
    failures: dict[str, str] = {}
    row: dict[str, object] = {"title": "Planning", "heap_mib": HEAP_MIB, "failures": failures}

    def metadata(size: int) -> Path:
        return folder / f"metadata-{size}"

    def sync(size: int, destination: str, most: int, ledger: Path) -> list[str]:
        return [str(measurement.tools.gcrsync_program), "sync", "--source", servers[size].host, "--namespace", NAMESPACE,
                "--destination", destination, "--processcount", str(most), "--no-default-excludes", "--metadata", str(ledger)]

    def first(size: int) -> list[str]:
        """Plans everything, and copies one image, which the source turns out to lack."""
        empty = folder / "empty"
        shutil.rmtree(empty, ignore_errors=True)
        shutil.rmtree(folder / "state", ignore_errors=True)
        return sync(size, f"{servers[size].host}/mirror", 1, empty)

    def planned(what: str, command_of: Callable[[int], list[str]]) -> list[dict[str, object]]:
        runs: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
        for turn in range(rounds):
            for size in sizes if turn % 2 == 0 else sizes[::-1]:
                servers[size].ask("")
                log = folder / "log"
                usage = measure.run(command_of(size), log, environment(folder) | {"GCRSYNC_JAVA_OPTIONS": f"-Xmx{HEAP_MIB}m"},
                                    measurement.seconds_left())
                log.unlink()
                run = measure.as_json(usage) | {"source_requests": int(servers[size].ask(""))}
                runs[size].append(run)
                say(f"planning, {what}: {TAGS * size} tags: {run}")
        return [{"repositories": size, "tags": TAGS * size, "runs": runs[size]} for size in sizes]

    try:
        for size in sizes:
            say(f"planning: a ledger of {TAGS * size} tags is made")
            servers[size] = Talking(measurement.java.command("Growth", str(size), str(TAGS), str(metadata(size)), DESTINATION),
                                    folder / f"source-{size}")
        largest = max(sizes)
        steps: dict[str, Callable[[], object]] = {
            "sizes": lambda: planned("nothing to do", lambda size: sync(size, DESTINATION, -1, metadata(size))),
            "first": lambda: planned("first plan", first),
            "checkpoint": lambda: checkpoints(measurement, largest, metadata(largest), servers[largest].host),
        }
        for name, step in steps.items():
            try:
                row[name] = step()
            except measure.RunFailed as e:
                if measurement.seconds_left() > 0:
                    say(f"planning FAILED: {e}")
                    failures[name] = str(e)
    finally:
        for server in servers.values():
            server.close()
    return row


def checkpoints(measurement: Measurement, repositories: int, metadata: Path, source: str) -> dict[str, object]:
    """The seconds of a checkpoint alone, each in a process of its own that has read the ledger."""
    seconds = []
    for i in range(CHECKPOINTS):
        command = measurement.java.command("Checkpoint", source, str(repositories), str(TAGS), str(metadata), DESTINATION,
                                           f"new-{i}", str(CHANGES), heap=f"{HEAP_MIB}m")
        out = metadata.with_suffix(f".checkpoint-{i}")
        measure.run(command, out, {}, measurement.seconds_left())
        seconds.append(round(float(out.read_text()), 3))
    say(f"planning: a checkpoint of {CHANGES} images: {seconds}")
    return {"tags": TAGS * repositories, "changes": CHANGES, "seconds": seconds}
