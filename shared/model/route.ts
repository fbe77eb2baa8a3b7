/** The ways rows travel. Source: fineo-api.md, Writing. */
export const routes = ['stream', 'batch'] as const;
export type Route = (typeof routes)[number];
