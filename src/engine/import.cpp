#include "engine/import.h"

#include "base/try.h"
#include "engine/runtime/beside.h"
#include "replica/write/import.h"

namespace relais::engine {

Result<ImportReport> import_ndjson(replica::Core& core, std::string_view text,
                                   const ImportOptions& options, Threading threading,
                                   const std::function<bool()>& should_stop) {
  RELAIS_ASSIGN(const auto import, replica::Import::prepare(core, text, options));
  const auto encode_next = [&] {
    return runtime::run_beside(
        threading, [&import, time = import->next_time()] { return import->encode(time); });
  };
  auto next = encode_next();
  while (true) {
    RELAIS_ASSIGN(const replica::ImportBatch batch, next.get());
    if (batch.documents().empty()) return import->report();
    next = encode_next();
    RELAIS_TRY(import->write(batch));
    if (options.progress) options.progress(import->documents());
    if (should_stop && should_stop()) return Error(ErrorCode::closed, "The replica was closed.");
  }
}

}  // namespace relais::engine
