#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace relais::store {

struct ShellResult {
  std::string output;
  int exit_code = -1;  ///< -1: a signal ended it
};

/// Runs the commands in a shell, with $CHILD as the path of the program store_child.
inline ShellResult shell(const std::string& commands) {
  ShellResult result;
  std::FILE* pipe = ::popen(("CHILD='" RELAIS_STORE_CHILD "'\n" + commands).c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) {
    result.output.append(buffer, size);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace relais::store
