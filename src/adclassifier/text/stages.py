"""Number the stages of `adclassifier.text.normalize`; compiled code knows them by these numbers."""

FOLD, LINKS, NUMBERS, PUNS, CHAINS, CUTS, SIGNS, WORD_TRICKS, NEXT_ROUND = range(9)
"""The stages of a round, and what comes behind the last."""

EVERY_STAGE = (1 << WORD_TRICKS + 6) - 1
"""A bit for each stage, and from `WORD_TRICKS` on for each of its six tricks: letters written many
times over, key strokes, joined words, short forms, respelled syllables, lost accents."""
