/** sign → send: the adapter by which the rows of a file go out, and the lane that its requests share with others. */
import type { Mapping } from '../../shared/contract/mapping.ts';
import { isDirectRoute } from '../../shared/model/route.ts';
import type { Destination } from './pipeline-parts.ts';
import type { FileRecord } from './record/file-record.ts';
import type { Journal } from './record/journal.ts';
import type { ConnectionLane } from './send/connection-lane.ts';
import { directRows } from './send/direct-rows.ts';
import { serviceRows } from './send/route.ts';
import type { RowAdapter } from './send/row-adapter.ts';

export interface RowRoute {
  readonly to: RowAdapter;
  readonly lane: ConnectionLane;
}

/** By what name the values of a column go out. */
export function fieldOfColumn({ timestamp, metricType, rename }: Mapping, column: string): string {
  if (timestamp.from !== 'none' && column === timestamp.column) return 'timestamp';
  if (metricType.kind === 'column' && column === metricType.column) return 'metrictype';
  return rename[column] ?? column;
}

export function rowRouteOf(file: FileRecord, destination: Destination, journal: Journal): RowRoute {
  const { route, mapping } = file;
  const { limits, endpoint, lane } = destination;
  if (route === 's3') throw new Error('by this route whole files travel, not batches');
  if (!isDirectRoute(route)) return { to: serviceRows(route, endpoint, limits), lane };
  const target = journal.directStream(file.id);
  const { partitionKey } = target;
  const field = partitionKey === undefined ? undefined : fieldOfColumn(mapping, partitionKey);
  return { to: directRows(route, target, limits, field), lane: destination.directLane(route, target) };
}
