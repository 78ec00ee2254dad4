#!/usr/bin/env python3
"""What this machine's other users, its crash reports and its clock may do to a device."""
import os
import pathlib
import resource
import signal
import stat
import subprocess
import time
import unittest

from harness import BINARY, CliTest, SANITIZED, Serving, main, relais, start

FALSE_CLOCK = os.environ.get("RELAIS_FALSE_CLOCK")
YEAR = 366 * 24 * 3600


def modes(folder):
    """Of the folder and all in it, those that let others in."""
    everything = [folder, *folder.rglob("*")]
    return [str(one) for one in everything
            if stat.S_IMODE(one.lstat().st_mode) != (0o700 if one.is_dir() else 0o600)]


class Folders(CliTest):
    def test_a_folder_and_all_its_files_are_private_whatever_the_umask(self):
        before = os.umask(0)
        try:
            a = self.make("a")
            relais("put", a, "cases/1", "a=1")
            b = self.join(a, "b")
            self.sync(a, b)
        finally:
            os.umask(before)
        self.assertEqual(modes(a) + modes(b), [])

    def test_a_folder_that_others_could_read_is_closed_to_them_and_it_is_said(self):
        a = self.make("a")
        for one in [a, *a.rglob("*")]:
            one.chmod(0o755 if one.is_dir() else 0o644)
        ran = relais("status", a)
        self.assertIn("Other users of this machine could read the folder", ran.err)
        self.assertEqual(modes(a), [])
        self.assertEqual(relais("status", a).err, "")

    def test_a_folder_that_was_there_is_closed_when_a_space_is_made_in_it(self):
        self.path("a").mkdir(mode=0o777)
        self.path("a").chmod(0o777)
        ran = relais("init", self.path("a"), "--space", "Clinic", "--device", "A")
        self.assertIn("from now on only you can", ran.err)
        self.assertEqual(modes(self.path("a")), [])


@unittest.skipIf(SANITIZED, "a sanitizer looks into its own process")
class Cores(CliTest):
    @staticmethod
    def may_dump():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    def aborted(self, process):
        process.send_signal(signal.SIGABRT)
        return os.waitpid(process.pid, 0)[1]

    def test_a_program_that_crashes_leaves_no_core(self):
        other = subprocess.Popen(["sleep", "60"], cwd=self.folder, preexec_fn=self.may_dump)
        time.sleep(0.2)
        if not os.WCOREDUMP(self.aborted(other)):
            self.skipTest("this machine writes no core dumps at all")
        other.returncode = -6
        process = start("serve", self.make("a"), "--listen", "127.0.0.1:0", cwd=self.folder,
                        preexec_fn=self.may_dump)
        process.stdout.readline()
        self.assertFalse(os.WCOREDUMP(self.aborted(process)))
        process.returncode = -6
        process.stdout.close()
        process.stderr.close()

    def test_it_may_not_be_looked_into_and_asks_for_no_core(self):
        with Serving(self.make("a")) as server:
            limits = pathlib.Path(f"/proc/{server.process.pid}/limits")
            if os.geteuid() == 0:  # what can't be dumped belongs to root
                core = next(line for line in limits.read_text().splitlines()
                            if line.startswith("Max core file size"))
                self.assertEqual(core.split()[4:6], ["0", "0"])
            else:
                self.assertEqual(limits.stat().st_uid, 0)


@unittest.skipIf(SANITIZED or not FALSE_CLOCK, "the false clock isn't there, or a sanitizer is")
class Clocks(CliTest):
    def at(self, shift, *arguments, code=0):
        env = {**os.environ, "LD_PRELOAD": FALSE_CLOCK, "RELAIS_CLOCK_SHIFT": str(int(shift))}
        words = [BINARY, *map(str, arguments)]
        ran = subprocess.run(words, env=env, capture_output=True, timeout=60)
        self.assertEqual(ran.returncode, code, ran.stderr.decode() + ran.stdout.decode())
        return ran.stdout.decode()

    def test_a_store_opens_and_works_before_1970(self):
        a = self.make("a")
        before_1970 = -time.time() - YEAR
        self.assertIn("Documents", self.at(before_1970, "status", a))
        self.at(before_1970, "init", self.path("b"), "--space", "S", "--device", "B")
        self.assertIn("All is well", self.at(before_1970, "verify", self.path("b")))
        self.assertIn("All is well", relais("verify", a).out)

    def test_an_invitation_that_expired_stays_expired_when_the_clock_goes_back(self):
        a = self.make("a")
        invitation = relais("invite", a, "--minutes", 10).last_line
        self.at(700, "status", a)  # a look at the clock is enough
        with Serving(a) as server:
            error = relais("join", self.path("b"), invitation, "--device", "B", "--at",
                           server.address, "--json", code=1).error
        self.assertEqual(error["error"], "invitation_refused")

    def test_an_invitation_is_no_good_where_the_clock_was_set_to_before_it_was_made(self):
        a = self.make("a")
        invitation = self.at(YEAR, "invite", a, "--minutes", 10).rstrip().rsplit("\n", 1)[-1]
        with Serving(a) as server:
            error = relais("join", self.path("b"), invitation, "--device", "B", "--at",
                           server.address, "--json", code=1).error
        self.assertEqual(error["error"], "invitation_refused")


if __name__ == "__main__":
    main()
