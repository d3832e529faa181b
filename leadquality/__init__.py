"""Lead Quality: inbound and outbound leads, compared like for like."""

__version__ = "0.1.0"
