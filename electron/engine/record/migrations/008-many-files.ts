/** A folder may have a hundred thousand files, each of which is a transfer: what asks for the others does not pass over them. */
export const manyFiles = `
  CREATE INDEX transfers_alone ON transfers (started_at) WHERE folder_id IS NULL;
`;
