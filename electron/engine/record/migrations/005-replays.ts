/** Files of rejected rows that were sent once more, with the file version the rows were rejected from at first. */
export const replays = `
  CREATE TABLE replays (
    path TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    rows INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX replays_by_transfer ON replays (transfer_id);
  CREATE INDEX replays_by_file ON replays (file_id);
`;
