"""Databases that several tests fill anew are nobody else's."""

from __future__ import annotations

import gc

from tests.oracle import accounts
from tests.statistics import planted, units
from tests.story import STAGES


def test_a_stage_is_given_to_no_other_story():
    stages = [module.stage() for module in (accounts, planted, units)]
    gc.collect()
    assert not any(stage is free for stage in stages for free in STAGES)
