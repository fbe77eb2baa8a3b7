/**
 * Watched folders: their settings, the file versions they follow, and requests that carry rows of several files.
 * Mappings and formats stand once, however many files use them: a folder may have a hundred thousand.
 */
export const watchedFolders = `
  CREATE TABLE folders (
    id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    -- 0 until the files that were there at the beginning were looked through.
    surveyed INTEGER NOT NULL DEFAULT 0,
    -- Sets of column names that somebody, or the first file, has said are right: JSON.
    accepted_columns TEXT NOT NULL DEFAULT '[]',
    added_at INTEGER NOT NULL,
    position INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE mappings (digest TEXT PRIMARY KEY, mapping TEXT NOT NULL) STRICT;
  CREATE TABLE formats (id INTEGER PRIMARY KEY, format TEXT NOT NULL UNIQUE) STRICT;

  -- A mapping that stands in the table of mappings is '' here.
  ALTER TABLE files ADD COLUMN folder_id TEXT;
  ALTER TABLE files ADD COLUMN file_key TEXT NOT NULL DEFAULT '';
  ALTER TABLE files ADD COLUMN format_id INTEGER;
  ALTER TABLE files ADD COLUMN identity TEXT;
  ALTER TABLE files ADD COLUMN first_row TEXT;
  -- The version whose rows are passed over in this one.
  ALTER TABLE files ADD COLUMN known_rows TEXT;
  -- 1: another version has taken its place, or it was read to its end and is gone.
  ALTER TABLE files ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX files_by_folder ON files (folder_id) WHERE folder_id IS NOT NULL;

  ALTER TABLE transfers ADD COLUMN folder_id TEXT;

  -- The body of a request that is kept until it is settled, because its rows may be gone from their files when it is sent again.
  CREATE TABLE kept_bodies (
    id INTEGER PRIMARY KEY,
    folder_id TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    -- Uint32: where each event begins. Float64: the row of each event in its file.
    starts BLOB NOT NULL,
    rows BLOB NOT NULL,
    -- [[batch id, file id, first event, events], …] in the order of the events: JSON.
    segments TEXT NOT NULL
  ) STRICT;

  -- Files that were there at the beginning and are left out as they stood.
  CREATE TABLE skipped (folder_id TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL, PRIMARY KEY (folder_id, path)) STRICT;

  CREATE TABLE risks (
    id INTEGER PRIMARY KEY,
    folder_id TEXT NOT NULL,
    path TEXT NOT NULL,
    at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    cause TEXT NOT NULL
  ) STRICT;

  -- What was settled on each day of local time.
  CREATE TABLE daily (
    day TEXT PRIMARY KEY,
    rows_confirmed INTEGER NOT NULL DEFAULT 0,
    rows_rejected INTEGER NOT NULL DEFAULT 0,
    bytes_sent INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE pauses (scope TEXT PRIMARY KEY) STRICT;
`;
