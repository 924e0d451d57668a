"""What gcrsync wants to reach, row by row, against what was measured."""

from __future__ import annotations

from statistics import median
from typing import Any, Callable

Rows = dict[str, Any]


def value(entry: dict[str, Any], name: str) -> float:
    return median(run[name] for run in entry["runs"])


def requests(entry: dict[str, Any]) -> float:
    return median(run["source_requests"] + run["destination_requests"] for run in entry["runs"])


def ours(row: dict[str, Any], name: str = "gcrsync") -> dict[str, Any]:
    """Fails with KeyError where there is nothing measured to judge."""
    entry = row["tools"][name]
    if entry.get("failed"):
        raise KeyError(entry["failed"])
    return entry


def best(row: dict[str, Any], measure: Callable[[dict[str, Any]], float], among: str = "") -> tuple[str, float]:
    peers = {name: measure(entry) for name, entry in row["tools"].items()
             if entry["peer"] and entry["runs"] and not entry.get("failed") and any(a in name for a in among.split("|"))}
    name = min(peers, key=peers.__getitem__)
    return name, peers[name]


def wall(entry: dict[str, Any]) -> float:
    return value(entry, "wall_s")


def cpu(entry: dict[str, Any]) -> float:
    return value(entry, "cpu_s")


Judged = tuple[str, bool]


def ratio(row: dict[str, Any], measure: Callable[[dict[str, Any]], float], most: float, unit: str,
          mine: str = "gcrsync", among: str = "") -> Judged:
    name, theirs = best(row, measure, among)
    own = measure(ours(row, mine))
    figures = f"{own:.0f}{unit} to {theirs:.0f}{unit}" if unit == "" else f"{own:.2f}{unit} to {theirs:.2f}{unit}"
    return f"{own / theirs:.2f} ({figures} of {name})", own / theirs <= most


def bytes_once(row: dict[str, Any]) -> Judged:
    runs = ours(row)["runs"]
    unique = row["unique_blob_bytes"]
    worst = max(runs, key=lambda run: abs(run["source_blob_bytes"] - unique))["source_blob_bytes"]
    return f"{worst / unique:.4f} ({worst:,} of {unique:,} bytes in the run that is furthest off)", worst == unique


def memory(row: dict[str, Any]) -> Judged:
    most = max(run["peak_rss_mib"] for run in ours(row)["runs"])
    return f"{most:.0f} MiB at most", most <= 256


def memory_growth(rows: Rows) -> Judged:
    little, much = (value(ours(rows[key]), "peak_rss_mib") for key in ("memory-64m", "memory-1g"))
    return f"{much / little - 1:+.1%} ({little:.0f} MiB with 64 MiB blobs, {much:.0f} MiB with 1 GiB)", much <= 1.1 * little


def listing_only(rows: Rows) -> Judged:
    row = rows["warm"]
    runs = ours(row, "gcrsync (GCR-like source)")["runs"]
    source, destination = (max(run[name] for run in runs) for name in ("source_requests", "destination_requests"))
    wanted = row["repositories"] + 1
    return f"{source:.0f} + {destination:.0f} (wanted {wanted} + 0)", source == wanted and destination == 0


def checked(rows: Rows) -> Judged:
    row = rows["warm"]
    runs = ours(row, "gcrsync --check-destination (GCR-like source)")["runs"]
    source, destination = (max(run[name] for run in runs) for name in ("source_requests", "destination_requests"))
    return (f"{source:.0f} + {destination:.0f} (wanted {row['repositories'] + 1} + at most {row['images']})",
            source == row["repositories"] + 1 and destination <= row["images"])


def filled(rows: Rows) -> Judged:
    row = rows["far-large"]
    share = row["link_seconds"] / wall(ours(row))
    return f"{share:.0%} ({wall(ours(row)):.2f} s, bytes alone {row['link_seconds']:.2f} s)", share >= 0.9


def planned(rows: Rows) -> Judged:
    small, big = rows["planning"]["sizes"]
    times = [median(run["wall_s"] for run in size["runs"]) for size in (small, big)]
    return (f"{times[1] / times[0]:.1f} ({times[0]:.2f} s for {small['tags']:,} tags, {times[1]:.2f} s for {big['tags']:,}, "
            f"heap {rows['planning']['heap_mib']} MiB)", times[1] <= 12 * times[0])


def steady(rows: Rows) -> Judged:
    small, big = (rows[key]["images"] / wall(ours(rows[key])) for key in ("copies-1000", "copies-10000"))
    return f"{big / small - 1:+.0%} ({small:.0f} and {big:.0f} images/s)", abs(big / small - 1) <= 0.15


