import type { Finding, FindingCode } from '../contract/finding.ts';

/** Why it is thought so, in a sentence. In braces: what the finding says. */
const findingTexts: Readonly<Record<FindingCode, string>> = {
  'as-set': 'This was set and not looked for.',
  'format-csv': 'CSV: the text does not begin like JSON.',
  'format-json-lines': 'JSON lines: the text begins with an object, and each line is one.',
  'format-json-array': 'A JSON array: the text begins with a bracket, and its elements are the rows.',
  'gzip-mark': 'Compressed with gzip: the file begins with the mark of gzip, whatever its name is.',
  'encoding-mark': '{value}, by the mark at the beginning of the file.',
  'encoding-valid': '{value}: everything that was looked at is valid UTF-8.',
  'encoding-not-utf8':
    '{value}: it is not valid UTF-8, and the odd bytes are letters of Western Europe. Look whether umlauts and accents are right.',
  'encoding-damaged': '{value}, although it has bytes that are no text. Those rows are rejected.',
  'delimiter-agrees': 'Cells are separated by {name}: all {rows} sampled rows have {columns} of them.',
  'delimiter-differs': 'Cells are separated by {name}, but {odd} of {rows} sampled rows do not have {columns} of them.',
  'delimiter-one-column': 'No separator was found, so that each line is one cell. Look whether that is right.',
  'quote-used': 'Cells are quoted with {value}.',
  'quote-unused': 'No cell that was looked at is quoted.',
  'quote-other': 'Cells begin with {other}, which may be what they are quoted with.',
  'escape-doubled': 'A quote within a cell is doubled, as it should be.',
  'escape-backslash': 'A quote within a cell seems to have a backslash before it; rows like that are rejected.',
  'header-by-types': 'The first line names the columns: {column} has {type} below its name.',
  'header-by-text': 'The first line is taken for the names of the columns. All columns are texts, so it could be a row as well.',
  'header-like-values': 'The first line looks like values and not like names: if it is, say that there is no header.',
  'comma-numbers': 'Numbers with a decimal comma in {columns}, such as {example}; they are sent with a point.',
  'comma-maybe-thousands': 'Numbers in {columns}, such as {example}, are read with a decimal comma. It could separate thousands as well.',
  'type-agrees': '{type}: all {values} sampled values are.',
  'type-few': '{type}, but only {values} values were there to be looked at.',
  'type-mostly-numbers': 'Texts, because of values such as “{example}”; {numbers} of {values} are numbers.',
  'type-empty': 'No sampled row has a value here.',
  'time-agrees': 'The time stands in {column}: it is called so, and all sampled values, such as “{example}”, are read by {pattern}.',
  'time-by-values':
    'The time may stand in {column}: all sampled values, such as “{example}”, are read by {pattern}, but its name does not say so.',
  'time-day-month': '“{example}” in {column} could be read by {pattern} or by {other}: say which it is.',
  'time-seconds': '{column} looks like seconds since 1970; the service takes milliseconds.',
  'time-year-alone':
    '{column} holds years, such as {example}. A year alone is not a time the service reads: write a day of it into the file, such as {example}-01-01, or say which other column holds the time.',
  'time-month-alone':
    '{column} holds months, such as {example}. A month alone is not a time the service reads: write a day of it into the file, such as {example}-01, or say which other column holds the time.',
  'time-none': 'No column was found whose values can be read as times: say which one it is.',
  'metric-column': 'There is a column called {column}.',
  'metric-file-name': 'No column names the metric type. This is the name of the file: say whether that is right.',
};

const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

/** The sentence of a finding. */
export function findingText({ code, value, params }: Pick<Finding, 'code' | 'value' | 'params'>): string {
  const all: Readonly<Record<string, string | number>> = { value, name: delimiterNames[value] ?? value, ...params };
  return findingTexts[code].replace(/\{(\w+)\}/g, (whole, name: string) => String(all[name] ?? whole));
}
