#include "replica/projection/basis.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "replica/known_authors.h"
#include "replica/projection/inbound.h"
#include "replica/projection/work.h"
#include "replica/protected_documents.h"

namespace relais::replica {

using store::Batch;
using store::Durability;
using store::Family;
using store::LocalPosition;

namespace {

/// The labels under which changes of a (collection, section) aren't misfiled.
using Labels = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

struct Basis {
  std::uint64_t version = 0;
  std::vector<DeviceId> owners;  ///< sorted
  FrozenLogs frozen;
  Labels labels;
};

Basis basis_of(const Core& core) {
  const access::Membership& membership = core.control.membership;
  Basis basis{kProjectionVersion, {}, {}, {}};
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.compartment == core.control_compartment()) continue;
    const bool frozen = core.logs.forks().contains(row.no) || is_frozen(core, row.device_key);
    if (frozen) basis.frozen.insert(row.no);
  }
  for (const auto& [position, labels] : membership.labels()) basis.labels[position] = labels.filed;
  for (const auto& [id, device] : membership.devices()) {
    if (device.level <= access::Level::owner) basis.owners.push_back(id);
  }
  return basis;
}

Bytes encode(const Basis& basis) {
  Bytes out;
  put_varint(out, basis.version);
  put_varint(out, basis.owners.size());
  for (const DeviceId& owner : basis.owners) out.append(owner.view());
  put_varint(out, basis.frozen.size());
  for (const store::LogNo no : basis.frozen) put_varint(out, no);
  for (const auto& [position, labels] : basis.labels) {
    put_sized(out, position.first);
    put_sized(out, position.second);
    put_varint(out, labels.size());
    for (const std::string& label : labels) put_sized(out, label);
  }
  return out;
}

/// Inputs that can't be decoded count as those of another version.
Basis decode(BytesView bytes) {
  Reader in(bytes);
  Basis basis;
  basis.version = in.varint();
  const std::uint64_t owners = in.varint();
  for (std::uint64_t i = 0; in.ok() && i < owners; ++i) basis.owners.push_back(in.id<DeviceId>());
  const std::uint64_t frozen = in.varint();
  for (std::uint64_t i = 0; in.ok() && i < frozen; ++i) {
    basis.frozen.insert(static_cast<store::LogNo>(in.varint()));
  }
  while (in.ok() && !in.at_end()) {
    std::string collection(in.sized(limits::kCollectionBytes));
    std::string section(in.sized(limits::kPathStepBytes));
    auto& labels = basis.labels[{std::move(collection), std::move(section)}];
    const std::uint64_t count = in.varint();
    for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
      labels.emplace_back(in.sized(limits::kLabelBytes));
    }
  }
  return in.ok() ? basis : Basis{};
}

/// Collections whose sections now belong to another compartment; an empty one stands for all.
std::set<std::string> moved_collections(const Labels& before, const Labels& now) {
  std::set<std::string> moved;
  const auto add = [&moved](const Labels& these, const Labels& those) {
    for (const auto& [position, labels] : these) {
      const auto found = those.find(position);
      if (found == those.end() || found->second != labels) moved.insert(position.first);
    }
  };
  add(before, now);
  add(now, before);
  return moved;
}

/// Lists the documents of the collections for a rebuild, including those without an applied change.
Status list_documents(const Core& core, Batch& batch, const std::set<std::string>& collections) {
  const auto add = [&](BytesView key) {
    const auto name = store::parse_document_key(key);
    const bool concerned =
        name && (collections.contains("") || collections.contains(name->address.collection));
    if (concerned) batch.put(Family::index, store::to_rebuild_key(key), {});
  };
  const auto documents = core.store->scan(Family::documents, {}, {});
  for (; documents->valid(); documents->next()) add(documents->key());
  RELAIS_TRY(documents->status());
  const auto aside = core.store->scan_prefix(Family::index, Bytes(1, store::index::kOfDocument));
  for (; aside->valid(); aside->next()) {
    RELAIS_ASSIGN(const auto name, store::parse_change_name(aside->key().substr(1)));
    add(name.document);
  }
  return aside->status();
}

