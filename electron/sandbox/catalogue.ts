/** The schema of the tenant in memory: metric types, their fields, and where metric type and timestamp of an event are found. */
import type { FieldType } from './field-types.ts';

export interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: FieldType;
}

export interface Metric {
  readonly id: number;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly timestampPatterns: readonly string[];
  readonly timestampAliases: readonly string[];
  readonly fields: readonly Field[];
}

export interface Tenant {
  readonly timestampPatterns: readonly string[];
  readonly metricKeys: readonly string[];
}

export const emptyTenant: Tenant = { timestampPatterns: [], metricKeys: [] };

export const newMetric = (id: number, name: string, aliases: readonly string[] = []): Metric => ({
  id,
  name,
  aliases,
  timestampPatterns: [],
  timestampAliases: [],
  fields: [],
});

/** Names that no ordinary field may have (fineo-api.md, An event). */
export const isForbiddenName = (name: string): boolean => name === 'companykey' || name.startsWith('_f') || /^T\d+\u00a6\u00a6/.test(name);

/** Names with a meaning of their own: found where they belong, forbidden elsewhere. */
export const isReservedName = (name: string): boolean => name === 'metrictype' || name === 'timestamp';

export interface Catalogue {
  tenant: Tenant;
  readonly all: () => readonly Metric[];
  /** By display name or alias; the case counts. */
  find(nameOrAlias: string): Metric | undefined;
  nextId(): number;
  put(metric: Metric): void;
  remove(id: number): void;
}

export function createCatalogue(tenant: Tenant, metrics: readonly Metric[]): Catalogue {
  const byId = new Map<number, Metric>();
  const byName = new Map<string, Metric>();
  let highestId = 0;
  const forget = (id: number): void => {
    const old = byId.get(id);
    if (!old) return;
    byId.delete(id);
    for (const name of [old.name, ...old.aliases]) if (byName.get(name)?.id === id) byName.delete(name);
  };
  const put = (metric: Metric): void => {
    forget(metric.id);
    byId.set(metric.id, metric);
    for (const name of [metric.name, ...metric.aliases]) byName.set(name, metric);
    highestId = Math.max(highestId, metric.id);
  };
  metrics.forEach(put);
  return {
    tenant,
    all: () => [...byId.values()].sort((a, b) => a.id - b.id),
    find: (name) => byName.get(name),
    nextId: () => highestId + 1,
    put,
    remove: forget,
  };
}
