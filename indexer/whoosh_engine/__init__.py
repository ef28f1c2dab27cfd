"""The Whoosh engine: the index in a folder of Whoosh's, with segments of arrays.

`segment` says what is stored, `layout` how it lies in a file, `commit` how it gets
there; `evaluate` finds, `answer` makes a page's matches of that, `engine` ties them
together.
"""

from indexer.whoosh_engine.engine import WhooshEngine

__all__ = ["WhooshEngine"]
