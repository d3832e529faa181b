"""What may be said about two channels, and the one set of sentences that says it (experience.md, section 5)."""

from leadquality.verdict.compare import compare
from leadquality.verdict.headline import QUESTION, TITLE_LIMIT, headline
from leadquality.verdict.language import forbidden, lacking
from leadquality.verdict.parts import DECIDED, Direction, Gap, Kind, Side, Verdict
from leadquality.verdict.states import judged, stated, too_short

__all__ = [
    "DECIDED",
    "QUESTION",
    "TITLE_LIMIT",
    "Direction",
    "Gap",
    "Kind",
    "Side",
    "Verdict",
    "compare",
    "forbidden",
    "headline",
    "judged",
    "lacking",
    "stated",
    "too_short",
]
