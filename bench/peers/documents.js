// Small documents: node documents.js ENGINE REGISTER.ndjson [DOCUMENTS]
//
// For each of the first DOCUMENTS lines ({"collection", "id", "doc"}), means in µs:
//   create  its JSON text becomes a document (objects maps, lists lists, strings values), encoded
//   load    what was encoded becomes a document, and one field is read
//   edit    one field of a loaded document becomes a number, and the update is encoded
//   merge   another loaded replica takes that update in
// Not timed: a third replica edits another field meanwhile, and two that take in both edits must end
// as the JSON with both. The fields are a document's first and last scalar that is in no list.
// The first few batches are a warm-up.
import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { engineNamed } from "./engines/index.js";
import { Timer, printLine } from "./measure.js";

const BATCH = 100;
const WARM_UP = 5;
const [HERE, THERE] = [38, 39]; // what the two write

const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const scalarPaths = (json, path = []) =>
  Object.entries(json).flatMap(([name, value]) => {
    if (isMap(value)) return scalarPaths(value, [...path, name]);
    return Array.isArray(value) ? [] : [[...path, name]];
  });

const withEdit = (json, path, value) => {
  const copy = structuredClone(json);
  path.slice(0, -1).reduce((map, name) => map[name], copy)[path.at(-1)] = value;
  return copy;
};

const readCases = (file, limit) => {
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => line !== "");
  return lines.slice(0, limit).map((line) => {
    const json = JSON.parse(line).doc;
    const paths = scalarPaths(json);
    if (paths.length < 2) throw new Error("a document without two fields to edit");
    const [here, there] = [paths[0], paths.at(-1)];
    const end = withEdit(withEdit(json, here, HERE), there, THERE);
    return { text: JSON.stringify(json), here, there, end };
  });
};

const measureBatch = (cases, engine, totals) => {
  const timed = (name, work) => {
    const timer = new Timer();
    const results = cases.map((_, i) => work(i));
    totals[name] = (totals[name] ?? 0) + timer.wallMs();
    totals.cpu = (totals.cpu ?? 0) + timer.cpuMs();
    return results;
  };
  const made = timed("create", (i) => {
    const doc = engine.create(JSON.parse(cases[i].text));
    return [doc, engine.encode(doc)];
  });
  const states = made.map(([, state]) => state);
  const loaded = timed("load", (i) => {
    const doc = engine.load(states[i]);
    engine.read(doc, cases[i].here);
    return doc;
  });
  const edits = timed("edit", (i) => engine.edit(loaded[i], cases[i].here, HERE));
  const fresh = states.map((state) => engine.load(state));
  const taken = timed("merge", (i) => engine.merge(fresh[i], edits[i][1]));

  const apart = states.map((state, i) => engine.edit(engine.load(state), cases[i].there, THERE));
  const ends = [
    ...taken.map((doc, i) => engine.merge(doc, apart[i][1])),
    ...apart.map(([doc], i) => engine.merge(doc, edits[i][1])),
  ];
  const right = (doc, i) => isDeepStrictEqual(engine.json(doc), cases[i % cases.length].end);
  totals.correct = (totals.correct ?? true) && ends.every(right);
  const bytes = (name, list) => {
    totals[name] = (totals[name] ?? 0) + list.reduce((sum, { length }) => sum + length, 0);
  };
  bytes("state", states);
  bytes("update", edits.map(([, update]) => update));
  bytes("json", cases.map(({ text }) => Buffer.from(text)));
  [...made.map(([doc]) => doc), ...edits.map(([doc]) => doc), ...ends].forEach(engine.free);
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const runBatch = async (cases, engine, totals) => {
  measureBatch(cases, engine, totals);
  if (!engine.leavesHandles) return;
  collect();
  await new Promise(setImmediate); // finalizers run here
};

const main = async ([name, file, limit = "4000"]) => {
  const { label, documents } = await engineNamed(name);
  const engine = documents();
  const cases = readCases(file, Number(limit));
  for (let i = 0; i < WARM_UP; i++) await runBatch(cases.slice(0, BATCH), engine, {});

  const totals = {};
  for (let from = 0; from < cases.length; from += BATCH) {
    await runBatch(cases.slice(from, from + BATCH), engine, totals);
  }
  const microseconds = (total) => (total * 1000) / cases.length;
  printLine({
    bench: "documents",
    engine: label,
    file: path.basename(file),
    documents: cases.length,
    create_us: microseconds(totals.create),
    load_us: microseconds(totals.load),
    edit_us: microseconds(totals.edit),
    merge_us: microseconds(totals.merge),
    cpu_us: microseconds(totals.cpu),
    state_bytes: totals.state / cases.length,
    json_bytes: totals.json / cases.length,
    update_bytes: totals.update / cases.length,
    correct: totals.correct,
  });
};

if (process.argv.length < 4) {
  console.error("node documents.js ENGINE REGISTER.ndjson [DOCUMENTS]");
  process.exit(2);
}
await main(process.argv.slice(2));
