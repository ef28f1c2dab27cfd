"""`quality`: how true what Morgue reads is, on corpora whose truth is known.

A module per kind of truth hands over `Score` objects; `floors.toml` pins the
least that each may come to. Plain libraries are scored beside Morgue in the
same run, so that both figures come from the same pages.
"""
