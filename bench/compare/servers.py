"""The servers of a comparison: real registries, a front that lists like gcr.io, and a far link. Each is a process of its
own on a loopback port, ends with this process at the latest, and is stopped by its own pid."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

PATIENCE_S = 30
# Of a line of the access log: method, path without its query, status, bytes of the answer's body. Clients of a proxy send
# whole URLs.
LOGGED = re.compile(r'"([A-Z]+) (?:http://[^/ ]+)?(/\S*?)(?:\?\S*)? HTTP/[\d.]+" (\d{3}) (\d+)')

_libc = ctypes.CDLL(None)


def end_with_parent() -> None:
    pr_set_pdeathsig = 1
    _libc.prctl(pr_set_pdeathsig, signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Traffic:
    """What a server answered to."""

    requests: int
    blob_bytes: int


class Server:
    """A child process that is stopped at the end of its with block."""

    def __init__(self, command: list[str], folder: Path, **pipes: object) -> None:
        self.folder = folder
        self.errors = open(folder / "errors.log", "ab")
        self.process = subprocess.Popen(command, stderr=self.errors, preexec_fn=end_with_parent, cwd=folder, **pipes)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.errors.close()

    def cpu_s(self) -> float:
        """Processor time of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def words(self) -> str:
        return (self.folder / "errors.log").read_text(errors="replace")[-2000:]

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True)
class Tls:
    """The files of a server's certificate, and the authority that clients have to trust."""

    ca: Path
    certificate: Path
    key: Path


class Logged(Server):
    """A server on a loopback port whose log tells what it was asked for; what it prints is in access.log."""

    LINE = LOGGED

    def __init__(self, command: list[str], folder: Path, port: int, log: Path) -> None:
        self.host, self.log = f"127.0.0.1:{port}", log
        with open(folder / "access.log", "ab") as out:
            super().__init__(command, folder, stdout=out)
        self._wait(port)

    def _wait(self, port: int) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"{self.process.args} did not start: {self.words()}")

    def mark(self) -> int:
        """Where its log ends now; an answer's line may come a moment after the answer."""
        size, still = -1, 0
        while still < 3:
            now = self.log.stat().st_size
            still = still + 1 if now == size else 0
            size = now
            time.sleep(0.01)
        return size

    def traffic_since(self, mark: int) -> Traffic:
        self.mark()
        requests = blob_bytes = 0
        with open(self.log, errors="replace") as log:
            log.seek(mark)
            for line in log:
                logged = self.LINE.search(line)
                if logged:
                    requests += 1
                    if logged[1] == "GET" and "/blobs/sha256:" in logged[2]:
                        blob_bytes += int(logged[4])
        return Traffic(requests, blob_bytes)


class Registry(Logged):
    """Debian's docker-registry over a storage folder."""

    def __init__(self, folder: Path, content: Path | None = None, tls: Tls | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        secured = f", tls: {{certificate: '{tls.certificate}', key: '{tls.key}', minimumtls: tls1.3}}" if tls else ""
        (folder / "config.yml").write_text(
            "version: 0.1\n"
            "log: {level: error}\n"
            "storage:\n"
            f"  filesystem: {{rootdirectory: '{content or folder / 'content'}'}}\n"
            "  cache: {blobdescriptor: inmemory}\n"
            "  maintenance: {uploadpurging: {enabled: false}}\n"
            f"http: {{addr: '127.0.0.1:{port}'{secured}}}\n"
        )
        super().__init__(["docker-registry", "serve", str(folder / "config.yml")], folder, port, folder / "access.log")


class Talking(Server):
    """A Java program that says its address first and answers each line it is given with one line."""

    def __init__(self, command: list[str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(command, folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.host = self._line()

    def ask(self, line: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{self.process.args} ended: {self.words()}")
        return line


def working_folder(need_bytes: int, fallback: Path) -> Path:
    """A new folder in memory if there is room for what is to be kept, so that no disk is measured; else on disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > need_bytes and available_memory() > need_bytes:
        return Path(tempfile.mkdtemp(prefix="gcrsync-bench-", dir=memory))
    fallback.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="gcrsync-bench-", dir=fallback))


def available_memory() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0
