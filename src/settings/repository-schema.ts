import { z } from 'zod';
import { secretName, sharedPath, text, textOrSecret } from '../definition/fields.js';

/** What has a key of its own may not be said a second time. */
const OWN_KEYS = /^RESTIC_(?:REPOSITORY|PASSWORD)/;

/** Passwords in it would be logged by whoever lists processes. */
const WITH_PASSWORD = /:\/\/[^/?#@]*:[^/?#@]*@/;

const variable = z.string()
  .regex(/^[A-Z_][A-Z0-9_]{0,126}$/, 'must be a name of an environment variable: upper-case letters, digits and underscores')
  .refine((name) => !OWN_KEYS.test(name), 'is said by `repository` and `password`');

const option = z.string().max(100).regex(/^[a-z0-9]+(?:\.[a-z0-9-]+)+$/, 'must be an option of restic such as sftp.args');

const restic = z.strictObject({
  repository: text('As restic takes it: an absolute path (needs `singleHost` or `shared`), `s3:…`, `sftp:…`, `rest:…`, `b2:…`, `azure:…`, `gs:…`, `swift:…`.', { max: 2_048 })
    .refine((place) => /^\/|^(?:s3|sftp|rest|b2|azure|gs|swift):./.test(place), 'must be an absolute path or begin with s3:, sftp:, rest:, b2:, azure:, gs: or swift:')
    .refine((place) => !WITH_PASSWORD.test(place), 'holds a password: give it in env, as {secret: NAME}'),
  password: secretName('Encrypts the repository; who loses it loses every backup.'),
  env: z.record(variable, textOrSecret('Its value.')).default({}).meta({ description: 'Environment variables that restic needs to reach it, such as `AWS_ACCESS_KEY_ID`.' }),
  options: z.record(option, text('Its value.', { max: 2_048 })).default({}).meta({ description: 'Extended options of restic, each given as `-o name=value`: `sftp.args` for the key and port of ssh, `s3.bucket-lookup`. Seen by whoever sees the processes of the host: no secrets.' }),
  shared: sharedPath,
  program: text('The program, 0.17 or newer: a path, or a name on the PATH of the workers.').default('restic'),
}).optional().meta({ description: 'A repository of restic.' });

const archive = z.strictObject({
  folder: text('Folder of the archives; needs `singleHost` or `shared`.', { max: 4_096 }),
  shared: sharedPath,
  identity: secretName('Identity of age (`AGE-SECRET-KEY-1…`) that reads the archives; who loses it loses every backup.'),
  recipients: z.array(z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/, 'must be a recipient of age such as age1…')).max(20).default([])
    .meta({ description: 'Whom the archives are written for; that of the identity must be among them. Default: that of the identity.' }),
}).optional().meta({ description: 'Files that open with `age` and `tar`.' });

export const repositoryKinds = { restic, archive };
