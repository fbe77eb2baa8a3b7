/** How an object is cut into parts. Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits". */
const mib = 1024 * 1024;
const mostParts = 10_000;
/** An object has 5 TiB at most. */
export const mostObjectBytes = 5 * 1024 * 1024 * mib;
/** The least that Amazon S3 takes: parts under way are held in memory. */
const usualPartBytes = 5 * mib;
/** Memory that parts under way may take together. */
const partMemoryBytes = 40 * mib;
const mostPartsAtOnce = 3;

/**
 * Bytes of each part but the last: the same for an object of the same size, so that an upload can be gone on with.
 * @param mostBytes that the object may have in the end, estimated from above
 */
export const partBytesFor = (mostBytes: number): number =>
  Math.max(usualPartBytes, Math.ceil(Math.min(mostBytes, mostObjectBytes) / (mostParts * 0.9) / mib) * mib);

/** Parts that are sent at the same time: fewer, where they are larger. */
export const partsAtOnceFor = (partBytes: number, concurrentRequests: number): number =>
  Math.max(1, Math.min(concurrentRequests, mostPartsAtOnce, Math.floor(partMemoryBytes / partBytes)));
