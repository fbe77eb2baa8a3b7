import type { RejectCode } from '../error-codes.ts';
import type { ErrorText } from './error-text.ts';

/** One row was not sent; it is in the rejects file with its line. */
export const rejectTexts = {
  'ragged-row': {
    title: 'The row has more or fewer cells than the header',
    why: 'A delimiter inside a text that is not quoted shifts the cells, and so does a line that was cut off.',
    whatToDo: 'Quote the text or complete the line in the rejects file, then upload that file.',
  },
  'quote-unclosed': {
    title: 'A quote was opened and never closed',
    why: 'Everything after the opening quote would become part of one cell, up to the end of the file.',
    whatToDo: 'Close the quote, or choose another quote character for this file.',
  },
  'quote-malformed': {
    title: 'A quote stands where none may stand',
    why: 'Inside a quoted text a quote has to be doubled, and after the closing quote the next cell has to begin.',
    whatToDo: 'Double the quote inside the text, or choose another quote character for this file.',
  },
  'record-too-long': {
    title: 'The row is too long to be read',
    why: 'It is far above the size of any event the service takes. Often a quote is missing and many lines run together.',
    whatToDo: 'Look at the line in the file; shorten or split it, then upload the rejects file.',
  },
  'nul-byte': {
    title: 'The row contains a NUL byte',
    why: 'NUL bytes do not belong in text. They come from a damaged copy, from a crash while writing, or from binary data.',
    whatToDo: 'Write the file again from its source, or remove the byte, then upload the rejects file.',
  },
  'encoding-invalid': {
    title: 'The row is not valid in the encoding of the file',
    why: 'Its bytes do not form characters in the encoding that was found or chosen.',
    whatToDo: 'Choose the right encoding on the Read step, or save the file as UTF-8.',
  },
  'json-invalid': {
    title: 'The line is not valid JSON',
    why: 'Each line has to be one complete JSON object. Single quotes, trailing commas and cut-off lines break it.',
    whatToDo: 'Correct the line in the rejects file, then upload that file.',
  },
  'json-not-object': {
    title: 'The line is JSON, but not an object',
    why: 'An event needs named fields. A list, a number or a text on its own has none.',
    whatToDo: 'Write each line as an object, for example {"timestamp": 1700000000000, "value": 1}.',
  },
  'json-not-flat': {
    title: 'The line has an object or a list inside it',
    why: 'Events are flat: every field holds a text, a number, true, false or null.',
    whatToDo: 'Write the inner values as fields of their own, for example "position.x", or leave them out.',
  },
  'metric-type-missing': {
    title: 'The row has no metric type',
    why: 'The metric type says which table the row goes to. The cell that should hold it is empty.',
    whatToDo: 'Fill the cell, or choose one metric type for all rows on the Map step.',
  },
  'metric-unknown': {
    title: 'The schema has no such metric type',
    why: 'The metric type of the row is neither the name nor an alias of one; names count with their capital letters.',
    whatToDo: 'Create the metric type, make this name an alias of one, or correct the name in the rejects file.',
  },
  'value-type-mismatch': {
    title: 'A value is not what its column has to hold',
    why: 'The mapping says that this column holds numbers or truth values, and this text is neither.',
    whatToDo: 'Correct the value in the rejects file, or change the type of the column in the mapping.',
  },
  'timestamp-missing': {
    title: 'The row has no time',
    why: 'Every event needs a time. The cell that should hold it is empty.',
    whatToDo: 'Fill the cell, or choose the right time column on the Map step.',
  },
  'timestamp-unparsable': {
    title: 'The time of the row cannot be read',
    why: 'None of the patterns fits the text exactly, and it is not a number of milliseconds either. Impossible dates such as 30 February count too.',
    whatToDo: 'Add a pattern that fits on the Map step, or correct the cell in the rejects file.',
  },
  'timestamp-before-1971': {
    title: 'The time of the row lies before 1971',
    why: 'Times are milliseconds since 1970. A number this small is nearly always seconds taken for milliseconds.',
    whatToDo: 'Multiply the column by 1000, or give a pattern if the times are texts.',
  },
  'field-name-forbidden': {
    title: 'A field has a name the service reserves',
    why: 'The names companykey, anything beginning with _f, and names that begin like T1¦¦ belong to the service itself.',
    whatToDo: 'Rename or drop the column in the mapping, or rename it in the file.',
  },
  'field-name-duplicate': {
    title: 'The same field stands twice in the row',
    why: 'Only one of the two values could be stored, and nobody could say which.',
    whatToDo: 'Give one of them another name, or remove it.',
  },
  'event-too-large': {
    title: 'The row is larger than one event may be',
    why: 'One event may have 375,000 bytes. This row is larger once it is written as JSON.',
    whatToDo: 'Drop large columns, or split the row.',
  },
  'header-repeated': {
    title: 'The header stands there once more',
    why: 'The program that writes the file was started again, or files were joined. The line is no row.',
    whatToDo: 'Nothing to do: the rows after it are sent.',
  },
  'server-rejected': {
    title: 'The service refused the row',
    why: 'The row was sent by itself and the service answered that it cannot take it. Its answer is in the details.',
    whatToDo: 'Read the answer, correct the row in the rejects file, then upload that file.',
  },
} as const satisfies Record<RejectCode, ErrorText>;
