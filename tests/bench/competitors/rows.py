"""Hand-written DuckDB over the row tables of the snapshot: leads, calls, meetings and opportunities as they were delivered, without
any table that the product keeps beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from tests.bench.finish import CHANNELS, Cells, Cohort, Line, Squares
from tests.bench.questions import PATIENCE_TOUCHES, Cut

UNITS = """
create or replace temp table units as
with deals as (
    select
        lead_id,
        min(created_on) as opportunity_on,
        min(closed_on) filter (outcome = 'won' and closed_on <= $as_of) as won_on,
        arg_min(acv, (closed_on, opportunity_id)) filter (outcome = 'won' and closed_on <= $as_of) as amount,
        max(closed_on) filter (outcome = 'lost' and closed_on <= $as_of) as last_lost_on,
        bool_and(coalesce(outcome = 'lost' and closed_on <= $as_of, false)) as is_all_lost
    from fact_opportunities
    where created_on <= $as_of
    group by lead_id
),
{parts}
states as (
    select
        leads.lead_id, account_id, channel, source, created_on, created_at, opportunity_on, won_on, amount{columns},
        case
            when won_on is not null then null
            when deals.lead_id is not null then case when is_all_lost then last_lost_on end
            when disqualified_on <= $as_of then disqualified_on
        end as lost_on
    from fact_leads as leads
    left join deals using (lead_id)
    {joins}
    where created_on <= $as_of and {chosen}
)
select * {events}
from states
"""
MEETINGS = "meetings as (select lead_id, min(held_on) as meeting_on from fact_meetings where held_on <= $as_of group by lead_id),"
RESPONSES = """
responses as (
    select lead_id, min(case when direction = 'inbound' then coalesce(answered_at, started_at) else started_at end) as responded_at
    from fact_calls
    where started_on <= $as_of and (direction = 'outbound' or answered_at is not null or is_conversation)
    group by lead_id
),
"""
DAYS = """,
    case
        when created_on = $as_of then -1
        when {reached} <= coalesce({ended}, {reached}) then greatest(0, {reached} - created_on)
        else greatest(0, coalesce({ended}, $as_of) - created_on)
    end::integer as {name}_age,
    case when {reached} <= coalesce({ended}, {reached}) then 1 when {ended} is not null then 2 else 0 end as {name}_ending
"""
MINUTES = """,
    case when responded_at <= created_at + interval 7 day then responded_at end as reached_at,
    case
        when least(won_on, lost_on) < (created_at + interval 7 day)::date then least(won_on, lost_on)::timestamp + interval 1 day
    end as ended_at,
    case
        when created_on = $as_of then -1
        else greatest(0, date_diff(
            'minute',
            created_at,
            case
                when reached_at <= coalesce(ended_at, reached_at) then reached_at
                else coalesce(ended_at, $as_of::date + interval 1 day)
            end
        ))
    end::integer as response_age,
    case when reached_at <= coalesce(ended_at, reached_at) then 1 when ended_at is not null then 2 else 0 end as response_ending
"""
DIALS = """
with by_lead as (
    select
        channel,
        calls.lead_id,
        count(*) filter (disposition <> 'unmapped') as dials,
        count(*) filter (is_conversation or disposition in ('gatekeeper_block', 'wrong_contact')) as connects,
        count(*) filter (disposition = 'unmapped') as unmapped
    from fact_calls as calls
    inner join fact_leads as leads using (lead_id)
    where direction = 'outbound' and {days} and {chosen}
    group by all
)
select
    channel, sum(dials), sum(connects), sum(unmapped), count(*) filter (dials > 0), sum(connects * connects), sum(connects * dials),
    sum(dials * dials)
from by_lead
group by channel
"""
LATE = """
with leads as (select lead_id, account_id, channel from fact_leads where {chosen}),
met as (select lead_id, min(held_on) as met_on from fact_meetings group by lead_id),
-- No dial before the first sign was answered, so how many went before a dial is its rank: no window is needed.
signs as (
    select lead_id, min(started_at) filter (is_conversation or direction = 'inbound') as sign_at
    from fact_calls
    inner join leads using (lead_id)
    where started_on <= $as_of
    group by lead_id
),
by_lead as (
    select
        lead_id,
        count(*) filter ({days}) as dials,
        count(*) filter (is_quiet and {until}) as quiet_until,
        count(*) filter (is_quiet and {before}) as quiet_before,
        greatest(0, quiet_until - greatest({patience}, quiet_before)) as late
    from (
        select lead_id, started_on, coalesce(started_at <= sign_at, true) and coalesce(started_on <= met_on, true) as is_quiet
        from fact_calls
        inner join signs using (lead_id)
        left join met using (lead_id)
        where direction = 'outbound' and started_on <= $as_of
    ) as calls
    group by lead_id
),
by_account as (
    select channel, account_id, sum(dials) as dials, sum(late) as late, count(*) filter (late > 0) as late_leads
    from by_lead
    inner join leads using (lead_id)
    where dials > 0
    group by all
)
select
    channel, sum(dials), sum(late), sum(late_leads), count(*), sum(late * late), sum(late * dials), sum(dials * dials)
