/** The ways rows travel. Source: fineo-api.md, Writing. */
export const routes = ['stream', 'batch', 's3'] as const;
export type Route = (typeof routes)[number];
