#include "support/projection_dump.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "replica/projection/contexts.h"
#include "replica/projection/folding.h"

namespace relais::testing {
namespace {

using store::Family;

/// Writes rows under global names.
class Dump {
 public:
  explicit Dump(replica::Core& core) : core_(core) {}

  std::map<CompartmentId, std::vector<std::string>> run() {
    const auto documents = core_.store->scan(Family::documents, {}, {});
    for (; documents->valid(); documents->next()) {
      document(documents->key(), documents->value());
    }
    const auto rows = core_.store->scan(Family::index, {}, {});
    for (; rows->valid(); rows->next()) index(rows->key(), rows->value());
    for (auto& [compartment, lines] : lines_) std::sort(lines.begin(), lines.end());
    return std::move(lines_);
  }

 private:
  static constexpr std::size_t kNoBytes = sizeof(store::CompartmentNo);

  /// The compartment of a key that begins with its number.
  CompartmentId compartment_of(BytesView key) const {
    if (key.size() < kNoBytes) return {};
    Reader in(key);
    const auto id = core_.logs.compartment(in.u32());
    return id.value_or(CompartmentId{});
  }
  std::string place(store::LogNo log, std::uint64_t seq) const {
    const store::LogRow* row = core_.logs.find(log);
    return (row == nullptr ? "?" : to_hex(row->id.author.view())) + '/' + std::to_string(seq);
  }
  static void add_sorted(std::vector<std::string> words, std::string& line) {
    std::sort(words.begin(), words.end());
    for (const std::string& word : words) line += ' ' + word;
  }

  void document(BytesView key, BytesView value) {
    std::string line = "document " + to_hex(key.substr(kNoBytes));
    auto& lines = lines_[compartment_of(key)];
    const auto record = store::decode_document_record(value);
    if (!record) return lines.push_back(line + " has a damaged record");
    line += std::string(record->conflicts ? " conflicts" : "") +
            (record->waiting ? " waiting" : "") + (record->damaged ? " damaged" : "");
    const auto state = core_.documents.state(core_.control, *core_.store, key, *record);
    if (!state) return lines.push_back(line + " can't be made: " + state.error().message());
    line += " state " + to_hex(state->canonical());
    std::vector<std::string> places;
    for (const auto& at : record->tail) places.push_back(place(at.log, at.seq));
    const auto folded = replica::folded_positions(*core_.store, key);
    if (!folded) return lines.push_back(line + " has damaged places");
    for (const auto& at : *folded) places.push_back(place(at.log, at.seq));
    add_sorted(places, line);
    places.clear();
    for (const auto& author : record->authors) {
      if (record->counted) places.push_back("bytes " + place(author.log, author.bytes));
    }
    add_sorted(places, line);
    lines.push_back(line);
  }

  void index(BytesView key, BytesView value) {
    Reader in(key.substr(1));
    std::string line(1, key[0]);
    CompartmentId compartment;
    const auto of_document = [&](BytesView document) {
      compartment = compartment_of(document);
      if (document.size() >= kNoBytes) line += to_hex(document.substr(kNoBytes));
      line += ' ';
    };
    switch (key[0]) {
      case store::index::kFolded:
      case store::index::kChunk: return;  // dumped with the document
      case store::index::kWaiting:
      case store::index::kOfDocument:
      case store::index::kDependsOn:
      case store::index::kQueued:
      case store::index::kVector: {
        of_document(in.sized(limits::kStoreKeyBytes));
        const store::LogNo log = in.u32();
        line += place(log, in.u64());
        break;
      }
      case store::index::kContent: of_document(in.sized(limits::kStoreKeyBytes)); break;
      case store::index::kConflict: of_document(in.take(key.size() - 1)); break;
      case store::index::kSetAside: {
        const store::LogNo log = in.u32();
        const store::LogRow* row = core_.logs.find(log);
        if (row != nullptr) compartment = row->id.compartment;
        line += place(log, in.u64());
        break;
      }
      case store::index::kDependent: {
        compartment = compartment_of(in.take(kNoBytes));
        line += to_hex(in.take(AuthorId::kSize + 8)) + ' ';
        of_document(in.sized(limits::kStoreKeyBytes));
        const store::LogNo log = in.u32();
        line += place(log, in.u64());
        break;
      }
      default: break;
    }
    if (key[0] == store::index::kQueued) {
      const store::LogNo log = in.u32();
      line += ' ' + place(log, in.u64());
    }
    line += ' ' + to_hex(in.rest());
    line += key[0] == store::index::kVector ? context(value) : ' ' + to_hex(value);
    lines_[compartment].push_back(line);
  }

  std::string context(BytesView value) const {
    const auto context = replica::decode_context(value, core_.logs.names());
    if (!context) return " is damaged";
    std::string line;
    for (const auto& entry : context->entries()) {
      line += ' ' + to_hex(entry.author.view()) + '/' + std::to_string(entry.seq);
    }
    for (const auto& entry : context->exceptions()) {
      line += " not " + to_hex(entry.author.view()) + '/' + std::to_string(entry.seq);
    }
    return line;
  }

  replica::Core& core_;
  std::map<CompartmentId, std::vector<std::string>> lines_;
};

}  // namespace

std::map<CompartmentId, std::vector<std::string>> projection_lines(replica::Core& core) {
  return Dump(core).run();
}

std::string projection_dump(replica::Core& core) {
  std::string all;
  for (const auto& [compartment, lines] : projection_lines(core)) {
    for (const std::string& line : lines) all += line + '\n';
  }
  return all;
}

}  // namespace relais::testing
