#pragma once

#include "fuzz/support/input.h"

namespace relais::fuzz {

/// What a target does with one input: each defines it, and entry.cpp calls it.
void run(Input& input);

}  // namespace relais::fuzz
