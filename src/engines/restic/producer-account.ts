import { z } from 'zod';

/** What the hashing wrapper wrote down about the program it ran. */
const account = z.object({
  /** `not read`: whoever read the output stopped, so the program is not to blame. */
  end: z.enum(['exited', 'not started', 'not read']),
  exitCode: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  /** The beginning and the end of its error output. */
  stderr: z.string(),
});
export type ProducerAccount = z.infer<typeof account>;

/** @returns undefined for what the wrapper did not live to write. */
export function parseAccount(text: string): ProducerAccount | undefined {
  try {
    return account.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
