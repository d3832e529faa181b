"""calls.csv: unanswered dials, then the conversation. The direction of a call is not the channel of its lead."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.draws import Flags, Ints
from leadquality.sample.leads import account_ids, lead_ids
from leadquality.sample.lives import DAY, HOUR, NEVER, Lives
from leadquality.sample.talks import CODES, Talks
from leadquality.sample.text import identifiers, named, pick, stamps, width
from leadquality.sample.world import World

PAUSE = 300
"""Seconds between the last moment of a dial and the conversation or the close."""


def call_rows(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> pl.DataFrame:
    """In order of time."""
    dialled = np.repeat(np.arange(len(lives)), lives.dials)
    spoken = np.flatnonzero(lives.conversation != NEVER)
    lead = np.concatenate([dialled, spoken])
    at = np.concatenate([_dialled_at(lives, dialled, rng), lives.conversation[spoken]])
    median, sigma = world.table("calling")["talk_seconds"]
    talk = (median * np.exp(sigma * rng.standard_normal(len(spoken)))).astype(np.int64) + 20
    codes, seconds = _unanswered(world, lives.inbound[dialled], rng)
    inward = np.concatenate([np.zeros(len(dialled), dtype=bool), talks.calls_in[spoken]])
    order = np.argsort(at, kind="stable")
    who = lead[order]
    return pl.DataFrame(
        {
            "call_id": identifiers("K", np.arange(len(at)), width(len(at), 5)),
            "lead_id": lead_ids(lives).gather(who),
            "account_id": account_ids(world, lives).gather(who),
            "rep_id": identifiers("R", talks.rep[who], 2),
            "direction": named(["outbound", "inbound"], inward[order].astype(np.int64)),
            "started_at": stamps(at[order]),
            "talk_s": np.concatenate([seconds, talk])[order],
            "outcome_code": pl.concat([codes, named(CODES, talks.code[spoken])]).gather(order),
        }
    )


def _dialled_at(lives: Lives, lead: Ints, rng: np.random.Generator) -> Ints:
    """The first dial to an inbound lead is its response; the others fall in working hours, before the deadline."""
    ended = np.where(lives.ended == NEVER, lives.last, lives.ended)
    deadline = (np.where(lives.conversation == NEVER, ended, lives.conversation) - PAUSE)[lead]
    is_first = np.r_[True, lead[1:] != lead[:-1]] if len(lead) else np.zeros(0, dtype=bool)
    is_response = is_first & lives.inbound[lead]
    start = np.where(lives.inbound, lives.answered, lives.created)[lead] + 60
    start = np.minimum(start, deadline)
    somewhere = start + (rng.random(len(lead)) * (deadline - start)).astype(np.int64)
    midnight = somewhere - somewhere % DAY
    low = np.maximum(start, midnight + 8 * HOUR)
    high = np.minimum(deadline, midnight + 18 * HOUR)
    working = low + (rng.random(len(lead)) * np.maximum(high - low, 0)).astype(np.int64)
    response = np.minimum(lives.answered[lead], deadline)
    at: Ints = np.where(is_response, response, np.minimum(working, deadline))
    return at


def _unanswered(world: World, inbound: Flags, rng: np.random.Generator) -> tuple[pl.Series, Ints]:
    """Outcomes and seconds: nobody speaks on a line that rings out or is busy."""
    n = len(inbound)
    weights = [world.weights("outbound_dial"), world.weights("inbound_dial")]
    names = list(weights[0])
    of_inbound = np.array([names.index(name) for name in weights[1]])[pick(weights[1], rng, n)]
    code = np.where(inbound, of_inbound, pick(weights[0], rng, n))
    silent = np.isin(code, [names.index("no_answer"), names.index("busy")])
    return named(names, code), np.where(silent, 0, rng.integers(10, 70, n))
