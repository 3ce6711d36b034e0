import { z } from 'zod';
import type { Manifest } from '../../domain/backup/manifest.js';

/** On the standard input of the reading program. The environment that restic needs is its own. */
export interface ReadBackRequest {
  /** Prints the bytes of one file, or a tar of everything. */
  readonly command: readonly string[];
  /** The one file that it prints; null for a tar. */
  readonly file: string | null;
  readonly manifest: Manifest;
  /** At most so many differences are told. */
  readonly limit: number;
}

const answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), bytes: z.number() }),
  z.object({
    kind: z.literal('result'),
    bytes: z.number(),
    exitCode: z.number(),
    stderr: z.string(),
    /** Those that never came are among them only when all was read. */
    differences: z.array(z.object({ file: z.string().nullable(), text: z.string() })),
    /** The entry that was being read when the bytes ended too early. */
    brokeIn: z.string().nullable(),
    /** How many entries of the manifest never came. */
    missing: z.number(),
  }),
]);

/** On its standard output, a line each. */
export type ReadBackAnswer = z.infer<typeof answer>;
export type ReadBackResult = Extract<ReadBackAnswer, { kind: 'result' }>;

export function parseReadBackAnswer(line: string): ReadBackAnswer | undefined {
  try {
    return answer.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
