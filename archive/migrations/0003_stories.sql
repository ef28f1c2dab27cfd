-- Every address that an article was seen under. `key` is the address without
-- what varies between an article's addresses (scheme, www, AMP). Without an
-- article it is one that several articles called theirs, so it is nobody's.
CREATE TABLE address (
    url        TEXT PRIMARY KEY,
    key        TEXT NOT NULL,
    article_id TEXT REFERENCES article (id),
    seen       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX address_key ON address (key);
CREATE INDEX address_article ON address (article_id);

-- Articles that are copies of one another share a story: the smallest of their
-- ids. NULL for an article without copies.
ALTER TABLE article ADD COLUMN story TEXT;
CREATE INDEX article_story ON article (story) WHERE story IS NOT NULL;

-- What was compared, and how: `bands` are the keys in `band`, as 64-bit
-- little-endian integers. An article without a row has still to be compared.
CREATE TABLE sketch (
    article_id TEXT PRIMARY KEY REFERENCES article (id),
    method     TEXT NOT NULL,
    bands      BLOB NOT NULL
) WITHOUT ROWID;

-- Articles under the bands of their sketches: copies share some.
CREATE TABLE band (
    key        INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (key, article_id)
) WITHOUT ROWID;

-- Pairs that were found to be copies, each in both directions. A story is what
-- hangs together by them; not every two of its members are a pair.
CREATE TABLE copy (
    article_id TEXT NOT NULL,
    other_id   TEXT NOT NULL,
    PRIMARY KEY (article_id, other_id)
) WITHOUT ROWID;