/// The seq before the transaction of a position.
Result<std::uint64_t> before_transaction(const Core& core, const LocalPosition& at) {
  std::uint64_t seq = at.seq;
  for (Bytes bytes; --seq > 0;) {
    RELAIS_ASSIGN(const bool found,
                  core.store->get_into(Family::log, store::block_key(at.log, seq), bytes));
    if (!found) return Error(ErrorCode::corrupt, "A block is missing in the store.");
    RELAIS_ASSIGN(const auto block, store::decode_block(bytes));
    if (block.transaction_end) break;
  }
  return seq;
}

/// Judges the transaction of a position again. Returns its last seq.
Result<std::uint64_t> judge_transaction(Core& core, Projector& projector, const LocalPosition& at) {
  const store::LogRow row = *core.logs.find(at.log);
  RELAIS_ASSIGN(std::uint64_t seq, before_transaction(core, at));
  std::vector<OpenedBlock> blocks;
  const auto cursor = core.store->scan(Family::log, store::block_key(row.no, seq + 1),
                                       store::block_key(row.no, row.opened + 1));
  for (bool end = false; !end && cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(const auto stored, store::decode_block(cursor->value()));
    end = stored.transaction_end;
    blocks.push_back(
        open_block(core, row, {++seq, stored.transaction_end, stored.before, stored.block}));
  }
  RELAIS_TRY(cursor->status());
  projector.judge_again(row, std::move(blocks));
  return seq;
}

/// Examines again what cites a log that became frozen, or is no longer frozen.
Status touch_frozen(const Core& core, Projector& projector, const FrozenLogs& before,
                    const FrozenLogs& now) {
  FrozenLogs changed;
  std::set_symmetric_difference(before.begin(), before.end(), now.begin(), now.end(),
                                std::inserter(changed, changed.end()));
  for (const store::LogNo no : changed) {
    const store::LogRow* row = core.logs.find(no);
    if (row != nullptr) RELAIS_TRY(projector.touch_beyond(row->id, 0));
  }
  return {};
}

}  // namespace

Status renew_basis(Core& core) {
  const Basis now = basis_of(core);
  core.frozen = now.frozen;
  const Bytes key = store::meta_key(store::meta::kBasis);
  RELAIS_ASSIGN(const auto stored, core.store->get(Family::meta, key));
  if (stored && *stored == encode(now)) return {};
  store::Commit commit(core.logs);
  Batch& batch = commit.batch();
  Projector projector = make_projector(core);
  const Basis before = stored ? decode(*stored) : Basis{};
  if (before.version != now.version) {
    for (store::CompartmentNo no = 0; no < core.logs.names().compartments(); ++no) {
      batch.put(Family::index, store::to_rebuild_key(store::document_prefix(no)), {});
    }
  } else {
    auto collections = moved_collections(before.labels, now.labels);
    if (before.owners != now.owners) {
      collections.insert({kDevicesCollection, kSpaceCollection});
    }
    if (!collections.empty()) RELAIS_TRY(list_documents(core, batch, collections));
    RELAIS_TRY(touch_frozen(core, projector, before.frozen, now.frozen));
  }
  RELAIS_ASSIGN(const auto touched, projector.finish(commit));
  batch.put(Family::meta, key, encode(now));
  return core.commit(commit, Durability::buffered, touched);
}

Result<bool> unlock_some(Core& core) {
  Projector projector = make_projector(core);
  LocalPosition judged;
  bool any = false;
  const auto cursor = core.store->scan_prefix(Family::index, Bytes(1, store::index::kSetAside));
  for (; cursor->valid() && projector.added_bytes() < limits::kProjectionSliceBytes;
       cursor->next()) {
    if (cursor->value() != BytesView(Bytes(1, static_cast<char>(store::SetAside::locked))))
      continue;
    Reader in(cursor->key().substr(1));
    LocalPosition at;
    at.log = in.u32();
    at.seq = in.u64();
    const store::LogRow* row = core.logs.find(at.log);
    if (row == nullptr || at <= judged || !core.decryptor.has_key(core.control, *row, at.seq))
      continue;
    RELAIS_ASSIGN(judged.seq, judge_transaction(core, projector, at));
    judged.log = at.log;
    any = true;
  }
  RELAIS_TRY(cursor->status());
  if (!any) return false;
  store::Commit commit(core.logs);
  RELAIS_ASSIGN(const auto touched, projector.finish(commit));
  core.observe_stamp(projector.latest_stamp());
  core.save_stamp(commit.batch());
  RELAIS_TRY(core.commit(commit, Durability::buffered, touched));
  return true;
}

}  // namespace relais::replica
