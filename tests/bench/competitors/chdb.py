"""ClickHouse in the process (chdb) over Parquet files of the same rows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from chdb.session import Session

from tests.bench.finish import CHANNELS, Cells, Cohort, Line, Squares
from tests.bench.questions import PATIENCE_TOUCHES, Cut

UNITS = """
create or replace table units engine = Memory as
with deals as (
    select
        lead_id,
        min(created_on) as opportunity_on,
        minIf(closed_on, outcome = 'won' and closed_on <= $as_of) as won_on,
        argMinIf(acv, (closed_on, opportunity_id), outcome = 'won' and closed_on <= $as_of) as amount,
        maxIf(closed_on, outcome = 'lost' and closed_on <= $as_of) as last_lost_on,
        min(coalesce(outcome = 'lost' and closed_on <= $as_of, false)) as is_all_lost
    from {opportunities}
    where created_on <= $as_of
    group by lead_id
),
{parts}
states as (
    select
        leads.lead_id as lead_id, account_id, channel, source, created_on, created_at, opportunity_on, won_on, amount {columns},
        multiIf(
            won_on is not null, null,
            deals.lead_id is not null, if(is_all_lost, last_lost_on, null),
            disqualified_on <= $as_of, disqualified_on,
            null
        ) as lost_on,
        coalesce(least(won_on, lost_on), won_on, lost_on) as over_on
    from {leads} as leads
    left join deals on leads.lead_id = deals.lead_id
    {joins}
    where created_on <= $as_of and {chosen}
)
select * {journeys}
from states
settings join_use_nulls = 1
"""
MEETINGS = """
meetings as (select lead_id, min(held_on) as meeting_on from {meetings} where held_on <= $as_of group by lead_id),
"""
RESPONSES = """
responses as (
    select lead_id, min(if(direction = 'inbound', coalesce(answered_at, started_at), started_at)) as responded_at
    from {calls}
    where started_on <= $as_of and (direction = 'outbound' or answered_at is not null or is_conversation)
    group by lead_id
),
"""
DAYS = """,
    multiIf(coalesce({reached} <= coalesce({ended}, {reached}), false), 1, {ended} is not null, 2, 0) as {name}_ending,
    multiIf(
        created_on = $as_of, -1,
        {name}_ending = 1, greatest(0, dateDiff('day', created_on, {reached})),
        greatest(0, dateDiff('day', created_on, coalesce({ended}, $as_of)))
    ) as {name}_age
"""
MINUTES = """,
    if(responded_at <= created_at + interval 7 day, responded_at, null) as reached_at,
    if(over_on < toDate32(created_at + interval 7 day), toDateTime64(over_on, 6, 'UTC') + interval 1 day, null) as ended_at,
    multiIf(coalesce(reached_at <= coalesce(ended_at, reached_at), false), 1, ended_at is not null, 2, 0) as response_ending,
    if(
        created_on = $as_of,
        -1,
        greatest(0, dateDiff(
            'minute',
            created_at,
            if(response_ending = 1, reached_at, coalesce(ended_at, toDateTime64($as_of, 6, 'UTC') + interval 1 day))
        ))
    ) as response_age
"""
DIALS = """
with by_lead as (
    select
        channel,
        lead_id,
        countIf(disposition <> 'unmapped') as dials,
        countIf(is_conversation or disposition in ('gatekeeper_block', 'wrong_contact')) as connects,
        countIf(disposition = 'unmapped') as unmapped
    from {calls} as calls
    inner join (select lead_id, channel from {leads} where {chosen}) as leads using (lead_id)
    where direction = 'outbound' and {days}
    group by channel, lead_id
)
select
    channel,
    sum(dials) as dials_sum,
    sum(connects) as connects_sum,
    sum(unmapped) as unmapped_count,
    countIf(dials > 0) as lead_count,
    sum(connects * connects) as hit_squares,
    sum(connects * dials) as products,
    sum(dials * dials) as unit_squares
from by_lead
group by channel
"""
LATE = """
with leads as (select lead_id, account_id, channel from {leads} where {chosen}),
met as (select lead_id, min(held_on) as met_on from {meetings} group by lead_id),
signs as (
    select lead_id, minIf(toNullable(started_at), is_conversation or direction = 'inbound') as sign_at
    from {calls}
    where started_on <= $as_of {among}
    group by lead_id
),
by_lead as (
    select
        lead_id,
        countIf({days}) as own_dials,
        countIf(is_quiet and {until}) as quiet_until,
        countIf(is_quiet and {before}) as quiet_before,
        toInt64(greatest(toInt64(quiet_until) - toInt64(greatest({patience}, quiet_before)), 0)) as own_late
    from (
        select lead_id, started_on, coalesce(started_at <= sign_at, true) and coalesce(started_on <= met_on, true) as is_quiet
        from {calls} as calls
        inner join signs using (lead_id)
        left join met using (lead_id)
        where direction = 'outbound' and started_on <= $as_of
    ) as calls
    group by lead_id
),
by_account as (
    select channel, account_id, sum(own_dials) as dials, sum(own_late) as late, countIf(own_late > 0) as late_leads
    from by_lead
    inner join leads using (lead_id)
    where own_dials > 0
    group by channel, account_id
)
select
    channel,
    sum(dials) as dials_sum,
    sum(late) as late_sum,
    sum(late_leads) as late_lead_count,
    count() as account_count,
    sum(late * late) as hit_squares,
    sum(late * dials) as products,
    sum(dials * dials) as unit_squares
