"""Processes of gcrsync that run until they are stopped."""

from __future__ import annotations

import os
import re
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from rows import Measurement
from servers import PATIENCE_S, Server, Talking
from tools import environment


class Process(Server):
    """A command of gcrsync, with a home of its own, that has begun once its log has words."""

    def __init__(self, command: list[str], folder: Path, words: str, more: dict[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(command, folder, env=os.environ | environment(folder) | (more or {}))
        self.found = self.until(words)

    def until(self, words: str, patience_s: float = PATIENCE_S) -> re.Match[str]:
        """Waits until the log has words that match."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(words, self.words()):
                return found
            time.sleep(0.01)
        self.close()
        raise RuntimeError(f"not found in the log of {self.process.args}: {words}: {self.words()}")


class Service(Process):
    """gcrsync server."""

    def __init__(self, program: Path, config: Path, folder: Path, *flags: str, more: dict[str, str] | None = None) -> None:
        super().__init__([str(program), "server", f"--config={config}", "--listen=127.0.0.1:0", *flags], folder,
                         r"listening on (\S+)", more)
        self.url = self.found[1]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path) as answer:
            return answer.read().decode()

    def start(self, mirror: str) -> None:
        """Starts a run."""
        request = urllib.request.Request(f"{self.url}/api/v1/mirrors/{mirror}/run", method="POST")
        urllib.request.urlopen(request).close()


class Database:
    """PostgreSQL for a server and workers."""

    def __init__(self, measurement: Measurement, folder: Path, stack: ExitStack) -> None:
        self.program = measurement.tools.gcrsync_program
        self.talking = stack.enter_context(Talking(measurement.java.command("Postgres"), folder))
        self.url, _, password = self.talking.host.partition(" ")
        self.password = {"GCRSYNC_DATABASE_PASSWORD": password}

    def ask(self, sql: str) -> str:
        return self.talking.ask(sql)

    def worker(self, config: Path, folder: Path, *flags: str) -> Process:
        return Process([str(self.program), "worker", f"--config={config}", f"--database={self.url}", *flags], folder,
                       "takes tasks from", self.password)

    def server(self, config: Path, folder: Path) -> Service:
        return Service(self.program, config, folder, f"--database={self.url}", more=self.password)
