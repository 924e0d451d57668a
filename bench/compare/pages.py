"""How long the pages of gcrsync server take with many mirrors, images and runs."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import measure
from rows import Measurement, say
from servers import PATIENCE_S, Talking
from services import Service
from tools import NAMESPACE

MIRRORS = 50
REPOSITORIES = 200
IMAGES = 50 * REPOSITORIES
RUNS = 1000
DESTINATION = "127.0.0.1:9/mirror"


def pages(measurement: Measurement, rounds: int = 21) -> dict[str, object]:
    folder = measurement.folder / "pages"
    config = folder / "mirrors.yaml"
    # The history of a file has a folder of its own.
    name = hashlib.sha256(str(config.absolute()).encode()).hexdigest()[:12]
    runs = folder / f"state/gcrsync/server/runs-{name}"
    runs.mkdir(parents=True)
    say(f"pages: {MIRRORS} mirrors, {IMAGES} images and {RUNS} runs are made")
    with Talking(measurement.java.command("Growth", str(REPOSITORIES), "50", str(folder / "metadata"), DESTINATION),
                 folder / "source") as source:
        config.write_text(json.dumps({"metadata": str(folder / "metadata"), "mirrors": [
            {"name": NAMESPACE if i == 0 else f"mirror-{i}", "source": f"{source.host}/{NAMESPACE}",
             "destination": DESTINATION if i == 0 else f"{DESTINATION}-{i}"} for i in range(MIRRORS)]}))
        newest = write_runs(runs)
        with Service(measurement.tools.gcrsync_program, config, folder, "--keep-runs=1000d") as server:
            end = time.monotonic() + PATIENCE_S
            while f"of {IMAGES} images" not in server.get("/catalog"):
                if time.monotonic() > end:
                    raise RuntimeError("the server did not read the ledger in time")
                time.sleep(0.1)
            paths = {"/": "/", "/runs": "/runs", f"a run of {IMAGES:,} images": f"/runs/{newest}",
                     f"the catalog of {IMAGES:,} images": "/catalog?q=r19+v4"}
            return {"title": "Pages of the server", "rounds": rounds, "mirrors": MIRRORS, "images": IMAGES, "runs": RUNS,
                    "pages": {name: took(server, name, path, rounds) for name, path in paths.items()}}


def took(server: Service, name: str, path: str, rounds: int) -> dict[str, float]:
    seconds = []
    for _ in range(rounds + 1):
        began = time.monotonic()
        server.get(path)
        seconds.append(time.monotonic() - began)
    spread = measure.spread(seconds[1:])
    say(f"pages: {name}: {spread['median'] * 1000:.0f} ms, the first {seconds[0] * 1000:.0f} ms")
    return spread


def write_runs(folder: Path) -> str:
    """Runs as the server keeps them, of which the newest has a large report; returns its ID."""
    now = datetime.now(UTC)
    run = ""
    for i in range(RUNS):
        begun = now - timedelta(minutes=RUNS - i)
        run = f"{begun:%Y%m%dT%H%M%SZ}-{i:08x}"
        last = i == RUNS - 1
        copied = [{"image": f"r{j // 50}:v{j % 50}", "to": f"{DESTINATION}/r{j // 50}:v{j % 50}"} for j in range(IMAGES if last else 10)]
        fields = {"run": run, "mirror": NAMESPACE if last else f"mirror-{1 + i % (MIRRORS - 1)}", "trigger": "schedule", "state": "done",
                  "started": f"{begun:%Y-%m-%dT%H:%M:%SZ}", "ended": f"{begun + timedelta(seconds=30):%Y-%m-%dT%H:%M:%SZ}",
                  "images": {"copied": len(copied), "failed": 0}, "bytesPulled": 31415926}
        report = {"mirrors": [{"copied": copied, "failures": [], "quarantined": []}]}
        (folder / f"{run}.json").write_text(json.dumps(fields) + "\n" + json.dumps(report) + "\n")
    return run
