#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "document/edit/diff.h"
#include "document/edit/draft.h"
#include "document/state/table.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

using LocalRuns = std::vector<std::pair<LocalDot, std::uint32_t>>;
using Runs = std::vector<std::pair<Dot, std::uint32_t>>;

constexpr std::size_t kRunBytes = 18;  // the most per run of DeleteText

/// The runs of `count` visible units from a position on.
LocalRuns runs_of(Sequence& text, std::size_t position, std::size_t count) {
  LocalRuns runs;
  Sequence::RunPosition place = text.seek(position);
  while (count > 0) {
    const Sequence::Run run = text.run(place.run);
    if (!run.deleted && !run.hidden) {
      const std::size_t taken = std::min<std::size_t>(count, run.length - place.offset);
      runs.emplace_back(text.unit(place), static_cast<std::uint32_t>(taken));
      count -= taken;
    }
    place = {run.after, 0};
  }
  return runs;
}

/// Appends a run; joins it to the last one if adjacent.
void append(Runs& runs, const Dot& first, std::uint32_t count) {
  if (!runs.empty() && runs.back().first.seq == first.seq &&
      runs.back().first.author == first.author) {
    auto& [last, length] = runs.back();
    if (first.index == last.index + length || first.index + count == last.index) {
      last.index = std::min(last.index, first.index);
      length += count;
      return;
    }
  }
  runs.emplace_back(first, count);
}

/// The code points of a well-formed text.
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

/// The byte offset of each code point, and of the end.
std::vector<std::size_t> offsets(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!continues(text[at])) starts.push_back(at);
  }
  starts.push_back(text.size());
  return starts;
}

}  // namespace

/// Extends the last op by text typed right after it, if nothing came between.
bool Draft::extend_insertion(const Path& path, Sequence& text, std::size_t position,
                             std::string_view inserted) {
  if (position == 0 || change_.ops.empty()) return false;
  Op& last = change_.ops.back();
  auto* typed = std::get_if<op::InsertText>(&last.what);
  if (typed == nullptr || last.path != path) return false;
  const Sequence::RunPosition left = text.seek(position - 1);
  const LocalDot unit = text.unit(left);
  if (unit.change != number_ || std::uint32_t{unit.index} + 1 != index_) return false;
  if (typed->text.size() + inserted.size() > limits::kStringBytes) return false;
  if (bytes_ + inserted.size() > limits::kChangeBytes) return false;
  const auto count = static_cast<std::uint32_t>(count_code_points(inserted));
  if (!text.extend(left, count, inserted)) return false;
  typed->text += inserted;
  bytes_ += inserted.size();
  index_ += count;
  return true;
}

/// Removes text from the end of this change's last insertion instead of deleting it, unless the op
/// would become empty.
bool Draft::shorten_insertion(const Path& path, Sequence& text, std::size_t position,
                              std::size_t count) {
  if (change_.ops.empty()) return false;
  Op& last = change_.ops.back();
  auto* typed = std::get_if<op::InsertText>(&last.what);
  if (typed == nullptr || count >= typed->text.size() || last.path != path) return false;
  const Sequence::RunPosition end = text.seek(position + count - 1);
  const LocalDot unit = text.unit(end);
  if (unit.change != number_ || std::uint32_t{unit.index} + 1 != index_ || end.offset + 1 < count)
    return false;
  std::size_t kept = typed->text.size();
  for (std::size_t left = count; left > 0 && kept > 0;) left -= !continues(typed->text[--kept]);
  if (kept == 0) return false;
  text.take_back(end.run, static_cast<std::uint32_t>(count));
  bytes_ -= typed->text.size() - kept;
  typed->text.resize(kept);
  index_ -= static_cast<std::uint32_t>(count);
  return true;
}

Status Draft::insert_text(const Path& path, std::optional<Dot> left, std::string_view inserted) {
  const State::Table& table = state_.table();
  const Node* node = table.find(path);
  std::optional<Dot> right;
  if (node != nullptr && node->extras) {
    const auto next = node->extras->text.next(left ? table.changes.find(*left) : std::nullopt);
    if (next) right = table.changes.global(*next);
  }
  while (!inserted.empty()) {
    const std::string_view part =
        inserted.substr(0, whole_code_points(inserted, limits::kStringBytes));
    RELAIS_TRY(push(path, op::InsertText{left, right, std::string(part)}));
    left = last_dot();
    inserted.remove_prefix(part.size());
  }
  return {};
}

