/** The ways rows travel. Source: fineo-api.md, Writing; the direct ones go past the service, into a stream of one's own. */
export const routes = ['stream', 'batch', 's3', 'kinesis', 'firehose'] as const;
/** Those of the service. */
export const serviceRoutes = ['stream', 'batch', 's3'] as const;
/** Managed streams: Kinesis Data Streams, Amazon Data Firehose. */
export const directRoutes = ['kinesis', 'firehose'] as const;
export type Route = (typeof routes)[number];
/** By these rows go to the service in requests of many; a file of the S3 route goes as one object. */
export type RowRoute = Exclude<(typeof serviceRoutes)[number], 's3'>;
export type DirectRoute = (typeof directRoutes)[number];

export const isDirectRoute = (route: Route): route is DirectRoute => (directRoutes as readonly Route[]).includes(route);
