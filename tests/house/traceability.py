"""Writes docs/traceability.md from docs/traceability.toml: `python tests/house/traceability.py`."""

from __future__ import annotations

import tomllib
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((DOCS / "traceability.toml").read_text("utf-8"))


def is_later(names: list[str]) -> bool:
    """Whether a row has a page but comes with a later issue: `later: <page>`."""
    return any(name.startswith("later: ") for name in names)


def written() -> str:
    """The page: what is covered by what, and what is open, in the order of the file."""
    parts = ["# Traceability", ""]
    parts += [
        "Generated from `traceability.toml` by `python tests/house/traceability.py`; a test compares the two.",
        "",
    ]
    for title, key in (
        ("Statements of the two source articles", "items"),
        ("Mistakes of other products", "mistakes"),
        ("Features that a page must show", "features"),
    ):
        rows = table()[key]
        later = sum(is_later(names) for names in rows.values())
        answered = sum(bool(names) for names in rows.values()) - later
        told = f"; {later} have their page and come to it with a later issue" if later else ""
        told += "; the others are open" if answered + later < len(rows) else ""
        parts += [f"## {title}", "", f"{answered} of {len(rows)} are answered{told}.", ""]
        parts += ["| Item | Answered by |", "|---|---|"]
        parts += [f"| {item} | {', '.join(names) if names else '**open**'} |" for item, names in rows.items()]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    (DOCS / "traceability.md").write_text(written(), "utf-8")
