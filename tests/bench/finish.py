"""From counts to figures, for every competitor alike: curves, limits and ratios over a few thousand numbers, with numpy.

An engine counts and sums; this takes a few milliseconds. Written from the definitions (docs/adr, headers of the KPIs), not from the
product's SQL, for what the generated world holds: leads that are followed from their first day, one currency, no unknown channel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tests.bench.questions import AGES, HORIZONS, SLA_MINUTES, Cut

Line = dict[str, Any]
Floats = NDArray[np.float64]
CHANNELS: Final = ("inbound", "outbound")
EPOCH: Final = date(1970, 1, 1)
Z95: Final = 1.959963984540054
Z99: Final = 2.5758293035489004
OPEN, REACHED, ENDED = 0, 1, 2
SHOWN: Final = 30
CLOSE_AGES: Final = tuple(sorted({*AGES, *HORIZONS["close_rate_at_equal_age"]}))


@dataclass(frozen=True)
class Cells:
    """Units of one journey, counted: how long they were followed, how that ended (0 open, 1 reached, 2 ended), and amounts."""

    group: Sequence[str]
    age: NDArray[np.int64]
    ending: NDArray[np.int64]
    count: NDArray[np.int64]
    amount: Floats
    square: Floats

    def of(self, group: str) -> Cells:
        mask = np.asarray(self.group) == group
        return Cells(
            [group] * int(mask.sum()),
            self.age[mask],
            self.ending[mask],
            self.count[mask],
            self.amount[mask],
            self.square[mask],
        )


@dataclass(frozen=True)
class Squares:
    """Squares of influences summed by account, at each age: of both channels, and their products; how many accounts each has."""

    own: dict[str, Floats]
    product: Floats
    accounts: dict[str, int]


Cohort = dict[str, dict[date, int]]
"""Leads by group and day of creation."""


class Engine(Protocol):
    """What a competitor counts. `begin` prepares the leads of a cut with the events named; the others count over them."""

    def begin(self, cut: Cut, events: frozenset[str]) -> None: ...
    def cohort(self, by_source: bool) -> Cohort: ...
    def cells(self, journey: str, longest: int | None, by_source: bool) -> Cells: ...
    def squares(self, journey: str, longest: int | None, look: list[Line], ages: int) -> Squares: ...
    def weeks(self, stage: str, horizons: tuple[int, int]) -> list[Line]: ...
    def deals(self, cut: Cut) -> dict[str, dict[str, Floats]]: ...
    def dials(self, cut: Cut) -> list[Line]: ...
    def late(self, cut: Cut) -> list[Line]: ...
    def attempts(self, cut: Cut, horizons: tuple[int, int]) -> list[Line]: ...


class Curve:
    """Kaplan-Meier and Aalen-Johansen of the units of one group, with the influence of a unit."""

    def __init__(self, cells: Cells) -> None:
        at_risk = cells.age > -1
        age, ending, count = cells.age[at_risk], cells.ending[at_risk], cells.count[at_risk].astype(float)
        self.ages, place = np.unique(age, return_inverse=True)

        def total(mask: NDArray[np.bool_], weight: Floats = count) -> Floats:
            return np.bincount(place[mask], weight[mask], len(self.ages))

        every = np.ones(len(age), bool)
        self.reached, self.resolved = total(ending == REACHED), total(ending != OPEN)
        gone = total(every)
        self.amount = total(ending == REACHED, cells.amount[at_risk])
        self.units = float(count.sum())
        self.risk = self.units - np.concatenate(([0.0], np.cumsum(gone)[:-1]))
        self.left = self.risk - self.resolved
        self.open = np.cumprod(1 - self.resolved / self.risk)
        self.before = np.concatenate(([1.0], self.open[:-1]))
        self.share = np.cumsum(self.before * self.reached / self.risk)
        self.ended = np.cumsum(self.before * (self.resolved - self.reached) / self.risk)
        self.hazard = np.divide(
            self.resolved, self.risk * self.left, out=np.zeros(len(self.ages)), where=self.left > 0
        )
        self.hazards = np.cumsum(self.hazard)
        self.weighted = np.cumsum(self.hazard * self.share)
        self.pull = self.before * self.reached / self.risk**2
        self.pulls = np.cumsum(self.pull)
        self.influence = self.share * self.hazards - self.pulls - self.weighted

    def at(self, age: int) -> int:
        """The place of the last step up to an age; -1 where there is none."""
        return int(np.searchsorted(self.ages, age, side="right")) - 1

    def greenwood(self) -> tuple[Floats, Floats]:
        """Standard errors of the share that reached and of the share that is open, units taken as unrelated."""
        jump = np.cumsum(self.before**2 * self.reached * (self.risk - self.reached) / self.risk**3)
        variance = (
            self.share**2 * self.hazards
            - 2 * self.share * self.weighted
            + np.cumsum(self.hazard * self.share**2)
            + jump
            - 2 * (self.share * self.pulls - np.cumsum(self.pull * self.share))
        )
        return np.sqrt(np.maximum(0, variance)), np.sqrt(self.open**2 * self.hazards)

    def influences(self, age: NDArray[np.int64], ending: NDArray[np.int64], asked: Iterable[int]) -> Floats:
        """What a unit adds to the share that reached, by how long it was followed and its ending; a column for each age asked."""
        at = np.searchsorted(self.ages, age)
        is_gone = ending != OPEN
        loss = np.divide(1, self.left, out=np.zeros(len(self.ages)), where=self.left > 0)
        base = (
            np.where(ending == REACHED, (self.before / self.risk)[at], 0)
            - self.pulls[at]
            - self.weighted[at]
            + np.where(is_gone, (self.share * loss)[at], 0)
        )
        slope = self.hazards[at] - np.where(is_gone, loss[at], 0)
        columns = []
        for each in asked:
            last = self.at(each)
            columns.append(
                np.where(age <= each, base + slope * self.share[last], self.influence[last])
                if last >= 0
                else np.zeros(len(age))
            )
        return np.column_stack(columns)


def wilson(x: float, n: float, z: float) -> tuple[float, float]:
    share = x / n
    middle, half = (
        share + z * z / (2 * n),
        z * math.sqrt(max(0, share * (1 - share)) / n + z * z / (4 * n * n)),
    )
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return (0.0 if x == 0 else max(0.0, low)), (1.0 if x == n else min(1.0, high))


def of_share(share: float, se: float, events: float, worth: float, z: float) -> tuple[float, float]:
    """log(-log) limits, or Wilson's where they do not exist or fewer than five events stand behind the share."""
    if events < 5 or not (0 < share < 1 and se > 0):
        return wilson(share * worth, worth, z)
    turn = z * se / (share * math.log(share))
    return share ** math.exp(-turn), share ** math.exp(turn)


