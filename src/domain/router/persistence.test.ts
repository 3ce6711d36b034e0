import { describe, expect, it } from '@jest/globals';
import { PERSISTED, together } from './persistence.js';

const NO = (detail: string) => ({ persisted: 'no', detail }) as const;
const UNKNOWN = { persisted: 'unknown', detail: 'nobody tried' } as const;

describe('whether several files are on the disk', () => {
  it('is yes only when each of them is', () => {
    expect(together([PERSISTED, PERSISTED])).toEqual(PERSISTED);
    expect(together([PERSISTED, UNKNOWN])).toEqual(UNKNOWN);
    expect(together([]).persisted).toBe('unknown');
  });

  it('names all that could not be written, before what nobody knows', () => {
    expect(together([UNKNOWN, NO('map'), PERSISTED, NO('state')])).toEqual(NO('map; state'));
  });
});
