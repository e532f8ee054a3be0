"""The load: what is run to ask a server, and what came of it."""

import json
import os
import re
import shutil
import subprocess

from harness import machine, places

PARALLEL = 64


class Failed(Exception):
    """Something was answered that must not be."""


def generate(server, scenario, seconds, watch=None, **options):
    """Runs the load generator; its result."""
    command = [places.PROGRAMS / "loadgen", "--server", server.address, "--scenario", scenario]
    given = {"parallel": PARALLEL, "seconds": seconds, "warmup": min(1, seconds / 4), **options}
    for name, value in given.items():
        command += [f"--{name}", str(value)]
    for name, process in (watch or {}).items():
        command += ["--watch", f"{name}={process}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{scenario}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    for phase in [result] if "actions" in result else result.values():
        if phase["errors"]:
            raise Failed(f"{scenario}: {phase['errors']} errors, the first {phase['first_error']}")
    return result


def saturate(server, seconds, token):
    """GET /hello with an access token, as often as it goes, by wrk where it is installed; how often, and by what."""
    if not shutil.which("wrk"):
        result = generate(server, "get", seconds, bearer=token)
        return result["actions"]["get"]["per_second"], "loadgen"
    header, url = f"Authorization: Bearer {token}", f"http://{server.address}/hello"
    command = ["wrk", "-t", "1", "-c", str(PARALLEL), "-d", f"{max(1, round(seconds))}s", "-H", header, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"wrk: {said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), "wrk"


def hashes(kernel, seconds):
    """Hashes a second in a bare loop, on as many threads as there are cores, in such memory as our server has."""
    given = ["--kernel", kernel, "--threads", str(os.cpu_count()), "--seconds", str(seconds)]
    environment = {**os.environ, **machine.allocator()}
    command = [places.PROGRAMS / "hash", *given]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{kernel}: {done.stderr.strip()}")
    return json.loads(done.stdout)["per_second"]


def kernels():
    """The kernels beside ours that are installed, and how to get those that are not."""
    found, missing = [], []
    for kernel, package in (("libargon2", "libargon2-1"), ("libsodium", "libsodium23")):
        try:
            hashes(kernel, 0)
            found.append(kernel)
        except Failed:
            missing.append(f"no {kernel}: apt-get install {package}")
    return found, missing
