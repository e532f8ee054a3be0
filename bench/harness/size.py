"""The same requests on small tables and on large ones."""

import os
import pathlib
import subprocess
import tempfile
import time

from harness import load, places

# Sessions and people.
SIZES = {"small": (10_000, 1_000), "large": (10_000_000, 1_000_000)}
# So many sessions, spread over all there are, are asked with in turn.
ASKED = 5_000


class Size:
    """A server for each size, on a database of its own."""

    def __init__(self, bench, say):
        self._bench = bench
        self._folder = tempfile.TemporaryDirectory(prefix="bench-size-")
        self._servers = {}
        for name, (sessions, users) in SIZES.items():
            say(f"seeding {sessions:,} sessions of {users:,} people")
            ours = bench.ours_on(bench.postgres.create(f"size_{name}"))
            ours.migrate()
            self._seed(ours, name, sessions, users)
            self._servers[name] = ours

    def measure(self, seconds, note):
        """Each request on each size."""
        # The first refreshes each session once, so both find in memory what is asked for often.
        for scenario in ("me", "refresh"):
            for name, ours in self._servers.items():
                with ours.start() as server:
                    watch = {"server": server.process, "postgres": self._bench.postgres.process}
                    result = load.generate(server, scenario, seconds, watch, sessions=self._file(name))
                action, cpu = result["actions"][scenario], result["cpu"]
                foreign = cpu["foreign"]["cores"]
                note(f"size {scenario}", name, action["per_second"], foreign, latency=action, cpu=cpu)

    def close(self):
        self._folder.cleanup()

    def _file(self, name):
        return pathlib.Path(self._folder.name) / name

    def _seed(self, ours, name, sessions, users):
        command = [places.PROGRAMS / "sessions", "--sessions", str(ASKED), "--users", str(users)]
        environment = {**os.environ, **ours.environment}
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        lines = [line.split("\t") for line in made.splitlines()]
        self._file(name).write_text("".join("\t".join(fields[6:]) + "\n" for fields in lines))
        self._file("rows").write_text("".join("\t".join(fields[:6]) + "\n" for fields in lines))
        given = {"users": users, "others": sessions - ASKED, "now": round(time.time() * 1000)}
        script = (places.SQL / "size.sql").read_text().replace("ROWS", f"'{self._file('rows')}'")
        self._bench.postgres.ask(script, ours.url, **given)
        self._bench.postgres.ask("VACUUM ANALYZE", ours.url)
        self._bench.postgres.ask("CHECKPOINT")
