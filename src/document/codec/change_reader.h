#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/coding.h"
#include "document/change.h"
#include "document/codec/change_layout.h"
#include "document/codec/value_code.h"

namespace relais::document {

/// Reads the head of a change: all before the structure. Computes a by-content change's author.
/// Fails: corrupt, unsupported_version.
Result<ChangeHeader> read_head(Reader& in, const Position& self, const CompartmentId& compartment);

/// The position of the change's own dots.
inline Position own_position(const ChangeHeader& header, const Position& self) {
  return header.content ? Position{*header.content, 1} : self;
}

/// Walks the structure of a change op by op and validates it. `next` moves to the next op and sets
/// the public fields; it returns false at the end or at a fault, which is sticky in the reader.
class StructureReader {
 public:
  /// `self`: as own_position.
  StructureReader(Reader& in, const Position& self, const ChangeHeader& header)
      : in_(in),
        self_(self),
        cites_(header.cites),
        by_content_(header.content.has_value()),
        names_(header.cites, self.author) {}

  bool next();

  // Of the current op.
  layout::Verb verb = layout::kSet;
  std::uint8_t code = 0;
  std::uint32_t index = 0;        ///< its first index
  std::uint32_t code_points = 0;  ///< of kInsertText
  layout::Neighbours where;
  std::vector<Dot> dots;                       ///< of kSetOver, kRegister, kReset, kWithdraw
  bool over = false;                           ///< of kRegister: it overwrites only `dots`
  FieldKind register_kind = FieldKind::value;  ///< of kRegister
  std::uint32_t rank = 0;                      ///< of kRegister
  Dot element;                                 ///< of kMove
  std::vector<std::pair<Dot, std::uint32_t>> runs;
  const StepView* steps() const { return steps_; }
  std::size_t depth() const { return depth_; }
  std::size_t shared() const { return shared_; }

 private:
  bool fail() {
    in_.fail();
    return false;
  }
  bool read_path(std::uint64_t head);
  bool read_step(std::size_t at, bool compare);
  bool read_detail();
  bool read_other();
  bool read_register();
  bool read_origins(FieldKind kind);
  bool read_insertion(FieldKind kind);
  bool read_dots(bool one_an_author);
  bool read_runs();
  Dot read_dot();
  bool read_name(std::size_t number);
  std::uint64_t seq_before(const layout::NamedAuthors::Name& name);
  Bytes path_key() const;
  bool may_stand_beside_others();
  bool may_delete();

  Reader& in_;
  Position self_;
  const Citations& cites_;
  bool by_content_;
  layout::NamedAuthors names_;
  StepView steps_[limits::kNestingDepth];
  std::size_t depth_ = 0;
  std::size_t shared_ = 0;
  layout::InsertMemory memory_;
  std::uint64_t next_index_ = 0;
  std::size_t ops_ = 0;
  std::map<Bytes, std::size_t> listed_sets_;  ///< path → its Sets over listed dots
  std::map<Bytes, std::size_t> deletions_;    ///< path → its deletions
};

}  // namespace relais::document