from by_account
group by channel
settings join_use_nulls = 1
"""
ATTEMPTS = """
with cohort as (
    select lead_id, account_id, channel, created_on, if(channel = 'inbound', {inbound}, {outbound}) as horizon
    from {leads}
    where created_on < $as_of and {chosen} and dateDiff('day', created_on, $as_of) >= horizon
),
called as (
    select lead_id, countIf(direction = 'outbound') as own_calls, count() as calls
    from {calls} as calls
    inner join (select lead_id, created_on + horizon as until_on from cohort) as asked using (lead_id)
    where started_on <= until_on
    group by lead_id
),
opened as (
    select lead_id, count() as opportunities
    from {opportunities} as opportunities
    inner join (select lead_id, created_on + horizon as until_on from cohort) as asked using (lead_id)
    where created_on <= until_on
    group by lead_id
),
by_account as (
    select channel, account_id, count() as n, sum(opportunities) as wins, sum(own_calls) as own, sum(calls) as every
    from cohort
    left join called using (lead_id)
    left join opened using (lead_id)
    group by channel, account_id
)
select
    channel,
    sum(n) as n_old_enough,
    count() as accounts,
    sum(wins) as opportunities,
    sum(own) as own_calls,
    sum(every) as calls,
    sum(wins * wins) as opportunity_squares,
    sum(wins * own) as products,
    sum(own * own) as call_squares
