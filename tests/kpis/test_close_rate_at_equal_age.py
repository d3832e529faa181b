"""Close rate at equal age: the curve of won leads by age, for each channel and for outbound minus inbound."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "close_rate_at_equal_age"
AS_OF = date(2026, 12, 31)
GRID = [7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540]
Z95, Z99 = 1.959963984540054, 2.5758293035489004


def loglog(share, se, z=Z95):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def plain(share, n, z=Z95):
    """The interval where nobody is censored: p(1 - p)/n."""
    return loglog(share, sqrt(share * (1 - share) / n), z)


def days_before(days):
    return AS_OF - timedelta(days=days)


def closes(world, leads, created, day, how="won"):
    for lead in leads:
        getattr(world, how)(lead, created + timedelta(days=day))


def curve(rows, channel):
    return {row["age_days"]: row for row in rows if row["channel"] == channel}


@pytest.fixture(scope="module")
def crossing():
    """200 leads each. Inbound: 20 won on day 10, 20 on day 100, 60 lost on day 50. Outbound: 70 lost on
    day 20, 60 won on day 200."""
    created = date(2025, 1, 1)
    world = Story(AS_OF)
    inbound, outbound = world.leads(200, "inbound", created), world.leads(200, "outbound", created)
    closes(world, inbound[:20], created, 10)
    closes(world, inbound[20:40], created, 100)
    closes(world, inbound[40:100], created, 50, "lost")
    closes(world, outbound[:70], created, 20, "lost")
    closes(world, outbound[70:130], created, 200)
    return world.run(KPI).rows.to_dicts()


def test_the_curve_has_a_point_where_leads_are_won_and_where_the_reader_may_judge(crossing):
    assert list(curve(crossing, "inbound")) == sorted({0, 10, 100, *GRID})
    assert list(curve(crossing, "outbound")) == sorted({0, 200, *GRID})
    assert list(curve(crossing, "difference")) == GRID


def test_won_lost_and_open_at_each_age(crossing):
    # inbound: .10 won from day 10, .20 from day 100; .30 lost from day 50. outbound: .35 lost from day 20,
    # .30 won from day 200. Nobody is censored, so every share is a plain one of 200.
    expected = {
        ("inbound", 7): (0, 0.0, 0.0),
        ("inbound", 10): (20, 0.10, 0.0),
        ("inbound", 60): (20, 0.10, 0.30),
        ("inbound", 100): (40, 0.20, 0.30),
        ("inbound", 540): (40, 0.20, 0.30),
        ("outbound", 14): (0, 0.0, 0.0),
        ("outbound", 30): (0, 0.0, 0.35),
        ("outbound", 200): (60, 0.30, 0.35),
        ("outbound", 540): (60, 0.30, 0.35),
    }
    for (channel, age), (won, share, lost) in expected.items():
        row = curve(crossing, channel)[age]
        assert (row["slice"], row["numerator"], row["denominator"], row["n_old_enough"]) == (
            "all",
            won,
            200,
            200,
        )
        found = [row["estimate"], row["lost_share"], row["open_share"]]
        assert found == pytest.approx([share, lost, 1 - share - lost], abs=1e-12)
        if share:
            assert [row["low"], row["high"]] == pytest.approx(plain(share, 200), abs=1e-12)
            assert [row["low_99"], row["high_99"]] == pytest.approx(plain(share, 200, Z99), abs=1e-12)
        else:
            # Wilson with no events: 0 to z^2/(n + z^2)
            assert [row["low"], row["low_99"]] == [0.0, 0.0]
            wilson = [z**2 / (200 + z**2) for z in (Z95, Z99)]
            assert [row["high"], row["high_99"]] == pytest.approx(wilson, abs=1e-12)
        if share + lost:
            still = plain(1 - share - lost, 200)
            assert [row["open_low"], row["open_high"]] == pytest.approx(still, abs=1e-12)
        assert (row["status"], row["judge_on"]) == ("ok", date(2025, 1, 1) + timedelta(days=age))


def test_the_difference_is_outbound_minus_inbound_with_mover_limits(crossing):
    gaps = curve(crossing, "difference")
    wilson = Z95**2 / (200 + Z95**2)
    in_low, in_high = plain(0.10, 200)
    # day 30: 0 - .10; L = D - sqrt((F_out - l_out)^2 + (u_in - F_in)^2), U = D + sqrt((u_out - F_out)^2 +
    # ...)
    row = gaps[30]
    assert row["estimate"] == pytest.approx(-0.10, abs=1e-12)
    assert row["low"] == pytest.approx(-0.10 - (in_high - 0.10), abs=1e-12)
    assert row["high"] == pytest.approx(-0.10 + sqrt(wilson**2 + (0.10 - in_low) ** 2), abs=1e-12)
    # day 540: .30 - .20
    for low, high, z in (("low", "high", Z95), ("low_99", "high_99", Z99)):
        (in_low, in_high), (out_low, out_high) = plain(0.20, 200, z), plain(0.30, 200, z)
        expected = [
            0.10 - sqrt((0.30 - out_low) ** 2 + (in_high - 0.20) ** 2),
            0.10 + sqrt((out_high - 0.30) ** 2 + (0.20 - in_low) ** 2),
        ]
        assert [gaps[540][low], gaps[540][high]] == pytest.approx(expected, abs=1e-12)
    assert gaps[540]["estimate"] == pytest.approx(0.10, abs=1e-12)
    assert [gaps[540][name] for name in ("numerator", "denominator", "lost_share", "open_share")] == [
        None
    ] * 4
    assert (gaps[540]["n_old_enough"], gaps[540]["status"]) == (200, "ok")


def test_curves_that_cross_say_from_which_age_the_sign_is_kept(crossing):
    # inbound is ahead through day 199, outbound from day 200 on
    assert {row["sign_kept_from"] for row in curve(crossing, "difference").values()} == {200}
    assert {row["sign_kept_from"] for row in curve(crossing, "inbound").values()} == {None}


def test_curves_that_do_not_cross_have_no_such_age(story):
    created = date(2025, 1, 1)
    world = story(AS_OF)
    closes(world, world.leads(100, "inbound", created)[:10], created, 30)
    closes(world, world.leads(100, "outbound", created)[:30], created, 20)
    gaps = curve(world.run(KPI).rows.to_dicts(), "difference")
    assert gaps[540]["estimate"] == pytest.approx(0.20, abs=1e-12)
    assert {row["sign_kept_from"] for row in gaps.values()} == {None}


def test_curves_that_are_equal_throughout_have_no_such_age(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2025-01-01")
    world.leads(100, "outbound", "2025-01-01")
    gaps = curve(world.run(KPI).rows.to_dicts(), "difference")
    assert {row["sign_kept_from"] for row in gaps.values()} == {None}


def test_the_young_channel_is_not_worse_for_being_young(story):
    # Both win 30 of 100 on day 100. Half of the outbound leads are 50 days old: won to date says 15 % for
    # them.
    world = story(AS_OF)
    for channel, created in (("inbound", date(2025, 1, 1)), ("outbound", date(2025, 1, 1))):
        closes(world, world.leads(100, channel, created)[:30], created, 100)
    world.leads(100, "outbound", days_before(50))
    rows = world.run(KPI).rows.to_dicts()
    assert curve(rows, "outbound")[100]["numerator"] / curve(rows, "outbound")[100]["denominator"] == 0.15
    gap = curve(rows, "difference")[120]
    assert gap["estimate"] == pytest.approx(0.0, abs=1e-12)
    assert [gap["low"], gap["high"]] == pytest.approx([-gap["high"], gap["high"]], abs=1e-12)


def test_losses_compete_with_winning(story):
    created = date(2025, 1, 1)
    world = story(AS_OF)
    leads = world.leads(100, "inbound", created)
    closes(world, leads[:50], created, 10, "lost")
    closes(world, leads[50:75], created, 40)
    rows = curve(world.run(KPI).rows.to_dicts(), "inbound")
    # 25 of 100; 1 - Kaplan-Meier with the lost censored would say 25 of the 50 who were left
    assert rows[45]["estimate"] == pytest.approx(0.25, abs=1e-12)


def test_a_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    world.leads(50, "inbound", days_before(60))
    young = world.leads(50, "inbound", days_before(20))
    world.won(young[0], AS_OF)
    tomorrow = AS_OF + timedelta(days=1)  # day 21: nobody can know yet
    world.opportunity(young[1], days_before(5), "won", tomorrow, 1000)
    world.opportunity(young[2], tomorrow, "won", tomorrow, 1000)
    rows = curve(world.run(KPI).rows.to_dicts(), "inbound")
    # an age that nobody has reached is there up to the horizon, and says nothing but that it is too early
    assert list(rows) == [0, 7, 14, 20, 30, 45, 60, 90, 120, 180, 270, 365, 540]
    unreached = [rows[age] for age in (90, 120, 180, 270, 365, 540)]
    assert {(row["estimate"], row["low"], row["high"], row["n_old_enough"]) for row in unreached} == {
        (None, None, None, 0)
    }
    assert {row["status"] for row in unreached} == {"too_early"}
    for age in (20, 30, 60):
        assert (rows[age]["numerator"], rows[age]["estimate"]) == (1, pytest.approx(0.01, abs=1e-12))


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-05")
    assert world.run(KPI, to_on="2026-01-04").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_one_channel_alone_has_no_difference(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-05")
    world.leads(100, "other", "2026-01-05")
    assert set(world.run(KPI).rows["channel"]) == {"inbound", "other"}


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 40 leads of which 4, 8, 12 and 16 are won on day 50."""
    world = Story(AS_OF)
    groups = (
        (4, "inbound", date(2025, 1, 6), {"source": "web", "segment": "smb"}),
        (8, "inbound", date(2025, 1, 20), {"source": "webinar", "segment": "ent"}),
        (12, "outbound", date(2025, 2, 3), {"source": "sdr", "segment": "smb"}),
        (16, "outbound", date(2025, 2, 17), {"source": "list", "segment": "ent"}),
    )
    for won, channel, created, values in groups:
        closes(world, world.leads(40, channel, created, **values)[:won], created, 50)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": 28 / 80}),
        ({"sources": ("web", "list")}, {"inbound": 4 / 40, "outbound": 16 / 40, "difference": 12 / 40}),
        ({"segments": ("smb",)}, {"inbound": 4 / 40, "outbound": 12 / 40, "difference": 8 / 40}),
        (
            {"from_on": "2025-01-20", "to_on": "2025-02-03"},
            {"inbound": 8 / 40, "outbound": 12 / 40, "difference": 4 / 40},
        ),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["age_days"] == 540]
    assert {row["channel"]: row["estimate"] for row in rows} == pytest.approx(expected, abs=1e-12)


