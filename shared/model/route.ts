/** The ways rows travel. Source: fineo-api.md, Writing. */
export const routes = ['stream', 'batch', 's3'] as const;
/** Those by which rows go in requests of many; a file of the S3 route goes as one object. */
export const rowRoutes = ['stream', 'batch'] as const;
export type Route = (typeof routes)[number];
export type RowRoute = (typeof rowRoutes)[number];
