"""Strings that markup, links, formulas and letter directions hide in, and a small world whose names all are such strings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from leadquality.load import load
from leadquality.snapshot import Home

STRANGE = "http://strange.example"

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    '<a href="javascript:alert(4)">go</a>',
    f'<a href="{STRANGE}/5">go</a>',
    '<a href="data:text/html,<script>alert(6)</script>">go</a>',
    f"[link]({STRANGE}/7)",
    "[link](javascript:alert(8))",
    f"![picture]({STRANGE}/9.png)",
    f'<img src="{STRANGE}/10.png">',
    "<b>bold</b>",
    "one<br>two",
    r"$\href{http://strange.example/13}{x}$",
    "from $1,000 to $2,000",
    ":red[alarm]",
    ":material/delete: gone",
    ":smile: :+1:",
    "**_both_** `code` ~~gone~~",
    f'<iframe src="{STRANGE}/19"></iframe>',
    '" onmouseover="alert(20)" x="',
    "{{constructor.constructor('alert(21)')()}}",
    "%{customdata[1]} %{x}",
    "=1+1",
    '=HYPERLINK("http://strange.example/24","go")',
    "+cmd|' /C calc'!A0",
    "@SUM(1,2)",
    "-2+3",
    "admin\u202etxt.exe",
    "<style>*{display:none}</style>",
    "# heading",
    f"{STRANGE}/31",
    "www.strange.example and x@strange.example",
    "<math><mi><style><title></title><img src=x onerror=alert(33)>",
    "A < B && C > D",
    "zero\u200bwidth\u2060x",
    "long " + "ab" * 60,
    "a[0].b",
    "| a | b |\u2009|---|---|",
    "    four spaces",
    "> quoted\\ *x*",
    "1. first",
    "\u0645\u0631\u062d\u0628\u0627 \u2067rtl\u2069",
)
"""Kinds of reliability.md, section 8, and some more; line breaks and 3,000 letters are refused or cut at the intake's own tests."""

HIDDEN = re.compile("[\u200b\u202e\u2060\u2067\u2069]")


def as_kept(text: str) -> str:
    """A string as the intake keeps it: without what nobody sees, with plain blanks, and with `email` for the token of an address."""
    return re.sub(r"\S+@\S+\.\S+", "email", HIDDEN.sub("", text).replace("\u2009", " "))


START = datetime(2026, 1, 5, 9)
AS_OF = "2026-06-30"


