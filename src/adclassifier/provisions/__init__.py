"""The law as data: provisions an inspector may cite, their dates, and which hold on a day."""

from adclassifier.provisions.law import NO_BASIS, UNDATED_MARK, UNVERIFIED_MARK, Law, Provision
from adclassifier.provisions.reading import law_texts, load_law, parse_law

__all__ = [
    "NO_BASIS",
    "UNDATED_MARK",
    "UNVERIFIED_MARK",
    "Law",
    "Provision",
    "law_texts",
    "load_law",
    "parse_law",
]
