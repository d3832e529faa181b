"""The words every room shares: channels, dimensions, statuses, and the columns a KPI returns."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
QUERIES: Final = ROOT / "queries"

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names of this machine that no other one can reach it by."""

CHANNELS: Final = ("inbound", "outbound", "other", "unknown")
"""Channel of origin of a lead, decided once by written rules; never the direction of a call."""

BLANK: Final = "(blank)"
"""The label of what no row says, in every dimension (queries/functions/or_blank.sql). In a file it is a word for nothing."""

HEADLINE_CHANNELS: Final = CHANNELS[:2]
"""The two channels that are compared, inbound first."""

DIFFERENCE: Final = "difference"
"""In the channel column of a comparison: outbound minus inbound."""

DIMENSIONS: Final = ("source", "segment", "region")
"""What a result may be sliced or filtered by, beside the channel."""

STATUSES: Final = ("ok", "provisional", "too_early", "too_few", "not_available")
"""ok: may be judged; provisional: 30 to 99 leads old enough; too_early: fewer than 30 yet, and time
will bring them; too_few: fewer than 30 and time alone will not; not_available: an extract is missing."""

CONTRACT: Final = (
    "slice",
    "channel",
    "numerator",
    "denominator",
    "estimate",
    "low",
    "high",
    "n_old_enough",
    "status",
)
"""Columns that every KPI returns, in this order. estimate is null when it is not known; low and high are
its 95 % interval; n_old_enough counts the units whose potential follow-up reaches the horizon."""

AGE_COLUMN: Final = "age_days"
"""The one more column that a curve returns, after the contract."""

AGE_GRID: Final = (7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540)
"""Ages in days at which a verdict may be given (statistics.md, section 7)."""

ASSUMPTIONS: Final = ("first_touch", "last_touch", "without_mixed", "dormant_lost", "without_largest_deal")
"""Other assumptions under which a verdict is looked at again (queries/scopes/journeys_assuming.sql says what each means)."""

HEADLINE_MINIMUM: Final = 100
"""Leads old enough for a verdict (maturity gate; queries/functions/maturity_status.sql holds the rule)."""


class NotToml(ValueError):
    """Bytes that are no TOML: the message says what is wrong in one line."""


def toml_of(raw: bytes) -> dict[str, Any]:
    """The tables of a TOML text. Raises NotToml: no UTF-8, no TOML, or nested deeper than anybody writes."""
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotToml(
            f"it is not UTF-8 (byte 0x{raw[error.start]:02x} at {error.start}); save it as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from error
    except RecursionError as error:
        raise NotToml("its brackets are nested too deep; a bracket may not be closed") from error


class InputRefused(Exception):
    """The input cannot be used; the message names file, line, value and remedy, the code its kind. Exit code 2."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
