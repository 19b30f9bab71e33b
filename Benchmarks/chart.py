# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The result as one HTML page: a bar for each server in each row, the spread of the rounds as a line."""

from __future__ import annotations

from html import escape
from typing import Any

from rows import Row

COLOURS = {"parley": "#0b62a4", "floor": "#9a9a9a", "node": "#6a9f3d", "python": "#d7a22a", "haproxy": "#9a9a9a"}
WIDTH, LEFT, BAR, GAP = 760, 80, 16, 4


def _bars(row: Row, servers: list[str]) -> str:
    present = [name for name in servers if row.values.get(name)]
    most = max(max(row.values[name]) for name in present) or 1
    scale = (WIDTH - LEFT - 110) / most
    parts = []
    for index, name in enumerate(present):
        y = index * (BAR + GAP)
        value, low, high = row.median(name) or 0, min(row.values[name]), max(row.values[name])
        parts.append(f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>')
        width, middle = max(1, value * scale), y + BAR / 2
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{COLOURS.get(name, "#888")}"/>')
        x1, x2 = LEFT + low * scale, LEFT + high * scale
        parts.append(f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{middle}" y2="{middle}" stroke="#000"/>')
        label = f"{value:,.1f} {escape(row.unit)}"
        parts.append(f'<text x="{LEFT + high * scale + 6:.1f}" y="{y + 12}">{label}</text>')
    height = len(present) * (BAR + GAP)
    return f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">{"".join(parts)}</svg>'


def html(result: dict[str, Any], rows: list[Row], servers: list[str]) -> str:
    facts = result["machine"]
    load = result["load_average"]
    better = {True: "more is better", False: "less is better"}
    sections = [
        f"<h2>{escape(row.title)} <small>{better[row.higher_is_better]}</small></h2>{_bars(row, servers)}"
        for row in rows
        if any(row.values.get(name) for name in servers)
    ]
    return f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Parley benchmarks</title>
<style>
body {{ font-family: system-ui, sans-serif; margin: 2rem; max-width: 60rem }}
h2 {{ font-size: 1rem; margin: 1.5rem 0 .3rem }} small {{ color: #777; font-weight: normal }}
svg {{ max-width: 100%; height: auto; font: 12px system-ui, sans-serif }}
</style>
<h1>Parley benchmarks</h1>
<p>{escape(facts["processor"])}, {facts["cores"]} cores, {escape(facts["system"])}; load average {load["median"]}
(highest {load["highest"]}); {result["rounds"]} rounds; {result["date"]}. Trust the ratios, not the numbers.</p>
{"".join(sections)}
</html>
"""
