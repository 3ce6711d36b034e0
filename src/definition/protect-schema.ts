import { z } from 'zod';
import { command, duration, name } from './fields.js';

const migration = (description: string) => ({
  command: command(description),
  timeout: duration('Time it may take.', { minMs: 100 }).default('10m'),
});

const migrate = z.strictObject({
  expand: z.strictObject(migration('Runs before the candidate is launched; the release that serves must be able to live with it.')).optional().meta({ description: 'Widens the schema.' }),
  contract: z.strictObject({
    ...migration('Runs after the old release is retired; nothing goes back behind it.'),
    gate: name('Gate that opens before it; one of `gates`.').optional(),
  }).optional().meta({ description: 'Removes what only the old release needed.' }),
  revert: z.strictObject(migration('Takes `expand` back, once the candidate is retired.')).optional().meta({ description: 'Undoes `expand` after a rollback.' }),
}).prefault({}).meta({ description: 'Commands that change the schema, safe to run again. They may have `${service}`, `${environment}`, `${version}`, `${deployment}`.' });

export const protectSchema = z.strictObject({
  backup: z.enum(['before', 'none']).default('before').meta({ description: '`before`: each of `backups` is backed up, and verified, before anything else.' }),
  migrate,
}).optional().meta({ description: 'What surrounds each deployment so that its data survives it.' });
