/**
 * Files that go to a bucket as one object: where to, how far, and every part that has arrived. An upload in parts is gone on with
 * by its id, so that a run that was killed sends only what is missing.
 */
export const objects = `
  CREATE TABLE objects (
    file_id TEXT PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    form TEXT,
    key TEXT,
    compressed INTEGER NOT NULL DEFAULT 0,
    part_bytes INTEGER,
    upload_id TEXT,
    etag TEXT,
    bytes INTEGER,
    completed_at INTEGER
  ) STRICT;

  CREATE TABLE object_parts (
    file_id TEXT NOT NULL REFERENCES objects (file_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (file_id, number)
  ) STRICT, WITHOUT ROWID;
`;
