#include <algorithm>

#include "base/limits.h"
#include "reconcile/ranges.h"

namespace relais::reconcile {

using wire::message::Vector;
using wire::message::Vectors;

namespace {

Vectors empty_page(const Vectors& of) {
  Vectors page;
  page.kind = of.kind;
  page.control = of.control;
  page.early = of.early;
  return page;
}

/// The same compartment, without its logs.
Vector without_logs(const Vector& of) {
  return {of.compartment, of.depth, of.roots, of.ranges, {}};
}

bool continues(const Vector& last, const Vector& next) {
  return last.compartment == next.compartment && last.depth == next.depth &&
         last.ranges == next.ranges && last.roots.empty() && next.roots.empty();
}

}  // namespace

std::vector<Vectors> pages(Vectors vectors) {
  std::vector<Vectors> pages(1, empty_page(vectors));
  std::size_t room = limits::kLogsPerPage;
  for (Vector& vector : vectors.vectors) {
    std::size_t given = 0;
    do {
      if (room == 0 && given < vector.logs.size()) {
        pages.back().more = true;
        pages.push_back(empty_page(vectors));
        room = limits::kLogsPerPage;
      }
      const std::size_t count = std::min(room, vector.logs.size() - given);
      const auto from = vector.logs.begin() + static_cast<std::ptrdiff_t>(given);
      Vector& part = pages.back().vectors.emplace_back(without_logs(vector));
      part.logs.assign(from, from + static_cast<std::ptrdiff_t>(count));
      room -= count;
      given += count;
    } while (given < vector.logs.size());
  }
  return pages;
}

Status add_page(Vectors& vectors, Vectors page) {
  std::size_t logs = 0;
  for (const Vector& vector : page.vectors) logs += vector.logs.size();
  if (page.more && logs == 0) return bad_vector("one of its pages is empty.");
  if (vectors.more && (page.kind != vectors.kind || page.early != vectors.early)) {
    return bad_vector("its pages are of several kinds.");
  }
  for (const Vector& vector : vectors.vectors) logs += vector.logs.size();
  if (logs > limits::kLogsPerStage) return bad_vector("it names too many logs.");
  for (Vector& vector : page.vectors) {
    const bool first = &vector == &page.vectors.front();
    if (first && vectors.more && !vectors.vectors.empty() &&
        continues(vectors.vectors.back(), vector)) {
      auto& known = vectors.vectors.back().logs;
      known.insert(known.end(), vector.logs.begin(), vector.logs.end());
    } else {
      vectors.vectors.push_back(std::move(vector));
    }
  }
  if (vectors.vectors.size() > limits::kCompartments)
    return bad_vector("it names too many compartments.");
  vectors.kind = page.kind;
  vectors.control = page.control;
  vectors.more = page.more;
  vectors.early = page.early;
  return {};
}

}  // namespace relais::reconcile
