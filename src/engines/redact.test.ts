import { describe, expect, it } from '@jest/globals';
import { createRedaction } from './redact.js';

describe('a text without secrets', () => {
  it('shows neither the password nor what the environment holds', () => {
    expect(createRedaction(['hunter22', 'AKIA/secret+'])('hunter22 and AKIA/secret+ and hunter22')).toBe('*** and *** and ***');
  });

  it('shows no user and password of an address', () => {
    expect(createRedaction([])('rest:https://ann:pass@host/repo is away')).toBe('rest:https://***@host/repo is away');
  });

  it('keeps what is too short to be a secret', () => {
    expect(createRedaction(['eu'])('reused')).toBe('reused');
  });
});
