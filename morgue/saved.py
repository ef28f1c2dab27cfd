"""Commands about saved searches: saved, saved add, saved remove."""

import click

from archive.errors import UsageError
from archive.saved_search import SavedSearch
from indexer.normal import shown
from indexer.request import Request
from indexer.saved import follow, kept, request_of
from morgue.articles import narrowing, narrowed_request
from morgue.output import QueryCommand, common, counted, json_option, print_json, say
from morgue.output import site as this_site
