"""The hub as the system sees it: a real `relais serve`, its memory, descriptors and connections."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time

from harness import BINARY, PATIENCE

HEAP_WATCH = os.environ.get("RELAIS_HEAP_WATCH")  # what is preloaded to see the heap; or nothing
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
ESTABLISHED = "01"


def descriptors(pid):
    """What the process has open: sockets, and everything else."""
    sockets, others = 0, 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:  # closed since it was listed
            continue
        if target.startswith("socket:"):
            sockets += 1
        else:
            others += 1
    return sockets, others


def established(port):
    """Connections that the system holds open at a local port, IPv4 and IPv6."""
    count = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            _, local, _, state = line.split()[:4]
            count += state == ESTABLISHED and int(local.rsplit(":", 1)[1], 16) == port
    return count


def look_until(look, is_enough=bool, longest=PATIENCE):
    """What `look` gives once that is enough, or after so many seconds."""
    deadline = time.monotonic() + longest
    while not is_enough(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen


class Hub:
    """`relais serve` that says what happens in a file, which never fills up as a pipe would."""

    def __init__(self, folder, journal):
        self.journal = open(journal, "wb")
        self.heap_file = pathlib.Path(f"{journal}.heap")
        watching = {"LD_PRELOAD": HEAP_WATCH, "RELAIS_HEAP_FILE": str(self.heap_file)}
        self.process = subprocess.Popen(
            [BINARY, "serve", folder, "--listen", "127.0.0.1:0", "--json"],
            stdin=subprocess.DEVNULL, stdout=self.journal, stderr=self.journal,
            env={**os.environ, **(watching if HEAP_WATCH else {})})
        first_line = look_until(self.first_line,
                                lambda line: line or self.process.poll() is not None)
        if not first_line:
            raise AssertionError(f"the hub doesn't listen: {self.said()}")
        self.address = json.loads(first_line)["address"]
        self.port = int(self.address.rsplit(":", 1)[1])

    def said(self):
        return pathlib.Path(self.journal.name).read_text()

    def first_line(self):
        """Nothing as long as it isn't whole."""
        line, end, _ = self.said().partition("\n")
        return line if end else None

    def sockets(self):
        return descriptors(self.process.pid)[0]

    def files(self):
        return descriptors(self.process.pid)[1]

    def established(self):
        return established(self.port)

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def heap_kib(self):
        """Of its heap in use, now that it is idle; None where nothing watches it."""
        if not HEAP_WATCH:
            return None
        self.heap_file.unlink(missing_ok=True)
        if not look_until(self.heap_file.exists):
            raise AssertionError(f"{HEAP_WATCH} says nothing of the hub's heap")
        return int(self.heap_file.read_text())

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / CLOCK_TICKS

    def wait_for_sockets(self, sockets, longest=30):
        """Until so many sockets are open, but not for ever; how many are."""
        return look_until(self.sockets, lambda now: now == sockets, longest)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.journal.close()
        if code != 0:
            raise AssertionError(f"the hub ended with {code}")
