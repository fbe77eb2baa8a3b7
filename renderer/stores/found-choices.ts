/** What was found out about the metric type and the time of a file, as long as it is what the form says. Pure. */
import type { Finding } from '../../shared/contract/finding.ts';
import type { Inspection } from '../../shared/contract/files.ts';
import type { MappingForm } from './mapping-form.ts';

type Findings = readonly Finding[];

/** How sure the metric type is that stands in the form; undefined when a person has said another one. */
export const foundMetricType = (findings: Findings, form: MappingForm): Finding | undefined =>
  findings.find(({ subject, code, value }) => {
    if (subject !== 'metricType') return false;
    return code === 'metric-column'
      ? form.metricKind === 'column' && form.metricColumn === value
      : form.metricKind === 'constant' && form.metricValue === value;
  });

const isOfForm = ({ subject, code, column, value }: Finding, form: MappingForm, suggested: string): boolean => {
  if (subject !== 'timestamp') return false;
  const isChosen = column === form.timestampColumn;
  switch (code) {
    case 'time-agrees':
    case 'time-by-values':
      return isChosen && (form.patterns.find((pattern) => pattern !== '') ?? '') === value;
    case 'time-day-month':
      return isChosen && !form.timestampIsSaid;
    case 'time-seconds':
      return isChosen && form.unit === 'ms';
    default:
      // None was found: until a column is chosen that is another one, or a pattern.
      return [column, suggested, ''].includes(form.timestampColumn) && form.patterns.every((pattern) => pattern === '');
  }
};

/** How sure the column and the pattern of the time are that stand in the form, and what else is odd about them. */
export const foundTimes = ({ findings, suggestion }: Pick<Inspection, 'findings' | 'suggestion'>, form: MappingForm): Findings =>
  form.timeFrom === 'schema' || form.moreColumns.length > 0
    ? []
    : findings.filter((finding) => isOfForm(finding, form, suggestion.timestamp.column));
