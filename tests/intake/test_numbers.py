"""Numbers, amounts and lengths: read as they are meant, within the bounds of their column, or rejected with a reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from leadquality.catalogue import load_extracts
from leadquality.contracts import InputRefused
from tests.intake.folders import LEADS, RULES, loaded

AMOUNTS = {
    "1234.5": "1234.50",
    "€ 141.56K": "141560.00",
    "250k": "250000.00",
    "1.2M": "1200000.00",
    "€1.2m": "1200000.00",
    "1.2345678 Mio": "1234567.80",
    "3 mn EUR": "3000000.00",
    "2.5 TEUR": "2500.00",
    "0.25bn": "250000000.00",
    "12 Tsd. €": "12000.00",
    "5 KEUR": "5000.00",
    "4 MIO EUR": "4000000.00",
    "-3K": "-3000.00",
    "(1.5K)": "-1500.00",
    "(1,250.50 EUR)": "-1250.50",
    "EUR (1,250.50)": "-1250.50",
    "1'234'567.50": "1234567.50",
    "1 234 567": "1234567.00",
    "500.00-": "-500.00",
    "1200.-": "1200.00",
    "+12,345.67": "12345.67",
    "1 234 567.891": "1234567.89",
    "1.2E+5": "120000.00",
}
NO_AMOUNTS = {
    "75%": "BAD_NUMBER",
    "1.2T": "BAD_NUMBER",
    "5 mil": "BAD_NUMBER",
    "12 34 567": "BAD_NUMBER",
    "1 2345": "BAD_NUMBER",
    "5 apples": "BAD_NUMBER",
    "50000-100000": "BAD_NUMBER",
    "K": "BAD_NUMBER",
    "inf": "NOT_FINITE",
    "999bn": "OUT_OF_RANGE",
    "4915550169916": "OUT_OF_RANGE",
}
NUMBERS_TO_CALL = (
    "+49 1555 01699 9169",
    "+4915550169916",
    "+1 234 567 8901",
    "0049 1555 0169916",
    "0155 5016 9916",
    "(555) 010-1234",
    "555-010-1234",
    "555.010.1234",
    "155 5016 9916",
)


def folder(tmp_path: Path, mapping: str = "", **files: str):
    sources = "".join(
        f'[[source]]\nextract = "{name}"\nfile = "{name}.csv"\ndelimiter = ";"\n{mapping}'
        for name in files
        if name != "leads"
    )
    head = f'name = "t"\nas_of = 2026-04-30\n{RULES}[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
    return loaded(tmp_path, head + sources, leads=LEADS, **files)


def test_an_amount_is_read_to_the_cent_however_it_is_written(tmp_path: Path):
    written = [*AMOUNTS, *NO_AMOUNTS, *NUMBERS_TO_CALL]
    rows = "".join(f"A{n};2026-03-05;{text}\n" for n, text in enumerate(written))
    found = folder(tmp_path, revenue="account_id;booked_at;arr_delta\n" + rows)
    read = found.rows("select arr_amount from snapshot.fact_revenue order by account_id[2:]::integer")
    assert [amount for (amount,) in read] == [Decimal(text) for text in AMOUNTS.values()]
    reasons = {reason: [*NO_AMOUNTS.values()].count(reason) for reason in NO_AMOUNTS.values()}
    assert found.reasons("revenue") == reasons | {"PHONE_NUMBER": len(NUMBERS_TO_CALL)}
    assert found.manifest.tables["revenue"]["rejected"] == len(NO_AMOUNTS) + len(NUMBERS_TO_CALL)


def test_decimal_commas_go_with_words_for_thousands(tmp_path: Path):
    written = {
        "1,2 Mio": 1200000,
        "141,56 Tsd": 141560,
        "98.765,40 €": 98765.40,
        "1 234 567,50": 1234567.50,
        "1.200,-": 1200,
        "-1.200,50": -1200.50,
    }
    rows = "".join(f"A{n};2026-03-05;{text}\n" for n, text in enumerate(written))
    found = folder(tmp_path, revenue="account_id;booked_at;arr_delta\n" + rows)
    read = found.rows("select arr_amount::double from snapshot.fact_revenue order by account_id")
    assert [amount for (amount,) in read] == [*written.values()]


# A row of each extract that is used as it stands, beside the columns under test.
ROWS = {
    "leads": {"lead_id": "L{n}", "created_at": "2026-01-02"},
    "calls": {"call_id": "C{n}", "started_at": "2026-03-02 10:00:0{n}"},
    "opportunities": {"opportunity_id": "O{n}", "lead_id": "L1", "created_at": "2026-03-02"},
    "opportunity_changes": {"opportunity_id": "O", "changed_at": "2026-03-0{n}"},
    "revenue": {"account_id": "A{n}", "booked_at": "2026-03-02"},
    "spend": {"month": "2026-0{n}-01"},
    "targets": {"month": "2026-0{n}-01", "channel": "inbound"},
    "capacity": {"date": "2026-03-0{n}", "staffed_min": "480"},
    "time_log": {"rep_id": "R{n}", "date": "2026-03-02"},
}
BOUNDED = [(name, column) for name, extract in load_extracts().items() for column in extract.bounds]


def rows_of(extract: str, column: str, values: list[str]) -> str:
    plain = {name: text for name, text in ROWS[extract].items() if name != column}
    rows = (
        ";".join([*(text.format(n=n) for text in plain.values()), value]) for n, value in enumerate(values, 1)
    )
    return "\n".join([";".join([*plain, column]), *rows, ""])


def test_every_number_and_amount_of_every_extract_has_its_bounds():
    for extract in load_extracts().values():
        assert {*extract.numbers, *extract.money} == extract.bounds.keys(), extract.name
        for bound in extract.bounds.values():
            low, high = bound.limits(Decimal(1_000_000))
            assert low < high
    assert len(BOUNDED) >= 13


@pytest.mark.parametrize(("name", "column"), BOUNDED, ids=lambda part: part)
def test_a_value_beyond_its_bounds_is_rejected_and_no_number_ends_in_a_fault(
    tmp_path: Path, name: str, column: str
):
    extract = load_extracts()[name]
    low, high = extract.bounds[column].limits(Decimal(1_000_000_000))
    below = "NEGATIVE_AMOUNT" if column in extract.money and low == 0 else "OUT_OF_RANGE"
    at_low = "1" if column in ("target", "amount", "acv") else str(low)
    values = [at_low, str(high), str(high + 1), str(low - 1), "3000000000000", "9" * 30]
    unit = ""
    if extract.bounds[column].rarely:
        unit = f'columns.{column} = {{ from = "{column}", unit = "{extract.bounds[column].unit}" }}\n'
    files = {name: rows_of(name, column, values)}
    if name == "opportunity_changes":
        files["opportunities"] = "opportunity_id;lead_id;created_at\nO;L1;2026-03-01\n"
        unit = ""
    is_leads = name == "leads"
    found = (
        loaded(tmp_path, leads=files[name].replace(";", ",")) if is_leads else folder(tmp_path, unit, **files)
    )
    assert found.used()[name] == 2
    reasons = {"OUT_OF_RANGE": 3 + (below == "OUT_OF_RANGE")}
    assert found.reasons(name) == reasons | ({"NEGATIVE_AMOUNT": 1} if below == "NEGATIVE_AMOUNT" else {})


@pytest.mark.parametrize("number", ["+49 1555 01699 9169", "0155-5016-9916"])
@pytest.mark.parametrize(
    ("name", "column"), [each for each in BOUNDED if each[1] in load_extracts()[each[0]].money]
)
def test_a_telephone_number_is_an_amount_in_no_extract(tmp_path: Path, name: str, column: str, number: str):
    files = {name: rows_of(name, column, ["1200", number, "98000.50"])}
    if name == "opportunity_changes":
        files["opportunities"] = "opportunity_id;lead_id;created_at\nO;L1;2026-03-01\n"
    found = folder(tmp_path, **files)
    assert (found.used()[name], found.reasons(name)) == (2, {"PHONE_NUMBER": 1})
    (shown,) = found.rows("select found from snapshot.left_out_rows where reason = 'PHONE_NUMBER'")
    assert "9916" not in shown[0]


CLOCKS = {
    ("calls", "talk_s", "talk_seconds"): {
        "00:02:11": 131,
        "1:00:05": 3605,
        "02:11": 131,
        "0": 0,
        "0:00:59.6": 60,
    },
    ("calls", "wrap_s", "wrap_seconds"): {"0:00:30": 30, "0:45": 45, "12": 12},
    ("calls", "queue_s", "queue_seconds"): {"75:01": 4501, "10:00": 600},
    ("time_log", "minutes", "minutes"): {"7:30:00": 450, "7:30": 7.5, "90": 90},
    ("capacity", "staffed_min", "staffed_min"): {"8:00:00": 480, "16:30:30": 990.5, "480": 480},
}


@pytest.mark.parametrize("place", CLOCKS, ids=lambda place: place[1])
def test_a_length_on_a_clock_is_read_in_the_unit_of_its_column_and_told(
    tmp_path: Path, place: tuple[str, str, str]
):
    name, column, fact = place
    lengths = CLOCKS[place]
    found = folder(tmp_path, **{name: rows_of(name, column, [*lengths])})
    read = found.rows(f"select {fact} from snapshot.fact_{name} order by all")
    assert [length for (length,) in read] == sorted(lengths.values())
    told = found.rows("select found from snapshot.findings where code = 'length_as_clock'")
    first = next(text for text in lengths if ":" in text)
    clocks = sum(":" in text for text in lengths)
    assert told == [(f"{column}: {clocks} as a clock, as '{first}'",)]


@pytest.mark.parametrize(
    ("name", "column"), [("calls", "talk_s"), ("calls", "queue_s"), ("time_log", "minutes")]
)
def test_a_length_of_two_places_that_proves_nothing_is_asked_about(tmp_path: Path, name: str, column: str):
    with pytest.raises(InputRefused) as refusal:
        folder(tmp_path, **{name: rows_of(name, column, ["90", "02:11", "0:45"])})
    for word in (f"{name}.csv", column, "line 3", "'02:11'", 'unit = "hh:mm:ss"', '"hh:mm"'):
        assert word in str(refusal.value)


@pytest.mark.parametrize("unit", ["hh:mm:ss", "hh:mm"])
def test_a_declared_unit_is_that_of_the_column_and_nothing_is_told(tmp_path: Path, unit: str):
    minutes = {"hh:mm:ss": {"0:30": 0.5, "1:30:00": 90}, "hh:mm": {"0:30": 30, "1:30": 90}}[unit]
    told = f'columns.minutes = {{ from = "minutes", unit = "{unit}" }}\n'
    found = folder(tmp_path, told, time_log=rows_of("time_log", "minutes", [*minutes]))
    assert found.rows("select minutes from snapshot.fact_time_log order by 1") == [
        (length,) for length in minutes.values()
    ]
    assert "length_as_clock" not in found.manifest.findings


DOUBTFUL = [
    ("calls", "talk_s", "milliseconds", "ms"),
    ("calls", "wrap_s", "milliseconds", "ms"),
    ("calls", "queue_s", "milliseconds", "ms"),
    ("time_log", "minutes", "seconds", "s"),
]


def many_rows(name: str, column: str, values: list[int]) -> str:
    key, at = {"calls": ("call_id", "started_at"), "time_log": ("rep_id", "date")}[name]
    return "\n".join(
        [f"{key};{at};{column}", *(f"X{n};2026-03-02;{value}" for n, value in enumerate(values)), ""]
    )


@pytest.mark.parametrize(("name", "column", "unit", "short"), DOUBTFUL, ids=lambda part: part)
@pytest.mark.parametrize("every", [1, 2, 9])
def test_lengths_in_a_larger_unit_are_asked_about(
    tmp_path: Path, name: str, column: str, unit: str, short: str, every: int
):
    large, small = (45_000, 45) if name == "calls" else (1_100, 20)
    values = [large if n % every == 0 else small for n in range(60)]
    with pytest.raises(InputRefused) as refusal:
        folder(tmp_path, **{name: many_rows(name, column, values)})
    assert refusal.value.code == "AMBIGUOUS_UNIT"
    for word in (f"{name}.csv", column, "line 2", f"'{large}'", unit, f'unit = "{short}"'):
        assert word in str(refusal.value)


@pytest.mark.parametrize(("column", "unit"), [("talk_s", "ms"), ("queue_s", "s")])
def test_a_unit_that_is_said_is_taken(tmp_path: Path, column: str, unit: str):
    told = f'columns.{column} = {{ from = "{column}", unit = "{unit}" }}\n'
    found = folder(tmp_path, told, calls=many_rows("calls", column, [45_000] * 30))
    length = found.rows(f"select distinct {column[:-2]}_seconds from snapshot.fact_calls")
    assert length == [(45.0 if unit == "ms" else 45_000.0,)]


def test_a_few_long_calls_are_told_and_one_is_not(tmp_path: Path):
    few = folder(tmp_path, calls=many_rows("calls", "talk_s", [45_000] * 4 + [60] * 96 + [0] * 50))
    told = few.rows("select line, found from snapshot.findings where code = 'length_in_doubt'")
    assert told == [(2, "talk_s: 4 of 100 lengths are 10,000 s or more, as '45000'; are these milliseconds?")]
    (tmp_path / "one").mkdir()
    one = folder(tmp_path / "one", calls=many_rows("calls", "talk_s", [45_000] + [60] * 99))
    assert "length_in_doubt" not in one.manifest.findings
