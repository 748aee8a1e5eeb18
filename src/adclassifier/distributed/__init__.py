"""Judge files on a Spark cluster: the same function, the same values, more machines.

The driver looks at the input and writes the output with the readers and writers of `posts`; the
workers call `scoring.score_batch`. Importing this package imports no Spark.
"""

from __future__ import annotations

from adclassifier.distributed.cluster import Cluster
from adclassifier.distributed.job import score_with_spark

__all__ = ["Cluster", "score_with_spark"]