def start_up(rows: Rows, command: str) -> Judged:
    commands = rows["start-up"]["commands"]
    own, theirs = (commands[name]["wall_s"]["median"] for name in (command, "java -version"))
    return f"{own / theirs:.1f} ({own * 1000:.0f} ms to {theirs * 1000:.0f} ms)", own <= 3 * theirs


def slowest_page(rows: Rows) -> Judged:
    name, wall = max(rows["pages"]["pages"].items(), key=lambda page: page[1]["median"])
    return f"{wall['median'] * 1000:.0f} ms ({name})", wall["median"] <= 0.2


def scaled(rows: Rows) -> Judged:
    one, *_, four = (median(run["wall_s"] for run in entry["runs"]) for entry in rows["workers"]["workers"])
    return f"{one / four:.2f} ({one:.2f} s with one, {four:.2f} s with four)", one >= 3.5 * four


def served(rows: Rows) -> Judged:
    shares = {}
    for name, entry in rows["registry"]["corpora"].items():
        walls = {server: median(run["wall_s"] for run in runs) for server, runs in entry["servers"].items()}
        shares[name] = walls["gcrsync registry"] / walls["docker-registry"]
    return ", ".join(f"{share:.2f} ({name})" for name, share in shares.items()), max(shares.values()) <= 1.0


TARGETS: list[tuple[str, str, Callable[[Rows], Judged]]] = [
    ("1", "Many small images, cold: wall at most 0.60 of the best peer", lambda r: ratio(r["small"], wall, 0.6, " s")),
    ("1", "Many small images, cold: every unique byte read once, exactly", lambda r: bytes_once(r["small"])),
    ("1", "Many small images, cold: requests at most 0.70 of the best peer's", lambda r: ratio(r["small"], requests, 0.7, "")),
    ("2", "Large blobs, cold: wall at most 1.00 of the best peer", lambda r: ratio(r["large"], wall, 1.0, " s")),
    ("2", "Large blobs, cold: client CPU at most 1.00 of skopeo's and crane's",
     lambda r: ratio(r["large"], cpu, 1.0, " s", among="skopeo|crane")),
    ("2", "Large blobs, cold: every unique byte read once", lambda r: bytes_once(r["large"])),
    ("2", "Large blobs, cold: peak RSS at most 256 MiB", lambda r: memory(r["large"])),
    ("2", "Blobs of 1 GiB instead of 64 MiB: peak RSS at most 10 % higher", memory_growth),
    ("3", "Nothing to do: R+1 requests at a GCR-like source, 0 at the destination", listing_only),
    ("3", "Nothing to do: wall at most 0.60 of the best peer",
     lambda r: ratio(r["warm"], wall, 0.6, " s", "gcrsync (GCR-like source)")),
    ("3", "Nothing to do, --check-destination: at most one HEAD per tag more", checked),
    ("4", "Far registry, many small images, cold: wall at most 0.15 of the best peer",
     lambda r: ratio(r["far"], wall, 0.15, " s")),
    ("4", "Far registry, large blobs: at least 90 % of the link", filled),
    ("5", "Ten times the tags, nothing to do: at most 12 times the time, heap of 512 MiB", planned),
    ("5", "10,000 tiny images copied at the rate of 1,000, within 15 %", steady),
    ("6", "gcrsync --version: at most 3 x java -version", lambda r: start_up(r, "gcrsync --version")),
    ("6", "gcrsync --help: at most 3 x java -version", lambda r: start_up(r, "gcrsync --help")),
    ("7", "Pages of the server with 50 mirrors, 10,000 images and 1,000 runs: at most 200 ms each", slowest_page),
    ("8", "Four workers, each behind a link of its own: at least 3.5 times as fast as one", scaled),
    ("9", "A mirror served by gcrsync registry: wall at most 1.00 of docker-registry's", served),
]


def judge(rows: Rows) -> list[dict[str, Any]]:
    judged = []
    for number, what, judgement in TARGETS:
        try:
            measured, met = judgement(rows)
        except (KeyError, ValueError) as e:
            failure = isinstance(e, KeyError) and " " in str(e)  # A tool's failure is told in words, a missing row by its key.
            measured, met = (f"failed: {str(e)[:200]}", False) if failure else ("not measured in this run", None)
        judged.append({"target": number, "what": what, "measured": measured, "met": met})
    return judged
