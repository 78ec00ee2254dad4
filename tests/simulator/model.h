#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "relais/document.h"

namespace relais::simulator {

/// What users did, and what must therefore be seen once all have met: a second, naive account of
/// the document model that knows nothing of dots and contexts. Each thing written is a token of its
/// own; each write says which tokens its user saw where it wrote, and so replaced.

/// Whether a transaction took place. A write that failed, or that stood only on a disk that is
/// gone, may have.
enum class Fate { certain, maybe };
struct Act {
  Fate fate = Fate::certain;
};
using ActPtr = std::shared_ptr<Act>;

struct Field {
  DocumentId document;
  std::string path;
  auto operator<=>(const Field&) const = default;
};

/// What one field of a device that holds all of it reads.
struct Reading {
  std::vector<std::string> values;    ///< siblings
  std::vector<std::string> elements;  ///< of a list or a set, words of a text
  std::int64_t count = 0;
};

class Model {
 public:
  void set(const Field& field, const ActPtr& act, const std::string& token,
           const std::vector<std::string>& seen);
  /// Empties a register, or all registers below a path.
  void erase(const Field& field, const ActPtr& act, const std::vector<std::string>& seen);
  void add(const Field& field, const ActPtr& act, const std::string& token,
           const std::string& after);
  void remove(const Field& field, const ActPtr& act, const std::string& token);
  void count(const Field& field, const ActPtr& act, std::int64_t delta);

  /// Compares all fields of all documents that `may_read` with what `read` gives.
  void check(const std::function<bool(const Field&)>& may_read,
             const std::function<Reading(const Field&)>& read,
             const std::function<void(const std::string&)>& violation) const;
  std::size_t fields() const { return registers_.size() + collections_.size() + counters_.size(); }

 private:
  struct Write {
    ActPtr act;
    std::string token;  ///< empty: an erasure
    std::set<std::string> seen;
  };
  struct Element {
    ActPtr act;
    std::string after;  ///< where it was put, in an ordered collection
    std::vector<ActPtr> removals;
  };
  struct Collection {
    std::map<std::string, Element> elements;
  };
  struct Delta {
    ActPtr act;
    std::int64_t by;
  };

  static std::string check_register(const std::vector<Write>& writes, const Reading& reading);
  static std::string check_collection(const Collection& collection, const Reading& reading);
  static std::string check_order(const Collection& collection,
                                 const std::map<std::string, std::size_t>& place);
  static std::string check_counter(const std::vector<Delta>& deltas, const Reading& reading);

  std::map<Field, std::vector<Write>> registers_;
  std::map<Field, Collection> collections_;
  std::map<Field, std::vector<Delta>> counters_;
};

}  // namespace relais::simulator
