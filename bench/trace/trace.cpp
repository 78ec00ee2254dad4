#include "trace.h"

#include <simdjson.h>
#include <zlib.h>

#include <algorithm>

#include "support/measure.h"

namespace bench {
namespace {

using simdjson::dom::element;

/// Reads a whole file, decompressing it if needed.
std::string inflate(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) fail("can't open " + path);
  std::string text;
  std::vector<char> buffer(std::size_t{1} << 20);
  int read = 0;
  while ((read = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(read));
  }
  gzclose(file);
  if (read < 0) fail("can't inflate " + path);
  return text;
}

element member(const element& object, std::string_view name) {
  element found;
  if (object[name].get(found) != simdjson::SUCCESS) {
    fail("the trace has no \"" + std::string(name) + "\" where one is needed");
  }
  return found;
}

template <class T>
T get(const element& value) {
  T got;
  if (value.get(got) != simdjson::SUCCESS) fail("a value of the trace is of another type");
  return got;
}

std::size_t number(const element& value) { return get<std::uint64_t>(value); }

std::vector<element> items(const element& value) {
  const auto array = get<simdjson::dom::array>(value);
  return {array.begin(), array.end()};
}

Edit read_edit(const element& from) {
  Edit edit;
  for (const element& patch : items(member(from, "patches"))) {
    const auto parts = items(patch);
    if (parts.size() != 3) fail("a patch of the trace has not three parts");
    edit.patches.push_back(
        {number(parts[0]), number(parts[1]), std::string(get<std::string_view>(parts[2]))});
  }
  return edit;
}

/// Derives from the parents of each transaction how much of each author it had seen.
void read_history(const element& transactions, Trace& trace) {
  std::vector<std::vector<std::size_t>> after;              // including the edit itself
  std::vector<std::vector<std::size_t>> of(trace.authors);  // the edits of each author
  const auto list = items(transactions);
  for (std::size_t i = 0; i < list.size(); ++i) {
    Edit& edit = trace.edits[i];
    edit.author = number(member(list[i], "agent"));
    if (edit.author >= trace.authors) fail("the trace has more agents than it says");
    edit.seen.assign(trace.authors, 0);
    for (const element& parent : items(member(list[i], "parents"))) {
      const std::size_t at = number(parent);
      if (at >= i) fail("a transaction of the trace comes before its parent");
      for (std::size_t a = 0; a < trace.authors; ++a) {
        edit.seen[a] = std::max(edit.seen[a], after[at][a]);
      }
    }
    if (edit.seen[edit.author] != of[edit.author].size()) {
      fail("an agent of the trace hadn't seen its own last transaction");
    }
    for (std::size_t a = 0; a < trace.authors; ++a) {
      if (a != edit.author && edit.seen[a] > 0) trace.edits[of[a][edit.seen[a] - 1]].last = true;
    }
    of[edit.author].push_back(i);
    after.push_back(edit.seen);
    ++after.back()[edit.author];
  }
}

}  // namespace

Trace read_trace(const std::string& path, bool concurrent) {
  simdjson::dom::parser parser;
  const simdjson::padded_string json(inflate(path));
  element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) fail(path + " is not JSON");
  Trace trace;
  trace.end = get<std::string_view>(member(root, "endContent"));
  const element transactions = member(root, "txns");
  for (const element& transaction : items(transactions)) {
    trace.edits.push_back(read_edit(transaction));
    trace.patches += trace.edits.back().patches.size();
  }
  if (concurrent) {
    trace.authors = number(member(root, "numAgents"));
    read_history(transactions, trace);
  } else {
    trace.start = get<std::string_view>(member(root, "startContent"));
  }
  return trace;
}

}  // namespace bench
