"""The table: what was asked for, what was measured, and whether that is enough."""

import os
import statistics

MEBIBYTE = 1.048576


class Row:
    """A line of the table: a figure of each round, and the bounds it is held against."""

    def __init__(self, title, of, must, aim, unit="", most=False):
        self.title, self.of, self.must, self.aim, self.unit, self._most = title, of, must, aim, unit, most
        self.figures, self.foreign = [], 0.0

    def take(self, rounds):
        """The figure of each round that has all it is made of; the rounds' foreign load with it."""
        for one in rounds:
            try:
                self.figures.append(self.of(one.values))
            except KeyError:
                continue
            self.foreign = max(self.foreign, one.foreign_of(self.of))

    @property
    def median(self):
        return statistics.median(self.figures)

    def verdict(self):
        if not self.figures:
            return "not measured"
        if self._reaches(self.aim):
            return "aim"
        return "must" if self._reaches(self.must) else "BELOW"

    @property
    def is_noisy(self):
        """Whether others used the machine meanwhile, so that the figure is worth little."""
        return self.foreign > 0.2

    def _reaches(self, bound):
        return self.median <= bound if self._most else self.median >= bound

    def bound(self, bound):
        return f"{'≤' if self._most else '≥'} {_text(bound, self.unit)}"

    def measured(self):
        if not self.figures:
            return "–"
        low, high = min(self.figures), max(self.figures)
        return f"{_text(self.median, self.unit)} ({_text(low)}–{_text(high)})"


def _text(value, unit=""):
    number = f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return number + (unit if unit in ("", "×") else " " + unit)


class Values(dict):
    """The values of a round, which remembers what it was asked."""

    def __init__(self, *given):
        super().__init__(*given)
        self.asked = set()

    def __getitem__(self, key):
        self.asked.add(key)
        return super().__getitem__(key)


class Measured:
    """What was measured in one round."""

    def __init__(self, records):
        self.values = Values({(record["what"], record["who"]): record["value"] for record in records})
        self._foreign = {(record["what"], record["who"]): record["foreign"] for record in records}

    def foreign_of(self, figure):
        self.values.asked.clear()
        figure(self.values)
        return max(self._foreign[key] for key in self.values.asked)


def ratio(what, who, other, of=None):
    """`who` against `other`, both of `what`, or the other of something else."""
    return lambda values: values[what, who] / values[of or what, other]


def rows():
    """The table of what this shall be."""
    storm_memory = os.cpu_count() * 19.5 * MEBIBYTE + 20
    return [
        Row("login/s at 64, to the raw limit of the hashing kernel", ratio("login", "ours", "limit"), 0.90, 0.95),
        Row("login/s at 64, to Express + argon2, 2 processes", ratio("login", "ours", "express"), 2, 4, "×"),
        Row("login/s with simd-argon2, to the raw limit of that kernel", ratio("login", "simd", "simd limit"), 0.90, 0.95),
        Row("login/s with simd-argon2, to Express + argon2, 2 processes", ratio("login", "simd", "express"), 2, 4, "×"),
        Row("refresh/s at 64, to pgbench of the same statement", ratio("refresh", "ours", "limit"), 0.80, 0.90),
        Row("refresh/s at 64, to Express + Prisma", ratio("refresh", "ours", "express"), 10, 20, "×"),
        Row("/me per second, to Express + Prisma", ratio("me", "ours", "express"), 15, 25, "×"),
        Row("a guarded route, to bare axum", ratio("guard", "ours", "limit"), 0.80, 0.90),
        Row("storm: p99 of /me, to none", ratio("me in storm", "storm", "alone"), 5, 2, "×", most=True),
        Row("storm: p99 of refresh, to none", ratio("refresh in storm", "storm", "alone"), 5, 2, "×", most=True),
        Row(
            "storm: of what was offered, served",
            lambda values: 100 * values["served in storm", "ours"],
            100,
            100,
            "%",
        ),
        Row("storm: login/s kept", ratio("login in storm", "ours", "ours", of="login"), 0.85, 0.95),
        Row("memory, idle", lambda values: values["memory", "idle"], 20, 10, "MB", most=True),
        Row(
            "memory after a storm, more than idle",
            lambda values: values["memory", "after"] - values["memory", "idle"],
            storm_memory,
            storm_memory,
            "MB",
            most=True,
        ),
        Row("start to first answer", lambda values: values["start", "ours"], 100, 25, "ms", most=True),
        Row("the binary, stripped", lambda values: values["binary", "ours"], 20, 10, "MB", most=True),
        Row("refresh, small tables to large", ratio("size refresh", "small", "large"), 1.2, 1.05, "×", most=True),
        Row("/me, small tables to large", ratio("size me", "small", "large"), 1.2, 1.05, "×", most=True),
    ]


def judge(rounds):
    """The table's rows with what was measured in them."""
    judged = rows()
    for row in judged:
        row.take(rounds)
    return judged


def markdown(judged):
    """As a table of Markdown."""
    lines = [
        "| measure | must | aim | measured: median (min–max) | foreign load | |",
        "|---|---|---|---|---|---|",
    ]
    for row in judged:
        foreign = f"{row.foreign:.2f}" if row.figures else "–"
        verdict = row.verdict() + (", noisy" if row.is_noisy else "")
        bounds = f"{row.bound(row.must)} | {row.bound(row.aim)}"
        lines.append(f"| {row.title} | {bounds} | {row.measured()} | {foreign} | {verdict} |")
    return "\n".join(lines)


def absolute(records):
    """What each of them did, as a table of Markdown."""
    units = {"start": "ms", "memory": "MB", "binary": "MB"}
    lines = [
        "| what | who | median | min | max | its CPU + PostgreSQL's | foreign load |",
        "|---|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys((record["what"], record["who"]) for record in records):
        same = [record for record in records if (record["what"], record["who"]) == key]
        values = [record["value"] for record in same]
        what, who = key
        unit = units.get(what, "share" if "served" in what else "ms p99" if what in LATENCIES else "per second")
        figures = " | ".join(_text(value) for value in (statistics.median(values), min(values), max(values)))
        foreign = max(record["foreign"] for record in same)
        lines.append(f"| {what}, {unit} | {who} | {figures} | {_processor_time(same)} | {foreign:.2f} |")
    return "\n".join(lines)


def _processor_time(records):
    """What a request took of the processors, at the median."""
    cpu = [record["cpu"] for record in records if "cpu" in record]
    if not cpu:
        return ""
    each = [statistics.median(used[part]["microseconds"] for used in cpu) for part in ("server", "postgres")]
    return " + ".join(f"{part:,.0f}" for part in each) + " µs"


LATENCIES = ("me in storm", "refresh in storm")
