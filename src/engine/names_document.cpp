#include "engine/names_document.h"

#include "base/limits.h"
#include "base/try.h"
#include "document/utf8.h"
#include "engine/edit.h"
#include "engine/reader.h"

namespace relais::engine {
namespace {

constexpr char kDevices[] = ".devices";
constexpr char kSpace[] = ".space";

DocumentId device_document(const DeviceId& device) { return {"", kDevices, to_hex(device.view())}; }
DocumentId space_document() { return {"", kSpace, "name"}; }

Status save_name(Core& core, const DocumentId& document, const std::string& name) {
  if (name.empty()) return {};
  Edit edit(core);
  RELAIS_TRY(edit.at(document, "name", [&](document::Draft& draft, const document::Path& path) {
    return draft.set(path, Value(name));
  }));
  return edit.commit();
}

std::string name_of(Core& core, const DocumentId& document) {
  auto field = Reader(core, *core.store).field(document, "name");
  if (!field || field->versions.empty()) return {};
  const std::string* name = field->versions.front().value.text();
  return name != nullptr ? *name : std::string();
}

}  // namespace

Status check_name(const std::string& name) {
  if (name.size() <= limits::kNameBytes && document::is_utf8(name)) return {};
  return Error(ErrorCode::invalid_argument, "The name of a space or a device is at most " +
                                                std::to_string(limits::kNameBytes) +
                                                " bytes of UTF-8.");
}

bool may_change(const access::Membership& membership, const document::Address& document,
                const crypto::SigningPublicKey& author) {
  const bool of_devices = document.collection == kDevices;
  if (!of_devices && document.collection != kSpace) return true;
  if (author == membership.root_key()) return true;
  const access::Device* device = membership.device_of(author);
  if (device == nullptr) return false;
  return device->level <= access::Level::owner ||
         (of_devices && document.id == to_hex(device->id.view()));
}

Status save_device_name(Core& core, const std::string& name) {
  return save_name(core, device_document(core.identity.device()), name);
}
Status save_space_name(Core& core, const std::string& name) {
  return save_name(core, space_document(), name);
}
std::string device_name(Core& core, const DeviceId& device) {
  return name_of(core, device_document(device));
}
std::string space_name(Core& core) { return name_of(core, space_document()); }

}  // namespace relais::engine
