"""The machine: what it is, who uses it, and how much memory a process has."""

import os
import platform
import subprocess

from harness import places

TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1_000_000
ALLOCATOR = "GLIBC_TUNABLES"


def allocator():
    """What the unit of `deploy` tells malloc, so that hashes are measured in the memory they have in production."""
    prefix = f"Environment={ALLOCATOR}="
    (setting,) = [line for line in places.UNIT.read_text(encoding="utf-8").splitlines() if line.startswith(prefix)]
    return {ALLOCATOR: setting.removeprefix(prefix)}


def describe(postgres):
    """What to know of the machine to read a figure."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "postgres": postgres.version,
        "postgres_huge_pages": "yes" if has_huge_pages(postgres.process) else "none",
        "node": _version("node"),
        "rust": _version("rustc"),
        "huge_pages": _setting("/sys/kernel/mm/transparent_hugepage/enabled"),
        "autogroup": _setting("/proc/sys/kernel/sched_autogroup_enabled"),
    }


def load():
    """The load average of the last minute."""
    return os.getloadavg()[0]


def resident(process):
    """The memory that a process has, in MB."""
    return _status(process, "VmRSS")


def has_huge_pages(process):
    """Whether memory that a process asked for in huge pages is in such."""
    return _status(process, "HugetlbPages") > 0


class Foreign:
    """How many cores others than this program, its children and `watched` used, on average."""

    def __init__(self, *watched):
        self._watched = watched
        self._before = self._read()

    def cores(self):
        (busy, known, at), (busy0, known0, at0) = self._read(), self._before
        return round(max(0.0, (busy - busy0) - (known - known0)) / (at - at0), 3)

    def _read(self):
        times = os.times()
        processes = _processes()
        known = times.user + times.system + times.children_user + times.children_system
        known += sum(_ticks(processes, process) for process in self._watched) / TICKS
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _, _, interrupts, soft = map(int, file.readline().split()[1:8])
        return (user + nice + system + interrupts + soft) / TICKS, known, times.elapsed


def _processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = dict(line.split(":", 1) for line in file.read().splitlines() if ":" in line)
    except OSError:
        return platform.processor()
    lines = {key.strip(): value.strip() for key, value in lines.items()}
    widest = [name for name in ("avx512f", "avx2") if name in lines.get("flags", "").split()]
    return ", ".join([lines.get("model name", platform.machine()), *widest[:1]])


def _version(program):
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "none"


def _setting(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return "unknown"


def _status(process, field):
    with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024 / MEGABYTE
    raise RuntimeError(f"process {process} tells no {field}")


def _processes():
    """The parent and the processor time, its ended children's included, of every process."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    return found


def _ticks(processes, root):
    own = processes.get(root, (0, 0))[1]
    return own + sum(_ticks(processes, child) for child, (parent, _) in processes.items() if parent == root)
