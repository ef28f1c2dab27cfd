"""The index: how text becomes findable, and how it is found.

The middle floor of the house. It reads the archive below it and knows nothing
of pages or commands.
"""