def test_each_slice_has_its_own_curves_and_difference(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="segment").rows.to_dicts() if row["age_days"] == 60]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", pytest.approx(0.2, abs=1e-12)),
        ("ent", "outbound", pytest.approx(0.4, abs=1e-12)),
        ("ent", "difference", pytest.approx(0.2, abs=1e-12)),
        ("smb", "inbound", pytest.approx(0.1, abs=1e-12)),
        ("smb", "outbound", pytest.approx(0.3, abs=1e-12)),
        ("smb", "difference", pytest.approx(0.2, abs=1e-12)),
    ]


def test_the_gate_is_per_age_and_the_difference_takes_the_weaker_channel(story):
    # outbound: `old` leads of exactly 90 days and ten of 89; inbound is old enough throughout
    world = story(AS_OF)
    cases = {
        29: ("too_early", "too_early"),
        30: ("provisional", "provisional"),
        99: ("provisional", "provisional"),
        100: ("ok", "ok"),
    }
    for old in cases:
        world.leads(120, "inbound", days_before(300), source=f"{old} old")
        world.leads(old, "outbound", days_before(90), source=f"{old} old")
        world.leads(10, "outbound", days_before(89), source=f"{old} old")
    rows = [row for row in world.run(KPI, slice_by="source").rows.to_dicts() if row["age_days"] == 90]
    found = {(row["slice"], row["channel"]): row for row in rows}
    for old, (outbound, difference) in cases.items():
        row = found[f"{old} old", "outbound"]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + 10, outbound)
        assert row["estimate"] == (0.0 if old >= 30 else None)
        gap = found[f"{old} old", "difference"]
        assert (gap["n_old_enough"], gap["status"]) == (old, difference)
        assert gap["estimate"] == (0.0 if old >= 30 else None)
        assert found[f"{old} old", "inbound"]["status"] == "ok"


