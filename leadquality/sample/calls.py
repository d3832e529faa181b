"""calls.csv: unanswered dials, callbacks, conversations. The direction of a call is not the channel of its lead."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from leadquality.sample.callbacks import Requests, request
from leadquality.sample.dials import deadlines, dialled_at, ends, seconds
from leadquality.sample.ids import account_ids, lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.notes import note
from leadquality.sample.phones import Phones
from leadquality.sample.profile import Profile
from leadquality.sample.streams import Streams
from leadquality.sample.talks import CODES, Talks
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, lognormal, named, stamps
from leadquality.sample.world import World

PER_LEAD: Final = 10
"""No lead has as many calls as this."""
AGAIN: Final = ("no_answer", "voicemail")


def call_rows(
    world: World, lives: Lives, talks: Talks, phones: Phones, profile: Profile, streams: Streams
) -> pl.DataFrame:
    """In order of time."""
    rng = streams.of("calls")
    lead = np.repeat(np.arange(len(lives)), lives.dials)
    deadline = deadlines(lives)[lead]
    at = dialled_at(lives, lead, deadline, rng)
    codes = ends(world, lives, phones, lead, rng)
    asked = (codes == "callback").to_numpy()
    promises = request(world, lives, talks, lead, at, deadline, asked, streams.of("callbacks"))
    codes = codes.set(pl.Series(asked), "voicemail").scatter(promises.dial, "callback")

    dials = _part(lead, at, codes, seconds(codes, rng)).with_columns(key=np.arange(len(lead)))
    dials = dials.with_columns(due=dials["due"].scatter(promises.dial, promises.due))
    parts = [
        dials,
        _conversations(world, lives, talks, lead, promises, rng),
        _redials(lead, promises, rng),
        _dialled_after(lives, talks, rng),
    ]
    calls = pl.concat(parts).sort("at", maintain_order=True)
    calls = calls.with_columns(call_id=world.ids("K", np.arange(calls.height), 5, PER_LEAD))
    promised = calls.filter(pl.col("key") >= 0).select(of="key", callback_of="call_id")
    calls = calls.join(promised, on="of", how="left", maintain_order="left")
    return _written(world, lives, talks, profile, calls, streams.of("details"))


def _part(
    lead: Ints,
    at: Ints,
    codes: pl.Series,
    talk: Ints,
    inward: pl.Series | None = None,
    of: Ints | None = None,
) -> pl.DataFrame:
    """Rows of one kind: key names a dial, of the dial whose promise a call keeps, due what a dial promises; -1 is none."""
    none = np.full(len(lead), NEVER)
    return pl.DataFrame(
        {
            "lead": lead,
            "at": at,
            "code": codes,
            "talk_s": talk,
            "inward": pl.repeat(False, len(lead), eager=True) if inward is None else inward,
            "key": none,
            "of": none if of is None else of,
            "due": none,
        }
    )


def _conversations(
    world: World, lives: Lives, talks: Talks, lead: Ints, promises: Requests, rng: np.random.Generator
) -> pl.DataFrame:
    spoken = lives.spoken
    talk = lognormal(world.table("calling")["talk_seconds"], rng, len(spoken)).astype(np.int64) + 20
    kept = np.full(len(lives), NEVER)
    kept[lead[promises.dial[promises.is_talk]]] = promises.dial[promises.is_talk]
    inward = pl.Series(talks.touches.calls_in[spoken])
    codes = named(CODES, talks.code[spoken])
    return _part(spoken, lives.conversation[spoken], codes, talk, inward, kept[spoken])


def _redials(lead: Ints, promises: Requests, rng: np.random.Generator) -> pl.DataFrame:
    made = promises.redial != NEVER
    dial = promises.dial[made]
    codes = named(AGAIN, rng.integers(0, 2, len(dial)))
    return _part(lead[dial], promises.redial[made], codes, seconds(codes, rng), of=dial)


def _dialled_after(lives: Lives, talks: Talks, rng: np.random.Generator) -> pl.DataFrame:
    """One dial to each lead that rang us and is to be touched by both channels, the day after the next at the latest."""
    lead = np.flatnonzero(talks.touches.dialled_after)
    day = lives.conversation[lead] // DAY + rng.integers(1, 3, len(lead))
    codes = named(AGAIN, rng.integers(0, 2, len(lead)))
    return _part(lead, day * DAY + rng.integers(8 * HOUR, 12 * HOUR, len(lead)), codes, seconds(codes, rng))


def _written(
    world: World, lives: Lives, talks: Talks, profile: Profile, calls: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    who, at = calls["lead"].to_numpy(), calls["at"].to_numpy()
    reps = [f"R{rep + 1:02}" for rep in range(world.table("calling")["reps"])]
    return pl.DataFrame(
        {
            "call_id": calls["call_id"],
            "lead_id": lead_ids(world, lives).gather(who),
            "account_id": account_ids(world, lives).gather(who),
            "rep_id": named(reps, talks.rep[who]),
            "direction": named(["outbound", "inbound"], calls["inward"].cast(pl.Int64).to_numpy()),
            "started_at": stamps(at),
            "talk_s": calls["talk_s"],
            "outcome_code": calls["code"],
            **note(world, lives, talks, profile, calls, rng),
            "callback_due_at": stamps(calls["due"].to_numpy()),
            "callback_of": calls["callback_of"],
        }
    )


def talk_ids(calls: pl.DataFrame, lives: Lives, world: World) -> pl.Series:
    """The id of each lead's conversation, in the order of lives.spoken."""
    spoken = calls.filter(pl.col("outcome_code").is_in(CODES)).select("lead_id", "call_id")
    leads = lead_ids(world, lives).gather(lives.spoken).to_frame("lead_id")
    return leads.join(spoken, on="lead_id", how="left", maintain_order="left")["call_id"]
