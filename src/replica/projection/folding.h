#pragma once

#include <vector>

#include "replica/projection/index_overlay.h"
#include "store/tables/document_record.h"

/// Keeping a document's record small: its changes are folded into a checkpoint, and their positions
/// are listed in the index. docs/spec/store.md, "Document record".
namespace relais::replica {

/// Whether the tail costs too much to read, compared with the checkpoint.
bool needs_folding(const store::DocumentRecord& record);

/// Lists the positions of the tail as folded, and empties the tail.
void fold_tail(IndexOverlay& index, BytesView key, store::DocumentRecord& record);

/// Stores the checkpoint in the record or, if it is large, in parts that replace the previous ones.
Status put_checkpoint(IndexOverlay& index, BytesView key, store::DocumentRecord& record,
                      Bytes checkpoint);
/// Whether a checkpoint of that size is stored in parts.
bool is_chunked(std::size_t bytes);

Result<bool> is_folded(const IndexOverlay& index, BytesView key, const store::LocalPosition& at);
/// The last folded seq of the log before `at`; 0: none.
Result<std::uint64_t> last_folded_before(const IndexOverlay& index, BytesView key,
                                         const store::LocalPosition& at);
/// The first folded seq of the log; 0: none.
Result<std::uint64_t> first_folded(const IndexOverlay& index, BytesView key, store::LogNo log);
/// Appends the positions of one row; `suffix`: its key after the document's. Fails: corrupt.
Status read_folded(BytesView suffix, BytesView value, std::vector<store::LocalPosition>& positions);

}  // namespace relais::replica
