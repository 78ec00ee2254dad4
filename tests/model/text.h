#pragma once

#include <string>

#include "model/state.h"

namespace relais::model {

/// One line, as dump.py writes it too: every part of a change that readers or writers depend on.
std::string text_of(const Change& change);
/// What is live, the marks that stand, what is contested and shown, the counters.
std::string text_of(const State& state);
/// A history, a change a line.
std::string text_of(const History& history);

std::string text_of(const Path& path);
std::string text_of(const Dot& dot);

}  // namespace relais::model
