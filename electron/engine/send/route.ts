/** The requests of the service. Source: fineo-api.md, "Hosts, paths, authentication" and "Writing". */
import { assertNever } from '../errors.ts';
import type { Endpoint, Payload, Route, UnsignedRequest } from '../model.ts';

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

/**
 * The request that delivers a payload.
 * @param name of the batch; the stream route has no use for it
 * @param digest SHA-256 of the payload's bytes as hex, when known
 */
export function requestFor(route: Route, endpoint: Endpoint, name: string, payload: Payload, digest?: string): UnsignedRequest {
  const body = { body: payload.bytes, bodyDigest: digest };
  switch (route) {
    case 'stream':
      return { ...requestTo('stream', endpoint, 'PUT', '/stream/events'), ...body };
    case 'batch':
      return { ...requestTo('batch', endpoint, 'PUT', `/batch/upload/data/${encodeSegment(name)}`), ...body };
    case 's3':
      throw new Error('by this route whole files travel, not batches');
    default:
      return assertNever(route);
  }
}