def worth_of(share: float, variance: float | None, n: float, clusters: int) -> float | None:
    """How many unrelated units a clustered sample is worth."""
    if clusters < 2:
        return None
    if 0 < share < 1 and variance:
        return min(n, share * (1 - share) / variance)
    return float(clusters) if share in (0, 1) else n


def mover(
    first: float, first_limit: float, second: float, second_limit: float, correlation: float, side: int
) -> float:
    one, other = abs(first - first_limit), abs(second_limit - second)
    return (first - second) + side * math.sqrt(max(0, one**2 + other**2 - 2 * correlation * one * other))


def old_enough(cohort: dict[date, int], as_of: date, age: float, per_day: int = 1) -> int:
    return sum(count for day, count in cohort.items() if (as_of - day).days * per_day >= max(age, 1))


def incidence(
    engine: Engine, cut: Cut, journey: str, ages: Sequence[int], per_day: int = 1, longest: int | None = None
) -> tuple[dict[str, dict[int, Line]], list[float], dict[str, Curve]]:
    """The curve of a journey at some ages: lines by channel and age, the correlation of both channels at each age, the curves."""
    cells, cohort = engine.cells(journey, longest, False), engine.cohort(False)
    curves = {channel: Curve(cells.of(channel)) for channel in CHANNELS}
    look: list[Line] = []
    for channel, curve in curves.items():
        own = cells.of(channel)
        at_risk = own.age > -1
        age, ending = own.age[at_risk], own.ending[at_risk]
        for a, e, row in zip(age, ending, curve.influences(age, ending, ages), strict=True):
            look.append(
                {"channel": channel, "age": int(a), "ending": int(e)}
                | {f"d{j}": float(x) for j, x in enumerate(row)}
            )
    squares = engine.squares(journey, longest, look, len(ages))
    lines: dict[str, dict[int, Line]] = {}
    for channel, curve in curves.items():
        reached_se, open_se = curve.greenwood()
        clusters = squares.accounts[channel]
        if clusters < 30:
            raise SystemExit(f"{journey}: {clusters} accounts, which Student's t is for")
        for j, age in enumerate(ages):
            n = old_enough(cohort[channel], cut.as_of, age, per_day)
            last = curve.at(age)
            events = float(curve.reached[: last + 1].sum())
            share = float(curve.share[last]) if last >= 0 else 0.0
            line: Line = {
                "numerator": events,
                "denominator": sum(cohort[channel].values()),
                "n_old_enough": n,
                "open_share": float(curve.open[last]) if last >= 0 else 1.0,
                "open_se": float(open_se[last]) if last >= 0 else 0.0,
                "lost_share": float(curve.ended[last]) if last >= 0 else 0.0,
                "estimate": share,
            }
            if n >= SHOWN:
                variance = float(squares.own[channel][j]) * clusters / (clusters - 1)
                se, worth = float(reached_se[last]) if last >= 0 else 0.0, float(n)
                if clusters < curve.units and last >= 0:
                    se = max(se, math.sqrt(variance))
                    worth = min(n, worth_of(share, variance, n, clusters) or 1)
                line["low"], line["high"] = of_share(share, se, events, worth, Z95)
                line["low_99"], line["high_99"] = of_share(share, se, events, worth, Z99)
                if 0 < line["open_share"] < 1 and line["open_se"] > 0:
                    line["open_low"], line["open_high"] = of_share(
                        line["open_share"], line["open_se"], 5, n, Z95
                    )
            lines.setdefault(channel, {})[age] = line
    together = np.sqrt(squares.own["inbound"] * squares.own["outbound"])
    correlation = np.divide(squares.product, together, out=np.zeros(len(ages)), where=together > 0)
    return lines, correlation.tolist(), curves


