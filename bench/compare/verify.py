"""Checks a mirror by HTTP and SHA-256, with no code of any of the tools."""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure import RunFailed

ACCEPT = ", ".join([
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
])


class Reader:
    """ca: the authority that a server's certificate must be of; without one it is asked by plain HTTP."""

    def __init__(self, host: str, ca: Path | None = None) -> None:
        self.connection = http.client.HTTPConnection(host, timeout=60)
        if ca:
            self.connection = http.client.HTTPSConnection(host, timeout=60, context=ssl.create_default_context(cafile=ca))

    def get(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        self.connection.request(method, path, headers={"Accept": ACCEPT})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def count(self, path: str, end: float) -> int:
        """The bytes of what is there, as many as come until the end, by time.monotonic()."""
        self.connection.request("GET", path)
        answer, size = self.connection.getresponse(), 0
        while time.monotonic() < end and (content := answer.read(1 << 16)):
            size += len(content)
        if not answer.isclosed():
            self.connection.close()
        return size


def check(host: str, wanted: dict[tuple[str, str], str], ca: Path | None = None) -> None:
    """
    Every tag's manifest must have the wanted digest by its own bytes, and everything it names must be in its repository.

    wanted: (repository, tag) -> digest
    """
    repositories: dict[str, list[tuple[str, str]]] = {}
    for (repository, tag), digest in wanted.items():
        repositories.setdefault(repository, []).append((tag, digest))
    with ThreadPoolExecutor(4) as threads:
        problems = [problem for found in threads.map(lambda item: check_repository(Reader(host, ca), *item), repositories.items())
                    for problem in found]
    if problems:
        raise RunFailed(f"{len(problems)} differences, the first: {problems[0]}")


def check_repository(reader: Reader, name: str, tags: list[tuple[str, str]]) -> list[str]:
    seen, problems = set(), []

    def children(manifest: bytes) -> None:
        content = json.loads(manifest)
        for child in content.get("manifests", []):
            fetch(child["digest"], child["digest"])
        for blob in content.get("layers", []) + [c for c in [content.get("config")] if c]:
            if blob["digest"] not in seen:
                seen.add(blob["digest"])
                status, _ = reader.get(f"/v2/{name}/blobs/{blob['digest']}", "HEAD")
                if status != 200:
                    problems.append(f"{name}: blob {blob['digest']} answers {status}")

    def fetch(reference: str, digest: str) -> None:
        status, content = reader.get(f"/v2/{name}/manifests/{reference}")
        actual = "sha256:" + hashlib.sha256(content).hexdigest()
        if status != 200 or actual != digest:
            problems.append(f"{name}:{reference} answers {status} with {actual}, should be {digest}")
        elif digest not in seen:
            seen.add(digest)
            children(content)

    for tag, digest in tags:
        fetch(tag, digest)
    return problems
