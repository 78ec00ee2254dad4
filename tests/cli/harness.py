"""What the tests of the command `relais` share: running it, serving, a proxy, a runner.

The program is the one that the environment's RELAIS_BINARY names; RELAIS_SANITIZE says how it was
built. Everything is made in a temporary folder.
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

BINARY = os.environ.get("RELAIS_BINARY", "relais")
SANITIZED = bool(os.environ.get("RELAIS_SANITIZE"))
PATIENCE = 240 if SANITIZED else 60  # seconds: far more than any command needs


class Ran:
    """What a command left behind."""

    def __init__(self, process, out, err):
        self.code = process.returncode
        self.out = out.decode("utf-8")
        self.err = err.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        return json.loads(self.err)

    @property
    def last_line(self):
        return self.out.rstrip("\n").rsplit("\n", 1)[-1]


def start(*arguments, **options):
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    words = [word if isinstance(word, bytes) else str(word) for word in arguments]
    return subprocess.Popen([BINARY, *words], **{**pipes, **options})


def relais(*arguments, stdin=None, code=0):
    """Runs a command to its end; fails the test unless it ends with this code (None: any)."""
    process = start(*arguments, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
    try:
        out, err = process.communicate(stdin, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError(f"relais {arguments[0]} did not end within {PATIENCE} s") from None
    ran = Ran(process, out, err)
    if code is not None and ran.code != code:
        raise AssertionError(f"relais {' '.join(map(str, arguments))[:400]}\nended with {ran.code},"
                             f" not {code}\n{ran.out[-2000:]}{ran.err[-2000:]}")
    return ran


class Terminal:
    """A command on a pseudo-terminal: those of its streams that are named."""

    def __init__(self, *arguments, streams=("stderr",), columns=100, term="xterm", env=None):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.drawn = bytearray()
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("TERM", "NO_COLOR")}
        environment.update({} if term is None else {"TERM": term}, **(env or {}))
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
                 "stderr": subprocess.DEVNULL, **{stream: slave for stream in streams}}
        self.process = start(*arguments, env=environment, **pipes)
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

    def read(self):
        """What came next; False: the command has ended."""
        try:
            more = os.read(self.master, 4096)
        except OSError:
            more = b""
        self.drawn += more
        return bool(more)

    def read_until(self, words):
        while words.encode() not in self.drawn:
            if not self.read():
                raise AssertionError(f"{words!r} never came: {bytes(self.drawn)!r}")

    def write(self, text):
        os.write(self.master, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def end(self, code=0):
        """All that it drew, once it has ended with this code."""
        while self.read():
            pass
        ended = self.process.wait(timeout=PATIENCE)
        drawn = self.drawn.decode("utf-8").replace("\r\n", "\n")
        if ended != code:
            raise AssertionError(f"ended with {ended}, not {code}: {drawn!r}")
        return drawn


def on_a_terminal(*arguments, code=0, **options):
    """Runs a command on a pseudo-terminal; what it drew there."""
    with Terminal(*arguments, **options) as terminal:
        return terminal.end(code)


class Serving:
    """`relais serve` in the background, at a free port."""

    def __init__(self, folder, *options, listen="127.0.0.1:0"):
        self.process = start("serve", folder, "--listen", listen, *options)
        self.lines = []
        self.address = None
        while self.address is None:
            line = self.process.stdout.readline().decode("utf-8")
            if not line:
                raise AssertionError("serve ended: " + self.process.stderr.read().decode("utf-8"))
            self.lines.append(line.rstrip("\n"))
            if found := re.match(r"Listening on (\S+)$", line):
                self.address = found[1]
            elif line.startswith('{"event":"listening"'):
                self.address = json.loads(line)["address"]

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        if self.process.poll() is None:
            self.stop()
        self.process.stdout.close()
        self.process.stderr.close()

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def connections(self):
        """How many connections to its port the system says somebody holds on this side."""
        port = ":%04X" % int(self.address.rsplit(":", 1)[1])
        rows = [line.split() for name in ("tcp", "tcp6")
                for line in pathlib.Path("/proc/net/" + name).read_text().splitlines()[1:]]
        listening = "0A"
        return sum(1 for row in rows
                   if row[1].endswith(port) and row[3] != listening and row[9] != "0")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, how=signal.SIGTERM):
        """Ends it as a user would; what it said since it listens."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=PATIENCE)
        if self.process.returncode != 0:
            raise AssertionError(f"serve ended with {self.process.returncode}: {err.decode()}")
        return out.decode("utf-8")


