-- Who this store is. An index that follows another store must be rebuilt.
CREATE TABLE identity (
    store_id TEXT NOT NULL
);

-- Where articles come from. `name` and `topics` are what the user said;
-- `title` is what the feed calls itself.
CREATE TABLE source (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('feed', 'folder', 'file')),
    address       TEXT NOT NULL UNIQUE,
    name          TEXT,
    title         TEXT,
    topics        TEXT NOT NULL DEFAULT '[]',  -- JSON array
    added         TEXT NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    checked       TEXT,                        -- last tried
    succeeded     TEXT                         -- last tried with success
);

-- What could not be read: a whole source (address = the source's own) or one
-- entry or file in it. A row goes when reading succeeds. `stamp` is the state
-- of a file that could not be read: it is tried again when that changes.
CREATE TABLE failure (
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    address   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    since     TEXT NOT NULL,
    last      TEXT NOT NULL,
    stamp     TEXT,
    PRIMARY KEY (source_id, address)
) WITHOUT ROWID;

-- Every article, withdrawn ones too. `seq` is the change sequence: the index
-- follows it. `state` is kept, withdrawn (text still here) or purged.
CREATE TABLE article (
    id         TEXT PRIMARY KEY,
    url        TEXT NOT NULL UNIQUE,
    source_id  INTEGER REFERENCES source (id) ON DELETE SET NULL,
    first_seen TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'withdrawn', 'purged')),
    seq        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX article_seq ON article (seq);

-- Every revision of every article. `byline`, `topics` and `evidence` are JSON
-- arrays; `published` is ISO 8601 of a length that says its precision;
-- `original` is what was read, deflated by zlib.
CREATE TABLE revision (
    article_id  TEXT NOT NULL REFERENCES article (id),
    number      INTEGER NOT NULL,
    seen        TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    source      TEXT NOT NULL,
    headline    TEXT NOT NULL,
    text        TEXT NOT NULL,
    agency      TEXT,
    byline      TEXT NOT NULL,
    dateline    TEXT,
    published   TEXT,
    language    TEXT,
    section     TEXT,
    topics      TEXT NOT NULL,
    caption     TEXT,
    credits     TEXT,
    link        TEXT,
    evidence    TEXT NOT NULL,
    media_type  TEXT,
    original    BLOB,
    PRIMARY KEY (article_id, number)
);

-- The entries of each feed and the files of each folder, so that only what
-- changed is read again. `key` is the entry's own id or the file's path;
-- `stamp` changes when its content does.
CREATE TABLE item (
    source_id  INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    stamp      TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES article (id),
    PRIMARY KEY (source_id, key)
) WITHOUT ROWID;
CREATE INDEX item_article ON item (article_id);
