// Replays a recorded editing history: node trace.js ENGINE FILE.json[.gz]
//
// Each transaction of the file is one of the engine's. A sequential file has one author. In a
// concurrent one each agent has a replica: it edits there, and every edit's update goes to each
// other replica just before that one's next edit that the file says had seen it. All of that, and
// bringing every replica to the end, is apply_ms.
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { engineNamed } from "./engines/index.js";
import { Timer, median, printLine } from "./measure.js";
import { inUtf16, stepsOf } from "./steps.js";

const LOADS = 5;

const readTrace = (file) => {
  const bytes = readFileSync(file);
  return JSON.parse(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
};

const makeReplicas = (steps, { TextReplica }) => {
  const empty = TextReplica.empty();
  const replicas = steps.agents.map((agent) => new TextReplica(empty, agent));
  if (steps.start !== "") replicas[0].edit([[0, 0, steps.start]]);
  return replicas;
};

const playAlone = (steps, [replica], convert) => {
  for (const step of steps.list) replica.edit(convert(step, replica));
};

const playTogether = (steps, replicas, convert) => {
  const updates = []; // of each step: a transaction that changes nothing makes none
  replicas.forEach((replica) => replica.onUpdate((bytes) => updates.at(-1).push(bytes)));
  const hand = (indices, replica) => {
    if (indices.length > 0) replica.receive(indices.flatMap((index) => updates[index]));
  };
  for (const step of steps.list) {
    const replica = replicas[step.agent];
    hand(step.receives, replica);
    updates.push([]);
    replica.edit(convert(step, replica));
  }
  steps.missingAtEnd.forEach((indices, agent) => hand(indices, replicas[agent]));
};

const play = (steps, engine, convert = (step) => step.patches) => {
  const replicas = makeReplicas(steps, engine);
  (replicas.length === 1 ? playAlone : playTogether)(steps, replicas, convert);
  return replicas;
};

// Positions of the file are code points, those of most engines UTF-16 units: where the two differ,
// the file is played once, unmeasured, to see the text that each position is in.
const convertPositions = (trace, steps, engine) => {
  if (engine.TextReplica.positions === "code points") return;
  if (!/[\u{10000}-\u{10ffff}]/u.test(JSON.stringify([trace.startContent, trace.txns]))) return;
  play(steps, engine, (step, replica) => {
    step.patches = inUtf16(step.patches, replica.text());
    return step.patches;
  });
};

const measureLoad = (bytes, { TextReplica }) => {
  const times = [];
  const texts = [];
  for (let run = 0; run < LOADS; run++) {
    const timer = new Timer();
    texts.push(TextReplica.textOf(bytes));
    times.push(timer.wallMs());
  }
  return { texts, load_ms: median(times) };
};

const main = async ([name, file]) => {
  const engine = await engineNamed(name);
  const trace = readTrace(file);
  const steps = stepsOf(trace);
  convertPositions(trace, steps, engine);

  const timer = new Timer();
  const replicas = play(steps, engine);
  const apply_ms = timer.wallMs();
  const apply_cpu_ms = timer.cpuMs();

  const history = replicas[0].history();
  const { texts, load_ms } = measureLoad(history, engine);
  texts.push(...replicas.map((replica) => replica.text()));
  printLine({
    bench: "trace",
    engine: engine.label,
    file: path.basename(file),
    edits: steps.edits,
    apply_ms,
    apply_cpu_ms,
    edits_per_s: Math.round((steps.edits * 1000) / apply_ms),
    history_bytes: history.length,
    current_bytes: replicas[0].current()?.length ?? null,
    load_ms,
    correct: texts.every((text) => text === trace.endContent),
  });
};

if (process.argv.length !== 4) {
  console.error("node trace.js ENGINE FILE.json[.gz]");
  process.exit(2);
}
await main(process.argv.slice(2));
