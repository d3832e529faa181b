"""What is written down of a call beside its outcome: role reached, objection, next step, language, script, logging."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.profile import Profile
from leadquality.sample.talks import CODES, Talks
from leadquality.sample.text import DAY, NEVER, Flags, Ints, booleans, dates, lognormal, named, pick, stamps
from leadquality.sample.world import World


def note(
    world: World, lives: Lives, talks: Talks, profile: Profile, calls: pl.DataFrame, rng: np.random.Generator
) -> dict[str, pl.Series]:
    """Columns of calls.csv, in the order of `calls`. Only conversations have a role, an objection, a next step, a language."""
    plan = world.table("talks")
    n = calls.height
    who, at = calls["lead"].to_numpy(), calls["at"].to_numpy()
    spoken = calls["code"].is_in(CODES).to_numpy()
    inward = calls["inward"].to_numpy()
    objects = rng.random(n) < world.by_channel(plan["objection"])[lives.source[who]]
    leads_on = spoken & talks.is_code("qualified", "meeting_booked", "interested_not_ready")[who]
    step = at + rng.integers(3, 15, n) * DAY
    native = rng.random(n) < plan["own_language"]
    moved, misled = rng.random((2, n)) < np.array([[plan["transferred"]], [plan["misrouted"]]])
    wrap = lognormal(world.table("calling")["wrap_seconds"], rng, n).astype(np.int64)
    return {
        "wrap_s": pl.Series(np.where(spoken, wrap, 0)),
        "reached_role": _roles(world, lives.inbound[who], rng).set(pl.Series(~spoken), None),
        "objection_raised": booleans(objects & ~talks.is_code("connected")[who], spoken),
        "transferred": booleans(moved, inward),
        "misroute": booleans(misled, inward),
        "next_step_due": dates(np.where(leads_on & (rng.random(n) < plan["next_step"]), step, NEVER)),
        "language": profile.language.gather(who)
        .set(pl.Series(~native), "en")
        .fill_null("en")
        .set(pl.Series(~spoken), None),
        "content_used": _content(world, lives, who, rng).set(pl.Series(~spoken), None),
        "script_version": versions("s", plan["scripts"], at),
        "crm_logged_at": stamps(lives.seen(_logged(world, at + calls["talk_s"].to_numpy(), rng))),
    }


def versions(prefix: str, first_days: list[date], at: Ints) -> pl.Series:
    """The version in force at each moment, counted from 1."""
    starts = [int(datetime.combine(day, time(), UTC).timestamp()) for day in first_days]
    place = np.searchsorted(starts[1:], at, side="right")
    return named([f"{prefix}{number + 1}" for number in range(len(starts))], place)


def _roles(world: World, inbound: Flags, rng: np.random.Generator) -> pl.Series:
    """Empty: nobody wrote it down."""
    by_channel = {name: world.weights(f"role.{name}") for name in ("inbound", "outbound")}
    drawn = {name: named(weights, pick(weights, rng, len(inbound))) for name, weights in by_channel.items()}
    roles = drawn["outbound"].zip_with(pl.Series(~inbound), drawn["inbound"])
    return roles.replace({"": None})


def _content(world: World, lives: Lives, who: Ints, rng: np.random.Generator) -> pl.Series:
    """Which content was shown; "none" where it is written down that nothing was, empty where nothing is written down."""
    plan, kinds = world.table("talks"), world.weights("content")
    shown = rng.random(len(who)) < world.by_channel(plan["content"])[lives.source[who]]
    noted = rng.random(len(who)) < plan["content_noted"]
    content = named(kinds, pick(kinds, rng, len(who))).set(pl.Series(~shown), "none")
    return content.set(pl.Series(~noted), None)


def _logged(world: World, ended: Ints, rng: np.random.Generator) -> Ints:
    """Most calls are in the CRM within minutes, a few on one of the next days, some never."""
    plan = world.table("talks")
    u = rng.random(len(ended))
    soon = np.minimum(60 * lognormal(plan["logged_minutes"], rng, len(ended)), 0.9 * DAY).astype(np.int64)
    late = rng.integers(DAY, 4 * DAY, len(ended))
    is_late = u < plan["logged_late"]
    return np.where(u > 1 - plan["never_logged"], NEVER, ended + np.where(is_late, late, soon))
