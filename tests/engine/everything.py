"""A world that tells every extract: leads of two years with all that may happen to them, drawn from one seed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np

from tests.story import Story

AS_OF = date(2026, 12, 31)
FIRST = date(2025, 1, 1)
LEADS = 500
DISPOSITIONS = (
    "qualified meeting_booked interested_not_ready no_fit gatekeeper_block wrong_contact callback_requested unreachable "
    "voicemail connected_no_result unmapped"
).split()
QUESTIONS = "interest timeline budget firmographic_fit role_relevance need trigger current_provider company product role".split()
REPS = [f"rep {number}" for number in range(6)]


@cache
def everything() -> Story:
    """The world; ask it for whatever is wanted, add nothing to it."""
    draw = np.random.default_rng(20261122)
    world = Story(AS_OF)
    profile = world.settings.ideal_customer.model_copy(
        update={"industry": ["bank"], "seniority": ["director"]}
    )
    effort = world.settings.effort.model_copy(update={"patience_touches": 1})
    world.settings = world.settings.model_copy(update={"ideal_customer": profile, "effort": effort})
    for number in range(LEADS):
        _life(world, number, draw)
    _company(world, draw)
    return world


def _life(world: Story, number: int, draw: np.random.Generator) -> None:
    pick = lambda *values: str(draw.choice(values))  # noqa: E731
    chance = lambda share: bool(draw.random() < share)  # noqa: E731
    channel = str(draw.choice(["inbound", "outbound", "other"], p=[0.48, 0.48, 0.04]))
    created = FIRST + timedelta(days=int(draw.integers(0, 720)))
    moment = datetime.combine(created, time(int(draw.integers(6, 20)), int(draw.integers(0, 60))))
    after = lambda median: created + timedelta(days=int(median * draw.lognormal(0, 0.8)))  # noqa: E731
    lead = world.lead(
        channel,
        created,
        account_id=f"account {number // 2 if number % 5 else number}",
        created_at=moment,
        source=pick("web", "webinar", "list"),
        segment=pick("smb", "ent"),
        region=pick("north", "south"),
        industry=pick("bank", "shop"),
        seniority=pick("director", "clerk") if chance(0.8) else None,
        country=pick("DE", "n/a"),
        timezone=pick("Europe/Berlin", "Mars"),
        language_pref=pick("de", "en") if chance(0.8) else None,
        campaign_id=pick("spring", "autumn"),
        campaign_offer=pick("crm", "dialer") if chance(0.7) else None,
        first_touch_channel=pick("inbound", "outbound"),
        criteria_version=pick("v1", "v2") if chance(0.9) else None,
        engagement_score=float(draw.integers(0, 100)),
        entry_need=pick("crm", "n/a"),
        entry_product=pick("crm", "other"),
        entry_timeline=pick("3 months", "1 year"),
        entry_company="a company" if chance(0.6) else None,
        entry_role="a role" if chance(0.5) else None,
        entry_age=int(draw.choice([-1, -1, -1, -1, 3])),
        priority_at=moment + timedelta(hours=2) if chance(0.4) else None,
        mql_on=after(3) if chance(0.7) else None,
        sql_on=after(9) if chance(0.5) else None,
        recycled_on=after(20) if chance(0.3) else None,
        rejected_on=after(25) if chance(0.1) else None,
        disqualified=after(60) if chance(0.45) else None,
        disqualified_reason=pick("unreachable", "no budget", "No-Budget", "other", "wrong_contact"),
        **{
            f"research_{name}_at": moment - timedelta(days=int(draw.integers(-9, 9)))
            for name in ("company", "contact", "trigger")
            if chance(0.8)
        },
    )
    for _ in range(draw.integers(0, 5)):
        _call(world, lead, moment, draw)
    for _ in range(draw.choice([0, 1, 2], p=[0.4, 0.45, 0.15])):
        day = after(12)
        status = pick("held", "no_show", "cancelled", "planned")
        world.meeting(
            lead, day if status == "held" else None, booked_on=created, scheduled_on=day, status=status
        )
    if chance(0.6):
        waited = timedelta(minutes=130) if chance(0.3) else timedelta(days=int(draw.integers(1, 20)))
        _handoff(world, lead, moment + waited, draw)
    for _ in range(draw.choice([0, 1, 2], p=[0.4, 0.5, 0.1])):
        _deal(world, lead, after(25), draw)
    for field in ("phone", "role", "email"):
        if chance(0.7):
            checked = moment + timedelta(days=int(draw.integers(0, 50)))
            result = pick("correct", "wrong", "unclear")
            world.add(
                "data_checks",
                lead_id=lead,
                checked_field=field,
                checked_result=result,
                **both("checked", checked),
            )
    for role in ("sales", "sdr"):
        if chance(0.5):
            world.add(
                "time_log",
                rep_id=pick(*REPS),
                worked_on=after(20),
                minutes=float(draw.integers(5, 90)),
                role=role,
                lead_id=lead,
            )


def _call(
    world: Story, lead: str, moment: datetime, draw: np.random.Generator, callback_of: str | None = None
) -> None:
    pick = lambda *values: str(draw.choice(values))  # noqa: E731
    chance = lambda share: bool(draw.random() < share)  # noqa: E731
    started = moment + timedelta(
        minutes=int(draw.choice([-5, 3, 40, 600, 4000, 20000]) * draw.lognormal(0, 0.5))
    )
    if callback_of:
        started = moment + timedelta(minutes=int(draw.choice([-10, 5, 90])))
    disposition = pick(*DISPOSITIONS)
    due = started + timedelta(hours=4) if disposition == "callback_requested" and chance(0.8) else None
    call = f"call {len(world.rows['fact_calls'])}"
    seconds = float(draw.integers(10, 900))
    world.call(
        lead if chance(0.98) else None,
        started.date(),
        disposition,
        call_id=call,
        started_at=started,
        answered_at=started if chance(0.5) else None,
        ended_at=started + timedelta(seconds=seconds),
        crm_logged_at=started + timedelta(minutes=int(draw.integers(0, 3000))) if chance(0.9) else None,
        direction=pick("outbound", "outbound", "inbound"),
        rep_id=pick(*REPS) if chance(0.95) else None,
        talk_seconds=seconds if chance(0.9) else None,
        wrap_seconds=20.0,
        reached_role=pick("decisionmaker", "influencer", "clerk") if chance(0.8) else None,
        callback_due_at=due,
        callback_of=callback_of,
        next_step_due_at=started + timedelta(days=9) if chance(0.4) else None,
        is_objection_raised=chance(0.5) if chance(0.8) else None,
        is_transferred=chance(0.3) if chance(0.9) else None,
        is_misrouted=chance(0.3) if chance(0.5) else None,
        language=pick("de", "en-GB"),
        script_version=pick("s1", "s2") if chance(0.9) else None,
        content_used=("case study", "none", None)[started.minute % 3],
    )
    for question in QUESTIONS:
        if chance(0.5):
            code = pick("crm", "dialer") if question == "need" else pick("yes", "yes", "no", "unknown")
            world.add(
                "call_answers",
                call_id=call,
                question_id=question,
                is_asked=chance(0.9),
                is_answered=chance(0.9),
                answer_code=code,
            )
    if chance(0.2):
        for scorer in ("ann", "bob"):
            world.add(
                "call_scores",
                call_id=call,
                scorer_id=scorer,
                item="disposition",
                value=pick("no fit", "nurture"),
            )
    if due and chance(0.6):
        _call(world, lead, due, draw, callback_of=call)


def both(name: str, moment: datetime | None) -> dict[str, Any]:
    """The moment and its day, as the fact tables hold them."""
    return {f"{name}_at": moment, f"{name}_on": moment and moment.date()}


def _handoff(world: Story, lead: str, handed: datetime, draw: np.random.Generator) -> None:
    later = lambda share, most: (  # noqa: E731
        handed + timedelta(minutes=int(60 * most * draw.random() ** 3)) if draw.random() < share else None
    )
    accepted, rejected = later(0.7, 300), later(0.2, 300)
    world.add(
        "handoffs",
        lead_id=lead,
        **both("handed", handed),
        **both("accepted", accepted),
        **both("rejected", rejected),
        **both("first_sales_touch", later(0.7, 200)),
        **both("feedback", later(0.6, 1500)),
    )


def _deal(world: Story, lead: str, opened: date, draw: np.random.Generator) -> None:
    outcome = str(draw.choice(["won", "won", "lost", "open"]))
    closed = opened + timedelta(days=int(draw.integers(1, 120))) if outcome != "open" else None
    amount = round(float(draw.lognormal(9, 0.7)), 2)
    account = next(row["account_id"] for row in reversed(world.rows["fact_leads"]) if row["lead_id"] == lead)
    deal = f"deal {len(world.rows['fact_opportunities'])}"
    reason = str(draw.choice(["no response", "price"]))
    world.opportunity(
        lead, opened, outcome, closed, amount, opportunity_id=deal, account_id=account, loss_reason=reason
    )
    for step in range(draw.integers(1, 4)):
        changed = datetime.combine(opened, time(9)) + timedelta(days=int(20 * step * draw.random()))
        world.add(
            "opportunity_changes",
            opportunity_id=deal,
            stage=str(draw.choice(["new", "offer", "contract"])),
            amount=amount,
            expected_close_on=opened + timedelta(days=int(draw.integers(10, 150))),
            forecast_category=str(draw.choice(["commit", "pipeline"])),
            owner=str(draw.choice(["ann", "bob"])),
            **both("changed", changed),
        )
    for person in range(draw.integers(0, 3)):
        world.add(
            "opportunity_contacts",
            opportunity_id=deal,
            contact_id=f"person {person} of {deal}",
            role=str(draw.choice(["buyer", "cc"])),
            **both("added", datetime.combine(opened, time(9)) + timedelta(days=person * 20)),
        )
    if outcome == "won" and closed:
        for kind, days, amounts in (("new", 0, amount), ("expansion", 200, 500.0), ("churn", 300, -amount)):
            if kind == "new" or draw.random() < 0.4:
                booked = datetime.combine(closed + timedelta(days=days), time(9))
                world.add(
                    "revenue", account_id=account, arr_amount=amounts, kind=kind, **both("booked", booked)
                )


def _company(world: Story, draw: np.random.Generator) -> None:
    """What belongs to no lead: staff, spend, account sets."""
    for day in range((AS_OF - FIRST).days):
        for hour, language in ((9, "de"), (10, "de"), (11, "en"), (14, "de")):
            world.add(
                "capacity",
                worked_on=FIRST + timedelta(days=day),
                hour_of_day=hour,
                language=language,
                staffed_min=60.0,
            )
    for month in range(24):
        first = date(2025 + month // 12, 1 + month % 12, 1)
        for source, channel in (("web", "inbound"), ("webinar", None), ("list", "outbound")):
            if draw.random() < 0.8:
                world.add(
                    "spend", month_on=first, cost_amount=5000.0, channel=channel, source=source, kind="media"
                )
    for month in range(27):
        for channel in ("inbound", "outbound"):
            first = date(2025 + month // 12, 1 + month % 12, 1)
            world.add("targets", month_on=first, channel=channel, target_amount=60_000.0)
    for account in sorted({row["account_id"] for row in world.rows["fact_leads"]})[::2]:
        for name in ("set a", "set b"):
            if draw.random() < 0.6:
                targeted = FIRST + timedelta(days=int(draw.integers(0, 700)))
                world.add("account_sets", account_id=account, set_id=name, targeted_on=targeted)
