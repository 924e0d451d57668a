"""A corpus with the servers around it, and one run of one tool in it."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import measure
import store
from light import StaticFiles
from places import Destination, Java, Setting, throw_away_authority
from servers import Logged, Registry, Server, Talking
from tools import Job, NAMESPACE, Tool, environment
from verify import Reader, check

S = TypeVar("S", bound=Server)


@dataclass(frozen=True)
class Corpus:
    folder: Path
    name: str
    description: str
    images: list[dict[str, str]]
    blob_bytes: int
    days: list[dict[str, Any]]

    @staticmethod
    def make(name: str, folder: Path) -> "Corpus":
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, str(Path(__file__).parent / "corpora.py"), name, str(folder)], check=True)
        made = json.loads((folder / "corpus.json").read_text())
        return Corpus(folder, name, made["description"], made["images"], made["blob_bytes"], made["days"])

    def repositories(self) -> list[str]:
        return sorted({image["repository"] for image in self.images})

    def on_day(self, number: int) -> "Corpus":
        """With the few new images of a day, and their bytes for those to be copied."""
        day = self.days[number]
        return replace(self, images=self.images + day["images"], blob_bytes=day["blob_bytes"],
                       description=f"{self.description}; then {len(day['images'])} new images in as many repositories, each with one "
                                   "layer and a config of its own")


class Scene:
    """The source of a corpus, and fresh destinations for it."""

    def __init__(self, corpus: Corpus, folder: Path, java: Java, gcr_like: bool, setting: Setting, peers: Path) -> None:
        self.corpus, self.folder, self.java, self.setting, self.peers = corpus, folder, java, setting, peers
        self.stack = ExitStack()
        self.servers: list[Server] = []
        self.made = 0
        folder.mkdir(parents=True)
        self.home = folder / "home"
        self.home.mkdir()
        try:
            self.tls = throw_away_authority(folder) if setting.tls else None
            self.registry = self._served(self._registry())
            self._check_tls()
            check(self.registry.host, {(i["repository"], i["tag"]): i["digest"] for i in corpus.images}, self.ca)
            self.source, self.gcr_source = self.registry.host, ""
            self.front: Talking | None = None
            if gcr_like:
                self.front = self._served(Talking(java.command("GcrLike", self.registry.host), folder / "front"))
                self.gcr_source = self.front.host
                self._list_all(self.front)
            if setting.link:
                self.source = self._served(setting.link.to(self.source, java, folder / "far")).host
                if gcr_like:
                    self.gcr_source = self._served(setting.link.to(self.gcr_source, java, folder / "far-front")).host
        except BaseException:
            self.close()
            raise

    @property
    def ca(self) -> Path | None:
        return self.tls and self.tls.ca

    def _registry(self) -> Logged:
        content, folder = self.corpus.folder / "content", self.folder / "source"
        return StaticFiles(folder, content, self.corpus.images) if self.setting.light else Registry(folder, content, self.tls)

    def _check_tls(self) -> None:
        """No tool can have fallen back to plain HTTP if the registry does not answer it."""
        if self.tls:
            plain = http.client.HTTPConnection(self.registry.host, timeout=60)
            plain.request("GET", "/v2/")
            if plain.getresponse().status != 400:
                raise RuntimeError("a registry with TLS answers plain HTTP")

    def _served(self, server: S) -> S:
        self.servers.append(server)
        return self.stack.enter_context(server)

    def _list_all(self, front: Talking) -> None:
        """The front makes its listings now and not while a tool is measured."""
        reader = Reader(front.host)
        for name in [NAMESPACE, *self.corpus.repositories()]:
            reader.get(f"/v2/{name}/tags/list")

    @contextmanager
    def day(self, number: int, tool: Tool) -> Iterator[None]:
        """The images of a day are at the source, as well as all others, until the tool has run."""
        all_before, root = self.corpus, self.corpus.folder / "content"
        new = all_before.days[number]["images"]
        try:
            for image in new:
                store.show(root, image)
            self.corpus = all_before.on_day(number)
            if self.front and tool.gcr_like:
                self.front.ask("list")
                self._list_all(self.front)
            yield
        finally:
            self.corpus = all_before
            for image in new:
                store.hide(root, image)

    def destination(self) -> Destination:
        self.made += 1
        return Destination(self.folder / f"destination-{self.made}", self.setting, self.java, self.peers, self.tls)

    def job_folder(self) -> Path:
        folder = self.folder / f"job-{self.made}"
        folder.mkdir()
        return folder

    def run(self, tool: Tool, destination: Destination, job_folder: Path, limit_s: float) -> dict[str, float]:
        """One measured and checked run, which is an error if it takes longer than the limit."""
        source = self.gcr_source if tool.gcr_like else self.source
        job = Job(source, destination.hosts, self.corpus.images, job_folder, self.ca)
        command = tool.command(job)
        logs = [self.registry, *destination.registries]
        marks = [log.mark() for log in logs]
        if self.front:
            self.front.ask("requests?")
        servers = [*self.servers, *destination.servers]
        before = sum(server.cpu_s() for server in servers)
        usage = measure.run(command, job_folder / "tool.log", environment(self.home, self.ca), limit_s)
        read, *written = (log.traffic_since(mark) for log, mark in zip(logs, marks))
        served = sum(server.cpu_s() for server in servers) - before
        asked = int(self.front.ask("requests?")) if self.front and tool.gcr_like else read.requests
        destination.check(self.corpus.images)
        return measure.as_json(usage) | {
            "source_requests": asked,
            "destination_requests": sum(each.requests for each in written),
            "source_blob_bytes": read.blob_bytes,
            "servers_cpu_s": round(served, 2),
        }

    def drop(self, destination: Destination, job_folder: Path) -> None:
        destination.close()
        shutil.rmtree(destination.folder)
        shutil.rmtree(job_folder)

    def close(self) -> None:
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def link_check(scene: Scene) -> dict[str, float]:
    """What the emulated link really does: round trips of a new and of a kept connection, and bytes a second of eight."""
    reader = Reader(scene.source)
    times = []
    for _ in range(6):
        began = time.monotonic()
        reader.get("/v2/")
        times.append(time.monotonic() - began)
    paths, at_once = blob_paths(scene)[-32:], 8
    end = time.monotonic() + 3

    def fetch(share: int) -> int:
        connection = Reader(scene.source)
        return sum(connection.count(path, end) for path in paths[share::at_once] if time.monotonic() < end)

    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as threads:
        size = sum(threads.map(fetch, range(at_once)))
    return {
        "first_request_ms": round(times[0] * 1000, 1),
        "round_trip_ms": round(sorted(times[1:])[2] * 1000, 1),
        "mbit_per_s": round(size * 8e-6 / (time.monotonic() - began), 1),
    }


def blob_paths(scene: Scene) -> list[str]:
    """The largest layers of the corpus, the largest last."""
    reader, sizes = Reader(scene.registry.host), {}
    for image in scene.corpus.images:
        manifest = json.loads(reader.get(f"/v2/{image['repository']}/manifests/{image['tag']}")[1])
        for layer in manifest.get("layers", []):
            sizes[f"/v2/{image['repository']}/blobs/{layer['digest']}"] = layer["size"]
    return sorted(sizes, key=lambda path: sizes[path])
