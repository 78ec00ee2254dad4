#pragma once

#include <future>
#include <system_error>
#include <type_traits>
#include <utility>

#include "relais/replica.h"

namespace relais::runtime {

/// Starts `task` beside the caller, who gets its result from the future. With Threading::manual, or
/// where the system has no thread left, it runs once the caller asks for that. What the task uses
/// must live as long as the future, which waits for it when destroyed.
template <class Task>
std::future<std::invoke_result_t<Task>> run_beside(Threading threading, Task task) {
  if (threading == Threading::own) {
    try {
      return std::async(std::launch::async, task);
    } catch (const std::system_error&) {
    }
  }
  return std::async(std::launch::deferred, std::move(task));
}

}  // namespace relais::runtime
