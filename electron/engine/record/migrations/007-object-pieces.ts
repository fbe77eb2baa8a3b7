/** Files that go to a bucket as several objects: each that lies there, so that a later run sends only the others. */
export const objectPieces = `
  CREATE TABLE object_pieces (
    file_id TEXT NOT NULL REFERENCES objects (file_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    etag TEXT,
    completed_at INTEGER NOT NULL,
    referenced INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file_id, number)
  ) STRICT, WITHOUT ROWID;
`;
