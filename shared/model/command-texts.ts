import type { CommandCode } from '../error-codes.ts';
import type { ErrorText } from './error-text.ts';

/** A command was not carried out. */
export const commandTexts = {
  'input-invalid': {
    title: 'Something in the input is not right',
    why: 'A value is missing or does not have the form that is needed.',
    whatToDo: 'Correct the value named in the details.',
  },
  'connection-unknown': {
    title: 'There is no such connection',
    why: 'It was removed, or the name is mistyped.',
    whatToDo: 'Choose one of the connections in the list.',
  },
  'connection-name-taken': {
    title: 'There is a connection with this name already',
    why: 'Names tell connections apart, in history and on the command line.',
    whatToDo: 'Choose another name.',
  },
  'connection-in-use': {
    title: 'The connection is in use',
    why: 'An upload over it is running.',
    whatToDo: 'Wait until it is done, or cancel it.',
  },
  'transfer-unknown': {
    title: 'There is no such transfer',
    why: 'It is not in the history of this data folder.',
    whatToDo: 'Choose one from the history.',
  },
  'transfer-running': {
    title: 'The transfer is running',
    why: 'This can be done only when it has ended.',
    whatToDo: 'Wait until it is done, or cancel it.',
  },
  'rejects-changed': {
    title: 'The rejected row was changed meanwhile',
    why: 'It is not what was shown here any more: somebody edited the file of rejects, or more rows were rejected. Nothing was changed.',
    whatToDo: 'Look at the rows again, then correct the row if it still needs it.',
  },
  'mapping-invalid': {
    title: 'The mapping is not valid',
    why: 'A part of it is missing or does not have the form that is needed.',
    whatToDo: 'Correct the part named in the details.',
  },
  'mapping-unknown': {
    title: 'There is no such mapping',
    why: 'It was removed or renamed, or the name is mistyped.',
    whatToDo: 'Choose one from the list of mappings.',
  },
  'mapping-name-taken': {
    title: 'There is a mapping with this name already',
    why: 'Names tell mappings apart, for folders, in the history and on the command line.',
    whatToDo: 'Choose another name, or save this one as its next version.',
  },
  'mapping-in-use': {
    title: 'The mapping is in use',
    why: 'Watched folders take it for their rows; the details name them.',
    whatToDo: 'Give these folders another mapping, or one of their own, then remove it.',
  },
  'no-files': {
    title: 'There is no file to upload',
    why: 'None was chosen, or no file fits the pattern.',
    whatToDo: 'Choose at least one CSV or JSON lines file.',
  },
  'sandbox-not-running': {
    title: 'The sandbox is not running',
    why: 'It was stopped, or has not been started since the app was opened.',
    whatToDo: 'Start it on the Sandbox screen.',
  },
  'sandbox-failed': {
    title: 'The sandbox could not be started',
    why: 'Its data may be damaged, or this computer does not let it listen on the loopback address.',
    whatToDo: 'Start it again. If it stays, the details say what failed.',
  },
  'journal-newer': {
    title: 'The data folder belongs to a newer version of the app',
    why: 'A newer version has written to it in a form this one does not know. Nothing was changed.',
    whatToDo: 'Install the newer version, or use another data folder.',
  },
  'journal-corrupt': {
    title: 'The record of earlier uploads is damaged',
    why: 'The file was cut off or overwritten, as after a power loss on a failing disk. It was kept aside, and a new one begun.',
    whatToDo: 'Check your last uploads: the app no longer knows which rows were sent. The old file is named in the details.',
  },
  'data-dir-locked': {
    title: 'The data folder is in use',
    why: 'Another instance of the app, or the command line, works with it at this moment.',
    whatToDo: 'Close the other one, or use another data folder.',
  },
  'vault-unavailable': {
    title: 'The safe place for secrets cannot be opened',
    why: 'The keychain of the system is locked or missing.',
    whatToDo: 'Unlock the keychain, then try again.',
  },
  'engine-unavailable': {
    title: 'The upload engine does not answer',
    why: 'It is starting, or was restarted after a failure. What was sent is recorded.',
    whatToDo: 'Wait a moment; it comes back by itself. If not, start the app again.',
  },
  'folder-unknown': {
    title: 'There is no such watched folder',
    why: 'It was removed meanwhile.',
    whatToDo: 'Choose one of the folders in the list.',
  },
  'folder-taken': {
    title: 'This folder is watched already for this connection',
    why: 'Its rows would be sent twice.',
    whatToDo: 'Change the settings of the one there is, or choose another folder or connection.',
  },
  'folder-destination-inside': {
    title: 'Files cannot be moved there',
    why: 'The folder they would be moved to is itself watched, and they would be sent again from there.',
    whatToDo: 'Choose a folder outside of it, or exclude it by a pattern.',
  },
  'folder-mode-keeps': {
    title: 'Files whose rows are followed stay where they are',
    why: 'A file that may still grow is never complete, so it cannot be moved or deleted.',
    whatToDo: 'Keep the files, or send whole files instead of rows.',
  },
  'schema-refused': {
    title: 'The service did not take the change of the schema',
    why: 'A name is taken or not allowed, a type or pattern is none, or what should be changed is not there any more.',
    whatToDo: 'Read what the service said in the details, correct it, and try again.',
  },
  'schema-changed': {
    title: 'The schema was changed by somebody else meanwhile',
    why: 'What you see is no longer what the service has; the differences are in the details. Nothing was changed.',
    whatToDo: 'Look at the schema again, then make the change if it is still needed.',
  },
  'schema-unreadable': {
    title: 'The schema could not be understood',
    why: 'The service answered, but not in the way its API describes; something in between may have answered.',
    whatToDo: 'Test the connection. If it passes, copy the details and report them.',
  },
  'not-found': {
    title: 'This is not there any more',
    why: 'It was removed in the meantime.',
    whatToDo: 'Go back and open the list again.',
  },
  internal: {
    title: 'Something went wrong inside the app',
    why: 'This is a fault of the app, not of your data. Rows that were not confirmed are kept.',
    whatToDo: 'Try again. If it stays, copy the details and report them.',
  },
} as const satisfies Record<CommandCode, ErrorText>;
