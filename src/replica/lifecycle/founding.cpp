#include "replica/lifecycle/founding.h"

#include "access/gate.h"
#include "access/recovery.h"
#include "base/try.h"
#include "replica/own_logs.h"
#include "store/tables/log_append.h"
#include "store/tables/seals.h"

namespace relais::replica {
namespace {

/// The first records of a control log, and their writer.
struct ControlLog {
  log::Writer::Identity identity;
  const crypto::SigningSecretKey& key;
  std::vector<wire::ControlRecord> records;
};

Result<access::CitedHeads> write_log(store::Commit& commit, const store::Reads& store,
                                     const access::Membership& membership, const ControlLog& from) {
  const log::LogId id{log::control_compartment(from.identity.space),
                      log::author_id(from.identity.device_key, from.identity.instance)};
  const log::Head genesis = log::genesis(from.identity.space, id);
  log::RunHeader run;
  run.format = log::RunHeader::Format::plain;
  log::Writer writer(from.identity, id, genesis, run, {});
  log::BlockCodec codec;
  for (std::size_t i = 0; i < from.records.size(); ++i) {
    writer.append(codec, wire::encode(from.records[i]), i + 1 == from.records.size());
  }
  log::VerifiedPiece piece = writer.take();
  log::Sealer sealer;
  for (const TransactionEnd& end : transactions(piece)) sealer.add(end.head, end.bytes);
  const Bytes seal = wire::encode(sealer.sign(from.identity, id, from.key));

  access::Verdict verdict = access::Gate(membership).judge_control(std::move(piece));
  const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict);
  if (admitted == nullptr)
    return Error(ErrorCode::not_authorised, "The space couldn't be founded.");
  RELAIS_ASSIGN(const auto row, store::append_control(commit, genesis, *admitted));
  RELAIS_TRY(store::add_seals(commit, store, row.no, &admitted->piece(), {seal}, false));
  return access::CitedHeads{{id.author, row.head.seq, row.head.hash}};
}

}  // namespace

Result<std::string> found_space(store::Store& store, const Environment& environment,
                                const Bytes& marker, const access::FoundingPlan& plan) {
  Random& random = environment.random;
  Identity identity;
  identity.keys = access::make_device_keys(random);
  identity.instance = random.draw<log::Instance>();
  identity.marker = marker;
  const access::Founding founding = access::found_space(random, identity.keys);
  identity.space = founding.space;
  identity.first_record = founding.first_record;

  const log::Writer::Identity root{founding.space, founding.root.public_key,
                                   founding.root_instance};
  const AuthorId root_author = log::author_id(root.device_key, root.instance);
  std::vector<access::LocatedRecord> located;
  for (const wire::ControlRecord& record : founding.root_records) {
    located.push_back(
        {root_author, located.size() + 1, {}, record});  // no hash: nothing cites them
  }
  RELAIS_ASSIGN(const auto membership,
                access::Membership::derive(founding.space, founding.first_record,
                                           {{root_author, root.device_key}}, located));
  store::LogTable logs;
  store::Commit commit(logs);
  RELAIS_ASSIGN(const auto cited,
                write_log(commit, store, membership,
                          {root, founding.root.secret_key, founding.root_records}));
  RELAIS_ASSIGN(auto records, access::owner_founding_records(random, plan, membership, cited));
  RELAIS_TRY(write_log(commit, store, membership,
                       {identity.writer(), identity.keys.signing.secret_key, std::move(records)}));
  save(commit.batch(), identity);
  RELAIS_TRY(commit.write(store, store::Durability::synced));
  return access::recovery_phrase(founding.root);
}

}  // namespace relais::replica
