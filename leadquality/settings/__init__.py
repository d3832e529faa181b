"""Settings: what a site decides once (qualification model, outcomes, promises, horizons), checked before it is used."""

from leadquality.settings.model import Settings
from leadquality.settings.read import DEFAULTS, read_settings
from leadquality.settings.rows import setting_rows

__all__ = ["DEFAULTS", "Settings", "read_settings", "setting_rows"]
