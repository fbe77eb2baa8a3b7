/** Fields that events had, by connection and metric type; `source`: the path of a file that was only checked, empty for what was sent. */
export const seenFields = `
  CREATE TABLE seen_fields (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    metric TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    value_count INTEGER NOT NULL,
    examples TEXT NOT NULL,
    types TEXT NOT NULL,
    files TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, metric, name, source)
  ) STRICT, WITHOUT ROWID;
`;
