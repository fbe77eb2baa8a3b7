/** What asks for the few versions that are closed, or that another needs, does not pass over the many that are not. */
export const closedVersions = `
  CREATE INDEX files_closed ON files (folder_id) WHERE is_closed = 1;
  CREATE INDEX files_by_known_rows ON files (known_rows) WHERE known_rows IS NOT NULL;
`;