def _close_rate(engine: Engine, cut: Cut) -> list[Line]:
    lines, correlation, _ = incidence(engine, cut, "won", CLOSE_AGES)
    found = [
        {"channel": channel, "key": age} | line for channel, of in lines.items() for age, line in of.items()
    ]
    for age, shared in zip(CLOSE_AGES, correlation, strict=True):
        one, other = lines["inbound"][age], lines["outbound"][age]
        if "low" not in one or "low" not in other:
            continue
        gap: Line = {"channel": "difference", "key": age, "estimate": other["estimate"] - one["estimate"]}
        for end in ("", "_99"):
            gap[f"low{end}"] = mover(
                other["estimate"], other[f"low{end}"], one["estimate"], one[f"high{end}"], shared, -1
            )
            gap[f"high{end}"] = mover(
                other["estimate"], other[f"high{end}"], one["estimate"], one[f"low{end}"], shared, 1
            )
        found.append(gap | {"n_old_enough": min(one["n_old_enough"], other["n_old_enough"])})
    return found


def _at_horizon(journey: str, kpi: str) -> Callable[[Engine, Cut], list[Line]]:
    def answer(engine: Engine, cut: Cut) -> list[Line]:
        own = dict(zip(CHANNELS, HORIZONS[kpi], strict=True))
        lines, _, _ = incidence(engine, cut, journey, sorted(set(own.values())))
        return [{"channel": channel, "key": None} | lines[channel][age] for channel, age in own.items()]

    return answer


def _response(engine: Engine, cut: Cut) -> list[Line]:
    lines, _, _ = incidence(engine, cut, "response", (SLA_MINUTES,), 1440, SLA_MINUTES + 1)
    hidden = ("numerator", "estimate", "low", "high")
    return [
        {"channel": channel, "key": None}
        | {
            name: None if channel == "outbound" and name in hidden else value
            for name, value in of[SLA_MINUTES].items()
        }
        for channel, of in lines.items()
    ]


