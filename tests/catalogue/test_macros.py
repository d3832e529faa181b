"""What needs what among the query files: order, and what a reader does without."""

from __future__ import annotations

from leadquality.catalogue.macros import needed, ordered


def test_only_what_the_readers_mention_is_needed_and_what_that_needs_in_turn(tmp_path):
    texts = {
        "deep": "create macro deep() as 1;",
        "above": "create macro above() as deep();",
        "beside": "create macro beside() as above();",
        "counted": "select above() -- not beside()",
        "alone": "select 1",
    }
    paths = {stem: tmp_path / f"{stem}.sql" for stem in texts}
    for stem, text in texts.items():
        paths[stem].write_text(text, "utf-8")
    stems = [path.stem for path in needed(list(paths.values()), [paths["counted"], paths["alone"]])]
    assert sorted(stems) == ["above", "alone", "counted", "deep"]
    assert stems.index("deep") < stems.index("above") < stems.index("counted")


def test_what_needs_another_stands_after_it(tmp_path):
    for stem, text in {"a": "select b()", "b": "select c()", "c": "select 1"}.items():
        (tmp_path / f"{stem}.sql").write_text(text, "utf-8")
    assert [path.stem for path in ordered(list(tmp_path.glob("*.sql")))] == ["c", "b", "a"]
