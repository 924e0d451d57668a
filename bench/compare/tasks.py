"""How planning into tasks, and draining them with nothing to do, grow with the number of images."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path

from rows import Measurement, say
from servers import Talking
from services import Database
from tools import NAMESPACE

COUNTED = "select count(*) from gcrsync.task"


def tasks(measurement: Measurement, sizes: list[tuple[int, int]], rounds: int) -> dict[str, object]:
    """sizes: repositories, and images of each. All images are gone by the time that a worker asks for them."""
    runs: list[list[dict[str, float]]] = [[] for _ in sizes]
    for turn in range(rounds):
        for i in range(len(sizes)) if turn % 2 == 0 else reversed(range(len(sizes))):
            run = drained(measurement, *sizes[i], measurement.folder / f"tasks-{turn}-{i}")
            runs[i].append(run)
            say(f"tasks: {sizes[i][0]} x {sizes[i][1]}: {run}")
    return {"title": "Tasks with nothing to do",
            "sizes": [{"repositories": size[0], "images": size[0] * size[1], "runs": found} for size, found in zip(sizes, runs)]}


def drained(measurement: Measurement, repositories: int, images: int, folder: Path) -> dict[str, float]:
    folder.mkdir()
    with ExitStack() as stack:
        source = stack.enter_context(
            Talking(measurement.java.command("Growth", str(repositories), str(images)), folder / "source"))
        database = Database(measurement, folder / "database", stack)
        config = folder / "gcrsync.yaml"
        config.write_text(json.dumps({"metadata": str(folder / "metadata"), "mirrors": [
            {"name": NAMESPACE, "source": f"{source.host}/{NAMESPACE}", "destination": f"{source.host}/mirror"}]}))
        server = stack.enter_context(database.server(config, folder / "server"))
        began = time.monotonic()
        server.start(NAMESPACE)
        while database.ask(COUNTED) != str(repositories):
            if measurement.seconds_left() <= 0:
                raise RuntimeError("the tasks did not appear in time")
            time.sleep(0.05)
        planned = time.monotonic()
        source.ask("")
        stack.enter_context(database.worker(config, folder / "worker"))
        working = time.monotonic()
        result = server.until(rf"{NAMESPACE}: run \S+ ended: (.*)", measurement.seconds_left())[1]
        ended = time.monotonic()
        if not result.endswith("0 failed, 0 waiting"):
            raise RuntimeError(f"the run ended: {result}")
        return {"plan_s": round(planned - began, 3), "drain_s": round(ended - working, 3),
                "requests": int(source.ask(""))}