from by_account
group by channel
"""
ATTEMPTS = """
with cohort as (
    select lead_id, account_id, channel, created_on, if(channel = 'inbound', {inbound}, {outbound}) as horizon
    from fact_leads
    where created_on < $as_of and {chosen} and $as_of - created_on >= horizon
),
called as (
    select lead_id, count(*) filter (direction = 'outbound') as own_calls, count(*) as calls
    from fact_calls
    inner join cohort using (lead_id)
    where started_on <= created_on + horizon
    group by lead_id
),
opened as (
    select lead_id, count(*) as opportunities
    from fact_opportunities as opportunities
    inner join cohort using (lead_id)
    where opportunities.created_on <= cohort.created_on + horizon
    group by lead_id
),
by_account as (
    select
        channel,
        account_id,
        count(*) as n,
        coalesce(sum(opportunities), 0) as wins,
        coalesce(sum(own_calls), 0) as own_calls,
        coalesce(sum(calls), 0) as calls
    from cohort
    left join called using (lead_id)
    left join opened using (lead_id)
    group by all
)
select
    channel, sum(n), count(*), sum(wins), sum(own_calls), sum(calls), sum(wins * wins), sum(wins * own_calls),
    sum(own_calls * own_calls)
from by_account
group by channel
"""


class Rows:
    """folder holds data.duckdb, the snapshot."""

    def __init__(self, folder: Path) -> None:
        self.con = duckdb.connect()
        self.con.execute(f"attach '{folder / 'data.duckdb'}' as snapshot (read_only)")
        self.con.execute("use snapshot")
        self.as_of = ""

    def _sql(self, text: str) -> Any:
        return self.con.execute(text.replace("$as_of", self.as_of))

    @staticmethod
    def chosen(cut: Cut, days: bool) -> str:
        """SQL of the filters on leads, those on their day of creation if `days`."""
        parts = [
            f"{name} in ({', '.join(repr(each) for each in values)})"
            for name, values in (("source", cut.sources), ("segment", cut.segments), ("region", cut.regions))
            if values
        ]
        return " and ".join(parts + (Rows.days(cut, "created_on") if days else [])) or "true"

    @staticmethod
    def days(cut: Cut, column: str) -> list[str]:
        found = [f"{column} >= date '{cut.from_on}'"] if cut.from_on else []
        return [*found, f"{column} <= date '{cut.to_on}'"] if cut.to_on else found

    def begin(self, cut: Cut, events: frozenset[str]) -> None:
        self.as_of = f"date '{cut.as_of}'"
        closed = "least(won_on, lost_on)"
        parts, columns, joins = "", "", ""
        journeys = DAYS.format(name="won", reached="won_on", ended="lost_on")
        journeys += DAYS.format(name="opportunity", reached="opportunity_on", ended=closed)
        if "meetings" in events:
            parts, columns, joins = MEETINGS, ", meeting_on", "left join meetings using (lead_id)"
            journeys += DAYS.format(name="meeting", reached="meeting_on", ended=closed)
        if "calls" in events:
            parts, columns = parts + RESPONSES, f"{columns}, responded_at"
            joins, journeys = f"{joins} left join responses using (lead_id)", journeys + MINUTES
        self._sql(
            UNITS.format(
                parts=parts, columns=columns, joins=joins, chosen=self.chosen(cut, True), events=journeys
            )
        )

    def cohort(self, by_source: bool) -> Cohort:
        group = "channel || '|' || source" if by_source else "channel"
        found: Cohort = {} if by_source else {channel: {} for channel in CHANNELS}
        for name, day, count in self._sql(
            f"select {group}, created_on, count(*) from units group by all"
        ).fetchall():
            found.setdefault(name, {})[day] = count
        return found

    def _age(self, journey: str, longest: int | None) -> tuple[str, str]:
        age, ending = f"{journey}_age", f"{journey}_ending"
        if longest is None:
            return age, ending
        return f"least({age}, {longest})", f"if({age} < {longest}, {ending}, 0)"

    def cells(self, journey: str, longest: int | None, by_source: bool) -> Cells:
        age, ending = self._age(journey, longest)
        amount = f"if({ending} = 1, amount, 0)::double" if journey == "won" else "0.0"
        got = self._sql(
            f"""
            select
                {"channel || '|' || source" if by_source else "channel"} as name, {age} as age, {ending} as ending, count(*) as n,
                coalesce(sum({amount}), 0) as amount, coalesce(sum({amount} ** 2), 0) as square
            from units
            group by name, age, ending
            """
        ).fetchnumpy()
        return Cells(
            list(got["name"]),
            *(np.asarray(got[name], np.int64) for name in ("age", "ending", "n")),
            *(np.asarray(got[name], float) for name in ("amount", "square")),
        )

    def squares(self, journey: str, longest: int | None, look: list[Line], ages: int) -> Squares:
        age, ending = self._age(journey, longest)
        self.con.register("look", pa.Table.from_pylist(look))
        names = [f"d{j}" for j in range(ages)]
        self._sql(
            f"""
            create or replace temp table by_account as
            select account_id, units.channel, {", ".join(f"sum({name}) as {name}" for name in names)}
            from units
            inner join look on units.channel = look.channel and {age} = look.age and {ending} = look.ending
            group by account_id, units.channel
            """
        )
        own = self._sql(
            f"select channel, count(*), {', '.join(f'sum({name} * {name})' for name in names)} from by_account group by channel"
        ).fetchall()
        product = self._sql(
            f"""
            select {", ".join(f"coalesce(sum(a.{name} * b.{name}), 0)" for name in names)}
            from by_account as a
            inner join by_account as b using (account_id)
            where a.channel = 'inbound' and b.channel = 'outbound'
            """
        ).fetchall()[0]
        return Squares(
            {row[0]: np.array(row[2:], float) for row in own},
            np.array(product, float),
            {row[0]: row[1] for row in own},
        )

    def weeks(self, stage: str, horizons: tuple[int, int]) -> list[Line]:
        horizon = f"if(channel = 'inbound', {horizons[0]}, {horizons[1]})"
        return _lines(
            self._sql(
                f"""
                select
                    channel,
                    date_trunc('week', created_on)::date,
                    count(*),
                    count(*) filter ($as_of - created_on >= {horizon}),
                    count(*) filter ({stage}_on <= least(created_on + {horizon}, coalesce(won_on, lost_on)))
                from units
                where created_on < $as_of
                group by all
                """
            ),
            ("channel", "week", "leads", "old", "reached"),
        )

    def deals(self, cut: Cut) -> dict[str, dict[str, Any]]:
        self.as_of = f"date '{cut.as_of}'"
        got = self._sql(
            f"""
            select channel, source, acv::double as acv
            from fact_opportunities as deals
            inner join (
                select lead_id, channel, source from fact_leads where created_on <= $as_of and {self.chosen(cut, True)}
            ) as leads using (lead_id)
            where outcome = 'won' and deals.created_on <= $as_of and closed_on <= $as_of and acv is not null
            """
        ).fetchnumpy()
        return {
            channel: {"amount": got["acv"][mask], "source": got["source"][mask]}
            for channel in CHANNELS
            for mask in [got["channel"] == channel]
        }

    def dials(self, cut: Cut) -> list[Line]:
        self.as_of = f"date '{cut.as_of}'"
        return _lines(
            self._sql(DIALS.format(days=self._called(cut), chosen=self.chosen(cut, False))),
            (
                "channel",
                "dials",
                "connects",
                "unmapped_count",
                "lead_count",
                "hit_squares",
                "products",
                "unit_squares",
            ),
        )

    def late(self, cut: Cut) -> list[Line]:
        self.as_of = f"date '{cut.as_of}'"
        return _lines(
            self._sql(
                LATE.format(
                    days=self._called(cut),
                    until=f"started_on <= date '{cut.to_on or cut.as_of}'",
                    before=f"started_on < date '{cut.from_on}'" if cut.from_on else "false",
                    chosen=self.chosen(cut, False),
                    patience=PATIENCE_TOUCHES,
                )
            ),
            (
                "channel",
                "dials",
                "late",
                "late_lead_count",
                "account_count",
                "hit_squares",
                "products",
                "unit_squares",
            ),
        )

    def attempts(self, cut: Cut, horizons: tuple[int, int]) -> list[Line]:
        self.as_of = f"date '{cut.as_of}'"
        return _lines(
            self._sql(
                ATTEMPTS.format(chosen=self.chosen(cut, True), inbound=horizons[0], outbound=horizons[1])
            ),
            (
                "channel",
                "n_old_enough",
                "accounts",
                "opportunities",
                "own_calls",
                "calls",
                "opportunity_squares",
                "products",
                "call_squares",
            ),
        )

    def _called(self, cut: Cut) -> str:
        return " and ".join(["started_on <= $as_of", *self.days(cut, "started_on")])


def _lines(found: Any, names: tuple[str, ...]) -> list[Line]:
    """Rows as figures by name, whole numbers of any width as plain ones."""
    return [
        {
            name: value if isinstance(value, str) or hasattr(value, "year") else float(value)
            for name, value in zip(names, row, strict=True)
        }
        for row in found.fetchall()
    ]
