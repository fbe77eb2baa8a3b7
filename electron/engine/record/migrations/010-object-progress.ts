/** How objects come along: parts that were begun and how often, and what the service said of each object. For people to see. */
export const objectProgress = `
  CREATE TABLE object_sends (
    file_id TEXT NOT NULL REFERENCES objects (file_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (file_id, number)
  ) STRICT, WITHOUT ROWID;

  -- piece: 0 where the file is one object. operation: 'refer' or 'ask'.
  CREATE TABLE object_answers (
    file_id TEXT NOT NULL REFERENCES objects (file_id) ON DELETE CASCADE,
    piece INTEGER NOT NULL,
    operation TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    status INTEGER,
    request_id TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (file_id, piece, operation)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE objects ADD COLUMN parts_planned INTEGER;
  ALTER TABLE objects ADD COLUMN piece INTEGER;
  ALTER TABLE objects ADD COLUMN piece_key TEXT;
  ALTER TABLE object_pieces ADD COLUMN parts INTEGER;
  ALTER TABLE object_pieces ADD COLUMN attempts INTEGER;
`;
