"""Topics: how an article comes by them, and what says so.

A source's own categories go first (`given`): those that name one of the 17
top-level IPTC Media Topics (`vocabulary`) become it, names of people and places
are no topics (`names`), all others stay as they are. Where a source says
nothing, the words of the article do: those of the vocabulary, or, when the user
trained one on labelled articles of the archive (`training`), a `model`.
"""
