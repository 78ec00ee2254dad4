#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace bench {

/// Another process of this program, in another role, which exchanges lines with this one.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments);
  ~Child();  ///< closes its input and waits for it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void tell(const std::string& line);
  std::string hear();  ///< a line; ends the program if the child is gone

 private:
  int pid_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

/// Runs a child for one question and returns its answer.
std::string run(const std::vector<std::string>& arguments);

}  // namespace bench
