"""Articles to search in, generated or real, in a site's store, and queries drawn from them."""
