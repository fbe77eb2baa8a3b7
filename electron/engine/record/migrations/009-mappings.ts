/**
 * Mappings that were saved under a name, in every version, and by which one each file was sent. `mappings` has their content for
 * the files of folders, by digest. A file that is held for its rejects has rows that no request is planned for.
 */
export const namedMappings = `
  CREATE TABLE named_mappings (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    -- Removed, but files of the history were sent by it.
    removed_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX mapping_names ON named_mappings (name) WHERE removed_at IS NULL;

  CREATE TABLE mapping_versions (
    mapping_id TEXT NOT NULL REFERENCES named_mappings (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (mapping_id, version)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE files ADD COLUMN mapping_id TEXT;
  ALTER TABLE files ADD COLUMN mapping_version INTEGER;
  -- [{"id", "version", "digest", "untilRow"}, …], the oldest first: JSON; NULL when there is none.
  ALTER TABLE files ADD COLUMN earlier_mappings TEXT;
  CREATE INDEX files_by_mapping ON files (mapping_id) WHERE mapping_id IS NOT NULL;

  -- Of rows_read and rows_held, those that were counted and not planned.
  ALTER TABLE files ADD COLUMN unplanned_rows INTEGER NOT NULL DEFAULT 0;
  -- Rejected rows that were rejected by another mapping, and do not count any more for what the mapping allows.
  ALTER TABLE files ADD COLUMN rejects_before INTEGER NOT NULL DEFAULT 0;
  -- 1: somebody has said that it goes on whatever is rejected.
  ALTER TABLE files ADD COLUMN rejects_accepted INTEGER NOT NULL DEFAULT 0;
`;
