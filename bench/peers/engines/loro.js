// Loro, as it comes: no timestamps, neighbouring commits of one author joined into one change.
import { LoroDoc, LoroList, LoroMap } from "loro-crdt";

export const packageName = "loro-crdt";

const load = (bytes) => {
  const doc = new LoroDoc();
  doc.import(bytes);
  return doc;
};

// One author's copy of a text.
export class TextReplica {
  static positions = "UTF-16 units";
  static empty = () => null;

  constructor(_empty, author) {
    this.doc = new LoroDoc();
    this.doc.setPeerId(0x7000000000000000n + BigInt(author));
    this.content = this.doc.getText("text");
  }

  // Hands each later edit's update to `take`.
  onUpdate(take) {
    this.doc.subscribeLocalUpdates(take);
  }

  edit(patches) {
    for (const [at, deleted, inserted] of patches) {
      if (deleted > 0) this.content.delete(at, deleted);
      if (inserted !== "") this.content.insert(at, inserted);
    }
    this.doc.commit();
  }

  receive(updates) {
    this.doc.importBatch(updates);
  }

  text() {
    return this.content.toString();
  }

  history() {
    return this.doc.export({ mode: "snapshot" });
  }

  current() {
    return this.doc.export({ mode: "shallow-snapshot", frontiers: this.doc.frontiers() });
  }

  static textOf(bytes) {
    return load(bytes).getText("text").toString();
  }
}

const fillMap = (map, json) => {
  for (const [name, value] of Object.entries(json)) {
    if (Array.isArray(value)) fillList(map.setContainer(name, new LoroList()), value);
    else if (value === null || typeof value !== "object") map.set(name, value);
    else fillMap(map.setContainer(name, new LoroMap()), value);
  }
};

const fillList = (list, json) => {
  for (const value of json) {
    if (Array.isArray(value)) fillList(list.pushContainer(new LoroList()), value);
    else if (value === null || typeof value !== "object") list.push(value);
    else fillMap(list.pushContainer(new LoroMap()), value);
  }
};

export const documents = () => ({
  // Handles left lying keep documents in wasm's memory, and all gets five times slower: garbage is
  // collected between batches, untimed. (The other engines gain nothing by it, and Yjs loses.)
  leavesHandles: true,
  create(json) {
    const doc = new LoroDoc();
    fillMap(doc.getMap("doc"), json);
    doc.commit();
    return doc;
  },
  encode: (doc) => doc.export({ mode: "snapshot" }),
  load,
  edit(doc, path, value) {
    const before = doc.version();
    const parent = path.slice(0, -1).reduce((map, name) => map.get(name), doc.getMap("doc"));
    parent.set(path.at(-1), value);
    doc.commit();
    return [doc, doc.export({ mode: "update", from: before })];
  },
  merge(doc, update) {
    doc.import(update);
    return doc;
  },
  read: (doc, path) => path.reduce((map, name) => map.get(name), doc.getMap("doc")),
  json: (doc) => doc.getMap("doc").toJSON(),
  free: (doc) => doc.free(),
});
