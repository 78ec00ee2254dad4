#include "play.h"

#include "base/limits.h"
#include "document/view/read.h"
#include "support/need.h"

namespace bench {

using namespace relais;  // NOLINT: a program, not a header
using document::Change;
using document::Path;
using document::State;

namespace {

const Path kText{std::string("text")};

/// The most that one patch takes in a change besides its text: two ops with their dots.
constexpr std::size_t kPatchBytes = 4096;

}  // namespace

std::string text_of(const State& state) {
  auto field = document::read_field(state, kText);
  return field ? std::move(field->text) : std::string();
}

Device::Device(std::size_t author, std::size_t batch) : batch_(batch) {
  position_.author.bytes.fill(static_cast<std::uint8_t>(0x11 * (author + 1)));
}

void Device::begin() {
  ++position_.seq;
  // One key every quarter of a second.
  const document::Stamp stamp{(1790000000000ULL + position_.seq * batch_ * 250) << 16};
  draft_.emplace(std::move(state_), position_,
                 document::Address{"notes", "00000000-0000-4000-8000-000000000001"}, stamp);
}

void Device::commit() {
  if (!draft_) return;
  if (draft_->empty()) {
    --position_.seq;
  } else {
    changes_.push_back({position_, std::move(*draft_).finish()});
  }
  state_ = draft_->take_state();  // with what finishing added
  draft_.reset();
  edits_ = 0;
}

void Device::edit(const std::vector<Patch>& patches) {
  for (const Patch& patch : patches) {
    const std::size_t bytes = patch.inserted.size() + kPatchBytes;
    if (draft_ && draft_->bytes() + bytes > limits::kChangeBytes) commit();
    if (!draft_) begin();
    need(draft_->splice_text(kText, patch.position, patch.removed, patch.inserted));
  }
  if (++edits_ == batch_) commit();
}

void Device::receive(const Written& written) {
  const Bytes bytes = document::encode(written.change, written.position);
  const Change change = need(document::decode_change(bytes, written.position));
  need(state_.apply(change, written.position));
}

std::string Device::text() const { return text_of(state_); }

namespace {

/// Delivers the changes that a device's author had seen before an edit.
class Exchange {
 public:
  explicit Exchange(std::vector<Device>& devices)
      : devices_(devices),
        edits_(devices.size()),
        has_(devices.size(), std::vector<std::size_t>(devices.size(), 0)) {}

  void before(const Edit& edit) {
    for (std::size_t from = 0; from < devices_.size(); ++from) {
      if (from != edit.author) hand_over(edit.author, from, edit.seen[from]);
    }
  }
  void after(const Edit& edit) {
    if (edit.last) devices_[edit.author].commit();
    edits_[edit.author].push_back(devices_[edit.author].changes().size());
  }
  void all() {
    for (Device& device : devices_) device.commit();
    for (std::size_t to = 0; to < devices_.size(); ++to) {
      for (std::size_t from = 0; from < devices_.size(); ++from) {
        if (from != to) receive(to, from, devices_[from].changes().size());
      }
    }
  }

 private:
  void hand_over(std::size_t to, std::size_t from, std::size_t edits) {
    if (edits > 0) receive(to, from, edits_[from][edits - 1]);
  }
  void receive(std::size_t to, std::size_t from, std::size_t changes) {
    if (has_[to][from] >= changes) return;
    devices_[to].commit();
    for (std::size_t& next = has_[to][from]; next < changes; ++next) {
      devices_[to].receive(devices_[from].changes()[next]);
    }
  }

  std::vector<Device>& devices_;
  std::vector<std::vector<std::size_t>> edits_;  ///< how many changes there were after each
  std::vector<std::vector<std::size_t>> has_;    ///< changes, of each other device
};

}  // namespace

std::vector<Device> play(const Trace& trace, std::size_t batch) {
  std::vector<Device> devices;
  for (std::size_t author = 0; author < trace.authors; ++author)
    devices.emplace_back(author, batch);
  if (!trace.start.empty()) devices[0].edit({{0, 0, trace.start}});
  Exchange exchange(devices);
  for (const Edit& edit : trace.edits) {
    if (devices.size() > 1) exchange.before(edit);
    devices[edit.author].edit(edit.patches);
    if (devices.size() > 1) exchange.after(edit);
  }
  exchange.all();
  return devices;
}

}  // namespace bench
