/**
 * Connections (never a secret), transfers, the file versions they carry, and every request planned for them.
 * `rows_read = rows_confirmed + rows_rejected + rows_held` is a constraint: the database itself refuses an unbalanced ledger.
 */
export const initial = `
  CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    position INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    connection_name TEXT NOT NULL,
    route TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    bytes_sent INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    closed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX transfers_by_start ON transfers (started_at);

  CREATE TABLE files (
    id TEXT PRIMARY KEY,
    transfer_id TEXT NOT NULL REFERENCES transfers (id),
    connection_id TEXT NOT NULL,
    route TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    continues TEXT,
    mapping TEXT NOT NULL,
    mapping_digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    stamp TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    planned_byte INTEGER,
    planned_row INTEGER,
    planned_line INTEGER,
    ended_open INTEGER NOT NULL DEFAULT 0,
    bytes_read INTEGER NOT NULL DEFAULT 0,
    rows_read INTEGER NOT NULL DEFAULT 0,
    rows_confirmed INTEGER NOT NULL DEFAULT 0,
    rows_rejected INTEGER NOT NULL DEFAULT 0,
    rows_held INTEGER NOT NULL DEFAULT 0,
    possibly_repeated INTEGER NOT NULL DEFAULT 0,
    rejects_path TEXT,
    rejects_bytes INTEGER NOT NULL DEFAULT 0,
    rejects_by_code TEXT NOT NULL DEFAULT '{}',
    CHECK (rows_read = rows_confirmed + rows_rejected + rows_held)
  ) STRICT;
  CREATE INDEX files_by_transfer ON files (transfer_id);
  CREATE INDEX files_by_path ON files (path);

  CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    file_id TEXT NOT NULL REFERENCES files (id),
    name TEXT NOT NULL,
    from_byte INTEGER NOT NULL,
    from_row INTEGER NOT NULL,
    from_line INTEGER NOT NULL,
    to_byte INTEGER NOT NULL,
    to_row INTEGER NOT NULL,
    to_line INTEGER NOT NULL,
    digest TEXT NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL,
    remaining TEXT,
    may_be_applied INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    request_id TEXT,
    answer TEXT
  ) STRICT;
  CREATE INDEX batches_by_file ON batches (file_id);
`;
