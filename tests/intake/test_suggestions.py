"""What columns and words may mean: suggested by everyday names and by values, and never where two fit."""

from __future__ import annotations

import pytest

from leadquality.catalogue import load_extracts
from leadquality.intake import everyday
from leadquality.intake.look import Look
from leadquality.intake.suggest import closest, likeness, suggested
from leadquality.intake.values import vocabulary
from leadquality.load import map_folder
from leadquality.settings import read_settings, setting_rows
from leadquality.snapshot import Home


def seen(header: str, *rows: str) -> Look:
    """The look at a file of these lines."""
    return Look("file.csv", False, tuple(header.split(",")), tuple(tuple(row.split(",")) for row in rows))


def test_columns_are_told_by_what_people_call_them_in_any_spelling():
    look = seen("KONTAKT-NR.,angelegt am,Firm,herkunft,Shoe size", "1,2025-01-01,ACME,web,42")
    assert suggested("leads", look) == {
        "lead_id": "KONTAKT-NR.",
        "created_at": "angelegt am",
        "account_id": "Firm",
        "source": "herkunft",
    }


def test_a_name_may_say_of_what_the_file_is_and_one_letter_more_is_another_name():
    look = seen("lead created at,poutcome", "2025-01-01,success")
    assert suggested("leads", look) == {"created_at": "lead created at"}
    assert suggested("calls", look) == {"started_at": "lead created at"}, "the only column of dates"


def test_what_is_filled_or_used_is_not_suggested_again():
    look = seen("Contact No.,Added On", "1,2025-01-01")
    assert suggested("leads", look, frozenset({"lead_id"}), frozenset({"Added On"})) == {}


def test_of_two_names_that_fit_equally_neither_is_suggested():
    assert "lead_id" not in suggested("leads", seen("Contact No,Contact ID,Added On", "1,2,2025-01-01"))


def test_a_date_goes_with_the_one_column_of_times_that_is_left():
    look = seen("Date,Time,Talk time", "31.12.2025,10:00,00:01:30", "01.02.2026,9:15 pm,00:00:05")
    assert suggested("calls", look) == {
        "started_at": {"joined": ["Date", "Time"]},
        "talk_s": {"from": "Talk time", "unit": "hh:mm:ss"},
    }
    stamps = seen("Date,Time", "31.12.2025 10:00,10:00")
    assert suggested("calls", stamps) == {"started_at": "Date"}
    two = seen("Date,Time,Other time", "31.12.2025,10:00,11:00")
    assert suggested("calls", two) == {"started_at": "Date"}


def test_the_time_is_that_of_the_date_that_every_row_needs():
    look = seen("Call ID,Date,Callback date,Time", "1,31.12.2025,02.01.2026,10:00")
    assert suggested("calls", look) == {
        "call_id": "Call ID",
        "started_at": {"joined": ["Date", "Time"]},
        "callback_due_at": "Callback date",
    }


@pytest.mark.parametrize(("length", "said"), [("90", "Duration"), ("01:30", "Duration")])
def test_a_length_without_hours_may_be_hours_and_minutes_and_is_left_as_it_is(length, said):
    assert suggested("calls", seen("Duration", length)) == {"talk_s": said}


def test_a_required_column_no_name_fits_is_told_by_its_values_where_one_alone_fits():
    rows = [f"Z{at},{at}.1.2026,blue" for at in range(1, 7)]
    assert suggested("leads", seen("Foo,Bar,Baz", *rows)) == {"lead_id": "Foo", "created_at": "Bar"}
    # amounts may all differ and are no key
    rows = [f"{at}.1.2026,{at}1.50,x" for at in range(1, 7)]
    assert suggested("leads", seen("Bar,Foo,Baz", *rows)) == {"created_at": "Bar"}
    # two columns of dates; too few values to tell a key
    assert suggested("leads", seen("Foo,Bar,Baz", "Z1,1.1.2026,2.1.2026")) == {}


def test_columns_of_people_are_never_suggested():
    look = seen("Contact name,Phone,E-mail,Notes", "Ann,+49 1,a@b.example,x")
    assert suggested("leads", look) == {} and suggested("calls", look) == {}


def test_the_nearest_name_is_told_and_none_where_nothing_is_near():
    assert closest("leads", "created_at", ("Colour", "Creation date")) == "Creation date"
    assert closest("leads", "research_trigger_at", ("Colour", "Shoe size")) == ""


@pytest.mark.parametrize(
    ("place", "value", "meant"),
    [
        (("calls", "direction"), "OUT", "outbound"),
        (("calls", "outcome_code"), "no pick up", "unreachable"),
        (("calls", "outcome_code"), "Talked - nurture", "interested_not_ready"),
        (("calls", "outcome_code"), "Not interested", ""),
        (("leads", "source"), "Cold list Q1", "outbound"),
        (("leads", "source"), "Trade show", ""),
        (("opportunities", "outcome"), "Closed-Won", "won"),
        (("leads", "segment"), "Enterprise", ""),
    ],
)
def test_words_are_told_by_what_people_mean(place, value, meant):
    assert everyday.meaning(place, value) == meant


def test_everyday_words_are_of_columns_and_meanings_that_there_are():
    extracts = load_extracts()
    assert all(column in extracts[extract].columns for extract, column in everyday.names())
    meanings = {
        place: set(words.values()) for place, words in vocabulary(setting_rows(read_settings()[0])).items()
    }
    meanings["leads", "source"] = {"inbound", "outbound", "other"}
    for place, words in everyday.values().items():
        assert set(words.values()) <= meanings[place], place


def test_no_everyday_word_has_two_meanings():
    for columns in everyday.words()["values"].values():
        for meanings in columns.values():
            every = [everyday.bare(word) for words in meanings.values() for word in words]
            assert len(every) == len(set(every))


def test_of_a_column_of_free_text_only_the_frequent_values_are_guessed(tmp_path, monkeypatch):
    monkeypatch.setattr("leadquality.intake.values.HINTED", 2)
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-01,inbound\n", "utf-8")
    codes = ["Machine", "Machine", "Reception", "Reception", "Appointment"]
    calls = "".join(f"K{at},2025-01-02,{code}\n" for at, code in enumerate(codes))
    (tmp_path / "calls.csv").write_text(f"call_id,started_at,outcome_code\n{calls}", "utf-8")
    tried = map_folder(Home(tmp_path / "home"), tmp_path).rehearsal
    assert {value.value: value.suggestion for value in tried.unmapped} == {
        "Machine": "voicemail",
        "Reception": "gatekeeper_block",
        "Appointment": "",
    }


def test_a_text_in_the_place_of_a_name_is_like_none():
    assert likeness("calls", "outcome_code", "outcome" * 20) == 0
