"""The catalogue: what every query file says of itself, read once into frozen values."""

from leadquality.catalogue.extracts import Bound, Extract, load_extracts
from leadquality.catalogue.header import CatalogueError, parse_header
from leadquality.catalogue.kpis import Kpi, load_kpi, load_kpis, load_reports, named_parameters
from leadquality.catalogue.macros import definitions_hash, macro_statements

__all__ = [
    "Bound",
    "CatalogueError",
    "Extract",
    "Kpi",
    "definitions_hash",
    "load_extracts",
    "load_kpi",
    "load_kpis",
    "load_reports",
    "macro_statements",
    "named_parameters",
    "parse_header",
]
