"""What `adclassifier labels` and the service list."""

from __future__ import annotations

import json

import pytest

from adclassifier import catalog
from adclassifier.provisions import NO_BASIS, UNVERIFIED_MARK, load_law
from adclassifier.taxonomy import load_taxonomy


def subcodes(known):
    return {entry["code"]: entry for label in known["labels"] for entry in label["subcodes"]}


def test_labels_is_json_ready():
    known = catalog.labels()
    assert json.loads(json.dumps(known, allow_nan=False)) == known


def test_labels_has_every_code():
    known, taxonomy = catalog.labels(), load_taxonomy()
    assert [label["code"] for label in known["labels"]] == list(taxonomy.label_codes)
    assert set(subcodes(known)) == {subcode.code for subcode in taxonomy.subcodes}
    for name in ("signals", "kinds", "severities", "routes"):
        assert [e["code"] for e in known[name]] == [e.code for e in getattr(taxonomy, name)]


def test_labels_says_where_no_provision_is_known():
    for entry in [*subcodes(catalog.labels()).values(), *catalog.labels()["signals"]]:
        assert (entry["no_basis"] == NO_BASIS) == (not entry["provisions"])


def test_labels_names_the_penal_code_only_to_authorities():
    public, full = catalog.labels(), catalog.labels(authority=True)
    assert "Bộ luật Hình sự" not in json.dumps(public, ensure_ascii=False)
    assert not any(p["penal"] for e in subcodes(public).values() for p in e["provisions"])
    assert any(p["penal"] for e in subcodes(full).values() for p in e["provisions"])


def test_labels_lists_repealed_instruments_with_their_end():
    repealed = {entry["id"]: entry for entry in catalog.labels()["repealed"]}
    assert repealed["ND38_2021"]["effective_to"] == "2026-05-15"
    assert {entry["status"] for entry in repealed.values()} == {"repealed"}


@pytest.mark.parametrize(
    ("provision", "mark"), [("ND87_D50.5c", UNVERIFIED_MARK), ("ND98_D63.3b", "")]
)
def test_describe_provision_marks_what_was_not_read(provision, mark):
    law = load_law()
    described = catalog.describe_provision(law.get(provision), law)
    assert described["mark"] == mark
    assert described["as_of"] == law.as_of.isoformat()


def test_describe_provision_leaves_unknown_days_null():
    law = load_law()
    for provision in law.provisions:
        described = catalog.describe_provision(provision, law)
        assert (described["effective_from"] is None) == (provision.effective_from is None)
