"""Where a comparison takes place: which registries, how far away, and what a tool is told of them."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from light import CraneRegistry
from servers import Logged, Registry, Server, Talking, Tls
from tools import target
from verify import check


@dataclass(frozen=True)
class Java:
    """How the programs beside this file are started; class_path has gcrsync's own jars."""

    program: str
    class_path: str

    def command(self, name: str, *arguments: str, heap: str = "2g") -> list[str]:
        folder = Path(__file__).parent / "java"
        return [self.program, "-XX:+UseSerialGC", f"-Xmx{heap}", "-Dsun.net.httpserver.nodelay=true",
                f"-Dlogback.configurationFile={folder / 'logback.xml'}", "-cp", self.class_path,
                str(folder / f"{name}.java"), *arguments]


@dataclass(frozen=True)
class Link:
    """A link between the client and a registry: one-way delay, and rate shared by all connections."""

    delay_ms: int
    mbit_per_s: int

    def seconds(self, size: int) -> float:
        return size * 8 / (self.mbit_per_s * 1e6)

    def to(self, host: str, java: Java, folder: Path) -> Talking:
        return Talking(java.command("FarLink", host, str(self.delay_ms), str(self.mbit_per_s)), folder)


@dataclass(frozen=True)
class Setting:
    """
    link: to the source, and with far_destination a second one to the destination.
    tls: both sides speak only TLS.
    light: servers that cost next to nothing: static files, and a registry in memory.
    destinations: how many a tool has to fill.
    """

    link: Link | None = None
    far_destination: bool = False
    tls: bool = False
    light: bool = False
    destinations: int = 1


class Destination:
    """New and empty registries that one tool fills."""

    def __init__(self, folder: Path, setting: Setting, java: Java, peers: Path, tls: Tls | None) -> None:
        self.folder, self.tls = folder, tls
        self.registries: list[Logged] = []
        self.servers: list[Server] = []
        self.hosts: list[str] = []
        with ExitStack() as stack:
            for i in range(setting.destinations):
                home = folder / f"registry-{i}"
                registry = stack.enter_context(CraneRegistry(peers, home) if setting.light else Registry(home, tls=tls))
                self.registries.append(registry)
                self.servers.append(registry)
                host = registry.host
                if setting.link and setting.far_destination:
                    far = stack.enter_context(setting.link.to(host, java, folder / f"far-{i}"))
                    self.servers.append(far)
                    host = far.host
                self.hosts.append(host)
            self.stack = stack.pop_all()

    def check(self, images: list[dict[str, str]]) -> None:
        for registry in self.registries:
            check(registry.host, {(target(i["repository"]), i["tag"]): i["digest"] for i in images}, self.tls and self.tls.ca)

    def close(self) -> None:
        self.stack.close()

    def __enter__(self) -> "Destination":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def throw_away_authority(folder: Path) -> Tls:
    """An authority, and a certificate of it for a server on this machine."""
    ca, ca_key, certificate, key = (folder / name for name in ("ca.pem", "ca.key", "server.pem", "server.key"))
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "7"]
    for command in (
        [*new, "-subj", "/CN=gcrsync bench", "-keyout", str(ca_key), "-out", str(ca)],
        [*new, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
         "-CA", str(ca), "-CAkey", str(ca_key), "-keyout", str(key), "-out", str(certificate)],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return Tls(ca, certificate, key)
