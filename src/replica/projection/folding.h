#pragma once

#include <vector>

#include "replica/projection/index_overlay.h"
#include "store/tables/document_record.h"

/// How a document's record is kept small: its changes become part of a checkpoint, and their places
/// are listed beside it. docs/spec/store.md, "Document record".
namespace relais::replica {

/// Reading the changes since the checkpoint has come to cost more than a part of writing it.
bool needs_folding(const store::DocumentRecord& record);

/// Lists the places of the tail as folded, and empties it.
void fold_tail(IndexOverlay& index, BytesView key, store::DocumentRecord& record);

/// Puts the checkpoint into the record, or into chunks beside it, which replace those before.
Status put_checkpoint(IndexOverlay& index, BytesView key, store::DocumentRecord& record,
                      Bytes checkpoint);
/// Whether a checkpoint of that size stands in chunks.
bool is_chunked(std::size_t bytes);

Result<bool> is_folded(const IndexOverlay& index, BytesView key, const store::LocalPosition& at);
/// The last folded place of the log before that one; 0: none.
Result<std::uint64_t> last_folded_before(const IndexOverlay& index, BytesView key,
                                         const store::LocalPosition& at);
/// The first folded place of the log; 0: none.
Result<std::uint64_t> first_folded(const IndexOverlay& index, BytesView key, store::LogNo log);
/// Adds the places of one row: `suffix` is its key behind the document's. Fails: corrupt.
Status read_folded(BytesView suffix, BytesView value, std::vector<store::LocalPosition>& places);

}  // namespace relais::replica
