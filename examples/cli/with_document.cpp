#include "with_document.h"

#include "document_name.h"

namespace cli {

Outcome with_document(
    const std::string& folder, const std::string& document,
    const std::function<Outcome(relais::Replica&, const relais::DocumentId&)>& work) {
  const auto name = parse_document_name(document);
  if (!name) return usage_fault(name.error());
  auto replica = relais::Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  return work(*replica, *name);
}

relais::Status write_as(relais::Replica& replica, const std::string& user,
                        const std::function<relais::Status(relais::Transaction&)>& edit) {
  return replica.write([&](relais::Transaction& transaction) -> relais::Status {
    if (!user.empty()) {
      if (relais::Status named = transaction.set_user(user); !named) return named;
    }
    return edit(transaction);
  });
}

}  // namespace cli
