"""Save a classifier to a folder, and load one that nobody has to trust.

A bundle is a folder: ``bundle.json`` (what it is, and the hash of every other file),
``weights.npz`` (numbers only), ``card.json`` (figures, provenance, the training's configuration)
and plots for people. Nothing in it is run. Its hashes guard against damage; against people guards
the content hash that the reader pins.
"""

from adclassifier.bundle.loading import find_bundle, load
from adclassifier.bundle.manifest import FORMAT
from adclassifier.bundle.saving import save

__all__ = ["FORMAT", "find_bundle", "load", "save"]
