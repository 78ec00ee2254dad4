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
  bool json = false;
  Outcome run() const;
};

struct GetCommand {
  std::string folder;
  std::string document;
  bool history = false;
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
