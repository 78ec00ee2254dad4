#!/usr/bin/env python3
"""Draws what `bench_sync --growth` prints: plot.py < LINES > growth.svg

One panel for each number that grows; bytes of a sync of one edit, handshake apart, over that number,
both on logarithmic axes.
"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 400, 260, 60, 40, 34, 24
LEAST, MOST = 100, 10_000  # bytes
COLOURS = {True: "#1f6f8b", False: "#b5541c"}
WORDS = {True: "known peer", False: "stranger"}


def read_lines():
    panels = {}
    for line in sys.stdin:
        row = json.loads(line)
        if row.get("phase") == "growth":
            panels.setdefault(row["of"], []).append((row["n"], row["known"], row["bytes"]))
    return panels


def text(x, y, words, anchor="middle", extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {extra}>{words}</text>'


def short(n):
    return f"{n // 1_000_000} M" if n >= 1_000_000 else f"{n // 1000} k" if n >= 1000 else str(n)


def panel(of, rows, at):
    most = max(n for n, _, _ in rows)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(n):
        return at + LEFT + inner_width * math.log10(n) / math.log10(most)

    def y(size):
        return HEIGHT - BOTTOM - inner_height * math.log10(size / LEAST) / math.log10(MOST / LEAST)

    out = [text(at + LEFT + inner_width / 2, 18, f"one edit, by number of {of}", extra='font-weight="bold"')]
    for power in range(2, 5):
        size = 10**power
        out.append(f'<line x1="{x(1):.0f}" x2="{x(most):.0f}" y1="{y(size):.0f}" y2="{y(size):.0f}" stroke="#ddd"/>')
        out.append(text(at + LEFT - 6, y(size) + 4, f"{size:,} B".replace(",", " "), "end"))
    for power in range(0, int(math.log10(most)) + 1):
        out.append(text(x(10**power), HEIGHT - BOTTOM + 16, short(10**power)))
    for known in (True, False):
        points = sorted((n, size) for n, is_known, size in rows if is_known == known)
        path = " ".join(f"{x(n):.1f},{y(size):.1f}" for n, size in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[known]}" stroke-width="2"/>')
        last = points[-1]
        beside = 16 if known else -8
        out.append(text(x(last[0]), y(last[1]) + beside, f"{WORDS[known]}: {last[1]} B", "end", f'fill="{COLOURS[known]}"'))
    return "\n".join(out)


def main():
    panels = read_lines()
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}" '
          'font-family="sans-serif" font-size="11">')
    print('<rect width="100%" height="100%" fill="white"/>')
    for number, (of, rows) in enumerate(panels.items()):
        print(panel(of, rows, number * WIDTH))
    print("</svg>")


if __name__ == "__main__":
    main()
