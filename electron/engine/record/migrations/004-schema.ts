/** The schema of each connection as it was read last, so that it can be looked at and checked against without the service. */
export const schemaCache = `
  CREATE TABLE schemas (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
`;
