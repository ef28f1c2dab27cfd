-- What is to be asked for: the pages of teasers, and in a backfill also the
-- listings (feeds' older pages, sitemaps) in which past articles are found.
-- Rows of an update go when they are done; those of a backfill stay, so that it
-- can go on where it was cut off.
CREATE TABLE frontier (
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    address   TEXT NOT NULL,
    host      TEXT NOT NULL,
    way       TEXT NOT NULL CHECK (way IN ('update', 'backfill')),
    kind      TEXT NOT NULL CHECK (kind IN ('page', 'feed', 'sitemap')),
    key       TEXT NOT NULL,             -- a page: its item's; a listing: how it was found
    stamp     TEXT NOT NULL,             -- a page: its item's; a listing: what came before it
    state     TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    reason    TEXT,                      -- why not yet, why not at all, or what came of it
    tries     INTEGER NOT NULL DEFAULT 0,
    due       TEXT,                      -- not to be asked before
    day       TEXT,                      -- what its listing says of its date, ISO 8601
    said      TEXT,                      -- the item that its feed gave, JSON
    after     TEXT,                      -- the first and the last day asked for
    before    TEXT,
    PRIMARY KEY (source_id, address)
) WITHOUT ROWID;
CREATE INDEX frontier_waiting ON frontier (source_id, way, kind, day) WHERE state = 'waiting';

-- The backfill of each source: the days asked for, and when nothing was left to do.
CREATE TABLE backfill (
    source_id INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    after     TEXT,
    before    TEXT,
    started   TEXT NOT NULL,
    finished  TEXT
);
