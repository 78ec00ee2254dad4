#include "typed/sheet.h"

#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/tree.h"
#include "typed/text.h"

namespace relais::testing {
namespace {

using google::protobuf::Message;
using typed::Edit;

constexpr std::uint64_t kStart = 1'790'000'000'000ULL << 16;

/// The calls of a draft, with paths as text.
struct Calls {
  document::Draft& draft;

  template <class Action>
  Status at(const std::string& path, Action&& action) {
    RELAIS_ASSIGN(const document::Path parsed, document::parse_path(path, draft.state()));
    return action(parsed);
  }
  Status set(const std::string& path, const Value& value) {
    return at(path, [&](const auto& to) { return draft.set(to, value); });
  }
  Status set_last_writer(const std::string& path, const Value& value) {
    return at(path, [&](const auto& to) { return draft.set_last_writer(to, value); });
  }
  Status set_ranked(const std::string& path, const Value& value, std::uint32_t rank) {
    return at(path, [&](const auto& to) { return draft.set_ranked(to, value, rank); });
  }
  Status put_json(const std::string& path, std::string_view json) {
    return at(path, [&](const auto& to) { return draft.put_json(to, json); });
  }
  Status insert_json(const std::string& list, std::size_t index, const std::string& json) {
    return at(list, [&](const auto& to) { return draft.insert_json(to, index, json); });
  }
  Status move(const std::string& list, std::size_t from, std::size_t to) {
    return at(list, [&](const auto& in) { return draft.move(in, from, to); });
  }
  Status add_to_set(const std::string& path, const Value& value) {
    return at(path, [&](const auto& to) { return draft.add(to, value); });
  }
  Status remove_from_set(const std::string& path, const Value& value) {
    return at(path, [&](const auto& from) { return draft.remove(from, value); });
  }
  Status count(const std::string& path, std::int64_t delta) {
    return at(path, [&](const auto& to) { return draft.count(to, delta); });
  }
  Status update_text(const std::string& path, const std::string& text) {
    return at(path, [&](const auto& to) { return draft.update_text(to, text); });
  }
  Status erase(const std::string& path) {
    return at(path, [&](const auto& to) { return draft.erase(to); });
  }
};

const char* name_of(Edit::Action action) {
  switch (action) {
    case Edit::Action::set: return "set";
    case Edit::Action::set_last_writer: return "set_last_writer";
    case Edit::Action::set_ranked: return "set_ranked";
    case Edit::Action::make_object: return "make_object";
    case Edit::Action::insert: return "insert";
    case Edit::Action::move: return "move";
    case Edit::Action::add: return "add";
    case Edit::Action::remove: return "remove";
    case Edit::Action::count: return "count";
    case Edit::Action::update_text: return "update_text";
    case Edit::Action::erase: break;
  }
  return "erase";
}

std::string rest_of(const Edit& edit) {
  switch (edit.action) {
    case Edit::Action::set:
    case Edit::Action::set_last_writer:
    case Edit::Action::add:
    case Edit::Action::remove: return " " + typed::to_json(edit.value);
    case Edit::Action::set_ranked:
      return " " + typed::to_json(edit.value) + " " + std::to_string(edit.rank);
    case Edit::Action::insert: return " " + std::to_string(edit.index) + " " + edit.text;
    case Edit::Action::move:
      return " " + std::to_string(edit.index) + " " + std::to_string(edit.to);
    case Edit::Action::count: return " " + std::to_string(edit.delta);
    case Edit::Action::update_text: return " " + typed::to_json(Value(edit.text));
    default: return "";
  }
}

}  // namespace

template <class Action>
Status Sheet::draft(Action&& action) {
  const document::Position self{author_, seq_ + 1};
  document::Draft draft(state_, self, {"sheets", "1"}, {kStart + (self.seq << 20)});
  RELAIS_TRY(action(draft));
  if (draft.empty()) return {};
  ++seq_;
  return state_.apply(std::move(draft).finish(), self);
}

Status Sheet::put_json(const std::string& path, std::string_view json) {
  return draft([&](document::Draft& draft) { return Calls{draft}.put_json(path, json); });
}

std::string Sheet::json() const { return document::to_json({&state_}); }

Status Sheet::read_into(Message& made) const {
  RELAIS_ASSIGN(const auto schema, typed::Schema::of(*made.GetDescriptor()));
  const auto tree = document::read_tree(state_, {});
  return tree ? typed::read_tree(schema->root(), *tree, made) : Status();
}

Result<std::vector<Edit>> Sheet::write_between(const Message& before, const Message& after) {
  RELAIS_ASSIGN(const auto schema, typed::Schema::of(*after.GetDescriptor()));
  const auto tree = document::read_tree(state_, {});
  RELAIS_ASSIGN(auto edits,
                typed::edits_between(schema->root(), tree ? &*tree : nullptr, before, after));
  RELAIS_TRY(draft([&](document::Draft& draft) { return typed::make(edits, Calls{draft}); }));
  return edits;
}

std::string in_words(const std::vector<Edit>& edits) {
  std::string words;
  for (const Edit& edit : edits) {
    words.append(name_of(edit.action)).append(" ").append(edit.shown).append(rest_of(edit));
    words.push_back('\n');
  }
  return words;
}

}  // namespace relais::testing
