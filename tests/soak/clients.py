"""A process of many devices, relais_soak_clients; told what to do by lines, answered by lines."""
import json
import os
import subprocess

PROGRAM = os.environ.get("RELAIS_SOAK_CLIENTS", "relais_soak_clients")


class Clients:
    def __init__(self, folder, first, count):
        self.folder, self.first, self.count = folder, first, count
        self.process = None
        self.begin()

    def begin(self):
        self.process = subprocess.Popen([PROGRAM, self.folder, str(self.first), str(self.count)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        said = json.loads(line) if line else {"error": "its process ended"}
        if "error" in said:
            raise AssertionError(f"devices from {self.first} on: {said['error']}")
        return said

    def ask(self, *words):
        self.tell(*words)
        return self.answer()

    def kill_and_begin_again(self):
        self.process.kill()
        self.end()
        self.begin()
        return self.ask("open")

    def end(self):
        """Closes all devices; their folders stay. How the process ended."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        return self.process.returncode
