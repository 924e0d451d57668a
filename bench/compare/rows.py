"""The rows of the table: what is measured, with which tools, in which order."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from measure import RunFailed
from places import Destination, Java, Setting
from scene import Corpus, Scene, link_check
from tools import Tool, Tools

# A peer this much slower than the best one of its row cannot change the comparison; where runs are long it runs once.
HOPELESS = 3.0
LIMIT_S = 1200.0


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@dataclass
class Row:
    """
    note: what is special about it, in a sentence.
    source: the name of a source that is not docker-registry.
    """

    key: str
    title: str
    corpus: Corpus
    setting: Setting = Setting()
    note: str = ""
    source: str = ""
    tools: dict[str, dict[str, object]] = field(default_factory=dict)
    emulation: dict[str, float] = field(default_factory=dict)

    def add(self, tool: Tool, run: dict[str, float]) -> None:
        entry = self.tools.setdefault(tool.name, {"peer": tool.peer, "gcr_like": tool.gcr_like, "runs": []})
        entry["runs"].append(run)  # type: ignore[attr-defined]

    def failed(self, tool: Tool, why: str) -> None:
        entry = self.tools.setdefault(tool.name, {"peer": tool.peer, "gcr_like": tool.gcr_like, "runs": []})
        entry["failed"] = why

    def as_json(self) -> dict[str, object]:
        link = self.setting.link
        return {
            "title": self.title,
            "note": self.note,
            "source": self.source,
            "corpus": self.corpus.description,
            "images": len(self.corpus.images),
            "repositories": len(self.corpus.repositories()),
            "unique_blob_bytes": self.corpus.blob_bytes,
            "link": {"delay_ms_each_way": link.delay_ms, "mbit_per_s": link.mbit_per_s} if link else None,
            "link_seconds": round(link.seconds(self.corpus.blob_bytes), 2) if link else None,
            "emulation_check": self.emulation or None,
            "tools": self.tools,
        }


def alternating(tools: list[Tool], turn: int) -> list[Tool]:
    """Another tool begins in each round, and every second round goes the other way round."""
    turned = tools[turn % len(tools):] + tools[: turn % len(tools)]
    return turned[::-1] if turn % 2 else turned


Kept = dict[str, tuple[Destination, Path]]


class Measurement:
    """deadline: by time.monotonic(); no run is begun after it, and one under way is ended and does not count."""

    def __init__(self, tools: Tools, java: Java, folder: Path, rounds: int, deadline: float) -> None:
        self.tools, self.java, self.folder, self.rounds, self.deadline = tools, java, folder, rounds, deadline
        self.corpora: dict[str, Corpus] = {}

    def seconds_left(self) -> float:
        return min(LIMIT_S, self.deadline - time.monotonic())

    def corpus(self, name: str) -> Corpus:
        if name not in self.corpora:
            say(f"making corpus {name}")
            self.corpora[name] = Corpus.make(name, self.folder / "corpora" / name)
        return self.corpora[name]

    def cold(self, row: Row, tools: list[Tool], after: Callable[[Scene, Kept], None] | None = None,
             rounds: int = 0) -> Row:
        """Each run has a destination of its own, new and empty. What the last round filled is there for what comes after."""
        scene = Scene(row.corpus, self.folder / row.key, self.java, any(tool.gcr_like for tool in tools), row.setting,
                      self.tools.peers)
        kept: Kept = {}
        rounds = rounds or self.rounds
        try:
            if row.setting.link:
                row.emulation = link_check(scene)
                say(f"{row.key}: the link as measured: {row.emulation}")
            for turn in range(rounds):
                for tool in alternating(tools, turn):
                    if self._is_out(row, tool) or (row.setting.link and is_hopeless(row, tool)):
                        continue
                    destination, job_folder = scene.destination(), scene.job_folder()
                    if self._one(row, scene, tool, destination, job_folder) and after and turn == rounds - 1:
                        kept[tool.name] = (destination, job_folder)
                    else:
                        scene.drop(destination, job_folder)
            if after:
                after(scene, kept)
        finally:
            for destination, _ in kept.values():
                destination.close()
            scene.close()
        return row

    def warm(self, row: Row, scene: Scene, kept: Kept, tools: list[tuple[Tool, str]], daily: bool = False) -> Row:
        """
        tools: each with the name of the one whose finished mirror it is given.
        daily: each run finds the new images of another day, so that there are at most as many runs as days.
        """
        days = iter(range(len(scene.corpus.days)))
        there = {tool.name: kept[filled] for tool, filled in tools if filled in kept}
        able = [tool for tool, _ in tools if tool.name in there]
        for turn in range(self.rounds):
            for tool in alternating(able, turn):
                if self._is_out(row, tool):
                    continue
                day = next(days, None) if daily else None
                if daily and day is None:
                    return row
                with nullcontext() if day is None else scene.day(day, tool):
                    self._one(row, scene, tool, *there[tool.name])
        return row

    def _is_out(self, row: Row, tool: Tool) -> bool:
        return "failed" in row.tools.get(tool.name, {}) or self.seconds_left() <= 0

    def _one(self, row: Row, scene: Scene, tool: Tool, destination: Destination, job_folder: Path) -> bool:
        try:
            run = scene.run(tool, destination, job_folder, self.seconds_left())
        except RunFailed as e:
            if self.seconds_left() <= 0:
                say(f"{row.key}: {tool.name}: out of time")
                return False
            say(f"{row.key}: {tool.name} FAILED: {e}")
            row.failed(tool, str(e))
            return False
        row.add(tool, run)
        say(f"{row.key}: {tool.name}: {run['wall_s']:.2f} s, cpu {run['cpu_s']:.2f} s, {run['peak_rss_mib']:.0f} MiB, "
            f"bytes {run['source_blob_bytes'] / row.corpus.blob_bytes:.3f}, "
            f"requests {run['source_requests']:.0f} + {run['destination_requests']:.0f}")
        return True


def is_hopeless(row: Row, tool: Tool) -> bool:
    runs = row.tools.get(tool.name, {}).get("runs", [])
    best = min((entry["runs"][0]["wall_s"] for entry in row.tools.values() if entry["peer"] and entry["runs"]), default=0)
    return bool(tool.peer and runs and runs[0]["wall_s"] > HOPELESS * best)
