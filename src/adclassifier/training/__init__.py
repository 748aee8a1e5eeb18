"""Fit a classifier on labelled texts, and judge one."""

from adclassifier.training.evaluation import evaluate
from adclassifier.training.fitting import Fitting, fit, train
from adclassifier.training.plots import draw_plots

__all__ = ["Fitting", "draw_plots", "evaluate", "fit", "train"]
