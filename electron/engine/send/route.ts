/** The requests of the service. Source: fineo-api.md, "Hosts, paths, authentication" and "Writing". */
import type { Limits } from '../../../shared/contract/connections.ts';
import type { RowRoute } from '../../../shared/model/route.ts';
import { assertNever } from '../errors.ts';
import type { Endpoint, UnsignedRequest } from '../model.ts';
import { classify } from './classify.ts';
import type { RowAdapter } from './row-adapter.ts';

/** Percent-encoding of RFC 3986, as AWS wants it: everything but letters, digits and `-._~`. */
export const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * A request to one of the service's APIs.
 * @param path below the base URL of the API, encoded, for example `/stream/events`
 */
export function requestTo(
  api: 'stream' | 'batch' | 'schema',
  endpoint: Endpoint,
  method: UnsignedRequest['method'],
  path: string,
): Pick<UnsignedRequest, 'method' | 'origin' | 'path'> {
  const root = new URL(endpoint.root);
  const prefix = root.pathname.replace(/\/+$/, '');
  return { method, origin: root.origin, path: `${prefix}/${api}/${encodeSegment(endpoint.stage)}${path}` };
}

/** The adapter of the service's own routes. */
export function serviceRows(route: RowRoute, endpoint: Endpoint, limits: Limits): RowAdapter {
  const { maxEventBytes, maxStreamEvents, maxStreamRequestBytes, maxBatchRequestBytes } = limits;
  switch (route) {
    case 'stream':
      return {
        region: endpoint.region,
        isIdempotent: false,
        limits: { maxEvents: maxStreamEvents, maxBytes: maxStreamRequestBytes, maxEventBytes },
        requestFor: (_name, { bytes }, bodyDigest) => ({
          ...requestTo('stream', endpoint, 'PUT', '/stream/events'),
          body: bytes,
          bodyDigest,
        }),
        classify: (attempt, about) => classify(attempt, { operation: 'stream-events', ...about }),
      };
    case 'batch':
      return {
        region: endpoint.region,
        isIdempotent: true,
        limits: { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: maxBatchRequestBytes, maxEventBytes },
        requestFor: (name, { bytes }, bodyDigest) => ({
          ...requestTo('batch', endpoint, 'PUT', `/batch/upload/data/${encodeSegment(name)}`),
          ...{ body: bytes, bodyDigest },
        }),
        classify: (attempt, about) => classify(attempt, { operation: 'batch-data', ...about }),
      };
    default:
      return assertNever(route);
  }
}
