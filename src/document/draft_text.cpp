#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "document/diff.h"
#include "document/draft.h"
#include "document/table.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

using Runs = std::vector<std::pair<Dot, std::uint32_t>>;

/// What is read of a text, by positions in code points.
class TextView {
 public:
  explicit TextView(const State::Table& table, const Path& path) : changes_(table.changes) {
    const Node* node = table.find(path);
    if (node != nullptr && node->extras) order_ = &node->extras->text;
  }

  std::size_t size() const {
    std::size_t size = 0;
    each([&size](std::int32_t, const Sequence::Run& run) { size += run.length; });
    return size;
  }

  /// The unit before a position; none at the start.
  std::optional<Dot> before(std::size_t position) const {
    if (position == 0) return std::nullopt;
    const Runs unit = range(position - 1, 1);
    return unit.empty() ? std::nullopt : std::optional(unit[0].first);
  }

  Runs range(std::size_t position, std::size_t count) const {
    Runs runs;
    std::size_t at = 0;
    each([&](std::int32_t number, const Sequence::Run& run) {
      const std::size_t from = std::max(position, at);
      const std::size_t to = std::min(position + count, at + run.length);
      if (from < to) {
        const LocalDot first = order_->unit({number, static_cast<std::uint32_t>(from - at)});
        runs.emplace_back(changes_.global(first), static_cast<std::uint32_t>(to - from));
      }
      at += run.length;
    });
    return runs;
  }

  std::optional<Dot> after(const std::optional<Dot>& unit) const {
    if (order_ == nullptr) return std::nullopt;
    const auto next = order_->next(unit ? changes_.find(*unit) : std::nullopt);
    return next ? std::optional(changes_.global(*next)) : std::nullopt;
  }

 private:
  template <class Visit>
  void each(const Visit& visit) const {
    if (order_ == nullptr) return;
    for (auto at = order_->head(); at != Sequence::kNone; at = order_->run(at).after) {
      if (!order_->run(at).deleted) visit(at, order_->run(at));
    }
  }

  const ChangeTable& changes_;
  const Sequence* order_ = nullptr;
};

/// A string as the code points it is made of. The text is well-formed.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    char32_t point = lead < 0x80   ? lead
                     : lead < 0xe0 ? lead & 0x1f
                     : lead < 0xf0 ? lead & 0x0f
                                   : lead & 0x07;
    for (; at < text.size() && continues(text[at]); ++at) {
      point = point << 6 | (static_cast<unsigned char>(text[at]) & 0x3f);
    }
    points.push_back(point);
  }
  return points;
}

/// Where each code point starts, and the end.
std::vector<std::size_t> offsets(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!continues(text[at])) starts.push_back(at);
  }
  starts.push_back(text.size());
  return starts;
}

}  // namespace

Status Draft::insert_text(const Path& path, std::optional<Dot> left, std::string_view inserted) {
  const std::optional<Dot> right = TextView(state_.table(), path).after(left);
  while (!inserted.empty()) {
    std::size_t size = std::min(inserted.size(), limits::kStringBytes);
    while (size < inserted.size() && continues(inserted[size])) --size;
    const std::string_view part = inserted.substr(0, size);
    RELAIS_TRY(push(path, op::InsertText{left, right, std::string(part)}));
    left = Dot{self_.author, self_.seq, index_ - 1};
    inserted.remove_prefix(size);
  }
  return {};
}

Status Draft::splice_text(const Path& text, std::size_t position, std::size_t removed,
                          std::string_view inserted) {
  RELAIS_TRY(check_kind(text, Kind::text, "text"));
  if (!is_utf8(inserted))
    return Error(ErrorCode::invalid_argument, "the inserted text is not UTF-8");
  const TextView view(state_.table(), text);
  const std::size_t size = view.size();
  if (position > size || removed > size - position) {
    return Error(ErrorCode::invalid_argument,
                 "the text has only " + std::to_string(size) + " characters");
  }
  const std::optional<Dot> left = view.before(position);
  const Runs erased = view.range(position, removed);
  if (!erased.empty()) RELAIS_TRY(push(text, op::DeleteText{erased}));
  const Node* node = state_.table().find(text);
  const bool is_there = node != nullptr && is_live(*node, Kind::text);
  if (inserted.empty() && !is_there) return push(text, op::Make{Kind::text});
  return insert_text(text, left, inserted);
}

Status Draft::update_text(const Path& text, std::string_view to) {
  RELAIS_TRY(check_kind(text, Kind::text, "text"));
  if (!is_utf8(to)) return Error(ErrorCode::invalid_argument, "the text is not UTF-8");
  const Node* node = state_.table().find(text);
  const bool is_there = node != nullptr && is_live(*node, Kind::text);
  const std::string from = is_there ? visible_text(*node) : std::string();
  const auto splices = diff(code_points(from), code_points(to));
  if (splices.empty() && !is_there) return splice_text(text, 0, 0, {});
  const std::vector<std::size_t> starts = offsets(to);
  // From the back, so that positions before stay true.
  for (auto splice = splices.rbegin(); splice != splices.rend(); ++splice) {
    const std::size_t start = starts[splice->from];
    const std::size_t end = starts[splice->from + splice->inserted];
    RELAIS_TRY(splice_text(text, splice->position, splice->removed, to.substr(start, end - start)));
  }
  return {};
}

}  // namespace relais::document
