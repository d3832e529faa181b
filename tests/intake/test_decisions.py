"""What a person decided stands in the mapping as a pen would have written it; what was there stays."""

from __future__ import annotations

import tomllib

import pytest

from leadquality.contracts import InputRefused
from leadquality.intake.decisions import Decisions, decided_text, settled

CALLS = ("calls.csv", "calls")
BEFORE = """# ours
zone = "UTC" # agreed
[channel]
rules = [{ id = "web", channel = "inbound", when = { source = ["web"] } }]

[[source]]
extract = "calls"
file = "calls.csv"
ignore = ["Ergebnis", "Farbe"]
columns.call_id = "Nr"
values.direction = { inbound = ["rein"] }
"""


def decided(before: str = BEFORE, **decisions) -> dict:
    return tomllib.loads(decided_text(before, Decisions(**decisions)))


def test_without_a_decision_nothing_is_touched():
    assert decided_text(BEFORE, Decisions()) == BEFORE


def test_comments_stay():
    text = decided_text(BEFORE, Decisions(zone="Europe/Berlin"))
    assert text.startswith('# ours\nzone = "Europe/Berlin"')


@pytest.mark.parametrize(
    "name", ["plain", 'a"b', "a = 1\n[policy]", "]", "'''", "\\", "#", "ключ", "a.b", "\x01\x7f"]
)
def test_a_name_that_looks_like_toml_stays_a_name(name):
    found = decided(
        answers={name: "not read"}, columns={CALLS: {"rep_id": name}}, values={CALLS[::-1]: {name: "x"}}
    )
    assert found["answers"] == {name: "not read"}
    assert found["source"][0]["columns"]["rep_id"] == name
    assert set(found) == {"zone", "channel", "source", "answers"}


def test_a_column_that_is_used_is_no_longer_ignored():
    source = decided(columns={CALLS: {"outcome_code": "Ergebnis", "lead_id": {"row": "calls-"}}})["source"][0]
    assert source["columns"] == {"call_id": "Nr", "outcome_code": "Ergebnis", "lead_id": {"row": "calls-"}}
    assert source["ignore"] == ["Farbe"]


def test_words_join_the_words_there_are():
    source = decided(values={("calls", "direction"): {"raus": "outbound", "herein": "inbound"}})["source"][0]
    assert source["values"]["direction"] == {"inbound": ["rein", "herein"], "outbound": ["raus"]}


def test_words_of_a_column_with_rules_become_rules_after_them():
    before = BEFORE.replace(
        'values.direction = { inbound = ["rein"] }',
        'columns.outcome_code = "Ergebnis"\nvalues.outcome_code = [{ when = { AB = "*" }, then = "voicemail" }]',
    )
    rules = decided(before, values={("calls", "outcome_code"): {"Termin": "meeting_booked"}})["source"][0][
        "values"
    ]
    assert rules["outcome_code"] == [
        {"when": {"AB": "*"}, "then": "voicemail"},
        {"when": {"Ergebnis": ["Termin"]}, "then": "meeting_booked"},
    ]


def test_sources_become_channel_rules_after_those_there_are():
    rules = decided(
        values={("leads", "source"): {"Messe": "other", "Liste": "outbound", "Brief": "outbound"}}
    )
    assert rules["channel"]["rules"][1:] == [
        {"id": "said to be other", "channel": "other", "when": {"source": ["Messe"]}},
        {"id": "said to be outbound", "channel": "outbound", "when": {"source": ["Liste", "Brief"]}},
    ]


def test_how_dates_and_numbers_are_written_is_said_of_the_file():
    source = decided(date_order={"calls.csv": "mdy", "other.csv": "dmy"}, decimal={"calls.csv": ","})[
        "source"
    ][0]
    assert (source["time"], source["number"]) == ({"date_order": "mdy"}, {"decimal": ","})


def test_a_name_that_is_another_name_leads_to_the_last():
    assert settled(
        {"A. Meier": "Anna Meyer", "Anna Meyer": "Anna Meier", "Anna Meier": "Anna Meier"}, []
    ) == {
        "A. Meier": "Anna Meier",
        "Anna Meyer": "Anna Meier",
        "Anna Meier": "Anna Meier",
    }


def test_spellings_that_the_mapping_reads_as_one_get_one_word():
    spellings = ["anna-meier", "ANNA MEIER", "Anna Meier", "Bob"]
    # the name itself needs no entry
    assert settled({"anna-meier": "Anna Meier"}, spellings) == {
        "anna-meier": "Anna Meier",
        "ANNA MEIER": "Anna Meier",
    }


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"A": "B", "B": "A"}, "each is said to be the other"),
        ({"A": "B", "B": "C", "C": "A"}, "A and B and C"),
        ({"a b": "X", "A-B": "Y"}, "choose the same for both"),
    ],
)
def test_names_that_contradict_each_other_are_refused(words, why):
    with pytest.raises(InputRefused, match=why):
        settled(words, words)
