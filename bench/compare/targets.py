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


def memory(row: dict[str, Any], limit: int) -> Judged:
    most = max(run["peak_rss_mib"] for run in ours(row)["runs"])
    return f"{most:.0f} MiB at most", most <= limit


def memory_growth(rows: Rows) -> Judged:
    little, much = (value(ours(rows[key]), "peak_rss_mib") for key in ("memory-64m", "memory-1g"))
    return f"{much / little - 1:+.1%} ({little:.0f} MiB with 64 MiB blobs, {much:.0f} MiB with 1 GiB)", much <= 1.1 * little


def listing_only(rows: Rows) -> Judged:
    row = rows["warm"]
    runs = ours(row, GCR)["runs"]
    source, destination = (max(run[name] for run in runs) for name in ("source_requests", "destination_requests"))
    wanted = listing_requests(row)
    return f"{source:.0f} + {destination:.0f} (wanted at most {wanted} + 0)", source <= wanted and destination == 0


def checked(rows: Rows) -> Judged:
    row = rows["warm"]
    runs = ours(row, "gcrsync --check-destination (GCR-like source)")["runs"]
    source, destination = (max(run[name] for run in runs) for name in ("source_requests", "destination_requests"))
    wanted = listing_requests(row)
    return (f"{source:.0f} + {destination:.0f} (wanted at most {wanted} + at most {row['images']})",
            source <= wanted and destination <= row["images"])


def listing_requests(row: dict[str, Any]) -> int:
    """One for the namespace, and one that finds no referrers API, which asks for what was added to images of the last days."""
    return row["repositories"] + 2


def link_time(row: dict[str, Any], most: float) -> Judged:
    times = wall(ours(row)) / row["link_seconds"]
    return f"{times:.2f} ({wall(ours(row)):.2f} s, bytes alone {row['link_seconds']:.2f} s)", times <= most


def filled(rows: Rows) -> Judged:
    row = rows["far-large"]
    share = row["link_seconds"] / wall(ours(row))
    return f"{share:.0%} ({wall(ours(row)):.2f} s, bytes alone {row['link_seconds']:.2f} s)", share >= 0.9


def of_planning(rows: Rows, what: str) -> Any:
    """Fails with KeyError where it was not measured."""
    if why := rows["planning"]["failures"].get(what):
        raise KeyError(why.strip().splitlines()[-1])
    return rows["planning"][what]


def planned(rows: Rows, what: str) -> Judged:
    small, big = of_planning(rows, what)
    times = [median(run["wall_s"] for run in size["runs"]) for size in (small, big)]
    return (f"{times[1] / times[0]:.1f} ({times[0]:.2f} s for {small['tags']:,} tags, {times[1]:.2f} s for {big['tags']:,}, "
            f"heap {rows['planning']['heap_mib']} MiB)", times[1] <= 12 * times[0])


def recorded(rows: Rows) -> Judged:
    made = of_planning(rows, "checkpoint")
    took = median(made["seconds"])
    return f"{took:.2f} s ({made['changes']} changes, {made['tags']:,} images)", took <= 5


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


GCR = "gcrsync (GCR-like source)"
HASHING = "skopeo|crane"  # oras does not hash what it copies.

TARGETS: list[tuple[str, str, Callable[[Rows], Judged]]] = [
    ("1", "Many small images, cold: wall at most 0.60 of the best peer", lambda r: ratio(r["small"], wall, 0.6, " s")),
    ("1", "Many small images, cold: every unique byte read once, exactly", lambda r: bytes_once(r["small"])),
    ("1", "Many small images, cold: requests at most 0.70 of the best peer's", lambda r: ratio(r["small"], requests, 0.7, "")),
    ("1", "Many small images, cold: peak RSS at most 96 MiB", lambda r: memory(r["small"], 96)),
    ("1", "A small run: wall at most 1.00 of crane", lambda r: ratio(r["run60"], wall, 1.0, " s", among="crane cp")),
    ("1", "Light servers, many small images, cold: wall at most 0.60 of crane", lambda r: ratio(r["light"], wall, 0.6, " s")),
    ("1", "Light servers, many small images, cold: client CPU at most 1.20 of crane's", lambda r: ratio(r["light"], cpu, 1.2, " s")),
    ("2", "Large blobs, cold: wall at most 1.00 of the best peer that hashes",
     lambda r: ratio(r["large"], wall, 1.0, " s", among=HASHING)),
    ("2", "Large blobs, cold: client CPU at most 1.00 of skopeo's", lambda r: ratio(r["large"], cpu, 1.0, " s", among="skopeo")),
    ("2", "Large blobs, cold: every unique byte read once", lambda r: bytes_once(r["large"])),
    ("2", "Large blobs, cold: peak RSS at most 256 MiB", lambda r: memory(r["large"], 256)),
    ("2", "Large blobs over TLS, cold: wall at most 1.00 of the best peer that hashes",
     lambda r: ratio(r["tls"], wall, 1.0, " s", among=HASHING)),
    ("2", "Large blobs over TLS, cold: client CPU at most 1.05 of skopeo's",
     lambda r: ratio(r["tls"], cpu, 1.05, " s", among="skopeo")),
    ("2", "Blobs of 1 GiB instead of 64 MiB: peak RSS at most 10 % higher", memory_growth),
    ("3", "Nothing to do: R+1 requests at a GCR-like source and one for signatures, 0 at the destination", listing_only),
    ("3", "Nothing to do: wall at most 0.50 of crane --no-clobber", lambda r: ratio(r["warm"], wall, 0.5, " s", GCR, "no-clobber")),
    ("3", "Nothing to do, --check-destination: at most one HEAD per tag more", checked),
    ("3", "The usual day: wall at most 0.60 of crane --no-clobber",
     lambda r: ratio(r["day"], wall, 0.6, " s", GCR, "no-clobber")),
    ("4", "Far registry, many small images, cold: wall at most 0.14 of crane",
     lambda r: ratio(r["far"], wall, 0.14, " s", among="crane cp")),
    ("4", "Far registry, many small images, cold: wall at most 2.0 x the bytes alone", lambda r: link_time(r["far"], 2.0)),
    ("4", "Far registry, large blobs: at least 90 % of the link", filled),
    ("4", "Both ends far, many small images, cold: wall at most 0.15 of crane",
     lambda r: ratio(r["both-far"], wall, 0.15, " s", among="crane cp")),
    ("5", "Ten times the tags, nothing to do: at most 12 times the time, heap of 512 MiB", lambda r: planned(r, "sizes")),
    ("5", "Ten times the tags, first plan: at most 12 times the time, heap of 512 MiB", lambda r: planned(r, "first")),
    ("5", "A checkpoint of 100 changes in a ledger of a million images: at most 5 s", recorded),
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
            failure = isinstance(e, KeyError) and " " in str(e.args[0])  # A tool's failure is told in words, a missing row by its key.
            measured, met = (f"failed: {e.args[0][:200]}", False) if failure else ("not measured in this run", None)
        judged.append({"target": number, "what": what, "measured": measured, "met": met})
    return judged
