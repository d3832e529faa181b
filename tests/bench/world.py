"""A large world with realistic columns for measurements, written by DuckDB in seconds: leads, calls, meetings, opportunities,
hand-offs, spend and account sets of two and a half years.

python -m tests.bench.world FOLDER --leads 100000                  # world S; M: 1000000
python -m tests.bench.world FOLDER --until 2026-06-21              # the same world as it was known on an earlier day
python -m tests.bench.world FOLDER --since 2026-06-21              # what is new or changed since then: the next delivery
python -m tests.bench.world FOLDER --dirt 0.01                     # one row in a hundred is spoilt, in one of a dozen ways
python -m tests.bench.world FOLDER --parquet                       # typed Parquet files instead of CSV

Six in ten leads share an account of 2 to 8, a few accounts are huge. Every value is a hash of its row and the seed, so a world
that is known later repeats the rows of the earlier one. The sample (leadquality/sample) is the world to judge figures by.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

FIRST: Final = date(2024, 1, 1)
UNTIL: Final = date(2026, 6, 30)
SEED: Final = 20260630
KEYS: Final = {
    "leads": "lead_id",
    "calls": "call_id",
    "meetings": "meeting_id",
    "opportunities": "opportunity_id",
    "handoffs": "lead_id",
    "spend": "month",
    "account_sets": "account_id",
}
MACROS: Final = (
    # One uniform number a row and purpose; the purposes are told apart by small words.
    "create macro u(i, what) as (hash(i, what, getvariable('seed')) >> 11)::double / 9007199254740992",
    "create macro wait(i, what, mean_s) as (-ln(1 - u(i, what)) * mean_s)::bigint",
    "create macro pick(i, what, words) as words[1 + floor(u(i, what) * len(words))::integer]",
    """create macro at_work(stamp) as date_trunc('day', stamp)
        + to_days(case isodow(stamp) when 6 then 2 when 7 then 1 else 0 end)
        + to_seconds(25200 + (epoch(stamp)::bigint * 7919 % 41400))""",
    "create macro known(stamp) as case when stamp < getvariable('until') + interval 1 day then stamp end",
)
SOURCES: Final = """
    create table sources as
    select * from (values
        ('inbound', 'organic', .14, .20, .085, .30, 900), ('inbound', 'paid_brand', .08, .24, .110, .34, 1400),
        ('inbound', 'paid_broad', .15, .11, .035, .20, 2600), ('inbound', 'webinar', .06, .16, .050, .25, 1200),
        ('inbound', 'referral', .03, .33, .160, .42, 400), ('inbound', 'partner_podcast', .02, .18, .070, .27, 300),
        ('outbound', 'sdr_ent', .17, .12, .055, .22, 4200), ('outbound', 'sdr_mid', .22, .10, .040, .24, 3600),
        ('outbound', 'bought_list', .13, .04, .012, .15, 1900)
    ) as t(channel, source, share, meeting_rate, opportunity_rate, win_rate, month_cost)
