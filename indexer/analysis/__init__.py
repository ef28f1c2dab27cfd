"""Analysis: text to terms with offsets, the same for indexing, querying and marking.

A token has two faces: its *form* (folded: case, accents and apostrophes gone)
for exact things such as prefixes, and its *term* (the form's stem) for words.
No word is thrown away as a stop word, so "The Who" can be found as a phrase.

::

    words.py      where words, sentences and paragraphs begin and end
    folding.py    what is not told apart: case, accents, other ways to write a letter
    languages.py  what depends on language and script: stemmers, elision, figures
    analyzer.py   all of it together: text → tokens

What else may be meant by the words of a query is no part of it: see
`indexer.widening`.
"""

from indexer.analysis.analyzer import Analyzer, Token, analyzer_for
from indexer.analysis.folding import fold, has_accents
from indexer.analysis.words import (
    Bound,
    bound,
    first_words,
    has_words,
    ideographs,
    last_word,
    paragraphs,
    sentence_starts,
    word_spans,
    words_and_bounds,
)

__all__ = (
    "Analyzer",
    "Bound",
    "Token",
    "analyzer_for",
    "bound",
    "first_words",
    "fold",
    "has_accents",
    "has_words",
    "ideographs",
    "last_word",
    "paragraphs",
    "sentence_starts",
    "word_spans",
    "words_and_bounds",
)
