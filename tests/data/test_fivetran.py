"""HubSpot and Salesforce as a warehouse connector writes them: `load DIR` alone; figures counted by polars over the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from leadquality.cli import main
from leadquality.snapshot import Home, Snapshot, open_snapshot
from tests.conftest import SHARED


def opened(folder: str, home: Path, *options: str) -> Iterator[Snapshot]:
    source = SHARED / "data" / folder
    if not source.is_dir():
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    before = {path.name: path.stat().st_mtime_ns for path in source.iterdir()}
    assert main(["load", str(source), "--home", str(home), *options]) == 0
    assert {path.name: path.stat().st_mtime_ns for path in source.iterdir()} == before
    snapshot = open_snapshot(Home(home))
    yield snapshot
    snapshot.con.close()


@pytest.fixture(scope="module")
def hubspot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    # its hundred meetings name no lead, so all are rejected: somebody has to say that this is meant
    yield from opened("fivetran_hubspot", tmp_path_factory.mktemp("hubspot"), "--confirm")


@pytest.fixture(scope="module")
def salesforce(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    yield from opened("fivetran_salesforce", tmp_path_factory.mktemp("salesforce"))


def table(folder: str, name: str) -> pl.DataFrame:
    """A raw file, all of it text."""
    return pl.read_csv(SHARED / "data" / folder / f"{name}_data.csv", infer_schema=False)


def accounts(snapshot: Snapshot) -> dict[str, dict[str, int]]:
    """Rows by fate, the fates without a row left out."""
    fates = ("read", "used", "merged", "excluded", "rejected")
    return {
        name: {fate: account[fate] for fate in fates if account[fate]} | account["reasons"]
        for name, account in snapshot.manifest.tables.items()
    }


def test_hubspot_rows_are_accounted_for(hubspot):
    contacts, deals = table("fivetran_hubspot", "contact"), table("fivetran_hubspot", "deal")
    gone = contacts["property_hs_merged_object_ids"].drop_nulls().str.split(";").explode()
    merged = contacts.filter(pl.col("id").is_in(gone.implode())).height
    linked = deals.join(table("fivetran_hubspot", "deal_contact"), on="deal_id", how="semi").height
    meetings = table("fivetran_hubspot", "engagement_meeting")
    met = meetings.join(table("fivetran_hubspot", "engagement_contact"), on="engagement_id", how="semi").height
    history, stages = table("fivetran_hubspot", "deal_property_history"), table("fivetran_hubspot", "deal_stage")
    known = history["name"].is_in(["dealstage", "amount", "closedate"]).sum()
    assert (merged, linked, met, known) == (3, 0, 0, 0)
    assert stages.join(deals, on="deal_id", how="semi").height == 0
    assert accounts(hubspot) == {
        "leads": {"read": contacts.height, "used": contacts.height - merged, "excluded": merged, "merged_contact": merged},
        "calls": {"read": 1, "used": 1},
        # no deal and no meeting of these files names a contact: none can be put down to a channel, and a meeting says nothing else
        "meetings": {"read": meetings.height, "rejected": meetings.height, "MISSING_VALUE": meetings.height},
        "opportunities": {"read": deals.height, "used": deals.height},
        "opportunity_changes": {
            "read": history.height + stages.height,
            "excluded": history.height + stages.height,
            "another_property": history.height,
            "OPPORTUNITY_NOT_FOUND": stages.height,
        },
    }  # fmt: skip


def test_hubspot_leads_are_the_contacts_that_are_left(hubspot):
    contacts = table("fivetran_hubspot", "contact")
    gone = contacts["property_hs_merged_object_ids"].drop_nulls().str.split(";").explode()
    left = contacts.filter(~pl.col("id").is_in(gone.implode()))
    expected = dict(left.select("id", pl.col("property_createdate").str.head(10)).iter_rows())
    found = hubspot.cursor().sql("select lead_id, created_on::varchar from snapshot.fact_leads").fetchall()
    assert dict(found) == expected


def test_hubspot_channel_rests_on_the_form_that_made_the_contact(hubspot):
    contacts = table("fivetran_hubspot", "contact")
    same_day = pl.col("property_first_conversion_date").str.head(10) == pl.col("property_createdate").str.head(10)
    assert contacts.filter(same_day).height == contacts.height
    found = hubspot.cursor().sql("select distinct channel, channel_rule, channel_evidence from snapshot.fact_leads")
    assert found.fetchall() == [("inbound", "created by a form", "first_touch_channel = form")]


def test_hubspot_the_call_has_its_moment_and_points_to_a_contact_that_is_not_there(hubspot):
    call = table("fivetran_hubspot", "engagement_call").row(0, named=True)
    found = hubspot.cursor().sql("select call_id, started_at::varchar, lead_id, disposition from snapshot.fact_calls")
    moment = call["property_hs_timestamp"].rstrip("0")
    assert found.fetchall() == [(call["engagement_id"], moment, None, "unmapped")]
    assert hubspot.manifest.findings["orphan_calls"] == 1
    rates = hubspot.cursor().sql("select title from snapshot.findings where code = 'join_finds_little' order by 1").fetchall()
    assert ("Of 100 rows that ask engagement_contact_data.csv (link), 0 find an answer",) in rates
    assert ("Of 44 rows that ask deal_contact_data.csv (link), 0 find an answer",) in rates


def test_hubspot_every_other_file_is_named_with_its_reason(hubspot):
    read = set(hubspot.manifest.files)
    aside = {row[0] for row in hubspot.cursor().sql("select file from snapshot.findings where code = 'file_not_read'").fetchall()} - {None}
    assert read | aside == {path.name for path in (SHARED / "data" / "fivetran_hubspot").glob("*.csv")}
    assert not read & aside


def test_salesforce_rows_are_accounted_for(salesforce):
    opportunities = table("fivetran_salesforce", "sf_opportunity")
    history = table("fivetran_salesforce", "sf_opportunity_history")
    tasks, events = table("fivetran_salesforce", "sf_task"), table("fivetran_salesforce", "sf_event")
    calls = tasks.filter((pl.col("task_subtype") == "Call") | (pl.col("type") == "Call") | pl.col("call_type").is_not_null())
    scheduled = events.filter(pl.col("type") == "Call").height
    contacts = table("fivetran_salesforce", "sf_lead")["converted_contact_id"]
    assert (calls.height, events["who_id"].is_in(contacts.implode()).sum()) == (0, 0)
    assert {*opportunities["is_deleted"], *history["is_deleted"]} == {"true"}
    assert accounts(salesforce) == {
        "leads": {"read": 1, "used": 1},
        "calls": {"read": tasks.height, "excluded": tasks.height, "not_a_call": tasks.height},
        "meetings": {
            "read": events.height,
            "excluded": events.height,
            "scheduled_call": scheduled,
            "LEAD_NOT_FOUND": events.height - scheduled,
        },
        "opportunities": {"read": opportunities.height, "excluded": opportunities.height, "deleted": opportunities.height},
        "opportunity_changes": {"read": history.height, "excluded": history.height, "deleted": history.height},
    }  # fmt: skip


def test_salesforce_the_lead_has_no_source_and_so_no_channel(salesforce):
    lead = table("fivetran_salesforce", "sf_lead").row(0, named=True)
    assert lead["lead_source"] is None
    facts = "select lead_id, account_id, created_on::varchar, industry, channel, channel_rule from snapshot.fact_leads"
    assert salesforce.cursor().sql(facts).fetchall() == [
        (
            lead["id"][:15],
            lead["converted_account_id"][:15],
            lead["created_date"][:10],
            lead["industry"],
            "unknown",
            "no rule fits",
        )
    ]
    assert salesforce.manifest.findings["channel_unknown"] == 1


def test_the_mapping_used_stands_beside_the_snapshot_and_gives_the_same_again(hubspot, tmp_path, capsys):
    path = hubspot.con.sql("select path from duckdb_databases() where database_name = 'snapshot'").fetchall()[0][0]
    beside = Path(path).parent / "mapping.toml"
    folder = str(SHARED / "data" / "fivetran_hubspot")
    capsys.readouterr()
    assert main(["load", folder, "--mapping", str(beside), "--home", str(tmp_path), "--json", "--confirm"]) == 0
    assert json.loads(capsys.readouterr().out)["snapshot"] == hubspot.manifest.snapshot