"""
LEADS: Final = """
    create table world_leads as
    with numbered as (
        select
            i,
            case
                when u(i, 'alone') < .385 then 1000000000 + i
                when u(i, 'alone') < .40 then 2000000000 + floor(u(i, 'huge') * 12)::bigint
                else floor(u(i, 'account') * getvariable('leads') * .6 / 3.2)::bigint
            end as account,
            timestamp '2024-01-01' + to_seconds((pow(u(i, 'created'), .8) * 912 * 86400)::bigint) as asked_at
        from range(getvariable('leads')) as t(i)
    ),
    placed as (
        select *, sum(share) over (order by source) - share as begins, sum(share) over (order by source) as ends from sources
    ),
    drawn as (
        select numbered.*, placed.* exclude (share, begins, ends, month_cost)
        from numbered inner join placed on u(i, 'source') >= begins and u(i, 'source') < ends
    )
    select
        i,
        'L' || lpad(i::varchar, 8, '0') as lead_id,
        'A' || lpad(account::varchar, 10, '0') as account_id,
        'C' || lpad(i::varchar, 8, '0') as contact_id,
        channel,
        source,
        source || '-' || pick(i, 'campaign', ['a', 'b', 'c', 'd']) as campaign_id,
        case when u(account, 'segment') < .55 then 'smb' when u(account, 'segment') < .87 then 'mid' else 'ent' end as segment,
        pick(account, 'region', ['DACH', 'UKI', 'NORDICS', 'BENELUX', 'SOUTH']) as region,
        pick(account, 'industry', ['software', 'manufacturing', 'logistics', 'retail', 'health', 'finance']) as industry,
        pick(account, 'band', ['1-49', '50-499', '500-999', '1000+']) as employee_band,
        pick(i, 'seniority', ['c_level', 'vp', 'director', 'manager', 'staff']) as seniority,
        pick(account, 'language', ['en', 'de', 'fr', 'nl']) as language_pref,
        case when channel = 'inbound' then asked_at else at_work(asked_at) end as born_at,
        case when channel = 'inbound' then (20 + 70 * u(i, 'score'))::integer end as engagement_score,
        meeting_rate,
        opportunity_rate * case when u(account, 'segment') < .55 then .8 else 1.25 end * (.4 + 1.2 * u(account, 'fit')) as opportunity_rate,
        win_rate,
        -- How soon somebody calls: inbound within minutes or hours, mostly; a list is worked through over days.
        case
            when u(i, 'left') < .04 then null
            when channel = 'inbound' and u(i, 'fast') < .7 then 60 + wait(i, 'answer', 2400)
            when channel = 'inbound' then 1800 + wait(i, 'answer', 100000)
            else 600 + wait(i, 'answer', 260000)
        end as answered_after,
        least(60, 1 + wait(i, 'calls', case when channel = 'inbound' then 8.6 else 10.8 end)) as call_count
    from drawn
"""
DEALS: Final = """
    create table world_deals as
    with firsts as (
        select i, 1 as k, born_at + to_seconds(172800 + wait(i, 'deal', 1900000)) as opened_at, win_rate, lead_id, account_id,
            segment, source
        from world_leads where u(i, 'opportunity') < opportunity_rate
    ),
    closed as (
        select
            *,
            opened_at + to_seconds(600000
                + wait(i * 2 + k, 'cycle', case segment when 'ent' then 8600000 when 'mid' then 5200000 else 3000000 end))
                as ended_at,
            case when u(i * 2 + k, 'win') < win_rate then 'won' else 'lost' end as ending
        from firsts
    )
    from closed
    union all
    -- One lost deal in sixteen comes again.
    select i, 2, ended_at + to_seconds(1300000 + wait(i, 'again', 3900000)) as second_at, win_rate, lead_id, account_id, segment, source,
        second_at + to_seconds(600000 + wait(i, 'second', 4000000)), case when u(i, 'second win') < win_rate then 'won' else 'lost' end
    from closed where ending = 'lost' and u(i, 'comes again') < .0625
