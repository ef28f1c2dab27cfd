"""Articles on their way out: one module per family of formats, and the registry of them all.

A format is a pure function from what an export says of itself (`About`) and a stream of
entries to a stream of text; it holds one entry at a time, so any number of articles takes
the memory of one.
"""
