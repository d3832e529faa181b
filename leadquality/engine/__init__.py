"""The engine: one KPI over one scope, and what several of them say together, with bound parameters only."""

from leadquality.engine.crossing import WholeCurves, whole_curves
from leadquality.engine.ranking import with_posteriors
from leadquality.engine.run import Result, missing, run, values
from leadquality.engine.sensitivity import Reading, Sensitivity, sensitivity

__all__ = [
    "Reading",
    "Result",
    "Sensitivity",
    "WholeCurves",
    "missing",
    "run",
    "sensitivity",
    "values",
    "whole_curves",
    "with_posteriors",
]
