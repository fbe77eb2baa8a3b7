import type { Fault } from '../../../shared/contract/sandbox.ts';

export const faultNames = ['tooMany', 'failing', 'slow', 'reset', 'hang', 'partial'] as const;
export type FaultName = (typeof faultNames)[number];

/** What each switch tells the sandbox to do. The texts beside the switches describe exactly this. */
export const faultPresets: Readonly<Record<FaultName, Fault>> = {
  tooMany: { kind: 'status', status: 429, retryAfterSeconds: 1, rate: 0.33 },
  failing: { kind: 'status', status: 500, rate: 0.33 },
  slow: { kind: 'latency', delayMs: 2_000, rate: 1 },
  reset: { kind: 'reset', rate: 0.2 },
  hang: { kind: 'hang', rate: 0.05 },
  partial: { kind: 'partial', records: 25, rate: 1 },
};

const isPreset = (name: FaultName, fault: Fault) => fault.kind === faultPresets[name].kind && fault.status === faultPresets[name].status;

export const isFaultOn = (faults: readonly Fault[], name: FaultName): boolean => faults.some((fault) => isPreset(name, fault));

/** The faults after a switch was turned; faults set by other means stay. */
export const withFault = (faults: readonly Fault[], name: FaultName, on: boolean): readonly Fault[] => [
  ...faults.filter((fault) => !isPreset(name, fault)),
  ...(on ? [faultPresets[name]] : []),
];