def _first_meeting(engine: Engine, cut: Cut) -> list[Line]:
    """Without the limits of the quantiles, which need the clustered error at every age."""
    cells, cohort = engine.cells("meeting", None, False), engine.cohort(False)
    found = []
    for channel, horizon in zip(CHANNELS, HORIZONS["time_to_first_meeting"], strict=True):
        curve, own = Curve(cells.of(channel)), cells.of(channel)
        last = curve.at(horizon)
        n = old_enough(cohort[channel], cut.as_of, horizon)
        line: Line = {
            "channel": channel,
            "key": None,
            "numerator": float(curve.reached[: last + 1].sum()),
            "denominator": sum(cohort[channel].values()),
            "n_old_enough": n,
        }
        if n >= SHOWN:
            line["share_by_horizon"] = float(curve.share[last])
            line |= {
                name: _quantile(curve, cohort[channel], cut.as_of, q)
                for name, q in (("estimate", 0.5), ("quarter_days", 0.25))
            }
            if line["numerator"] >= 5:
                mean, se = _restricted(curve, own, horizon)
                line |= {
                    "days_met": mean,
                    "days_met_low": max(0, mean - Z95 * se),
                    "days_met_high": min(horizon, mean + Z95 * se),
                }
        found.append(line)
    return found


def _quantile(curve: Curve, cohort: dict[date, int], as_of: date, q: float) -> int | None:
    over = np.flatnonzero(curve.share >= q - 1e-12)
    age = int(curve.ages[over[0]]) if len(over) else None
    return age if age is not None and old_enough(cohort, as_of, age) >= SHOWN else None


def _restricted(curve: Curve, cells: Cells, tau: int) -> tuple[float, float]:
    """Mean time up to tau that a unit has already arrived, with the error of unrelated units."""
    upto = curve.at(tau) + 1
    ages, share = curve.ages[:upto], curve.share[:upto]
    width = np.diff(np.append(ages, tau))
    gained = np.cumsum((share * width)[::-1])[::-1] - (tau - ages) * share
    pulls, hazards = np.cumsum(curve.pull[:upto] * (tau - ages)), np.cumsum(curve.hazard[:upto] * gained)
    mine = cells.age > -1
    age, ending, count = cells.age[mine], cells.ending[mine], cells.count[mine]
    at = np.searchsorted(ages, np.minimum(age, tau), side="right") - 1
    inside, gone, seen = age <= tau, ending != OPEN, at >= 0
    jump, left = (curve.before / curve.risk)[at], curve.left[:upto][at]
    loss = np.divide(gained[at], left, out=np.zeros(len(at)), where=left > 0)
    influence = (
        np.where(inside & (ending == REACHED), jump * (tau - age), 0)
        - np.where(seen, pulls[at], 0)
        - np.where(inside & gone, loss, 0)
        + np.where(seen, hazards[at], 0)
    )
    return float((share * width).sum()), math.sqrt(float((count * influence**2).sum()))


def value(curve: Curve, cells: Cells, ages: Sequence[int]) -> list[tuple[float, float, float, float]]:
    """(mean amount, its error, arrivals, total amount) at some ages, units taken as unrelated."""
    mine = cells.age > -1
    age, ending, count = cells.age[mine], cells.ending[mine], cells.count[mine].astype(float)
    mean_amount = cells.amount[mine] / count
    spread = np.maximum(0, cells.square[mine] - cells.amount[mine] ** 2 / count)
    weight = curve.before / curve.risk
    mean = np.cumsum(weight * curve.amount)
    pull = np.cumsum(weight * curve.amount / curve.risk)
    hazard_value = np.cumsum(curve.hazard * mean)
    at = np.searchsorted(curve.ages, age)
    found = []
    for each in ages:
        last = curve.at(each)
        if last < 0:
            found.append((0.0, 0.0, 0.0, 0.0))
            continue
        inside, upto = age <= each, np.minimum(at, last)
        slope = np.where(inside & (ending == REACHED), weight[at], 0)
        loss = np.divide(
            mean[last] - mean[at], curve.left[at], out=np.zeros(len(at)), where=curve.left[at] > 0
        )
        own = (
            slope * mean_amount
            - pull[upto]
            - np.where(inside & (ending != OPEN), loss, 0)
            + mean[last] * curve.hazards[upto]
            - hazard_value[upto]
        )
        variance = float((slope**2 * spread + count * own**2).sum())
        found.append(
            (
                float(mean[last]),
                math.sqrt(variance),
                float(curve.reached[: last + 1].sum()),
                float(curve.amount[: last + 1].sum()),
            )
        )
    return found


