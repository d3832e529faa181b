"""The engine: one KPI over one scope, with bound parameters only, and the rows behind its figures."""

from leadquality.engine.rows import Rows, rows_behind
from leadquality.engine.run import Result, missing, run, values

__all__ = ["Result", "Rows", "missing", "rows_behind", "run", "values"]
