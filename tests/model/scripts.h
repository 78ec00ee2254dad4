#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/writers.h"

namespace relais::model {

inline Deed acts(int author, std::vector<int> from, Wish wish, Path path = {},
                 std::string text = {}) {
  return {Does::acts, author, 0, std::move(from),
          Action{wish, std::move(path), std::move(text), {}}};
}
inline Deed adopts(int author, std::vector<int> from, const Place& place) {
  return {Does::acts, author, 0, std::move(from), Action{Wish::adopt, {}, {}, place}};
}
inline Deed takes(int author, std::vector<int> from) {
  return {Does::acts, author, 0, std::move(from), {}};
}
inline Deed cuts(int author, int seq) { return {Does::cuts, author, seq, {}, {}}; }
inline Deed extends(int author) { return {Does::extends, author, 0, {}, {}}; }

/// The values shown, as "m/x=x0", counters as "m/c=1"; elements as "m/v/=e0"; in order.
std::vector<std::string> shown(const State& state);

}  // namespace relais::model
