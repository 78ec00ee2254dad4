#pragma once

/// Everything a host needs.
#include "relais/document.h"
#include "relais/error.h"
#include "relais/ids.h"
#include "relais/replica.h"
#include "relais/result.h"
#include "relais/status.h"
#include "relais/text.h"
#include "relais/value.h"
