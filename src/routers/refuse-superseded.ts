import { SlipwayError } from '../domain/errors.js';
import { encodeEntry, type RouterEntry } from '../domain/router/entry.js';
import { type Fence, mayWrite } from '../domain/router/fence.js';

/** @throws SUPERSEDED when the entry is of a generation that a writer with this fence may not work beside. */
export function refuseSuperseded(entry: RouterEntry, fence: Fence): void {
  if (mayWrite(entry.generation, fence)) return;
  const { generation, base } = fence;
  const began = generation === base ? '' : `, which began from ${base}`;
  throw new SlipwayError('SUPERSEDED', `The router holds \`${encodeEntry(entry)}\`: that is not for ${generation}${began}, to change any more. Nothing was changed.`);
}
