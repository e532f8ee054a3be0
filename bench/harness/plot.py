"""Plots of what was measured, as SVG that is legible on light and dark pages."""

import statistics
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 820, 250, 150, 24, 10, 78
STYLE = """
    text { font: 14px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1c2330 }
    .page { fill: #ffffff; stroke: #d5dbe5 }
    .head { font-size: 16px; font-weight: 600 }
    .small { font-size: 13px; fill: #566074 }
    .range { stroke: #1c2330; stroke-width: 1.5 }
    .a { fill: #2e8b57 } .b { fill: #8a97ad } .c { fill: #c9803a } .d { fill: #4a78c2 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6eaf2 }
      .page { fill: #161b24; stroke: #333c4b }
      .small { fill: #a5b0c3 }
      .range { stroke: #e6eaf2 }
      .a { fill: #4cb47e } .b { fill: #7c8aa3 } .c { fill: #d9a066 } .d { fill: #7ba2e0 }
    }
  """

# The bars of a plot: what and who, how it is called, and in which colour.
OURS, EXPRESS = ("ours", "auth-server", "a"), ("express", "Express + Prisma ×2", "c")
THROUGHPUT = {
    "login": [
        OURS,
        ("limit", "its hashing kernel alone", "b"),
        ("simd", "with simd-argon2", "a"),
        ("simd limit", "that kernel alone", "b"),
        ("libargon2", "libargon2 alone", "b"),
        ("libsodium", "libsodium alone", "b"),
        ("express", "Express + argon2 ×2", "c"),
    ],
    "refresh": [OURS, ("limit", "pgbench, the statement", "b"), EXPRESS],
    "me": [OURS, EXPRESS],
    "guard": [("ours", "behind our guard", "a"), ("limit", "bare axum", "b")],
}
TITLES = {
    "login": "Logins per second, 64 at a time",
    "refresh": "Refreshes per second, 64 at a time, each of which rotates",
    "me": "/me per second, 64 at a time, each of which asks the database",
    "guard": "A stateless guarded route, requests per second",
}


def all_of(records):
    """The name and the text of each plot for which there are figures."""
    values = {}
    for record in records:
        values.setdefault((record["what"], record["who"]), []).append(record["value"])
    plots = {}
    for what, bars in THROUGHPUT.items():
        found = [(label, colour, values[what, who]) for who, label, colour in bars if (what, who) in values]
        if found:
            plots[f"{what}.svg"] = bar_chart(TITLES[what], "median, and the range of the rounds", found)
    storm = [
        (f"{action}, {label}", colour, values[f"{action} in storm", who])
        for action in ("me", "refresh")
        for who, label, colour in (("alone", "alone", "b"), ("storm", "beside 64 logins", "a"))
        if (f"{action} in storm", who) in values
    ]
    if storm:
        plots["storm.svg"] = bar_chart("p99 while 64 log in, and alone", "milliseconds", storm)
    costs = _costs(records)
    if costs:
        parts = [("server", "a"), ("PostgreSQL", "d")]
        subtitle = "microseconds of a request, to the scale of each row"
        plots["cost.svg"] = stacked("Where the processor's time goes", subtitle, costs, parts)
    return plots


def _costs(records):
    """Of each request, the microseconds that the server and the database took."""
    costs = []
    for what in ("login", "refresh", "me"):
        for who, label in (("ours", "auth-server"), ("express", "Express")):
            cpu = [r["cpu"] for r in records if (r["what"], r["who"]) == (what, who) and "cpu" in r]
            if cpu:
                parts = ("server", "postgres")
                each = [statistics.median(used[part]["microseconds"] for used in cpu) for part in parts]
                costs.append((f"{what}, {label}", each))
    return costs


def bar_chart(title, subtitle, bars):
    """One bar for each `(label, colour, figures)`: the median, and a line from the least to the most."""
    scale = (WIDTH - LEFT - RIGHT) / max(max(figures) for _, _, figures in bars)
    body = []
    for nth, (label, colour, figures) in enumerate(bars):
        top, middle = TOP + nth * (BAR + GAP), TOP + nth * (BAR + GAP) + BAR / 2
        median, low, high = statistics.median(figures), min(figures), max(figures)
        body.append(_label(label, middle))
        body.append(f'<rect class="{colour}" x="{LEFT}" y="{top}" width="{median * scale:.1f}" height="{BAR}" rx="2"/>')
        ends = f'x1="{LEFT + low * scale:.1f}" x2="{LEFT + high * scale:.1f}"'
        body.append(f'<line class="range" {ends} y1="{middle}" y2="{middle}"/>')
        body.append(f'<text x="{LEFT + high * scale + 8:.1f}" y="{middle + 5}">{number(median)}</text>')
    return _page(title, subtitle, body, len(bars))


def stacked(title, subtitle, bars, parts):
    """One whole bar for each `(label, figures)`, divided as its figures are."""
    body = []
    for nth, (label, figures) in enumerate(bars):
        top, middle = TOP + nth * (BAR + GAP), TOP + nth * (BAR + GAP) + BAR / 2
        body.append(_label(label, middle))
        at, scale = LEFT, (WIDTH - LEFT - RIGHT) / sum(figures)
        for (_, colour), figure in zip(parts, figures):
            body.append(f'<rect class="{colour}" x="{at:.1f}" y="{top}" width="{figure * scale:.1f}" height="{BAR}"/>')
            at += figure * scale
        body.append(f'<text x="{at + 8:.1f}" y="{middle + 5}">{" + ".join(map(number, figures))} µs</text>')
    names = " + ".join(name for name, _ in parts)
    return _page(title, f"{subtitle}: {names}", body, len(bars))


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _label(text, middle):
    return f'<text x="{LEFT - 12}" y="{middle + 5}" text-anchor="end">{escape(text)}</text>'


def _page(title, subtitle, body, bars):
    height = TOP + bars * (BAR + GAP) + 14
    head = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    lines = [
        f'<svg {head} role="img" aria-labelledby="title">',
        f'<title id="title">{escape(title)}</title>',
        f"<style>{STYLE}</style>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="12" class="page"/>',
        f'<text class="head" x="24" y="34">{escape(title)}</text>',
        f'<text class="small" x="24" y="56">{escape(subtitle)}</text>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
