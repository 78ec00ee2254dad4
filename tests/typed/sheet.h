#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/try.h"
#include "document/state/state.h"
#include "typed/edit.h"
#include "typed/reading.h"
#include "typed/schema.h"
#include "typed/writing.h"

namespace relais::testing {

/// One document on one device, without the engine: what a typed write comes to is done with the
/// document model alone.
///
///     Sheet here(1);
///     auto edits = here.update<Kinds>([](Kinds& k) { k.set_word("new"); });
///     Sheet there(2);
///     there.merge(here);
///     EXPECT_EQ(there.read<Kinds>()->word(), "new");
class Sheet {
 public:
  explicit Sheet(std::uint8_t author) { author_.bytes.fill(author); }

  /// What typed::update does; gives the edits that it made.
  template <class Type, class Change>
  Result<std::vector<typed::Edit>> update(Change&& change) {
    Type made;
    RELAIS_TRY(read_into(made));
    const Type before = made;
    change(made);
    return write_between(before, made);
  }
  /// What typed::write does.
  template <class Type>
  Result<std::vector<typed::Edit>> write(const Type& to) {
    Type before;
    RELAIS_TRY(read_into(before));
    return write_between(before, to);
  }
  template <class Type>
  Result<Type> read() const {
    Type made;
    RELAIS_TRY(read_into(made));
    return made;
  }

  Status put_json(const std::string& path, std::string_view json);
  void merge(const Sheet& other) { state_.merge(other.state_); }
  std::string json() const;
  const document::State& state() const { return state_; }

 private:
  Status read_into(google::protobuf::Message& made) const;
  Result<std::vector<typed::Edit>> write_between(const google::protobuf::Message& before,
                                                 const google::protobuf::Message& after);
  template <class Action>
  Status draft(Action&& action);

  AuthorId author_;
  std::uint64_t seq_ = 0;
  document::State state_;
};

/// An edit in words, a line each: `set word "x"`, `insert line 0 "x"`.
std::string in_words(const std::vector<typed::Edit>& edits);

}  // namespace relais::testing
