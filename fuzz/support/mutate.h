#pragma once

#include "fuzz/support/input.h"
#include "relais/error.h"

namespace relais::fuzz {

/// Changes bytes, driven by the input: up to three times it overwrites, inserts, removes, repeats
/// or truncates. An empty input changes nothing. Returns whether the bytes differ.
bool mutate(Input& input, Bytes& bytes);

/// Checks what every error promises: a code with a name, and one line of text.
void check_error(const Error& error);

}  // namespace relais::fuzz
