import { request } from 'node:http';
import type { Slot } from '../../../src/domain/router/entry.js';

export interface HeldRequest {
  /** Sends the rest of it and waits for the answer's status. */
  finish(): Promise<number>;
}

/** A request to an instance of the slot that stays in flight until it is finished: its body has not come. */
export async function holdRequest(port: number, slot: Slot): Promise<HeldRequest> {
  const headers = { 'x-slipway-slot': slot, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const held = request({ port, host: '127.0.0.1', path: '/chaos', method: 'POST', headers });
  const status = new Promise<number>((resolve, reject) => {
    held.once('error', reject).once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
  // Whoever does not wait for its end does not care how that was.
  status.catch(() => undefined);
  await new Promise<void>((resolve) => void held.write('{', () => resolve()));
  return { finish: async () => (held.end('}'), status) };
}
