"""The synthetic sample: extracts whose truth is known, clean or with counted defects."""

from __future__ import annotations

from leadquality.sample.write import write_sample

__all__ = ["write_sample"]
