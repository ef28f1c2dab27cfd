"""The store: ``articles.db``, the truth.

`store` puts together what the other modules know of its tables, each of which is a room of
its own; `database` opens the file, brings it to the newest format, and changes it in
transactions. Beside the open store stand `copy`, `check`, `salvage` and `damaged`, which
read a file that may be broken.
"""

from archive.store.store import FILE, Change, Position, Store

__all__ = ["FILE", "Change", "Position", "Store"]
