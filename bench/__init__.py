"""Bench: what Morgue does with real material, how well, and how fast.

::

    export MORGUE_CORPORA=…              the folder of the corpora
    python -m bench clippings --out DIR  real articles as text files, to try things on
    python -m bench ingest               files in: speed, memory, size, and what was read right
    python -m bench feeds                real feeds from a server of our own: what is found
    python -m bench quality              known truth: how much of it Morgue reads right
    python -m bench speed                pages and feeds per second beside the plain libraries

    python -m bench page                 full search pages beside tantivy, FTS5 and stock Whoosh
    python -m bench index                articles a second into the index, beside them
    python -m bench update               small commits, and pages after many of them, beside them
    python -m bench memory               memory of a worker and of the indexer, beside them
    python -m bench http                 the page of `morgue serve` under load, answers checked

Every command takes ``--help`` and ``--json``. ``ingest`` and ``feeds`` work in
a temporary folder, run `morgue` in processes of its own as a user would, check
that all counts add up, and return 1 when one does not.

What is measured: seconds of the wall clock and of the processor, start of the
interpreter included (the first swings with what else the machine does, the
second hardly);
peak resident memory as the kernel counted it for that one process (not below
that of the benchmark itself, which a new process shares for a moment); sizes
on disk in bytes; times of searches in one process, over an index just opened
and once it is warm.

Nothing of the corpora is kept here. Without ``MORGUE_CORPORA`` every command that
reads them says so and returns 2. The last five generate their articles
(``docs/performance.md``).
"""
