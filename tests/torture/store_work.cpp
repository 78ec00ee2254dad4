#include <thread>

#include "base/coding.h"
#include "base/try.h"
#include "torture/work.h"

namespace relais::torture {

using store::Batch;
using store::Durability;
using store::Family;

void Findings::note(std::uint64_t& kind, const std::string& what) {
  ++kind;
  if (first.empty()) first = what;
}

Result<std::unique_ptr<store::Store>> open_or_make(const OpenStore& open, Acknowledged& known) {
  auto opened = open(false);
  if (!opened && opened.error().code() == ErrorCode::store_missing && !known.was_made()) {
    opened = open(true);
    if (opened) known.made();
  }
  return opened;
}

namespace {

constexpr std::size_t kFamilies = store::kFamilyCount;
constexpr char kLast[] = "last";

Bytes key_of(std::uint64_t number) {
  Bytes key;
  // Spread out, so that compaction has to merge files.
  put_u64(key, number * 0x9e3779b97f4a7c15);
  put_u64(key, number);
  return key;
}

Bytes value_of(std::uint64_t number, std::size_t family) {
  testing::Chance chance(number * kFamilies + family);
  Bytes value(chance.below(chance.one_in(20) ? 20000 : 300), '\0');
  chance.fill(u8(value), value.size());
  put_u64(value, number);
  return value;
}

class StoreWork final : public Work {
 public:
  StoreWork(std::unique_ptr<store::Store> store, Acknowledged& known, const testing::Chance& chance,
            bool early)
      : store_(std::move(store)), known_(known), chance_(chance), early_(early) {}

  Findings check() override {
    Findings found;
    const auto last = last_batch();
    if (!last) {
      found.note(found.problems, "the last batch can't be read: " + last.error().message());
      return found;
    }
    next_ = *last + 1;
    const auto acked = known_.docs().find(kLast);
    const std::uint64_t least = acked == known_.docs().end() ? 0 : acked->second;
    for (std::uint64_t n = *last + 1; n <= least; ++n) {
      found.note(found.lost_writes, "batch " + std::to_string(n) + " is lost");
    }
    if (*last > known_.tried()) found.note(found.problems, "a batch is there that none wrote");
    for (std::size_t family = 0; family < kFamilies; ++family) check_family(family, *last, found);
    return found;
  }

  Status step() override {
    if (!early_ && chance_.one_in(4)) {  // not durable until a later sync
      known_.try_up_to(next_);
      return store_->commit(numbered(next_++), Durability::buffered);
    }
    return write();
  }

  Status write() override {
    known_.try_up_to(next_);
    if (early_) {
      acknowledge();
      std::this_thread::sleep_for(kEarly);
    }
    if (chance_.one_in(2)) {
      RELAIS_TRY(store_->commit(numbered(next_), Durability::synced));
    } else {
      RELAIS_TRY(store_->commit(numbered(next_), Durability::buffered));
      RELAIS_TRY(store_->sync());
    }
    acknowledge();
    ++next_;
    return {};
  }

 private:
  void acknowledge() {
    known_.doc(kLast, next_);
    known_.acknowledge();
  }

  Result<std::uint64_t> last_batch() const {
    RELAIS_ASSIGN(const auto value, store_->get(Family::meta, kLast));
    return value ? Reader(*value).u64() : std::uint64_t{0};
  }

  /// Each batch has one key in each family; those of every tenth batch are removed again.
  static bool removed(std::uint64_t number, std::uint64_t last) {
    return number % 10 == 5 && number + 5 <= last;
  }

  static Batch numbered(std::uint64_t number) {
    Batch batch;
    for (std::size_t family = 0; family < kFamilies; ++family) {
      batch.put(static_cast<Family>(family), key_of(number), value_of(number, family));
      if (number % 10 == 0) batch.remove(static_cast<Family>(family), key_of(number - 5));
    }
    Bytes last;
    put_u64(last, number);
    batch.put(Family::meta, kLast, last);
    return batch;
  }

  void check_family(std::size_t family, std::uint64_t last, Findings& found) {
    const auto name = static_cast<Family>(family);
    for (std::uint64_t n = 1; n <= last; ++n) {
      const auto value = store_->get(name, key_of(n));
      const bool right =
          value && (removed(n, last) ? !value->has_value() : *value == value_of(n, family));
      if (right) continue;
      found.note(found.lost_writes, "of batch " + std::to_string(n) + " family " +
                                        std::to_string(family) + " isn't as it was written, of " +
                                        std::to_string(last));
    }
    std::uint64_t keys = 0;
    const auto iterator = store_->scan(name, {}, {});
    for (; iterator->valid(); iterator->next()) ++keys;
    const std::uint64_t expected = last - last / 10 + (family == 0 && last > 0 ? 1 : 0);
    if (!iterator->status() || keys != expected) {
      found.note(found.problems, "family " + std::to_string(family) + " has " +
                                     std::to_string(keys) + " keys, not " +
                                     std::to_string(expected));
    }
  }

  std::unique_ptr<store::Store> store_;
  Acknowledged& known_;
  testing::Chance chance_;
  const bool early_;
  std::uint64_t next_ = 1;
};

}  // namespace

std::unique_ptr<Work> work_on_store(std::unique_ptr<store::Store> store, Acknowledged& known,
                                    const testing::Chance& chance, Control control) {
  return std::make_unique<StoreWork>(weaken(std::move(store), control), known, chance,
                                     control == Control::early_ack);
}

}  // namespace relais::torture
