"""A corpus with the servers around it, and one run of one tool in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import measure
from servers import Registry, Server, Talking
from tools import Job, NAMESPACE, Tool, environment, target
from verify import Reader, check

S = TypeVar("S", bound=Server)


@dataclass(frozen=True)
class Corpus:
    folder: Path
    name: str
    description: str
    images: list[dict[str, str]]
    blob_bytes: int

    @staticmethod
    def make(name: str, folder: Path) -> "Corpus":
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, str(Path(__file__).parent / "corpora.py"), name, str(folder)], check=True)
        made = json.loads((folder / "corpus.json").read_text())
        return Corpus(folder, name, made["description"], made["images"], made["blob_bytes"])

    def repositories(self) -> list[str]:
        return sorted({image["repository"] for image in self.images})


@dataclass(frozen=True)
class Java:
    """How the programs beside this file are started; class_path has gcrsync's own jars."""

    program: str
    class_path: str

    def command(self, name: str, *arguments: str) -> list[str]:
        folder = Path(__file__).parent / "java"
        return [self.program, "-XX:+UseSerialGC", "-Xmx2g", "-Dsun.net.httpserver.nodelay=true",
                f"-Dlogback.configurationFile={folder / 'logback.xml'}", "-cp", self.class_path,
                str(folder / f"{name}.java"), *arguments]


@dataclass(frozen=True)
class Link:
    """A link between the client and the source: one-way delay, and rate shared by all connections."""

    delay_ms: int
    mbit_per_s: int

    def seconds(self, size: int) -> float:
        return size * 8 / (self.mbit_per_s * 1e6)


class Scene:
    """The source of a corpus, near or far, and fresh destinations for it."""

    def __init__(self, corpus: Corpus, folder: Path, java: Java, gcr_like: bool, link: Link | None = None) -> None:
        self.corpus = corpus
        self.folder = folder
        self.stack = ExitStack()
        self.servers: list[Server] = []
        self.made = 0
        folder.mkdir(parents=True)
        self.home = folder / "home"
        self.home.mkdir()
        try:
            self.registry = self._served(Registry(folder / "source", corpus.folder / "content"))
            check(self.registry.host, {(i["repository"], i["tag"]): i["digest"] for i in corpus.images})
            self.source, self.gcr_source = self.registry.host, ""
            self.front: Talking | None = None
            if gcr_like:
                self.front = self._served(Talking(java.command("GcrLike", self.registry.host), folder / "front"))
                self.gcr_source = self.front.host
                self._list_all(self.front)
            if link:
                self.source = self._far(java, link, self.source, "far")
                self.gcr_source = self._far(java, link, self.gcr_source, "far-front") if gcr_like else ""
        except BaseException:
            self.close()
            raise

    def _far(self, java: Java, link: Link, host: str, name: str) -> str:
        command = java.command("FarLink", host, str(link.delay_ms), str(link.mbit_per_s))
        return self._served(Talking(command, self.folder / name)).host

    def _served(self, server: S) -> S:
        self.servers.append(server)
        return self.stack.enter_context(server)

    def _list_all(self, front: Talking) -> None:
        """The front makes its listings now and not while a tool is measured."""
        reader = Reader(front.host)
        for name in [NAMESPACE, *self.corpus.repositories()]:
            reader.get(f"/v2/{name}/tags/list")

    def destination(self) -> Registry:
        self.made += 1
        return Registry(self.folder / f"destination-{self.made}")

    def job_folder(self) -> Path:
        folder = self.folder / f"job-{self.made}"
        folder.mkdir()
        return folder

    def run(self, tool: Tool, destination: Registry, job_folder: Path, limit_s: float) -> dict[str, float]:
        """One measured and checked run, which is an error if it takes longer than the limit."""
        source = self.gcr_source if tool.gcr_like else self.source
        job = Job(source, destination.host, self.corpus.images, job_folder)
        command = tool.command(job)
        source_mark, destination_mark = self.registry.mark(), destination.mark()
        if self.front:
            self.front.ask("requests?")
        servers = [*self.servers, destination]
        before = sum(server.cpu_s() for server in servers)
        usage = measure.run(command, job_folder / "tool.log", environment(self.home), limit_s)
        read, written = self.registry.traffic_since(source_mark), destination.traffic_since(destination_mark)
        served = sum(server.cpu_s() for server in servers) - before
        asked = int(self.front.ask("requests?")) if self.front and tool.gcr_like else read.requests
        check(destination.host, {(target(i["repository"]), i["tag"]): i["digest"] for i in self.corpus.images})
        return measure.as_json(usage) | {
            "source_requests": asked,
            "destination_requests": written.requests,
            "source_blob_bytes": read.blob_bytes,
            "servers_cpu_s": round(served, 2),
        }

    def drop(self, destination: Registry, job_folder: Path) -> None:
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
