#!/usr/bin/env python3
"""Writes histories that the executable model of the document rules plays and evaluates, one a line of JSON.

    dump.py MODEL_FOLDER COUNT [SEED] [KIND ...]
    dump.py MODEL_FOLDER --scripts FILE         those of a file, a line of JSON each: setting, deeds

Each line: setting, deeds, the changes that the model's writers wrote, and what the model makes of some sets of
admitted and of unreadable changes; changes and states in the words of text.cpp. KIND: small (every history of
few changes), random, blind, listed (contexts never whole), content (by-content changes); else all of them.
"""
import itertools
import json
import pathlib
import random
import sys

VERBS = {"rdel": "clear", "del": "delete", "res": "restore", "wd": "withdraw", "rem": "remove", "cnt": "count",
         "ins": "insert", "mv": "move", "nop": "nothing"}
KINDS = {"val": "value", "add": "element", "cnt": "count", "ins": "insert", "mv": "move"}
CONTENT = 64
KINDS_OF_HISTORIES = ("small", "random", "blind", "listed", "content")


def unit(number):
    return number if number < 4096 else CONTENT + number - 4096


def dot_text(dot):
    return f"{unit(dot[0])}.{dot[1]}"


def path_text(path):
    return "".join("/" + (dot_text(step[1:]) if isinstance(step, tuple) else step) for step in path) or "/"


def joined(texts):
    return "".join(" " + text for text in texts) or " -"


def value_texts(value):
    """Text, number and dots of what an op holds."""
    if isinstance(value, tuple):
        return "", 0, [dot_text(dot) for dot in value]
    return ("", value, []) if isinstance(value, int) else (value or "", 0, [])


def op_text(op):
    path, value = (op[1] if len(op) > 1 else ()), (op[2] if len(op) > 2 else None)
    if op[0] == "wd":
        path, value = (), op[1]
    text, number, dots = value_texts(value)
    return f" {VERBS.get(op[0], op[0])} {path_text(path)} '{text}' {number}{joined(dots)};"


def change_text(change):
    places = [joined(f"{a}.{s}" for a, s in some) for some in (change.entries, sorted(change.holes))]
    saw = joined(str(i) for i in range(change.i) if change.truth >> i & 1)
    carry = "" if change.carry is None else " import" if change.carry[0] == "import" else " adoption %d.%d" % change.carry[1]
    return (f"{change.author}.{change.seq} saw{saw} {'whole' if change.whole else 'lists'}{places[0]} holes{places[1]}"
            f" contents{joined(str(unit(v)) for v in sorted(change.lists))}{carry}:{''.join(map(op_text, change.ops))}")


def state_text(state):
    out = "items: "
    for dot, item in sorted(state.live.items()):
        text, number, dots = value_texts(item.value)
        shown = " shown" if dot in state.shown else ""
        out += f"{dot_text(dot)} {KINDS.get(item.kind, item.kind)} {path_text(item.path)} '{text}' {number}{joined(dots)}{shown}; "
    out += "marks: "
    for dot, (path, reason) in sorted(state.marks.items()):
        out += f"{dot_text(dot)} {path_text(path)} '{reason}'{' contested' if dot in state.contested else ''}; "
    return out + "counters:" + joined(f"{path_text(p)} {n}" for p, n in sorted(state.counters.items())).replace(" -", "")


