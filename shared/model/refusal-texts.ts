import type { RefusalCode } from '../error-codes.ts';
import type { ErrorText } from './error-text.ts';

/** A whole file was refused; nothing of it has been sent. */
export const refusalTexts = {
  'file-missing': {
    title: 'The file is not there',
    why: 'It was moved, renamed or deleted, or the drive it is on is not connected.',
    whatToDo: 'Put it back or choose it again.',
  },
  'file-unreadable': {
    title: 'The file cannot be opened',
    why: 'Another program holds it locked, or your account may not read it.',
    whatToDo: 'Close the other program or ask for permission to read it, then try again.',
  },
  'file-is-directory': {
    title: 'This is a folder, not a file',
    why: 'Files are uploaded one by one, so that each is accounted for.',
    whatToDo: 'Open the folder and choose the files in it.',
  },
  'file-empty': {
    title: 'This file is empty',
    why: 'There is no row in it, and no header.',
    whatToDo: 'Nothing is lost. Upload it again when something has been written to it.',
  },
  'file-not-text': {
    title: 'This does not look like a text file',
    why: 'Its first bytes are binary data. Only CSV and JSON lines can be read, plain or compressed with gzip.',
    whatToDo: 'Export the data as CSV or JSON lines and choose that file.',
  },
  'file-is-spreadsheet': {
    title: 'This is a spreadsheet',
    why: 'Spreadsheet files hold formats and formulas beside the data and cannot be read row by row.',
    whatToDo: 'In your spreadsheet program choose Save As, then CSV UTF-8, and upload that file.',
  },
  'file-is-json-array': {
    title: 'This is one large JSON list',
    why: 'A list ends with a bracket, so it does not grow as a log does, and is not followed row by row.',
    whatToDo: 'Watch the folder for whole files, upload the file by itself, or write JSON lines (NDJSON): one object on each line.',
  },
  'file-encoding-unsupported': {
    title: 'The encoding of the file is not supported',
    why: 'UTF-8, UTF-16 and Windows-1252 can be read.',
    whatToDo: 'Save the file as UTF-8 and choose it again.',
  },
  'gzip-corrupt': {
    title: 'The compressed file is damaged',
    why: 'It ends too early or its checksum is wrong, as after an interrupted copy or download.',
    whatToDo: 'Copy or compress the file again.',
  },
  'header-duplicate': {
    title: 'Two columns have the same name',
    why: 'Only one value of the two could be stored in each row.',
    whatToDo: 'Rename one of them in the first line of the file.',
  },
  'header-lacks-column': {
    title: 'A column the mapping needs is not in the file',
    why: 'The header names other columns than expected. Names are case sensitive.',
    whatToDo: 'Choose the column again on the Map step, or correct the header.',
  },
  'timestamp-column-unknown': {
    title: 'It is not known which column holds the time',
    why: 'Every event needs a time, and no column could be recognised as one beyond doubt.',
    whatToDo: 'Choose the time column on the Map step, or name it in the mapping.',
  },
  'metric-type-unknown': {
    title: 'It is not known which metric type the rows belong to',
    why: 'The metric type says which table the rows go to. Neither the file nor the mapping says it.',
    whatToDo: 'Enter a metric type on the Map step, or give one with --metric-type.',
  },
  'schema-unknown': {
    title: 'The mapping needs the schema, and it is not known',
    why: 'The mapping leaves metric type or timestamp to the schema, and these credentials may not read it, or the service cannot be reached.',
    whatToDo: 'Read the schema once with credentials that may, or name metric type and timestamp in the mapping.',
  },
} as const satisfies Record<RefusalCode, ErrorText>;
