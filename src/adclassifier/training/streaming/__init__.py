"""Learn from more texts than memory should hold: blocks on disk, averaged gradient descent.

Texts are normalised, hashed and sketched once, and written to blocks in a temporary folder. Groups
of near-duplicates, idf and folds come from what stays in memory, some 500 bytes a text. Then the
models of all folds and the final one learn from block after block. Calibration and thresholds are
those of the exact path, on all texts; sub-codes, evidence and the card's figures take a sample
(`sampling`).
"""

from adclassifier.training.streaming.fitting import learn_streamed

__all__ = ["learn_streamed"]
