"""Readers: feeds, pages and files parsed in processes of their own, within bounds.

::

    reading.py   what the pipeline asks for: `Readers`, and `Here`, which reads in this process
    pool.py      `Pool`: the same, in child processes on all processors
    worker.py    one child as its parent sees it
    child.py     the child: bounds, and the loop that answers
    work.py      what parent and child say to each other
    ahead.py     files read ahead of the one who keeps them, in order

No parsing library can be bounded from within: a regular expression, libxml2 or
a decoder holds the interpreter until it is done. So each piece of work is done
in a child with a bound on processor time and memory, which can be lost.

`concurrent.futures` gives up its whole pool when one child dies; pebble, which
is well kept, bounds a task in wall time alone and hands back one result for
each, where a mailbox gives thousands one by one. Over the standard library's
connections the rest is little.
"""
