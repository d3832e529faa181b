"""How every figure is shown: nothing to upload, no logo, no tool bar."""

from typing import Final

CONFIG: Final = {"showSendToCloud": False, "displaylogo": False, "displayModeBar": False, "responsive": True}
