"""The shape of leadquality.toml. Unknown keys are errors: a misspelt promise must not be silently without effect."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from leadquality.catalogue import load_kpis

Days = Annotated[int, Field(ge=1, le=3650)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Party = Literal["marketing", "sales", "operations"]
Disposition = Literal[
    "qualified",
    "meeting_booked",
    "interested_not_ready",
    "no_fit",
    "gatekeeper_block",
    "wrong_contact",
    "callback_requested",
    "unreachable",
    "voicemail",
    "do_not_call",
    "connected_no_result",
]
Criterion = Literal[
    "firmographic_fit",
    "role_relevance",
    "interest",
    "timeline",
    "next_step_readiness",
    "budget",
    "current_provider",
    "compliance",
    "complexity",
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Horizon(Strict):
    """Ages in days at which a KPI judges each channel."""

    inbound: Days
    outbound: Days


class Sla(Strict):
    response_minutes: Annotated[int, Field(ge=1, le=10080)]
    acceptance_days: Days
    touch_days: Days
    feedback_days: Days
    callback_tolerance_minutes: Annotated[int, Field(ge=0, le=1440)]
    overlap_hours: Annotated[float, Field(gt=0, le=24)]


class BusinessHours(Strict):
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    from_hour: Annotated[int, Field(ge=0, le=23)]
    to_hour: Annotated[int, Field(ge=1, le=24)]

    @model_validator(mode="after")
    def opens_before_it_closes(self) -> BusinessHours:
        if self.from_hour >= self.to_hour:
            raise ValueError(f"from_hour {self.from_hour} is not before to_hour {self.to_hour}; swap them")
        return self


class Effort(Strict):
    minimum_attempts: Annotated[int, Field(ge=1, le=100)]
    patience_touches: Annotated[int, Field(ge=1, le=1000)]
    dormant_days: Days
    first_call_seconds: Annotated[int, Field(ge=0, le=3600)]
    spike_factor: Annotated[float, Field(gt=1, le=100)]


class Stages(Strict):
    """The stages of an opportunity in their order; won and lost are outcomes, not stages."""

    order: list[Word]

    @model_validator(mode="after")
    def each_once(self) -> Stages:
        codes = [folded(stage) for stage in self.order]
        if twice := [stage for stage in self.order if codes.count(folded(stage)) > 1]:
            raise ValueError(f"stage '{twice[0]}' stands twice; keep one of the two")
        return self


class Asked(Strict):
    """One criterion: the question that answers it, and whose definition of "qualified" requires it."""

    question: Word
    required_by: list[Party]


class Answers(Strict):
    """Answer codes that mean yes and no; every other answer is unknown."""

    yes: list[Word]
    no: list[Word]


class IdealCustomer(Strict):
    """Accepted values per column; an empty list leaves the column out."""

    segment: list[Word]
    industry: list[Word]
    employee_band: list[Word]
    country: list[Word]
    seniority: list[Word]
    budget_band: list[Word]


class Sources(Strict):
    """When a source is kept, mended or stopped: leads old enough, the share of false flags borne, and what can be repaired."""

    old_enough: Annotated[int, Field(ge=30, le=10000)]
    false_flags: Annotated[float, Field(gt=0, lt=0.5)]
    repairable_share: Annotated[float, Field(gt=0, le=1)]
    repairable_reasons: list[Word]


class Link(Strict):
    """Of the rows of an extract that name a partner in another, the share that must find it: below, KPIs that need the link
    are not available. 0 accepts whatever share there is."""

    minimum: Annotated[float, Field(ge=0, le=1)]


class Settings(Strict):
    """All settings of a site, complete: defaults filled in by read_settings."""

    horizons: dict[str, Horizon]
    sla: Sla
    business_hours: BusinessHours
    effort: Effort
    dispositions: dict[Disposition, list[Word]]
    campaign_dispositions: dict[Word, dict[Disposition, list[Word]]]
    stages: Stages
    criteria: dict[Criterion, Asked]
    answers: Answers
    ideal_customer: IdealCustomer
    sources: Sources
    source_tiers: dict[str, list[Word]]
    links: dict[str, dict[str, Link]]

    @model_validator(mode="after")
    def consistent(self) -> Settings:
        known = load_kpis()
        for kpi in self.horizons:
            if kpi not in known or known[kpi].horizon is None:
                raise ValueError(
                    f"horizons.{kpi}: no KPI with a horizon has this id; `leadquality kpis` lists them"
                )
        one_meaning("dispositions", self.dispositions)
        for campaign, dispositions in self.campaign_dispositions.items():
            one_meaning(f"campaign_dispositions.{campaign}", dispositions)
        both = {folded(code) for code in self.answers.yes} & {folded(code) for code in self.answers.no}
        if both:
            raise ValueError(f"answers: '{sorted(both)[0]}' means yes and no; keep one of the two")
        return self


def one_meaning(table: str, dispositions: dict[Disposition, list[Word]]) -> None:
    """Raises ValueError where a code stands under two dispositions of one table."""
    places: dict[str, str] = {}
    for disposition, codes in dispositions.items():
        for code in codes:
            other = places.setdefault(folded(code), disposition)
            if other != disposition:
                raise ValueError(
                    f"{table}: code '{code}' stands under {other} and under {disposition}; keep one of the two"
                )


def folded(code: str) -> str:
    """The same folding as queries/functions/fold.sql."""
    return re.sub(r"[\s_\-]+", "", code).lower()
