"""Rows that have no peer: start-up, and what becomes of gcrsync when there is ten times as much of everything."""

from __future__ import annotations

import measure
from rows import Measurement, say
from servers import Talking
from tools import NAMESPACE, environment

START_UPS = 11
HEAP_MIB = 512


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
    """A whole run that finds nothing to do, of namespaces of 50 tags a repository that the ledger knows in full."""
    servers: dict[int, Talking] = {}
    runs: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    destination = "127.0.0.1:9/mirror"  # Nothing listens there: a single request to it would fail the run.
    folder = measurement.folder / "planning"
    folder.mkdir()
    try:
        for size in sizes:
            say(f"planning: a ledger of {50 * size} tags is made")
            metadata = folder / f"metadata-{size}"
            servers[size] = Talking(
                measurement.java.command("Growth", str(size), "50", str(metadata), destination), folder / f"source-{size}")
        for turn in range(rounds):
            for size in sizes if turn % 2 == 0 else sizes[::-1]:
                servers[size].ask("")
                usage = measure.run(
                    [str(measurement.tools.gcrsync_program), "sync", "--source", servers[size].host, "--namespace", NAMESPACE,
                     "--destination", destination, "--metadata", str(folder / f"metadata-{size}"),
                     "--processcount", "-1", "--no-default-excludes"],
                    folder / f"log-{size}",
                    environment(folder) | {"GCRSYNC_JAVA_OPTIONS": f"-Xmx{HEAP_MIB}m"},
                    measurement.seconds_left())
                run = measure.as_json(usage) | {"source_requests": int(servers[size].ask(""))}
                runs[size].append(run)
                say(f"planning: {50 * size} tags: {run}")
    except measure.RunFailed as e:
        say(f"planning FAILED: {e}")
        if measurement.seconds_left() <= 0:
            return {"title": "Planning with nothing to do", "heap_mib": HEAP_MIB, "sizes": []}
        return {"title": "Planning", "failed": str(e)}
    finally:
        for server in servers.values():
            server.close()
    return {"title": "Planning with nothing to do", "heap_mib": HEAP_MIB,
            "sizes": [{"repositories": size, "tags": 50 * size, "runs": runs[size]} for size in sizes]}
