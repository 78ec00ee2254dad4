#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>

#include "access/small_space.h"

/// The same histories for the executable model of these rules, which shares nothing with this code:
/// tests/access/model_histories.py writes them with what the model says of each.
namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

const std::string kModel = RELAIS_SOURCE_DIR "/../shared/model/access";

/// A history as it is read, and the space in which it took place.
class History {
 public:
  explicit History(std::uint64_t seed) : space_(seed) {
    of('R', 0) = &space_.root();
    of('A', 0) = &space_.owner();
  }

  /// One line of it. False: it is complete.
  bool take(const std::string& line) {
    std::istringstream in(line);
    std::string what;
    in >> what;
    if (what == "end") return false;
    if (what == "entry") {
      add_entry(in);
    } else {
      if (!membership_) membership_ = std::make_unique<Membership>(space_.membership());
      check(what, in);
    }
    return true;
  }

 private:
  Actor*& of(char device, int incarnation) { return actors_[{device, incarnation}]; }

  Actor& actor(char device, int incarnation) {
    Actor*& known = of(device, incarnation);
    if (known == nullptr && incarnation != 0) known = &space_.again(actor(device, 0));
    if (known == nullptr) known = &space_.stranger();
    return *known;
  }
  CompartmentId compartment(const std::string& name) const {
    return log::compartment_id(space_.founding.space, "", name);
  }
  wire::Citations citations(std::istringstream& in) const {
    wire::Citations cited;
    for (std::string name; in >> name;) cited.push_back(places_.at(name));
    return cited;
  }

  void add_entry(std::istringstream& in) {
    char device = 0;
    int incarnation = 0;
    std::string kind;
    in >> device >> incarnation >> kind;
    Actor& author = actor(device, incarnation);
    // Root's first two records founded the space.
    const bool founding = &author == &space_.root() && founded_ < 2;
    if (founding) {
      const PlacedRecord& placed = space_.records.at(founded_++);
      note(device, incarnation, {placed.author, placed.seq, placed.hash});
      return;
    }
    space_.write(author, record(author, kind, in));
    note(device, incarnation, SmallSpace::upto(author));
  }
  void note(char device, int incarnation, const wire::Citation& place) {
    places_[std::string(1, device) + "." + std::to_string(incarnation) + "." +
            std::to_string(place.seq)] = place;
  }

  wire::ControlRecord record(const Actor& author, const std::string& kind, std::istringstream& in) {
    std::string first, second;
    in >> first;
    if (kind == "comp") return wire::record::CompartmentCreated{"", first};
    if (kind == "cert") return certificate(author, first[0], in);
    in >> second;
    if (kind == "map") return wire::record::SectionMapped{"cases", first, second, citations(in)};
    if (kind == "epoch") return epoch(first, second, in);
    std::uint32_t bits = 0;
    in >> bits;
    return wire::record::RightsGranted{actor(first[0], 0).id(), compartment(second), bits};
  }

  wire::ControlRecord certificate(const Actor& author, char device, std::istringstream& in) {
    int level = 0, keys = 0;
    in >> level >> keys;
    Actor subject = actor(device, 0);
    if (keys != 0) {
      auto& other = other_keys_[device];
      if (!other) other = crypto::make_dh_key_pair(space_.random);
      subject.keys.noise = *other;
    }
    auto added = space_.added(author, space_.body(author, subject, static_cast<Level>(level)));
    added.cited = citations(in);
    return added;
  }

  wire::ControlRecord epoch(const std::string& where, const std::string& readers,
                            std::istringstream& in) {
    wire::record::EpochMade made;
    for (const char device : readers) made.devices.push_back(actor(device, 0).id());
    std::sort(made.devices.begin(), made.devices.end());
    Bytes bits((made.devices.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < made.devices.size(); ++i) {
      bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << i % 8);
    }
    made.parts.push_back({compartment(where), space_.random.draw<crypto::Hash>(), bits});
    made.cited = citations(in);
    return made;
  }

  void check(const std::string& what, std::istringstream& in) {
    std::string first, second;
    in >> first >> second;
    if (what == "level" || what == "rights" || what == "clash") {
      const DeviceId id = actor(first[0], 0).id();
      const Device* device = membership_->device(id);
      ASSERT_NE(device, nullptr) << first;
      if (what == "level") EXPECT_EQ(static_cast<int>(device->level), std::stoi(second)) << first;
      if (what == "clash") EXPECT_TRUE(device->keys_clash) << first;
      if (what != "rights") return;
      std::uint32_t bits = 0;
      in >> bits;
      EXPECT_EQ(membership_->rights(id, compartment(second)), bits) << first << " in " << second;
    } else if (what == "devices") {
      EXPECT_EQ(membership_->devices().size(), std::stoul(first));
      const auto clash = [](const auto& each) { return each.second.keys_clash; };
      const auto& all = membership_->devices();
      EXPECT_EQ(std::count_if(all.begin(), all.end(), clash), std::stol(second));
    } else if (what == "epoch") {
      int seq = 0, open = 0;
      in >> seq >> open;
      const AuthorId& author = actor(first[0], std::stoi(second)).author;
      EXPECT_EQ(is_open(author, static_cast<std::uint64_t>(seq)), open != 0) << first << seq;
    } else {
      check_section(what, first, second, in);
    }
  }

  bool is_open(const AuthorId& author, std::uint64_t seq) const {
    for (const auto& [id, epoch] : membership_->epochs()) {
      const Epoch::Making& making = epoch.makings.front();
      if (making.maker == author && making.seq == seq) return making.open;
    }
    return false;
  }

  void check_section(const std::string& what, const std::string& section, const std::string& label,
                     std::istringstream& in) {
    const Labels* labels = membership_->labels("cases", section);
    ASSERT_NE(labels, nullptr) << section;
    if (what == "write") {
      const bool one = labels->highest.size() == 1;
      EXPECT_EQ(one ? labels->highest.front() : "-", label) << section;
      return;
    }
    std::vector<std::string> open{label};
    for (std::string more; in >> more;) open.push_back(more);
    EXPECT_EQ(labels->open, open) << section;
  }

  SmallSpace space_;
  std::map<std::pair<char, int>, Actor*> actors_;
  std::map<char, std::optional<crypto::DhKeyPair>> other_keys_;
  std::map<std::string, wire::Citation> places_;
  std::size_t founded_ = 0;
  std::unique_ptr<Membership> membership_;
};

TEST(Model, SaysTheSameOfRandomHistories) {
  if (!std::filesystem::exists(kModel + "/model.py")) {
    GTEST_SKIP() << "the model isn't beside this repository: ../shared/model/access";
  }
  constexpr int kHistories = 300;
  const std::string command = "python3 " RELAIS_SOURCE_DIR "/tests/access/model_histories.py " +
                              kModel + " 1 " + std::to_string(kHistories);
  const std::unique_ptr<FILE, int (*)(FILE*)> output(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(output, nullptr);
  std::string text;
  char part[4096];
  while (const std::size_t size = fread(part, 1, sizeof part, output.get())) {
    text.append(part, size);
  }
  std::istringstream lines(text);
  int histories = 0;
  auto history = std::make_unique<History>(1);
  for (std::string line; std::getline(lines, line);) {
    SCOPED_TRACE("seed " + std::to_string(histories + 1) + ": " + line);
    if (history->take(line)) continue;
    history = std::make_unique<History>(static_cast<std::uint64_t>(++histories) + 1);
  }
  EXPECT_EQ(histories, kHistories);
}

}  // namespace
}  // namespace relais::access
