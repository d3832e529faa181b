"""What a load says of itself: golden sentences for findings and for earlier weeks."""

from __future__ import annotations

import pytest

from leadquality.verdict import forbidden
from leadquality.verdict.loads import restated_sentence, resting, resting_leads, resting_money


def weight(leads, deals=None, unknown=None, currencies=None, currency=None, amount=None):
    return {
        "lead_count": leads,
        "deal_count": deals,
        "without_amount_count": unknown,
        "currency_count": currencies,
        "currency": currency,
        "amount": amount,
    }


@pytest.mark.parametrize(
    ("rests", "leads", "money"),
    [
        ({}, "—", "— (no lead can be told)"),
        (weight(None), "—", "— (no lead can be told)"),
        (weight(2), "2", "— (no opportunities given)"),
        (weight(0, 0, 0, 0), "0", "no opportunity"),
        (weight(1, 1, 0, 1, "EUR", 0.0), "1", "EUR 0 (1 opportunity)"),
        (
            weight(1234, 12, 2, 1, "EUR", 1310000.5),
            "1,234",
            "EUR 1,310,000.50 (12 opportunities, 2 of unknown amount)",
        ),
        (weight(1, 3, 3, 0), "1", "— (3 opportunities, 3 of unknown amount)"),
        (weight(1, 2, 0, 2), "1", "— (2 opportunities, several currencies, not added)"),
        (weight(1, 1, 0, 1, None, 5.0), "1", "5 (1 opportunity)"),
        (weight(1, 1, 0, 1, "E\x1b[2J\nR", 5.0), "1", "E\ufffd[2J R 5 (1 opportunity)"),
    ],
)
def test_what_rests_on_a_finding_is_said_and_unknown_says_why(rests, leads, money):
    assert (resting_leads(rests), resting_money(rests)) == (leads, money)


def test_on_one_line_both_stand_together_and_a_finding_about_a_file_says_nothing():
    assert resting(weight(1, 1, 0, 1, "EUR", 7)) == "1 lead, EUR 7 (1 opportunity)"
    assert resting(weight(None)) == ""


def said(figures=0, weeks=0, late=0, gone=0, changed=0, uncompared=(), is_other=False):
    counts = dict(
        zip(("figure", "week", "late", "gone", "changed"), (figures, weeks, late, gone, changed), strict=True)
    )
    return {
        "snapshot": "x",
        "known_on": "2026-03-08",
        "is_other_mapping": is_other,
        "uncompared": list(uncompared),
    } | {f"{name}_count": count for name, count in counts.items()}


ELEVEN = "11 figures of 2 weeks up to 8 Mar 2026 changed since the load before: 1 row came late, 2 are gone, 1,234 changed."
UNCOMPARED = "Not compared, as one of the two loads does not have them: first meetings held, deals won."


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (
            {},
            "Earlier weeks are not compared: this snapshot was made by an older version. Load the extracts again.",
        ),
        ({"not_compared": "a reason"}, "Earlier weeks are not compared: a reason."),
        (said(), "Nothing has changed in the weeks up to 8 Mar 2026 since the load before."),
        (
            said(1, 1, 3, 1),
            "1 figure of 1 week up to 8 Mar 2026 changed since the load before: 3 rows came late, 1 is gone, 0 changed.",
        ),
        (
            said(11, 2, 1, 2, 1234, ["first meetings", "won"], is_other=True),
            f"{ELEVEN} The mapping was changed too. {UNCOMPARED}",
        ),
    ],
)
def test_what_became_of_earlier_weeks_is_one_sentence(of, sentence):
    assert restated_sentence(of) == sentence and forbidden(sentence) == []
