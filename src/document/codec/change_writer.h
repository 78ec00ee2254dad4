#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "document/change.h"
#include "document/codec/change_layout.h"
#include "document/codec/value_code.h"

namespace relais::document {

/// Writes a change op by op: `push` and `pop` move to the next op's path. Reuses its buffers.
/// Borrows names and text until `finish`. All input must be valid and within the limits.
class ChangeWriter {
 public:
  /// `self`: as own_position. Borrows `citations` until `finish`.
  void start(const Position& self, const Citations& citations);

  void push(std::string_view name);
  void push(const Dot& element);
  void pop() { shared_ = --depth_ < shared_ ? depth_ : shared_; }
  /// Moves to a path, borrowed until the next op.
  void move_to(const Path& path);

  void set(const ValueView& value) { put_value(layout::kSet, value); }
  void set_over(const ValueView& value, std::vector<Dot> over);
  void set_register(const ValueView& value, FieldKind kind, std::uint32_t rank,
                    const std::optional<std::vector<Dot>>& over);
  /// The insertions return the op's index.
  std::uint32_t insert(const layout::Neighbours& where, const ValueView& value);
  std::uint32_t insert(const layout::Neighbours& where, FieldKind empty);
  std::uint32_t insert_text(const layout::Neighbours& where, std::string_view text);
  void add(const ValueView& value) { put_value(layout::kAdd, value); }
  void remove(const ValueView& value) { put_value(layout::kRemove, value); }
  void make(FieldKind kind);
  void erase();
  void make_void(std::string_view reason);
  void restore(std::vector<Dot> marks);
  void keep(std::vector<Dot> marks);
  void clear();
  void withdraw(std::vector<Dot> dots);
  void move(const Dot& element, const layout::Neighbours& where);
  void delete_text(const std::vector<std::pair<Dot, std::uint32_t>>& runs);
  void count(std::int64_t total);
  void reset(op::ResetCounter reset);

  /// The origins of an insertion that follows the one before it at this path.
  layout::Neighbours usual(FieldKind kind);
  Dot own(std::uint32_t index) const { return {self_.author, self_.seq, index}; }
  std::size_t ops() const { return ops_; }
  /// The encoded size of the ops so far, without the end marker.
  std::size_t bytes() const { return structure_.size() + numbers_.size() + text_.size(); }

  /// The size of all that `finish` writes after the head.
  std::size_t body_bytes() const { return bytes() + 1; }

  /// Appends the whole change, with the citations of `start`.
  void finish(const ChangeHeader& header, Bytes& out);

 private:
  void put_head(unsigned verb, unsigned code);
  void put_step(std::size_t at);
  void put_value(layout::Verb verb, const ValueView& value);
  void put_dot(const Dot& dot);
  void put_seq(const layout::NamedAuthors::Name& name, std::uint64_t seq);
  void put_dots(std::vector<Dot> dots);
  void put_origins(const layout::Neighbours& where, const layout::Neighbours& usual);
  bool is_own(const Dot& dot) const { return dot.seq == self_.seq && dot.author == self_.author; }
  bool same_step(std::size_t at, const Step& step) const;

  Position self_;
  const Citations* citations_ = nullptr;
  layout::NamedAuthors names_;
  Bytes structure_;
  Bytes numbers_;
  Bytes text_;
  StepView steps_[limits::kNestingDepth];
  std::size_t depth_ = 0;
  std::size_t shared_ = 0;
  layout::InsertMemory memory_;
  std::uint32_t index_ = 0;
  std::size_t ops_ = 0;
};

}  // namespace relais::document
