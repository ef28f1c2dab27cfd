"""File formats: one module each, and `registry`, the list of them all.

A format has a name, the endings it usually bears, a test of a file's first
bytes, and a reader: `inputs.Input` in, items out one by one. A record that
cannot be read comes out as a FormatError in its place, so that the ones after
it are read all the same; a raised FormatError ends the file.
"""
