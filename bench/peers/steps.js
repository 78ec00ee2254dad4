// A trace of josephg/editing-traces as steps for replicas, one replica an agent.
//
// stepsOf gives {start, agents, edits, list: [{agent, receives, patches}], missingAtEnd}: `receives`
// are the indices of the steps that an agent's replica must be given before it edits,
// `missingAtEnd[agent]` those it still lacks after all. All of it is worked out beforehand, so that
// no engine's time contains it.

const sequential = (trace) => ({
  agents: [0],
  list: trace.txns.map(({ patches }) => ({ agent: 0, receives: [], patches })),
  missingAtEnd: [[]],
});

// How many transactions of each agent a transaction has seen, itself included.
const clocksOf = (txns, agentCount) => {
  const clocks = [];
  const made = new Array(agentCount).fill(0);
  for (const { agent, parents } of txns) {
    const clock = new Array(agentCount).fill(0);
    for (const parent of parents) {
      clocks[parent].forEach((count, other) => (clock[other] = Math.max(clock[other], count)));
    }
    if (clock[agent] !== made[agent]) throw new Error("an agent's edits don't follow one another");
    clock[agent] = ++made[agent];
    clocks.push(clock);
  }
  return clocks;
};

const concurrent = ({ startContent, txns, numAgents }) => {
  if (startContent) throw new Error("a concurrent trace begins with nothing");
  const clocks = clocksOf(txns, numAgents);
  const agents = [...Array(numAgents).keys()];
  const madeBy = agents.map((agent) => [...txns.keys()].filter((i) => txns[i].agent === agent));
  const held = agents.map(() => new Array(numAgents).fill(0));
  const bringTo = (agent, clock) => {
    const others = agents.filter((other) => other !== agent);
    const missing = others.flatMap((o) => madeBy[o].slice(held[agent][o], clock[o]));
    others.forEach((other) => (held[agent][other] = clock[other]));
    return missing.sort((a, b) => a - b);
  };
  const list = txns.map(({ agent, patches }, i) => ({
    agent,
    receives: bringTo(agent, clocks[i]),
    patches,
  }));
  const all = madeBy.map((indices) => indices.length);
  return { agents, list, missingAtEnd: agents.map((agent) => bringTo(agent, all)) };
};

export const stepsOf = (trace) => ({
  start: trace.startContent ?? "",
  edits: trace.txns.reduce((sum, { patches }) => sum + patches.length, 0),
  ...(trace.kind === "concurrent" ? concurrent(trace) : sequential(trace)),
});

// Patches with positions in code points of `text`, as patches in UTF-16 units.
export const inUtf16 = (patches, text) => {
  const points = [...text];
  const units = (from, to) => points.slice(from, to).join("").length;
  return patches.map(([at, deleted, inserted]) => {
    const patch = [units(0, at), units(at, at + deleted), inserted];
    points.splice(at, deleted, ...inserted);
    return patch;
  });
};
