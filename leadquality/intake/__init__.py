"""Intake: files as people have them become typed, accounted rows; every row that is left out is named."""

from leadquality.intake.accounts import Account, accounts_by_file, accounts_of
from leadquality.intake.mapping import Mapping, parse_mapping, read_mapping
from leadquality.intake.propose import Proposal, propose
from leadquality.intake.staging import Staged, stage
from leadquality.intake.write import mapping_text

__all__ = [
    "Account",
    "Mapping",
    "Proposal",
    "Staged",
    "accounts_by_file",
    "accounts_of",
    "mapping_text",
    "parse_mapping",
    "propose",
    "read_mapping",
    "stage",
]
