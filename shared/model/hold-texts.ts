import type { HoldCode } from '../error-codes.ts';
import type { ErrorText } from './error-text.ts';

/** Rows wait; they are kept and go out once the reason is gone. */
export const holdTexts = {
  'server-unreachable': {
    title: 'The service cannot be reached',
    why: 'There is no network, the address is wrong, or a firewall or proxy is in the way.',
    whatToDo: 'Check the network and the address of the connection. Rows are kept; attempts go on.',
  },
  'server-failing': {
    title: 'The service answers with errors',
    why: 'It reports a failure on its own side. This usually passes.',
    whatToDo: 'Nothing is lost: rows are kept and sent again with growing pauses. If it stays, give support the request id.',
  },
  'server-timeout': {
    title: 'The service does not answer in time',
    why: 'It is overloaded, or the network drops packets.',
    whatToDo: 'Nothing is lost: rows are kept and sent again. If it stays, check the network.',
  },
  'rate-limited': {
    title: 'The service asks to slow down',
    why: 'More requests arrive than the service grants this account. Other programs with the same key count too.',
    whatToDo: 'Nothing to do: the connection slows down by itself. Lower its rate limit if this happens often.',
  },
  'api-key-refused': {
    title: 'The API key was refused',
    why: 'It is mistyped, was revoked, or belongs to another stage.',
    whatToDo: 'Enter the key again in the connection and test it. The rows go on from where they stopped.',
  },
  'credentials-refused': {
    title: 'The access key or its secret was refused',
    why: 'The signature of the request does not fit: the secret is wrong, the key was deleted, or temporary credentials have expired.',
    whatToDo: 'Enter the key pair again in the connection and test it. The rows go on from where they stopped.',
  },
  'credentials-missing': {
    title: 'The connection has no credentials',
    why: 'None were saved, or the place they are kept in cannot be opened on this computer.',
    whatToDo: 'Enter API key, access key id and secret in the connection.',
  },
  'clock-skewed': {
    title: 'The clock of this computer is wrong',
    why: 'Signed requests are valid for five minutes around the time of the service.',
    whatToDo: 'Set the clock by the network, then retry.',
  },
  'permission-denied': {
    title: 'These credentials may not do this',
    why: 'A device key may use the stream route only; other users need permission for each API.',
    whatToDo: 'Choose the stream route, or use credentials with permission for this API.',
  },
  cancelled: {
    title: 'The upload was cancelled',
    why: 'Somebody stopped it. What had been confirmed stays stored; the rest was not sent.',
    whatToDo: 'Retry to send the remaining rows.',
  },
  'source-changed': {
    title: 'The file changed while it was uploaded',
    why: 'What was read before and what is there now are not the same file any more.',
    whatToDo: 'Wait until it is complete, then upload it again.',
  },
  'source-missing': {
    title: 'The file disappeared while it was uploaded',
    why: 'It was moved, renamed or deleted, or its drive was disconnected, before all rows were read.',
    whatToDo: 'Put it back in its place, then retry.',
  },
  'disk-full': {
    title: 'The disk is full',
    why: 'The record of what was sent could not be written, and without it nothing is sent.',
    whatToDo: 'Make room on the disk of the data folder. The upload goes on then.',
  },
  'engine-stopped': {
    title: 'The app was closed before the upload was done',
    why: 'It stopped at a batch; what was confirmed is recorded.',
    whatToDo: 'Retry to send the remaining rows.',
  },
  'flow-paused': {
    title: 'Sending is paused',
    why: 'Somebody paused the folder, its connection, or everything.',
    whatToDo: 'Resume it. New rows are kept in their files meanwhile.',
  },
  'outside-timetable': {
    title: 'The timetable of the connection says to wait',
    why: 'Nothing is sent over this connection at this time of day.',
    whatToDo: 'Nothing to do: it goes on at the time that is set. Change the timetable to send now.',
  },
  'schema-drift': {
    title: 'The columns of this file are not those of the others',
    why: 'A column was added, removed or renamed, and where its values belong is not for the app to guess.',
    whatToDo: 'Look at the columns and accept them, or mend the file. Its rows are kept until then.',
  },
  'source-rewritten': {
    title: 'A file that had been sent was rewritten',
    why: 'Rows that were sent before are no longer what they were, and the folder is set to ask.',
    whatToDo: 'Choose whether only new and changed rows go out, or all of them, or none.',
  },
  'too-many-rejects': {
    title: 'Too many rows of this file are rejected',
    why: 'More of its rows cannot be sent than its mapping, or its folder, allows. Perhaps the mapping does not fit the file.',
    whatToDo: 'Look at these rows, then correct the mapping, or send the others without them.',
  },
  'existing-undecided': {
    title: 'The file was there before the folder was watched',
    why: 'The folder is set to ask what becomes of the files it had at the beginning.',
    whatToDo: 'Choose whether they are sent or only what comes later.',
  },
  'stream-missing': {
    title: 'The stream cannot be found',
    why: 'There is no Kinesis or Firehose stream of this name in the account of these keys and this region, or none is named.',
    whatToDo: 'Check name, region and endpoint of the stream. The file is kept as it is and goes on from where it stopped.',
  },
  'bucket-missing': {
    title: 'The bucket cannot be found',
    why: 'There is no bucket of this name where the connection looks for it, or no bucket is set.',
    whatToDo: 'Check bucket, region and endpoint of the S3 settings. The file is kept as it is and goes on from where it stopped.',
  },
  'bucket-forbidden': {
    title: 'These keys lack a permission for the bucket',
    why: 'The bucket belongs to somebody else, or its policy does not let these keys list it, or put and complete objects.',
    whatToDo:
      'Give the keys s3:PutObject, s3:GetObject, s3:ListBucket, s3:ListBucketMultipartUploads, s3:ListMultipartUploadParts and s3:AbortMultipartUpload, then retry.',
  },
  'object-refused': {
    title: 'The object store does not take this file',
    why: 'It is too large for it, its quota is used up, or the store does not know a request that is needed.',
    whatToDo: 'Read its answer in the details, mend what it names, then retry.',
  },
  'object-incomplete': {
    title: 'The file did not arrive whole',
    why: 'What the object store says it holds is not what was sent.',
    whatToDo: 'Retry: what is missing or wrong is sent again. The service is told of the file only when it is whole.',
  },
  'reference-refused': {
    title: 'The service refused the reference to the file',
    why: 'The file lies in the bucket, but the service cannot read it there: its policy may not let the service in.',
    whatToDo: 'Let the role of the service read the bucket (s3:GetObject, s3:ListBucket, s3:GetBucketLocation), then retry.',
  },
  'reference-unanswered': {
    title: 'The service has not received the file yet',
    why: 'The file lies in the bucket and the service was told, but has not read it in the time that was waited.',
    whatToDo: 'Retry later: nothing is sent again, only its state is asked for.',
  },
} as const satisfies Record<HoldCode, ErrorText>;
