BEGIN TRANSACTION;
CREATE TABLE article (
    id         TEXT PRIMARY KEY,
    url        TEXT NOT NULL UNIQUE,
    source_id  INTEGER REFERENCES source (id) ON DELETE SET NULL,
    first_seen TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'withdrawn', 'purged')),
    seq        INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "article" VALUES('3pt45bon7dhn','http://127.0.0.1:18765/mayor',2,'2023-02-01T12:00:05+00:00',1,'kept',1);
INSERT INTO "article" VALUES('3skb72gff5sd','http://127.0.0.1:18765/fog',2,'2023-02-01T12:00:06+00:00',1,'kept',2);
INSERT INTO "article" VALUES('nbphi475edcg','file:///tmp/morgue-upgrades/clippings/bridge.txt',1,'2023-02-01T12:00:09+00:00',2,'kept',7);
INSERT INTO "article" VALUES('qimehqtmaz5n','file:///tmp/morgue-upgrades/clippings/gulls.txt',1,'2023-02-01T12:00:11+00:00',1,'kept',5);
INSERT INTO "article" VALUES('snwlzhwfedps','file:///tmp/morgue-upgrades/clippings/withdrawn.txt',1,'2023-02-01T12:00:12+00:00',1,'withdrawn',8);
INSERT INTO "article" VALUES('xr7gjo2pbj4y','file:///tmp/morgue-upgrades/clippings/ferry.md',1,'2023-02-01T12:00:10+00:00',1,'kept',4);
CREATE TABLE failure (
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    address   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    since     TEXT NOT NULL,
    last      TEXT NOT NULL,
    stamp     TEXT,
    PRIMARY KEY (source_id, address)
) WITHOUT ROWID;
INSERT INTO "failure" VALUES(2,'http://127.0.0.1:18765/feed.xmlx','no answer','2023-02-01T12:00:20+00:00','2023-02-01T12:00:20+00:00',NULL);
CREATE TABLE identity (
    store_id TEXT NOT NULL
);
INSERT INTO "identity" VALUES('00000000000000000000000000000000');
CREATE TABLE item (
    source_id  INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    stamp      TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES article (id),
    PRIMARY KEY (source_id, key)
) WITHOUT ROWID;
INSERT INTO "item" VALUES(1,'/tmp/morgue-upgrades/clippings/bridge.txt','1675256400000000000:171','nbphi475edcg');
INSERT INTO "item" VALUES(1,'/tmp/morgue-upgrades/clippings/ferry.md','1675252800000000000:119','xr7gjo2pbj4y');
INSERT INTO "item" VALUES(1,'/tmp/morgue-upgrades/clippings/gulls.txt','1675252800000000000:69','qimehqtmaz5n');
INSERT INTO "item" VALUES(1,'/tmp/morgue-upgrades/clippings/withdrawn.txt','1675252800000000000:30','snwlzhwfedps');
INSERT INTO "item" VALUES(2,'http://127.0.0.1:18765/post-1','2025bf10ba53b71d947433f4dbcd8368','3pt45bon7dhn');
INSERT INTO "item" VALUES(2,'http://127.0.0.1:18765/post-2','a760e09533b4efb1406ee9ce9d67157d','3skb72gff5sd');
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
INSERT INTO "revision" VALUES('3pt45bon7dhn',1,'2023-02-01T12:00:05+00:00','354b6a9e17f0b69942f647149ae3ae9b','Kettle Bay Post','Mayor resigns','The mayor of Kettle Bay resigned on Friday. She gave no reason, and left by the back door of the town hall before noon, where a car was waiting for her.',NULL,'[]',NULL,'2023-01-13T09:00:00+00:00','en',NULL,'["politics"]',NULL,NULL,NULL,'[{"field":"headline","value":"Mayor resigns","origin":"feed: title"},{"field":"source","value":"Kettle Bay Post","origin":"feed: the feed''s title"},{"field":"text","value":"152 characters","origin":"feed: content"},{"field":"published","value":"2023-01-13T09:00:00+00:00","origin":"feed: published"},{"field":"topics","value":"politics","origin":"feed: category"},{"field":"language","value":"en","origin":"detected: 100% likely"}]','text/html',X'789C258CBB0D03310C43FB4CC101821BE28A34299305E4B3FC417C12600B31BC7D74484180E023F92E8C93967668C293CD1A63A785CEA366E108153C7A8DB436BCBC9BE9CB10754E43E50E9288C6C91016ACF02DD0F141D4FF9F07309D8242AD2170D27E8DAFDD2CEC9E7050C7A4E1AA5625C32B70B4FD00D8E63518');
INSERT INTO "revision" VALUES('3skb72gff5sd',1,'2023-02-01T12:00:06+00:00','1137b9a3f2f4c62170ae0ce9f5a8231d','Kettle Bay Post','Fog closes the port','Fog closed the port of Kettle Bay on Saturday. No ship came in, and none went out; the pilots played cards.',NULL,'[]',NULL,'2023-01-14T09:00:00+00:00','en',NULL,'["weather"]',NULL,NULL,NULL,'[{"field":"headline","value":"Fog closes the port","origin":"feed: title"},{"field":"source","value":"Kettle Bay Post","origin":"feed: the feed''s title"},{"field":"text","value":"107 characters","origin":"feed: content"},{"field":"published","value":"2023-01-14T09:00:00+00:00","origin":"feed: published"},{"field":"topics","value":"weather","origin":"vocabulary: fog"},{"field":"language","value":"en","origin":"detected: 99% likely"}]','text/html',X'789C25CCB109C3301005D03E53FC018C164897C24D208D2738A4B32590EF0BE94CD0F631E40DF0561E889543133C2B1ABB833BDEEA5E152F99A06113BF7A9219F021462E0D514E45B105620946537CD5FCC1CB9FFFA754FA40AB32EF394A4F23FC00E1D0258D');
INSERT INTO "revision" VALUES('nbphi475edcg',1,'2023-02-01T12:00:09+00:00','9a01c87b930478013fbc604794971f86','Reuters','Bridge opens By Ana Lindqvist 12 January 2023','The bridge over the sound opened on Thursday.

Some 4,000 people walked across it in the first hour.','Reuters','[]','KETTLE BAY',NULL,'en',NULL,'[]',NULL,NULL,NULL,'[{"field":"headline","value":"Bridge opens By Ana Lindqvist 12 January 2023","origin":"wire: headline"},{"field":"source","value":"Reuters","origin":"wire: dateline"},{"field":"agency","value":"Reuters","origin":"wire: dateline"},{"field":"dateline","value":"KETTLE BAY","origin":"wire: dateline"},{"field":"language","value":"en","origin":"detected: 100% likely"}]','text/plain',X'789C2DCCB10E82301485E1BD4F71464D9454F405206151266571ACF62A8DD8E2BD2D86B7B7214E2727F9F3D5ECEC931046F2A2EA199537689DB79FC94954BB1247E393E119A52EF74A9D9AAE6B1BD4D515AB33A5482C6B6CD1F584DB5F9A8811F39790BC5D60CAE3739358AC990BA52EE14D386CB4D618298C03E16B8657CECC9D83085C84F30BF2702C117D485CA81F8DD73816');
INSERT INTO "revision" VALUES('xr7gjo2pbj4y',1,'2023-02-01T12:00:10+00:00','b0b96f2650adcba17b13b2e9fa54d4c4','clippings','Last ferry sails','The Kittiwake left the quay for the last time.',NULL,'[]',NULL,'2023-01-13',NULL,NULL,'["transport"]',NULL,NULL,NULL,'[{"field":"headline","value":"Last ferry sails","origin":"front matter: title"},{"field":"source","value":"clippings","origin":"folder: name"},{"field":"published","value":"2023-01-13","origin":"front matter: date"},{"field":"topics","value":"transport","origin":"front matter: topics"}]','text/markdown',X'789C1D8D3B0EC2400C057B9FC27524A37CBA5C014A3A44618157582C6CF03E84727B3629678A19112138B2CD7CD20A4E16B17255CF95EE8AA6C77E9CA41F64980865F15B9DF982D0775D4AE04AD202747E18774707FCA74FEB385B02A3C9CF57574E2576C8DB00FEB203FD01C5CF263F');
INSERT INTO "revision" VALUES('qimehqtmaz5n',1,'2023-02-01T12:00:11+00:00','309459139ef591142295b717d1edefcb','clippings','Gulls return to the quay','Nobody knows why, said the harbour master.',NULL,'[]',NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,'[{"field":"headline","value":"Gulls return to the quay","origin":"wire: headline"},{"field":"source","value":"clippings","origin":"folder: name"}]','text/plain',X'789C732FCDC92956284A2D292DCA5328C95728C94855282C4DACE4E2F2CB4FCA4FA954C8CECB2F2F5628CFA8D451284ECC4C012BC8482C4ACA2F2D52C84D2C2E492DD2E3020067E8189A');
INSERT INTO "revision" VALUES('snwlzhwfedps',1,'2023-02-01T12:00:12+00:00','8bc075a8f76d58d150e328b2feefa644','clippings','A rumour','Which was not true.',NULL,'[]',NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,'[{"field":"headline","value":"A rumour","origin":"wire: headline"},{"field":"source","value":"clippings","origin":"folder: name"}]','text/plain',X'789C7354282ACDCD2F2DE2E20ACFC84CCE50284F2C56C8CB2F5128292A4DD5E302009D120A07');
INSERT INTO "revision" VALUES('nbphi475edcg',2,'2023-02-01T12:00:17+00:00','ebb1c010358e7d4e5e2395efed41e3ab','Reuters','Bridge opens By Ana Lindqvist 12 January 2023','The bridge over the sound opened on Thursday.

Some 5,000 people walked across it in the first hour.','Reuters','[]','KETTLE BAY',NULL,'en',NULL,'[]',NULL,NULL,NULL,'[{"field":"headline","value":"Bridge opens By Ana Lindqvist 12 January 2023","origin":"wire: headline"},{"field":"source","value":"Reuters","origin":"wire: dateline"},{"field":"agency","value":"Reuters","origin":"wire: dateline"},{"field":"dateline","value":"KETTLE BAY","origin":"wire: dateline"},{"field":"language","value":"en","origin":"detected: 100% likely"}]','text/plain',X'789C2DCCB10AC2301485E13D4F7146052DB1E203B4D0453B6917C768AE3658937A6F52E9DB1B8AD3E1C0CF57B3B34F4218C98BAA6754DEA075DE7E262751ED4A1C8D4F866794BADC2B756ABAAE6D505757ACCE9422B1ACB145D7136E7F692246CC5F42F27681298FCF4D62B1662E94BA8437E1B0D15A63A4300E84AF195E3933770E227011CE2FC8C3B144F42171A17E8E083817');
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
, full_text TEXT NOT NULL DEFAULT 'auto'
    CHECK (full_text IN ('auto', 'yes', 'no')), interval INTEGER, period INTEGER, due TEXT, held TEXT, failing INTEGER NOT NULL DEFAULT 0, retired TEXT);
INSERT INTO "source" VALUES(1,'folder','/tmp/morgue-upgrades/clippings',NULL,NULL,'[]','2023-02-01T12:00:01+00:00',NULL,NULL,'2023-02-01T12:00:24+00:00','2023-02-01T12:00:23+00:00','auto',NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "source" VALUES(2,'feed','http://127.0.0.1:18765/feed.xml',NULL,'Kettle Bay Post','[]','2023-02-01T12:00:02+00:00',NULL,NULL,'2023-02-01T12:00:20+00:00','2023-02-01T12:00:07+00:00','auto',NULL,NULL,'2023-02-02T00:00:00+00:00',NULL,1,NULL);
CREATE UNIQUE INDEX article_seq ON article (seq);
CREATE INDEX item_article ON item (article_id);
PRAGMA user_version = 2;
COMMIT;
