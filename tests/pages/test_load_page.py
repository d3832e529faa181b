"""The load wizard: from two strange files to published figures, asking what is ambiguous and publishing nothing on the way."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from leadquality.contracts import InputRefused
from leadquality.load import load
from leadquality.snapshot import Home, Unchanged, open_snapshot
from leadquality.ui import inbox
from tests.pages.conftest import texts
from tests.pages.strange import CALLS, write_strange

LOAD, WEEKLY = "pages/trust/load.py", "pages/review/weekly_review.py"
HOSTILE = "![x](http://evil.example/a.png) <img src=x> [a](javascript:alert(1)) $x$ :red[b]"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.inbox.mkdir(parents=True)
    return made


def box(test: AppTest, label: str):
    """The select box with this label; two of one label are a defect of the test."""
    (found,) = [each for each in test.selectbox if each.label == label]
    return found


def ordered(test: AppTest):
    """The question in which order dates are written."""
    (found,) = [each for each in test.selectbox if each.label.endswith("dates of this file have the")]
    return found


def press(test: AppTest, label: str) -> AppTest:
    """Press the first button of this label."""
    return next(each for each in test.button if each.label == label).click().run()


def steps(test: AppTest) -> list[str]:
    return [each.value for each in test.header]


def write_calls(folder: Path, *reps: str) -> None:
    """One call by each of these reps, on lead L0."""
    lines = [f"C{at},L0,2026-06-02,outbound,connected,{rep}" for at, rep in enumerate(reps)]
    head = "call_id,lead_id,started_at,direction,outcome_code,rep_id"
    (folder / "calls.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")


def write_own(folder: Path, count: int, day: str = "2026-06-01") -> None:
    """Leads under our own names, with one file that needs no question."""
    lines = [f"L{at},{day},inbound,web" for at in range(count)]
    (folder / "leads.csv").write_text(
        "\n".join(["lead_id,created_at,channel,source", *lines]) + "\n", "utf-8"
    )


def test_an_empty_inbox_says_where_files_are_put(serve, home):
    test = serve(home.path, LOAD)
    assert not test.exception
    assert "home/inbox" in texts(test)
    assert "Nothing to read lies in the inbox yet." in texts(test)
    assert steps(test) == ["1. Files"]


def test_two_strange_files_become_figures_and_nothing_is_guessed_on_the_way(serve, home):
    write_strange(home.inbox)
    test = serve(home.path, LOAD)
    assert steps(test)[-1] == "2. What we think each file is"
    assert "'später' in cp1252" in texts(test)
    box(test, "Its letters are").set_value("cp1252").run()
    assert "We do not know this table" in texts(test)
    next(each for each in test.selectbox if each.label == "This file holds" and not each.value).set_value(
        "own/calls/own columns"
    ).run()
    # the required columns stop the page, and nothing is chosen beforehand
    assert steps(test)[-1] == "3. Columns"
    assert "Still needed" in texts(test)
    for label, choice in {
        "Call id (needed)": "number the rows: the file has none",
        "Start of the call (needed)": "Angerufen am",
        "Lead Nr means": "lead_id",
        "Ergebnis means": "outcome_code",
        "Dauer s means": "talk_s",
        "Direction, where no column tells it": "all outbound",
    }.items():
        assert box(test, label).value is None
        box(test, label).set_value(choice)
    press(test, "Use these columns")
    assert box(test, "Direction, where no column tells it").value == "all outbound"
    # 01/01/2026 to 05/12/2026: only a person knows which number is the month
    assert steps(test)[-1] == "3. Columns"
    assert "may have the day first or the month" in texts(test)
    ordered(test).set_value("mdy").run()
    assert steps(test)[-1] == "7. Load"
    for label, choice in {
        "Termin vereinbart means": "meeting_booked",
        "Nicht erreicht means": "unreachable",
        "Kaltliste März means": "outbound",
    }.items():
        box(test, label).set_value(choice)
    press(test, "Use these meanings")
    # counted by hand: every third of 30 leads is from the cold list, every call of 40 is read
    frames = [frame.value.to_dict("list") for frame in test.dataframe]
    accounts = next(frame for frame in frames if "Rows read" in frame)
    assert (accounts["Rows read"], accounts["Used"]) == ([30, 40], [30, 40])
    split = next(frame for frame in frames if list(frame) == ["Channel", "Leads"])
    assert dict(zip(split["Channel"], split["Leads"], strict=True)) == {"inbound": 20, "outbound": 10}
    assert home.current() is None
    assert not (home.inbox / "mapping.toml").exists()
    press(test, "Load and publish")
    assert not test.exception
    assert "Loaded and published" in "\n".join(each.value for each in test.success)
    snapshot = open_snapshot(home)
    calls = snapshot.cursor().sql(
        "select count(*), count(*) filter (outcome_code = 'meeting_booked'), sum(talk_seconds) from snapshot.fact_calls"
    )
    # 0.5 + 1.5 + ... + 39.5 = 40 * 40 / 2
    assert calls.fetchall() == [(40, 10, 800.0)]
    kept = (home.inbox / "mapping.toml").read_text("utf-8")
    assert "MISSING" not in kept
    test.switch_page(WEEKLY).run()
    assert not test.exception
    assert "No data yet" not in texts(test)
    # the mapping that was kept asks nothing again, and is the one that was published
    with pytest.raises(Unchanged):
        load(home, home.inbox)


def test_what_is_suggested_is_taken_at_one_press_and_not_before(serve, home):
    (home.inbox / "people.csv").write_text(
        "Contact No.;Added On;Came From\n007;13.01.2026;Web form\n7;14.01.2026;Cold list Q1\n70;15.01.2026;Fair\n",
        "utf-8",
    )
    calls = "".join(
        f"R{at},{13 + at}/01/2026,1{at}:00,00{at % 3 or 7},Out,00:01:{at}0,Machine\n" for at in range(6)
    )
    (home.inbox / "dialer.csv").write_text(
        f"Call Ref,Date,Time,Contact No.,Way,Talk Time,Result\n{calls}", "utf-8"
    )
    test = serve(home.path, LOAD)
    for extract in ("own/calls/own columns", "own/leads/own columns"):
        next(each for each in test.selectbox if each.label == "This file holds" and not each.value).set_value(
            extract
        ).run()
    assert "Still needed" in texts(test) and box(test, "Start of the call (needed)").value is None
    press(test, "Take what is suggested (6)")
    assert box(test, "Start of the call (needed)").value == "Date + Time"
    assert box(test, "Talk Time means").value == "talk_s"
    press(test, "Take what is suggested (3)")
    # the page goes on, and no word is taken before it is pressed for
    assert steps(test)[-1] == "7. Load"
    assert "Calls: of 6 rows none would be used" in texts(test)
    assert box(test, "Out means").value is None
    # two channels, one direction, one result; nobody can say whether a fair came to us
    press(test, "Take what is suggested (4)")
    assert box(test, "Out means").value == "outbound" and box(test, "Fair means").value is None
    assert not [each for each in test.button if each.label.startswith("Take what")]
    # what was taken can be changed, and stands in the mapping
    box(test, "Machine means").set_value("unreachable")
    press(test, "Use these meanings")
    press(test, "Load and publish")
    assert "Loaded and published" in "\n".join(each.value for each in test.success)
    found = open_snapshot(home).cursor()
    facts = "select lead_id, started_at::varchar, talk_seconds, direction, outcome_code from snapshot.fact_calls order by call_id limit 1"
    assert found.sql(facts).fetchall() == [("007", "2026-01-13 10:00:00", 60.0, "outbound", "unreachable")]
    leads = found.sql("select lead_id, channel from snapshot.fact_leads order by all").fetchall()
    assert leads == [("007", "inbound"), ("7", "outbound"), ("70", "unknown")]


def test_nothing_personal_of_a_file_is_shown(serve, home):
    write_strange(home.inbox)
    test = serve(home.path, LOAD)
    box(test, "Its letters are").set_value("cp1252").run()
    next(each for each in test.selectbox if not each.value and each.label == "This file holds").set_value(
        "own/calls/own columns"
    ).run()
    shown = texts(test) + "".join(frame.value.to_string() for frame in test.dataframe)
    assert "Termin vereinbart" in shown
    assert "anna" not in shown
    assert "5550" not in shown


@pytest.mark.parametrize("column", ["Ansprechpartner", "Contact", "Contact person", "Kontakt", "Full Name"])
def test_a_person_to_be_talked_to_is_covered(serve, home, column):
    (home.inbox / "leads.csv").write_text(
        f"lead_id,created_at,{column}\nL1,2026-06-01,Frau Muster\n", "utf-8"
    )
    test = serve(home.path, LOAD)
    assert "Muster" not in texts(test) + "".join(frame.value.to_string() for frame in test.dataframe)


def test_a_file_that_is_no_table_is_said_to_be_none(serve, home):
    write_own(home.inbox, 30)
    (home.inbox / "notes.xlsx").write_bytes(b"%PDF-1.4 no workbook")
    (home.inbox / "photo.png").write_bytes(b"x")
    test = serve(home.path, LOAD)
    assert not test.exception
    assert "a PDF; export the table as CSV" in texts(test)
    assert "photo.png" in test.dataframe[0].value.to_string()
    assert steps(test)[-1] == "2. What we think each file is"
    next(each for each in test.selectbox if each.label == "This file holds" and not each.value).set_value(
        "not read"
    ).run()
    assert steps(test)[-1] == "7. Load"


def test_names_and_values_from_a_file_stay_text(serve, home):
    (home.inbox / "leads.csv").write_text(
        f'lead_id,created_at,source,"{HOSTILE}"\nL1,2026-06-01,"{HOSTILE}",x\nL2,2026-06-02,web,y\n', "utf-8"
    )
    test = serve(home.path, LOAD)
    assert not test.exception
    assert steps(test)[-1] == "7. Load"
    labels = [each.label for each in [*test.selectbox, *test.button, *test.expander]]
    markup = [*labels, *(part.value for part in [*test.markdown, *test.caption, *test.subheader, *test.info])]
    assert [said for said in markup if "](http" in said or "<img" in said] == []
    # shown where text is text
    assert any("evil.example" in part.value for part in test.text)


def test_a_refusal_is_said_and_what_was_published_stays(serve, home, tmp_path):
    before = tmp_path / "before"
    before.mkdir()
    write_own(before, 50)
    load(home, before)
    published = home.pointer.read_bytes()
    write_own(home.inbox, 10)
    test = press(serve(home.path, LOAD), "Load and publish")
    assert not test.exception
    assert "10 usable rows\\, fewer than half of the 50 of the last load" in texts(test)
    assert home.pointer.read_bytes() == published
    assert not (home.inbox / "mapping.toml").exists()
    (confirm,) = [each for each in test.checkbox if each.label.startswith("That is meant")]
    confirm.check().run()
    press(test, "Load and publish")
    assert "Loaded and published" in "\n".join(each.value for each in test.success)
    assert open_snapshot(home).manifest.tables["leads"]["read"] == 10


def test_a_mapping_that_is_none_is_a_sentence(serve, home):
    write_own(home.inbox, 3)
    (home.inbox / "mapping.toml").write_text("name = ", "utf-8")
    test = serve(home.path, LOAD)
    assert not test.exception
    assert "not readable as TOML" in texts(test)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("calls.csv", "calls.csv"),
        ("../../etc/calls.CSV", "calls.csv"),
        ("C:\\Users\\me\\anrufe März.csv.gz", "anrufe März.csv.gz"),
        (".hidden.csv", "hidden.csv"),
        ("a<b>|c*?.xlsx", "a_b__c__.xlsx"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_an_uploaded_name_is_made_safe(given, name):
    assert inbox.safe_name(given) == name


@pytest.mark.parametrize("given", ["mapping.toml", "x.exe", ".csv", "../", "", "run.csv.sh"])
def test_an_upload_of_another_kind_is_refused_with_the_remedy(given):
    with pytest.raises(InputRefused, match="save it as one of"):
        inbox.safe_name(given)


def test_an_upload_replaces_nothing_unasked(home, monkeypatch):
    monkeypatch.setattr(inbox, "size_limit", lambda: 1)
    inbox.put(home.inbox, "calls.csv", b"a,b\n1,2\n")
    with pytest.raises(InputRefused, match="lies in the inbox already"):
        inbox.put(home.inbox, "calls.csv", b"other")
    assert (home.inbox / "calls.csv").read_bytes() == b"a,b\n1,2\n"
    inbox.put(home.inbox, "calls.csv", b"other", replace=True)
    assert (home.inbox / "calls.csv").read_bytes() == b"other"
    with pytest.raises(InputRefused, match="larger than 1 MB"):
        inbox.put(home.inbox, "big.csv", b"x" * (1 << 20 | 1))
    assert sorted(path.name for path in home.inbox.iterdir()) == ["calls.csv"]


@pytest.mark.parametrize(
    ("address", "names", "size", "headers", "takes"),
    [
        ("127.0.0.1", ["localhost", "127.0.0.1"], 200, {}, True),
        ("127.0.0.1", ["localhost"], 0, {}, False),
        ("0.0.0.0", ["localhost"], 200, {}, False),
        ("", ["localhost"], 200, {}, False),
        ("127.0.0.1", ["dash.example.com"], 200, {}, False),
        ("127.0.0.1", [], 200, {}, False),
        ("127.0.0.1", ["localhost"], 200, {"X-Forwarded-For": "10.0.0.9"}, False),
    ],
)
def test_files_are_taken_only_where_nobody_else_can_reach_the_server(
    monkeypatch, address, names, size, headers, takes
):
    options = {"server.address": address, "server.allowedHosts": names, "server.maxUploadSize": size}
    monkeypatch.setattr(inbox.st, "get_option", options.get)
    monkeypatch.setattr(inbox.st, "context", type("Context", (), {"headers": headers}))
    assert inbox.may_upload() is takes


def test_the_uploader_stands_on_the_page_only_then(serve, home, monkeypatch):
    monkeypatch.setattr(inbox, "may_upload", lambda: False)
    assert len(serve(home.path, LOAD).get("file_uploader")) == 0
    monkeypatch.setattr(inbox, "may_upload", lambda: True)
    assert len(serve(home.path, LOAD).get("file_uploader")) == 1


def test_the_mapping_that_is_kept_says_how_the_file_is_read(serve, home):
    write_strange(home.inbox)
    (home.inbox / CALLS).unlink()
    test = serve(home.path, LOAD)
    ordered(test).set_value("mdy").run()
    press(test, "Load and publish")
    kept = tomllib.loads((home.inbox / "mapping.toml").read_text("utf-8"))
    assert [source["time"] for source in kept["source"]] == [{"date_order": "mdy"}]


def test_a_new_file_is_asked_even_where_a_mapping_lies_beside_it(serve, home):
    write_own(home.inbox, 3)
    press(serve(home.path, LOAD), "Load and publish")
    assert steps(serve(home.path, LOAD))[-1] == "7. Load"
    (home.inbox / "new.csv").write_text("Farbe,Form\nrot,rund\n", "utf-8")
    assert steps(serve(home.path, LOAD))[-1] == "2. What we think each file is"


def test_a_file_that_nobody_knows_is_asked_even_when_it_lies_there_alone(serve, home):
    (home.inbox / "anrufe.csv").write_text("Nummer;Ergebnis\n1;erreicht\n2;nicht erreicht\n", "utf-8")
    test = serve(home.path, LOAD)
    assert not test.exception and not test.error
    assert "We do not know this table" in texts(test)
    box(test, "This file holds").set_value("not read").run()
    assert "No file is left to be read." in texts(test)
    box(test, "This file holds").set_value("own/calls/own columns").run()
    assert steps(test)[-1] == "3. Columns"


def reps_of(home: Home) -> list[tuple[str, int]]:
    statement = "select rep_id, count(*) from snapshot.fact_calls group by all order by all"
    return open_snapshot(home).cursor().sql(statement).fetchall()


def test_two_spellings_of_a_rep_are_joined_where_a_reader_says_so(serve, home):
    write_own(home.inbox, 3)
    write_calls(home.inbox, "Anna Meier", "Anna Meier", "anna-meier", "a.meier@site.example", "R01", "R02")
    test = serve(home.path, LOAD)
    assert not test.exception
    # every spelling with its count, those that may be another person's first; nothing is chosen beforehand
    said = [part.value for part in test.text if part.value.endswith((" row)", " rows)"))]
    assert said == [
        "a.meier@site.example (1 row)", "anna-meier (1 row)", "Anna Meier (2 rows)", "R01 (1 row)", "R02 (1 row)",
    ]  # fmt: skip
    hinted = {"a meier site example is": "did you mean Anna Meier?", "R02 is": "taken as spelt"}
    for label, hint in hinted.items():
        assert (box(test, label).value, box(test, label).proto.placeholder) == (None, hint)
    box(test, "anna meier is").set_value("Anna Meier")
    typed = box(test, "R01 is")
    typed.options.append("Carla Braun")  # a name of one's own: AppTest types only what is offered
    typed.set_value("Carla Braun")
    press(test, "Use these names")
    assert (box(test, "anna meier is").value, box(test, "R01 is").value) == ("Anna Meier", "Carla Braun")
    accounts = next(frame.value for frame in test.dataframe if "Rows read" in frame.value)
    assert accounts["Used"].to_list() == [3, 6]
    press(test, "Load and publish")
    *others, (address, count) = reps_of(home)
    assert others == [("Anna Meier", 3), ("Carla Braun", 1), ("R02", 1)]
    assert address.startswith("a.meier@") and "site.example" not in address and count == 1
    kept = tomllib.loads((home.inbox / "mapping.toml").read_text("utf-8"))
    assert [source["values"] for source in kept["source"] if "values" in source] == [
        {"rep_id": {"Anna Meier": ["anna-meier"], "Carla Braun": ["R01"]}}
    ]
    # next time only the names without an entry are listed
    again = serve(home.path, LOAD)
    assert {each.label for each in again.selectbox if each.label.endswith(" is")} == {
        "a meier site example is", "R02 is",
    }  # fmt: skip


def test_names_that_are_said_to_be_each_other_are_refused_with_the_remedy(serve, home):
    write_own(home.inbox, 3)
    write_calls(home.inbox, "Anna Meier", "Bob")
    test = serve(home.path, LOAD)
    box(test, "Anna Meier is").set_value("Bob")
    box(test, "Bob is").set_value("Anna Meier")
    press(test, "Use these names")
    assert not test.exception
    assert "each is said to be the other" in texts(test)
    assert steps(test)[-1] == "7. Load"


def test_a_picture_can_only_be_left_aside(serve, home):
    (home.inbox / "chart.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    test = serve(home.path, LOAD)
    assert "This file cannot be read: not a table but a picture; export the table as CSV." in texts(test)
    assert box(test, "This file holds").options == ["nothing we need: leave it aside"]
    box(test, "This file holds").set_value("not read").run()
    assert "Put another into the inbox" in texts(test)


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (("", ""), ["No lead is known to be inbound or outbound"]),
        (("inbound", ""), ["All leads whose channel is known are inbound: there is nothing to compare them with."]),
        (("inbound", "outbound"), []),
    ],
)  # fmt: skip
def test_a_load_that_can_compare_nothing_is_said_to_be_one(serve, home, channels, said):
    lines = [f"L{at},2026-06-01,{channel}" for at, channel in enumerate(channels)]
    (home.inbox / "leads.csv").write_text("\n".join(["lead_id,created_at,channel", *lines]) + "\n", "utf-8")
    test = serve(home.path, LOAD)
    told = [part.value for part in test.warning if "lead" in part.value]
    assert len(told) == len(said) and all(map(str.startswith, told, said))


def test_a_file_of_which_nothing_would_be_used_is_said_to_be_one(serve, home):
    write_own(home.inbox, 3)
    (home.inbox / "calls.csv").write_text(
        "call_id,lead_id,started_at,direction\nC1,L0,2026-06-02,OUT\nC2,L0,2026-06-02,OUT\n", "utf-8"
    )
    test = serve(home.path, LOAD)
    none = "Calls: of 2 rows none would be used. The reasons stand below."
    assert none in texts(test)
    # the step before says what becomes of such rows
    assert "A row whose word is left open is refused." in texts(test)
    box(test, "OUT means").set_value("outbound")
    press(test, "Use these meanings")
    assert none not in texts(test)


def test_what_a_load_would_take_away_is_said_before(serve, home):
    write_own(home.inbox, 3)
    write_calls(home.inbox, "Anna Meier")
    gone = "Published now, and in none of these files: calls."
    test = serve(home.path, LOAD)
    assert gone not in texts(test)
    press(test, "Load and publish")
    (home.inbox / "calls.csv").unlink()
    (home.inbox / "mapping.toml").unlink()
    assert gone in texts(serve(home.path, LOAD))


def test_after_a_load_the_page_says_so_and_the_steps_wait(serve, home):
    write_own(home.inbox, 3)
    test = press(serve(home.path, LOAD), "Load and publish")
    assert "figures as of 1 Jun 2026" in "\n".join(each.value for each in test.success)
    assert steps(test) == []
    press(test, "Load further files")
    assert steps(test)[-1] == "7. Load"
    assert "Nothing changes." in texts(test)


def test_how_a_file_is_recognised_is_said_in_names_that_can_be_counted(serve, home):
    write_own(home.inbox, 3)
    said = texts(serve(home.path, LOAD))
    assert "Leads: 4 of its 4 column names are ours." in said and " sure" not in said


def test_the_same_files_again_are_no_error(serve, home):
    write_own(home.inbox, 3)
    test = press(serve(home.path, LOAD), "Load and publish")
    published, (snapshot, _) = home.pointer.read_bytes(), home.current() or ("", "")
    (home.inbox / "mapping.toml").unlink()
    press(test, "Load further files")
    press(test, "Load and publish")
    assert not test.exception and not test.error
    (said,) = [each.value.replace("\\", "") for each in test.info]
    assert said == (
        f"Already loaded: nothing has changed since the snapshot {snapshot} was made of these files; it stays in "
        "force. Put newer files into the inbox to load them."
    )
    (status,) = test.status
    assert (status.label, status.state, status.proto.expanded) == ("Nothing to load", "complete", True)
    assert home.pointer.read_bytes() == published and not home.refused.exists()
    # what was decided is kept all the same
    assert (home.inbox / "mapping.toml").exists()
    test.switch_page(WEEKLY).run()
    assert "failed" not in texts(test)


def test_a_column_that_the_mapping_names_is_not_asked_anew(serve, home):
    (home.inbox / "leads.csv").write_text("lead_id,Angelegt,channel\nL1,2026-06-01,inbound\n", "utf-8")
    test = serve(home.path, LOAD)
    box(test, "This file holds").set_value("own/leads/own columns").run()
    box(test, "Created on (needed)").set_value("Angelegt")
    press(test, "Use these columns")
    press(test, "Load and publish")
    again = serve(home.path, LOAD)
    assert box(again, "Created on (needed)").value == "Angelegt"
    assert steps(again)[-1] == "7. Load"


def test_rows_that_have_a_column_are_those_of_the_file(serve, home):
    write_own(home.inbox, 3)
    more = "lead_id,created_at,channel,source\nM1,2026-06-01,,\nM2,2026-06-01,,\n"
    (home.inbox / "leads two.csv").write_text(more, "utf-8")
    test = serve(home.path, LOAD)
    shown = [frame.value for frame in test.dataframe if "Rows that have it" in frame.value]
    assert [frame["Rows that have it"].max() for frame in shown] == [2, 3]
    assert shown[0]["Read as"][0] == "M1, M2"


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [("outcome", {"columns": {"outcome": "close_outcome"}}), (None, {"ignore": ["close_outcome"]})],
)
def test_a_column_that_may_decide_is_offered_and_ignored_only_by_a_person(serve, home, chosen, kept):
    write_own(home.inbox, 3)
    deals = "opportunity_id,lead_id,created_at,closed_at,close_outcome\nO1,L1,2026-06-02,2026-06-05,won\n"
    (home.inbox / "opportunities.csv").write_text(deals, "utf-8")
    test = serve(home.path, LOAD)
    assert "Nothing fills “Won, lost or open”" in texts(test)
    if chosen:
        box(test, "close outcome means").set_value(chosen)
    press(test, "Use these columns")
    assert "Nothing fills" not in texts(test)
    press(test, "Load and publish")
    sources = tomllib.loads((home.inbox / "mapping.toml").read_text("utf-8"))["source"]
    (deals,) = [source for source in sources if source["extract"] == "opportunities"]
    assert {key: deals[key] for key in deals.keys() - {"extract", "file"}} == kept


def test_a_second_file_beside_a_mapping_waits_for_an_answer(serve, home):
    write_own(home.inbox, 3)
    press(serve(home.path, LOAD), "Load and publish")
    (home.inbox / "late.csv").write_text(
        (home.inbox / "leads.csv").read_text("utf-8").replace("L", "M"), "utf-8"
    )
    test = serve(home.path, LOAD)
    assert "Not read so far: it is own/leads/own columns, but leads are read from leads.csv." in texts(test)
    assert steps(test)[-1] == "2. What we think each file is"
    waits = next(each for each in test.selectbox if each.label == "This file holds" and not each.value)
    waits.set_value("own/leads/own columns").run()
    assert steps(test)[-1] == "7. Load"


def test_many_tables_that_nobody_knows_are_told_as_one_and_wait_for_nothing(serve, home):
    write_own(home.inbox, 3)
    for at in range(25):
        (home.inbox / f"plan{at}.csv").write_text("Farbe,Form\nrot,rund\n", "utf-8")
    test = serve(home.path, LOAD)
    assert "Not read: plan0.csv, plan1.csv and 23 more: 25 tables that nobody knows." in texts(test)
    assert steps(test)[-1] == "7. Load"


def test_a_file_without_a_header_shows_nobody_and_its_columns_can_be_chosen(serve, home):
    write_own(home.inbox, 3)
    rows = [f"493012340{at},Anna Muster{at},in,2026-01-2{at} 15:33:20,ok" for at in range(6)]
    (home.inbox / "cdr.csv").write_text("\n".join(rows) + "\n", "utf-8")
    test = serve(home.path, LOAD)
    assert "no header: line 1 holds values" in texts(test)
    waits = next(each for each in test.selectbox if each.label == "This file holds" and not each.value)
    waits.set_value("own/calls/own columns").run()
    shown = texts(test) + "".join(frame.value.to_string() for frame in test.dataframe)
    assert "Muster" not in shown and "4930123" not in shown and "ok" in shown
    box(test, "Call id (needed)").set_value("number the rows: the file has none")
    box(test, "Start of the call (needed)").set_value("column 4")
    press(test, "Use these columns")
    assert steps(test)[-1] == "7. Load"
