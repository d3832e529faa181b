"""leadquality.toml: defaults, overrides, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadquality.contracts import InputRefused
from leadquality.load import settings_for
from leadquality.settings import read_settings, setting_rows
from leadquality.snapshot import Home


def written(folder: Path, text: str) -> Path:
    path = folder / "leadquality.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_defaults_hold_the_standard_outcomes_and_criteria():
    settings, digest = read_settings()
    assert settings.sla.touch_days == 2
    assert "gatekeeper" in settings.dispositions["gatekeeper_block"]
    assert "wrong number" in settings.dispositions["wrong_contact"]
    assert settings.criteria["timeline"].required_by == ["sales"]
    assert len(digest) == 64


def test_a_file_replaces_only_the_keys_it_names(tmp_path):
    settings, _ = read_settings(written(tmp_path, "[sla]\ntouch_days = 1\n"))
    assert (settings.sla.touch_days, settings.sla.acceptance_days) == (1, 5)


def test_the_file_given_goes_before_that_of_the_site_and_that_before_the_one_beside_the_extracts(tmp_path):
    home, extracts, given = Home(tmp_path / "home"), tmp_path / "extracts", tmp_path / "mine.toml"
    home.path.mkdir(exist_ok=True)
    extracts.mkdir()
    assert settings_for(home, extracts, None) is None
    beside = written(extracts, "[sla]\ntouch_days = 3\n")
    assert settings_for(home, extracts, None) == beside
    of_site = written(home.path, "[sla]\ntouch_days = 1\n")
    assert settings_for(home, extracts, None) == of_site
    assert settings_for(home, extracts, given) == given


def test_rows_hold_one_value_each_and_one_row_per_member_of_a_list():
    rows = setting_rows(read_settings()[0])
    assert ("sla.touch_days", "2") in rows
    assert [value for name, value in rows if name == "criteria.budget.required_by"] == ["sales"]
    assert [value for name, value in rows if name == "answers.no"] == ["no", "n", "false", "0"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[criteria.charm]\nquestion = "charm"\nrequired_by = []\n', ("criteria.charm", "firmographic_fit")),
        ("[horizons]\nlong_term_close_rate = { inbound = -1, outbound = 540 }\n", ("long_term_close_rate.inbound", "-1", "equal to 1")),
        ("[horizons]\nno_such_kpi = { inbound = 30, outbound = 30 }\n", ("no_such_kpi", "leadquality kpis")),
        ("[horizons]\naverage_contract_value = { inbound = 30, outbound = 30 }\n", ("average_contract_value", "no KPI with a horizon")),
        ('[dispositions]\nno_fit = ["not now"]\n', ("'not now'", "interested_not_ready", "no_fit", "keep one of the two")),
        ('[dispositions]\nlukewarm = ["warm"]\n', ("dispositions.lukewarm", "qualified")),
        ('[answers]\nno = ["Yes"]\n', ("means yes and no", "keep one of the two")),
        ("[business_hours]\nfrom_hour = 18\nto_hour = 9\n", ("business_hours", "from_hour 18 is not before to_hour 9")),
        ("[slas]\ntouch_days = 1\n", ("unknown key 'slas'", "correct its spelling")),
        ('[campaign_dispositions.fair]\nqualified = ["x"]\nno_fit = ["X"]\n', ("campaign_dispositions.fair", "'X'", "keep one of the two")),
        ('[campaign_dispositions.fair]\nlukewarm = ["x"]\n', ("campaign_dispositions.fair.lukewarm", "qualified")),
        ('[stages]\norder = ["Demo", "Proposal", "de-mo"]\n', ("stages", "'Demo' stands twice", "keep one of the two")),
        ("[sla\n", ("TOML", "line 1")),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_with_file_key_and_remedy(tmp_path, text, words):
    with pytest.raises(InputRefused) as refused:
        read_settings(written(tmp_path, text))
    message = str(refused.value)
    assert message.startswith("leadquality.toml: ")
    assert [word for word in words if word not in message] == []


def test_a_horizon_of_the_site_is_the_one_that_counts(story):
    # 100 leads of 1 January: 40 won on day 20, 10 more on day 50; judged at 30 days instead of the file's 180
    world = story("2026-12-31")
    leads = world.leads(100, "inbound", "2026-01-01")
    for place, lead in enumerate(leads[:50]):
        world.won(lead, "2026-01-21" if place < 40 else "2026-02-20")
    horizons = {"long_term_close_rate": {"inbound": 30, "outbound": 540}}
    world.settings = world.settings.model_validate({**world.settings.model_dump(), "horizons": horizons})
    row = world.row("long_term_close_rate")
    assert (row["horizon_days"], row["numerator"], row["estimate"]) == (30, 40, pytest.approx(0.4, abs=1e-12))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputRefused, match=r"nowhere\.toml: cannot be read"):
        read_settings(tmp_path / "nowhere.toml")
