"""Signals of what a seller claims: cures, superlatives, guarantees, authority, testimonials."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from adclassifier.lexicon import Match
from adclassifier.signals.finders import needs
from adclassifier.signals.reading import Reading, Span

# Characters between a verb and its disease, either way round.
_VERB_TO_DISEASE = 24
_DISEASE_TO_VERB = 34
# Characters between a doctor and what he does for the seller.
_STAFF_TO_WORD = 40
_HEDGE_REACH = 16
_NUMBER_WITH_TERM = 60
_STAFF = ("medical_staff", "medical_body")
_ILLNESSES = ("disease", "body_result")
_EFFECTS = ("gone_verb", "fight_verb")
_VOICES = ("testimonial", "person")
_CLAIMS = ("cure_claim", "effect_claim")
_VERBS = ("cure_verb", "gone_verb", "fight_verb")
_RESULTS = (
    "body_result",
    "cure_verb",
    "gone_verb",
    "cosmetic_benefit",
    "cure_claim",
    "effect_claim",
)
_HARMLESS = ("safety_claim", "speed_claim")
_HEALTH = (
    "supplement_product",
    "supplement_goods",
    "medicine_product",
    "cosmetic_product",
    "medical_service",
    "body_result",
    "disease",
)


@needs(_CLAIMS + _VERBS)
def disease_claims(reading: Reading) -> list[Span]:
    """Find cure verbs with a disease, and wording that claims a cure by itself."""
    found = list(_cures(reading))
    # a licensed clinic may say what it treats
    return [] if found and reading.has_number("license_no") else found


def _cures(reading: Reading) -> Iterator[Span]:
    """Find what is claimed of diseases, whoever says it."""
    for claim in reading.cues(*_CLAIMS):
        if _is_cure_of_people(reading, claim):
            yield Span(claim.start, claim.end)
    for verb in reading.cues(*_VERBS):
        disease = _disease_of(reading, verb)
        if disease and _is_cure_of_people(reading, verb):
            yield Span(min(verb.start, disease.start), max(verb.end, disease.end))


def _disease_of(reading: Reading, verb: Match) -> Match | None:
    """Find the disease that a verb governs: behind it, or before it for "khỏi", "hết"."""
    sentence = reading.sentence(verb.start)
    if verb.cue.group == "gone_verb":
        before = Span(max(sentence.start, verb.start - _DISEASE_TO_VERB), verb.start)
        behind_it = [m for m in reading.within(before, "disease") if m.end <= verb.start]
        if behind_it:
            return behind_it[-1]
    after = Span(verb.end, min(sentence.end, verb.end + _VERB_TO_DISEASE + 1))
    return _first(reading, after, "disease")


def _is_cure_of_people(reading: Reading, verb: Match) -> bool:
    """Whether the seller claims it, of people, and does more than offer help or run a clinic."""
    if not reading.is_claimed(verb) or _is_hedged(reading, verb):
        return False
    if verb.cue.group in ("cure_verb", "cure_claim") and reading.has("clinic"):
        return False
    return not reading.beside(verb.start, "not_human")


def _is_hedged(reading: Reading, verb: Match) -> bool:
    """Whether "hỗ trợ" stands before the verb.

    "Hỗ trợ điều trị" without the compulsory sentence is still a claim (law.md § 4.4).
    """
    reach = Span(verb.start - _HEDGE_REACH, verb.start + 1)
    hedged = bool(reading.within(reach, "hedge"))
    if hedged and verb.cue.group in ("cure_verb", "cure_claim"):
        return reading.has("compulsory_supplement")
    return hedged


@needs(("superlative",))
def superlatives(reading: Reading) -> Iterator[Span]:
    """Find "nhất", "duy nhất", "số một" said of goods without proof beside them."""
    for match in reading.cues("superlative"):
        proven = reading.beside(match.start, "proof")
        if reading.is_claimed(match) and not proven:
            yield Span(match.start, match.end)


@needs(("guarantee",))
def guarantees(reading: Reading) -> Iterator[Span]:
    """Find promises of a result or of money back."""
    for match in reading.cues("guarantee"):
        # "hoàn tiền gấp đôi nếu hàng giả" promises genuine goods, not an effect
        on_condition = reading.beside(match.start, "trade_condition")
        if reading.is_claimed(match) and not on_condition:
            yield Span(match.start, match.end)


@needs(_HARMLESS)
def harmlessness(reading: Reading) -> Iterator[Span]:
    """Find promises that something for health is safe, or works soon."""
    for match in reading.cues(*_HARMLESS):
        if reading.has(*_HEALTH) and reading.is_claimed(match):
            yield Span(match.start, match.end)


@needs(("promise",), _RESULTS)
def promised_results(reading: Reading) -> Iterator[Span]:
    """Find a word of promise with a result behind it in the clause."""
    for promise in reading.cues("promise"):
        end = min(reading.clause(promise.start).end, promise.end + _VERB_TO_DISEASE)
        result = _first(reading, Span(promise.end, end), *_RESULTS)
        if result and reading.is_claimed(promise):
            yield Span(promise.start, result.end)


@needs()
def numbers_with_term(reading: Reading) -> Iterator[Span]:
    """Find "giảm 5 kg sau 7 ngày"."""
    if not reading.entities.claims:
        return
    numbers = [*reading.entities.claims, *reading.entities.terms]
    for first, second in pairwise(sorted(numbers, key=lambda entity: entity.start)):
        near = second.end - first.start <= _NUMBER_WITH_TERM
        if near and first.kind != second.kind:
            yield Span(first.start, second.end)


@needs((*_STAFF, "healer"))
def medical_staff(reading: Reading) -> Iterator[Span]:
    """Find doctors, pharmacists, healers and hospitals who vouch for the goods."""
    for healer in reading.cues("healer"):
        if _vouches(reading, healer):
            yield Span(healer.start, healer.end)
    treats = reading.has("clinic", "pharmacy", "medical_service", "compulsory_medicine")
    groups = ("endorsement",) if treats else ("endorsement", "service_word")
    for staff in reading.cues(*_STAFF):
        word = _endorsement_of(reading, staff, groups) if _vouches(reading, staff) else None
        if word:
            yield Span(min(staff.start, word.start), max(staff.end, word.end))


def _vouches(reading: Reading, staff: Match) -> bool:
    """Whether a mention can be an endorsement: claimed, no job, no licensed clinic's own staff."""
    if not reading.is_claimed(staff) or reading.has_number("license_no"):
        return False
    return not reading.beside(staff.start, "hiring")


