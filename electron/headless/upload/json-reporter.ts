import { errorTexts } from '../../../shared/model/error-texts.ts';
import type { Failure } from '../../../shared/contract/common.ts';
import type { TransferFile } from '../../../shared/contract/transfers.ts';
import type { CliOutput } from '../cli-context.ts';
import { exitCodeOfUpload, summarise } from './upload-outcome.ts';
import { createPacer, createStateChanges, type UploadReporter } from './upload-reporter.ts';

/** Milliseconds between two `progress` objects. */
const progressEveryMs = 500;

/** One JSON object a line: notice, plan, refused, file, progress, rejects, and at the end summary. */
export function createJsonReporter(output: CliOutput, monotonic: () => number): UploadReporter {
  const changes = createStateChanges();
  const isTime = createPacer(monotonic, progressEveryMs);
  return {
    noticed: (notice) => output.object({ kind: 'notice', ...reasonOf(notice) }),
    planned: ({ path, name, assumption, mapping }) => output.object({ kind: 'plan', path, name, assumption, mapping }),
    refused: ({ path, name, failure }) => output.object({ kind: 'refused', path, name, ...reasonOf(failure) }),
    moved: (transfer) => {
      for (const file of changes(transfer)) output.object(fileObject(transfer.id, file));
      if (transfer.state !== 'running' || !isTime()) return;
      const { id, ledger, bytesRead, bytesTotal, bytesSent, requests, retries, rowsPerSecond, bytesPerSecond, failure } = transfer;
      output.object({
        kind: 'progress',
        transferId: id,
        ...ledger,
        ...{ bytesRead, bytesTotal, bytesSent, requests, retries, rowsPerSecond, bytesPerSecond },
        ...(failure ? { waitingFor: failure.code } : {}),
      });
    },
    ended: (outcome) => {
      if (outcome.rejectsPaths.length > 0) output.object({ kind: 'rejects', paths: outcome.rejectsPaths });
      for (const { id, state, failure } of outcome.transfers) {
        output.object({ kind: 'transfer', id, state, ...(failure ? reasonOf(failure) : {}), exitCode: exitCodeOfUpload(outcome) });
      }
      output.object({ ...summarise(outcome) });
    },
  };
}

function fileObject(transferId: string, file: TransferFile): Readonly<Record<string, unknown>> {
  const { id, path, name, state, sizeBytes, bytesRead, ledger, rejects, mapping, failure } = file;
  return {
    kind: 'file',
    transferId,
    id,
    path,
    name,
    state,
    sizeBytes,
    bytesRead,
    ...ledger,
    rejects,
    ...(mapping && { mapping }),
    ...(failure ? reasonOf(failure) : {}),
  };
}

export const reasonOf = ({ code, message, context }: Failure) => ({ code, message, context, whatToDo: errorTexts[code].whatToDo });
