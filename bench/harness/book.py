"""What is written down: in `bench/results`, and on the book's page about performance."""

import re

from harness import places, table

PLOTS = places.BOOK / "images" / "performance"


def machine(description):
    """The machine, as a table of Markdown."""
    lines = ["| the machine | |", "|---|---|"]
    return "\n".join(lines + [f"| {name.replace('_', ' ')} | {text} |" for name, text in description.items()])


def write(folder, text, plots):
    """Table and plots of the last run."""
    (folder / "table.txt").write_text(text + "\n", encoding="utf-8")
    for name, plot in plots.items():
        (folder / name).write_text(plot, encoding="utf-8")


def publish(judged, records, description, plots):
    """Replaces what the page says was measured, and its plots."""
    PLOTS.mkdir(parents=True, exist_ok=True)
    for name, plot in plots.items():
        (PLOTS / name).write_text(plot, encoding="utf-8")
    parts = {
        "table": table.markdown(judged),
        "absolute": table.absolute(records),
        "machine": machine(description),
    }
    page = places.BOOK / "performance.md"
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        between = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text, count = between.subn(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)
        if count != 1:
            raise RuntimeError(f"docs/performance.md has no place for the {name}")
    page.write_text(text, encoding="utf-8")
