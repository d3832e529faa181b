"""The engine: one KPI over one scope, the rows behind its figures, and what several of them say together; bound parameters only."""

from leadquality.engine.crossing import WholeCurves, whole_curves
from leadquality.engine.posteriors import posteriors
from leadquality.engine.rows import Rows, rows_behind
from leadquality.engine.run import Result, missing, run, values

__all__ = [
    "Result",
    "Rows",
    "WholeCurves",
    "missing",
    "posteriors",
    "rows_behind",
    "run",
    "values",
    "whole_curves",
]
