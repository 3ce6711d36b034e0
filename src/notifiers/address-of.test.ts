import { describe, expect, it } from '@jest/globals';
import { createSecrets } from '../secrets/secrets.js';
import { addressOf } from './address-of.js';

const NOTICE = { kind: 'succeeded', deployment: 'd1', service: 'shop', environment: 'production', version: 'team/app:1@x', text: '', at: '' } as const;
const secrets = createSecrets({ env: { SLIPWAY_SECRET_HOOK: 'https://hooks/${service}' } });

describe('addressOf', () => {
  it('fills in what the notice is about', async () => {
    expect(await addressOf(secrets, { text: 'https://hooks/${service}/${environment}?d=${deployment}' }, NOTICE)).toBe('https://hooks/shop/production?d=d1');
  });

  it('leaves empty what a notice about data has not', async () => {
    const notice = { kind: 'backup-damaged', service: 'shop', environment: 'production', source: 'orders', run: 'b1', text: '', at: '' } as const;
    expect(await addressOf(secrets, { text: 'https://hooks/${service}?v=${version}&d=${deployment}' }, notice)).toBe('https://hooks/shop?v=&d=');
  });

  it('lets no value leave its place', async () => {
    expect(await addressOf(secrets, { text: 'https://hooks/${version}' }, NOTICE)).toBe('https://hooks/team%2Fapp%3A1%40x');
  });

  it('takes a secret as it is', async () => {
    expect(await addressOf(secrets, { secret: 'HOOK' }, NOTICE)).toBe('https://hooks/${service}');
  });
});
