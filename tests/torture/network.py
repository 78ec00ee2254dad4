"""Two network namespaces and a bad wire between them, without netem.

    left (10.77.0.1) -- veth -- the wire, in a namespace of its own -- veth -- right (10.77.0.2)

The wire carries frames between two packet sockets: it loses, delays, reorders and duplicates them.
Rates are tbf's, and a cut is `ip link set down`. All namespaces are gone with their processes.
"""
import array
import fcntl
import heapq
import os
import random
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time

ADDRESSES = {"left": "10.77.0.1", "right": "10.77.0.2"}
PACKET_OUTGOING = 4
SIOCETHTOOL = 0x8946
# Transmit checksums, scatter-gather, TCP segmentation, generic segmentation and receiving: off, or
# frames come with no checksum, or longer than a wire takes.
OFFLOADS = (0x17, 0x19, 0x1F, 0x24, 0x2C)


def why_not():
    """What is missing here; nothing if namespaces can be made."""
    for tool in ("unshare", "nsenter", "ip", "tc"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    done = subprocess.run([*unshared(), "sh", "-c", "ip link add x1 type veth peer name x2 && "
                           "tc qdisc add dev x1 root tbf rate 1mbit burst 16k latency 100ms"],
                          capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr.strip() or "unshare fails"


def unshared():
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


def enter_own_namespace():
    """Starts this program again in a namespace of its own: the wire's. Its exit code, or None if
    this is that program already."""
    if "RELAIS_OWN_NETWORK" in os.environ:
        return None
    own = {**os.environ, "RELAIS_OWN_NETWORK": "1"}
    return subprocess.run([*unshared(), sys.executable, "-B", *sys.argv], env=own).returncode


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def switch_offloads_off(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in OFFLOADS:
            value = array.array("B", struct.pack("II", command, 0))
            request = struct.pack("16sP", device.encode(), value.buffer_info()[0])
            try:
                fcntl.ioctl(control, SIOCETHTOOL, request)
            except OSError:
                pass  # not every device knows all of them


class Side:
    """One end: a namespace held by a process that sleeps."""

    def __init__(self, name):
        self.name, self.address = name, ADDRESSES[name]
        self.wire_device = "w-" + name
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self._wait_until_apart()
        ip("link", "add", self.wire_device, "type", "veth", "peer", "name", name)
        ip("link", "set", name, "netns", str(self.holder.pid))
        switch_offloads_off(self.wire_device)
        ip("link", "set", self.wire_device, "up", "promisc", "on")
        self.run("ip", "addr", "add", self.address + "/24", "dev", name)
        self.run("ip", "link", "set", "lo", "up")
        self.run(sys.executable, "-B", "-c", "import sys; sys.path.insert(0, sys.argv[1]); "
                 "import network; network.switch_offloads_off(sys.argv[2])",
                 os.path.dirname(os.path.abspath(__file__)), name)
        self.run("ip", "link", "set", name, "up")

    def _wait_until_apart(self):
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == own:
            time.sleep(0.005)

    def words(self, *words):
        return ["nsenter", "--net", "--target", str(self.holder.pid), *map(str, words)]

    def run(self, *words):
        subprocess.run(self.words(*words), check=True, capture_output=True)

    def close(self):
        self.holder.kill()
        self.holder.wait()


class Wire:
    """What lies between the two sides. Its faults may be changed at any time.

    loss, duplicates: shares of the frames. delay, jitter: seconds; frames overtake each other where
    the jitter lets them.
    """

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.loss = self.duplicates = self.delay = self.jitter = 0.0
        self.counts = {"frames": 0, "lost": 0, "duplicated": 0, "overtaken": 0}
        self.left, self.right = Side("left"), Side("right")
        self.running = True
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.running = False
        self.thread.join()
        for side in (self.left, self.right):
            side.close()

    def faults(self, loss=0.0, duplicates=0.0, delay=0.0, jitter=0.0):
        self.loss, self.duplicates, self.delay, self.jitter = loss, duplicates, delay, jitter

    def rate(self, kbit):
        """Limits both directions; None: no limit."""
        for side in (self.left, self.right):
            subprocess.run(["tc", "qdisc", "del", "dev", side.wire_device, "root"],
                           capture_output=True)
            if kbit:
                subprocess.run(["tc", "qdisc", "add", "dev", side.wire_device, "root", "tbf", "rate",
                                f"{kbit}kbit", "burst", "8k", "latency", "300ms"], check=True)

    def cut(self):
        ip("link", "set", self.right.wire_device, "down")

    def mend(self):
        ip("link", "set", self.right.wire_device, "up")

    def _socket(self, side):
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        raw.bind((side.wire_device, 0))
        raw.setblocking(False)
        return raw

    def _carry(self):
        ends = [self._socket(self.left), self._socket(self.right)]
        waiting, number, last_due = [], 0, 0.0
        while self.running:
            now = time.monotonic()
            wait = min(0.05, max(0.0, waiting[0][0] - now)) if waiting else 0.05
            for ready in select.select(ends, [], [], wait)[0]:
                try:
                    frame, about = ready.recvfrom(65536)
                except OSError:
                    continue  # the link is down
                if about[2] == PACKET_OUTGOING:
                    continue
                for _ in range(self._copies()):
                    due = time.monotonic() + self.delay + self.chance.random() * self.jitter
                    self.counts["overtaken"] += due < last_due
                    last_due = max(last_due, due)
                    number += 1
                    heapq.heappush(waiting, (due, number, ends[1 - ends.index(ready)], frame))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, out, frame = heapq.heappop(waiting)
                try:
                    out.send(frame)
                except OSError:
                    self.counts["lost"] += 1  # down, or its queue is full
        for end in ends:
            end.close()

    def _copies(self):
        self.counts["frames"] += 1
        if self.chance.random() < self.loss:
            self.counts["lost"] += 1
            return 0
        if self.chance.random() < self.duplicates:
            self.counts["duplicated"] += 1
            return 2
        return 1
