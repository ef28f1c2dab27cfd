"""The archive: what an article is, how it gets in, and where it is kept.

The lowest floor of the house. It knows nothing of searching or showing.
"""
