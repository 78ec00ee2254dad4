#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "relais/document.h"
#include "relais/value.h"

namespace relais::typed {

/// One call of a Transaction. The changes of a message become a list of these, all checked before
/// the first is made.
struct Edit {
  enum class Action : std::uint8_t {
    set,              ///< `value`
    set_last_writer,  ///< `value`
    set_ranked,       ///< `value`, `rank`
    make_object,
    insert,       ///< into a list: `text` is JSON; `index`
    move,         ///< within a list: `index` to `to`
    add,          ///< to a set: `value`
    remove,       ///< from a set: `value`
    count,        ///< `delta`
    update_text,  ///< `text`
    erase,
  };
  Action action = Action::set;
  std::string path;
  std::string shown;  ///< the path as errors show it
  Value value = {};
  std::string text = {};
  std::uint32_t rank = 0;
  std::size_t index = 0;
  std::size_t to = 0;
  std::int64_t delta = 0;
};

/// Makes the calls, on a Transaction or a type with the same calls without the document id. Fails:
/// as they do; the error names the path of the field.
template <class Calls>
Status make(const Edit& edit, Calls&& on) {
  switch (edit.action) {
    case Edit::Action::set: return on.set(edit.path, edit.value);
    case Edit::Action::set_last_writer: return on.set_last_writer(edit.path, edit.value);
    case Edit::Action::set_ranked: return on.set_ranked(edit.path, edit.value, edit.rank);
    case Edit::Action::make_object: return on.put_json(edit.path, "{}");
    case Edit::Action::insert: return on.insert_json(edit.path, edit.index, edit.text);
    case Edit::Action::move: return on.move(edit.path, edit.index, edit.to);
    case Edit::Action::add: return on.add_to_set(edit.path, edit.value);
    case Edit::Action::remove: return on.remove_from_set(edit.path, edit.value);
    case Edit::Action::count: return on.count(edit.path, edit.delta);
    case Edit::Action::update_text: return on.update_text(edit.path, edit.text);
    case Edit::Action::erase: break;
  }
  return on.erase(edit.path);
}

template <class Calls>
Status make(const std::vector<Edit>& edits, Calls&& on) {
  for (const Edit& edit : edits) {
    if (Status done = make(edit, on); !done) return std::move(done).error().within(edit.shown);
  }
  return {};
}

}  // namespace relais::typed
