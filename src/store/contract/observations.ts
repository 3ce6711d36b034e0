import { describe, expect, it } from '@jest/globals';
import type { ObservationRecord } from '../../domain/deployment/record.js';
import type { ContractSubject } from '../contract.js';
import { aService } from './samples.js';

export function anObservation(service: string, over: Partial<ObservationRecord> = {}): ObservationRecord {
  return {
    service, environment: 'production', routerInstance: 'a', entry: 'blue:settled:none:0:0:-', split: { blue: 10_000, green: 0 },
    health: { stable: 'ok', candidate: 'none' }, at: '2026-01-01T00:00:01.000Z', ...over,
  };
}

export function observationContract(subject: () => ContractSubject): void {
  const observations = () => subject().stores.observations;

  describe('observations', () => {
    it('keeps the last of each router instance', async () => {
      const service = aService();
      const newer = anObservation(service, { at: '2026-01-01T00:00:02.000Z', split: { blue: 9_000, green: 1_000 } });
      await observations().observe([anObservation(service), anObservation(service, { routerInstance: 'b' })]);
      await observations().observe([newer]);
      expect(await observations().of(service, 'production')).toEqual([newer, anObservation(service, { routerInstance: 'b' })]);
    });

    it('leaves a newer one alone when an older one comes late', async () => {
      const service = aService();
      const newer = anObservation(service, { at: '2026-01-01T00:00:02.000Z', entry: 'newer' });
      await observations().observe([newer, anObservation(service)]);
      await observations().observe([anObservation(service)]);
      expect(await observations().of(service, 'production')).toEqual([newer]);
    });
  });
}
