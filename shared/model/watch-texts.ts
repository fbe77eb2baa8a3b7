import type { WatchCode } from '../error-codes.ts';
import type { ErrorText } from './error-text.ts';

/** Why a file of a watched folder is not being uploaded, and what a folder has to say. */
export const watchTexts = {
  'file-settling': {
    title: 'The file is still being written',
    why: 'Its size or its time of change was different a moment ago.',
    whatToDo: 'Nothing to do: it is sent as soon as it has been quiet for the time that the folder sets.',
  },
  'file-waiting-for-row': {
    title: 'There is no complete row yet',
    why: 'The file is empty, or holds only its header or the beginning of a row.',
    whatToDo: 'Nothing to do: rows are sent as they are written.',
  },
  'last-line-open': {
    title: 'The last line is not finished',
    why: 'It has no line end yet and may still be written.',
    whatToDo: 'Nothing to do: it is sent with its line end, or when the file has been quiet for a while.',
  },
  'file-ignored': {
    title: 'The file is not taken by the patterns of the folder',
    why: 'No pattern includes it, or one excludes it.',
    whatToDo: 'Change the patterns if it should be sent.',
  },
  'file-skipped': {
    title: 'What the file held at the beginning is left out',
    why: 'The folder sends only what comes after it was added.',
    whatToDo: 'Nothing to do: rows that are added from now on are sent. Upload the file by hand to send the rest.',
  },
  'after-upload-failed': {
    title: 'The file was sent and could not be moved or deleted',
    why: 'It is open in another program, or there is no permission for it.',
    whatToDo: 'Close it or give permission; it is tried again. Its rows are stored.',
  },
  'folder-missing': {
    title: 'The watched folder is not there',
    why: 'A drive was disconnected, a network share is not mounted, or the folder was moved.',
    whatToDo: 'Bring it back: the app notices and goes on where it was. Nothing is sent twice.',
  },
  'folder-unreadable': {
    title: 'The watched folder cannot be read',
    why: 'The app has no permission for it.',
    whatToDo: 'Give permission to read it. It is tried again.',
  },
  'watch-limit-reached': {
    title: 'The system cannot watch more folders',
    why: 'Its limit of watches is reached, so changes are looked for at intervals instead.',
    whatToDo: 'Nothing is lost, only later. On Linux, raise fs.inotify.max_user_watches to get changes at once.',
  },
  'watch-events-missed': {
    title: 'The system did not tell of every change',
    why: 'More happened than its queue holds, or the drive tells nothing. A full look at the folder found the rest.',
    whatToDo: 'Nothing to do: the folder is looked through more often for a while.',
  },
  'network-folder-polled': {
    title: 'The folder is on a network drive',
    why: 'Changes made by other computers are not told to this one, so the folder is looked at in intervals.',
    whatToDo: 'Nothing to do. The interval can be changed in the settings of the folder.',
  },
  'rows-at-risk': {
    title: 'Rows were gone before they could be read',
    why: 'The file was deleted, emptied or rotated away faster than it could be sent.',
    whatToDo: 'If there is a copy of the file, upload it. Keep rotated files for longer, or in a folder that is watched.',
  },
  'clock-corrected': {
    title: 'The clock of this computer differs from the service’s',
    why: 'Requests are signed with the time of the service, so they go through.',
    whatToDo: 'Set the clock of this computer by the network.',
  },
} as const satisfies Record<WatchCode, ErrorText>;
