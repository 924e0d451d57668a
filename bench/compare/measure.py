"""Runs one program and measures it from outside."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from servers import end_with_parent


@dataclass(frozen=True)
class Usage:
    """Wall clock, processor time and most memory of a program and all it started."""

    wall_s: float
    cpu_s: float
    peak_rss_mib: float


class RunFailed(Exception):
    pass


def run(command: list[str], log: Path, environment: dict[str, str], limit_s: float) -> Usage:
    """Runs to the end; what it says goes to the log. A tool that fails, or takes longer than the limit, is an error."""
    with open(log, "ab") as out:
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=os.environ | environment,
            start_new_session=True, preexec_fn=end_with_parent)
        handle = os.pidfd_open(process.pid)
        try:
            ended = select.select([handle], [], [], limit_s)[0]
            if not ended:
                raise RunFailed(f"{command[0]} took longer than {limit_s:.0f} s; its log is {log}")
            wall = time.monotonic() - began
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            os.close(handle)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        last = log.read_text(errors="replace")[-1500:]
        raise RunFailed(f"{command[0]} ended with {process.returncode}: {last}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def spread(values: list[float]) -> dict[str, float]:
    return {"min": min(values), "median": median(values), "max": max(values)}


def as_json(usage: Usage) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(usage).items()}
