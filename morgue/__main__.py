"""Run the command line as ``python -m morgue``."""

from morgue.cli import main

main()
