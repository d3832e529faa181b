"""The engine: one KPI over one scope, the rows behind its figures, and what several of them say together; bound parameters only."""

from leadquality.engine.crossing import Compared, GroupCurves, WholeCurves, source_curves, whole_curves
from leadquality.engine.evidence import Known, known_of
from leadquality.engine.pooling import AllChannels, all_channels, apart, beside
from leadquality.engine.ranking import with_posteriors
from leadquality.engine.rows import Rows, rows_behind
from leadquality.engine.run import Result, missing, run, spelt, values
from leadquality.engine.sensitivity import Reading, Sensitivity, sensitivity
from leadquality.statistics import Crossover

__all__ = [
    "AllChannels",
    "Compared",
    "Crossover",
    "GroupCurves",
    "Known",
    "Reading",
    "Result",
    "Rows",
    "Sensitivity",
    "WholeCurves",
    "all_channels",
    "apart",
    "beside",
    "known_of",
    "missing",
    "rows_behind",
    "run",
    "sensitivity",
    "source_curves",
    "spelt",
    "values",
    "whole_curves",
    "with_posteriors",
]
