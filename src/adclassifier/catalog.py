"""Everything a post can be said to be, with the law behind it, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from adclassifier.provisions import NO_BASIS, Law, Provision, load_law
from adclassifier.taxonomy import SignalType, Subcode, Taxonomy, load_taxonomy


def labels(*, authority: bool = False) -> dict[str, Any]:
    """Give labels with their sub-codes, signals, kinds, severities, routes and the law.

    Parameters
    ----------
    authority : bool, default=False
        Name the articles of the Penal Code too: hints for an authority, not for the public.

    Returns
    -------
    dict
        Ready for JSON. ``law_as_of`` is the day whose law is described; a sub-code's or signal's
        ``provisions`` are empty where none is known, and ``no_basis`` says so in Vietnamese. The
        ``provisions`` of the whole are all that are known, cited by a sub-code or not, repealed
        ones included.

    Examples
    --------
    >>> known = labels()
    >>> [label["code"] for label in known["labels"]][:3]
    ['counterfeit', 'smuggled', 'medicine']
    >>> list(known["labels"][0]["subcodes"][0])[:4]
    ['code', 'name', 'definition', 'severity']
    """
    taxonomy, law = load_taxonomy(), load_law()
    shown = [p for p in law.provisions if authority or not p.penal]
    return {
        "law_as_of": law.as_of.isoformat(),
        "fine_note": law.fine_note,
        "labels": [
            {
                **asdict(label),
                "subcodes": [
                    _subcode(subcode, taxonomy, law, authority)
                    for subcode in taxonomy.subcodes_of(label.code)
                ],
            }
            for label in taxonomy.labels
        ],
        "signals": [_signal(signal, law, authority) for signal in taxonomy.signals],
        "kinds": [asdict(kind) for kind in taxonomy.kinds],
        "severities": [asdict(severity) for severity in taxonomy.severities],
        "routes": [asdict(route) for route in taxonomy.routes],
        "provisions": [describe_provision(p, law) for p in shown],
        "repealed": [describe_provision(p, law) for p in shown if p.status == "repealed"],
    }


def describe_provision(provision: Provision, law: Law) -> dict[str, Any]:
    """Give one provision for people: what it says, how it was checked, when it holds.

    Returns
    -------
    dict
        Ready for JSON; days as ISO 8601, None where not known. ``mark`` is the Vietnamese warning
        of `Provision.mark`, empty where none is needed.
    """
    start, end = provision.effective_from, provision.effective_to
    return {
        "id": provision.id,
        "instrument": provision.instrument,
        "article": provision.article,
        "citation": provision.citation,
        "says": provision.says,
        "fine": provision.fine or None,
        "verified": provision.verified,
        "mark": provision.mark,
        "status": provision.status,
        "status_name": law.statuses[provision.status],
        "effective_from": start and start.isoformat(),
        "effective_to": end and end.isoformat(),
        "penal": provision.penal,
        "note": provision.note,
        "url": provision.url or None,
        "as_of": law.as_of.isoformat(),
    }


def _subcode(subcode: Subcode, taxonomy: Taxonomy, law: Law, authority: bool) -> dict[str, Any]:
    """Give one sub-code with the names of its agencies and its provisions."""
    routes = [taxonomy.route(code) for code in subcode.routes]
    return {
        "code": subcode.code,
        "name": subcode.name,
        "definition": subcode.definition,
        "severity": subcode.severity,
        "severity_set_by": subcode.severity_set_by,
        "routes": [asdict(route) for route in routes],
        "routes_set_by": subcode.routes_set_by,
        "lawful_if": subcode.lawful_if or None,
        **_basis(subcode.provisions, law, authority),
    }


def _signal(signal: SignalType, law: Law, authority: bool) -> dict[str, Any]:
    """Give one signal with its provisions."""
    return {**asdict(signal), **_basis(signal.provisions, law, authority)}


def _basis(ids: Sequence[str], law: Law, authority: bool) -> dict[str, Any]:
    """Give the provisions of an entry, or say that there are none."""
    shown = [p for p in map(law.get, ids) if authority or not p.penal]
    return {
        "provisions": [describe_provision(provision, law) for provision in shown],
        "no_basis": None if shown else NO_BASIS,
    }


__all__ = ["describe_provision", "labels"]
