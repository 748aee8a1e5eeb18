"""What `adclassifier labels` and the service list."""

from __future__ import annotations

import json
import tomllib

import pytest

from adclassifier import catalog
from adclassifier.provisions import NO_BASIS, UNVERIFIED_MARK, law_texts, load_law
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
    entries = [*subcodes(catalog.labels()).values(), *catalog.labels()["signals"]]
    said = {entry["code"] for entry in entries if entry["no_basis"] == NO_BASIS}
    assert said == {entry["code"] for entry in entries if not entry["provisions"]}
    assert 0 < len(said) < len(entries)


@pytest.mark.parametrize("authority", [False, True])
def test_labels_lists_every_provision_of_the_law(authority):
    ids = [
        record["id"]
        for text in law_texts().values()
        for record in tomllib.loads(text).get("provisions", [])
    ]
    penal = {i for i in ids if i.startswith("BLHS_")}
    listed = [provision["id"] for provision in catalog.labels(authority=authority)["provisions"]]
    assert len(listed) == len(set(listed)) > 100
    assert set(listed) == (set(ids) if authority else set(ids) - penal)


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
    described = [catalog.describe_provision(provision, law) for provision in law.provisions]
    null = {each["id"] for each in described if each["effective_from"] is None}
    assert null == {p.id for p in law.provisions if p.effective_from is None}
    assert 0 < len(null) < len(described)
