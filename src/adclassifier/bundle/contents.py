"""Take a classifier apart into numbers and a manifest, and put it together, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.bundle.arrays import ArrayForm, Arrays
from adclassifier.bundle.manifest import Features, Manifest
from adclassifier.classifier import AdClassifier, EvidenceHead, LinearHeads, SubcodeHeads
from adclassifier.classifier.evidence import N_INPUTS
from adclassifier.errors import BundleVersionError, UntrustedBundleError
from adclassifier.lexicon import lexicon_text, load_lexicon
from adclassifier.taxonomy import load_taxonomy, taxonomy_text


def array_forms(manifest: Manifest) -> dict[str, ArrayForm]:
    """Say which arrays a bundle with this manifest holds."""
    n_rows, n_heads = manifest.features.shape().n_rows, len(manifest.heads)
    n_codes, n_entries = len(manifest.subcodes), manifest.subcode_entries
    # without an evidence head its arrays are empty
    with_evidence = manifest.evidence_threshold is not None
    return {
        "idf": ArrayForm("<f2", (n_rows,)),
        "weights": ArrayForm("<f2", (n_rows, n_heads)),
        "bias": ArrayForm("<f8", (n_heads,)),
        "slope": ArrayForm("<f8", (n_heads,)),
        "intercept": ArrayForm("<f8", (n_heads,)),
        "subcode_starts": ArrayForm("<i4", (n_codes + 1,)),
        "subcode_buckets": ArrayForm("<i4", (n_entries,)),
        "subcode_weights": ArrayForm("<f2", (n_entries,)),
        "subcode_bias": ArrayForm("<f8", (n_codes,)),
        "evidence_weights": ArrayForm("<f2", (n_rows * with_evidence,)),
        "evidence_bias": ArrayForm("<f8", (1 * with_evidence,)),
        "evidence_smoothing": ArrayForm("<f8", ((N_INPUTS + 1) * with_evidence,)),
    }


def take_arrays(classifier: AdClassifier) -> Arrays:
    """Give the numbers of a classifier under their names in the bundle."""
    heads, subcodes, evidence = classifier.heads, classifier.subcodes, classifier.evidence
    return {
        "idf": heads.idf,
        "weights": heads.weights,
        "bias": heads.bias,
        "slope": heads.slope,
        "intercept": heads.intercept,
        "subcode_starts": subcodes.starts,
        "subcode_buckets": subcodes.buckets,
        "subcode_weights": subcodes.weights,
        "subcode_bias": subcodes.bias,
        "evidence_weights": np.empty(0, np.float16) if evidence is None else evidence.weights,
        "evidence_bias": np.array([] if evidence is None else [evidence.bias]),
        "evidence_smoothing": np.empty(0) if evidence is None else evidence.smoothing,
    }


def take_manifest(classifier: AdClassifier, files: Mapping[str, str]) -> Manifest:
    """Describe a classifier; ``files`` are the hashes of what lies beside the manifest."""
    heads = classifier.heads
    return Manifest(
        name=classifier.name,
        labels=classifier.labels,
        heads=heads.names,
        subcodes=classifier.subcodes.codes,
        subcode_entries=len(classifier.subcodes.buckets),
        features=Features.of(heads.shape),
        segmenter=heads.segmenter,
        window_chars=heads.window_chars,
        stride_chars=heads.stride_chars,
        thresholds=dict(classifier.thresholds),
        evidence_threshold=classifier.evidence.threshold if classifier.evidence else None,
        prior=classifier.prior,
        max_chars=classifier.max_chars,
        lexicon_sha256=hashlib.sha256(lexicon_text().encode("utf-8")).hexdigest(),
        taxonomy_sha256=hashlib.sha256(taxonomy_text().encode("utf-8")).hexdigest(),
        law_as_of=classifier.law_as_of.isoformat(),
        files=dict(files),
    )


def build_classifier(manifest: Manifest, arrays: Arrays, card: Mapping[str, Any]) -> AdClassifier:
    """Put a classifier together from checked parts."""
    heads = LinearHeads(
        names=manifest.heads,
        shape=manifest.features.shape(),
        segmenter=manifest.segmenter,
        window_chars=manifest.window_chars,
        stride_chars=manifest.stride_chars,
        **{name: arrays[name] for name in ("idf", "weights", "bias", "slope", "intercept")},
    )
    subcodes = SubcodeHeads(
        manifest.subcodes,
        starts=arrays["subcode_starts"],
        buckets=arrays["subcode_buckets"],
        weights=arrays["subcode_weights"],
        bias=arrays["subcode_bias"],
    )
    return AdClassifier(
        name=manifest.name,
        labels=manifest.labels,
        heads=heads,
        subcodes=subcodes,
        thresholds=manifest.thresholds,
        prior=manifest.prior,
        max_chars=manifest.max_chars,
        card=card,
        evidence=_build_evidence(manifest, arrays),
        content_hash=manifest.content_hash(),
    )


def _build_evidence(manifest: Manifest, arrays: Arrays) -> EvidenceHead | None:
    """Put the evidence head together, if the bundle has one."""
    if manifest.evidence_threshold is None:
        return None
    return EvidenceHead(
        arrays["evidence_weights"],
        float(arrays["evidence_bias"][0]),
        arrays["evidence_smoothing"],
        manifest.evidence_threshold,
    )


def check_codes(manifest: Manifest, *, where: str) -> None:
    """Refuse labels, sub-codes and groups of cues that this version does not have.

    Raises
    ------
    BundleVersionError
        Naming them.
    """
    taxonomy = load_taxonomy()
    known = {s.code for s in taxonomy.subcodes if s.label in manifest.labels}
    unknown = [f"label {code!r}" for code in manifest.labels if code not in taxonomy.label_codes]
    unknown += [f"sub-code {code!r}" for code in manifest.subcodes if code not in known]
    groups = load_lexicon().groups
    unknown += [
        f"group of cues {code!r}" for code in manifest.features.cue_groups if code not in groups
    ]
    if unknown:
        raise BundleVersionError(
            where,
            f"unknown {', '.join(unknown)}",
            f"expected labels of this version ({', '.join(taxonomy.label_codes)}) "
            "sub-codes below the bundle's labels, and groups of its lexicon",
        )


def check_values(manifest: Manifest, arrays: Arrays, *, where: str) -> None:
    """Refuse numbers that no model has.

    Raises
    ------
    UntrustedBundleError
        If one is not finite, an idf is negative, a slope not positive, or the entries of the
        sub-codes are out of range or out of order.
    """
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise UntrustedBundleError(f"{where}: {name}", "NaN or infinity", "expected numbers")
    if (arrays["idf"] < 0).any():
        raise UntrustedBundleError(f"{where}: idf", "a negative idf", "expected 0 or more")
    if (arrays["slope"] <= 0).any():
        raise UntrustedBundleError(f"{where}: slope", "0 or less", "expected positive slopes")
    starts, buckets = arrays["subcode_starts"], arrays["subcode_buckets"]
    if starts[0] != 0 or starts[-1] != len(buckets) or (np.diff(starts) < 0).any():
        raise UntrustedBundleError(
            f"{where}: subcode_starts",
            "out of order or out of range",
            f"expected to rise from 0 to {len(buckets)}",
        )
    n_rows = manifest.features.shape().n_rows
    if not _rise_inside(buckets, starts, n_rows):
        raise UntrustedBundleError(
            f"{where}: subcode_buckets",
            "out of order or out of range",
            f"expected to rise inside a sub-code, from 0 to below {n_rows}",
        )


def _rise_inside(buckets: NDArray[Any], starts: NDArray[Any], n_buckets: int) -> bool:
    """Whether the rows of the sub-codes are in range and rise between one start and the next."""
    if ((buckets < 0) | (buckets >= n_buckets)).any():
        return False
    first = np.zeros(len(buckets) + 1, bool)
    first[starts] = True
    return bool((first[1:-1] | (np.diff(buckets) > 0)).all()) if len(buckets) else True
