"""Dials of ours that reach nobody: when they are made and how they end."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.phones import Phones
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, named, pick
from leadquality.sample.world import World

PAUSE = 300
"""Seconds between the last moment of a dial and the conversation or the close."""


def deadlines(lives: Lives) -> Ints:
    """The last moment of a dial that reaches nobody, per lead."""
    return np.where(lives.conversation == NEVER, lives.until, lives.conversation) - PAUSE


def dialled_at(lives: Lives, lead: Ints, deadline: Ints, rng: np.random.Generator) -> Ints:
    """Per dial, in order within a lead. The first to an inbound lead is its response; the others fall in working hours."""
    is_response = _firsts(lead) & lives.inbound[lead]
    start = np.where(lives.inbound, lives.answered, lives.created)[lead] + 60
    start = np.minimum(start, deadline)
    somewhere = start + (rng.random(len(lead)) * (deadline - start)).astype(np.int64)
    midnight = somewhere - somewhere % DAY
    low = np.maximum(start, midnight + 8 * HOUR)
    high = np.minimum(deadline, midnight + 18 * HOUR)
    working = low + (rng.random(len(lead)) * np.maximum(high - low, 0)).astype(np.int64)
    response = np.minimum(lives.answered[lead], deadline)
    at = np.where(is_response, response, np.minimum(working, deadline))
    ordered: Ints = at[np.lexsort((at, lead))]
    return ordered


def ends(world: World, lives: Lives, phones: Phones, lead: Ints, rng: np.random.Generator) -> pl.Series:
    """How each dial ends; where another person holds the number, the last dial finds that out."""
    n = len(lead)
    out, within = world.weights("outbound_dial"), world.weights("inbound_dial")
    names = [*out, "wrong_number"]
    of_inbound = np.array([names.index(name) for name in within])[pick(within, rng, n)]
    code = np.where(lives.inbound[lead], of_inbound, pick(out, rng, n))
    found = lasts(lead) & phones.somebody_else[lead]
    return named(names, np.where(found, len(names) - 1, code))


def seconds(codes: pl.Series, rng: np.random.Generator) -> Ints:
    """Nobody speaks on a line that rings out or is busy."""
    silent = codes.is_in(["no_answer", "busy"]).to_numpy()
    return np.where(silent, 0, rng.integers(10, 70, len(codes)))


def _firsts(lead: Ints) -> np.ndarray:
    return np.r_[True, lead[1:] != lead[:-1]] if len(lead) else np.zeros(0, dtype=np.bool_)


def lasts(lead: Ints) -> np.ndarray:
    """Whether each dial is the last of its lead."""
    return np.r_[lead[1:] != lead[:-1], True] if len(lead) else np.zeros(0, dtype=np.bool_)
