/**
 * What brings a database from each version to the next; its version is their number. Names stand as keys (a JSON text, or
 * a hash of it), and as JSON beside it where the name must come back.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE rollouts (
    key TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT, length INTEGER NOT NULL, hash TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE entries (
    rollout TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (rollout, seq)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE replicas (
    rollout TEXT NOT NULL, key TEXT NOT NULL, replica TEXT NOT NULL, version INTEGER NOT NULL,
    seenAt REAL NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (rollout, key)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE leases (
    key TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, at REAL NOT NULL, until REAL NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE pairs (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at REAL NOT NULL, tenant TEXT NOT NULL,
    phase TEXT NOT NULL, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX pairs_by_time ON pairs (at, id);
  CREATE INDEX pairs_of_tenant ON pairs (tenant, at, id);
  CREATE INDEX pairs_of_phase ON pairs (phase, at, id);
  CREATE TABLE tallies (
    id INTEGER PRIMARY KEY, book TEXT NOT NULL, day TEXT NOT NULL, slice TEXT NOT NULL,
    metric TEXT NOT NULL, names TEXT NOT NULL, tenant TEXT NOT NULL, phase TEXT NOT NULL,
    value REAL NOT NULL,
    UNIQUE (book, day, slice, metric)
  ) STRICT;
  CREATE INDEX tallies_of_tenant ON tallies (tenant, book, day);
  CREATE INDEX tallies_of_phase ON tallies (phase, book, day, slice, metric);
  CREATE TABLE batches (key TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID, STRICT;
  CREATE INDEX batches_by_time ON batches (at);
  CREATE TABLE turns (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, conversation TEXT NOT NULL,
    at REAL NOT NULL, turns TEXT NOT NULL
  ) STRICT;
  CREATE INDEX turns_of_conversation ON turns (tenant, conversation, at, id);
  CREATE INDEX turns_by_time ON turns (at);
  CREATE TABLE erasures (
    tenant TEXT NOT NULL, conversation TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (tenant, conversation)
  ) WITHOUT ROWID, STRICT;
  `,
  `
  ALTER TABLE replicas ADD COLUMN pending REAL;
  ALTER TABLE replicas ADD COLUMN learned REAL;
  `,
  `
  ALTER TABLE replicas ADD COLUMN origin REAL;
  ALTER TABLE leases ADD COLUMN origin REAL;
  `,
];
