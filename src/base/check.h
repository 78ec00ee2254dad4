#pragma once

#include <cstdio>
#include <cstdlib>

/// For our own mistakes, never for the world's: on in every build, and ends the process.
#define RELAIS_CHECK(condition)                                                         \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      std::fprintf(stderr, "relais: check failed at %s:%d\n", __FILE_NAME__, __LINE__); \
      std::abort();                                                                     \
    }                                                                                   \
  } while (false)
