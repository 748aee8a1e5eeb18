"""Say how good predictions are: figures, intervals, slices, calibration, evidence."""

from __future__ import annotations

from adclassifier.metrics.acceptance import could_go_either_way
from adclassifier.metrics.calibration import (
    CalibrationBin,
    calibration_bins,
    expected_calibration_error,
    perfect_calibration_error,
)
from adclassifier.metrics.evaluation import evaluate_predictions
from adclassifier.metrics.records import Judged, Predicted
from adclassifier.metrics.rendering import render_markdown

__all__ = [
    "CalibrationBin",
    "Judged",
    "Predicted",
    "calibration_bins",
    "could_go_either_way",
    "evaluate_predictions",
    "expected_calibration_error",
    "perfect_calibration_error",
    "render_markdown",
]
