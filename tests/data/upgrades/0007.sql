BEGIN TRANSACTION;
CREATE TABLE address (
    url        TEXT PRIMARY KEY,
    key        TEXT NOT NULL,
    article_id TEXT REFERENCES article (id),
    seen       TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "address" VALUES('file:///tmp/morgue-upgrades/clippings/bridge.txt','file:///tmp/morgue-upgrades/clippings/bridge.txt','nbphi475edcg','2023-02-01T12:00:17+00:00');
INSERT INTO "address" VALUES('file:///tmp/morgue-upgrades/clippings/ferry.md','file:///tmp/morgue-upgrades/clippings/ferry.md','xr7gjo2pbj4y','2023-02-01T12:00:20+00:00');
INSERT INTO "address" VALUES('file:///tmp/morgue-upgrades/clippings/gulls.txt','file:///tmp/morgue-upgrades/clippings/gulls.txt','qimehqtmaz5n','2023-02-01T12:00:23+00:00');
INSERT INTO "address" VALUES('file:///tmp/morgue-upgrades/clippings/withdrawn.txt','file:///tmp/morgue-upgrades/clippings/withdrawn.txt','snwlzhwfedps','2023-02-01T12:00:26+00:00');
INSERT INTO "address" VALUES('http://127.0.0.1:18765/fog','127.0.0.1:18765/fog','3skb72gff5sd','2023-02-01T12:00:09+00:00');
INSERT INTO "address" VALUES('http://127.0.0.1:18765/mayor','127.0.0.1:18765/mayor','3pt45bon7dhn','2023-02-01T12:00:13+00:00');
CREATE TABLE article (
    id         TEXT PRIMARY KEY,
    url        TEXT NOT NULL UNIQUE,
    source_id  INTEGER REFERENCES source (id) ON DELETE SET NULL,
    first_seen TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'withdrawn', 'purged')),
    seq        INTEGER NOT NULL
