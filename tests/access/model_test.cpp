#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <sstream>

#include "access/keyring.h"
#include "access/small_space.h"
#include "support/command.h"

/// Compares with the executable model of these rules, which shares no code with this library:
/// model_histories.py writes histories with the model's results, and explains the format.
namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

const std::string kModel = RELAIS_SHARED_DIR "/model/access";

/// An author as the model names it: the letter of its device, and the incarnation.
using Name = std::pair<char, int>;

Name read_name(std::istream& in) {
  Name name;
  in >> name.first >> name.second;
  return name;
}

std::vector<std::string> read_rest(std::istream& in) {
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// The records of a history, in a space.
class Records {
 public:
  explicit Records(std::uint64_t seed) : space_(seed) {
    actors_[{'R', 0}] = &space_.root();
    actors_[{'A', 0}] = &space_.owner();
  }

  Actor& actor(const Name& name) {
    Actor*& known = actors_[name];
    if (known == nullptr && name.second != 0) known = &space_.again(actor({name.first, 0}));
    if (known == nullptr) known = &space_.stranger();
    return *known;
  }
  DeviceId device(char letter) { return actor({letter, 0}).id(); }
  CompartmentId compartment(const std::string& label) const {
    return log::compartment_id(space_.founding.space, "", label);
  }
  /// The epoch made at a place, "DEVICE.INCARNATION.SEQ".
  EpochId epoch(const std::string& place) const { return epochs_.at(place); }

  void add(std::istream& in) {
    const Name name = read_name(in);
    std::string kind;
    in >> kind;
    Actor& author = actor(name);
    // Root's first two records founded the space.
    if (&author == &space_.root() && founded_ < 2) {
      const LocatedRecord& placed = space_.records.at(founded_++);
      places_[text_of(name, placed.seq)] = {placed.author, placed.seq, placed.hash};
      return;
    }
    const std::string place = text_of(name, author.next_seq);
    space_.write(author, record(author, kind, place, in));
    places_[place] = SmallSpace::upto(author);
  }

  /// Drops the rest of this log.
  void hold(std::istream& in) {
    const Actor& author = actor(read_name(in));
    std::uint64_t upto = 0;
    in >> upto;
    std::erase_if(space_.records, [&](const LocatedRecord& record) {
      return record.author == author.author && record.seq > upto;
    });
  }

  /// The membership, with the authors that wrote in control, not those only named there.
  Membership membership() {
    std::set<AuthorId> met;
    for (const LocatedRecord& record : space_.records) met.insert(record.author);
    std::erase_if(space_.authors, [&](const auto& author) { return !met.contains(author.first); });
    return space_.membership();
  }
  /// The same, with a copy of each epoch's key for `holder`.
  Membership with_copies_for(const Actor& holder) {
    Actor& sealer = space_.again(space_.root());
    for (const auto& [place, id] : epochs_) {
      const Bytes box = crypto::seal_to(crypto::make_dh_key_pair(space_.random),
                                        holder.keys.receiving.public_key, keys_.at(id).view());
      space_.write(sealer, wire::record::KeysSealed{id, {{holder.id(), box}}});
    }
    return membership();
  }

 private:
  static std::string text_of(const Name& name, std::uint64_t seq) {
    return std::string(1, name.first) + "." + std::to_string(name.second) + "." +
           std::to_string(seq);
  }
  wire::Citations citations(std::istream& in) const {
    wire::Citations cited;
    for (const std::string& place : read_rest(in)) cited.push_back(places_.at(place));
    return cited;
  }

  wire::ControlRecord record(const Actor& author, const std::string& kind, const std::string& place,
                             std::istream& in) {
    std::string first, second;
    in >> first;
    if (kind == "comp") return wire::record::CompartmentCreated{"", first};
    if (kind == "cert") return certificate(author, first[0], in);
    if (kind == "epoch") return epoch_made(place, first, in);
    in >> second;
    if (kind == "map") return wire::record::SectionMapped{"cases", first, second, citations(in)};
    std::uint32_t number = 0;
    if (kind == "raise") {
      std::istringstream(second) >> number;
      return wire::record::AuthorsAllowed{device(first[0]), number};
    }
    in >> number;
    return wire::record::RightsGranted{device(first[0]), compartment(second), number};
  }

  wire::ControlRecord certificate(const Actor& author, char letter, std::istream& in) {
    int level = 0, keys = 0;
    in >> level >> keys;
    Actor subject = actor({letter, 0});
    if (keys != 0) {
      auto& other = other_keys_[letter];
      if (!other) other = crypto::make_dh_key_pair(space_.random);
      subject.keys.noise = *other;
    }
    auto added = space_.added(author, space_.body(author, subject, static_cast<Level>(level)));
    added.cited = citations(in);
    return added;
  }

  wire::ControlRecord epoch_made(const std::string& place, const std::string& label,
                                 std::istream& in) {
    wire::record::EpochMade made;
    for (const std::string& word : read_rest(in)) {
      if (word[0] == '!') {
        made.over_limit.push_back(device(word[1]));
      } else if (word[0] == '+') {
        made.devices.push_back(device(word[1]));
      } else {
        made.cited.push_back(places_.at(word));
      }
    }
    std::sort(made.devices.begin(), made.devices.end());
    std::sort(made.over_limit.begin(), made.over_limit.end());
    Bytes all((made.devices.size() + 7) / 8, '\xff');
    if (made.devices.size() % 8 != 0) {
      all.back() = static_cast<char>((1U << made.devices.size() % 8) - 1);
    }
    const auto key = space_.random.draw<crypto::SymmetricKey>();
    const crypto::Hash promise = commitment(key, compartment(label));
    epochs_[place] = epoch_id(promise);
    keys_.emplace(epoch_id(promise), key);
    made.parts.push_back({compartment(label), promise, all});
    return made;
  }

  SmallSpace space_;
  std::map<Name, Actor*> actors_;
  std::map<char, std::optional<crypto::DhKeyPair>> other_keys_;
  std::map<std::string, wire::Citation> places_;
  std::map<std::string, EpochId> epochs_;
  std::map<EpochId, crypto::SymmetricKey> keys_;
  std::size_t founded_ = 0;
};

/// Reads a history and compares the results.
class History {
 public:
  explicit History(std::uint64_t seed) : records_(seed) {}

  void take(const std::string& line) {
    std::istringstream in(line);
    std::string what;
    in >> what;
    if (what == "entry") return records_.add(in);
    if (what == "held") return records_.hold(in);
    if (!membership_) membership_ = std::make_unique<Membership>(records_.membership());
    if (what == "devices") return check_devices(in);
    if (what == "level" || what == "clash" || what == "rights") return check_device(what, in);
    if (what == "open" || what == "write") return check_section(what, in);
    if (what == "epoch") return check_epoch(in);
    if (what == "use") return check_use(in);
    FAIL() << "no line of a history";
  }

 private:
  void check_devices(std::istream& in) {
    std::size_t devices = 0;
    std::ptrdiff_t clash = 0;
    in >> devices >> clash;
    const auto& all = membership_->devices();
    EXPECT_EQ(all.size(), devices);
    const auto has_clash = [](const auto& each) { return each.second.keys_clash; };
    EXPECT_EQ(std::count_if(all.begin(), all.end(), has_clash), clash);
  }

  void check_device(const std::string& what, std::istream& in) {
    char letter = 0;
    in >> letter;
    const Device* device = membership_->device(records_.device(letter));
    ASSERT_NE(device, nullptr);
    if (what == "clash") {
      EXPECT_TRUE(device->keys_clash);
    } else if (what == "level") {
      int level = 0;
      in >> level;
      EXPECT_EQ(static_cast<int>(device->level), level);
    } else {
      std::string label;
      std::uint32_t bits = 0;
      in >> label >> bits;
      EXPECT_EQ(membership_->rights(device->id, records_.compartment(label)), bits);
    }
  }

  void check_section(const std::string& what, std::istream& in) {
    std::string section;
    in >> section;
    const Labels* labels = membership_->labels("cases", section);
    ASSERT_NE(labels, nullptr);
    const std::vector<std::string> expected = read_rest(in);
    if (what == "open") {
      EXPECT_EQ(labels->open, expected);
    } else {
      const bool conflict = labels->highest.size() != 1;
      EXPECT_EQ(conflict ? std::vector<std::string>{"-"} : labels->highest, expected);
    }
  }

  void check_epoch(std::istream& in) {
    const Actor& maker = records_.actor(read_name(in));
    std::uint64_t seq = 0;
    bool open = false;
    in >> seq >> open;
    EXPECT_EQ(is_open(maker.author, seq), open);
  }
  bool is_open(const AuthorId& maker, std::uint64_t seq) const {
    for (const auto& [id, epoch] : membership_->epochs()) {
      const Epoch::Making& making = epoch.makings.front();
      if (making.maker == maker && making.seq == seq) return making.open;
    }
    return false;
  }

  /// Any of the epochs that no rule orders will do.
  void check_use(std::istream& in) {
    std::string label;
    in >> label;
    std::set<EpochId> expected;
    for (const std::string& place : read_rest(in)) expected.insert(records_.epoch(place));
    const Actor& holder = records_.actor({'A', 0});
    if (!with_copies_) {
      with_copies_ = std::make_unique<Membership>(records_.with_copies_for(holder));
    }
    const auto keyring = Keyring::open(*with_copies_, holder.id(), holder.keys.receiving);
    const Epoch* used = keyring.current(*with_copies_, records_.compartment(label));
    ASSERT_EQ(used == nullptr, expected.empty());
    if (used != nullptr) {
      EXPECT_TRUE(expected.contains(used->id));
    }
  }

  Records records_;
  std::unique_ptr<Membership> membership_, with_copies_;
};

/// RELAIS_MODEL_HISTORIES=100000 compares more of them; RELAIS_MODEL_SEED, others.
TEST(Model, SaysTheSameAsTheExecutableModelOfRandomHistories) {
  if (!std::filesystem::exists(kModel + "/model.py")) {
    GTEST_SKIP() << "The executable model isn't there: nothing is compared with it.";
  }
  const std::string count = relais::test::from_environment("RELAIS_MODEL_HISTORIES", "1500");
  const std::string first = relais::test::from_environment("RELAIS_MODEL_SEED", "1");
  relais::test::Command model(std::string(RELAIS_PYTHON) +
                              " -B " RELAIS_SOURCE_DIR "/tests/access/model_histories.py " +
                              kModel + " " + first + " " + count);
  std::uint64_t seed = std::stoull(first);
  const std::uint64_t end = seed + std::stoull(count);
  auto history = std::make_unique<History>(seed);
  while (model.next()) {
    const std::string line(model.line());
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + line);
    if (line == "end") {
      if (HasFailure()) return;
      history = std::make_unique<History>(++seed);
    } else {
      history->take(line);
    }
  }
  EXPECT_EQ(seed, end) << "the model stopped before it had told all histories";
}

}  // namespace
}  // namespace relais::access
