#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace cli {

/// Writes a made-up clinic register: two lines a patient (the patient, then the patient's case),
/// each `{"collection":…,"id":…,"doc":{…}}` without a new line. The same bytes for the same
/// arguments on every machine; patient n is the same whatever `patients` is. All people in it,
/// and what is said of them, are made up.
/// Owns: nothing; a line is valid until `write` returns.
void write_sample(std::uint64_t patients, std::uint64_t seed,
                  const std::function<void(std::string_view line)>& write);

}  // namespace cli