def _endorsement_of(reading: Reading, staff: Match, groups: tuple[str, ...]) -> Match | None:
    """Find the word of endorsement nearest to a mention, in its sentence."""
    sentence = reading.sentence(staff.start)
    reach = Span(
        max(sentence.start, staff.start - _STAFF_TO_WORD),
        min(sentence.end, staff.end + _STAFF_TO_WORD),
    )
    words = [
        word
        for word in reading.within(reach, *groups)
        if word.end <= staff.start or word.start >= staff.end
    ]
    return min(words, key=lambda word: abs(word.start - staff.start), default=None)


@needs(_VOICES, _ILLNESSES, _EFFECTS)
def patient_testimonials(reading: Reading) -> Iterator[Span]:
    """Find a customer's or relative's story of an effect on a disease or on weight."""
    for voice in reading.cues(*_VOICES):
        sentence = reading.sentence(voice.start)
        # the story may take two sentences: "Tôi bị viêm xoang. Uống 2 hộp là hết."
        story = Span(sentence.start, reading.sentence(sentence.end).end)
        illness = _first(reading, story, *_ILLNESSES)
        effect = _first(reading, Span(voice.start, story.end), *_EFFECTS)
        used = voice.cue.group == "testimonial" or _first(reading, story, "used_verb")
        if illness and effect and used and reading.is_claimed(voice) and reading.is_claimed(effect):
            yield Span(min(voice.start, illness.start), max(effect.end, illness.end))


def _first(reading: Reading, span: Span, *groups: str) -> Match | None:
    """Give the first cue of the groups inside a span."""
    return next(iter(reading.within(span, *groups)), None)
