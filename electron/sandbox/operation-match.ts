/** Which operation a request line names. */
import { operations, pathOf, type Operation, type OperationId } from './operations.ts';

export interface Match {
  readonly operation: Operation & { readonly id: OperationId };
  /** Value of the one variable of the path, decoded; empty when there is none. */
  readonly variable: string;
  readonly query: URLSearchParams;
}

const decodeSegment = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

const matchPath = (template: string, path: string): string | undefined => {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  let variable = '';
  for (const [index, segment] of wanted.entries()) {
    const actual = given[index] ?? '';
    if (segment.startsWith('{')) {
      const decoded = decodeSegment(actual);
      if (!decoded) return undefined;
      variable = decoded;
    } else if (segment !== actual) return undefined;
  }
  return variable;
};

/** A plus sign is a plus sign, as it is in the signature. */
const parseQuery = (query: string): URLSearchParams => new URLSearchParams(query.replaceAll('+', '%2B'));

/** The operation that a request line names; undefined: none. */
export function matchOperation(method: string, target: string): Match | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const variable = matchPath(pathOf(operation), path);
    if (variable !== undefined) return { operation, variable, query: parseQuery(mark < 0 ? '' : target.slice(mark + 1)) };
  }
  return undefined;
}
