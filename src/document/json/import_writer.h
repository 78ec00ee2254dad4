#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "document/codec/change_writer.h"
#include "document/json/dom.h"
#include "document/json/text_rules.h"

namespace relais::document {

/// Writes a document as the by-content changes of an import: ops in the order of the JSON's fields,
/// continued in another change when one is full. All bytes after a change's head depend on the
/// document alone: docs/spec/document.md, "Import".
class ImportWriter {
 public:
  /// All references must outlive the writer. Replaces `changes`. If there are several changes,
  /// `several` gives their transaction id, unless the header has one.
  ImportWriter(ChangeWriter& out, const TextMatcher& text, const CompartmentId& compartment,
               ChangeHeader header, const std::function<TransactionId()>& several,
               std::vector<Bytes>& changes);

  /// Writes a section.
  void field(std::string_view key, const simdjson::dom::element& value);
  /// Writes a document without sections.
  void make_empty() { out_.make(FieldKind::map); }
  /// Ends the last change.
  void finish();
  /// The size of the finished changes.
  std::size_t bytes() const { return bytes_; }

 private:
  /// The author C of an unfinished change is unknown: meanwhile a dot's seq is the number of its
  /// change, from 1.
  struct Step {
    std::string_view name;
    Dot element;
    bool is_element;
  };

  void begin();
  void end();
  void make_room(std::size_t string_bytes);
  Dot own(std::uint32_t index) const { return {AuthorId(), made_ + 1, index}; }
  /// The dot as ops name it.
  Dot named(const Dot& dot) const;
  layout::Neighbours behind(const std::optional<Dot>& left) const;
  void write(const simdjson::dom::element& value);
  void set(const ValueView& value);
  void make(FieldKind kind);
  void write_object(const simdjson::dom::object& object, bool alone);
  void write_array(const simdjson::dom::array& array, bool alone);
  void write_member(const simdjson::dom::element& item);
  Dot write_item(const simdjson::dom::element& item, const std::optional<Dot>& last);
  Dot write_other_item(const simdjson::dom::element& item, const Dot& id);
  Dot insert(const std::optional<Dot>& last, const ValueView& value);
  void write_text(std::string_view text);
  void enter(const Dot& element);
  void leave();
  bool is_text() const;

  ChangeWriter& out_;
  const TextMatcher& text_;
  const CompartmentId& compartment_;
  ChangeHeader header_;
  const std::function<TransactionId()>& several_;
  std::vector<Bytes>& changes_;
  std::vector<AuthorId> contents_;  ///< C of the finished changes, in order
  std::size_t made_ = 0;
  std::size_t bytes_ = 0;
  Step steps_[limits::kNestingDepth];
  std::size_t depth_ = 0;
};

}  // namespace relais::document