def hostile_home(folder: Path) -> Path:
    """A home loaded from extracts whose sources, segments, regions, campaigns, accounts, reps, codes and ids are hostile."""
    extracts = folder / "extracts"
    extracts.mkdir(parents=True)
    for name, rows in (
        ("leads", list(_leads())),
        ("calls", list(_calls())),
        ("meetings", list(_meetings())),
        ("opportunities", list(_opportunities())),
        ("handoffs", list(_handoffs())),
        ("call_answers", list(_answers())),
        ("capacity", list(_capacity())),
        ("spend", list(_spend())),
    ):
        with (extracts / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    load(Home(folder / "home"), extracts)
    return folder / "home"


def name(place: int) -> str:
    """A hostile string for a place; neighbours differ."""
    return HOSTILE[place % len(HOSTILE)]


def lead(number: int) -> str:
    return f"{number} {name(number)}"


LEADS = 12 * len(HOSTILE)


def _leads() -> Iterable[dict[str, object]]:
    for number in range(LEADS):
        created = START + timedelta(days=number % 90, hours=number % 7)
        yield {
            "lead_id": lead(number),
            "created_at": created.isoformat(),
            "channel": "inbound" if number % 2 else "outbound",
            "source": name(number // 4),
            "segment": name(number + 1),
            "region": name(number + 2),
            "campaign_id": name(number + 3),
            "campaign_offer": name(number + 4),
            "account_id": name(number + 5),
            "country": name(number + 6),
            "timezone": "Europe/Berlin" if number % 3 else name(number),
            "language_pref": "de" if number % 3 else name(number + 7),
            "industry": name(number + 8),
            "seniority": name(number + 9),
            "criteria_version": name(number // 300),
            "sql_at": (created + timedelta(days=3)).isoformat() if number % 3 == 0 else "",
            "disqualified_at": (created + timedelta(days=9)).isoformat() if number % 5 == 1 else "",
            "dq_reason": name(number + 10) if number % 5 == 1 else "",
        }


def _calls() -> Iterable[dict[str, object]]:
    """Two calls a lead; one rep in eight, always the same one, qualifies everybody: its name stands in the figure."""
    for number in range(2 * LEADS):
        owner, started = number % LEADS, START + timedelta(days=number % 90, hours=2 + number % 5)
        rep = number // 2 % 8
        code = ("qualified", "no_fit", "no_fit", name(number), "unreachable")[number % 5]
        yield {
            "call_id": f"c{number} {name(number)}",
            "lead_id": lead(owner),
            "rep_id": name(rep),
            "team": name(rep + 20),
            "started_at": started.isoformat(),
            "direction": "outbound",
            "outcome_code": "qualified" if rep == 3 else code,
            "talk_s": 200,
            "script_version": name(rep // 4),
            "reached_role": "manager",
            "next_step_due": (started + timedelta(days=8)).isoformat(),
            "callback_due_at": (started + timedelta(days=100)).isoformat() if number % 9 == 0 else "",
        }


def _answers() -> Iterable[dict[str, object]]:
    for number in range(0, 2 * LEADS, 2):
        for question in ("interest", "timeline", name(number)):
            yield {
                "call_id": f"c{number} {name(number)}",
                "question_id": question,
                "asked": "true",
                "answered": "true" if number % 4 else "false",
                "answer_code": name(number + 1),
            }


def _meetings() -> Iterable[dict[str, object]]:
    for number in range(0, LEADS, 3):
        held = START + timedelta(days=number % 90 + 4)
        yield {
            "meeting_id": f"m{number} {name(number)}",
            "lead_id": lead(number),
            "held_at": held.isoformat(),
            "status": "held",
        }


def _opportunities() -> Iterable[dict[str, object]]:
    for number in range(0, LEADS, 3):
        created = START + timedelta(days=number % 90 + 6)
        yield {
            "opportunity_id": f"o{number} {name(number)}",
            "lead_id": lead(number),
            "account_id": name(number + 5),
            "created_at": created.isoformat(),
            "stage": name(number // 90),
            "closed_at": (created + timedelta(days=20)).isoformat() if number % 2 else "",
            "outcome": ("won" if number % 4 == 1 else "lost") if number % 2 else "open",
            "acv": 900 + number,
            "currency": "EUR",
            "loss_reason": name(number + 11) if number % 4 == 3 else "",
        }


def _handoffs() -> Iterable[dict[str, object]]:
    for number in range(0, LEADS, 3):
        handed = START + timedelta(days=number % 90 + 5)
        yield {
            "lead_id": lead(number),
            "handed_at": handed.isoformat(),
            "accepted_at": (handed + timedelta(days=1)).isoformat() if number % 2 else "",
            "rejected_at": (handed + timedelta(days=1)).isoformat() if number % 4 == 2 else "",
            "reject_reason": name(number + 12) if number % 4 == 2 else "",
            "first_sales_touch_at": (handed + timedelta(days=2)).isoformat() if number % 12 == 3 else "",
        }


def _capacity() -> Iterable[dict[str, object]]:
    for day in range(100):
        for place, language in enumerate(("de", name(day))):
            yield {
                "date": (START + timedelta(days=day)).date().isoformat(),
                "staffed_min": 60,
                "hour": 9 + place,
                "language": language,
            }


def _spend() -> Iterable[dict[str, object]]:
    for number in range(len(HOSTILE)):
        yield {
            "month": f"2026-0{1 + number % 3}-01",
            "channel": "inbound",
            "source": name(number),
            "cost": 100 + number,
            "kind": name(number + 1),
        }
