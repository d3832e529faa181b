"""From which age on one curve stays above the other, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leadquality.statistics import Members, crossover

OPEN, WON, LOST = 0, 1, 2


def members(units):
    """Units as (is_outbound, account or -1, exit age, ending), each a cell of its own."""
    outbound, account, exits, ending = map(np.array, zip(*units, strict=True))
    one = np.ones(len(units), dtype=int)
    return Members(outbound, account, one, one, -one, exits, ending)


def early_and_late(inbound=(30, 5), outbound=(60, 30), n=100, account=-1):
    """n units a channel, of which so many are won at that age; the others stay open to day 60."""
    return [
        (is_outbound, account, age if place < won else 60, WON if place < won else OPEN)
        for is_outbound, (won, age) in ((False, inbound), (True, outbound))
        for place in range(n)
    ]


def by_hand(units, last_age):
    """First day from which on outbound minus inbound keeps its last sign, by the plain definition, or None."""
    gap = []
    for day in range(last_age + 1):
        shares = []
        for channel in (True, False):
            level, share = 1.0, 0.0
            own = [unit for unit in units if bool(unit[0]) == channel]
            for age in range(day + 1):
                at_risk = sum(unit[2] >= age for unit in own)
                here = [unit for unit in own if unit[2] == age and unit[3] != OPEN]
                if at_risk:
                    share += level * sum(unit[3] == WON for unit in here) / at_risk
                    level *= 1 - len(here) / at_risk
            shares.append(share)
        gap.append(round(shares[0] - shares[1], 12))
    other = [day for day, value in enumerate(gap) if np.sign(value) == -np.sign(gap[-1]) != 0]
    return other[-1] + 1 if other else None


def test_inbound_early_and_outbound_late_cross_on_the_day_outbound_passes():
    found = crossover(members(early_and_late()), 60)
    # 30 of 100 on day 5 against 60 of 100 on day 30: no resample turns that round
    assert (found.age, found.low, found.high, found.resamples) == (30, 30, 30, 2000)


def test_curves_that_keep_their_order_have_no_crossover():
    assert crossover(members(early_and_late(outbound=(10, 30))), 60) is None
    assert crossover(members(early_and_late(inbound=(0, 5))), 60) is None


def test_a_lead_that_may_never_come_has_no_upper_limit():
    # 30 against 34 of 100: in more than one resample of forty outbound does not pass at all
    found = crossover(members(early_and_late(outbound=(34, 30))), 60)
    assert (found.age, found.low, found.high) == (30, 30, None)


def test_the_same_units_and_seed_give_the_same_limits_and_another_seed_nearly():
    units = members(drawn(0))
    assert crossover(units, 80) == crossover(units, 80)
    other = crossover(units, 80, seed=1)
    assert abs(other.low - crossover(units, 80).low) <= 2


def drawn(seed, n=400):
    """Inbound wins soon and seldom, outbound late and often, with losses and open units."""
    draw = np.random.default_rng(seed)
    units = []
    for is_outbound, chance, median in ((False, 0.3, 8), (True, 0.5, 30)):
        for _ in range(n):
            won = draw.random() < chance
            age, followed = int(median * draw.lognormal(0, 0.5)), int(draw.integers(40, 120))
            units.append(
                (is_outbound, -1, min(age, followed), (WON if won else LOST) if age <= followed else OPEN)
            )
    return units


@pytest.mark.parametrize("seed", range(3))
def test_the_age_is_the_one_of_the_definition(seed):
    units = drawn(seed)
    assert crossover(members(units), 80, resamples=1).age == by_hand(units, 80)


def test_limits_are_those_of_resampling_whole_accounts():
    # the same bootstrap the slow way: accounts drawn with replacement, the definition applied to every draw
    units = [(*unit[:1], place % 50, *unit[2:]) for place, unit in enumerate(drawn(5, n=100))]
    draw, ages = np.random.default_rng(3), []
    by_account = [[unit for unit in units if unit[1] == account] for account in range(50)]
    for _ in range(80):
        chosen = draw.integers(0, 50, 50)
        ages.append(by_hand([unit for account in chosen for unit in by_account[account]], 60) or np.inf)
    low, high = np.quantile(ages, [0.025, 0.975], method="inverted_cdf")
    found = crossover(members(units), 60)
    assert abs(found.low - low) <= 3
    assert abs(found.high - high) <= 4


def test_copies_in_one_account_change_neither_the_age_nor_its_limits():
    units = [(*unit[:1], place, *unit[2:]) for place, unit in enumerate(drawn(7, n=200))]
    once = members(units)
    assert crossover(once, 80) == crossover(replace(once, count=np.full(len(units), 3)), 80)


def test_units_alike_in_one_cell_are_as_good_as_one_cell_each():
    # 60 of 100 open ones and so on: the four cells of the first test
    cells = Members(
        is_outbound=[False, False, True, True],
        account=[-1] * 4,
        alike=[30, 70, 34, 66],
        count=[1] * 4,
        entry=[-1] * 4,
        exit=[5, 60, 30, 60],
        ending=[WON, OPEN, WON, OPEN],
    )
    assert crossover(cells, 60) == crossover(members(early_and_late(outbound=(34, 30))), 60)


def test_delayed_entry_is_not_at_risk_before():
    # 50 more inbound units enter after the wins of day 5: 30 of 100 stay 30 of 100
    units = members(early_and_late())
    late = {name: np.append(getattr(units, name), [value] * 50) for name, value in
            {"is_outbound": False, "account": -1, "alike": 1, "count": 1, "entry": 40, "exit": 60, "ending": OPEN}.items()}  # fmt: skip
    assert crossover(Members(**late), 60).age == 30
