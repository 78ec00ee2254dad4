#pragma once

#include <map>
#include <string>
#include <vector>

#include "document/change.h"
#include "replica/core.h"
#include "simulator/trace.h"
#include "support/chance.h"

namespace relais::simulator {

/// A place in a log, with the hash prefix that a citation needs.
struct CitedPlace {
  document::Position at;
  document::HeadPrefix hash;
};

/// What a reader of a document knows about it: enough to lie about it.
struct Sight {
  std::map<AuthorId, std::vector<CitedPlace>> changes;  ///< applied changes, ascending
  std::vector<CitedPlace> heads;                        ///< of all logs of the compartment
  std::vector<document::Dot> values, elements, marks, characters, all;
  std::vector<AuthorId> contents;
};
/// Empty if it cannot be read.
Sight look_at(replica::Core& core, const CompartmentId& compartment,
              const document::Address& address);

/// Where a change will be written.
struct Place {
  document::Position self;
  std::uint64_t own_before = 0;  ///< its author's last change of the document
  CompartmentId compartment;
  document::Address address;
  std::vector<std::string> sections;  ///< the first is the section of this compartment
  std::int64_t now_ms = 0;
};

/// Makes changes that no honest program would write, and some that one would: random contexts, ops,
/// stamps, names and values. Counts each kind.
class HostileChanges {
 public:
  HostileChanges(const testing::Chance& chance, Counts& counts)
      : chance_(chance.split("changes")), counts_(counts) {}

  /// The plaintext of a block: a packed change, or bytes that are none.
  Bytes packed(const Place& place, const Sight& sight);
  /// The same, large: about 100 kB, or 300 kB in all for a transaction.
  Bytes large(const Place& place, const Sight& sight);

 private:
  Bytes encoded(const Place& place, const Sight& sight);
  Bytes by_content(const Place& place);
  Bytes too_deep(const Place& place);
  Bytes garbage();
  document::Change blank(const Place& place);

  void cite(document::Change& change, const Place& place, const Sight& sight);
  void cite_authors(document::Citations& cites, const Place& place, const Sight& sight);
  void cite_falsely(document::Citations& cites, const Place& place, const Sight& sight);
  void cite_other_places(document::Citations& cites, const Sight& sight);
  document::Stamp stamp(const Place& place);
  std::int64_t wall_offset();

  // hostile_ops.cpp
  void add_op(document::Change& change, const Place& place, const Sight& sight);
  void add_many(document::Change& change, const document::Path& path, const Sight& sight);
  void add_deletions(document::Change& change, const document::Path& path);
  void add_to_sequence(document::Change& change, document::Path path, const Place& place,
                       const Sight& sight);
  void add_to_counter(document::Change& change, const document::Path& path, const Place& place,
                      const Sight& sight);
  void mark(document::Change& change, document::Path path, const Place& place, const Sight& sight);
  document::Path path(const Place& place, const Sight& sight);
  std::vector<document::Dot> dots(const std::vector<document::Dot>& likely, const Place& place,
                                  const Sight& sight);
  document::Dot dot(const std::vector<document::Dot>& likely, const Place& place,
                    const Sight& sight);
  Value value();
  std::string name();

  void count(const std::string& what) { counts_.add("fault: hostile: " + what); }

  testing::Chance chance_;
  Counts& counts_;
};

}  // namespace relais::simulator
