"""Intake: files as people have them become typed, accounted rows; every row that is left out is named."""

from leadquality.intake.accounts import Account, accounts_of
from leadquality.intake.mapping import Mapping, read_mapping
from leadquality.intake.staging import Staged, stage

__all__ = ["Account", "Mapping", "Staged", "accounts_of", "read_mapping", "stage"]
