#pragma once

#include <cstddef>
#include <optional>

namespace relais::simulator {

/// Bytes allocated and not freed by this process. Nothing where that is unknown.
std::optional<std::size_t> heap_in_use();
/// Whether a sanitizer slows the process down.
bool runs_under_sanitizer();
/// Peak resident memory.
double peak_rss_mb();
/// Resident memory now.
double rss_mb();

}  // namespace relais::simulator
