"""How fast gcrsync registry serves a mirror, beside docker-registry with the same content and the same client."""

from __future__ import annotations

import json
import re
import time
from contextlib import ExitStack
from pathlib import Path

import measure
from rows import Measurement, alternating, say
from scene import Corpus
from servers import PATIENCE_S, Registry, Server
from tools import NAMESPACE, Tool, environment
from verify import ACCEPT, Reader

# A single process of curl uses one core, and would be measured instead of the servers.
CLIENTS, AT_ONCE = 2, 4
# How often everything is read in one run, so that a run takes long enough to be measured.
CORPORA = {"blobs-64m": 4, "small-600": 1}
QUICK = {"small-100": 2}


class FolderRegistry(Server):
    """gcrsync registry over a folder that gcrsync has mirrored."""

    def __init__(self, program: Path, content: Path, folder: Path) -> None:
        folder.mkdir()
        super().__init__([str(program), "registry", str(content), "--listen", "127.0.0.1:0"], folder)
        end = time.monotonic() + PATIENCE_S
        while not (begun := re.search(r"at http://(\S+);", self.words())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"gcrsync registry did not start: {self.words()}")
            time.sleep(0.01)
        self.host = begun[1]


def paths(host: str, corpus: Corpus) -> list[str]:
    """What clients request that pull every image: its manifest by tag, its config and its layers."""
    reader, found = Reader(host), []
    for image in corpus.images:
        name = image["repository"].removeprefix(f"{NAMESPACE}/")
        manifest = json.loads(reader.get(f"/v2/{image['repository']}/manifests/{image['tag']}")[1])
        found.append(f"{name}/manifests/{image['tag']}")
        found += [f"{name}/blobs/{blob['digest']}" for blob in [manifest["config"], *manifest["layers"]]]
    return found


def request_files(base: str, wanted: list[str], times: int, file: Path) -> list[Path]:
    """A file for each client with its share."""
    files = [file.with_suffix(f".{i}") for i in range(CLIENTS)]
    for i, each in enumerate(files):
        sizes = f'write-out = "%output{{>>{each}.sizes}}%{{size_download}}\\n"\n'
        each.write_text(sizes + "".join(f'url = "{base}/{path}"\noutput = /dev/null\n' for path in (wanted * times)[i::CLIENTS]))
    return files


def serving(measurement: Measurement, rounds: int, quick: bool) -> dict[str, object]:
    rows = {}
    for name, times in (QUICK if quick else CORPORA).items():
        corpus = measurement.corpus(name)
        rows[name] = {"corpus": corpus.description, "times": times} | one(measurement, corpus, times, rounds)
    return {"title": "Serving a mirror", "at_once": CLIENTS * AT_ONCE, "rounds": rounds, "corpora": rows}


def one(measurement: Measurement, corpus: Corpus, times: int, rounds: int) -> dict[str, object]:
    folder = measurement.folder / f"serving-{corpus.name}"
    folder.mkdir()
    program = measurement.tools.gcrsync_program
    with ExitStack() as stack:
        peer = stack.enter_context(Registry(folder / "docker-registry", corpus.folder / "content"))
        measure.run([str(program), "sync", "--source", peer.host, "--namespace", NAMESPACE, "--destination",
                     f"oci:{folder / 'mirror'}", "--metadata", str(folder / "metadata"), "--processcount", "-1",
                     "--no-default-excludes"], folder / "sync.log", environment(folder), measurement.seconds_left())
        ours = stack.enter_context(FolderRegistry(program, folder / "mirror", folder / "registry"))
        wanted = paths(peer.host, corpus)
        servers: dict[str, tuple[Server, list[Path]]] = {
            "gcrsync registry": (ours, request_files(f"http://{ours.host}/v2", wanted, times, folder / "ours")),
            "docker-registry": (peer, request_files(f"http://{peer.host}/v2/{NAMESPACE}", wanted, times, folder / "peer")),
        }
        tools = [Tool(name, False, False, lambda job: []) for name in servers]
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
        for turn in range(rounds + 1):
            for tool in alternating(tools, turn):
                server, files = servers[tool.name]
                run = fetch(server, files, folder, measurement.seconds_left())
                if turn > 0:  # The first finds a server that has just started.
                    runs[tool.name].append(run)
                    say(f"serving {corpus.name}: {tool.name}: {run}")
        sizes = {run["bytes"] for of_server in runs.values() for run in of_server}
        if len(sizes) != 1:
            raise RuntimeError(f"the servers did not send the same: {sizes}")
    return {"requests": len(wanted) * times, "bytes": sizes.pop(), "servers": runs}


def fetch(server: Server, files: list[Path], folder: Path, limit_s: float) -> dict[str, float]:
    sizes = [file.with_name(f"{file.name}.sizes") for file in files]
    for file in sizes:
        file.unlink(missing_ok=True)
    curl = ["curl", "--silent", "--show-error", "--fail", "--fail-early", "--header", f"Accept: {ACCEPT}", "--parallel",
            "--parallel-max", str(AT_ONCE), "--config"]
    shares = folder / "shares"
    shares.write_text("".join(f"{file}\n" for file in files))
    before = server.cpu_s()
    command = ["xargs", "--arg-file", str(shares), "-n", "1", "-P", str(CLIENTS), *curl]
    usage = measure.run(command, folder / "curl.log", {}, limit_s)
    sent = sum(int(line) for file in sizes for line in file.read_text().split())
    return measure.as_json(usage) | {"server_cpu_s": round(server.cpu_s() - before, 2), "bytes": sent}
