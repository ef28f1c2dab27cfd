"""The Whoosh engine: the index in a folder of Whoosh segments.

`schema` says what is stored, `translate` turns our syntax tree into Whoosh's
queries, `columns` holds what facets and sorting read, `engine` ties them
together.
"""

from indexer.whoosh_engine.engine import WhooshEngine

__all__ = ["WhooshEngine"]