Status Draft::delete_text(const Path& path, Sequence& text, std::size_t position,
                          std::size_t count) {
  State::Table& table = state_.table();
  const LocalRuns erased = runs_of(text, position, count);
  auto* last =
      change_.ops.empty() ? nullptr : std::get_if<op::DeleteText>(&change_.ops.back().what);
  const std::size_t bytes = bytes_ + erased.size() * kRunBytes;
  if (last != nullptr && change_.ops.back().path == path && bytes <= limits::kChangeBytes) {
    for (const auto& [first, length] : erased) {
      append(last->runs, table.changes.global(first), length);
      text.erase(first, length);
    }
    bytes_ = bytes;
    return {};
  }
  Runs runs;
  for (const auto& [first, length] : erased) append(runs, table.changes.global(first), length);
  return push(path, op::DeleteText{std::move(runs)});
}

/// The left origin of an insertion at a position. Among units with no visible unit between them,
/// prefers this change's last typed unit, which takes fewer bytes; else the visible one.
std::optional<Dot> Draft::left_of(const Path& path, Sequence& text, std::size_t position) const {
  const auto& ops = change_.ops;
  const bool deleted = !ops.empty() && std::holds_alternative<op::DeleteText>(ops.back().what);
  if (deleted && ops.size() > 1 && ops.back().path == path) {
    const Op& before = ops[ops.size() - 2];
    if (std::holds_alternative<op::InsertText>(before.what) && before.path == path) {
      const auto place = text.find({number_, index_ - 2, 0});
      if (place && text.run(place->run).deleted && text.position(*place) == position) {
        return Dot{self_.author, self_.seq, index_ - 2};
      }
    }
  }
  if (position == 0) return std::nullopt;
  return state_.table().changes.global(text.unit(text.seek(position - 1)));
}

Status Draft::splice_text(const Path& path, std::size_t position, std::size_t removed,
                          std::string_view inserted) {
  Node* node = state_.table().find(path);
  const bool is_there = node != nullptr && is_live(*node, FieldKind::text);
  if (!is_there) RELAIS_TRY(check_kind(path, FieldKind::text, "text"));
  if (!is_utf8(inserted))
    return Error(ErrorCode::invalid_argument, "The inserted text is not UTF-8.");
  Sequence nothing;
  Sequence& text = node != nullptr && node->extras ? node->extras->text : nothing;
  const std::size_t size = text.size();
  if (position > size || removed > size - position) {
    return Error(ErrorCode::invalid_argument,
                 "The position is beyond the end of the text, whose length is " +
                     std::to_string(size) + ".");
  }
  if (removed > 0 && shorten_insertion(path, text, position, removed)) {
    if (inserted.empty()) return {};
    removed = 0;
  }
  if (removed == 0 && extend_insertion(path, text, position, inserted)) return {};
  const std::optional<Dot> left = inserted.empty() ? std::nullopt : left_of(path, text, position);
  if (removed > 0) RELAIS_TRY(delete_text(path, text, position, removed));
  if (inserted.empty() && !is_there) return push(path, op::Make{FieldKind::text});
  return insert_text(path, left, inserted);
}

Status Draft::update_text(const Path& text, std::string_view to) {
  RELAIS_TRY(check_kind(text, FieldKind::text, "text"));
  if (!is_utf8(to)) return Error(ErrorCode::invalid_argument, "The text is not UTF-8.");
  const Node* node = state_.table().find(text);
  const bool is_there = node != nullptr && is_live(*node, FieldKind::text);
  const std::string from = is_there ? visible_text(*node) : std::string();
  const auto splices = diff(code_points(from), code_points(to));
  if (splices.empty() && !is_there) return splice_text(text, 0, 0, {});
  const std::vector<std::size_t> starts = offsets(to);
  // From the back, so that earlier positions stay valid.
  for (auto splice = splices.rbegin(); splice != splices.rend(); ++splice) {
    const std::size_t start = starts[splice->from];
    const std::size_t end = starts[splice->from + splice->inserted];
    RELAIS_TRY(splice_text(text, splice->position, splice->removed, to.substr(start, end - start)));
  }
  return {};
}

}  // namespace relais::document
