#include <algorithm>

#include "base/coding.h"
#include "crypto/crypto.h"
#include "document/change.h"
#include "document/codec/change_layout.h"

namespace relais::document {
namespace layout {

NamedAuthors::NamedAuthors(const Citations& citations, const AuthorId& own)
    : whole_(citations.whole), cited_(citations.cited.size()) {
  for (const Cited& entry : citations.cited) names_.push_back({entry.author, entry.seq});
  if (citations.own_before != 0) add({own, citations.own_before});
  for (const AuthorId& content : citations.contents) add({content, 1, true});
}

std::size_t NamedAuthors::number(const AuthorId& author, std::uint64_t seq) const {
  if (const std::size_t number = listed(author); number != 0) {
    const Name& name = names_[number - 1];
    if (name.by_content ? seq == 1 : !whole_ || seq <= name.base) return number;
  }
  const auto beyond = beyond_.find(author);
  return beyond != beyond_.end() ? beyond->second : 0;
}

std::size_t NamedAuthors::listed(const AuthorId& author) const {
  const auto end = names_.begin() + static_cast<std::ptrdiff_t>(cited_);
  const auto at =
      std::lower_bound(names_.begin(), end, author,
                       [](const Name& name, const AuthorId& id) { return name.author < id; });
  if (at != end && at->author == author) return static_cast<std::size_t>(at - names_.begin()) + 1;
  const auto behind = behind_.find(author);
  return behind != behind_.end() ? behind->second : 0;
}

void NamedAuthors::add(const Name& name) {
  names_.push_back(name);
  behind_.emplace(name.author, names_.size());
}

void NamedAuthors::add_beyond(const AuthorId& author, std::uint64_t base) {
  names_.push_back({author, base, false, true});
  beyond_.emplace(author, names_.size());
}

}  // namespace layout

bool is_content(const Citations& citations, const AuthorId& author) {
  return std::binary_search(citations.contents.begin(), citations.contents.end(), author);
}

void cite(ChangeHeader& header, const Position& self, const HashOf& hash_of) {
  Citations& cites = header.cites;
  cites.whole = true;
  cites.cited.clear();
  cites.own_before = 0;
  for (const Position& entry : header.context.entries()) {
    if (entry.author == self.author) {
      cites.own_before = entry.seq;
    } else if (!is_content(cites, entry.author)) {
      cites.cited.push_back({entry.author, entry.seq, hash_of(entry)});
    }
  }
  cites.exceptions = header.context.exceptions();
}

AuthorId content_author(const CompartmentId& compartment, const Address& address,
                        const std::vector<AuthorId>& before, BytesView body) {
  Bytes name;
  put_sized(name, address.collection);
  put_sized(name, address.id);
  put_varint(name, before.size());
  for (const AuthorId& part : before) name.append(part.view());
  const crypto::Hash hash = crypto::hash("content", {compartment.view(), name, body});
  return *AuthorId::from(hash.view().substr(0, AuthorId::kSize));
}

}  // namespace relais::document
