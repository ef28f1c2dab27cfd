"""Articles to search in: generated or real, kept in a site's store, and queries drawn from them."""
