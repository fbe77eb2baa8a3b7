import { describe, expect, it } from 'vitest';
import { planFile } from '../../../../electron/headless/upload/file-plan.ts';
import { failure } from '../../../../electron/engine/errors.ts';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import { inspection } from '../../../fakes/upload-records.ts';

const none = { mapping: undefined, metricType: undefined };
const weather = inspection('/files/weather.csv');

describe('the plan for a file', () => {
  it('says how the file is going to be read', () => {
    const plan = planFile(weather, { ...none, metricType: 'weather' });
    expect(plan).toMatchObject({
      kind: 'send',
      assumption: 'CSV, comma, 2 columns; timestamp from column date as uuuu-MM-dd (UTC); metric type weather',
      mapping: { metricType: { kind: 'constant', value: 'weather' }, timestamp: { column: 'date' } },
    });
  });

  it('says which option is missing, and does so although the engine refuses the file for the same', () => {
    const refused = { ...weather, refusal: failure('metric-type-unknown', 'no column metrictype') };
    expect(planFile(refused, none)).toMatchObject({
      kind: 'refuse',
      failure: { code: 'metric-type-unknown', message: expect.stringContaining('--metric-type') as string },
    });
    expect(planFile(refused, { ...none, metricType: 'weather' })).toMatchObject({ kind: 'send' });
  });

  it('names the columns when none is known to hold the time', () => {
    const plan = planFile({ ...weather, missing: ['timestamp'] }, { ...none, metricType: 'weather' });
    expect(plan).toMatchObject({
      failure: { code: 'timestamp-column-unknown', message: expect.stringContaining('columns: date, wind') as string },
    });
  });

  it('refuses what cannot be read, whatever was chosen', () => {
    const refused = { ...weather, refusal: failure('file-not-text', 'a picture') };
    expect(planFile(refused, { mapping: mappingSchema.parse({}), metricType: 'weather' })).toMatchObject({
      kind: 'refuse',
      failure: { code: 'file-not-text' },
    });
  });

  it('takes the mapping that was given, with the metric type of the command line over its own', () => {
    const mapping = mappingSchema.parse({ timestamp: { column: 'time' }, metricType: { kind: 'column', column: 'kind' }, drop: ['wind'] });
    expect(planFile(weather, { mapping, metricType: undefined })).toMatchObject({ mapping });
    expect(planFile(weather, { mapping, metricType: 'air' })).toMatchObject({
      mapping: { ...mapping, metricType: { kind: 'constant', value: 'air' } },
    });
  });
});
