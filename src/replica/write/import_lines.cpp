#include "replica/write/import_lines.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "base/try.h"
#include "crypto/crypto.h"
#include "document/json/limits.h"
#include "replica/read/read_view.h"

namespace relais::replica {
namespace {

/// The changes of a document are at most a few times as large as its JSON, so only longer lines are
/// encoded to check their size.
constexpr std::size_t kSurelyFits = limits::kImportedDocumentBytes / 16;

/// Finds documents that occur twice, in 20 bytes per document.
class Names {
 public:
  void add(const document::Importer::Line& line, std::uint32_t number) {
    const Bytes zero(1, '\0');
    const crypto::Hash hash = crypto::hash(
        "import name", {line.scope, zero, line.address.collection, zero, line.address.id});
    names_.push_back({*Name::from(hash.view().substr(0, Name::kSize)), number});
  }
  /// The lines that name a document again, ascending.
  std::vector<std::uint32_t> repeated() {
    std::sort(names_.begin(), names_.end());
    std::vector<std::uint32_t> lines;
    for (std::size_t i = 1; i < names_.size(); ++i) {
      if (names_[i].name == names_[i - 1].name) lines.push_back(names_[i].line);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

 private:
  using Name = Id<struct NameTag, 16>;
  struct Named {
    Name name;
    std::uint32_t line;
    auto operator<=>(const Named&) const = default;
  };
  std::vector<Named> names_;
};

void add_targets(SectionTargets& targets, const document::Importer::Line& line,
                 const std::vector<std::string>& sections) {
  auto& known = targets[{line.scope, line.address.collection}];
  if (sections.empty()) known.try_emplace("");
  for (const std::string& section : sections) {
    if (!known.contains(section)) known.try_emplace(section);
  }
}

Status check_fits(document::Importer& importer, std::string_view text) {
  if (text.size() <= kSurelyFits) return {};
  std::vector<Bytes> changes;
  constexpr document::Stamp kLongest{~std::uint64_t{0}};
  const document::Attribution largest{TransactionId{}, std::string(limits::kUserBytes, 'x'),
                                      document::kMostWallOffsetMs};
  return importer.encode(
      CompartmentId{}, kLongest, largest, [](std::string_view) { return true; },
      [] { return TransactionId{}; }, changes);
}

Result<document::Importer::Line> check_line(document::Importer& importer, std::string_view text) {
  RELAIS_ASSIGN(auto line, importer.parse(text));
  if (line.address.collection.front() == kReservedPrefix) {
    return Error(ErrorCode::bad_input, "Collections whose names begin with '.' are reserved.");
  }
  RELAIS_TRY(check_fits(importer, text));
  return line;
}

}  // namespace

bool Lines::next(std::string_view& line) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) return true;
  }
  return false;
}

Error at_line(std::uint32_t number, Error error) {
  return std::move(error).within("line " + std::to_string(number));
}

Status Faults::add(std::uint32_t line, Error error) {
  if (!skip_) return at_line(line, std::move(error));
  errors_.emplace(line, std::move(error));
  return {};
}

void LineParts::find(const std::vector<std::string>& sections, const Sections& targets) {
  targets_ = &targets;
  compartments_.clear();
  const auto add = [&](std::string_view section) {
    const CompartmentId& compartment = targets.find(section)->second.compartment;
    if (std::find(compartments_.begin(), compartments_.end(), compartment) == compartments_.end()) {
      compartments_.push_back(compartment);
    }
  };
  for (const std::string& section : sections) add(section);
  if (compartments_.empty()) add("");
}

Result<SectionTargets> check_lines(std::string_view text, const document::TextRules& rules,
                                   Faults& faults) {
  document::Importer importer(rules);
  Names names;
  SectionTargets targets;
  Lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    auto checked = check_line(importer, line);
    if (!checked) {
      RELAIS_TRY(faults.add(lines.number(), std::move(checked).error()));
      continue;
    }
    names.add(*checked, lines.number());
    add_targets(targets, *checked, importer.sections());
  }
  for (const std::uint32_t repeated : names.repeated()) {
    RELAIS_TRY(faults.add(repeated,
                          Error(ErrorCode::bad_input, "The document occurs earlier in the file.")));
  }
  return targets;
}

}  // namespace relais::replica
