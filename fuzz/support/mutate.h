#pragma once

#include "fuzz/support/input.h"
#include "relais/error.h"

namespace relais::fuzz {

/// Changes bytes as the input says: up to three times it overwrites, inserts, cuts out, repeats or
/// cuts off. An input that says nothing changes nothing. Gives whether the bytes are others now.
bool mutate(Input& input, Bytes& bytes);

/// What every error promises: a code with a name, and one line of text for a person.
void check_error(const Error& error);

}  // namespace relais::fuzz
