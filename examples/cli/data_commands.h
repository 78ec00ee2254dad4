#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "outcome.h"

/// Commands that read and write documents.
namespace cli {

struct ImportCommand {
  std::string folder;
  std::string file;                      ///< "-": standard input
  std::vector<std::string> text_fields;  ///< COLLECTION:PATH
  std::string user;                      ///< who is at the device; empty: not said. So below
  bool skip_bad = false;                 ///< lines that can't be imported are passed over
  bool json = false;
  Outcome run() const;
};

struct ExportCommand {
  std::string folder;
  std::string out;  ///< empty or "-": standard output
  bool json = false;
  Outcome run() const;
};

struct PutCommand {
  std::string folder;
  std::string document;
  std::vector<std::string> edits;  ///< see assignment.h
  std::string user;
  bool json = false;
  Outcome run() const;
};

struct GetCommand {
  std::string folder;
  std::string document;
  bool history = false;
  std::string at;     ///< a moment, see moment.h; empty: now
  std::string since;  ///< likewise: what changed from it to `at`; empty: the document itself
  bool json = false;
  Outcome run() const;
};

/// Takes back this device's last change of a document.
struct UndoCommand {
  std::string folder;
  std::string document;
  std::string user;
  bool json = false;
  Outcome run() const;
};

/// Deletes a field for a reason.
struct VoidCommand {
  std::string folder;
  std::string document;
  std::string path;  ///< empty: the document
  std::string reason;
  std::string user;
  bool json = false;
  Outcome run() const;
};

/// Takes back a deletion: of a field, or of the document.
struct RestoreCommand {
  std::string folder;
  std::string document;
  std::string path;  ///< empty: the document
  std::string user;
  bool json = false;
  Outcome run() const;
};

/// Settles conflicts by what is there: one version of a field, or everywhere the one shown.
struct ResolveCommand {
  std::string folder;
  std::string document;
  std::string path;
  std::string value;  ///< the version's JSON
  bool keep = false;  ///< as shown, at the path and below
  std::string user;
  bool json = false;
  Outcome run() const;
};

/// The collections, or the documents of one.
struct ListCommand {
  std::string folder;
  std::string collection;  ///< [SCOPE/]COLLECTION; empty: the collections
  std::string prefix;
  std::string after;
  std::uint64_t limit = 0;  ///< 0: all
  bool json = false;
  Outcome run() const;
};

struct ConflictsCommand {
  std::string folder;
  bool json = false;
  Outcome run() const;
};

struct SampleCommand {
  std::uint64_t patients = 0;
  std::uint64_t seed = 1;
  std::string out;  ///< empty or "-": standard output
  Outcome run() const;
};

}  // namespace cli
