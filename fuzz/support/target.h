#pragma once

#include "fuzz/support/input.h"

namespace relais::fuzz {

/// Runs the target on one input: each target defines it, and entry.cpp calls it.
void run(Input& input);

}  // namespace relais::fuzz
