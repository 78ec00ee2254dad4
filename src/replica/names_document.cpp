#include "replica/names_document.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/try.h"
#include "document/utf8.h"
#include "replica/protected_documents.h"
#include "replica/read/read_view.h"
#include "replica/write/edit.h"

namespace relais::replica {
namespace {

DocumentId device_document(const DeviceId& device) {
  return {"", kDevicesCollection, to_hex(device.view())};
}
DocumentId space_document() { return {"", kSpaceCollection, "name"}; }

Status save_name(Core& core, const DocumentId& document, const std::string& name) {
  if (name.empty()) return {};
  Edit edit(core);
  RELAIS_TRY(edit.at(document, "name", [&](document::Draft& draft, const document::Path& path) {
    return draft.set(path, Value(name));
  }));
  return edit.commit();
}

std::string name_of(const ReadSource& from, const DocumentId& document) {
  auto field = ReadView(from).field(document, "name");
  if (!field || field->versions.empty()) return {};
  const std::string* name = field->versions.front().value.text();
  return name != nullptr ? *name : std::string();
}

}  // namespace

Status check_name(const std::string& name) {
  if (name.size() > limits::kNameBytes || !document::is_utf8(name)) {
    return Error(ErrorCode::invalid_argument, "The name of a space or a device is at most " +
                                                  std::to_string(limits::kNameBytes) +
                                                  " bytes of UTF-8.");
  }
  return check_printable(name, "The name of a space or a device");
}

Status save_device_name(Core& core, const std::string& name) {
  return save_name(core, device_document(core.identity.device()), name);
}
Result<std::optional<std::string>> given_name(const store::Reads& store) {
  return store.get(store::Family::meta, store::meta_key(store::meta::kGivenName));
}

Status save_given_name(Core& core) {
  RELAIS_ASSIGN(const auto name, given_name(*core.store));
  if (!name) return {};
  if (!save_device_name(core, *name)) return core.check_running();
  store::Batch batch;
  batch.remove(store::Family::meta, store::meta_key(store::meta::kGivenName));
  return core.commit(batch, store::Durability::buffered);
}

Status save_space_name(Core& core, const std::string& name) {
  return save_name(core, space_document(), name);
}
std::string device_name(const ReadSource& from, const DeviceId& device) {
  return name_of(from, device_document(device));
}
std::string space_name(const ReadSource& from) { return name_of(from, space_document()); }

}  // namespace relais::replica
