#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace relais::torture {

/// What a process was told is durable, and what it tried, in a file that the faults don't reach;
/// a line each:
///     made                        the store is there
///     try N                       N and all below it may have been written
///     doc ID N                    a document holds N, or what was tried later
///     head COMPARTMENT AUTHOR SEQ HASH
///                                 the log has this hash at this place
/// Whoever cuts the power copies the file first, or ends the writer in the same moment: what is
/// appended after the cut was acknowledged by no disk.
class Acknowledged {
 public:
  using Place = std::tuple<std::string, std::string, std::uint64_t>;

  /// Reads the file up to the last complete line, and appends from then on.
  explicit Acknowledged(std::string path);
  Acknowledged(const Acknowledged&) = delete;
  Acknowledged& operator=(const Acknowledged&) = delete;
  ~Acknowledged();

  void made() { append("made\n"); }
  void try_up_to(std::uint64_t number) { append("try " + std::to_string(number) + "\n"); }
  /// Documents and heads of one acknowledged commit; written at once by `acknowledge`.
  void doc(const std::string& id, std::uint64_t number);
  void head(const std::string& compartment, const std::string& author, std::uint64_t seq,
            const std::string& hash);
  void acknowledge() { append(std::exchange(pending_, {})); }

  bool was_made() const { return made_; }
  std::uint64_t tried() const { return tried_; }
  const std::map<std::string, std::uint64_t>& docs() const { return docs_; }
  const std::map<Place, std::string>& heads() const { return heads_; }
  /// Number of log places acknowledged with two hashes.
  std::uint64_t contradictions() const { return contradictions_; }

 private:
  void append(const std::string& lines);
  void take(const std::string& line);

  int file_;
  std::string pending_;
  bool made_ = false;
  std::uint64_t tried_ = 0;
  std::map<std::string, std::uint64_t> docs_;
  std::map<Place, std::string> heads_;
  std::uint64_t contradictions_ = 0;
};

}  // namespace relais::torture
