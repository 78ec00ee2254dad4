#!/usr/bin/env python3
"""Cuts the power of a disk while a store is written, mounts it again, and looks what is there.

    power_cut.py --writer PROGRAM [--rounds N] [--seed S] [--control no-sync|early-ack]
                 [--journal FILE] [--test]

The disk is an ext4 image on a loop device; the power goes by the ioctl EXT4_IOC_SHUTDOWN, which
lets nothing more through to the image, not even the file system's journal. Only what was
acknowledged before the call counts: an fsync under way may still say that it is done. Needs root
and a loop device; else it says so and ends with 77. Prints JSON, a line for each 50 rounds and one
at the end. --test runs a few rounds, and both controls, which must report losses.
"""
import argparse
import collections
import fcntl
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
ROUNDS_PER_WORLD = 25
IMAGE_MIB = 160
SKIPPED = 77
ATTEMPTS_AT_A_CONTROL = 60


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout.strip()


def why_not():
    """What is missing here; nothing if power cuts can be tried."""
    if os.geteuid() != 0:
        return "only root can mount"
    for tool in ("losetup", "mkfs.ext4", "mount", "umount", "unshare"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    if not os.path.exists("/dev/loop-control"):
        return "there is no /dev/loop-control"
    with tempfile.TemporaryDirectory(prefix="relais-power-") as folder:
        try:
            disk = Disk(pathlib.Path(folder))
        except OSError as error:
            return str(error)
        try:
            disk.mount()
            disk.cut_power()
        except OSError as error:
            return str(error)
        finally:
            disk.close()
    return None


class Disk:
    """An ext4 image on a loop device, and where it is mounted."""

    def __init__(self, folder):
        image = folder / "image"
        with open(image, "wb") as file:
            file.truncate(IMAGE_MIB << 20)
        run("mkfs.ext4", "-q", "-F", image)
        self.point = folder / "mount"
        self.point.mkdir()
        self.device = run("losetup", "--find", "--show", image)
        self.mounted = False

    def mount(self):
        run("mount", "-t", "ext4", self.device, self.point)
        self.mounted = True

    def unmount(self):
        if self.mounted:
            run("umount", self.point)
            self.mounted = False

    def cut_power(self):
        point = os.open(self.point, os.O_RDONLY)
        try:
            fcntl.ioctl(point, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(point)

    def close(self):
        try:
            self.unmount()
        finally:
            run("losetup", "--detach", self.device)


class Cuts:
    """Rounds of writing, power cut, checking; each process checks what the one before left."""

    def __init__(self, writer, disk, folder, seed, control):
        self.writer, self.disk, self.control = writer, disk, control
        self.known = folder / "acknowledged"
        self.chance = random.Random(seed)
        self.seed = seed
        self.counts = collections.Counter()
        self.violations = []
        self.begun = time.monotonic()
        self.kind = None

    def new_world(self):
        store = self.disk.point / "store"
        if store.exists():
            shutil.rmtree(store)
        os.sync()
        self.known.unlink(missing_ok=True)
        self.kind = self.chance.choice(("store", "engine", "engine"))
        self.counts["worlds"] += 1

    def start(self, *options):
        words = [self.writer, self.kind, self.disk.point / "store", self.known,
                 self.chance.getrandbits(60), *options]
        if self.control:
            words += ["--control", self.control]
        return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)

    def take(self, line):
        """What a writer found when it opened the store; False if something is wrong."""
        found = json.loads(line) if line else {"event": "the writer died before it had checked"}
        if found["event"] != "checked":
            self.violations.append({"round": self.counts["rounds"], "kind": self.kind, **found})
            return False
        self.counts["checked"] += 1
        for key in ("lost_writes", "lost_places", "reused_places", "problems"):
            self.counts[key] += found[key]
        if found["first"]:
            self.violations.append({"round": self.counts["rounds"], "kind": self.kind, **found})
            return False
        return True

    def round(self):
        writer = self.start()
        well = self.take(writer.stdout.readline())
        if well:
            time.sleep(self.chance.choice((0.01, 0.05, 0.2, 0.5)) * self.chance.random())
            if writer.poll() is not None:
                self.violations.append({"event": f"the writer ended with {writer.returncode} before"
                                                 " the power went"})
                well = False
            before = self.known.read_bytes()
            self.disk.cut_power()
            writer.kill()
            writer.wait()
            after = self.known.read_bytes()[len(before):].split(b"\n")[:-1]
            # A line that was only half there belongs to what came after.
            whole = before[:before.rfind(b"\n") + 1]
            tried = [line + b"\n" for line in after if line.startswith(b"try ")]
            self.known.write_bytes(whole + b"".join(tried))
            self.counts["power_cuts"] += 1
            self.disk.unmount()
            self.disk.mount()
        writer.kill()
        writer.wait()
        writer.stdout.close()
        self.counts["rounds"] += 1
        return well

    def check_last(self):
        checker = self.start("--check-only")
        line = checker.stdout.readline()
        checker.wait()
        checker.stdout.close()
        return self.take(line)

    def run(self, rounds, enough=lambda: False):
        self.disk.mount()
        self.new_world()
        for number in range(1, rounds + 1):
            last_of_world = number % ROUNDS_PER_WORLD == 0 or number == rounds
            well = self.round()
            if well and last_of_world:
                well = self.check_last()
            if not well or last_of_world:
                self.new_world()
            if number % 50 == 0:
                print(json.dumps(self.summary()), flush=True)
            if enough():
                break
        self.disk.unmount()

    def summary(self):
        seconds = time.monotonic() - self.begun
        keys = ("rounds", "power_cuts", "checked", "worlds", "lost_writes", "lost_places",
                "reused_places", "problems")
        return {"seed": self.seed, "control": self.control or "",
                **{key: self.counts[key] for key in keys}, "violations": len(self.violations),
                "first": self.violations[:1], "seconds": round(seconds, 1),
                "power_cuts_per_second": round(self.counts["power_cuts"] / seconds, 2)}


def cut(arguments, seed, control, rounds, enough=None):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="relais-power-"))
    try:
        disk = Disk(folder)
        try:
            cuts = Cuts(arguments.writer, disk, folder, seed, control)
            cuts.run(rounds, (lambda: enough(cuts)) if enough else (lambda: False))
            return cuts
        finally:
            disk.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lost(cuts):
    return cuts.counts["lost_writes"] + cuts.counts["lost_places"] > 0


