import { describe, expect, it } from '@jest/globals';
import { EXAMPLE_LAUNCH, targetContract } from '../contract.js';
import { createStaticTarget } from './static-target.js';

const target = createStaticTarget({ name: 'fixed', slots: { blue: ['10.0.0.1:80'], green: ['10.0.0.2:80', '10.0.0.3:80'] } });

targetContract('the static target', 'fixed', async () => ({ target, close: async () => undefined }));

describe('the static target', () => {
  it('refuses to launch more instances than it has addresses', async () => {
    await expect(target.launch({ ...EXAMPLE_LAUNCH, slot: 'blue' })).rejects.toMatchObject({ code: 'LAUNCH_FAILED' });
  });

  it('is refused at its start with a host name, which routers do not take', () => {
    expect(() => createStaticTarget({ name: 'fixed', slots: { blue: ['localhost:80'], green: [] } })).toThrow(expect.objectContaining({ code: 'SETTINGS_INVALID' }));
  });

  it('claims no deployment of its own when nobody names one', async () => {
    const [instance] = await target.status({ ...EXAMPLE_LAUNCH, slot: 'blue' });
    expect(instance).toMatchObject({ id: 'blue-1', address: '10.0.0.1:80', deployment: 'unknown' });
  });
});