, story TEXT, edits INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT INTO "article" VALUES('3pt45bon7dhn','http://127.0.0.1:18765/mayor',2,'2023-02-01T12:00:12+00:00',1,'kept',2,NULL,0);
INSERT INTO "article" VALUES('3skb72gff5sd','http://127.0.0.1:18765/fog',2,'2023-02-01T12:00:08+00:00',1,'kept',1,NULL,0);
INSERT INTO "article" VALUES('nbphi475edcg','file:///tmp/morgue-upgrades/clippings/bridge.txt',1,'2023-02-01T12:00:16+00:00',2,'kept',7,NULL,1);
INSERT INTO "article" VALUES('qimehqtmaz5n','file:///tmp/morgue-upgrades/clippings/gulls.txt',1,'2023-02-01T12:00:22+00:00',1,'kept',5,NULL,0);
INSERT INTO "article" VALUES('snwlzhwfedps','file:///tmp/morgue-upgrades/clippings/withdrawn.txt',1,'2023-02-01T12:00:25+00:00',1,'withdrawn',8,NULL,0);
INSERT INTO "article" VALUES('xr7gjo2pbj4y','file:///tmp/morgue-upgrades/clippings/ferry.md',1,'2023-02-01T12:00:19+00:00',1,'kept',4,NULL,0);
CREATE TABLE backfill (
    source_id INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    after     TEXT,
    before    TEXT,
    started   TEXT NOT NULL,
    finished  TEXT
);
CREATE TABLE band (
    key        INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (key, article_id)
) WITHOUT ROWID;
INSERT INTO "band" VALUES(-8849684412370812952,'3skb72gff5sd');
INSERT INTO "band" VALUES(-8721683849384220130,'nbphi475edcg');
INSERT INTO "band" VALUES(-8640411605389919319,'3skb72gff5sd');
INSERT INTO "band" VALUES(-8501047456944095850,'nbphi475edcg');
INSERT INTO "band" VALUES(-8468306843576435564,'nbphi475edcg');
INSERT INTO "band" VALUES(-8402526721861525418,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-8323946514615130298,'3skb72gff5sd');
INSERT INTO "band" VALUES(-8122288535404918043,'nbphi475edcg');
INSERT INTO "band" VALUES(-7808798742749606200,'nbphi475edcg');
INSERT INTO "band" VALUES(-7765176431274110655,'3skb72gff5sd');
INSERT INTO "band" VALUES(-7701925140642812384,'nbphi475edcg');
INSERT INTO "band" VALUES(-7587214213887571211,'3skb72gff5sd');
INSERT INTO "band" VALUES(-7571026665069348236,'nbphi475edcg');
INSERT INTO "band" VALUES(-7418791911238481885,'3skb72gff5sd');
INSERT INTO "band" VALUES(-6797167934427553588,'nbphi475edcg');
INSERT INTO "band" VALUES(-6683687116800578644,'3skb72gff5sd');
INSERT INTO "band" VALUES(-6627492120723515407,'nbphi475edcg');
INSERT INTO "band" VALUES(-6530056794230864783,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-6521760737291407554,'nbphi475edcg');
INSERT INTO "band" VALUES(-6409933116206230890,'nbphi475edcg');
INSERT INTO "band" VALUES(-6200684022986918523,'3skb72gff5sd');
INSERT INTO "band" VALUES(-6141281003986609961,'3skb72gff5sd');
INSERT INTO "band" VALUES(-6034423761373697807,'3skb72gff5sd');
INSERT INTO "band" VALUES(-5977406082415554773,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-5809564180325127906,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-5471525075087944974,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-5459229925857326696,'3skb72gff5sd');
INSERT INTO "band" VALUES(-5227064853713832494,'nbphi475edcg');
INSERT INTO "band" VALUES(-4966982049313424532,'nbphi475edcg');
INSERT INTO "band" VALUES(-4911916458317774548,'3skb72gff5sd');
INSERT INTO "band" VALUES(-4791474678862124845,'3skb72gff5sd');
INSERT INTO "band" VALUES(-4654265083601921780,'3skb72gff5sd');
INSERT INTO "band" VALUES(-4619690314773197681,'3skb72gff5sd');
INSERT INTO "band" VALUES(-4619596371890438862,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-4382445287294986576,'nbphi475edcg');
INSERT INTO "band" VALUES(-4186714260897594499,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-3991604380718450003,'3skb72gff5sd');
INSERT INTO "band" VALUES(-3974812769686006898,'3skb72gff5sd');
INSERT INTO "band" VALUES(-3453458078947722964,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-3334177021608667424,'nbphi475edcg');
INSERT INTO "band" VALUES(-2758873226388591163,'nbphi475edcg');
INSERT INTO "band" VALUES(-2390037449139317753,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-2369420502388619701,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-2341267171534972134,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-2288229331980115758,'3skb72gff5sd');
INSERT INTO "band" VALUES(-2198131814008015729,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-2197006061190848358,'nbphi475edcg');
INSERT INTO "band" VALUES(-2108234416410392465,'nbphi475edcg');
INSERT INTO "band" VALUES(-2082226548096535777,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-2002316775464726988,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-1646108208659918824,'nbphi475edcg');
INSERT INTO "band" VALUES(-1587532703909019720,'nbphi475edcg');
INSERT INTO "band" VALUES(-1517555740703316666,'3skb72gff5sd');
INSERT INTO "band" VALUES(-1447595225722507692,'3skb72gff5sd');
INSERT INTO "band" VALUES(-1200448182415472288,'3skb72gff5sd');
INSERT INTO "band" VALUES(-919724600537776426,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-662767889793013358,'3skb72gff5sd');
INSERT INTO "band" VALUES(-415763180225734322,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-319468715874279054,'3pt45bon7dhn');
INSERT INTO "band" VALUES(-201472581475982235,'3pt45bon7dhn');
INSERT INTO "band" VALUES(261047576103651210,'nbphi475edcg');
INSERT INTO "band" VALUES(353122351816479801,'3pt45bon7dhn');
INSERT INTO "band" VALUES(401765434940448362,'3pt45bon7dhn');
INSERT INTO "band" VALUES(745892758517267415,'nbphi475edcg');
INSERT INTO "band" VALUES(782504587719508385,'3pt45bon7dhn');
INSERT INTO "band" VALUES(908691686348305258,'nbphi475edcg');
INSERT INTO "band" VALUES(1207227903614447363,'nbphi475edcg');
INSERT INTO "band" VALUES(1524923582369355165,'3skb72gff5sd');
INSERT INTO "band" VALUES(1682258834596618076,'3pt45bon7dhn');
INSERT INTO "band" VALUES(2016518699962247225,'nbphi475edcg');
INSERT INTO "band" VALUES(2154995030980402256,'nbphi475edcg');
INSERT INTO "band" VALUES(2171266841233828732,'3pt45bon7dhn');
INSERT INTO "band" VALUES(2183877345013643532,'nbphi475edcg');
INSERT INTO "band" VALUES(2337719338070028873,'nbphi475edcg');
INSERT INTO "band" VALUES(2511115468175006754,'3skb72gff5sd');
INSERT INTO "band" VALUES(2588527483003782599,'3skb72gff5sd');
INSERT INTO "band" VALUES(2990355885416690675,'3pt45bon7dhn');
INSERT INTO "band" VALUES(3265749685179367956,'nbphi475edcg');
INSERT INTO "band" VALUES(3411108735586894096,'3pt45bon7dhn');
INSERT INTO "band" VALUES(3464606340350439462,'3pt45bon7dhn');
INSERT INTO "band" VALUES(3481197231609753350,'3pt45bon7dhn');
INSERT INTO "band" VALUES(3762010324981020672,'nbphi475edcg');
INSERT INTO "band" VALUES(3925074304170910458,'3skb72gff5sd');
INSERT INTO "band" VALUES(4189528515800132793,'nbphi475edcg');
INSERT INTO "band" VALUES(4241603224706793520,'3pt45bon7dhn');
INSERT INTO "band" VALUES(4535922111461682374,'3skb72gff5sd');
INSERT INTO "band" VALUES(4624001119361175792,'3pt45bon7dhn');
INSERT INTO "band" VALUES(4848414695711649229,'3skb72gff5sd');
INSERT INTO "band" VALUES(5043658136534280205,'3pt45bon7dhn');
INSERT INTO "band" VALUES(5470574904786608505,'3pt45bon7dhn');
INSERT INTO "band" VALUES(5731437216188613878,'nbphi475edcg');
INSERT INTO "band" VALUES(5866817741782542658,'3pt45bon7dhn');
INSERT INTO "band" VALUES(5893918543314412887,'3pt45bon7dhn');
INSERT INTO "band" VALUES(5978692503075267761,'3skb72gff5sd');
INSERT INTO "band" VALUES(5985944318845953200,'3skb72gff5sd');
INSERT INTO "band" VALUES(6038514532102297870,'nbphi475edcg');
INSERT INTO "band" VALUES(6075727787179245672,'3skb72gff5sd');
INSERT INTO "band" VALUES(6193332634931946139,'nbphi475edcg');
INSERT INTO "band" VALUES(6453291896679979097,'3pt45bon7dhn');
INSERT INTO "band" VALUES(6491598349435840383,'3skb72gff5sd');
INSERT INTO "band" VALUES(6558449618877815582,'3skb72gff5sd');
INSERT INTO "band" VALUES(6560106183214502832,'nbphi475edcg');
INSERT INTO "band" VALUES(6587193179325362527,'nbphi475edcg');
INSERT INTO "band" VALUES(6590187795403409442,'3skb72gff5sd');
INSERT INTO "band" VALUES(6895684938573680993,'3skb72gff5sd');
INSERT INTO "band" VALUES(6995075571089155389,'3pt45bon7dhn');
INSERT INTO "band" VALUES(7149586710415953146,'3skb72gff5sd');
INSERT INTO "band" VALUES(7366381252955016713,'3skb72gff5sd');
INSERT INTO "band" VALUES(7464449552617477091,'3pt45bon7dhn');
INSERT INTO "band" VALUES(7499121576899406755,'3skb72gff5sd');
INSERT INTO "band" VALUES(7939087728769716549,'3skb72gff5sd');
INSERT INTO "band" VALUES(8303219752779877252,'nbphi475edcg');
INSERT INTO "band" VALUES(8350651078892256791,'3pt45bon7dhn');
INSERT INTO "band" VALUES(8471016272024616623,'3pt45bon7dhn');
INSERT INTO "band" VALUES(8570412103724237292,'nbphi475edcg');
INSERT INTO "band" VALUES(8583478209054416542,'nbphi475edcg');
INSERT INTO "band" VALUES(8665129056024832639,'nbphi475edcg');
INSERT INTO "band" VALUES(8766077147836481075,'3pt45bon7dhn');
INSERT INTO "band" VALUES(8905804044710848153,'3pt45bon7dhn');
INSERT INTO "band" VALUES(9007666919758940069,'3skb72gff5sd');
CREATE TABLE copy (
    article_id TEXT NOT NULL,
    other_id   TEXT NOT NULL,
    PRIMARY KEY (article_id, other_id)
) WITHOUT ROWID;
CREATE TABLE failure (
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    address   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    since     TEXT NOT NULL,
    last      TEXT NOT NULL,
    stamp     TEXT,
    PRIMARY KEY (source_id, address)
) WITHOUT ROWID;
INSERT INTO "failure" VALUES(2,'http://127.0.0.1:18765/feed.xmlx','no answer','2023-02-01T12:00:37+00:00','2023-02-01T12:00:37+00:00',NULL);
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
INSERT INTO "frontier" VALUES(2,'http://127.0.0.1:18765/fog','127.0.0.1','update','page','http://127.0.0.1:18765/post-2','a760e09533b4efb1406ee9ce9d67157d','waiting','is not there (HTTP 404)',1,'2023-02-01T13:00:11+00:00','2023-01-14T09:00:00+00:00','{"key":"http://127.0.0.1:18765/post-2","url":"http://127.0.0.1:18765/fog","text":"Fog closed the port of Kettle Bay on Saturday. No ship came in, and none went out; the pilots played cards.","claims":[{"field":"headline","value":"Fog closes the port","origin":"feed: title","chosen":true},{"field":"source","value":"Kettle Bay Post","origin":"feed: the feed''s title","chosen":true},{"field":"published","value":"Sat, 14 Jan 2023 09:00:00 GMT","origin":"feed: published","chosen":true},{"field":"text","value":"107 characters","origin":"feed: content","chosen":true}],"original":"Rm9nIGNsb3NlZCB0aGUgcG9ydCBvZiBLZXR0bGUgQmF5IG9uIFNhdHVyZGF5LiBObyBzaGlwIGNhbWUgaW4sIGFuZCBub25lIHdlbnQKb3V0OyB0aGUgcGlsb3RzIHBsYXllZCBjYXJkcy4=","media_type":"text/html"}',NULL,NULL);
INSERT INTO "frontier" VALUES(2,'http://127.0.0.1:18765/mayor','127.0.0.1','update','page','http://127.0.0.1:18765/post-1','2025bf10ba53b71d947433f4dbcd8368','waiting','is not there (HTTP 404)',1,'2023-02-01T13:00:15+00:00','2023-01-13T09:00:00+00:00','{"key":"http://127.0.0.1:18765/post-1","url":"http://127.0.0.1:18765/mayor","text":"The mayor of Kettle Bay resigned on Friday. She gave no reason, and left by the back door of the town hall before noon, where a car was waiting for her.","claims":[{"field":"headline","value":"Mayor resigns","origin":"feed: title","chosen":true},{"field":"source","value":"Kettle Bay Post","origin":"feed: the feed''s title","chosen":true},{"field":"published","value":"Fri, 13 Jan 2023 09:00:00 GMT","origin":"feed: published","chosen":true},{"field":"topics","value":"politics","origin":"feed: category","chosen":true},{"field":"text","value":"152 characters","origin":"feed: content","chosen":true}],"original":"VGhlIG1heW9yIG9mIEtldHRsZSBCYXkgcmVzaWduZWQgb24gRnJpZGF5LiBTaGUgZ2F2ZSBubyByZWFzb24sIGFuZCBsZWZ0IGJ5IHRoZQpiYWNrIGRvb3Igb2YgdGhlIHRvd24gaGFsbCBiZWZvcmUgbm9vbiwgd2hlcmUgYSBjYXIgd2FzIHdhaXRpbmcgZm9yIGhlci4=","media_type":"text/html"}',NULL,NULL);
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
    original    BLOB, updated TEXT,
    PRIMARY KEY (article_id, number)
);
INSERT INTO "revision" VALUES('3skb72gff5sd',1,'2023-02-01T12:00:08+00:00','1137b9a3f2f4c62170ae0ce9f5a8231d','Kettle Bay Post','Fog closes the port','Fog closed the port of Kettle Bay on Saturday. No ship came in, and none went out; the pilots played cards.',NULL,'[]',NULL,'2023-01-14T09:00:00+00:00','en',NULL,'[]',NULL,NULL,NULL,'[{"field":"source","value":"Kettle Bay Post","origin":"feed: the feed''s title","chosen":true},{"field":"headline","value":"Fog closes the port","origin":"feed: title","chosen":true},{"field":"text","value":"107 characters","origin":"feed: content","chosen":true},{"field":"published","value":"2023-01-14T09:00:00+00:00","origin":"feed: published","chosen":true},{"field":"language","value":"en","origin":"detected: 99% likely","chosen":true},{"field":"page not used","value":"is not there (HTTP 404)","origin":"visit: http://127.0.0.1:18765/fog","chosen":true}]','text/html',X'789C25CCB109C3301005D03E53FC018C164897C24D208D2738A4B32590EF0BE94CD0F631E40DF0561E889543133C2B1ABB833BDEEA5E152F99A06113BF7A9219F021462E0D514E45B105620946537CD5FCC1CB9FFFA754FA40AB32EF394A4F23FC00E1D0258D',NULL);
INSERT INTO "revision" VALUES('3pt45bon7dhn',1,'2023-02-01T12:00:12+00:00','354b6a9e17f0b69942f647149ae3ae9b','Kettle Bay Post','Mayor resigns','The mayor of Kettle Bay resigned on Friday. She gave no reason, and left by the back door of the town hall before noon, where a car was waiting for her.',NULL,'[]',NULL,'2023-01-13T09:00:00+00:00','en',NULL,'["politics"]',NULL,NULL,NULL,'[{"field":"source","value":"Kettle Bay Post","origin":"feed: the feed''s title","chosen":true},{"field":"headline","value":"Mayor resigns","origin":"feed: title","chosen":true},{"field":"text","value":"152 characters","origin":"feed: content","chosen":true},{"field":"published","value":"2023-01-13T09:00:00+00:00","origin":"feed: published","chosen":true},{"field":"topics","value":"politics","origin":"feed: category","chosen":true},{"field":"language","value":"en","origin":"detected: 100% likely","chosen":true},{"field":"page not used","value":"is not there (HTTP 404)","origin":"visit: http://127.0.0.1:18765/mayor","chosen":true}]','text/html',X'789C258CBB0D03310C43FB4CC101821BE28A34299305E4B3FC417C12600B31BC7D74484180E023F92E8C93967668C293CD1A63A785CEA366E108153C7A8DB436BCBC9BE9CB10754E43E50E9288C6C91016ACF02DD0F141D4FF9F07309D8242AD2170D27E8DAFDD2CEC9E7050C7A4E1AA5625C32B70B4FD00D8E63518',NULL);
INSERT INTO "revision" VALUES('nbphi475edcg',1,'2023-02-01T12:00:16+00:00','9a01c87b930478013fbc604794971f86','Reuters','Bridge opens By Ana Lindqvist 12 January 2023','The bridge over the sound opened on Thursday.

Some 4,000 people walked across it in the first hour.','Reuters','[]','KETTLE BAY',NULL,'en',NULL,'[]',NULL,NULL,NULL,'[{"field":"source","value":"Reuters","origin":"wire: dateline","chosen":true},{"field":"headline","value":"Bridge opens By Ana Lindqvist 12 January 2023","origin":"wire: headline","chosen":true},{"field":"agency","value":"Reuters","origin":"wire: dateline","chosen":true},{"field":"dateline","value":"KETTLE BAY","origin":"wire: dateline","chosen":true},{"field":"language","value":"en","origin":"detected: 100% likely","chosen":true},{"field":"source","value":"clippings","origin":"folder: name","chosen":false}]','text/plain',X'789C2DCCB10E82301485E1BD4F71464D9454F405206151266571ACF62A8DD8E2BD2D86B7B7214E2727F9F3D5ECEC931046F2A2EA199537689DB79FC94954BB1247E393E119A52EF74A9D9AAE6B1BD4D515AB33A5482C6B6CD1F584DB5F9A8811F39790BC5D60CAE3739358AC990BA52EE14D386CB4D618298C03E16B8657CECC9D83085C84F30BF2702C117D485CA81F8DD73816',NULL);
INSERT INTO "revision" VALUES('xr7gjo2pbj4y',1,'2023-02-01T12:00:19+00:00','b0b96f2650adcba17b13b2e9fa54d4c4','clippings','Last ferry sails','The Kittiwake left the quay for the last time.',NULL,'[]',NULL,'2023-01-13',NULL,NULL,'["transport"]',NULL,NULL,NULL,'[{"field":"source","value":"clippings","origin":"folder: name","chosen":true},{"field":"headline","value":"Last ferry sails","origin":"front matter: title","chosen":true},{"field":"published","value":"2023-01-13","origin":"front matter: date","chosen":true},{"field":"topics","value":"transport","origin":"front matter: topics","chosen":true}]','text/markdown',X'789C1D8D3B0EC2400C057B9FC27524A37CBA5C014A3A44618157582C6CF03E84727B3629678A19112138B2CD7CD20A4E16B17255CF95EE8AA6C77E9CA41F64980865F15B9DF982D0775D4AE04AD202747E18774707FCA74FEB385B02A3C9CF57574E2576C8DB00FEB203FD01C5CF263F',NULL);
INSERT INTO "revision" VALUES('qimehqtmaz5n',1,'2023-02-01T12:00:22+00:00','309459139ef591142295b717d1edefcb','clippings','Gulls return to the quay','Nobody knows why, said the harbour master.',NULL,'[]',NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,'[{"field":"source","value":"clippings","origin":"folder: name","chosen":true},{"field":"headline","value":"Gulls return to the quay","origin":"wire: headline","chosen":true}]','text/plain',X'789C732FCDC92956284A2D292DCA5328C95728C94855282C4DACE4E2F2CB4FCA4FA954C8CECB2F2F5628CFA8D451284ECC4C012BC8482C4ACA2F2D52C84D2C2E492DD2E3020067E8189A',NULL);
INSERT INTO "revision" VALUES('snwlzhwfedps',1,'2023-02-01T12:00:25+00:00','8bc075a8f76d58d150e328b2feefa644','clippings','A rumour','Which was not true.',NULL,'[]',NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,'[{"field":"source","value":"clippings","origin":"folder: name","chosen":true},{"field":"headline","value":"A rumour","origin":"wire: headline","chosen":true}]','text/plain',X'789C7354282ACDCD2F2DE2E20ACFC84CCE50284F2C56C8CB2F5128292A4DD5E302009D120A07',NULL);
INSERT INTO "revision" VALUES('nbphi475edcg',2,'2023-02-01T12:00:32+00:00','ebb1c010358e7d4e5e2395efed41e3ab','Reuters','Bridge opens By Ana Lindqvist 12 January 2023','The bridge over the sound opened on Thursday.

Some 5,000 people walked across it in the first hour.','Reuters','[]','KETTLE BAY',NULL,'en',NULL,'[]',NULL,NULL,NULL,'[{"field":"source","value":"Reuters","origin":"wire: dateline","chosen":true},{"field":"headline","value":"Bridge opens By Ana Lindqvist 12 January 2023","origin":"wire: headline","chosen":true},{"field":"agency","value":"Reuters","origin":"wire: dateline","chosen":true},{"field":"dateline","value":"KETTLE BAY","origin":"wire: dateline","chosen":true},{"field":"language","value":"en","origin":"detected: 100% likely","chosen":true},{"field":"source","value":"clippings","origin":"folder: name","chosen":false}]','text/plain',X'789C2DCCB10AC2301485E13D4F7146052DB1E203B4D0453B6917C768AE3658937A6F52E9DB1B8AD3E1C0CF57B3B34F4218C98BAA6754DEA075DE7E262751ED4A1C8D4F866794BADC2B756ABAAE6D505757ACCE9422B1ACB145D7136E7F692246CC5F42F27681298FCF4D62B1662E94BA8437E1B0D15A63A4300E84AF195E3933770E227011CE2FC8C3B144F42171A17E8E083817',NULL);
CREATE TABLE sketch (
    article_id TEXT PRIMARY KEY REFERENCES article (id),
    method     TEXT NOT NULL,
    bands      BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO "sketch" VALUES('3pt45bon7dhn','rensa 2, 3 words, 40 × 3',X'E39396DB510D97677CAB5330B0E3211E8F3491E8C2AA7EE10D68A24C5AACFE453D25C89F2B80136179E1F83CE462EB4B4E59F52397E93AFAD6FEC145597B3CF34269E804A71F6B51595884FDC9B28E592B8F5C73D6FC0BAD39944576E88AE604337E76A6B85CA7792C399EA52CDA12D099263AFC97C5977B07942B5C9AE1D4DEF3B3428ED5E07F291ADB5F7CE92582DF1E29E38B284860AF72A17641E50491FB1F73D192FC711AE357E55715B067CB5117FE9AA0E978E373AFBE94046B188F75062F2C1F70B24F305660B707773A648B7D0323D78FCDE5C51081E37A52B1562F6ADEA7D0885B9305F292BDFFEE3C11B42670273B1CC11430F01088E084C02B407144BE80F19360A54B4699579B201EDF5CDF64407F955817A18122D2C603DC0A327DC94F93E5E3BF30C0CCEEA833DD3A348E9E5E805736E465A4242DC13934FD');
INSERT INTO "sketch" VALUES('3skb72gff5sd','rensa 2, 3 words, 40 × 3',X'D71886FB76C9C5AA988917824EEB3CB46111B2AEEA64B25FAD3A62D3F6F89AC81E1B82222E4B045B542E42D8CF1BE9EB225C8FBE3646D922C66C83C620D5F23EA93B927B6C171788C7C5C6FB074CEC2385B56CD5BBBEF2A94625861C188FF0EAB0A414A2A458125360C9DC03BD2657EF090E7B86B8A43A66F1E8248F8F6B41ACCD2DAD4D7A074943FAE21EA148AA78360C5967D990BA68BFE87F5322EA9A2F85F5CA6F0ADFCCB496B1A417B32795F852A36B8E96573B12688ED32D6ED8A0D6C8A5C744BF56A9017D41D1AB6B2D8D3C9423C8162C10280B992C01936F015ED5BB92295AA01D60CDF6AC2B3F9DFAC53EA36800CA5A3B525154D3E824782A4381BD4551FBE9394E2D6E22882234E20C755B7FA7A20A4ECA165A46A70343BF667B8CFA4C32A53B6F3863D220B2CE8B933EE09DD5BD34EB9D29158F8CA1872290E3BF');
INSERT INTO "sketch" VALUES('nbphi475edcg','rensa 2, 3 words, 40 × 3',X'7FAA4675F7B8407894FC9DF3CA877A8A1890F8404ED927E949B2392A5A3F71209E9EFE33F4A31E775F7190D04B696A5B14C275360946522D03EFE0D561EFC010B8FF2FBA6AF3F7E91E2A319ABF5AF6860CB98FE6DFB04E1E848B73705FF63A73E0D6BE00AA9FBAD139A82EDA121DFC1B9BE2F3C03723F3553EEFA7C7290D7EA5C5ADC5F06A83B6D9CC20C5CDC69BABA1E54AF65B9CD5478FD73BF50F83F1590A6F089BDAF70BBEE220AE5521E4431D956C7BEE7024BC11BB509C51229014E81D0ED9FD38F91CCD53B0135813D12D0A5B96D283C6CA570BA7B09632FB3A6D2EC30078D86575583534F11793B8076B06A48A87222B636D9F03EC01317D6638F0769AE056A9A0AA82E196FD1BDE6036068AD23575B035BC75B7F644601BC8278A4F74FA87735C4FEE966A33243746529C0CC88EE48FEA92A193B9ECA2F0FC31243A');
INSERT INTO "sketch" VALUES('qimehqtmaz5n','rensa 2, 3 words, 40 × 3',X'');
INSERT INTO "sketch" VALUES('xr7gjo2pbj4y','rensa 2, 3 words, 40 × 3',X'');
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
INSERT INTO "source" VALUES(1,'folder','/tmp/morgue-upgrades/clippings',NULL,NULL,'[]','2023-02-01T12:00:01+00:00',NULL,NULL,'2023-02-01T12:00:41+00:00','2023-02-01T12:00:40+00:00','auto',NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "source" VALUES(2,'feed','http://127.0.0.1:18765/feed.xml',NULL,'Kettle Bay Post','[]','2023-02-01T12:00:02+00:00',NULL,NULL,'2023-02-01T12:00:37+00:00','2023-02-01T12:00:05+00:00','auto',NULL,NULL,'2023-02-02T00:00:00+00:00',NULL,1,NULL);
CREATE TABLE topic_match (
    article_id TEXT NOT NULL REFERENCES article (id),
    rule       TEXT NOT NULL REFERENCES topic_rule (name) ON DELETE CASCADE,
    PRIMARY KEY (article_id, rule)
) WITHOUT ROWID;
CREATE TABLE topic_rule (
    name  TEXT PRIMARY KEY,
    stamp TEXT NOT NULL,
    seq   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX article_seq ON article (seq);
CREATE INDEX item_article ON item (article_id);
CREATE INDEX address_key ON address (key);
CREATE INDEX address_article ON address (article_id);
CREATE INDEX article_story ON article (story) WHERE story IS NOT NULL;
CREATE INDEX topic_match_rule ON topic_match (rule);
CREATE INDEX frontier_waiting ON frontier (source_id, way, kind, day) WHERE state = 'waiting';
PRAGMA user_version = 7;
COMMIT;
