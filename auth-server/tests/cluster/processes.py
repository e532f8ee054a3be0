"""Processes in a folder of their own, of which none is left."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

BIN = next(path for path in ("/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/bin") if os.path.exists(f"{path}/initdb"))
os.environ["PATH"] += ":/usr/sbin"
ACCESS, REFRESH = "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa", "e1R7uN3iW9oL5pX2qC8sD4vF6bG0hJkM"


def until(what, true, patience=60.0):
    """Returns the first value that holds, or fails."""
    begun = time.monotonic()
    while True:
        try:
            value = true()
        except (OSError, subprocess.SubprocessError):
            value = None
        if value:
            return value
        if time.monotonic() - begun > patience:
            raise TimeoutError(f"{what} within {patience} s")
        time.sleep(0.1)


def network():
    """The beginning of loopback addresses that nobody uses: each machine has one, with the usual ports."""
    while True:
        prefix = f"127.{random.randint(10, 250)}.{random.randint(0, 250)}"
        with socket.socket() as tried:
            try:
                tried.bind((f"{prefix}.1", 5432))
                return prefix
            except OSError:
                continue


class Place:
    """A folder and what runs in it; PostgreSQL and its like run as somebody who is not root."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="auth-cluster-")
        self.account = "postgres" if os.getuid() == 0 else None
        if self.account:
            os.chown(self.folder, pwd.getpwnam(self.account).pw_uid, -1)
        self.running = {}

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        if self.account:
            os.chown(self.path(name), pwd.getpwnam(self.account).pw_uid, -1)
        return self.path(name)

    def run(self, *command, **more):
        return subprocess.run(
            command, user=self.account, cwd=self.folder, check=True, capture_output=True, text=True, **more
        ).stdout

    def start(self, name, *command, env=None):
        log = open(self.path(f"{name}.log"), "a")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": self.folder, **(env or {})}
        process = subprocess.Popen(
            command, user=self.account, cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )
        self.running[name] = process
        return process

    def log(self, name, lines=15):
        with open(self.path(f"{name}.log")) as log:
            return "".join(log.readlines()[-lines:])

    def family(self, name):
        return self.descendants(self.running[name].pid)

    def descendants(self, process):
        """A process, and all that descend from it."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    with open(f"/proc/{entry}/stat") as stat:
                        fields = stat.read().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                if fields[0] != "Z":
                    parents.setdefault(int(fields[1]), []).append(int(entry))
        family, found = [], [process]
        while found:
            one = found.pop()
            family.append(one)
            found += parents.get(one, [])
        return family

    def signal(self, processes, number):
        for process in processes:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass

    def wait_until_gone(self, processes):
        def gone():
            for process in processes:
                try:
                    with open(f"/proc/{process}/stat") as stat:
                        if stat.read().rsplit(")", 1)[1].split()[0] != "Z":
                            return False
                except OSError:
                    pass
            return True
        until("what was killed is gone", gone)

    def kill(self, name):
        family = self.family(name)
        self.signal(family, signal.SIGKILL)
        self.running.pop(name).wait()
        self.wait_until_gone(family)

    def stop(self, name):
        """Asks it to end, and says how it did."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(timeout=30)

    def left(self):
        """All that runs with this folder in its command line, whoever started it, and what it has started."""
        mains = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/cmdline") as line:
                    mains += [int(entry)] if self.folder in line.read() else []
            except OSError:
                continue
        return [process for main in mains for process in self.descendants(main)]

    def close(self):
        families = [process for name in self.running for process in self.family(name)] + self.left()
        self.signal(families, signal.SIGKILL)
        for process in self.running.values():
            process.wait()
        self.wait_until_gone(families)
        shutil.rmtree(self.folder, ignore_errors=True)

    def server(self, name, binary, host, database, port=4000, **more):
        """An auth-server, which answers when this returns."""
        env = {
            "NODE_ENV": "test", "HOST": host, "PORT": str(port), "DATABASE_URL": database, "REFRESH_REUSE_GRACE": "0",
            "JWT_ACCESS_SECRET": ACCESS, "JWT_REFRESH_SECRET": REFRESH, "RUST_LOG": "warn", **more,
        }
        self.start(name, binary, env=env)
        until(f"{name} is ready", lambda: answers(f"http://{host}:{port}/readyz"))
        return host, port


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