"""
QUERIES: Final = {
    "leads": """
        with staged as (
            select
                *,
                case when u(i, 'mql') < if(channel = 'inbound', .75, .3)
                    then born_at + to_seconds(40 + wait(i, 'mql after', 90000)) end as qualified_at,
                -- A lead without a deal is dropped some weeks after it came.
                case when u(i, 'opportunity') >= opportunity_rate and u(i, 'drop') < .62
                    then born_at + to_seconds(432000 + wait(i, 'dropped', 3000000)) end as dropped_at
            from world_leads
        )
        select
            lead_id, account_id, contact_id, channel, source, campaign_id, segment, region, born_at as created_at,
            known(qualified_at) as mql_at,
            known(case when u(i, 'sql') < .4 or u(i, 'opportunity') < opportunity_rate
                then qualified_at + to_seconds(60 + wait(i, 'sql after', 260000)) end)
                as sql_at,
            known(dropped_at) as disqualified_at,
            case when known(dropped_at) is not null then pick(i, 'reason', [
                'unreachable', 'unreachable', 'no_budget', 'no_fit', 'no_authority', 'interested_not_ready', 'no_response',
                'bad_contact_data'
            ]) end as dq_reason,
            case when u(i, 'priority') < .1 then known(born_at + to_seconds(wait(i, 'priority after', 40000))) end as priority_at,
            engagement_score, language_pref, industry, employee_band, seniority
        from staged where born_at < getvariable('until') + interval 1 day
        order by created_at, lead_id
    """,
    "calls": """
        with dialled as (
            select
                lead.*, k, i * 64 + k as n,
                case when channel = 'inbound' and u(i * 64 + k, 'direction') < .18 then 'inbound' else 'outbound' end as direction,
                born_at + to_seconds(answered_after + case when k = 1 then 0
                    else (k - 1) * 50000 + wait(i * 64 + k, 'next', 150000) * (k - 1) end)
                    as planned_at
            from world_leads as lead, unnest(range(1, call_count + 1)) as t(k)
            where answered_after is not null
        ),
        begun as (
            select *, case when channel = 'inbound' and (k = 1 or direction = 'inbound') then planned_at
                else at_work(planned_at) end as begun_at
            from dialled
        ),
        placed as (
            select *, case when begun_at < born_at then begun_at + interval 1 day else begun_at end as call_at, u(n, 'outcome') as luck
            from begun
        ),
        outcomes as (
            select
                *,
                case
                    when direction = 'inbound' and luck < .55 then 'connected'
                    when luck < .36 then 'no_answer' when luck < .41 then 'busy'
                    when luck < .64 then 'voicemail' when luck < .71 then 'gatekeeper'
                    when luck < .715 then 'wrong_contact' when luck < .745 then 'callback_requested' when luck < .83 then 'connected'
                    when luck < .87 + .04 * (meeting_rate > .15)::integer then 'qualified'
                    when luck < .935 then 'interested_not_ready' when luck < .97 then 'no_fit' else 'meeting_booked'
                end as outcome
            from placed where call_at < getvariable('until') + interval 1 day
        ),
        timed as (
            select
                *,
                case
                    when outcome in ('no_answer', 'busy') then 0
                    when outcome in ('voicemail', 'gatekeeper', 'wrong_contact') then 5 + wait(n, 'short', 25)
                    else 30 + wait(n, 'talk', 240)
                end as talk
            from outcomes
        )
        select
            'K' || lpad(n::varchar, 10, '0') as call_id, lead_id, account_id,
            'R' || lpad((hash(account_id, k // 8, getvariable('seed')) % 60)::varchar, 2, '0') as rep_id,
            direction, call_at as started_at, talk as talk_s, outcome as outcome_code,
            case when talk > 0 then 10 + wait(n, 'wrap', 80) else 0 end as wrap_s,
            case when talk > 29 then pick(n, 'role', ['decision_maker', 'influencer', 'user', 'gatekeeper']) end as reached_role,
            case when talk > 29 then u(n, 'objection') < .3 end as objection_raised,
            case when talk > 29 then u(n, 'transfer') < .01 end as transferred,
            case when talk > 29 and direction = 'inbound' then u(n, 'misroute') < .06 end as misroute,
            case when talk > 29 and u(n, 'step') < .5 then (call_at + to_days(1 + (u(n, 'due') * 14)::integer))::date end as next_step_due,
            case when talk > 29 then language_pref end as language,
            call_at + to_seconds(talk + 30 + wait(n, 'logged', 600)) as crm_logged_at,
            case when outcome = 'callback_requested' then call_at + to_seconds(3600 + wait(n, 'callback', 90000)) end as callback_due_at
        from timed
        order by started_at, call_id
    """,
    "meetings": """
        with agreed as (
            select i, lead_id, born_at + to_seconds(7200 + wait(i, 'meeting', 1100000)) as booked_at, u(i, 'show') as luck
            from world_leads where u(i, 'meets') < meeting_rate or u(i, 'opportunity') < opportunity_rate
        ),
        planned as (select *, at_work(booked_at + to_seconds(86400 + wait(i, 'ahead', 500000))) as planned_at from agreed)
        select
            'M' || lpad(i::varchar, 8, '0') as meeting_id, lead_id, booked_at, planned_at as scheduled_at,
            case when luck < .74 then known(planned_at + interval 3 minute) end as held_at,
            case when known(planned_at + interval 3 minute) is null then 'booked' when luck < .74 then 'held' when luck < .9 then 'no_show'
                else 'cancelled' end as status
        from planned where booked_at < getvariable('until') + interval 1 day
        order by booked_at, meeting_id
    """,
    "opportunities": """
        with worth as (
            select
                *, known(ended_at) as closed, u(i * 2 + k, 'reopened') < .01 as is_reopened,
                (case segment when 'ent' then 38000 when 'mid' then 12000 else 3800 end
                    * exp(1.4 * (u(i * 2 + k, 'amount') - .5)))::integer as amount
            from world_deals where opened_at < getvariable('until') + interval 1 day
        )
        select
            'O' || lpad((i * 2 + k)::varchar, 9, '0') as opportunity_id, lead_id, account_id, source, opened_at as created_at,
            case
                when closed is null or is_reopened then pick(i, 'stage', ['discovery', 'proposal', 'negotiation'])
                else 'closed_' || ending
            end as stage,
            amount, amount as acv, 'EUR' as currency, (ended_at + to_days((u(i, 'plan') * 40 - 20)::integer))::date as expected_close,
            closed as closed_at,
            case when closed is null or is_reopened then 'open' else ending end as outcome,
            case when closed is not null and not is_reopened and ending = 'lost'
                then pick(i, 'loss', ['price', 'competitor', 'no_decision', 'timing', 'missing_feature']) end as loss_reason
        from worth
        order by created_at, opportunity_id
    """,
    "handoffs": """
        with given as (
            select i, lead_id, born_at + to_seconds(3600 + wait(i, 'hand', 600000)) as given_at, u(i, 'taken') as luck
            from world_leads where u(i, 'handed') < .18 or u(i, 'opportunity') < opportunity_rate
        )
        select
            lead_id, given_at as handed_at,
            case when luck < .78 then known(given_at + to_seconds(wait(i, 'accept', 40000))) end as accepted_at,
            case when luck between .78 and .93 then known(given_at + to_seconds(wait(i, 'accept', 90000))) end as rejected_at,
            case when luck between .78 and .93 and known(given_at + to_seconds(wait(i, 'accept', 90000))) is not null
                then pick(i, 'refusal', ['not_qualified', 'wrong_segment', 'no_context', 'duplicate']) end as reject_reason,
            case when luck < .74 then known(given_at + to_seconds(60000 + wait(i, 'touch', 120000))) end as first_sales_touch_at,
            case when luck < .5 then known(given_at + to_seconds(200000 + wait(i, 'feedback', 900000))) end as feedback_at
        from given where given_at < getvariable('until') + interval 1 day
        order by handed_at, lead_id
    """,
    "spend": """
        select
            month::date as month, channel, source,
            round(month_cost::double * getvariable('leads') / 100000 * (.8 + .4 * u(month::varchar || source, 'cost' || kind)), 2) as cost,
            kind
        from sources, unnest(generate_series(timestamp '2024-01-01', getvariable('until')::timestamp, interval 1 month)) as m(month),
            unnest(['programme', 'people']) as k(kind)
        order by month, source, kind
    """,
    "account_sets": """
        with listed as (
            select
                account_id, 'named_' || segment as set_id,
                (min(born_at) - to_days((u(account_id, 'ahead') * 60)::integer))::date as from_on
            from world_leads
            where channel = 'outbound' and u(account_id, 'listed') < .08
            group by account_id, segment
        )
        select account_id, set_id, from_on as targeted_from from listed
        where from_on <= getvariable('until')::date
        order by targeted_from, account_id
    """,
}
SPOILT: Final = {
    "leads": {
        "created_at": ["'unknown'", "'2024-13-01T00:00:00Z'", "'1899-12-30T00:00:00Z'", "null"],
        "lead_id": ["null"],
        "mql_at": ["'soon'"],
        "engagement_score": ["'high'"],
        "channel": ["'In-Bound'", "'trade fair'"],
        "source": ["'Organic '", "null"],
        "sql_at": ["'2023-01-01T00:00:00Z'"],
    },
    "calls": {
        "started_at": ["'tomorrow'", "'2024-02-30T10:00:00Z'", "null", "'2024-05-05T10:00:00'"],
        "lead_id": ["'L99999999'", "null", "lower(lead_id)"],
        "talk_s": ["'long'", "'-5'"],
        "direction": ["'sideways'", "'Out-bound'"],
        "outcome_code": ["'CBX'", "null"],
        "call_id": ["null", "lower(call_id)"],
        "transferred": ["'perhaps'", "'yes'"],
    },
    "meetings": {"status": ["'perhaps'"], "lead_id": ["'L99999999'"], "held_at": ["'later'"]},
    "opportunities": {
        "amount": ["'a lot'", "'-1'", "'0'"],
        "outcome": ["'maybe'"],
        "lead_id": ["null", "'L99999999'"],
    },
    "handoffs": {"lead_id": ["null", "'L99999999'"], "handed_at": ["'later'"]},
}
"""By extract and column, SQL of what may stand there instead."""


def write_world(
    folder: Path,
    leads: int,
    *,
    until: date = UNTIL,
    since: date | None = None,
    dirt: float = 0,
    parquet: bool = False,
    seed: int = SEED,
) -> None:
    """Write the world of so many leads as it is known on the day `until`; since: only rows that were unknown, or other, on that day.

    dirt: so large a share of the rows is spoilt in one column, and a tenth as many stand twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute("set preserve_insertion_order = true")
        for name, value in {"seed": seed, "leads": leads, "until": until}.items():
            con.execute(f"set variable {name} = $value", {"value": value})
        for statement in (*MACROS, SOURCES, LEADS, DEALS):
            con.execute(statement)
        if since:
            con.execute("set variable until = $since", {"since": since})
            for name, query in QUERIES.items():
                con.execute(f"create table before_{name} as {query}")
            con.execute("set variable until = $until", {"until": until})
        for name, query in QUERIES.items():
            rows = query if since is None else f"from ({query}) except from before_{name} order by all"
            con.execute(f"create or replace temp table rows as {rows}")
            columns = con.sql("from rows").columns
            if not con.sql(
                "from rows limit 1"
            ).fetchall():  # a delivery without such rows brings no file of them
                continue
            plain = columns if parquet else _as_text(con)
            rows = _spoilt(name, columns, dirt) if dirt else f"select {', '.join(plain)} from rows"
            ending = "parquet' (format parquet)" if parquet else "csv' (format csv, header)"
            con.execute(f"copy ({rows}) to '{folder / name}.{ending}")


def _as_text(con: duckdb.DuckDBPyConnection) -> list[str]:
    """SQL of the columns of `rows` as an export writes them: stamps with a T and a Z."""
    described = con.sql("describe rows").fetchall()
    stamp = "strftime({0}, '%Y-%m-%dT%H:%M:%SZ') as {0}"
    return [stamp.format(name) if kind == "TIMESTAMP" else name for name, kind, *_ in described]


def _spoilt(name: str, columns: list[str], dirt: float) -> str:
    """SQL of `rows` as text, some of them spoilt in one column, some of them twice."""
    ways = [(column, way) for column, ways in SPOILT.get(name, {}).items() for way in ways]
    text = "strftime({0}, '%Y-%m-%dT%H:%M:%SZ')"
    drawn = f"select *, u(rowid, 'dirt {name}') as luck, floor(u(rowid, 'way {name}') * {len(ways) or 1})::integer as way from rows"
    cells = []
    for column in columns:
        stamp = text.format(f"try_cast({column} as timestamp)")
        plain = f"case when typeof({column}) = 'TIMESTAMP' then {stamp} else {column}::varchar end"
        own = "".join(
            f" when luck < {dirt} and way = {at} then {sql}"
            for at, (where, sql) in enumerate(ways)
            if where == column
        )
        cells.append(f"case{own} else {plain} end as {column}" if own else f"{plain} as {column}")
    return f"select {', '.join(cells)} from ({drawn}), unnest(range(1 + (luck > {1 - dirt / 10})::integer)) as twice(copy)"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--until", type=date.fromisoformat, default=UNTIL)
    parser.add_argument("--since", type=date.fromisoformat)
    parser.add_argument("--dirt", type=float, default=0)
    parser.add_argument("--parquet", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    given = vars(parser.parse_args())
    write_world(given.pop("folder"), given.pop("leads"), **given)


if __name__ == "__main__":
    main()
