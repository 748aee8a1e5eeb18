"""Remember training runs in MLflow, and take bundles back out of it."""

from __future__ import annotations

from adclassifier.tracking.fetching import fetch_bundle
from adclassifier.tracking.runs import track
from adclassifier.tracking.store import DEFAULT_TRACKING_URI, require_store

__all__ = ["DEFAULT_TRACKING_URI", "fetch_bundle", "require_store", "track"]
