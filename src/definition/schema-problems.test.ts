import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { unknownKeys } from './schema-problems.js';

const slot = z.strictObject({ reason: z.string().optional(), slot: z.string() });
const drop = z.strictObject({ reason: z.string().optional(), drop: z.string() });
const either = z.union([slot, drop]);
const paths = (schema: z.ZodType, value: Parameters<typeof unknownKeys>[1]) => unknownKeys(schema, value).map(({ path, hint }) => [path.join('/'), hint]);

describe('keys of a union', () => {
  it('are known when one of its members knows them all, whichever it is', () => {
    expect(paths(either, { slot: 'blue', reason: 'x' })).toEqual([]);
    expect(paths(either, { drop: 'b' })).toEqual([]);
  });

  it('are unknown where no member knows them, with the nearest key of any', () => {
    expect(paths(either, { drops: 'b' })).toEqual([['drops', 'did you mean "drop"?']]);
    expect(paths(either, { slots: 'blue' })).toEqual([['slots', 'did you mean "slot"?']]);
  });

  it('are those of one member: keys of two are too many', () => {
    expect(paths(either, { slot: 'blue', drop: 'b' })).toHaveLength(1);
  });

  it('are found below other schemas, in lists and in unions of unions', () => {
    const deep = z.strictObject({ all: z.array(z.union([z.string(), z.union([slot, z.array(drop)])])).optional().nullable() });
    expect(paths(deep, { all: ['x', { slot: 'blue' }, [{ drop: 'b' }]] })).toEqual([]);
    expect(paths(deep, { all: ['x', { drop: 'b' }, [{ slot: 'blue' }]] }).map(([path]) => path)).toEqual(['all/1/drop', 'all/2/0/slot']);
  });

  it('are found in what is transformed afterwards', () => {
    const transformed = z.strictObject({ a: z.string() }).transform(({ a }) => a);
    expect(paths(transformed, { a: 'x', b: 1 }).map(([path]) => path)).toEqual(['b']);
  });
});
