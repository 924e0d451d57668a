"""The tools that are compared: how each is told to mirror a whole corpus."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from corpora import NAMESPACE


@dataclass(frozen=True)
class Job:
    """What a tool is given: where from, where to, a folder of its own that outlives the run, and with TLS whom to trust."""

    source: str
    destinations: list[str]
    images: list[dict[str, str]]
    folder: Path
    ca: Path | None = None

    def repositories(self) -> list[str]:
        return sorted({image["repository"] for image in self.images})


@dataclass(frozen=True)
class Tool:
    """
    gcr_like: talks to a source that lists as gcr.io does, instead of to the registry itself.
    command: makes the command line of a job.
    """

    name: str
    peer: bool
    gcr_like: bool
    command: Callable[[Job], list[str]]


def target(repository: str) -> str:
    """All tools leave out the namespace and put the repositories below this path."""
    return "mirror" + repository.removeprefix(NAMESPACE)


class Tools:
    def __init__(self, root: Path) -> None:
        self.gcrsync_program = root / "gcrsync"
        self.peers = root / "bench/target/peers"

    def gcrsync(self, gcr_like: bool = False, *more: str, name: str = "") -> Tool:
        name = name or ("gcrsync (GCR-like source)" if gcr_like else "gcrsync")
        return Tool(name, False, gcr_like, lambda job: [
            str(self.gcrsync_program), "sync", "--source", job.source, "--namespace", NAMESPACE,
            *(word for host in job.destinations for word in ("--destination", f"{host}/mirror")),
            "--metadata", str(job.folder / "metadata"), *(["--ca-file", str(job.ca)] if job.ca else []),
            "--processcount", "-1", "--no-default-excludes", *more])

    def skopeo(self) -> Tool:
        def command(job: Job) -> list[str]:
            listed = {job.source: {"tls-verify": bool(job.ca), "images": {name: [] for name in job.repositories()}}}
            plan = job.folder / "skopeo.yaml"  # JSON is YAML too
            plan.write_text(json.dumps(listed))
            return ["skopeo", "sync", "--all", "--preserve-digests", "--src", "yaml", "--dest", "docker",
                    f"--dest-tls-verify={'true' if job.ca else 'false'}", str(plan), f"{job.destinations[0]}/mirror"]
        return Tool("skopeo sync", True, False, command)

    def crane(self, *more: str) -> Tool:
        name = " ".join(["crane cp -a -j 16", *more])
        return Tool(name, True, False, lambda job: one_by_one(
            [str(self.peers / "crane"), "cp", "-a", "-j", "16", *more, f"{job.source}/{name}",
             f"{host}/{target(name)}"] for host in job.destinations for name in job.repositories()))

    def gcrane(self) -> Tool:
        return Tool("gcrane cp -r -j 16", True, True, lambda job: [
            str(self.peers / "gcrane"), "cp", "-r", "-j", "16", f"{job.source}/{NAMESPACE}", f"{job.destinations[0]}/mirror"])

    def oras(self) -> Tool:
        def command(job: Job) -> list[str]:
            plain = "false" if job.ca else "true"
            return one_by_one(
                ["oras", "cp", "--no-tty", "--concurrency", "8", f"--from-plain-http={plain}", f"--to-plain-http={plain}",
                 f"{job.source}/{image['repository']}:{image['tag']}",
                 f"{job.destinations[0]}/{target(image['repository'])}:{image['tag']}"] for image in job.images)
        return Tool("oras cp --concurrency 8", True, False, command)


def one_by_one(commands: object) -> list[str]:
    """A tool that takes one repository or image is called for each, by a shell that costs next to nothing."""
    lines = [" ".join(shlex.quote(word) for word in command) for command in commands]  # type: ignore[attr-defined]
    return ["/bin/sh", "-e", "-c", "\n".join(lines)]


def environment(home: Path, ca: Path | None = None) -> dict[str, str]:
    """A home of its own, so that no settings and no credentials of this user play a part, nor anything cached before."""
    cleared = {name: "" for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
               if name in os.environ}
    trusted = {"SSL_CERT_FILE": str(ca)} if ca else {}
    return cleared | trusted | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_RUNTIME_DIR": str(home),
                      "XDG_CACHE_HOME": str(home / "cache"), "DOCKER_CONFIG": str(home / "docker")}
