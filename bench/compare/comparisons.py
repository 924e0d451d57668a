"""What each row compares: the corpus, the tools, and where they meet it."""

from __future__ import annotations

import shutil
from typing import Any, Callable

import growth
import pages
import serving
import tasks
import workers
from places import Link, Setting
from rows import Kept, Measurement, Row
from scene import Scene

FAR = Link(40, 200)


def small(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools, corpus = measurement.tools, measurement.corpus("small-100" if quick else "small-600")
    cold = Row("small", "Many small images, cold", corpus)
    warm = Row("warm", "The same, nothing to do", corpus)
    daily = Row("day", "The usual day", corpus.on_day(0),
                note="The tool mirrored all other images before. Each run finds other new ones, and the GCR-like front lists anew.")
    gcr = "gcrsync (GCR-like source)"

    def again(scene: Scene, kept: Kept) -> None:
        measurement.warm(warm, scene, kept, [
            (tools.skopeo(), "skopeo sync"),
            (tools.crane(), "crane cp -a -j 16"),
            (tools.crane("--no-clobber"), "crane cp -a -j 16"),
            (tools.gcrane(), "gcrane cp -r -j 16"),
            (tools.gcrsync(), "gcrsync"),
            (tools.gcrsync(True), gcr),
            (tools.gcrsync(True, "--check-destination", name="gcrsync --check-destination (GCR-like source)"), gcr),
        ])
        measurement.warm(daily, scene, kept, [
            (tools.crane(), "crane cp -a -j 16"),
            (tools.crane("--no-clobber"), "crane cp -a -j 16"),
            (tools.gcrsync(), "gcrsync"),
            (tools.gcrsync(True), gcr),
        ], daily=True)

    measurement.cold(
        cold, [tools.skopeo(), tools.crane(), tools.gcrane(), tools.gcrsync(), tools.gcrsync(True)], again)
    rows["small"], rows["warm"], rows["day"] = cold.as_json(), warm.as_json(), daily.as_json()


def day(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    """Is measured with the mirrors of the first row."""
    if "day" not in rows:
        small(measurement, rows, quick)


def small_run(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("run60", "A small run, cold", measurement.corpus("small-60"))
    compared = [tools.skopeo(), tools.crane(), tools.gcrane(), tools.oras(), tools.gcrsync(), tools.gcrsync(True)]
    rows["run60"] = measurement.cold(row, compared).as_json()


def large(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("large", "Large blobs, cold", measurement.corpus("large-few" if quick else "large"))
    rows["large"] = measurement.cold(row, [tools.skopeo(), tools.crane(), tools.oras(), tools.gcrsync()]).as_json()


def large_tls(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("tls", "Large blobs over TLS, cold", measurement.corpus("large-few" if quick else "large"), Setting(tls=True),
              "Both registries speak only TLS 1.3, with a certificate for an EC key (P-256).")
    rows["tls"] = measurement.cold(row, [tools.skopeo(), tools.crane(), tools.oras(), tools.gcrsync()]).as_json()


def light(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("light", "Light servers (nginx, crane registry), many small images, cold", measurement.corpus("small-100" if quick else "small-600"),
              Setting(light=True), "The source is nginx with static files, which lists as gcr.io does. The destination is "
              "`crane registry serve`, which keeps everything in memory and mounts nothing.", "nginx")
    rows["light"] = measurement.cold(row, [tools.crane(), tools.gcrsync()]).as_json()


def two_destinations(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("two", "Two destinations, many small images, cold", measurement.corpus("small-100" if quick else "small-600"),
              Setting(destinations=2), "gcrsync fills both in one run; crane first one, then the other.")
    rows["two"] = measurement.cold(row, [tools.crane(), tools.gcrsync()]).as_json()


def real(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("real", "Real files, cold", measurement.corpus("real"))
    rows["real"] = measurement.cold(row, [tools.skopeo(), tools.crane(), tools.oras(), tools.gcrsync()]).as_json()


def far(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("far", "Many small images over a far link, cold", measurement.corpus("small-60" if quick else "small-600"), Setting(FAR))
    # Without skopeo, which sends its 12,000 requests one after the other: a quarter of an hour a round.
    compared = [tools.crane(), tools.gcrane(), tools.gcrsync(), tools.gcrsync(True)]
    rows["far"] = measurement.cold(row, compared).as_json()


def both_far(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("both-far", "Many small images, source and destination far, cold", measurement.corpus("small-600"),
              Setting(FAR, far_destination=True), "A second, equal link leads to the destination.")
    compared = [tools.crane(), tools.gcrsync(), tools.gcrsync(True)]
    rows["both-far"] = measurement.cold(row, compared, rounds=min(3, measurement.rounds)).as_json()


def far_large(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    tools = measurement.tools
    row = Row("far-large", "Large blobs over a far link, cold", measurement.corpus("large-few"), Setting(FAR))
    compared = [tools.gcrsync()] if quick else [tools.skopeo(), tools.crane(), tools.oras(), tools.gcrsync()]
    rows["far-large"] = measurement.cold(row, compared, rounds=1 if quick else 0).as_json()


def memory(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    """The corpus is dropped at once: two of them and their copies would not fit into memory."""
    for key, name, title in [("memory-64m", "blobs-64m", "Memory with blobs of 64 MiB"),
                             ("memory-1g", "blobs-1g", "Memory with blobs of 1 GiB")]:
        row = Row(key, title, measurement.corpus(name))
        rows[key] = measurement.cold(row, [measurement.tools.gcrsync()], rounds=min(3, measurement.rounds)).as_json()
        shutil.rmtree(measurement.corpora.pop(name).folder)


def copies(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    for images in (1000, 10_000):
        row = Row(f"copies-{images}", f"{images:,} tiny images, cold", measurement.corpus(f"tiny-{images}"))
        rows[row.key] = measurement.cold(row, [measurement.tools.gcrsync()], rounds=min(3, measurement.rounds)).as_json()


def planning(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    rows["planning"] = growth.planning(measurement, [200, 2000] if quick else [2000, 20_000], min(3, measurement.rounds))


def start_up(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    rows["start-up"] = growth.start_up(measurement)


def server_pages(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    rows["pages"] = pages.pages(measurement)


def serving_folder(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    rows["registry"] = serving.serving(measurement, measurement.rounds, quick)


def several_workers(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    rows["workers"] = workers.workers(measurement, min(3, measurement.rounds))


def idle_tasks(measurement: Measurement, rows: dict[str, Any], quick: bool) -> None:
    rows["tasks"] = tasks.tasks(measurement, [(1000, 10), (10_000, 10), (1, 1000), (1, 10_000)], min(3, measurement.rounds))


# What measures a row, and whether a quick run has it.
ROWS: dict[str, tuple[Callable[[Measurement, dict[str, Any], bool], None], bool]] = {
    "small": (small, True),
    "day": (day, True),
    "run60": (small_run, True),
    "large": (large, True),
    "tls": (large_tls, True),
    "start-up": (start_up, True),
    "far": (far, True),
    "both-far": (both_far, False),
    "far-large": (far_large, True),
    "light": (light, True),
    "two": (two_destinations, True),
    "planning": (planning, True),
    "pages": (server_pages, True),
    "registry": (serving_folder, True),
    "workers": (several_workers, False),
    "tasks": (idle_tasks, False),
    "memory": (memory, False),
    "copies": (copies, False),
    "real": (real, True),
}
