-- Who can sign in, and as what: role is 'read' or 'write'. Of passwords there is only the
-- hash (scrypt), of sessions and tokens the SHA-256 of 256 random bits.
CREATE TABLE account (
    name     TEXT PRIMARY KEY,
    role     TEXT NOT NULL,
    password TEXT NOT NULL,
    created  TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
    secret  TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    created TEXT NOT NULL,
    expires TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

CREATE TABLE token (
    name    TEXT PRIMARY KEY,
    role    TEXT NOT NULL,
    secret  TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    expires TEXT
) WITHOUT ROWID;

-- Attempts to sign in that failed or are under way, by the place that they came from: an
-- address, or a browser that is known. The account is kept as a digest, for people type
-- passwords into the wrong field; it is empty where the browser is known.
CREATE TABLE attempt (
    number  INTEGER PRIMARY KEY,
    place   TEXT NOT NULL,
    account TEXT NOT NULL,
    at      TEXT NOT NULL
);
CREATE INDEX attempt_place ON attempt (place);
CREATE INDEX attempt_account ON attempt (account);

-- Browsers in which an account signed in before: what strangers try does not keep these out.
CREATE TABLE known_browser (
    secret  TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    seen    TEXT NOT NULL
) WITHOUT ROWID;
