"""What the gate before publishing says: the reason for which most rows are lost stands in the refusal, rejected or excluded."""

from __future__ import annotations

import pytest

from leadquality.contracts import InputRefused
from leadquality.load import load
from leadquality.snapshot import Home

LEADS = "lead_id,created_at,channel\n" + "".join(f"L{at},2025-01-0{at},inbound\n" for at in range(1, 9))
HEAD = "opportunity_id,lead_id,created_at,closed_at,outcome,acv\n"


def deals(prefix: str, closed: str = "2025-03-01") -> str:
    return "".join(f"O{at},{prefix}L{at},2025-02-01,{closed},won,100\n" for at in range(1, 8))


def taken(folder, home, opportunities):
    (folder / "leads.csv").write_text(LEADS)
    (folder / "opportunities.csv").write_text(HEAD + opportunities)
    return load(Home(home), folder)


def test_rows_that_match_nothing_are_said_where_the_few_others_are_rejected(tmp_path):
    with pytest.raises(InputRefused) as refused:
        taken(tmp_path, tmp_path / "home", deals("X") + "OX,L8,2025-02-01,,won,100\n")
    said = str(refused.value)
    assert said.startswith("opportunities: 1 of 1 rows are rejected, more than 50%: 1 CLOSED_WITHOUT_DATE")
    assert (
        '; 7 further rows are excluded: 7 LEAD_NOT_FOUND, first in opportunities.csv, line 2, lead_id = "XL1": '
        in said
    )


def test_a_few_that_are_excluded_are_not_what_the_refusal_is_about(tmp_path):
    with pytest.raises(InputRefused) as refused:
        taken(tmp_path, tmp_path / "home", deals("", closed="") + "OX,L77,2025-02-01,2025-03-01,won,100\n")
    assert "7 of 7 rows are rejected" in str(refused.value) and "further rows" not in str(refused.value)


def test_an_extract_that_lost_its_partners_says_so(tmp_path):
    taken(tmp_path, tmp_path / "home", deals(""))
    with pytest.raises(InputRefused) as refused:
        taken(tmp_path, tmp_path / "home", deals("X"))
    said = str(refused.value)
    assert said.startswith(
        "opportunities: 0 usable rows, fewer than half of the 7 of the last load: 7 LEAD_NOT_FOUND, first in "
    )
    assert "load the whole extract" in said
