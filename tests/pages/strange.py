"""Two files as people have them: calls of a German telephone system, and contacts of a CRM with dates of an American."""

from __future__ import annotations

from pathlib import Path

CALLS = "anrufe maerz.csv"
CONTACTS = "contacts export (2).csv"
RESULTS = ("Termin vereinbart", "Nicht erreicht", "Kein Interesse: später", "Rückruf")
SOURCES = ("Organic Search", "Paid Search", "Kaltliste März")


def write_strange(folder: Path, leads: int = 30, calls: int = 40) -> Path:
    """Both files: the calls in cp1252 with semicolons and a decimal comma, the contacts in UTF-16 with tabs and mm/dd/yyyy.

    The days of the contacts never pass 12, so nobody can say which of the two numbers is the month.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contacts = ["Record ID\tCreate Date\tOriginal Source\tEmail\tOwner colour"]
    contacts += [
        f"{9000 + at}\t{1 + at % 5:02}/{1 + at % 12:02}/2026 09:00\t{SOURCES[at % 3]}\tanna{at}@example.com\tred"
        for at in range(leads)
    ]
    lines = ["Lead-Nr;Angerufen am;Ergebnis;Dauer (s);Telefon"]
    lines += [
        f"{9000 + at % leads};{1 + at % 28:02}.06.2026 10:00;{RESULTS[at % 4]};{at},5;+49 170 5550{at:04}"
        for at in range(calls)
    ]
    (folder / CONTACTS).write_bytes(("\r\n".join(contacts) + "\r\n").encode("utf-16"))
    (folder / CALLS).write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return folder
