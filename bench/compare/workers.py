"""How gcrsync worker scales: the same mirror by more and more workers, each behind a link of its own."""

from __future__ import annotations

import json
import re
import shutil
import time
from contextlib import ExitStack
from pathlib import Path

from places import Link
from rows import Measurement, say
from scene import Corpus
from servers import Registry, Server, Talking
from services import Database, Service
from tools import NAMESPACE, target
from verify import check

LINK = Link(20, 50)
WORKERS = (1, 2, 4)
MIRROR, WARM_UP = "all", "warm-up"


class Cluster:
    """A source and a database, with a fresh destination, server and workers for each run."""

    def __init__(self, measurement: Measurement, corpus: Corpus, stack: ExitStack) -> None:
        self.measurement, self.corpus = measurement, corpus
        self.folder = measurement.folder / "workers"
        self.source = stack.enter_context(Registry(self.folder / "source", corpus.folder / "content"))
        self.database = Database(measurement, self.folder / "database", stack)
        self.made = 0

    def run(self, workers: int) -> dict[str, object]:
        self.made += 1
        folder = self.folder / f"run-{self.made}"
        folder.mkdir()
        with ExitStack() as stack:
            destination = stack.enter_context(Registry(folder / "destination"))
            config = folder / "gcrsync.yaml"
            config.write_text(json.dumps({"metadata": str(folder / "metadata"), "mirrors": [
                {"name": MIRROR, "source": f"{self.source.host}/{NAMESPACE}", "destination": f"{destination.host}/mirror"},
                {"name": WARM_UP, "source": f"{self.source.host}/{NAMESPACE}", "destination": f"{destination.host}/{WARM_UP}",
                 "repositories": "/app-[0-2]./"}]}))
            links = [stack.enter_context(self._link(folder / f"link-{i}")) for i in range(workers)]
            copying = [stack.enter_context(self.database.worker(config, folder / f"worker-{i}", f"--proxy=http://{link.host}"))
                       for i, link in enumerate(links)]
            server = stack.enter_context(self.database.server(config, folder / "server"))
            self._ended(server, WARM_UP)  # Workers run for months; none would be measured with cold code.
            mark = self.source.mark()
            others: list[Server] = [*links, self.source, destination]
            before = [cpu(servers) for servers in (copying, others)]
            began = time.monotonic()
            self._ended(server, MIRROR)
            wall = time.monotonic() - began
            after = [cpu(servers) for servers in (copying, others)]
            read = self.source.traffic_since(mark)
            check(destination.host, {(target(i["repository"]), i["tag"]): i["digest"] for i in self.corpus.images})
        shutil.rmtree(folder)
        return {"wall_s": round(wall, 4), "workers_cpu_s": round(after[0] - before[0], 2),
                "servers_cpu_s": round(after[1] - before[1], 2), "source_blob_bytes": read.blob_bytes}

    def _ended(self, server: Service, mirror: str) -> None:
        server.start(mirror)
        ended = server.until(rf"{mirror}: run \S+ ended: (.*)", self.measurement.seconds_left())[1]
        if not re.match(r"done, [1-9]\d* copied, 0 failed", ended):
            raise RuntimeError(f"the run of {mirror} ended: {ended}")

    def _link(self, folder: Path) -> Talking:
        return Talking(self.measurement.java.command("FarLink", "proxy", str(LINK.delay_ms), str(LINK.mbit_per_s)), folder)


def cpu(servers: list[Server]) -> float:
    return sum(server.cpu_s() for server in servers)


def workers(measurement: Measurement, rounds: int) -> dict[str, object]:
    corpus = measurement.corpus("spread")
    runs: dict[int, list[dict[str, object]]] = {count: [] for count in WORKERS}
    with ExitStack() as stack:
        cluster = Cluster(measurement, corpus, stack)
        for turn in range(rounds):
            for count in WORKERS if turn % 2 == 0 else WORKERS[::-1]:
                run = cluster.run(count)
                runs[count].append(run)
                say(f"workers: {count}: {run}")
    return {
        "title": "Workers, each behind a link of its own, cold",
        "corpus": corpus.description,
        "images": len(corpus.images),
        "unique_blob_bytes": corpus.blob_bytes,
        "link": {"delay_ms_each_way": LINK.delay_ms, "mbit_per_s": LINK.mbit_per_s},
        "link_seconds": round(LINK.seconds(corpus.blob_bytes), 2),
        "workers": [{"workers": count, "runs": runs[count]} for count in WORKERS],
    }
