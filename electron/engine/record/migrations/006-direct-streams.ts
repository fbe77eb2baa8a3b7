/** Files whose rows go to a managed stream: to which one, so that a later run goes on there. */
export const directStreams = `
  CREATE TABLE direct_streams (
    file_id TEXT PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    target TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
