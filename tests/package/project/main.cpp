// Uses what lives in the library's object code, not only in its headers.
#include <cstdio>

#include "relais/error.h"
#include "relais/result.h"

int main() {
  const relais::Status status = relais::Error(relais::ErrorCode::store_locked, "in use");
  const bool as_documented = !status &&
                             relais::to_string(status.error().code()) == "store_locked" &&
                             status.error().retry() == relais::Retry::later;
  std::puts(as_documented ? "relais works from its package" : "relais answers wrongly");
  return as_documented ? 0 : 1;
}
