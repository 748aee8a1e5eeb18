"""Pages for people: a report of scored posts, and explanations on paper and in the terminal."""

from adclassifier.report.collector import COLUMN_ROLES, ReportCollector
from adclassifier.report.explanation import explanation_page
from adclassifier.report.terminal import render_explanation

__all__ = ["COLUMN_ROLES", "ReportCollector", "explanation_page", "render_explanation"]
