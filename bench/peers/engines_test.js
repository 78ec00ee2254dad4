// node --test: every engine counts positions as the files do, and a wrong end is seen as wrong.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(path.join(tmpdir(), "peers-"));
after(() => rmSync(folder, { recursive: true }));

const run = (program, engine, name, content) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const script = fileURLToPath(new URL(program, import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, engine, file], { encoding: "utf8" }));
};
const trace = (engine, content) => run("trace.js", engine, "trace.json", JSON.stringify(content));

const BEYOND_16_BITS = {
  startContent: "𝒳",
  endContent: "𝒳b😀c",
  txns: [{ patches: [[1, 0, "😀😀c"]] }, { patches: [[1, 1, "b"]] }],
};
// Both wrote after "a😀": agent 0 before it, agent 1 after it. Then 0 saw all and deleted the end.
const APART = {
  kind: "concurrent",
  numAgents: 2,
  endContent: "x😀yz",
  txns: [
    { agent: 0, parents: [], patches: [[0, 0, "a😀"]] },
    { agent: 1, parents: [0], patches: [[2, 0, "y"]] },
    { agent: 0, parents: [0], patches: [[0, 1, "x"]] },
    { agent: 1, parents: [1], patches: [[3, 0, "z!"]] },
    { agent: 0, parents: [2, 3], patches: [[4, 1, ""]] },
  ],
};
const DOCUMENTS = JSON.stringify({
  collection: "cases",
  id: "1",
  doc: { a: "été", n: null, list: [1, [true, {}]], inner: { deep: { last: 3.5 } } },
});

for (const engine of ["yjs", "loro", "automerge", "diamond-types"]) {
  test(`${engine} takes positions as code points`, () => {
    assert.equal(trace(engine, BEYOND_16_BITS).correct, true);
  });
  test(`${engine} merges what was written apart`, () => {
    const { correct, edits } = trace(engine, APART);
    assert.deepEqual([correct, edits], [true, 5]);
  });
  test(`${engine} is found wrong if it ends at another text`, () => {
    assert.equal(trace(engine, { ...APART, endContent: "x😀zy" }).correct, false);
    assert.equal(trace(engine, { ...BEYOND_16_BITS, endContent: "𝒳b😀C" }).correct, false);
  });
}
for (const engine of ["yjs", "loro", "automerge", "automerge-registers"]) {
  test(`${engine} keeps every kind of JSON value, and both edits`, () => {
    const { correct, documents } = run("documents.js", engine, "register.ndjson", DOCUMENTS);
    assert.deepEqual([correct, documents], [true, 1]);
  });
}
