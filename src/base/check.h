#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts the process if an invariant of the library is broken. On in every build. Never for bad
/// input.
#define RELAIS_CHECK(condition)                                                         \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      std::fprintf(stderr, "relais: check failed at %s:%d\n", __FILE_NAME__, __LINE__); \
      std::abort();                                                                     \
    }                                                                                   \
  } while (false)
