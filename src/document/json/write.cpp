#include <algorithm>
#include <charconv>

#include "document/json/json.h"
#include "document/json/text.h"
#include "document/state/table.h"
#include "document/view/tree.h"

namespace relais::document {

void put_json_string(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out.push_back(kDigits[c >> 4]);
          out.push_back(kDigits[c & 15]);
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

void put_json_key(std::string& out, std::string_view name) {
  put_json_string(out, is_marked(name) ? std::string(1, '$').append(name) : std::string(name));
}

void put_json_number(std::string& out, double number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  out += text;
  // Without '.' or 'e' it would read back as an integer.
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

namespace {

/// A sum beyond 64 bits, which only a merge gives, is written as a double: JSON readers would
/// refuse the integer.
void put_counter(std::string& out, Wide value) {
  const auto number = static_cast<std::int64_t>(value);
  if (number == value) {
    out += std::to_string(number);
  } else {
    put_json_number(out, static_cast<double>(value));
  }
}

void put_attachment(std::string& out, const Attachment& attachment) {
  const std::string_view hash(reinterpret_cast<const char*>(attachment.hash.data()),
                              attachment.hash.size());
  out.append("{\"").append(kAttachmentKey).append("\":\"").append(to_hex(hash));
  out += "\",\"media_type\":";
  put_json_string(out, attachment.media_type);
  out += ",\"size\":" + std::to_string(attachment.size) + '}';
}

void put_value(std::string& out, const Value& value) {
  if (const bool* b = value.boolean()) {
    out += *b ? "true" : "false";
  } else if (const std::int64_t* i = value.integer()) {
    out += std::to_string(*i);
  } else if (const double* d = value.number()) {
    put_json_number(out, *d);
  } else if (const std::string* t = value.text()) {
    put_json_string(out, *t);
  } else if (const auto attachment = value.attachment()) {
    put_attachment(out, *attachment);
  } else {
    out += "null";
  }
}

void put_node(std::string& out, const ChangeTable& changes, const Node& node);

struct Member {
  const Child* child;
  const ChangeTable* changes;
};

void put_members(std::string& out, const std::vector<Member>& members) {
  out.push_back('{');
  bool first = true;
  for (const Member& member : members) {
    if (!first) out.push_back(',');
    first = false;
    put_json_key(out, member.child->name);
    out.push_back(':');
    put_node(out, *member.changes, member.child->node);
  }
  out.push_back('}');
}

void collect_members(std::vector<Member>& members, const ChangeTable& changes, const Node& node) {
  for (const Child& child : node.children) {
    if (!child.is_element && is_live(child.node)) members.push_back({&child, &changes});
  }
}

void put_list(std::string& out, const ChangeTable& changes, const Node& node) {
  out.push_back('[');
  bool first = true;
  for (const ListItem& item : live_elements(changes, node)) {
    if (!first) out.push_back(',');
    first = false;
    put_node(out, changes, item.child->node);
  }
  out.push_back(']');
}

void put_set(std::string& out, const Node& node) {
  out.push_back('[');
  bool first = true;
  for (const SetElement& element : node.extras->set) {  // a shown set has extras
    if (!first) out.push_back(',');
    first = false;
    put_value(out, element.value);
  }
  out.push_back(']');
}

void put_node(std::string& out, const ChangeTable& changes, const Node& node) {
  const auto kind = shown_kind(node);
  if (!kind) {
    out += "null";
    return;
  }
  switch (*kind) {
    case FieldKind::value:
    case FieldKind::last_writer:
    case FieldKind::ranked:
      put_value(out, shown_values(changes, node, *kind).front()->value);
      break;
    case FieldKind::map: {
      std::vector<Member> members;
      collect_members(members, changes, node);
      put_members(out, members);
      break;
    }
    case FieldKind::list: put_list(out, changes, node); break;
    case FieldKind::text: put_json_string(out, visible_text(node)); break;
    case FieldKind::set: put_set(out, node); break;
    case FieldKind::counter: put_counter(out, counter_value(changes, node)); break;
  }
}

}  // namespace

void put_json(std::string& out, const ChangeTable& changes, const Node& node) {
  put_node(out, changes, node);
}

std::string to_json(const std::vector<const State*>& states) {
  std::vector<Member> members;
  for (const State* state : states) {
    collect_members(members, state->table().changes, state->table().root);
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.child->name < b.child->name; });
  const auto same = [](const Member& a, const Member& b) { return a.child->name == b.child->name; };
  if (std::adjacent_find(members.begin(), members.end(), same) != members.end()) {
    return to_json(read_tree(states));  // a section in two compartments: mapping conflict
  }
  std::string out;
  put_members(out, members);
  return out;
}

std::string to_json(const State& state, const Path& path) {
  std::string out;
  const Node* node = state.table().find(path);
  if (node == nullptr || !is_live(*node)) return path.empty() ? "{}" : "null";
  put_node(out, state.table().changes, *node);
  return out;
}

std::string to_json(const Value& value) {
  std::string out;
  put_value(out, value);
  return out;
}

}  // namespace relais::document
