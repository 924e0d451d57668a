"""The measurements as a page: one table a row, then the targets."""

from __future__ import annotations

from statistics import median
from typing import Any

WORD = {True: "met", False: "**missed**", None: "not measured"}


def seconds(values: list[float]) -> str:
    middle = median(values)
    if len(values) == 1:
        return f"{middle:.2f}"
    return f"{middle:.2f} ({min(values):.2f} – {max(values):.2f})"


def tool_line(row: dict[str, Any], name: str, entry: dict[str, Any]) -> str:
    talked = "GCR-like front" if entry["gcr_like"] else row["source"] or "docker-registry"
    if entry.get("failed"):
        return f"| {name} | {talked} | failed: {entry['failed'][:160].replace('|', ' ').splitlines()[0]} | | | | | | |"
    runs = entry["runs"]

    def all_of(key: str) -> list[float]:
        return [run[key] for run in runs]

    read = median(all_of("source_blob_bytes"))
    factor = f"{read / row['unique_blob_bytes']:.2f}" if read else ""
    asked = f"{median(all_of('source_requests')):.0f} + {median(all_of('destination_requests')):.0f}"
    bold = "" if entry["peer"] else "**"
    return (f"| {bold}{name}{bold} | {talked} | {seconds(all_of('wall_s'))} | {seconds(all_of('cpu_s'))} "
            f"| {median(all_of('servers_cpu_s')):.1f} "
            f"| {max(all_of('peak_rss_mib')):.0f} | {factor} | {asked} | {len(runs)} |")


def row_section(row: dict[str, Any]) -> list[str]:
    lines = [f"### {row['title']}", "", f"{row['corpus']}; {row['unique_blob_bytes'] / 1e6:.1f} MB of unique blobs."]
    if row["note"]:
        lines.append(row["note"])
    if row["link"]:
        link, check = row["link"], row["emulation_check"]
        lines.append(
            f"Link: {link['delay_ms_each_way']} ms each way, {link['mbit_per_s']} Mbit/s shared, at the source; bytes alone take "
            f"{row['link_seconds']:.1f} s. Measured before the first run: {check['round_trip_ms']} ms for a request on an "
            f"open connection, {check['first_request_ms']} ms on a new one, {check['mbit_per_s']} Mbit/s over eight "
            "connections, request latency included.")
    lines += ["", "| tool | source | wall, s | client CPU, s | servers' CPU, s | peak RSS, MiB | bytes read / unique "
              "| requests, source + destination | runs |", "|---|---|---|---|---|---|---|---|---|"]
    ordered = sorted(row["tools"].items(), key=lambda item: (
        bool(item[1].get("failed")), median([r["wall_s"] for r in item[1]["runs"]] or [0])))
    return lines + [tool_line(row, name, entry) for name, entry in ordered] + [""]


def start_up_section(row: dict[str, Any]) -> list[str]:
    lines = ["### Start-up", "", "| command | wall, ms | CPU, ms | runs |", "|---|---|---|---|"]
    for name, figures in row["commands"].items():
        wall, cpu = ({key: 1000 * value for key, value in figures[kind].items()} for kind in ("wall_s", "cpu_s"))
        lines.append(f"| {name} | {wall['median']:.0f} ({wall['min']:.0f} – {wall['max']:.0f}) "
                     f"| {cpu['median']:.0f} ({cpu['min']:.0f} – {cpu['max']:.0f}) | {row['rounds']} |")
    return [*lines, ""]


def planning_section(row: dict[str, Any]) -> list[str]:
    kinds = {"sizes": "nothing to do", "first": "first plan"}
    lines = [f"### {row['title']}", "", "Complete commands, including start-up, against a source that lists as gcr.io does: `gcrsync sync` "
             "with a ledger that records every tag, and with an empty ledger, of which the run copies one image (`--processcount 1`). The heap is limited to "
             f"{row['heap_mib']} MiB.", "",
             "| | tags | repositories | wall, s | CPU, s | peak RSS, MiB | requests at the source |", "|---|---|---|---|---|---|---|"]
    for key, kind in kinds.items():
        for size in row.get(key, []):
            runs = size["runs"]
            lines.append(f"| {kind} | {size['tags']:,} | {size['repositories']:,} | {seconds([r['wall_s'] for r in runs])} "
                         f"| {seconds([r['cpu_s'] for r in runs])} | {max(r['peak_rss_mib'] for r in runs):.0f} "
                         f"| {median(r['source_requests'] for r in runs):,.0f} |")
    if made := row.get("checkpoint"):
        lines += ["", f"A checkpoint of {made['changes']} new images in the ledger of {made['tags']:,}, in a process that has read the "
                      f"ledger, takes {seconds(made['seconds'])} s ({len(made['seconds'])} runs)."]
    lines += ["", *(f"Failed, {kinds.get(key, key)}: {why.strip().splitlines()[-1][:200]}" for key, why in row["failures"].items())]
    return [*lines, ""] if row["failures"] else lines


def pages_section(row: dict[str, Any]) -> list[str]:
    lines = [f"### {row['title']}", "", f"`gcrsync server` with {row['mirrors']} mirrors, {row['images']:,} images and {row['runs']:,} runs.", "",
             "| page | wall, ms | runs |", "|---|---|---|"]
    for name, wall in row["pages"].items():
        low, middle, high = (1000 * wall[key] for key in ("min", "median", "max"))
        lines.append(f"| {name} | {middle:.0f} ({low:.0f} – {high:.0f}) | {row['rounds']} |")
    return [*lines, ""]


