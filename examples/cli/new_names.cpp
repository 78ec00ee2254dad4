#include "new_names.h"

#include <algorithm>

#include "path_step.h"
#include "relais/text.h"
#include "report.h"

namespace cli {
namespace {

using relais::DocumentId;
using relais::Status;
using relais::Transaction;
using Kind = Assignment::Kind;
using Sign = Assignment::Sign;

/// What is no UTF-8 the library refuses in its own words.
bool is_unseen(std::string_view name) {
  return !relais::is_printable(name) && relais::printable(name).find("\\x") == std::string::npos;
}

class NewNames {
 public:
  NewNames(Transaction& transaction, const DocumentId& document)
      : transaction_(transaction), document_(document) {}

  Status check_path(const std::string& path) {
    for (std::size_t start = 0; start < path.size();) {
      const std::size_t end = std::min(path.find('/', start), path.size());
      const std::string name = path.substr(start, end - start);
      if (Status checked = check(name, path.substr(0, end)); !checked) return checked;
      start = end + 1;
    }
    return {};
  }

  /// The names in what is written at the path.
  Status check_json(const Json& json, const std::string& path) {
    if (!json.is_structured()) return {};
    std::size_t index = 0;
    for (const auto& [key, value] : json.items()) {
      const std::string step = json.is_object() ? step_of(key) : std::to_string(index++);
      const std::string below = path.empty() ? step : path + '/' + step;
      if (Status checked = check(key, below); !checked) return checked;
      if (Status checked = check_json(value, below); !checked) return checked;
    }
    return {};
  }

 private:
  Status check(const std::string& name, const std::string& path) {
    if (!is_unseen(name) || transaction_.tree(document_, path)) return {};
    return relais::check_printable(name, "A field's name");
  }

  Transaction& transaction_;
  const DocumentId& document_;
};

}  // namespace

Status check_new_names(Transaction& transaction, const DocumentId& document,
                       const Assignment& edit) {
  if (edit.sign == Sign::erase || edit.sign == Sign::take) return {};
  NewNames names(transaction, document);
  if (Status checked = names.check_path(edit.path); !checked) return checked;
  if (edit.kind != Kind::any || edit.sign == Sign::text) return {};
  const Json json = Json::parse(edit.value, nullptr, false);  // if it is none, nothing is named
  // What is appended has a place that no element has yet.
  const std::string place = edit.sign == Sign::add ? edit.path + "/-" : edit.path;
  return names.check_json(json, place);
}

}  // namespace cli
