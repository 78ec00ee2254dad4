#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "property/history.h"

namespace relais::document {

/// The document model in the most naive form: every op of every change is kept, and each question
/// is answered from all of them and what each had seen. Slow, and independent of the code under
/// test.
class Oracle {
 public:
  explicit Oracle(const std::vector<const Written*>& changes);

  struct Seen {
    std::string value;  ///< as JSON, with its type
    Dot dot;
    auto operator<=>(const Seen&) const = default;
  };
  std::set<Path> paths() const;
  /// Of a register.
  std::set<Seen> values(const Path& path, FieldKind kind) const;
  /// The standing marks, each with its reason, and whether it is contested.
  std::set<Seen> marks(const Path& path) const;
  /// The effective moves, as the element's dot in words, and the unit of each element.
  std::set<Seen> moves(const Path& path) const;
  std::set<Seen> present(const Path& path, FieldKind kind) const;
  std::set<Seen> set(const Path& path) const;
  std::string text(const Path& path) const;
  std::int64_t count(const Path& path) const;
  /// The stamp of the change with the dot.
  Stamp stamp(const Dot& dot) const;
  /// All units the list ever had, in order.
  std::vector<Dot> order(const Path& path) const;

 private:
  struct Event {
    const Change* change;
    Position position;
    std::uint32_t index;
    const Op* op;
  };
  struct Unit {
    Dot id;
    std::optional<Dot> left;
    std::optional<Dot> right;
    std::string text;
  };

  /// An item that a mark may hide, and that may contest one.
  struct Thing {
    const Event* event;
    Path path;
  };

  static Dot dot_of(const Event& event) {
    return {event.position.author, event.position.seq, event.index};
  }
  const Event& event_of(const Dot& dot) const;
  bool saw(const Event& later, const Event& earlier) const;
  /// Whether an uncontested mark at the path or above saw the event.
  bool hidden(const Event& event, const Path& path) const;
  bool withdrawn(const Event& event, const Path& path) const;
  bool is_contested_by(const Event& mark, const Thing& thing) const;
  std::vector<Thing> things() const;
  void find_contested();
  template <class Matches, class Replaces>
  std::set<Seen> surviving(const Path& path, const Matches& matches,
                           const Replaces& replaces) const;
  std::vector<Unit> units(const Path& path, bool is_text) const;
  std::map<AuthorId, const Event*> totals(const Path& path) const;

  std::vector<Event> events_;
  std::vector<const Event*> marks_;  ///< that stand
  std::set<const Event*> contested_;
  bool all_ = false;  ///< include hidden items
};

/// FugueMax, element by element, over a tree that is traversed for each question.
class NaiveFugueMax {
 public:
  void insert(const Dot& id, std::optional<Dot> left, std::optional<Dot> right);
  std::vector<Dot> order() const;

 private:
  struct Node {
    std::optional<Dot> parent;  ///< none: the root
    bool is_left = false;
    std::optional<Dot> right_origin;
  };
  void visit(const std::optional<Dot>& node, std::vector<Dot>& out) const;
  std::size_t rank(const std::optional<Dot>& origin) const;

  std::map<Dot, Node> nodes_;
  std::map<std::optional<Dot>, std::vector<Dot>> lefts_;
  std::map<std::optional<Dot>, std::vector<Dot>> rights_;
};

}  // namespace relais::document