def test_a_channel_too_small_for_any_verdict_says_too_few_and_so_does_the_difference(story):
    world = story(AS_OF)
    world.leads(120, "inbound", days_before(300))
    world.leads(29, "outbound", days_before(300))
    rows = world.run(KPI).rows.to_dicts()
    assert curve(rows, "outbound")[90]["status"] == curve(rows, "difference")[90]["status"] == "too_few"
    assert curve(rows, "difference")[90]["estimate"] is None


def test_leads_created_on_as_of_change_the_denominator_only(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    closes(world, world.leads(100, "inbound", created)[:40], created, 30)
    before = curve(world.run(KPI).rows.to_dicts(), "inbound")
    closes(world, world.leads(50, "inbound", AS_OF), AS_OF, 0)
    after = curve(world.run(KPI).rows.to_dicts(), "inbound")
    assert after.keys() == before.keys()
    for age in after:
        assert after[age] == before[age] | {"denominator": 150}


def test_another_horizon_adds_its_own_point(crossing, story):
    created = date(2025, 1, 1)
    world = story(AS_OF)
    closes(world, world.leads(100, "inbound", created)[:40], created, 30)
    rows = curve(world.run(KPI, horizon=33).rows.to_dicts(), "inbound")
    assert (rows[33]["numerator"], 33 in curve(crossing, "inbound")) == (40, False)


@pytest.mark.parametrize("column", ["outcome", "closed_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    rows = result.rows.select(
        "channel", "status", "numerator", "estimate", "age_days", "sign_kept_from"
    ).rows()
    assert rows == [
        ("inbound", "not_available", None, None, None, None),
        ("outbound", "not_available", None, None, None, None),
    ]
