// Automerge. It keeps no form without history. Its plain strings are collaborative texts; the
// variant "registers" makes them immutable strings, which are replaced as a whole, as the other
// engines' are in the benchmark of documents.
import * as Automerge from "@automerge/automerge";

export const packageName = "@automerge/automerge";

// One author's copy of a text.
export class TextReplica {
  static positions = "UTF-16 units";
  // The text object must be one and the same for all authors: it is made once.
  static empty = () => Automerge.save(Automerge.from({ text: "" }));

  constructor(empty, author) {
    const actor = author.toString(16).padStart(32, "7");
    this.doc = Automerge.load(empty, { actor });
    this.take = null;
  }

  // Hands each later edit's update to `take`.
  onUpdate(take) {
    this.take = take;
  }

  edit(patches) {
    this.doc = Automerge.change(this.doc, (draft) => {
      for (const [at, deleted, inserted] of patches) {
        Automerge.splice(draft, ["text"], at, deleted, inserted);
      }
    });
    if (this.take !== null) this.take(Automerge.getLastLocalChange(this.doc));
  }

  receive(updates) {
    [this.doc] = Automerge.applyChanges(this.doc, updates);
  }

  text() {
    return this.doc.text;
  }

  history() {
    return Automerge.save(this.doc);
  }

  current() {
    return null;
  }

  static textOf(bytes) {
    return Automerge.load(bytes).text;
  }
}

const withRegisters = (value) => {
  if (typeof value === "string") return new Automerge.ImmutableString(value);
  if (Array.isArray(value)) return value.map(withRegisters);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, withRegisters(v)]));
};

const plain = (value) => {
  if (Automerge.isImmutableString(value)) return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};

export const documents = (variant) => {
  const registers = variant === "automerge-registers";
  return {
    create: (json) => Automerge.from(registers ? withRegisters(json) : json),
    encode: (doc) => Automerge.save(doc),
    load: (bytes) => Automerge.load(bytes),
    edit(doc, path, value) {
      const edited = Automerge.change(doc, (draft) => {
        const parent = path.slice(0, -1).reduce((map, name) => map[name], draft);
        parent[path.at(-1)] = value;
      });
      return [edited, Automerge.getLastLocalChange(edited)];
    },
    merge: (doc, update) => Automerge.applyChanges(doc, [update])[0],
    read: (doc, path) => path.reduce((map, name) => map[name], doc),
    json: plain,
    free: (doc) => Automerge.free(doc),
  };
};