class Dump:
    def __init__(self, folder, seed):
        sys.path.insert(0, str(folder))
        import check
        import content
        import model
        import play
        self.check, self.content, self.model, self.play, self.rng = check, content, model, play, random.Random(seed)

        class World(play.World):
            """Numbers Cs in the order of their first carriers. Who would adopt what isn't there writes nothing."""

            def ops(self, a, s, act):
                if act[0] == "adopt" and act[1] not in self.h.at:
                    self.n += 1
                    return None
                return super().ops(a, s, act)

            def write(self, a, ops, note, carry=None):
                change = super().write(a, ops, note, carry)
                if carry is not None:
                    self.h.content.setdefault((carry, repr(ops)), model.CONTENT_ID + len(self.h.content))
                return change
        self.world = World

    def sets(self, world):
        """Admitted and unreadable sets: all; then cut-offs and losses by chance."""
        rng, logs, n = self.rng, world.h.log, len(world.h.changes)
        yield world.admitted(), 0
        for _ in range(3 if n else 0):
            cuts = [log[:rng.choice([len(log), rng.randint(0, len(log))])] for log in logs.values()]
            gone = rng.choice([0, 1 << rng.randrange(n), rng.getrandbits(n) & rng.getrandbits(n)])
            yield sum(1 << i for i in itertools.chain(*cuts)), gone

    def line(self, setting, deeds):
        model = self.model
        rules = model.replace(model.AMENDED, whole=setting["whole"])
        unreadable = {}
        for author, of, seq in setting["unreadable"]:
            unreadable.setdefault(author, set()).add((of, seq))
        world = self.world(rules, authors=setting["authors"], blind=unreadable, base=setting["base"])
        for deed in deeds:
            world.step(deed)
        states = [[str(admitted), str(gone), state_text(model.evaluate(world.h, admitted, gone))]
                  for admitted, gone in self.sets(world)]
        return {"setting": setting, "deeds": deeds, "changes": [change_text(c) for c in world.h.changes], "states": states}

    def small(self):
        rng = self.rng
        few = [("set", self.play.X), ("del", self.play.ROOT), ("del", self.play.M), ("restore", self.play.ROOT), ("count",)]
        for rules, depth, actions in ((self.model.AMENDED, 2, self.check.ACTIONS), (self.model.AMENDED, 4, few)):
            for _, script in self.check.exhaustive(rules, depth, actions):
                yield {"authors": 3, "whole": rng.choice([0, 4]), "base": True, "unreadable": []}, script

    def random(self, whole=4, blind=False):
        while True:
            authors = self.rng.choice([3, 4, 6])
            script = self.check.random_script(self.rng, self.rng.randint(3, 14), authors)
            cut = self.rng.randrange(authors)
            if self.rng.random() < .3:
                script.insert(self.rng.randrange(len(script)), ("cut", cut, self.rng.randint(0, 2)))
                if self.rng.random() < .5:
                    script.append(("extend", cut))
            unreadable = [[authors - 1, self.rng.randrange(2), k] for k in range(2, 2 + self.rng.randint(1, 3))] if blind else []
            yield {"authors": authors, "whole": whole, "base": True, "unreadable": unreadable}, script

    def by_content(self):
        base = {"authors": 4, "whole": 4, "base": False, "unreadable": []}
        for _, script in self.content.SCENARIOS:
            yield base, script
        while True:
            setting = dict(base, authors=3, whole=self.rng.choice([0, 4]))
            if self.rng.random() < .2:
                setting["unreadable"] = [[self.rng.randrange(3), self.rng.randrange(3), self.rng.randint(1, 3)]]
            script = self.content.script(self.rng, self.rng.randint(3, 12))
            if self.rng.random() < .3:              # other deeds among them
                script += self.check.random_script(self.rng, 4, 3)
            yield setting, script

    def sources(self, kinds):
        of = {"small": self.small, "random": self.random, "blind": lambda: self.random(self.rng.choice([0, 1, 4]), True),
              "listed": lambda: self.random(self.rng.choice([0, 1])), "content": self.by_content}
        return [of[kind]() for kind in kinds]


def as_step(deed):
    """A deed as JSON has it, with tuples."""
    if isinstance(deed[0], str):
        return tuple(deed)
    action = tuple(tuple(part) if isinstance(part, list) else part for part in deed[2])
    return deed[0], tuple(deed[1]), action


def main():
    folder = pathlib.Path(sys.argv[1])
    dump = Dump(folder, int(sys.argv[3]) if sys.argv[3:] and sys.argv[2] != "--scripts" else 1)
    if sys.argv[2] == "--scripts":
        for line in open(sys.argv[3], encoding="utf-8"):
            script = json.loads(line)
            print(json.dumps(dump.line(script["setting"], [as_step(deed) for deed in script["deeds"]]),
                             separators=(",", ":")))
        return
    count = int(sys.argv[2])
    sources = dump.sources(sys.argv[4:] or KINDS_OF_HISTORIES)
    written = 0
    while written < count and sources:
        for source in list(sources):
            script = next(source, None)
            if script is None:
                sources.remove(source)
                continue
            if written < count:
                print(json.dumps(dump.line(*script), separators=(",", ":")))
                written += 1


if __name__ == "__main__":
    main()
