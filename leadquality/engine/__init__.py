"""The engine: one KPI over one scope, with bound parameters only."""

from leadquality.engine.run import Result, missing, run, values

__all__ = ["Result", "missing", "run", "values"]
