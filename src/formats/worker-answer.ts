// What did a worker thread answer, or why did it not?

/** What is used of node's `Worker`; who starts one is above. */
export interface WorkerLike {
  once(event: 'message', listener: (value: unknown) => void): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<number>;
}

export type WorkerAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** It needed more memory than it was given. */
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'timeout' };

/** The first message of the worker, which is ended then. Throws what the worker threw. */
export async function awaitAnswer<T>(worker: WorkerLike, signal: AbortSignal): Promise<WorkerAnswer<T>> {
  try {
    return await new Promise((resolve, reject) => {
      const stop = () => resolve({ kind: 'timeout' });
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      worker.once('message', (value) => resolve({ kind: 'answer', value: value as T }));
      worker.once('error', (error) => {
        const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
        if (isMemory) resolve({ kind: 'out-of-memory' });
        else reject(error);
      });
      worker.once('exit', (code) => reject(new Error(`the worker ended with code ${code} and no answer`)));
    });
  } finally {
    await worker.terminate();
  }
}
