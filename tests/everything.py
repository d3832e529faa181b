"""A world in which every extract has rows, drawn with a fixed seed: for tests of properties that every KPI must have.

Nothing is planted in it; what a KPI says of it is nobody's expected value.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np

from tests.story import Story

AS_OF = date(2026, 12, 31)
CODES = (
    "qualified", "meeting_booked", "interested_not_ready", "no_fit", "gatekeeper_block", "wrong_contact",
    "callback_requested", "unreachable", "voicemail", "connected_no_result",
)  # fmt: skip
TALKS = (
    "qualified",
    "meeting_booked",
    "interested_not_ready",
    "no_fit",
    "callback_requested",
    "connected_no_result",
)
QUESTIONS = ("firmographic_fit", "role_relevance", "interest", "timeline", "budget", "current_provider")
SOURCES = {
    "inbound": ("organic", "paid", "webinar", "referral", "podcast", "fair"),
    "outbound": ("list a", "list b", "list c", "list d", "list e"),
    "other": ("partner",),
}


class World:
    """A story and the generator that tells it."""

    def __init__(self, seed: int) -> None:
        self.story = Story(AS_OF)
        self.draw = np.random.default_rng(seed)

    def pick(self, words):
        return str(self.draw.choice(words))

    def chance(self, share):
        return self.draw.random() < share

    def after(self, day, median):
        return day + timedelta(days=int(median * self.draw.lognormal(0, 0.9)))

    def moment(self, day):
        return datetime.combine(day, time(7)) + timedelta(minutes=int(self.draw.integers(0, 700)))

    def number(self, median):
        """A length with a fraction, so that sums of it show the order they were added in."""
        return float(median * self.draw.lognormal(0, 0.8))

    def amount(self, median):
        return round(self.number(median), 2)

    def lead(self, accounts):
        channel = str(self.draw.choice(["inbound", "outbound", "other"], p=[0.48, 0.48, 0.04]))
        created = date(2024, 7, 1) + timedelta(days=int(910 * self.draw.random()))
        account = f"a{int(self.draw.integers(0, accounts))}" if self.chance(0.95) else None
        dismissed = self.after(created, 60) if self.chance(0.3) else None
        lead = self.story.lead(
            channel,
            created,
            account_id=account,
            source=self.pick(SOURCES[channel]),
            segment=self.pick(["smb", "mid", "ent"]),
            region=self.pick(["north", "south"]),
            disqualified=dismissed,
            disqualified_reason=self.pick(["no fit", "timing", "no budget", "unreachable"])
            if dismissed
            else None,
            created_at=self.moment(created),
            campaign_id=self.pick(["c1", "c2", "c3"]),
            campaign_offer=self.pick(["speed", "cost", "scale"]),
            country=self.pick(["DE", "FR", "US"]),
            timezone=self.pick(["Europe/Berlin", "America/New_York"]),
            language_pref=self.pick(["de", "en"]),
            industry=self.pick(["retail", "finance"]),
            employee_band=self.pick(["10-49", "50-249"]),
            title=self.pick(["Head of Sales", "Analyst"]),
            seniority=self.pick(["c_level", "staff"]),
            budget_band=self.pick(["low", "high"]),
            engagement_score=self.number(40),
            first_touch_channel=self.pick(["inbound", "outbound"]) if self.chance(0.2) else channel,
            first_touch_source="web",
            criteria_version=self.pick(["v1", "v2"]),
            entry_need=self.pick(["speed", "cost", "n/a"]),
            entry_product=self.pick(["x", "y"]),
            entry_timeline=self.pick(["asap", "3-6 months", "12+ months"]),
            entry_company="a company",
            entry_role="buyer",
            priority_at=self.moment(created) if self.chance(0.3) else None,
            mql_on=created if self.chance(0.6) else None,
            sql_on=self.after(created, 20) if self.chance(0.4) else None,
            rejected_on=self.after(created, 30) if self.chance(0.1) else None,
            recycled_on=self.after(created, 40) if self.chance(0.15) else None,
            research_company_at=self.moment(created),
            research_contact_at=self.moment(created),
            research_trigger_at=self.moment(created),
        )
        self.calls(lead, account, channel, created)
        self.later(lead, account, channel, created)

    def calls(self, lead, account, channel, created):
        direction = "inbound" if channel == "inbound" else "outbound"
        for _ in range(int(self.draw.integers(0, 6))):
            day, code = self.after(created, 8), self.pick(CODES)
            started = self.moment(day)
            call = f"c{len(self.story.rows['fact_calls'])}"
            self.story.call(
                lead, day, code,
                account_id=account,
                rep_id=f"r{int(self.draw.integers(0, 9))}",
                team=self.pick(["t1", "t2"]),
                shift=self.pick(["early", "late"]),
                direction=self.pick(["inbound", "outbound"]) if self.chance(0.2) else direction,
                started_at=started,
                answered_at=started + timedelta(seconds=20) if code in TALKS else None,
                ended_at=started + timedelta(minutes=6),
                talk_seconds=self.number(180) if code in TALKS else 0.0,
                wrap_seconds=self.number(40),
                queue_seconds=self.number(15),
                callback_due_at=started + timedelta(days=2) if code == "callback_requested" else None,
                callback_of=f"c{int(self.draw.integers(0, 50))}" if self.chance(0.1) else None,
                next_step_due_at=started + timedelta(days=5) if self.chance(0.3) else None,
                crm_logged_at=started + timedelta(minutes=int(self.number(90))),
                reached_role=self.pick(["decisionmaker", "influencer", "gatekeeper"]),
                is_objection_raised=self.chance(0.4),
                is_transferred=self.chance(0.1),
                is_misrouted=self.chance(0.1),
                language=self.pick(["de", "en"]),
                script_version=self.pick(["s1", "s2"]),
                outcome_code=code,
            )  # fmt: skip
            if code in TALKS:
                for question in QUESTIONS:
                    self.story.add(
                        "call_answers", call_id=call, question_id=question, is_asked=True,
                        is_answered=self.chance(0.7), answer_code=self.pick(["yes", "no", "perhaps"]),
                    )  # fmt: skip
                for scorer in ("s1", "s2", "s3") if self.chance(0.15) else ():
                    self.story.add(
                        "call_scores",
                        call_id=call,
                        scorer_id=scorer,
                        item="disposition",
                        value=self.pick(TALKS[:3]),
                    )
                    self.story.add(
                        "call_scores", call_id=call, scorer_id=scorer, item="quality",
                        value=str(int(self.draw.integers(1, 6))),
                    )  # fmt: skip

    def later(self, lead, account, channel, created):
        slow = 4 if channel == "outbound" else 1
        for _ in range(int(self.draw.choice([0, 1, 2], p=[0.4, 0.45, 0.15]))):
            booked = self.after(created, 8 * slow)
            held = self.after(booked, 4) if self.chance(0.8) else None
            status = "held" if held else self.pick(["no_show", "cancelled"])
            self.story.meeting(
                lead, held, booked_on=booked, scheduled_on=held or self.after(booked, 4), status=status
            )
        for field in ("phone", "role", "email"):
            if self.chance(0.5):
                checked = self.moment(self.after(created, 10))
                self.story.add(
                    "data_checks", lead_id=lead, checked_field=field, checked_at=checked, checked_on=checked.date(),
                    checked_result=self.pick(["correct", "correct", "wrong"]),
                )  # fmt: skip
        if self.chance(0.4):
            self.handoff(lead, created)
        if self.chance(0.5):
            self.effort(lead, created)
        for _ in range(int(self.draw.choice([0, 1, 2], p=[0.4, 0.5, 0.1]))):
            self.opportunity(lead, account, self.after(created, 15 * slow), slow)

    def handoff(self, lead, created):
        handed = self.moment(self.after(created, 12))
        answered, is_accepted = handed + timedelta(hours=self.number(30)), self.chance(0.7)
        given = {"accepted": answered if is_accepted else None, "rejected": None if is_accepted else answered}
        given["first_sales_touch"] = answered + timedelta(hours=self.number(40)) if is_accepted else None
        given["feedback"] = answered + timedelta(days=9) if self.chance(0.5) else None
        values = {f"{name}_at": stamp for name, stamp in given.items()}
        values |= {f"{name}_on": stamp and stamp.date() for name, stamp in given.items()}
        self.story.add(
            "handoffs", lead_id=lead, handed_at=handed, handed_on=handed.date(),
            reject_reason=None if is_accepted else self.pick(["no fit", "no answer"]), **values,
        )  # fmt: skip

    def effort(self, lead, created):
        for role in ("ae", "sdr"):
            self.story.add(
                "time_log", rep_id=f"r{int(self.draw.integers(0, 9))}", worked_on=self.after(created, 20),
                minutes=self.number(30), role=role, lead_id=lead, activity=self.pick(["call", "meeting", "research"]),
            )  # fmt: skip

    def opportunity(self, lead, account, opened, slow):
        outcome = self.pick(["won", "won", "lost", "lost", "open"])
        closed = self.after(opened, 40 * slow) if outcome != "open" else None
        opportunity, value = f"o{len(self.story.rows['fact_opportunities'])}", self.amount(12000 * slow)
        self.story.opportunity(
            lead, opened, outcome, closed, value,
            opportunity_id=opportunity, account_id=account, stage=self.pick(["discovery", "proposal"]),
            expected_close_on=opened + timedelta(days=60), is_reopened=self.chance(0.05),
            loss_reason=self.pick(["price", "no response", "timing"]) if outcome == "lost" else None,
        )  # fmt: skip
        for step in range(3):
            day = opened + timedelta(days=int(14 * step + self.draw.integers(0, 9)))
            self.story.add(
                "opportunity_changes", opportunity_id=opportunity, changed_at=self.moment(day), changed_on=day,
                stage=("discovery", "proposal", "closing")[step], amount=self.amount(value), owner=self.pick(["x", "y"]),
                expected_close_on=day + timedelta(days=int(self.draw.integers(10, 90))),
                forecast_category=self.pick(["pipeline", "commit"]),
            )  # fmt: skip
            self.story.add(
                "opportunity_contacts", opportunity_id=opportunity, contact_id=f"p{step}",
                role=self.pick(["buyer", "user"]), added_at=self.moment(day), added_on=day,
            )  # fmt: skip
        if outcome == "won" and account:
            for kind, share in (("new", 1.0), ("expansion", 0.4), ("churn", 0.2)):
                if self.chance(share):
                    booked = self.moment(closed if kind == "new" else self.after(closed, 200))
                    self.story.add(
                        "revenue", account_id=account, booked_at=booked, booked_on=booked.date(), kind=kind,
                        arr_amount=self.amount(5000) * (-1 if kind == "churn" else 1),
                    )  # fmt: skip

    def site(self, accounts):
        """What belongs to no lead: account sets, spend, targets, staffing."""
        for place in range(accounts // 3):
            self.story.add(
                "account_sets", account_id=f"a{place}", set_id=self.pick(["list a", "list b"]),
                targeted_on=date(2024, 7, 1) + timedelta(days=int(self.draw.integers(0, 500))),
            )  # fmt: skip
        for month in range(30):
            for channel in ("inbound", "outbound"):
                for source in SOURCES[channel]:
                    self.story.add(
                        "spend", month_on=date(2024 + (6 + month) // 12, (6 + month) % 12 + 1, 1), channel=channel,
                        source=source, cost_amount=self.amount(4000), kind=self.pick(["media", "labour"]),
                    )  # fmt: skip
        for month in range(33):
            for channel in ("inbound", "outbound"):
                self.story.add(
                    "targets", channel=channel, month_on=date(2024 + (6 + month) // 12, (6 + month) % 12 + 1, 1),
                    target_amount=self.amount(60_000),
                )  # fmt: skip
        for day in range(0, 910, 3):
            for hour in (8, 10, 13, 15):
                self.story.add(
                    "capacity", worked_on=date(2024, 7, 1) + timedelta(days=day), hour_of_day=hour,
                    staffed_min=self.number(90), language=self.pick(["de", "en"]),
                )  # fmt: skip


@cache
def everything(leads: int = 2000, seed: int = 20261122) -> Story:
    """The world, told once; do not add to it."""
    world, accounts = World(seed), max(3, int(0.6 * leads))
    world.site(accounts)
    for _ in range(leads):
        world.lead(accounts)
    customer = world.story.settings.ideal_customer.model_copy(update={"segment": ["mid", "ent"]})
    world.story.settings = world.story.settings.model_copy(update={"ideal_customer": customer})
    return world.story
