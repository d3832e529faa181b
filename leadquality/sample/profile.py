"""Who each lead is: its market, its company, its place in it, and what it said when it came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.text import Ints, named, pick, pick_within
from leadquality.sample.world import World


@dataclass(frozen=True, slots=True)
class Profile:
    """One element per lead. columns are those of leads.csv; offer is the promise of the lead's campaign."""

    columns: dict[str, pl.Series]
    campaign: pl.Series
    offer: pl.Series
    region: pl.Series
    language: pl.Series


def describe(world: World, lives: Lives, rng: np.random.Generator) -> Profile:
    """What is missing from a record is missing from its column; the language that the lead speaks is known all the same."""
    n = len(lives)
    region = pick(world.weights("region"), rng, n)
    campaign = named(world.weights("campaign"), pick(world.weights("campaign"), rng, n))
    place = _places(world, region, rng)
    seniority = pick(world.weights("seniority"), rng, n)
    sizes = [world.weights(f"size.{name}") for name in world.table("segments")["names"]]
    offer = campaign.replace_strict(world.table("offers"), return_dtype=pl.String)
    columns = {
        "campaign_offer": offer,
        "country": place["country"],
        "timezone": place["timezone"],
        "language_pref": place["language"],
        "industry": named(world.weights("industry"), pick(world.weights("industry"), rng, n)),
        "employee_band": pick_within(sizes, lives.segment, rng),
        "title": named(world.weights("title"), seniority),
        "seniority": named(world.weights("seniority"), seniority),
    }
    columns |= _entry(world, lives, columns, rng)
    for name, share in world.table("record")["missing"].items():
        columns[name] = columns[name].set(pl.Series(rng.random(n) < share), None)
    bought = world.by_source({"bought_list": world.table("record")["bought_list_industry_missing"]})
    columns["industry"] = columns["industry"].set(pl.Series(rng.random(n) < bought[lives.source]), None)
    return Profile(columns, campaign, offer, named(world.weights("region"), region), place["language"])


def _places(world: World, region: Ints, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Country, time zone and language, by region."""
    by_region = [world.table("countries")[name] for name in world.weights("region")]
    shares = [{code: share for code, (share, _, _) in countries.items()} for countries in by_region]
    country = pick_within(shares, region, rng)
    known = {code: told for countries in by_region for code, told in countries.items()}
    zones = {code: zone for code, (_, zone, _) in known.items()}
    languages = {code: language for code, (_, _, language) in known.items()}
    return {
        "country": country,
        "timezone": country.replace_strict(zones, return_dtype=pl.String),
        "language": country.replace_strict(languages, return_dtype=pl.String),
    }


def _entry(
    world: World, lives: Lives, columns: dict[str, pl.Series], rng: np.random.Generator
) -> dict[str, pl.Series]:
    """What the lead itself said, or its list says, at creation; a form that asks nothing leaves nothing."""
    n = len(lives)
    said = {
        "need": columns["campaign_offer"],
        "product": named(world.weights("product"), pick(world.weights("product"), rng, n)),
        "timeline": named(world.weights("timeline"), pick(world.weights("timeline"), rng, n)),
        "company": "Firm " + pl.Series(lives.account + 1).cast(pl.String),
        "role": columns["seniority"],
    }
    record = world.table("record")
    chances = {
        name: np.where(lives.inbound, record["entry_inbound"][name], record["entry_outbound"][name])
        for name in said
    }
    return {
        f"entry_{name}": value.set(pl.Series(rng.random(n) >= chances[name]), None)
        for name, value in said.items()
    }
