"""How articles get in: fetched or read, taken apart, weighed, decided upon, kept.

::

    fetch | files  →  bytes  →  feeds | pages | plain | markdown  →  Item
        →  compose (claims → Article)  →  decide  →  store.put

`pipeline` is this diagram as code; everything between the two ends is pure.
"""
