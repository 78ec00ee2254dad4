#pragma once

/// Everything a host needs.
#include "relais/document.h"
#include "relais/error.h"
#include "relais/event.h"
#include "relais/event_queue.h"
#include "relais/ids.h"
#include "relais/import.h"
#include "relais/operation.h"
#include "relais/options.h"
#include "relais/replica.h"
#include "relais/result.h"
#include "relais/status.h"
#include "relais/sync.h"
#include "relais/text.h"
#include "relais/transaction.h"
#include "relais/undo_stack.h"
#include "relais/value.h"
