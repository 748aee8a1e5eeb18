"""Numbers that plain and compiled code of the normaliser have in common."""

FOLD, LINKS, NUMBERS, PUNS, CHAINS, CUTS, SIGNS, WORD_TRICKS, NEXT_ROUND = range(9)
"""The stages of a round of `text.normalize`, and what comes behind the last."""

EVERY_STAGE = (1 << WORD_TRICKS + 6) - 1
"""A bit for each stage, and from `WORD_TRICKS` on for each of its six tricks: letters written many
times over, key strokes, joined words, short forms, respelled syllables, lost accents."""

NO_KEYS, LETTER_KEYS, FIGURE_KEYS = range(3)
"""What a text shows of key strokes: none, those of letters alone (Telex), or with figures (VNI)."""

MANY_KEYS = 3
"""Different words of letters that might be key strokes, from which they are."""
