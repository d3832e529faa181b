"""The engine: one KPI over one scope, and what several of them say together, with bound parameters only."""

from leadquality.engine.crossing import WholeCurves, whole_curves
from leadquality.engine.run import Result, missing, run, values

__all__ = ["Result", "WholeCurves", "missing", "run", "values", "whole_curves"]
