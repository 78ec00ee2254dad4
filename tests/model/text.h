#pragma once

#include <string>

#include "model/state.h"

namespace relais::model {

/// A change in one line, as dump.py writes it: everything that readers or writers depend on.
std::string text_of(const Change& change);
/// Live items, standing marks, what is contested and shown, and counters.
std::string text_of(const State& state);
/// A history, one line for each change.
std::string text_of(const History& history);

std::string text_of(const Path& path);
std::string text_of(const Dot& dot);

}  // namespace relais::model