def _valued(mean: float, se: float, events: float, total: float, n: int, least: int) -> Line:
    line: Line = {"win_count": events, "n_old_enough": n, "se": se}
    if n >= SHOWN and events >= least:
        line |= {"numerator": total, "estimate": mean, "low": mean - Z95 * se, "high": mean + Z95 * se}
        line |= {"low_99": mean - Z99 * se, "high_99": mean + Z99 * se}
    return line


def _revenue(engine: Engine, cut: Cut) -> list[Line]:
    cells, cohort = engine.cells("won", None, False), engine.cohort(False)
    lines: dict[str, list[Line]] = {}
    for channel in CHANNELS:
        own = cells.of(channel)
        for age, figures in zip(AGES, value(Curve(own), own, AGES), strict=True):
            line = _valued(*figures, old_enough(cohort[channel], cut.as_of, age), 10)
            line |= {"channel": channel, "key": age, "denominator": sum(cohort[channel].values())}
            lines.setdefault(channel, []).append(line)
    gaps = []
    for one, other in zip(lines["inbound"], lines["outbound"], strict=True):
        if "estimate" in one and "estimate" in other:
            gap, se = other["estimate"] - one["estimate"], math.hypot(one["se"], other["se"])
            limits = {
                "low": gap - Z95 * se,
                "high": gap + Z95 * se,
                "low_99": gap - Z99 * se,
                "high_99": gap + Z99 * se,
            }
            gaps.append({"channel": "difference", "key": one["key"], "estimate": gap} | limits)
    return [*lines["inbound"], *lines["outbound"], *gaps]


def _revenue_by_source(engine: Engine, cut: Cut) -> list[Line]:
    """Without what a source costs."""
    horizons = dict(zip(CHANNELS, HORIZONS["revenue_per_traffic_source"], strict=True))
    found = []
    deals = engine.deals(cut)
    for by_source in (True, False):
        cells, cohort = engine.cells("won", None, by_source), engine.cohort(by_source)
        for group, days in cohort.items():
            channel, _, source = group.partition("|")
            own, age = cells.of(group), horizons[channel]
            line = _valued(*value(Curve(own), own, (age,))[0], old_enough(days, cut.as_of, age), 5)
            sizes = deals[channel]["amount"]
            if by_source:
                sizes = sizes[deals[channel]["source"] == source]
            if "estimate" in line and len(sizes):
                line["largest_share"] = float(sizes.max() / sizes.sum())
            found.append(
                line | {"channel": channel, "key": source or "all sources", "denominator": sum(days.values())}
            )
    return found


def _deal_sizes(engine: Engine, cut: Cut) -> list[Line]:
    found = []
    for channel, of in engine.deals(cut).items():
        sizes = np.sort(of["amount"][of["amount"] > 0])
        n = len(sizes)
        line: Line = {"channel": channel, "key": None, "denominator": n}
        if n >= 20:
            q1, q3 = (float(q) for q in np.quantile(sizes, (0.25, 0.75)))
            half = 1.96 * math.sqrt(3 * n / 16)
            a, b = max(1, math.floor(n / 4 - half + 0.5)), min(n, math.floor(n / 4 + half + 0.5))
            se1 = (sizes[b - 1] - sizes[a - 1]) / (2 * Z95)
            se3 = (sizes[n - a] - sizes[n - b]) / (2 * Z95)
            low_pull, high_pull = 2 * q3 / (q3**2 - q1**2), 2 * q1 / (q3**2 - q1**2)
            se = math.sqrt(
                low_pull**2 * se1**2 + high_pull**2 * se3**2 - 2 * low_pull * high_pull * se1 * se3 / 3
            )
            spread = (q3 - q1) / (q3 + q1)
            log_sd = float(np.log(sizes).std(ddof=1))
            line |= {
                "estimate": spread,
                "low": spread * math.exp(-Z95 * se),
                "high": min(1.0, spread * math.exp(Z95 * se)),
                "first_quartile": q1,
                "third_quartile": q3,
                "log_sd": log_sd,
                "geometric_cv": math.sqrt(math.exp(log_sd**2) - 1),
            }
        if n >= 2:
            found.append(line)
    return found


