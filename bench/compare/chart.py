"""The wall clock of each tool as bars, row by row: median, with a line from the least to the most."""

from __future__ import annotations

from html import escape
from statistics import median
from typing import Any

WIDTH, LEFT, RIGHT = 860, 300, 90
BAR, GAP, TITLE, FOOT = 16, 7, 40, 26

# One set of colours for light pages, one for dark ones; the chart has no background of its own.
STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 13px; }
  .soft { fill: #59636e; }
  .peer { fill: #8c959f; }
  .ours { fill: #0a7d5c; }
  .spread { stroke: #1f2328; stroke-width: 1.2; }
  .axis { stroke: #d1d9e0; }
  .bytes { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .soft { fill: #9198a1; }
    .peer { fill: #656c76; }
    .ours { fill: #3fb98f; }
    .spread { stroke: #e6edf3; }
    .axis { stroke: #3d444d; }
    .bytes { stroke: #f0883e; }
  }
"""


def chart(results: dict[str, Any]) -> str:
    body, y = [], 0
    for row in results["rows"].values():
        if "tools" not in row:
            continue
        bars = [(name, entry) for name, entry in row["tools"].items() if entry["runs"] and not entry.get("failed")]
        if not any(entry["peer"] for _, entry in bars):
            continue
        section, height = group(row, sorted(bars, key=lambda bar: median(walls(bar[1]))), y)
        body += section
        y += height
    machine = results["machine"]
    body.append(f'<text class="soft" x="0" y="{y + 14}">Wall clock in seconds, shorter is better; medians of {results["rounds"]} '
                f'alternating rounds, the line from least to most. {machine["cores"]} cores, {escape(results["date"])}.</text>')
    body.append(f'<text class="soft" x="0" y="{y + 30}">* talks to the GCR-like source; all others, and gcrsync where it does not '
                'say so, to docker-registry itself, or to what the title names.</text>')
    height = y + 16 + FOOT
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 {WIDTH + 20} {height + 20}" width="{WIDTH + 20}" '
            f'height="{height + 20}" role="img" aria-label="Wall clock of gcrsync and its peers">\n<style>{STYLE}</style>\n'
            + "\n".join(body) + "\n</svg>\n")


def walls(entry: dict[str, Any]) -> list[float]:
    return [run["wall_s"] for run in entry["runs"]]


def group(row: dict[str, Any], bars: list[tuple[str, dict[str, Any]]], top: int) -> tuple[list[str], int]:
    """A row's bars on a scale of their own, from zero."""
    longest = max(max(walls(entry)) for _, entry in bars)
    scale = (WIDTH - LEFT - RIGHT) / longest
    out = [f'<text class="title" x="0" y="{top + 14}">{escape(row["title"])}</text>']
    note = f'{row["images"]} images, {row["unique_blob_bytes"] / 1e6:.0f} MB'
    out.append(f'<text class="soft" x="{WIDTH}" y="{top + 14}" text-anchor="end">{note}</text>')
    y = top + 24
    for name, entry in bars:
        middle = median(walls(entry))
        least, most = min(walls(entry)), max(walls(entry))
        kind = "peer" if entry["peer"] else "ours"
        label = name + (" *" if entry["gcr_like"] and entry["peer"] else "")
        out.append(f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>')
        out.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{middle * scale:.1f}" height="{BAR}" rx="2"/>')
        if most > least:
            out.append(f'<line class="spread" x1="{LEFT + least * scale:.1f}" x2="{LEFT + most * scale:.1f}" '
                       f'y1="{y + BAR / 2}" y2="{y + BAR / 2}"/>')
        out.append(f'<text x="{LEFT + most * scale + 6:.1f}" y="{y + 12}">{middle:.2f}</text>')
        y += BAR + GAP
    out.append(f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{top + 22}" y2="{y - 3}"/>')
    if row["link_seconds"]:
        x = LEFT + row["link_seconds"] * scale
        out.append(f'<line class="bytes" x1="{x:.1f}" x2="{x:.1f}" y1="{top + 22}" y2="{y - 3}"/>')
        out.append(f'<text class="soft" x="{LEFT}" y="{y + 10}">dashed: the bytes alone at the link\'s speed, '
                   f'{row["link_seconds"]:.1f} s</text>')
        y += 14
    return out, y - top + TITLE - 24
