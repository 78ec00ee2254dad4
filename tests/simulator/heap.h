#pragma once

#include <cstddef>
#include <optional>

namespace relais::simulator {

/// Bytes this process has allocated and not freed. Nothing, where that can't be known.
std::optional<std::size_t> heap_in_use();
/// Whether a sanitizer's heap and checks slow everything down.
bool runs_under_sanitizer();
/// The most memory the process ever had.
double peak_rss_mb();
/// What it has now.
double rss_mb();

}  // namespace relais::simulator
