"""Bring many texts to their canonical spelling without a Python object for each.

`adclassifier.text.normalize` is the definition; this package gives the same canonical text.
Compiled code folds the code points, carries out the edits that hang on single words (short forms,
stretched and joined words, placeholders), and *proves* of every other stage that it has nothing to
do. What a stage says of a word, a chain of words or a word between two others is asked of it once
and remembered (`facts`, `memo`). Where a stage may have something to do that is not compiled, plain
code carries that stage out, and compiled code goes on behind it.
"""
