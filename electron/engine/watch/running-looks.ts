import type { TailOutcome } from '../read/tail-protocol.ts';
import type { TrackedFile } from './tracked-file.ts';

/** Which files the reader looks at, which wait for that, and who wants to know what a look comes to. */
export class RunningLooks {
  private readonly waiting = new Set<TrackedFile>();
  private readonly running = new Map<string, TrackedFile>();
  private readonly ended = new Map<string, (() => void)[]>();
  private readonly asked = new Map<string, (outcome: TailOutcome) => void>();

  constructor(
    private readonly atOnce: number,
    private readonly start: (files: readonly TrackedFile[]) => void,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.running.size === 0 && this.asked.size === 0;
  }

  has(file: TrackedFile): boolean {
    return this.waiting.has(file) || this.running.has(file.fileId);
  }

  /** One that is being looked at is looked at once more after that: what is new may have been behind where the reader was. */
  add(file: TrackedFile): void {
    this.waiting.add(file);
  }

  drop(file: TrackedFile): void {
    this.waiting.delete(file);
  }

  /** Resolves when the look at it that is under way, if there is one, has come to something. */
  async idle(file: TrackedFile): Promise<void> {
    if (!this.running.has(file.fileId)) return;
    await new Promise<void>((resolve) => {
      this.ended.set(file.fileId, [...(this.ended.get(file.fileId) ?? []), resolve]);
    });
  }

  /** Starts as many as may be under way. */
  go(): void {
    const files: TrackedFile[] = [];
    for (const file of this.waiting) {
      if (this.running.size >= this.atOnce) break;
      if (this.running.has(file.fileId) || file.isInQuestion || this.asked.has(file.fileId)) continue;
      this.waiting.delete(file);
      this.running.set(file.fileId, file);
      files.push(file);
    }
    if (files.length > 0) this.start(files);
  }

  /** The reader was told to forget the file: a look at it that is under way has no outcome. */
  forgotten({ fileId }: TrackedFile): void {
    this.running.delete(fileId);
    for (const go of this.ended.get(fileId) ?? []) go();
    this.ended.delete(fileId);
  }

  /** The next outcome of this file is for `resolve` alone. */
  await(file: TrackedFile, resolve: (outcome: TailOutcome) => void): void {
    this.asked.set(file.fileId, resolve);
  }

  /** Whether somebody had asked for just this. */
  answered(fileId: string, outcome: TailOutcome): boolean {
    this.running.delete(fileId);
    for (const go of this.ended.get(fileId) ?? []) go();
    this.ended.delete(fileId);
    const resolve = this.asked.get(fileId);
    if (resolve === undefined) return false;
    this.asked.delete(fileId);
    resolve(outcome);
    return true;
  }
}
