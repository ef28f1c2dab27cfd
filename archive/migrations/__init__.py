"""The store's schema, as numbered steps: ``0001_start.sql`` and so on.

A step, once released, is never changed; `store.py` runs those that a file has
not seen yet, each in its own transaction with its number.
"""
