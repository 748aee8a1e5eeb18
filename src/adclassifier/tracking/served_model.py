"""The model that MLflow loads from code: the bundle beside it, and nothing that is unpickled.

MLflow copies this file into each logged model and runs it when the model is loaded, so it is
never imported by this package.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from adclassifier.bundle import load
from adclassifier.scoring import score_frame


class BundleModel(PythonModel):
    """Judge a frame of posts with the bundle that was logged."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the bundle, as the command line and the service do, and what judging needs.

        Warm, since whoever loads a model from MLflow serves it, mostly few posts at a time: these
        would otherwise be judged without compiled code.
        """
        self._classifier = load(context.artifacts["bundle"])
        self._classifier.warm()

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Give the columns of the README's table, one row a post, in the order of the frame.

        Parameters
        ----------
        context : PythonModelContext
        model_input : DataFrame
            Column ``text``; ``posted_at`` if the law of another day than the data's is meant.
        params : dict, optional
            None are known.

        Returns
        -------
        DataFrame
        """
        scored = score_frame(model_input, classifier=self._classifier)
        return scored.drop(columns=list(model_input.columns))


set_model(BundleModel())
