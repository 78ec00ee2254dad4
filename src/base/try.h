#pragma once

/// Returns the error of `expression` from the calling function, if there is one.
#define RELAIS_TRY(expression)                             \
  do {                                                     \
    if (auto relais_status = (expression); !relais_status) \
      return std::move(relais_status).error();             \
  } while (false)

/// Declares `target` with the value of `expression`, or returns its error from the calling
/// function.
#define RELAIS_ASSIGN(target, expression) \
  RELAIS_ASSIGN_(RELAIS_JOIN_(relais_result_, __LINE__), target, expression)

#define RELAIS_JOIN_(a, b) RELAIS_JOIN2_(a, b)
#define RELAIS_JOIN2_(a, b) a##b
#define RELAIS_ASSIGN_(result, target, expression) \
  auto result = (expression);                      \
  if (!result) return std::move(result).error();   \
  target = std::move(result).value()
