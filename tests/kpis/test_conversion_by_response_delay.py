"""Conversion by response delay: qualified within 30 days after the end of the band, at an equal mix."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import log

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.statistics.limits import standardised
from tests.story import Story

KPI = "conversion_by_response_delay"
AS_OF = date(2026, 12, 31)
MONDAY = datetime(2026, 6, 1, 10, 0)
BANDS = {
    "delay_1_under_5_minutes": 1,
    "delay_2_5_to_60_minutes": 30,
    "delay_3_1_to_24_hours": 600,
    "delay_4_over_24_hours": 3000,
    "delay_5_never": None,
}
FAST, HOUR, DAY, LATE, NEVER = BANDS


def arrived(world, band, count, qualified=0, at=MONDAY, after=14, channel="inbound", **values):
    """Leads answered within a band, of which the first ones are qualified `after` days; band may be minutes."""
    minutes = BANDS.get(band, band)
    for place in range(count):
        sql_on = at.date() + timedelta(days=after) if place < qualified else None
        lead = world.lead(channel, at.date(), created_at=at, sql_on=sql_on, **values)
        if minutes is not None:
            started = at + timedelta(minutes=minutes)
            world.call(lead, started.date(), started_at=started, direction="outbound")


def band(world, measure, channel="inbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def test_one_cell_is_its_plain_share(story):
    world = story(AS_OF)
    counts = {FAST: (50, 20), HOUR: (40, 12), DAY: (40, 10), LATE: (30, 6), NEVER: (30, 3)}
    for measure, (n, x) in counts.items():
        arrived(world, measure, n, x)
    # One source, segment and hour: the standardised share is x/n, within gamma limits; the crude one within Wilson's.
    scores = np.repeat(np.arange(1, 6), [n for n, _ in counts.values()])
    ends = np.concatenate([np.repeat([1, 0], [x, n - x]) for n, x in counts.values()])
    trend = np.corrcoef(scores, ends)[0, 1] * np.sqrt(len(ends) - 1)
    expected = []
    for measure, (n, x) in counts.items():
        low, high = (pytest.approx(limit, abs=1e-9) for limit in proportion_confint(x, n, method="wilson"))
        share = pytest.approx(x / n, abs=1e-12)
        _, *limits = standardised([x / n], [x / n * (1 - x / n) / n], [n], [1])
        expected.append(
            {"slice": "all", "channel": "inbound", "numerator": x, "denominator": n}
            | {
                "estimate": share,
                "low": pytest.approx(limits[0], abs=1e-9),
                "high": pytest.approx(limits[1], abs=1e-9),
                "n_old_enough": n,
                "status": "ok",
                "measure": measure,
            }
            | {"crude_share": share, "crude_low": low, "crude_high": high, "overlap_share": 1.0}
            | {"left_out_count": 0, "trend_z": pytest.approx(trend, abs=1e-9)}
        )
    assert trend < -2
    assert world.run(KPI).rows.to_dicts() == expected


def test_hot_leads_called_first_are_not_the_gain_of_speed(story):
    world = story(AS_OF)
    # hot and cold sources convert 6 and 2 in 10 at any delay; the hot are answered fast
    for source, share, fast, slow in (("hot", 0.6, 80, 20), ("cold", 0.2, 20, 80)):
        arrived(world, FAST, fast, round(share * fast), source=source)
        arrived(world, DAY, slow, round(share * slow), source=source)
    # crude: (48 + 4)/100 = .52 against (12 + 16)/100 = .28; at the common mix of half and half both are .4
    for measure, crude in ((FAST, 0.52), (DAY, 0.28)):
        row = band(world, measure)
        assert row["crude_share"] == pytest.approx(crude, abs=1e-12)
        assert row["estimate"] == pytest.approx(0.4, abs=1e-12)
        assert row["trend_z"] == pytest.approx(0, abs=1e-12)
    # FAST: 48 of 80 hot leads and 4 of 20 cold ones, at half and half
    _, low, high = standardised([0.6, 0.2], [0.24 / 80, 0.16 / 20], [80, 20], [100, 100])
    row = band(world, FAST)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)


def test_hours_and_segments_are_part_of_the_mix(story):
    world = story(AS_OF)
    night = datetime(2026, 6, 1, 22, 0)
    for share, at, segment in ((0.5, MONDAY, "smb"), (0.1, night, "smb"), (0.9, MONDAY, "ent")):
        for measure, n in ((FAST, 40 if at is MONDAY else 10), (DAY, 10 if at is MONDAY else 40)):
            arrived(world, measure, n, round(share * n), at, segment=segment)
    # each of the three cells holds 50 leads of both bands: the common mix is a third each, .5 in both bands
    assert [band(world, measure)["estimate"] for measure in (FAST, DAY)] == pytest.approx(
        [0.5, 0.5], abs=1e-12
    )
    assert band(world, FAST)["crude_share"] == pytest.approx((20 + 1 + 36) / 90, abs=1e-12)


def test_the_trend_is_mantels_within_cells(story):
    world, top, bottom = story(AS_OF), 0.0, 0.0
    for source, counts in {"a": [(40, 30), (30, 15), (20, 4)], "b": [(15, 8), (30, 6), (45, 9)]}.items():
        for measure, (n, x) in zip((FAST, HOUR, DAY), counts, strict=True):
            arrived(world, measure, n, x, source=source)
        scores = np.repeat([1, 2, 3], [n for n, _ in counts])
        ends = np.concatenate([np.repeat([1, 0], [x, n - x]) for n, x in counts])
        size = len(ends)
        # permutation mean and variance of the sum of scores of the qualified
        top += (scores * ends).sum() - scores.mean() * ends.sum()
        bottom += size**2 / (size - 1) * scores.var() * ends.var()
    assert band(world, FAST)["trend_z"] == pytest.approx(top / np.sqrt(bottom), abs=1e-9)


def test_a_lead_qualified_before_the_end_of_its_band_could_not_wait_longer(story):
    # immortal time: qualified on day 2, so it can belong to "over 24 hours" only by luck
    world = story(AS_OF)
    arrived(world, LATE, 40, 10, after=8)
    arrived(world, LATE, 20, 20, after=2)
    arrived(world, NEVER, 40, 0)
    arrived(world, NEVER, 15, 0, disqualified=date(2026, 6, 5))
    row = band(world, LATE)
    assert (row["numerator"], row["denominator"], row["left_out_count"]) == (10, 40, 20)
    row = band(world, NEVER)
    assert (row["numerator"], row["denominator"], row["left_out_count"]) == (0, 40, 15)


@pytest.mark.parametrize(("measure", "landmark"), [(FAST, 0), (HOUR, 0), (DAY, 1), (LATE, 7), (NEVER, 7)])
def test_thirty_days_are_counted_from_the_landmark(story, measure, landmark):
    world = story(AS_OF)
    arrived(world, measure, 30, 4, after=landmark)
    arrived(world, measure, 30, 3, after=landmark + 30)
    arrived(world, measure, 30, 2, after=landmark + 31)
    assert (band(world, measure)["numerator"], band(world, measure)["denominator"]) == (7, 90)


@pytest.mark.parametrize(
    ("minutes", "measure"),
    [
        (0, FAST),
        (4, FAST),
        (5, HOUR),
        (59, HOUR),
        (60, DAY),
        (1439, DAY),
        (1440, LATE),
        (10080, LATE),
        (10081, NEVER),
    ],
)
def test_the_edges_of_the_bands(story, minutes, measure):
    world = story(AS_OF)
    arrived(world, minutes, 30)
    assert [row["measure"] for row in world.run(KPI).rows.to_dicts()] == [measure]


def test_a_lead_answered_before_it_was_created_is_in_no_band(story):
    world = story(AS_OF)
    arrived(world, -3, 30)
    assert world.run(KPI).rows.is_empty()


@pytest.mark.parametrize(("measure", "days"), [(FAST, 31), (HOUR, 31), (DAY, 31), (LATE, 37), (NEVER, 37)])
def test_only_leads_followed_for_thirty_days_after_their_band_count(story, measure, days):
    world = story(AS_OF)
    for age, count in ((days, 30), (days - 1, 50)):
        arrived(world, measure, count, 5, datetime(2026, 12, 31, 10) - timedelta(days=age), after=10)
    row = band(world, measure)
    assert (row["denominator"], row["n_old_enough"], row["numerator"]) == (30, 30, 5)


def test_cells_without_every_band_are_left_out_and_the_overlap_is_said(story):
    world = story(AS_OF)
    arrived(world, FAST, 30, 12, source="both")
    arrived(world, DAY, 30, 6, source="both")
    arrived(world, FAST, 60, 60, source="fast only")
    arrived(world, DAY, 9, 9, source="fast only")
    row = band(world, FAST)
    assert (row["estimate"], row["crude_share"]) == pytest.approx((0.4, 72 / 90), abs=1e-12)
    assert row["overlap_share"] == pytest.approx(30 / 90, abs=1e-12)
    assert band(world, DAY)["overlap_share"] == pytest.approx(30 / 39, abs=1e-12)


def test_without_any_common_cell_nothing_is_standardised(story):
    world = story(AS_OF)
    arrived(world, FAST, 40, 12, source="a")
    arrived(world, DAY, 40, 6, source="b")
    for measure, crude in ((FAST, 0.3), (DAY, 0.15)):
        row = band(world, measure)
        assert (row["status"], row["estimate"], row["low"], row["overlap_share"]) == (
            "not_available",
            None,
            None,
            0,
        )
        assert row["crude_share"] == pytest.approx(crude, abs=1e-12)


@pytest.mark.parametrize(("count", "status"), [(29, "too_few"), (30, "ok")])
def test_a_band_needs_thirty_leads(story, count, status):
    world = story(AS_OF)
    arrived(world, FAST, 60, 30)
    arrived(world, NEVER, count, 3)
    row = band(world, NEVER)
    assert (row["status"], row["n_old_enough"]) == (status, count)
    shown = [row[name] is not None for name in ("estimate", "low", "high", "crude_share", "trend_z")]
    assert shown == [count == 30] * 5
    # a band that is too small takes nothing from the others
    assert (band(world, FAST)["status"], band(world, FAST)["estimate"]) == ("ok", 0.5)


def test_nobody_and_everybody_qualified_have_limits_too(story):
    world = story(AS_OF)
    arrived(world, FAST, 40, 40)
    arrived(world, NEVER, 40, 0)
    # 40 of 40: the chance falls to 2.5 % where 40 times the rest is -ln .025, and so with 0 of 40
    limit = -log(0.025) / 40
    assert (band(world, FAST)["estimate"], band(world, FAST)["high"]) == (1.0, 1.0)
    assert band(world, FAST)["low"] == pytest.approx(1 - limit, abs=1e-9)
    assert band(world, NEVER)["high"] == pytest.approx(limit, abs=1e-9)


def test_a_cell_in_which_nobody_qualified_widens_the_range(story):
    # 10 of 50 and 0 of 10, in equal parts of the mix: by share -+ z SE the second cell would count as never
    world = story(AS_OF)
    arrived(world, FAST, 50, 10, source="web")
    arrived(world, FAST, 10, 0, source="list")
    arrived(world, LATE, 10, 2, source="web")
    arrived(world, LATE, 50, 5, source="list")
    row = band(world, FAST)
    _, low, high = standardised([0.2, 0.0], [0.16 / 50, 0.0], [50, 10], [60, 60])
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.1, low, high], abs=1e-9)
    # one of ten more would make .05 more: the upper limit grants it, and lies above z standard errors of .2 in 50
    assert row["high"] - 0.1 > 2 * 1.96 * 0.5 * (0.16 / 50) ** 0.5


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    at = datetime(2026, 11, 20, 10)
    arrived(world, LATE, 40, 20, at, after=20)
    assert band(world, LATE)["numerator"] == 20
    # as of 27 December the lead of 20 November is 37 days old; those qualified on the 28th are not known yet
    world = story(AS_OF)
    arrived(world, LATE, 40, 20, at, after=37)
    assert band(world, LATE, as_of="2026-12-26") is None
    assert band(world, LATE, as_of="2026-12-27")["numerator"] == 20
    arrived(world, LATE, 40, 40, at, after=38)
    assert band(world, LATE, as_of="2026-12-27")["numerator"] == 20
    # on the day they arrive they are too young for any band
    assert world.run(KPI, as_of="2026-11-20").rows.height == 0


def test_filters_slices_and_windows():
    world = Story(AS_OF)
    for x, segment, channel in ((10, "smb", "inbound"), (20, "ent", "inbound"), (30, "ent", "outbound")):
        arrived(world, FAST, 40, x, channel=channel, segment=segment)
        arrived(world, DAY, 40, 0, channel=channel, segment=segment)
    rows = world.run(KPI, slice_by="segment").rows.filter(measure=FAST)
    assert rows.select("slice", "channel", "numerator").rows() == [
        ("ent", "inbound", 20),
        ("ent", "outbound", 30),
        ("smb", "inbound", 10),
    ]
    assert band(world, FAST, segments=("ent",))["numerator"] == 20
    assert world.run(KPI, from_on="2026-06-08", to_on="2026-06-14").rows.height == 0
    assert world.run(KPI, channels=("other",)).rows.height == 0
    assert Story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(
    "need",
    [
        "leads.created_at",
        "leads.sql_at",
        "leads.source",
        "leads.segment",
        "calls.started_at",
        "calls.direction",
    ],
)
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    arrived(world, FAST, 100, 50)
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
