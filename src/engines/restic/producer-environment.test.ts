import { describe, expect, it } from '@jest/globals';
import { carryEnvironment, producerEnvironment } from './producer-environment.js';

describe('the environment of a producer', () => {
  it('has its own secrets and none of restic’s, also where both use one name', () => {
    const carried = carryEnvironment({ PGPASSWORD: 'of the source', AWS_REGION: 'of the source' }, ['RESTIC_PASSWORD', 'AWS_REGION', 'AWS_SECRET_ACCESS_KEY']);
    const restics = { PATH: '/bin', RESTIC_PASSWORD: 'p', AWS_REGION: 'of the bucket', AWS_SECRET_ACCESS_KEY: 's', ...carried };
    expect(producerEnvironment(restics)).toEqual({ PATH: '/bin', PGPASSWORD: 'of the source', AWS_REGION: 'of the source' });
  });

  it('is the wrapper’s where nothing was carried', () => {
    expect(producerEnvironment({ PATH: '/bin' })).toEqual({ PATH: '/bin' });
  });
});
