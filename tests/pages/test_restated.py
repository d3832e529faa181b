"""The Data page after a second load: what rests on a finding, and what earlier weeks say now (features.md, X14)."""

from __future__ import annotations

from datetime import date

from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot
from leadquality.ui.restated import restated_rows
from tests.pages.conftest import texts

DATA = "pages/trust/data.py"
LEADS = [
    "lead_id,created_at,channel,source",
    *(f"L{n},2026-02-24,inbound,{'' if n == 47 else 'web'}" for n in range(50)),
]
HEADER = "opportunity_id,lead_id,created_at,outcome"
HOSTILE = "O<b>[x](https://e.org)\u202e"


def test_week_10_was_40_and_is_now_42_and_nothing_of_it_is_a_movement_of_week_11(tmp_path, serve):
    # Week 10 is 2 to 8 March 2026: 40 opportunities by its Sunday. A week later 3 more are dated in it, one is gone, and
    # week 11 has 5 of its own.
    first = [f"O{n},L{n},2026-03-0{2 + n % 7},open" for n in range(40)]
    late = [f"{name},L{n},2026-03-06,open" for n, name in ((40, "O40"), (41, "O41"), (42, HOSTILE))]
    later = [f"O{n},L{n},2026-03-10,open" for n in range(43, 48)]
    home = Home(tmp_path / "home")
    (tmp_path / "leads.csv").write_text("\n".join(LEADS) + "\n")
    said = []
    for as_of, deals in (("2026-03-08", first), ("2026-03-15", [*first[1:], *late, *later])):
        (tmp_path / "opportunities.csv").write_text("\n".join([HEADER, *deals]) + "\n")
        said.append(load(home, tmp_path, as_of=date.fromisoformat(as_of)).restated)
    assert said[0] == {"not_compared": "no earlier load to compare with"}
    page = serve(home.path, DATA)
    assert not page.exception
    assert (
        "1 figure of 1 week up to 8 Mar 2026 changed since the load before: 3 rows came late, 1 is gone, 0 changed. "
        "Not compared, as one of the two loads does not have them: first meetings held."
    ) in texts(page)
    frames = [frame.value.to_dict("records") for frame in page.dataframe]
    (weeks,) = [rows for rows in frames if rows and "Difference" in rows[0]]
    assert weeks == [
        {
            "Week": "2026-W10",
            "Channel": "inbound",
            "Figure": "Opportunities opened",
            "Was": "40",
            "Now": "42",
            "Difference": "+2",
            "Came late": 3,
            "Gone": 1,
            "Changed": 0,
        }
    ]
    (rows,) = [rows for rows in frames if rows and "What happened" in rows[0]]
    shown = "O<b>[x](https://e.org)"  # the mark that turns the direction does not get past the intake
    assert {(row["Row"], row["Lead"], row["What happened"], row["Was"], row["Now"]) for row in rows} == {
        ("O0", "L0", "is gone", "2026-W10, 2 Mar 2026, inbound", "not counted"),
        ("O40", "L40", "came late", "not counted", "2026-W10, 6 Mar 2026, inbound"),
        ("O41", "L41", "came late", "not counted", "2026-W10, 6 Mar 2026, inbound"),
        (shown, "L42", "came late", "not counted", "2026-W10, 6 Mar 2026, inbound"),
    }
    (found,) = [rows for rows in frames if rows and "Finding" in rows[0]]
    assert [(row["Rows"], row["Leads"], row["Money that rests on them"]) for row in found] == [
        (1, "—", "— (no lead can be told)"),  # the leads are equal in all but their id
        (1, "1", "— (1 opportunity, 1 of unknown amount)"),
        (1, "—", "— (no lead can be told)"),  # the mark that was taken off, a finding of the file
    ]
    some, total = restated_rows(open_snapshot(home), 3)
    assert (len(some), total) == (3, 4)
