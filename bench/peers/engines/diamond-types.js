// diamond-types, which has texts only. It keeps no form without history.
import { Branch, OpLog } from "diamond-types-node";

export const packageName = "diamond-types-node";

// One author's copy of a text: the log of all operations, and the text that follows from them. As
// two objects (the package's Doc is both in one) several updates are merged into the text at once.
export class TextReplica {
  static positions = "code points";
  static empty = () => null;

  constructor(_empty, author) {
    this.log = new OpLog(author.toString().padStart(12, "0"));
    this.content = new Branch();
    this.take = null;
  }

  // Hands each later edit's update to `take`.
  onUpdate(take) {
    this.take = take;
  }

  edit(patches) {
    const before = this.take === null ? null : this.log.getLocalVersion();
    for (const [at, deleted, inserted] of patches) {
      if (deleted > 0) this.log.del(at, deleted);
      if (inserted !== "") this.log.ins(at, inserted);
    }
    this.content.merge(this.log);
    if (this.take !== null) this.take(this.log.getPatchSince(before));
  }

  receive(updates) {
    for (const bytes of updates) this.log.addFromBytes(bytes);
    this.content.merge(this.log);
  }

  text() {
    return this.content.get();
  }

  history() {
    return this.log.toBytes();
  }

  current() {
    return null;
  }

  static textOf(bytes) {
    return OpLog.fromBytes(bytes).checkout().get();
  }
}
