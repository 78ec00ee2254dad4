#include <algorithm>

#include "base/limits.h"
#include "reconcile/vector_entries.h"

namespace relais::reconcile {
namespace {

using wire::message::Vector;
using wire::message::Vectors;

Error too_many() {
  return {ErrorCode::limit_exceeded, "There are more logs than one sync can compare."};
}

std::size_t count_logs(const Inventory& inventory) {
  std::size_t count = 0;
  for (const auto& [compartment, heads] : inventory) count += heads.size();
  return count;
}

void add_logs(Vector& vector, const Heads& heads, const AuthorIndex& authors) {
  vector.has_logs = true;
  vector.logs.reserve(heads.size());
  for (const auto& [author, head] : heads) {
    if (head.seq > 0) vector.logs.push_back(authors.entry(author, head));
  }
}

}  // namespace

Result<Vectors> vectors(const SessionKey& session, const Inventory& inventory, bool control,
                        const std::vector<AuthorId>& author_list, const Vectors* theirs) {
  std::map<wire::CompartmentTag8, Root> their_roots;
  if (theirs != nullptr) {
    for (const Vector& vector : theirs->vectors) {
      their_roots.emplace(vector.compartment, vector.root);
    }
  }
  const AuthorIndex authors(author_list);
  const bool with_logs = theirs != nullptr || count_logs(inventory) <= limits::kLogsSentAtOnce;
  Vectors ours{control, false, {}};
  std::size_t logs = 0;
  for (const auto& [compartment, heads] : inventory) {
    Vector vector;
    vector.compartment = tag(session, compartment);
    vector.root = root(session, compartment, heads);
    if (theirs != nullptr) {
      const auto their_root = their_roots.find(vector.compartment);
      if (their_root == their_roots.end() || their_root->second == vector.root) continue;
    }
    if (with_logs) add_logs(vector, heads, authors);
    logs += vector.logs.size();
    ours.vectors.push_back(std::move(vector));
  }
  if (logs > limits::kLogsPerStage || ours.vectors.size() > limits::kCompartments) {
    return too_many();
  }
  std::sort(ours.vectors.begin(), ours.vectors.end(),
            [](const Vector& a, const Vector& b) { return a.compartment < b.compartment; });
  return ours;
}

std::vector<Vectors> pages(Vectors vectors) {
  std::vector<Vectors> pages(1, Vectors{vectors.control, false, {}});
  std::size_t room = limits::kLogsPerPage;
  for (Vector& vector : vectors.vectors) {
    std::size_t given = 0;
    do {
      if (room == 0 && given < vector.logs.size()) {
        pages.back().more = true;
        pages.push_back({vectors.control, false, {}});
        room = limits::kLogsPerPage;
      }
      const std::size_t count = std::min(room, vector.logs.size() - given);
      const auto from = vector.logs.begin() + static_cast<std::ptrdiff_t>(given);
      pages.back().vectors.push_back({vector.compartment,
                                      vector.root,
                                      vector.has_logs,
                                      {from, from + static_cast<std::ptrdiff_t>(count)}});
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
  for (const Vector& vector : vectors.vectors) logs += vector.logs.size();
  if (logs > limits::kLogsPerStage) return bad_vector("it names too many logs.");
  for (Vector& vector : page.vectors) {
    Vector* last = vectors.vectors.empty() ? nullptr : &vectors.vectors.back();
    const bool goes_on = &vector == &page.vectors.front() && last != nullptr && last->has_logs &&
                         last->compartment == vector.compartment && last->root == vector.root;
    if (goes_on) {
      last->logs.insert(last->logs.end(), vector.logs.begin(), vector.logs.end());
    } else {
      vectors.vectors.push_back(std::move(vector));
    }
  }
  if (vectors.vectors.size() > limits::kCompartments)
    return bad_vector("it names too many compartments.");
  vectors.control = page.control;
  vectors.more = page.more;
  return {};
}

}  // namespace relais::reconcile
