"""What is asked of the product and of every competitor: scopes, KPIs and the headline page. Nothing here needs the product."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Cut:
    """One question's frame, as leadquality.scope.Scope: empty means all, dates are inclusive."""

    as_of: date
    from_on: date | None = None
    to_on: date | None = None
    sources: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def cuts(as_of: date) -> dict[str, Cut]:
    """No filter, four filters, and an earlier as-of, by name."""
    return {
        "all leads": Cut(as_of),
        "13 weeks": Cut(as_of, as_of - timedelta(weeks=13), as_of),
        "one segment": Cut(as_of, segments=("mid",)),
        "region and year": Cut(as_of, as_of - timedelta(days=364), as_of, regions=("DACH",)),
        "two sources and a segment": Cut(as_of, sources=("organic", "sdr_mid"), segments=("smb",)),
        "as of 13 weeks ago": Cut(as_of - timedelta(weeks=13)),
    }


def page_cut(as_of: date) -> Cut:
    """What the weekly review asks of its own: whole weeks, 104 of them."""
    sunday = as_of - timedelta(days=as_of.isoweekday() % 7)
    return replace(Cut(as_of), from_on=sunday - timedelta(weeks=104, days=-1), to_on=sunday)


AGES: Final = (7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540)
HORIZONS: Final[dict[str, tuple[int, int]]] = {
    "close_rate_at_equal_age": (180, 540),
    "time_to_first_meeting": (30, 90),
    "call_to_opportunity_ratio": (45, 120),
    "trend_by_segment": (30, 30),
    "meeting_weeks": (30, 90),
    "opportunity_weeks": (45, 120),
    "won_weeks": (180, 540),
    "early_stage_conversion": (30, 30),
    "lead_to_opportunity": (45, 120),
    "long_term_close_rate": (180, 540),
    "judged_too_early_share": (180, 540),
    "revenue_per_traffic_source": (180, 365),
}
"""Days at which inbound and outbound are judged, as the headers of the KPIs say."""
SLA_MINUTES: Final = 60
PATIENCE_TOUCHES: Final = 8

CURVE: Final = ("numerator", "denominator", "estimate", "low", "high", "n_old_enough")
WEEKS: Final = (*CURVE, "center", "lower_limit", "upper_limit")
NINE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "close_rate_at_equal_age": (
        "age_days",
        (*CURVE, "lost_share", "open_share", "open_low", "open_high", "low_99", "high_99"),
    ),
    "time_to_first_meeting": (
        "",
        (
            "numerator",
            "denominator",
            "estimate",
            "n_old_enough",
            "share_by_horizon",
            "quarter_days",
            "days_met",
            "days_met_low",
            "days_met_high",
        ),
    ),
    "response_within_sla": ("", CURVE),
    "deal_size_consistency": (
        "",
        (
            "denominator",
            "estimate",
            "low",
            "high",
            "first_quartile",
            "third_quartile",
            "log_sd",
            "geometric_cv",
        ),
    ),
    "revenue_per_lead_at_age": ("age_days", (*CURVE, "win_count", "low_99", "high_99")),
    "connect_rate": ("", (*CURVE, "lead_count", "unmapped_count", "dials_per_lead")),
    "overchase_effort_share": ("", (*CURVE, "late_lead_count", "account_count")),
    "call_to_opportunity_ratio": ("", (*CURVE, "calls_both_ways", "per_hundred_calls_both_ways")),
    "trend_by_segment": ("measure", WEEKS),
}
"""Nine KPIs of all shapes: the column that tells their lines of a channel apart, and the figures that are compared."""
PAGE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "meeting_weeks": ("measure", WEEKS),
    "opportunity_weeks": ("measure", WEEKS),
    "won_weeks": ("measure", WEEKS),
    "early_stage_conversion": ("", CURVE),
    "lead_to_opportunity": ("", CURVE),
    "long_term_close_rate": ("", CURVE),
    "average_contract_value": (
        "",
        (
            "numerator",
            "denominator",
            "estimate",
            "low",
            "high",
            "mean_amount",
            "first_quartile",
            "third_quartile",
            "largest_amount",
            "largest_share",
            "mean_without_largest",
        ),
    ),
    "close_rate_at_equal_age": NINE["close_rate_at_equal_age"],
    "judged_too_early_share": (
        "",
        ("numerator", "denominator", "estimate", "n_old_enough", "median_follow_up_days"),
    ),
    "call_to_opportunity_ratio": NINE["call_to_opportunity_ratio"],
    "revenue_per_traffic_source": ("measure", (*CURVE, "win_count", "largest_share")),
    "time_to_first_meeting": NINE["time_to_first_meeting"],
    "deal_size_consistency": NINE["deal_size_consistency"],
    "trend_by_segment": NINE["trend_by_segment"],
}
"""What the weekly review asks on its first visit, as far as it is written by hand for the competitors."""
ASKED: Final = NINE | PAGE