def test(arguments, seed):
    cuts = cut(arguments, seed, None, arguments.rounds)
    print(json.dumps(cuts.summary()), flush=True)
    well = not cuts.violations and cuts.counts["power_cuts"] == arguments.rounds
    for control in ("no-sync", "early-ack"):
        planted = cut(arguments, seed, control, ATTEMPTS_AT_A_CONTROL, lost)
        print(json.dumps(planted.summary()), flush=True)
        if not lost(planted):
            print(f"The planted fault {control} was not caught.")
            well = False
    return well


def add_to_journal(path, summary):
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(summary) + "\n")
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    print(f"In all: {sum(row['power_cuts'] for row in rows)} power cuts, "
          f"{sum(row['violations'] for row in rows)} violations.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--writer", default=os.environ.get("RELAIS_POWER_WRITER"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--control", choices=("no-sync", "early-ack"))
    parser.add_argument("--journal")
    parser.add_argument("--test", action="store_true")
    arguments = parser.parse_args()
    if shutil.which("unshare") and "RELAIS_OWN_MOUNTS" not in os.environ:
        # Mounts of its own, gone with it whatever happens.
        words = ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv]
        own = {**os.environ, "RELAIS_OWN_MOUNTS": "1"}
        if os.geteuid() == 0:
            return subprocess.run(words, env=own).returncode
    if missing := why_not():
        print(f"SKIPPED: no power is cut here: {missing}.")
        return SKIPPED
    if arguments.test:
        return 0 if test(arguments, arguments.seed) else 1
    cuts = cut(arguments, arguments.seed, arguments.control, arguments.rounds)
    print(json.dumps(cuts.summary()), flush=True)
    if arguments.journal:
        add_to_journal(arguments.journal, cuts.summary())
    return 1 if cuts.violations else 0


if __name__ == "__main__":
    sys.exit(main())