def _contract_value(engine: Engine, cut: Cut) -> list[Line]:
    found = []
    for channel, of in engine.deals(cut).items():
        sizes = np.sort(of["amount"])
        n = len(sizes)
        line: Line = {"channel": channel, "key": None, "denominator": n}
        if n >= 20:
            q1, half, q3 = (float(q) for q in np.quantile(sizes, (0.25, 0.5, 0.75)))
            rank, total, largest = _rank(n, 0.5, 0.025), float(sizes.sum()), float(sizes[-1])
            line |= {
                "numerator": total,
                "estimate": half,
                "low": float(sizes[rank - 1]) if rank else None,
                "high": float(sizes[n - rank]) if rank else None,
                "mean_amount": total / n,
                "first_quartile": q1,
                "third_quartile": q3,
                "largest_amount": largest,
                "largest_share": largest / total,
                "mean_without_largest": (total - largest) / (n - 1),
            }
        found.append(line)
    return found


def _rank(n: int, share: float, tail: float) -> int:
    """The largest rank r with P(Binomial(n, share) < r) <= tail."""
    total, rank = 0.0, 0
    for successes in range(n + 1):
        ways = math.lgamma(n + 1) - math.lgamma(successes + 1) - math.lgamma(n - successes + 1)
        total += math.exp(ways + successes * math.log(share) + (n - successes) * math.log(1 - share))
        if total > tail:
            break
        rank = successes + 1
    return rank


def _too_early(engine: Engine, cut: Cut) -> list[Line]:
    found = []
    cohort = engine.cohort(False)
    for channel, horizon in zip(CHANNELS, HORIZONS["judged_too_early_share"], strict=True):
        days, n = cohort[channel], sum(cohort[channel].values())
        old = old_enough(days, cut.as_of, horizon)
        so_far, median = 0, None
        for day in sorted(days, reverse=True):
            so_far += days[day]
            if so_far >= n / 2:
                median = (cut.as_of - day).days
                break
        line: Line = {"numerator": n - old, "denominator": n, "estimate": (n - old) / n, "n_old_enough": old}
        found.append({"channel": channel, "key": None, "median_follow_up_days": median} | line)
    return found


def _clustered_share(line: Line, hits: str, units: str, clusters: str) -> Line:
    """A share of events in clusters of several, with Wilson limits on what the sample is worth."""
    share, n, groups = line[hits] / line[units], line[units], line[clusters]
    squares = line["hit_squares"] - 2 * share * line["products"] + share**2 * line["unit_squares"]
    worth = worth_of(share, squares * groups / ((groups - 1) * n**2), n, groups) or 1
    low, high = wilson(share * worth, worth, Z95)
    return {
        "numerator": line[hits],
        "denominator": n,
        "n_old_enough": n,
        "estimate": share,
        "low": low,
        "high": high,
    }


def _connect(engine: Engine, cut: Cut) -> list[Line]:
    return [
        {"channel": line["channel"], "key": None, "dials_per_lead": line["dials"] / line["lead_count"]}
        | {"lead_count": line["lead_count"], "unmapped_count": line["unmapped_count"]}
        | _clustered_share(line, "connects", "dials", "lead_count")
        for line in engine.dials(cut)
    ]


def _overchase(engine: Engine, cut: Cut) -> list[Line]:
    return [
        {"channel": line["channel"], "key": None}
        | {"late_lead_count": line["late_lead_count"], "account_count": line["account_count"]}
        | _clustered_share(line, "late", "dials", "account_count")
        for line in engine.late(cut)
    ]


def _call_ratio(engine: Engine, cut: Cut) -> list[Line]:
    found = []
    for line in engine.attempts(cut, HORIZONS["call_to_opportunity_ratio"]):
        wins, calls, groups, n = (
            line["opportunities"],
            line["own_calls"],
            line["accounts"],
            line["n_old_enough"],
        )
        own: Line = {
            "numerator": wins,
            "denominator": calls,
            "n_old_enough": n,
            "calls_both_ways": line["calls"],
        }
        if n >= SHOWN and wins >= 10 and calls >= 30:
            ratio = 100 * wins / calls
            squares = line["opportunity_squares"] / wins**2 - 2 * line["products"] / (wins * calls)
            se = math.sqrt(max(0, squares + line["call_squares"] / calls**2) * groups / (groups - 1))
            own |= {"estimate": ratio, "low": ratio * math.exp(-Z95 * se), "high": ratio * math.exp(Z95 * se)}
            own["per_hundred_calls_both_ways"] = 100 * wins / line["calls"]
        found.append({"channel": line["channel"], "key": None} | own)
    return found


