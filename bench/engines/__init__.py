"""Engines: Morgue's own and its peers behind one small contract, each in a process of its own.

`ask` says what a query is and what a page holds, `side` what every engine must
do; a module per engine does it in that engine's own documented idiom. `worker`
is the process that holds one of them, `remote` the other end of its pipe.
"""