class Proxy:
    """A TCP relay between two devices that keeps what it carries, and can be slow.

    `kib_per_s` paces each direction, all connections together; `stop` cuts what is under way, and so
    does the byte `cut_after`, both ways counted.
    """

    def __init__(self, target, kib_per_s=None):
        host, port = target.rsplit(":", 1)
        self.target = (host, int(port))
        self.kib_per_s = kib_per_s
        self.cut_after = None
        self.wires = {True: threading.Lock(), False: threading.Lock()}
        self.to_server = bytearray()
        self.to_client = bytearray()
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.stop()

    def stop(self):
        self.listener.close()
        for one in self.sockets:
            _cut(one)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.target)
            except OSError:
                return
            self.sockets += [client, server]
            for source, sink, kept in ((client, server, self.to_server),
                                       (server, client, self.to_client)):
                threading.Thread(target=self._carry, args=(source, sink, kept), daemon=True).start()

    def _carry(self, source, sink, kept):
        try:
            while data := source.recv(4096 if self.kib_per_s else 65536):
                kept += data
                if self.kib_per_s:
                    with self.wires[kept is self.to_server]:
                        time.sleep(len(data) / (self.kib_per_s * 1024))
                if self.cut_after is not None:
                    over = len(self.to_server) + len(self.to_client) - self.cut_after
                    if over >= 0:
                        sink.sendall(data[:max(0, len(data) - over)])
                        for one in self.sockets:
                            _cut(one)
                        return
                sink.sendall(data)
        except OSError:
            pass
        _cut(sink)


def _cut(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class CliTest(unittest.TestCase):
    """A test with a folder of its own, and the few words that most need."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relais-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return self.folder / name

    def write(self, name, content):
        if isinstance(content, str):
            content = content.encode("utf-8")
        self.path(name).write_bytes(content)
        return self.path(name)

    def make(self, name="a", *options):
        """A new space with one device."""
        relais("init", self.path(name), "--space", "Clinic", "--device", "Tablet " + name.upper(),
               *options)
        return self.path(name)

    def sample(self, patients, seed=1):
        out = self.path(f"sample-{patients}-{seed}.ndjson")
        relais("sample", "--patients", patients, "--seed", seed, "--out", out)
        return out

    def join(self, owner, name):
        """Another device of the owner's space."""
        invitation = relais("invite", owner).last_line
        with Serving(owner) as server:
            relais("join", self.path(name), invitation, "--device", "Tablet " + name.upper(),
                   "--at", server.address)
        return self.path(name)

    def sync(self, one, other):
        """`one` serves, `other` calls; what the sync came to."""
        with Serving(one) as server:
            return relais("sync", other, "--with", server.address, "--json").json

    def exported(self, folder):
        return relais("export", folder).out

    def assert_same(self, one, other):
        left, right = self.exported(one), self.exported(other)
        self.assertTrue(left == right, "the two exports differ")
        return left


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_exported(ndjson):
    """What an export of these imported lines has to be."""
    rows = [json.loads(line) for line in ndjson.splitlines()]
    rows.sort(key=lambda row: [row.get(key, "").encode() for key in ("scope", "collection", "id")])
    for row in rows:
        if row.get("scope") == "":
            del row["scope"]
    return "".join(canonical(row) + "\n" for row in rows)


def main():
    """Runs the tests of the calling script, and sums them up as GoogleTest does."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    passed = result.testsRun - failed - len(result.skipped)
    print(f"[  PASSED  ] {passed} tests.")
    for test, why in result.skipped:
        print(f"  {test}: {why}")
    if result.skipped:
        print(f"[  SKIPPED ] {len(result.skipped)} tests, listed above.")
    if failed:
        print(f"[  FAILED  ] {failed} tests, listed above.")
    sys.exit(1 if failed else 0)
