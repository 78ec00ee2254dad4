#pragma once

#include <future>
#include <system_error>
#include <type_traits>
#include <utility>

#include "relais/replica.h"

namespace relais::runtime {

/// Starts `task` in another thread. With Threading::manual, or if no thread can be started, the
/// task runs when its result is read. What it uses must outlive the future, whose destructor waits.
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
