"""A PostgreSQL: yours, or a private one from what is installed, which is gone afterwards."""

import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

# As it comes, but for these: no user would run it with 128 MB of buffers.
SETTINGS = ["shared_buffers=1GB", "max_wal_size=4GB", "max_connections=200", "unix_socket_directories="]


class Missing(Exception):
    """Something is not installed; the text says how to get it."""


class Postgres:
    """Databases for the measurements."""

    def __init__(self, url=None):
        self._made = []
        self._folder = None
        if url:
            self._url = urllib.parse.urlsplit(url)
            self.process = int(self.ask("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))
        else:
            self._launch()
        self.version = "PostgreSQL " + self.ask("SHOW server_version")

    def url(self, database="postgres"):
        return urllib.parse.urlunsplit(self._url._replace(path=f"/{database}"))

    def create(self, name, *statements, **variables):
        """An empty database; its URL."""
        database = f"bench_{os.getpid()}_{name}"
        self.ask(f"CREATE DATABASE {database}")
        self._made.append(database)
        for statement in statements:
            self.ask(statement, database, **variables)
        return self.url(database)

    def ask(self, sql, url=None, **variables):
        """The answer of some SQL, as text."""
        url = url if url and "://" in url else self.url(url or "postgres")
        given = [argument for name, value in variables.items() for argument in ("-v", f"{name}={value}")]
        command = [_program("psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", *given, "-d", url]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{done.stderr.strip()}: {sql[:200]}")
        return done.stdout.strip()

    def pgbench(self, script, url, clients, seconds, **variables):
        """How many transactions a second `clients` do, and how many they have done."""
        given = [argument for name, value in variables.items() for argument in ("-D", f"{name}={value}")]
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            load = ["-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))]
            command = [_program("pgbench"), "-n", "-M", "prepared", *load, "-f", file.name, *given, url]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        count = re.search(r"actually processed: (\d+)", done.stdout)
        return float(rate[1]), int(count[1])

    def close(self):
        if self._folder is None:
            for database in self._made:
                self.ask(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            return
        self._server.send_signal(signal.SIGINT)
        self._server.wait()
        shutil.rmtree(self._folder)

    def _launch(self):
        self._folder = tempfile.mkdtemp(prefix="bench-postgres-")
        data, account = pathlib.Path(self._folder) / "data", {}
        # PostgreSQL refuses to run as root.
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
            account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        made = [_program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **account)
        port = free_port()
        settings = [argument for setting in SETTINGS for argument in ("-c", setting)]
        command = [_program("postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1", *settings]
        log = open(pathlib.Path(self._folder) / "log", "wb")
        self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **account)
        self.process = self._server.pid
        self._url = urllib.parse.urlsplit(f"postgres://postgres@127.0.0.1:{port}/postgres")
        for attempt in range(200):
            try:
                self.ask("SELECT 1")
                return
            except RuntimeError:
                if attempt == 199 or self._server.poll() is not None:
                    raise
                time.sleep(0.05)


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _program(name):
    """Debian puts them where nobody looks."""
    found = shutil.which(name)
    if not found:
        places = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: int(path.split("/")[4]))
        found = places[-1] if places else None
    if not found:
        raise Missing(f"no {name} was found: apt-get install postgresql, or name a server with --postgres")
    return found
