#include "relais/options.pb.h"
#include "typed/schema.h"

namespace relais::typed {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// CaseStatus → CASE_STATUS_, the conventional prefix of the values of that enum.
std::string prefix_of(const EnumDescriptor& choices) {
  std::string prefix;
  const std::string& name = choices.name();
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && is_upper(name[i]) && !is_upper(name[i - 1])) prefix.push_back('_');
    prefix.push_back(upper(name[i]));
  }
  prefix.push_back('_');
  return prefix;
}

}  // namespace

std::string code_of(const EnumValueDescriptor& choice) {
  const std::string& given = choice.options().GetExtension(code);
  if (!given.empty()) return given;
  std::string_view name = choice.name();
  const std::string prefix = prefix_of(*choice.type());
  if (name.size() > prefix.size() && name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string text;
  for (const char c : name) text.push_back(c == '_' ? '-' : lower(c));
  return text;
}

const EnumValueDescriptor* choice_of(const EnumDescriptor& choices, std::string_view text) {
  for (int i = 0; i < choices.value_count(); ++i) {
    if (code_of(*choices.value(i)) == text) return choices.value(i);
  }
  return nullptr;
}

}  // namespace relais::typed
