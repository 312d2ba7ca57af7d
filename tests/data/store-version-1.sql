PRAGMA application_id = 1145653075;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE delivery (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL, email TEXT, list INTEGER NOT NULL,
      state INTEGER NOT NULL CHECK (state IN (3, 5, 6, 9, 10, 12, 15)),
      attempts INTEGER NOT NULL DEFAULT 0, code INTEGER, enhanced TEXT, reason TEXT, at REAL
    );
INSERT INTO "delivery" VALUES(1,'reader0@town0.example.org',NULL,1,9,1,550,'5.1.1','5.1.1 no such reader',1700000000.0);
INSERT INTO "delivery" VALUES(2,'reader1@town1.example.org',NULL,1,6,1,451,'4.7.1','4.7.1 greylisted',1700000000.0);
INSERT INTO "delivery" VALUES(3,'reader2@town2.example.org',NULL,1,5,1,250,'2.0.0',NULL,1700000000.0);
INSERT INTO "delivery" VALUES(4,'reader3@town0.example.org',NULL,1,5,1,250,'2.0.0',NULL,1700000000.0);
INSERT INTO "delivery" VALUES(5,'reader4@town1.example.org',NULL,1,5,1,250,'2.0.0',NULL,1700000000.0);
INSERT INTO "delivery" VALUES(6,'reader5@town2.example.org',NULL,1,3,0,NULL,NULL,NULL,NULL);
INSERT INTO "delivery" VALUES(7,'reader6@town0.example.org',NULL,1,3,0,NULL,NULL,NULL,NULL);
INSERT INTO "delivery" VALUES(8,'reader7@town1.example.org',NULL,1,3,0,NULL,NULL,NULL,NULL);
CREATE TABLE edition (
      id TEXT PRIMARY KEY, subject TEXT NOT NULL, theme TEXT NOT NULL, list_name TEXT NOT NULL,
      content TEXT NOT NULL, letter BLOB NOT NULL, created REAL NOT NULL, checksum INTEGER NOT NULL
    );
CREATE TABLE entry (id TEXT PRIMARY KEY, edition TEXT) WITHOUT ROWID;
CREATE TABLE feed (url TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ledger (
      id INTEGER PRIMARY KEY, edition TEXT NOT NULL, scope TEXT NOT NULL, subject TEXT NOT NULL,
      message_id_domain TEXT NOT NULL, generation INTEGER NOT NULL, started REAL NOT NULL,
      checksum INTEGER NOT NULL, UNIQUE (edition, scope)
    );
INSERT INTO "ledger" VALUES(1,'harbour-7','','Harbour news','example.org',0,1700000000.0,1531611612);
CREATE TABLE list (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO "list" VALUES(1,'subscribers');
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('message_id_key',X'8A529708CDBE214845FA670171EF67D59767B90AFC987879AD9A6416E0A39C14');
CREATE TABLE person (
      ledger INTEGER NOT NULL, key TEXT NOT NULL, delivery INTEGER NOT NULL, PRIMARY KEY (ledger, key)
    ) WITHOUT ROWID;
INSERT INTO "person" VALUES(1,'reader0@town0.example.org',1);
INSERT INTO "person" VALUES(1,'reader1@town1.example.org',2);
INSERT INTO "person" VALUES(1,'reader2@town2.example.org',3);
INSERT INTO "person" VALUES(1,'reader3@town0.example.org',4);
INSERT INTO "person" VALUES(1,'reader4@town1.example.org',5);
INSERT INTO "person" VALUES(1,'reader5@town2.example.org',6);
INSERT INTO "person" VALUES(1,'reader6@town0.example.org',7);
INSERT INTO "person" VALUES(1,'reader7@town1.example.org',8);
CREATE TABLE span (ledger INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
INSERT INTO "span" VALUES(1,1,8);
COMMIT;
