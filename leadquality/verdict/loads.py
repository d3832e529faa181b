"""What a load says of itself: what rests on a finding, and what became of weeks that were told before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeAlias

from leadquality import words

Weight: TypeAlias = Mapping[str, Any]
"""A row of queries/trust/finding_weights.sql by column; empty where nothing is known."""
MEASURES: Final = {
    "leads": "Leads created",
    "first meetings": "First meetings held",
    "opportunities": "Opportunities opened",
    "won": "Deals won",
    "won amount": "Won, in money",
}
NOT_TOLD: Final = "no lead can be told"
NOT_GIVEN: Final = "no opportunities given"


def resting_leads(weight: Weight) -> str:
    """How many leads rest on a finding, '1,234'; a dash where nobody knows, and the column of the money says why."""
    return words.count(weight.get("lead_count"))


def resting_money(weight: Weight) -> str:
    """The amount of the opportunities that rest on a finding: 'EUR 310,000 (12 opportunities, 2 of unknown amount)'.

    Unknown says why; amounts of several currencies are not added.
    """
    if weight.get("lead_count") is None:
        return words.missing(NOT_TOLD)
    deals, unknown = weight["deal_count"], weight["without_amount_count"]
    if deals is None:
        return words.missing(NOT_GIVEN)
    if not deals:
        return "no opportunity"
    several = weight["currency_count"] > 1
    currency = words.one_line(weight["currency"]) if weight["currency"] else None
    said = [f"{words.count(deals)} {'opportunity' if deals == 1 else 'opportunities'}"]
    said += ["several currencies, not added"] if several else []
    said += [f"{words.count(unknown)} of unknown amount"] if unknown else []
    return f"{words.exact(currency, weight['amount'])} ({', '.join(said)})"


def resting(weight: Weight) -> str:
    """Both in one line, '12 leads, EUR 105,400 (5 opportunities)'; empty where no lead can be told."""
    if weight.get("lead_count") is None:
        return ""
    return f"{_number(weight['lead_count'], 'lead')}, {resting_money(weight)}"


def restated_sentence(said: Mapping[str, Any]) -> str:
    """What became of earlier weeks, from the manifest's `restated`: '2 figures of 1 week up to ... changed ...'."""
    if not said:
        return "Earlier weeks are not compared: this snapshot was made by an older version. Load the extracts again."
    if "not_compared" in said:
        return f"Earlier weeks are not compared: {said['not_compared']}."
    up_to = f"up to {words.day(date.fromisoformat(said['known_on']))}"
    late, gone, changed = (said[f"{kind}_count"] for kind in ("late", "gone", "changed"))
    if not late + gone + changed:
        text = f"Nothing has changed in the weeks {up_to} since the load before."
    else:
        text = (
            f"{_number(said['figure_count'], 'figure')} of {_number(said['week_count'], 'week')} {up_to} changed since the load "
            f"before: {_number(late, 'row')} came late, {words.count(gone)} {'is' if gone == 1 else 'are'} gone, "
            f"{words.count(changed)} changed."
        )
        text += " The mapping was changed too." if said["is_other_mapping"] else ""
    if said["uncompared"]:
        lacking = ", ".join(MEASURES[name].lower() for name in said["uncompared"])
        text += f" Not compared, as one of the two loads does not have them: {lacking}."
    return text


def _number(count: int, noun: str) -> str:
    return f"{words.count(count)} {noun if count == 1 else f'{noun}s'}"
