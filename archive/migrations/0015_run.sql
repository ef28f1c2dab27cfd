-- How the last updates went: for whoever watches over them.
CREATE TABLE run (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    began   TEXT NOT NULL,
    took    REAL NOT NULL,             -- seconds
    code    INTEGER NOT NULL,          -- as the command ended
    reason  TEXT,                      -- why it did not come to its end
    whole   INTEGER NOT NULL,          -- whether all sources had their turn
    new     INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    failed  INTEGER NOT NULL
);
