-- Searches that people saved. `asked` is the request, JSON; `place` is its turn in the
-- list. `highest` is the number of its latest match; `seen` and `sent`: up to which match
-- somebody looked, and the digest went out.
CREATE TABLE saved_search (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: feed readers remember it
    name   TEXT NOT NULL UNIQUE,
    asked  TEXT NOT NULL,
    place  INTEGER NOT NULL,
    made   TEXT NOT NULL,
    alert  INTEGER NOT NULL DEFAULT 0,
    highest INTEGER NOT NULL DEFAULT 0,
    seen   INTEGER NOT NULL DEFAULT 0,
    sent   INTEGER NOT NULL DEFAULT 0,
    stamp  TEXT NOT NULL DEFAULT '',           -- of what it last ran as, and over
    seq    INTEGER NOT NULL DEFAULT -1
);

-- What a saved search matched, each article once, however often it comes and goes.
CREATE TABLE saved_match (
    saved_id   INTEGER NOT NULL REFERENCES saved_search (id) ON DELETE CASCADE,
    article_id TEXT NOT NULL REFERENCES article (id),
    number     INTEGER NOT NULL,               -- in the order in which they were found
    found      TEXT NOT NULL,
    PRIMARY KEY (saved_id, article_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX saved_match_number ON saved_match (saved_id, number);

-- Digests of alerts. What is in one is in no other; a digest that was being sent when
-- its process ended may have arrived, so it is not sent again by itself.
CREATE TABLE digest (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    made    TEXT NOT NULL,
    state   TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'given up')),
    changed TEXT NOT NULL,
    reason  TEXT
);
CREATE TABLE digest_part (
    digest_id INTEGER NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
    saved_id  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    asked     TEXT NOT NULL,
    after     INTEGER NOT NULL,                -- matches with a greater number
    upto      INTEGER NOT NULL,                -- and at most this one
    PRIMARY KEY (digest_id, saved_id)
) WITHOUT ROWID;
