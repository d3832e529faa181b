"""The words every room shares: channels, dimensions, statuses, and the columns a KPI returns."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
QUERIES: Final = ROOT / "queries"

CHANNELS: Final = ("inbound", "outbound", "other", "unknown")
"""Channel of origin of a lead, decided once by written rules; never the direction of a call."""

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

HEADLINE_MINIMUM: Final = 100
"""Leads old enough for a verdict (maturity gate; queries/functions/maturity_status.sql holds the rule)."""


class InputRefused(Exception):
    """The input cannot be used; the message names file, line, value and remedy. Exit code 2."""
