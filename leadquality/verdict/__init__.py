"""What may be said about two channels, and the one set of sentences that says it (experience.md, section 5)."""

from leadquality.verdict.calling import (
    bar_sentence,
    operations_title,
    promises_sentence,
    qualification_title,
    waiting_sentence,
)
from leadquality.verdict.compare import compare
from leadquality.verdict.headline import QUESTION, TITLE_LIMIT, headline
from leadquality.verdict.language import forbidden, lacking
from leadquality.verdict.parts import DECIDED, Direction, Gap, Kind, Side, Verdict
from leadquality.verdict.reading import only_channel
from leadquality.verdict.states import judged, one_channel, stated, too_short

__all__ = [
    "DECIDED",
    "QUESTION",
    "TITLE_LIMIT",
    "Direction",
    "Gap",
    "Kind",
    "Side",
    "Verdict",
    "bar_sentence",
    "compare",
    "forbidden",
    "headline",
    "judged",
    "lacking",
    "one_channel",
    "only_channel",
    "operations_title",
    "promises_sentence",
    "qualification_title",
    "stated",
    "too_short",
    "waiting_sentence",
]
