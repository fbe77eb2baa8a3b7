/** The options of the routes that go past the service, into a managed stream. */
import { directStreamSchema, type DirectStream } from '../../../shared/contract/direct-stream.ts';
import { isDirectRoute, type Route } from '../../../shared/model/route.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { EndpointOptions } from '../destination.ts';

const { name, endpoint, region, partitionKey } = directStreamSchema.shape;

export const streamFlagShapes = {
  streamName: name,
  streamEndpoint: endpoint.unwrap(),
  streamRegion: region.unwrap(),
  partitionKey: partitionKey.unwrap(),
};

type StreamFlags = { readonly [K in keyof typeof streamFlagShapes]?: string | undefined } & { readonly route?: Route | undefined };

/** Throws `input-invalid` when they do not go with the route, or the stream has no name. */
export function directStreamOf({ route, ...flags }: StreamFlags): DirectStream | undefined {
  const { streamName, streamEndpoint, streamRegion, partitionKey: column } = flags;
  const given = [streamName, streamEndpoint, streamRegion, column].some((value) => value !== undefined);
  if (route === undefined || !isDirectRoute(route)) {
    if (!given) return undefined;
    throw new UploaderError(
      'input-invalid',
      '--stream-name, --stream-endpoint, --stream-region and --partition-key go with --route kinesis or firehose',
    );
  }
  if (streamName === undefined) throw new UploaderError('input-invalid', `--route ${route} needs --stream-name <name>`);
  if (column !== undefined && route !== 'kinesis') throw new UploaderError('input-invalid', '--partition-key goes with --route kinesis');
  return { name: streamName, endpoint: streamEndpoint, region: streamRegion, partitionKey: column };
}

/** Where nothing but the stream is named: the keys of the environment are for it. */
export function streamAlone({ route, streamEndpoint, streamRegion = 'us-east-1' }: StreamFlags): EndpointOptions | undefined {
  if (route === undefined || !isDirectRoute(route)) return undefined;
  return { root: streamEndpoint ?? `https://${route}.${streamRegion}.amazonaws.com`, stage: 'v1', region: streamRegion };
}
