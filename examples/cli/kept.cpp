#include "kept.h"

#include "counted.h"

namespace cli {
namespace {

constexpr const char* kNotTheSame = "The devices don't hold the same yet.";

std::string interrupted(const std::string& sentences) { return "Interrupted: " + sentences; }

}  // namespace

std::string kept_of_sync() {
  return interrupted(
      "what came is kept. If that isn't all, run the command again: it goes on from there.");
}

std::string kept_of_sync(const relais::SyncReport& ended) {
  if (ended.in_sync) return interrupted("the sync was complete.");
  return interrupted(std::string("what came is kept. ") + kNotTheSame);
}

std::string kept_of_import() {
  return interrupted("what was imported stays. If that isn't all, run the command again.");
}

std::string kept_of_import(const relais::ImportReport& ended) {
  const std::size_t skipped = ended.skipped.size();
  std::string said =
      "the import was complete: " + counted(ended.documents, "document") + " in all.";
  if (skipped != 0) {
    said += ' ' + counted(skipped, "line") + (skipped == 1 ? " was" : " were") + " not imported.";
  }
  return interrupted(said);
}

std::string kept_of_join(bool set_aside) {
  const std::string again = "run the same command again, and it goes on from where it was.";
  return interrupted(set_aside ? again : "if this device has not joined yet, " + again);
}

std::string kept_of_joined() {
  return interrupted("this device has joined. `relais sync` fetches the documents.");
}

std::string kept_of_joined(const relais::SyncReport& synced) {
  if (synced.in_sync) return interrupted("this device has joined, and the documents are here.");
  return interrupted(std::string("this device has joined, and what came is kept. ") + kNotTheSame);
}

std::string kept_of_output(const std::string& out, bool existed) {
  if (out.empty()) return interrupted("the output is not whole.");
  return interrupted(out + (existed ? " was not replaced." : " was not written."));
}

std::string kept_of_whole_output(const std::string& out, std::size_t unreadable) {
  const std::string what = out.empty() ? "the output" : out;
  if (unreadable == 0) return interrupted(what + " is whole.");
  return interrupted(what + " is whole, but for " + counted(unreadable, "document") +
                     " that can't be read.");
}

}  // namespace cli
