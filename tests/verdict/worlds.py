"""Sides and gaps of the demonstration (statistics.md, section 4), for the tests of this room."""

from __future__ import annotations

from leadquality.verdict import Gap, Side

INBOUND, OUTBOUND = 4_412, 5_000


def inbound(estimate: float, low: float, high: float, old_enough: int, wins: int) -> Side:
    return Side("inbound", estimate, low, high, old_enough, wins, INBOUND)


def outbound(estimate: float, low: float, high: float, old_enough: int, wins: int) -> Side:
    return Side("outbound", estimate, low, high, old_enough, wins, OUTBOUND)


def wider(estimate: float, low: float, high: float) -> Gap:
    """A gap whose 99 % interval is the 95 % one stretched by 2.576 / 1.960."""
    stretch = 2.576 / 1.960
    return Gap(
        estimate, low, high, estimate - stretch * (estimate - low), estimate + stretch * (high - estimate)
    )


AT_90 = (inbound(0.0626, 0.0555, 0.0702, 3_858, 258), outbound(0.0005, 0.0001, 0.0019, 3_727, 2))
AT_180 = (inbound(0.0716, 0.0639, 0.0798, 3_253, 291), outbound(0.0209, 0.0163, 0.0264, 2_628, 64))
AT_270 = (inbound(0.0716, 0.0639, 0.0798, 2_675, 291), outbound(0.0579, 0.0496, 0.0671, 1_699, 144))
AT_365 = (inbound(0.0716, 0.0639, 0.0798, 2_059, 291), outbound(0.081939, 0.0721, 0.0926, 946, 178))
AT_540 = (inbound(0.0716, 0.0639, 0.0798, 947, 291), outbound(0.0925, 0.0814, 0.1044, 158, 185))

GAP_90 = wider(-0.0621, -0.0697, -0.0548)
GAP_180 = wider(-0.0507, -0.0601, -0.0413)
GAP_270 = wider(-0.0137, -0.0254, -0.0017)
GAP_365 = wider(0.0103, -0.00253, 0.02348)  # the table prints -.0025 and .0235
GAP_540 = wider(0.0209, 0.0071, 0.0350)
