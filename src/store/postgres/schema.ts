/**
 * What brings a schema from each version to the next; its version is their number. `@` stands before what is in the
 * schema. Texts compare by their bytes, so that an order is the same on every server.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE @rollouts (
    key text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, state text, length bigint NOT NULL, hash text NOT NULL
  );
  CREATE TABLE @entries (
    rollout text COLLATE "C", seq bigint, hash text NOT NULL, entry text NOT NULL, PRIMARY KEY (rollout, seq)
  );
  CREATE TABLE @replicas (
    rollout text COLLATE "C", key text COLLATE "C", replica text NOT NULL, version bigint NOT NULL,
    seen_at float8 NOT NULL, until float8 NOT NULL, PRIMARY KEY (rollout, key)
  );
  CREATE TABLE @leases (
    key text COLLATE "C" PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL, at float8 NOT NULL, until float8 NOT NULL
  );
  CREATE TABLE @pairs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, at float8 NOT NULL,
    tenant text COLLATE "C" NOT NULL, phase text COLLATE "C" NOT NULL, record text NOT NULL
  );
  CREATE INDEX ON @pairs (at, id);
  CREATE INDEX ON @pairs (tenant, at, id);
  CREATE INDEX ON @pairs (phase, at, id);
  CREATE TABLE @tallies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, book text COLLATE "C" NOT NULL,
    day text COLLATE "C" NOT NULL, slice text COLLATE "C" NOT NULL, metric text COLLATE "C" NOT NULL,
    names text NOT NULL, tenant text COLLATE "C" NOT NULL, phase text COLLATE "C" NOT NULL,
    value float8 NOT NULL, UNIQUE (book, day, slice, metric)
  );
  CREATE INDEX ON @tallies (tenant, book, day);
  CREATE INDEX ON @tallies (phase, book, day);
  CREATE TABLE @batches (key text COLLATE "C" PRIMARY KEY, at float8 NOT NULL);
  CREATE INDEX ON @batches (at);
  CREATE TABLE @turns (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE,
    tenant text COLLATE "C" NOT NULL, conversation text COLLATE "C" NOT NULL, at float8 NOT NULL, turns text NOT NULL
  );
  CREATE INDEX ON @turns (tenant, conversation, at, id);
  CREATE INDEX ON @turns (at);
  CREATE TABLE @erasures (
    tenant text COLLATE "C", conversation text COLLATE "C", at float8 NOT NULL, PRIMARY KEY (tenant, conversation)
  );
  `,
  `ALTER TABLE @replicas ADD COLUMN pending float8, ADD COLUMN learned float8;`,
];