def serving_section(row: dict[str, Any]) -> list[str]:
    lines = [f"### {row['title']}", "", "`gcrsync registry` over a folder that gcrsync mirrored, and docker-registry with the same content. The same "
             f"clients (two of curl) read every manifest, config and layer, {row['at_once']} at a time, once before the first measured run.", "",
             "| corpus | server | wall, s | server's CPU, s | MB/s | requests/s | runs |", "|---|---|---|---|---|---|---|"]
    for entry in row["corpora"].values():
        for name, runs in entry["servers"].items():
            walls = [run["wall_s"] for run in runs]
            lines.append(f"| {entry['corpus']} | {name} | {seconds(walls)} | {median(run['server_cpu_s'] for run in runs):.2f} "
                         f"| {entry['bytes'] / 1e6 / median(walls):,.0f} | {entry['requests'] / median(walls):,.0f} | {len(runs)} |")
    return [*lines, ""]


def workers_section(row: dict[str, Any]) -> list[str]:
    link = row["link"]
    lines = [f"### {row['title']}", "", f"{row['corpus']}; {row['unique_blob_bytes'] / 1e6:.1f} MB of unique blobs.",
             f"`gcrsync server` and `gcrsync worker` with one PostgreSQL, all started before. Each worker reaches both registries "
             f"over a link of its own: {link['delay_ms_each_way']} ms each way, {link['mbit_per_s']} Mbit/s in each direction; bytes "
             f"alone take {row['link_seconds']:.1f} s on one link. Server, workers, links and registries share the cores.", "",
             "| workers | wall, s | one worker's wall / this | workers' CPU, s | servers' CPU, s | bytes read / unique | runs |",
             "|---|---|---|---|---|---|---|"]
    one = median(run["wall_s"] for run in row["workers"][0]["runs"])
    for entry in row["workers"]:
        runs = entry["runs"]
        walls = [run["wall_s"] for run in runs]
        lines.append(f"| {entry['workers']} | {seconds(walls)} | {one / median(walls):.2f} "
                     f"| {median(run['workers_cpu_s'] for run in runs):.1f} | {median(run['servers_cpu_s'] for run in runs):.1f} "
                     f"| {max(run['source_blob_bytes'] for run in runs) / row['unique_blob_bytes']:.3f} | {len(runs)} |")
    return [*lines, ""]


def tasks_section(row: dict[str, Any]) -> list[str]:
    lines = [f"### {row['title']}", "", "`gcrsync server --database` plans each repository into a task. Then one worker drains the "
             "tasks; all images are gone at the source. Planning includes listing the source.", "",
             "| images | tasks | planning, s | draining, s | images drained a second | requests while draining | runs |",
             "|---|---|---|---|---|---|---|"]
    for size in row["sizes"]:
        runs = size["runs"]
        drain = [run["drain_s"] for run in runs]
        lines.append(f"| {size['images']:,} | {size['repositories']:,} | {seconds([run['plan_s'] for run in runs])} | {seconds(drain)} "
                     f"| {size['images'] / median(drain):,.0f} | {median(run['requests'] for run in runs):,.0f} | {len(runs)} |")
    return [*lines, ""]


def page(results: dict[str, Any]) -> str:
    machine, versions = results["machine"], results["versions"]
    lines = [
        "# Side by side", "",
        "Written by `bench/run`; do not edit. All figures are from one run: medians, with minimum and maximum in parentheses. "
        "[results.json](results.json) contains the data, and [bounds.md](bounds.md) explains the missed targets.", "",
        "![Wall time of each tool in each row](chart.svg)", "",
        f"- **Machine**: {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, Linux "
        f"{machine['kernel']}; load average {machine['load_before']} at the start, on {results['date']}; content of all registries "
        f"{machine['storage']}.",
        "- **Versions**: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        f"- **Rounds**: {results['rounds']}, tools in alternating order; each cold run copies to a new, empty registry. A peer that "
        "took more than three times as long as the best peer over the far link ran there once. Skipped or failed runs are named.",
        "- **Verified** after every run: the bytes of each tag's manifest have the source's digest, and everything that it names "
        "exists. The check uses HTTP and SHA-256, and no code of any tool.",
        f"- **Peak RSS** is that of a tool's largest process; below {machine['rss_floor_mib']} MiB it is indistinguishable from "
        "the harness's own.",
        "- **Servers' CPU** is that of both registries and the proxies in front of them, which share the cores with the tool.",
        "- **Requests and bytes** come from the registries' access logs; bytes are of blobs only. Wall time and CPU are those of all "
        "processes of the client, including start-up and gcrsync's ledger commit.",
        "- **GCR-like front**: a proxy in front of the same registry that lists children and digests as gcr.io does, from prepared "
        "listings. gcrane works only with such a source. docker-registry has no such listing, so there gcrsync reads the catalog "
        "and requests each tag's digest.", "",
        "## Targets", "", "| | target | measured | |", "|---|---|---|---|",
    ]
    for target in results["targets"]:
        lines.append(f"| {target['target']} | {target['what']} | {target['measured']} | {WORD[target['met']]} |")
    lines += ["", "## Rows", ""]
    for key, row in results["rows"].items():
        section = {"start-up": start_up_section, "planning": planning_section, "pages": pages_section, "registry": serving_section,
                   "workers": workers_section, "tasks": tasks_section}.get(key, row_section)
        lines += section(row)
    return "\n".join(lines).rstrip() + "\n"