def _weeks(stage: str, kpi: str, with_sum: bool = False) -> Callable[[Engine, Cut], list[Line]]:
    def answer(engine: Engine, cut: Cut) -> list[Line]:
        found = []
        horizons = dict(zip(CHANNELS, HORIZONS[kpi], strict=True))
        rows = engine.weeks(stage, HORIZONS[kpi])
        for channel, horizon in horizons.items():
            own = [row for row in rows if row["channel"] == channel]
            judged = [row for row in own if row["week"] + timedelta(days=6 + horizon) <= cut.as_of]
            leads, reached = sum(row["leads"] for row in judged), sum(row["reached"] for row in judged)
            for row in own:
                year, week, _ = row["week"].isocalendar()
                mature = row in judged
                line: Line = {"channel": channel, "key": f"{year}-W{week:02}", "denominator": row["leads"]}
                line["n_old_enough"] = row["old"]
                if mature:
                    line["numerator"] = row["reached"]
                if mature and row["leads"] >= 10:
                    line["estimate"] = row["reached"] / row["leads"]
                    line["low"], line["high"] = wilson(row["reached"], row["leads"], Z95)
                others, met = leads - row["leads"] * mature, reached - row["reached"] * mature
                if mature and len(judged) > 6 and others >= 30 and 0 < met < others:
                    center = met / others
                    line["center"], half = center, 3 * math.sqrt(center * (1 - center) / row["leads"])
                    line |= {"lower_limit": max(0.0, center - half), "upper_limit": min(1.0, center + half)}
                found.append(line)
            if with_sum and leads >= 10:
                low, high = wilson(reached, leads, Z95)
                line = {
                    "channel": channel,
                    "key": "all mature weeks",
                    "numerator": reached,
                    "denominator": leads,
                }
                found.append(
                    line | {"n_old_enough": leads, "estimate": reached / leads, "low": low, "high": high}
                )
        return found

    return answer


ANSWERS: Final[dict[str, tuple[frozenset[str], Callable[[Engine, Cut], list[Line]]]]] = {
    "close_rate_at_equal_age": (frozenset({"deals"}), _close_rate),
    "time_to_first_meeting": (frozenset({"deals", "meetings"}), _first_meeting),
    "response_within_sla": (frozenset({"deals", "calls"}), _response),
    "deal_size_consistency": (frozenset(), _deal_sizes),
    "revenue_per_lead_at_age": (frozenset({"deals"}), _revenue),
    "connect_rate": (frozenset(), _connect),
    "overchase_effort_share": (frozenset(), _overchase),
    "call_to_opportunity_ratio": (frozenset(), _call_ratio),
    "trend_by_segment": (frozenset({"deals", "meetings"}), _weeks("meeting", "trend_by_segment", True)),
    "meeting_weeks": (frozenset({"deals", "meetings"}), _weeks("meeting", "meeting_weeks")),
    "opportunity_weeks": (frozenset({"deals"}), _weeks("opportunity", "opportunity_weeks")),
    "won_weeks": (frozenset({"deals"}), _weeks("won", "won_weeks")),
    "early_stage_conversion": (
        frozenset({"deals", "meetings"}),
        _at_horizon("meeting", "early_stage_conversion"),
    ),
    "lead_to_opportunity": (frozenset({"deals"}), _at_horizon("opportunity", "lead_to_opportunity")),
    "long_term_close_rate": (frozenset({"deals"}), _at_horizon("won", "long_term_close_rate")),
    "average_contract_value": (frozenset(), _contract_value),
    "judged_too_early_share": (frozenset({"leads"}), _too_early),
    "revenue_per_traffic_source": (frozenset({"deals"}), _revenue_by_source),
}
"""By KPI: the events of leads that it needs (none: no leads are prepared), and how it is worked out."""


def answer(engine: Engine, kpi: str, cut: Cut) -> list[Line]:
    """One KPI, everything read anew."""
    events, work = ANSWERS[kpi]
    if events:
        engine.begin(cut, events)
    return work(engine, cut)


def page(engine: Engine, kpis: Iterable[str], cut: Cut) -> dict[str, list[Line]]:
    """Several KPIs over leads that are prepared once."""
    asked = tuple(kpis)
    engine.begin(cut, frozenset().union(*(ANSWERS[kpi][0] for kpi in asked)))
    return {kpi: ANSWERS[kpi][1](engine, cut) for kpi in asked}