from by_account
group by channel
"""


class ClickHouse:
    """folder holds the Parquet files."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.files = {
            name: f"file('{folder / name}.parquet', Parquet)"
            for name in ("leads", "calls", "meetings", "opportunities")
        }
        self.as_of = ""

    def _run(self, text: str) -> None:
        self.session.query(text.replace("$as_of", self.as_of))

    def _lines(self, text: str) -> list[Line]:
        said = str(self.session.query(text.replace("$as_of", self.as_of), "JSONEachRow"))
        return [json.loads(line, parse_int=float) for line in said.splitlines()]

    @staticmethod
    def chosen(cut: Cut, days: bool) -> str:
        parts = [
            f"{name} in ({', '.join(repr(each) for each in values)})"
            for name, values in (("source", cut.sources), ("segment", cut.segments), ("region", cut.regions))
            if values
        ]
        return " and ".join(parts + (ClickHouse.days(cut, "created_on") if days else [])) or "true"

    @staticmethod
    def days(cut: Cut, column: str) -> list[str]:
        found = [f"{column} >= toDate32('{cut.from_on}')"] if cut.from_on else []
        return [*found, f"{column} <= toDate32('{cut.to_on}')"] if cut.to_on else found

    def begin(self, cut: Cut, events: frozenset[str]) -> None:
        self.as_of = f"toDate32('{cut.as_of}')"
        parts, columns, joins = "", "", ""
        journeys = DAYS.format(name="won", reached="won_on", ended="lost_on")
        journeys += DAYS.format(name="opportunity", reached="opportunity_on", ended="over_on")
        if "meetings" in events:
            parts, columns = MEETINGS.format(**self.files), ", meeting_on"
            joins = "left join meetings on leads.lead_id = meetings.lead_id"
            journeys += DAYS.format(name="meeting", reached="meeting_on", ended="over_on")
        if "calls" in events:
            parts, columns = parts + RESPONSES.format(**self.files), f"{columns}, responded_at"
            joins += " left join responses on leads.lead_id = responses.lead_id"
            journeys += MINUTES
        self._run(
            UNITS.format(
                parts=parts,
                columns=columns,
                joins=joins,
                chosen=self.chosen(cut, True),
                journeys=journeys,
                **self.files,
            )
        )

    def cohort(self, by_source: bool) -> Cohort:
        group = "concat(channel, '|', source)" if by_source else "channel"
        found: Cohort = {} if by_source else {channel: {} for channel in CHANNELS}
        for line in self._lines(
            f"select {group} as name, created_on, count() as n from units group by name, created_on"
        ):
            found.setdefault(line["name"], {})[date.fromisoformat(line["created_on"])] = int(line["n"])
        return found

    def _age(self, journey: str, longest: int | None) -> tuple[str, str]:
        age, ending = f"{journey}_age", f"{journey}_ending"
        if longest is None:
            return age, ending
        return f"least({age}, {longest})", f"if({age} < {longest}, {ending}, 0)"

    def cells(self, journey: str, longest: int | None, by_source: bool) -> Cells:
        age, ending = self._age(journey, longest)
        amount = f"if({ending} = 1, coalesce(amount, 0), 0)" if journey == "won" else "0"
        got = self._lines(
            f"""
            select
                {"concat(channel, '|', source)" if by_source else "channel"} as name, {age} as age, {ending} as ending, count() as n,
                sum(toFloat64({amount})) as amount_sum, sum(toFloat64({amount}) * {amount}) as square
            from units
            group by name, age, ending
            """
        )
        return Cells(
            [line["name"] for line in got],
            *(np.array([line[name] for line in got], np.int64) for name in ("age", "ending", "n")),
            *(np.array([line[name] for line in got], float) for name in ("amount_sum", "square")),
        )

    def squares(self, journey: str, longest: int | None, look: list[Line], ages: int) -> Squares:
        age, ending = self._age(journey, longest)
        names = [f"d{j}" for j in range(ages)]
        kinds = ", ".join(f"{name} Float64" for name in names)
        self._run(
            f"create or replace table look (channel String, age Int64, ending UInt8, {kinds}) engine = Memory"
        )
        rows = ", ".join(
            f"('{line['channel']}', {line['age']}, {line['ending']}, {', '.join(repr(line[name]) for name in names)})"
            for line in look
        )
        self._run(f"insert into look values {rows}")
        self._run(
            f"""
            create or replace table by_account engine = Memory as
            select account_id, channel, {", ".join(f"sum({name}) as {name}" for name in names)}
            from (select account_id, channel, {age}::Int64 as age, {ending}::UInt8 as ending from units) as units
            inner join look using (channel, age, ending)
            group by account_id, channel
            """
        )
        own = self._lines(
            f"""
            select channel, count() as n, {", ".join(f"sum({name} * {name}) as s{name}" for name in names)}
            from by_account
            group by channel
            """
        )
        product = self._lines(
            f"""
            select {", ".join(f"sum(a.{name} * b.{name}) as {name}" for name in names)}
            from (select * from by_account where channel = 'inbound') as a
            inner join (select * from by_account where channel = 'outbound') as b using (account_id)
            """
        )
        return Squares(
            {line["channel"]: np.array([line[f"s{name}"] for name in names]) for line in own},
            np.array([product[0][name] or 0 for name in names]),
            {line["channel"]: int(line["n"]) for line in own},
        )

    def weeks(self, stage: str, horizons: tuple[int, int]) -> list[Line]:
        horizon = f"if(channel = 'inbound', {horizons[0]}, {horizons[1]})"
        got = self._lines(
            f"""
            select
                channel,
                toString(subtractDays(created_on, toDayOfWeek(created_on) - 1)) as week,
                count() as leads,
                countIf(dateDiff('day', created_on, $as_of) >= {horizon}) as old,
                countIf(coalesce({stage}_on <= coalesce(least(created_on + {horizon}, over_on), created_on + {horizon}), false)) as reached
            from units
            where created_on < $as_of
            group by channel, week
            """
        )
        return [line | {"week": date.fromisoformat(line["week"])} for line in got]

    def deals(self, cut: Cut) -> dict[str, dict[str, Any]]:
        self.as_of = f"toDate32('{cut.as_of}')"
        got = self._lines(
            f"""
            select channel, source, acv
            from {self.files["opportunities"]} as deals
            inner join (
                select lead_id, channel, source
                from {self.files["leads"]}
                where created_on <= $as_of and {self.chosen(cut, True)}
            ) as leads using (lead_id)
            where outcome = 'won' and created_on <= $as_of and closed_on <= $as_of and acv is not null
            """
        )
        return {
            channel: {
                "amount": np.array([line["acv"] for line in got if line["channel"] == channel]),
                "source": np.array([line["source"] for line in got if line["channel"] == channel]),
            }
            for channel in CHANNELS
        }

    def dials(self, cut: Cut) -> list[Line]:
        self.as_of = f"toDate32('{cut.as_of}')"
        got = self._lines(DIALS.format(days=self._called(cut), chosen=self.chosen(cut, False), **self.files))
        return [line | {"dials": line["dials_sum"], "connects": line["connects_sum"]} for line in got]

    def late(self, cut: Cut) -> list[Line]:
        self.as_of = f"toDate32('{cut.as_of}')"
        chosen = self.chosen(cut, False)
        among = (
            ""
            if chosen == "true"
            else f"and lead_id in (select lead_id from {self.files['leads']} where {chosen})"
        )
        got = self._lines(
            LATE.format(
                days=self._called(cut),
                until=f"started_on <= toDate32('{cut.to_on or cut.as_of}')",
                before=f"started_on < toDate32('{cut.from_on}')" if cut.from_on else "false",
                chosen=chosen,
                among=among,
                patience=PATIENCE_TOUCHES,
                **self.files,
            )
        )
        return [line | {"dials": line["dials_sum"], "late": line["late_sum"]} for line in got]

    def attempts(self, cut: Cut, horizons: tuple[int, int]) -> list[Line]:
        self.as_of = f"toDate32('{cut.as_of}')"
        return self._lines(
            ATTEMPTS.format(
                chosen=self.chosen(cut, True), inbound=horizons[0], outbound=horizons[1], **self.files
            )
        )

    def _called(self, cut: Cut) -> str:
        return " and ".join(["started_on <= $as_of", *self.days(cut, "started_on")])
