// The engines by name, with the version that is installed.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const MODULES = {
  automerge: "./automerge.js",
  "automerge-registers": "./automerge.js",
  "diamond-types": "./diamond-types.js",
  loro: "./loro.js",
  yjs: "./yjs.js",
};

const installedVersion = (packageName) => {
  const folders = createRequire(import.meta.url).resolve.paths(packageName);
  for (const folder of folders) {
    try {
      return JSON.parse(readFileSync(path.join(folder, packageName, "package.json"))).version;
    } catch {
      // not in this folder
    }
  }
  throw new Error(`${packageName} is not installed: npm ci`);
};

// {label, TextReplica, documents} of an engine; one that has texts only throws at documents().
export const engineNamed = async (name) => {
  if (!(name in MODULES)) throw new Error(`no engine ${name}: ${Object.keys(MODULES).join(", ")}`);
  const engine = await import(MODULES[name]);
  return {
    label: `${name}@${installedVersion(engine.packageName)}`,
    TextReplica: engine.TextReplica,
    documents() {
      if (!engine.documents) throw new Error(`${name} has no documents`);
      return engine.documents(name);
    },
  };
};
